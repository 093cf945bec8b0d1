/* tree_open.c: opening by path. See tree.h. */
#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/pipe.h"
#include "vfs/cwd.h"
#include "vfs/node.h"
#include "vfs/tree.h"
#include "vfs/vfs_file.h"

static bool open_wants_read(unsigned flags)
{
    return (flags & SYS_ACCMODE) != SYS_WRONLY;
}

static bool open_wants_write(unsigned flags)
{
    return (flags & SYS_ACCMODE) != SYS_RDONLY || (flags & SYS_TRUNC);
}

/* Whether the caller may open what is at p. */
static int open_check(const struct caller *c, const struct place *p, unsigned flags)
{
    uint32_t type = p->brief.mode & SYS_IFMT;
    if (type == SYS_IFLNK)
        return -ELOOP; // NOFOLLOW
    if (type == SYS_IFDIR && (open_wants_write(flags) || (flags & SYS_CREAT)))
        return -EISDIR;
    if (type != SYS_IFDIR && (flags & SYS_DIRECTORY))
        return -ENOTDIR;
    int want = (open_wants_read(flags) ? SYS_R_OK : 0) |
               (open_wants_write(flags) ? SYS_W_OK : 0);
    int err = caller_may(c, &p->brief, want);
    if (!err && p->mount->read_only && (want & SYS_W_OK) && type == SYS_IFREG)
        err = -EROFS;
    return err;
}

/* Takes a node for p, and for a FIFO sees that it has a pipe. Tree lock. */
static int open_node(struct vfs *v, const struct place *p, struct node **node)
{
    struct node *n;
    uint32_t type = p->brief.mode & SYS_IFMT;
    int err = node_get(&v->nodes, p->mount->fs, p->brief.ino, type, &n);
    if (err)
        return err;
    if (type == SYS_IFIFO && !n->pipe) {
        n->pipe = pipe_new(v->kernel);
        if (!n->pipe) {
            node_put_locked(&v->nodes, n);
            return -ENOMEM;
        }
        n->refs++; // the pipe's, until the FIFO has lost its last name
    }
    *node = n;
    return 0;
}

/* A FIFO's end knows nothing of the node. */
static int open_fifo(const struct fs_open *o, struct pipe *pipe, struct file **file)
{
    struct vfs *v = vfs_of(o->node->fs->kernel);
    int err = pipe_file_open(pipe, o->flags, o->path.ptr, file);
    pipe_put(pipe);
    if (!err)
        node_put(&v->nodes, o->node);
    return err;
}

/* Opens the node without the tree lock; takes the count on it if it succeeds. pipe: of a
 * FIFO, counted. */
static int open_file(const struct fs_open *o, bool truncate, struct pipe *pipe,
                     struct file **file)
{
    const struct fs_ops *ops = o->node->fs->ops;
    if (o->node->type == SYS_IFIFO)
        return open_fifo(o, pipe, file);
    if (o->node->type == SYS_IFDIR)
        return dir_file_open(o, file);
    if (truncate && o->node->type == SYS_IFREG) {
        int err = ops->truncate ? ops->truncate(o->node, 0) : -EINVAL;
        if (err)
            return err;
    }
    return ops->open ? ops->open(o, file) : -ENXIO;
}

/* Opens again what an open file is a file of, as Linux does for /proc/self/fd/N. What has
 * no name (pipes, host streams) is shared instead. */
static int open_again(const struct caller *c, struct file *f, unsigned flags,
                      struct file **file)
{
    struct vfs_file *vf = vfs_file_of(f);
    if (!vf) {
        if ((open_wants_read(flags) && !file_can_read(f)) ||
            ((flags & SYS_ACCMODE) != SYS_RDONLY && !file_can_write(f)))
            return -EACCES;
        *file = file_get(f);
        return 0;
    }
    struct place p = {.mount = vf->mount};
    struct node *n = NULL;
    lock_acquire(&c->vfs->tree);
    int err = vf->node->fs->ops->brief(vf->node->fs, vf->node->ino, &p.brief);
    if (!err)
        err = open_check(c, &p, flags & ~(unsigned)SYS_CREAT);
    if (!err)
        err = open_node(c->vfs, &p, &n);
    lock_release(&c->vfs->tree);
    if (err)
        return err;
    struct fs_open o = {vf->mount,
                        n,
                        flags & (SYS_ACCMODE | SYS_APPEND | SYS_NONBLOCK),
                        {0},
                        {vf->path, vf->path_len}};
    err = open_file(&o, flags & SYS_TRUNC, NULL, file);
    if (err)
        node_put(&c->vfs->nodes, n);
    return err;
}

/* Finds or makes the file. Gives a node with a count, or for a magic link the open file
 * behind it. Tree lock. */
static int open_walk(struct walk *w, const char *path, unsigned flags, unsigned mode,
                     bool *made, struct node **node, struct file **magic)
{
    bool exclusive = (flags & (SYS_CREAT | SYS_EXCL)) == (SYS_CREAT | SYS_EXCL);
    bool follow = !(flags & SYS_NOFOLLOW) && !exclusive;
    int err = walk_path(
        w, path, (follow ? WALK_FOLLOW : 0) | (flags & SYS_CREAT ? WALK_MISSING : 0));
    if (err)
        return err;
    if (w->found && exclusive)
        return -EEXIST;
    if ((flags & SYS_CREAT) && w->slash)
        return -EISDIR;
    *made = !w->found;
    if (!w->found) {
        const struct caller *c = w->caller;
        struct fs_new new = {
            .mode = SYS_IFREG | (mode & ~c->umask & 07777), .uid = c->uid, .gid = c->gid};
        err = tree_create(w, &new);
    } else if (follow && w->at.brief.magic) {
        struct fs *fs = w->at.mount->fs;
        return fs->ops->follow(fs, w->at.brief.ino, magic);
    } else {
        err = open_check(w->caller, &w->at, flags);
    }
    return err ? err : open_node(w->caller->vfs, &w->at, node);
}

int tree_open(const struct caller *c, const char *path, unsigned flags, unsigned mode,
              struct file **file)
{
    if ((flags & SYS_ACCMODE) == SYS_ACCMODE)
        return -EINVAL;
    if ((flags & (SYS_CREAT | SYS_DIRECTORY)) == (SYS_CREAT | SYS_DIRECTORY))
        return -EINVAL;
    struct walk w;
    struct node *node = NULL;
    struct file *magic = NULL;
    struct pipe *pipe = NULL;
    bool made = false;
    walk_enter(&w, c);
    int err;
    do
        err = open_walk(&w, path, flags, mode, &made, &node, &magic);
    while (err == -EINPROGRESS && !(err = walk_settle(&w)));
    struct mount *mount = err || magic ? NULL : w.at.mount;
    if (node && node->pipe) {
        pipe = node->pipe; // an unlink meanwhile gives up the node's count
        pipe_get(pipe);
    }
    walk_leave(&w);
    if (err)
        return err;
    if (magic) {
        err = open_again(c, magic, flags, file);
        file_put(magic);
        return err;
    }
    struct fs_open o = {mount,
                        node,
                        flags & (SYS_ACCMODE | SYS_APPEND | SYS_NONBLOCK),
                        {0},
                        {path, strlen(path)}};
    if (*path != '/')
        o.base =
            c->cwd ? (struct span){c->cwd->path, c->cwd->len} : (struct span){"/", 1};
    err = open_file(&o, (flags & SYS_TRUNC) && !made, pipe, file);
    if (err)
        node_put(&c->vfs->nodes, node);
    return err;
}

int tree_truncate(const struct caller *c, const char *path, int64_t size)
{
    if (size < 0)
        return -EINVAL;
    struct walk w;
    struct node *node = NULL;
    walk_enter(&w, c);
    int err = walk_path(&w, path, WALK_FOLLOW);
    if (!err && (w.at.brief.mode & SYS_IFMT) == SYS_IFDIR)
        err = -EISDIR;
    if (!err &&
        ((w.at.brief.mode & SYS_IFMT) != SYS_IFREG || !w.at.mount->fs->ops->truncate))
        err = -EINVAL;
    if (!err)
        err = open_check(c, &w.at, SYS_WRONLY);
    if (!err)
        err = open_node(c->vfs, &w.at, &node);
    walk_leave(&w);
    if (err)
        return err;
    err = node->fs->ops->truncate(node, size);
    node_put(&c->vfs->nodes, node);
    return err;
}

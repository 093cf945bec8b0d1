/* tree_names.c: making, removing and renaming by path. See tree.h. */
#include <errno.h>
#include <string.h>

#include "vfs/memfs.h"
#include "vfs/tree.h"

static uint32_t place_type(const struct place *p) { return p->brief.mode & SYS_IFMT; }

static bool place_is_dir(const struct place *p) { return place_type(p) == SYS_IFDIR; }

/* Whether the caller may add names to the directory. */
static int tree_may_add(const struct walk *w)
{
    if (w->dir.mount->read_only)
        return -EROFS;
    return caller_may(w->caller, &w->dir.brief, SYS_W_OK | SYS_X_OK);
}

/* Whether the caller may take w->name, which is there, out of its directory. */
static int tree_may_remove(const struct walk *w)
{
    int err = tree_may_add(w);
    if (err)
        return err;
    uint32_t uid = w->caller->uid;
    if ((w->dir.brief.mode & 01000) && uid && uid != w->dir.brief.uid &&
        uid != w->at.brief.uid)
        return -EPERM;
    return w->at.mount != w->dir.mount ? -EBUSY : 0; // something is mounted on it
}

int tree_create(struct walk *w, const struct fs_new *new)
{
    int err = tree_may_add(w);
    if (err)
        return err;
    struct fs *fs = w->dir.mount->fs;
    if (!fs->ops->create)
        return -EPERM;
    w->at.mount = w->dir.mount;
    return fs->ops->create(fs, w->dir.brief.ino, w->name, new, &w->at.brief);
}

/* Makes a file that is not to exist yet. mode: type and permissions, less the umask. */
static int tree_make(const struct caller *c, const char *path, uint32_t mode,
                     struct span target)
{
    struct walk w;
    struct fs_new new = {.mode = mode, .uid = c->uid, .gid = c->gid, .target = target};
    bool is_dir = (mode & SYS_IFMT) == SYS_IFDIR;
    walk_enter(&w, c);
    int err;
    do {
        err = walk_path(&w, path, WALK_MISSING);
        if (!err && w.found)
            err = -EEXIST;
        if (!err && w.slash && !is_dir)
            err = -ENOENT;
        if (!err)
            err = tree_create(&w, &new);
    } while (err == -EINPROGRESS && !(err = walk_settle(&w)));
    walk_leave(&w);
    return err;
}

int tree_mkdir(const struct caller *c, const char *path, unsigned mode)
{
    return tree_make(c, path, SYS_IFDIR | (mode & ~c->umask & 01777), (struct span){0});
}

int tree_mkfifo(const struct caller *c, const char *path, unsigned mode)
{
    return tree_make(c, path, SYS_IFIFO | (mode & ~c->umask & 0777), (struct span){0});
}

int tree_symlink(const struct caller *c, const char *target, const char *path)
{
    size_t len = strlen(target);
    if (!len)
        return -ENOENT;
    if (len >= VFS_PATH_MAX)
        return -ENAMETOOLONG;
    return tree_make(c, path, SYS_IFLNK | 0777, (struct span){target, len});
}

static int tree_unlink_found(struct walk *w)
{
    if (!w->found)
        return -ENOENT;
    if (!w->name.len)
        return -EISDIR;
    if (w->slash && !place_is_dir(&w->at))
        return -ENOTDIR;
    int err = tree_may_remove(w);
    if (err)
        return err;
    if (place_is_dir(&w->at))
        return -EISDIR;
    struct fs *fs = w->dir.mount->fs;
    return fs->ops->unlink
               ? fs->ops->unlink(fs, w->dir.brief.ino, w->name, w->at.brief.ino)
               : -EPERM;
}

static int tree_rmdir_found(struct walk *w, const char *path)
{
    if (!w->found)
        return -ENOENT;
    if (!w->name.len) {
        size_t len = strlen(path);
        while (len && path[len - 1] == '/')
            len--;
        return !w->dots                           ? -EBUSY
               : len >= 2 && path[len - 2] == '.' ? -ENOTEMPTY
                                                  : -EINVAL;
    }
    if (!place_is_dir(&w->at))
        return -ENOTDIR;
    int err = tree_may_remove(w);
    if (err)
        return err;
    struct fs *fs = w->dir.mount->fs;
    return fs->ops->rmdir ? fs->ops->rmdir(fs, w->dir.brief.ino, w->name, w->at.brief.ino)
                          : -EPERM;
}

static int tree_remove(const struct caller *c, const char *path, bool dir)
{
    struct walk w;
    walk_enter(&w, c);
    int err;
    do {
        err = walk_path(&w, path, WALK_MISSING);
        if (!err)
            err = dir ? tree_rmdir_found(&w, path) : tree_unlink_found(&w);
    } while (err == -EINPROGRESS && !(err = walk_settle(&w)));
    walk_leave(&w);
    memfs_empty_trash(c->vfs->root_fs);
    return err;
}

int tree_unlink(const struct caller *c, const char *path)
{
    return tree_remove(c, path, false);
}
int tree_rmdir(const struct caller *c, const char *path)
{
    return tree_remove(c, path, true);
}

/* ---- two paths -------------------------------------------------------------------- */

/* Walks both paths until neither has had to drop the lock after the other was found. */
static int tree_walk_two(struct walk *a, const char *path_a, unsigned flags_a,
                         struct walk *b, const char *path_b)
{
    for (;;) {
        int err = walk_path(a, path_a, flags_a);
        if (err)
            return err;
        b->dropped = false;
        err = walk_path(b, path_b, WALK_MISSING);
        if (err || !b->dropped)
            return err;
    }
}

static int tree_rename_found(struct walk *from, struct walk *to, unsigned flags)
{
    bool exchange = flags & SYS_RENAME_EXCHANGE;
    if (!from->found || (exchange && !to->found))
        return -ENOENT;
    if (!from->name.len || (!to->name.len && to->found))
        return -EBUSY;
    if (from->dir.mount != to->dir.mount)
        return -EXDEV;
    if (to->found && (flags & SYS_RENAME_NOREPLACE))
        return -EEXIST;
    bool is_dir = place_is_dir(&from->at);
    if (!is_dir && (from->slash || (to->slash && !exchange)))
        return -ENOTDIR;
    int err = tree_may_remove(from);
    if (!err)
        err = to->found ? tree_may_remove(to) : tree_may_add(to);
    if (!err && is_dir && from->dir.brief.ino != to->dir.brief.ino)
        err = caller_may(from->caller, &from->at.brief, SYS_W_OK); // its ".." changes
    if (err)
        return err;
    struct fs *fs = from->dir.mount->fs;
    if (!fs->ops->rename)
        return -EPERM;
    return fs->ops->rename(fs, from->dir.brief.ino, from->name, from->at.brief.ino,
                           to->dir.brief.ino, to->name, to->found ? to->at.brief.ino : 0,
                           exchange);
}

int tree_rename(const struct caller *c, const char *from, const char *to, unsigned flags)
{
    if (flags & ~(unsigned)(SYS_RENAME_NOREPLACE | SYS_RENAME_EXCHANGE) ||
        flags == (SYS_RENAME_NOREPLACE | SYS_RENAME_EXCHANGE))
        return -EINVAL;
    struct walk a, b;
    walk_enter(&a, c);
    walk_enter_joined(&b, &a);
    int err;
    do {
        err = tree_walk_two(&a, from, WALK_MISSING, &b, to);
        if (!err)
            err = tree_rename_found(&a, &b, flags);
    } while (err == -EINPROGRESS && !(err = walk_settle(&a)));
    walk_leave_joined(&b);
    walk_leave(&a);
    memfs_empty_trash(c->vfs->root_fs);
    return err;
}

static int tree_link_found(struct walk *from, struct walk *to)
{
    if (to->found)
        return -EEXIST;
    if (from->dir.mount != to->dir.mount || from->at.mount != to->dir.mount)
        return -EXDEV;
    if (to->slash)
        return -ENOENT;
    int err = tree_may_add(to);
    if (err)
        return err;
    struct fs *fs = to->dir.mount->fs;
    if (place_is_dir(&from->at) || !fs->ops->link)
        return -EPERM;
    return fs->ops->link(fs, to->dir.brief.ino, to->name, from->at.brief.ino);
}

int tree_link(const struct caller *c, const char *from, const char *to)
{
    struct walk a, b;
    walk_enter(&a, c);
    walk_enter_joined(&b, &a);
    int err;
    do {
        err = tree_walk_two(&a, from, 0, &b, to);
        if (!err)
            err = tree_link_found(&a, &b);
    } while (err == -EINPROGRESS && !(err = walk_settle(&a)));
    walk_leave_joined(&b);
    walk_leave(&a);
    return err;
}

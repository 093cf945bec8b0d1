/* tree_cwd.c: working directories. See tree.h. */
#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/process.h"
#include "vfs/cwd.h"
#include "vfs/node.h"
#include "vfs/tree.h"

/* Adds the components of path to the absolute path dst of len bytes, without ".", and
 * with ".." taken off: right where no component is a link. dst has room. Gives the new
 * length (0: the root). */
static size_t cwd_add_path(char *dst, size_t len, const char *path)
{
    while (*path) {
        size_t n = 0;
        while (path[n] && path[n] != '/')
            n++;
        if (n == 2 && path[0] == '.' && path[1] == '.') {
            while (len && dst[--len] != '/')
                ;
        } else if (n && !(n == 1 && path[0] == '.')) {
            dst[len++] = '/';
            memcpy(dst + len, path, n);
            len += n;
        }
        path += n;
        while (*path == '/')
            path++;
    }
    return len;
}

/* The path of the directory at the end of w, in a kernel block. */
static int cwd_path(struct walk *w, const char *path, char **block, size_t *len)
{
    struct vfs *v = w->caller->vfs;
    const struct cwd *old = w->caller->cwd;
    bool fresh = *path == '/' || (old && old->moves == atomic_load(&v->moves));
    if (w->links || !fresh)
        return walk_name_of(v, &w->at, block, len);
    size_t base = *path == '/' || old->len == 1 ? 0 : old->len;
    char *text = kernel_alloc(v->kernel, base + strlen(path) + 3);
    if (!text)
        return -ENOMEM;
    if (base)
        memcpy(text, old->path, base);
    *len = cwd_add_path(text, base, path);
    if (!*len)
        text[(*len)++] = '/';
    *block = text;
    return 0;
}

/* Makes the directory self's own. Takes nothing; swaps *old out. Tree lock. */
static int cwd_enter(struct process *self, struct mount *m, struct node *n,
                     const char *path, size_t len, struct cwd **old)
{
    struct cwd *fresh = cwd_new(self->kernel->fs, m, n, path, len);
    if (!fresh)
        return -ENOMEM;
    n->refs++;
    *old = self->fs->cwd;
    self->fs->cwd = fresh;
    return 0;
}

/* Finds the directory at path. Gives a node with a count and the path as a kernel block,
 * or for a magic link the open file behind it. Tree lock. */
static int cwd_find(struct walk *w, const char *path, struct node **n, char **block,
                    size_t *len, struct file **magic)
{
    struct vfs *v = w->caller->vfs;
    int err = walk_path(w, path, WALK_FOLLOW);
    if (err)
        return err;
    struct fs *fs = w->at.mount->fs;
    if (w->at.brief.magic)
        return fs->ops->follow(fs, w->at.brief.ino, magic);
    if ((w->at.brief.mode & SYS_IFMT) != SYS_IFDIR)
        return -ENOTDIR;
    err = caller_may(w->caller, &w->at.brief, SYS_X_OK);
    if (!err)
        err = cwd_path(w, path, block, len);
    if (!err)
        err = node_get(&v->nodes, fs, w->at.brief.ino, SYS_IFDIR, n);
    return err;
}

int tree_chdir(struct process *self, const char *path)
{
    struct caller c = caller_of(self);
    struct walk w;
    struct node *n = NULL;
    struct cwd *old = NULL;
    struct file *magic = NULL;
    char *block = NULL;
    size_t len = 0;
    walk_enter(&w, &c);
    int err;
    do
        err = cwd_find(&w, path, &n, &block, &len, &magic);
    while (err == -EINPROGRESS && !(err = walk_settle(&w)));
    if (n) {
        err = cwd_enter(self, w.at.mount, n, block, len, &old);
        node_put_locked(&c.vfs->nodes, n);
    }
    walk_leave(&w);
    kernel_free(self->kernel, block);
    if (old)
        cwd_put(c.vfs, old);
    if (magic) {
        err = magic->ops->chdir ? magic->ops->chdir(magic) : -ENOTDIR;
        file_put(magic);
    }
    return err;
}

int tree_chdir_node(struct process *self, struct mount *m, struct node *n)
{
    struct vfs *v = self->kernel->fs;
    struct caller c = caller_of(self);
    struct place p = {.mount = m};
    struct cwd *old = NULL;
    char *block = NULL;
    size_t len = 0;
    lock_acquire(&v->tree);
    int err = n->fs->ops->brief(n->fs, n->ino, &p.brief);
    if (!err)
        err = caller_may(&c, &p.brief, SYS_X_OK);
    if (!err)
        err = walk_name_of(v, &p, &block, &len);
    if (!err)
        err = cwd_enter(self, m, n, block, len, &old);
    lock_release(&v->tree);
    kernel_free(self->kernel, block);
    if (old)
        cwd_put(v, old);
    return err;
}

static int64_t cwd_give(const char *path, size_t len, char *buf, size_t cap)
{
    if (len + 1 > cap)
        return -ERANGE;
    memcpy(buf, path, len);
    buf[len] = '\0';
    return (int64_t)len;
}

int64_t tree_getcwd(struct process *self, char *buf, size_t len)
{
    struct vfs *v = self->kernel->fs;
    const struct cwd *c = self->fs->cwd;
    if (c->moves == atomic_load(&v->moves))
        return cwd_give(c->path, c->len, buf, len);
    struct place p = {.mount = c->mount};
    char *block = NULL;
    size_t n = 0;
    lock_acquire(&v->tree);
    int err = c->node->fs->ops->brief(c->node->fs, c->node->ino, &p.brief);
    if (!err)
        err = walk_name_of(v, &p, &block, &n);
    lock_release(&v->tree);
    int64_t got = err ? err : cwd_give(block, n, buf, len);
    kernel_free(self->kernel, block);
    return got;
}

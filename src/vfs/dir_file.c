/* dir_file.c: open directories.
 *
 * The offset of the open file is the place in the listing: 0 before ".", 1 before "..",
 * else 2 and the file system's cookie. */
#include <errno.h>
#include <string.h>

#include "kernel/process.h"
#include "vfs/cwd.h"
#include "vfs/node.h"
#include "vfs/state.h"
#include "vfs/tree.h"
#include "vfs/vfs_file.h"
#include "vfs/walk.h"

enum { DIR_FILE_MIN = 512, DIR_FILE_RECORD = 280 }; // RECORD: no entry is larger

static int64_t dir_file_read(struct file *f, void *buf, size_t len)
{
    (void)f, (void)buf, (void)len;
    return -EISDIR;
}

bool fs_list_add(struct fs_listing *l, uint64_t ino, uint32_t mode, struct span name)
{
    size_t size = (offsetof(struct sys_dirent, name) + name.len + 1 + 7) & ~(size_t)7;
    if (l->cap - l->used < size)
        return false;
    struct sys_dirent *d = (struct sys_dirent *)(void *)(l->buf + l->used);
    d->ino = ino;
    d->size = (uint16_t)size;
    d->type = (uint8_t)((mode & SYS_IFMT) >> 12);
    memcpy(d->name, name.ptr, name.len);
    d->name[name.len] = '\0';
    l->used += size;
    return true;
}

/* The inode number of the directory above, as ".." shows it. */
static uint64_t dir_file_parent(const struct vfs_file *vf)
{
    const struct mount *m = vf->mount;
    uint64_t ino = vf->node->ino, parent;
    while (ino == m->root && m->parent) {
        ino = m->point;
        m = m->parent;
    }
    return ino != m->root && !m->fs->ops->parent(m->fs, ino, &parent) ? parent : ino;
}

static int64_t dir_file_place(struct file *f)
{
    lock_acquire(&f->lock);
    int64_t place = f->offset;
    lock_release(&f->lock);
    return place;
}

/* Fills l from *place on, which moves. The tree lock is held. */
static int dir_file_fill(struct vfs_file *vf, int64_t *place, struct fs_listing *l,
                         struct fs_ask *ask)
{
    int64_t at = *place;
    if (at == 0 && fs_list_add(l, vf->node->ino, SYS_IFDIR, (struct span){".", 1}))
        at = 1;
    if (at == 1 && fs_list_add(l, dir_file_parent(vf), SYS_IFDIR, (struct span){"..", 2}))
        at = 2;
    int err = 0;
    if (at >= 2) {
        uint64_t cookie = (uint64_t)at - 2;
        struct fs *fs = vf->node->fs;
        err = fs->ops->readdir(fs, vf->node->ino, &cookie, l, ask);
        at = (int64_t)cookie + 2;
    }
    if (!err)
        *place = at;
    return err;
}

/* Lists a part. Those who share the open file take turns by the tree lock. */
static int dir_file_list(struct vfs_file *vf, struct fs_listing *l, struct fs_ask *ask)
{
    struct file *f = &vf->file;
    struct vfs *v = vfs_of(f->kernel);
    lock_acquire(&v->tree);
    int64_t place =
        dir_file_place(f); // its lock may not be held while /proc takes others
    if (place == 0 && !ask->since)
        ask->since = ++v->walks; // later parts of a listing need not be fresh
    l->used = 0;
    bool over = place && place == vf->listed; // what was made since does not belong to it
    int err = over ? 0 : dir_file_fill(vf, &place, l, ask);
    if (!err) {
        vf->listed = over || l->cap - l->used >= DIR_FILE_RECORD ? place : 0;
        lock_acquire(&f->lock);
        f->offset = place;
        lock_release(&f->lock);
    }
    lock_release(&v->tree);
    return err;
}

static int64_t dir_file_readdir(struct file *f, void *buf, size_t len)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    if (len < DIR_FILE_MIN)
        return -EINVAL;
    struct fs_listing l = {.buf = buf, .cap = len};
    struct fs_ask ask = {.since = 0};
    for (;;) {
        int err = dir_file_list(vf, &l, &ask);
        if (!err)
            return (int64_t)l.used;
        if (err == -EINPROGRESS)
            err = vf->node->fs->ops->settle(vf->node->fs, &ask);
        if (err)
            return err == -ENOENT ? 0 : err; // a removed directory has no entries
    }
}

static int dir_file_chdir(struct file *f)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    return tree_chdir_node(process_self(), vf->mount, vf->node);
}

static const struct file_ops dir_file_ops = {
    .read = dir_file_read,
    .seek = vfs_file_seek,
    .readdir = dir_file_readdir,
    .stat = vfs_file_stat,
    .statfs = vfs_file_statfs,
    .chmod = vfs_file_chmod,
    .utimes = vfs_file_utimes,
    .flock = vfs_file_flock,
    .chdir = dir_file_chdir,
    .close = vfs_file_close,
    .name = vfs_file_name,
};

int dir_file_open(const struct fs_open *o, struct file **file)
{
    return vfs_file_new(o, sizeof(struct vfs_file), &dir_file_ops, file);
}

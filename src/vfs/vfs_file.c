/* vfs_file.c: what open files with a name have in common. See vfs_file.h. */
#include "vfs/vfs_file.h"

#include <errno.h>
#include <string.h>

#include "vfs/memfs.h"
#include "vfs/node.h"
#include "vfs/state.h"
#include "vfs/tree.h"

/* Writes the name of what is opened; dst has room for both parts, a slash and a NUL.
 * Gives the length. */
static size_t vfs_file_put_name(char *dst, const struct fs_open *o)
{
    size_t len = 0;
    struct span path = o->path;
    while (o->base.len && span_starts(path, (struct span){"./", 2}))
        path = span_from(path, 2);
    if (o->base.len) {
        memcpy(dst, o->base.ptr, o->base.len);
        len = o->base.len;
        if (dst[len - 1] != '/')
            dst[len++] = '/';
    }
    memcpy(dst + len, path.ptr, path.len);
    len += path.len;
    dst[len] = '\0';
    return len;
}

int vfs_file_new(const struct fs_open *o, size_t size, const struct file_ops *ops,
                 struct file **file)
{
    struct file *f;
    ASSERT(size >= sizeof(struct vfs_file));
    int err = file_new(o->mount->fs->kernel, size + o->base.len + o->path.len + 2, ops,
                       o->flags, &f);
    if (err)
        return err;
    struct vfs_file *vf = (struct vfs_file *)f;
    vf->mount = o->mount;
    vf->node = o->node;
    vf->path = (char *)vf + size;
    vf->path_len = (uint32_t)vfs_file_put_name(vf->path, o);
    *file = f;
    return 0;
}

struct vfs_file *vfs_file_of(struct file *f)
{
    return f->ops->name == vfs_file_name ? (struct vfs_file *)f : NULL;
}

static struct vfs *vfs_file_vfs(const struct file *f) { return vfs_of(f->kernel); }

int64_t vfs_file_seek(struct file *f, int64_t offset, int whence)
{
    int64_t to;
    lock_acquire(&f->lock);
    int64_t base = whence == SYS_SEEK_CUR ? f->offset : 0;
    if ((whence != SYS_SEEK_SET && whence != SYS_SEEK_CUR) ||
        __builtin_add_overflow(base, offset, &to) || to < 0)
        to = -EINVAL;
    else
        f->offset = to;
    lock_release(&f->lock);
    return to;
}

int vfs_file_stat(struct file *f, struct sys_stat *st)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    return tree_stat_node(vfs_file_vfs(f), vf->node, st);
}

int vfs_file_statfs(struct file *f, struct sys_statfs *st)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    return tree_statfs_of(vfs_file_vfs(f), vf->mount, st);
}

int vfs_file_chmod(struct file *f, unsigned mode)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    struct fs_set set = {.what = FS_SET_MODE, .mode = mode};
    return tree_set_node(vfs_file_vfs(f), vf->mount, vf->node, &set, NULL);
}

int vfs_file_utimes(struct file *f, int64_t atime_ns, int64_t mtime_ns)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    struct fs_set set = {0};
    bool now = tree_times(f->kernel, atime_ns, mtime_ns, &set);
    return tree_set_node(vfs_file_vfs(f), vf->mount, vf->node, &set, &now);
}

int vfs_file_truncate(struct file *f, int64_t size)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    const struct fs_ops *ops = vf->node->fs->ops;
    if (size < 0 || !file_can_write(f) || vf->node->type != SYS_IFREG || !ops->truncate)
        return -EINVAL;
    return ops->truncate(vf->node, size);
}

int vfs_file_flock(struct file *f, int operation)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    return node_flock(vf->node, f, &vf->flock, operation);
}

void vfs_file_close(struct file *f)
{
    struct vfs_file *vf = (struct vfs_file *)f;
    node_funlock(vf->node, f, &vf->flock);
    struct vfs *v = vfs_file_vfs(f);
    node_put(&v->nodes, vf->node);
    memfs_empty_trash(v->root_fs);
}

size_t vfs_file_name(const struct file *f, char *dst, size_t cap)
{
    const struct vfs_file *vf = (const struct vfs_file *)f;
    if (cap) {
        size_t n = size_min(vf->path_len, cap - 1);
        memcpy(dst, vf->path, n);
        dst[n] = '\0';
    }
    return vf->path_len;
}

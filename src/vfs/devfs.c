/* devfs.c: /dev: a fixed directory of devices, and links to the caller's own descriptors
 * (/proc/self/fd). */
#include "vfs/devfs.h"

#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/kernel.h"
#include "vfs/fs.h"
#include "vfs/node.h"
#include "vfs/vfs_file.h"

enum { DEV_ROOT = 1 };

/* ---- devices ---------------------------------------------------------------------- */

static int64_t dev_null_read(struct file *f, void *buf, size_t len)
{
    (void)f, (void)buf, (void)len;
    return 0;
}

static int64_t dev_zero_read(struct file *f, void *buf, size_t len)
{
    (void)f;
    memset(buf, 0, len);
    return (int64_t)len;
}

static int64_t dev_random_read(struct file *f, void *buf, size_t len)
{
    enum { PIECE = 65536 };
    for (size_t done = 0; done < len; done += PIECE)
        kernel_random(f->kernel, (char *)buf + done, size_min(PIECE, len - done));
    return (int64_t)len;
}

static int64_t dev_write(struct file *f, const void *buf, size_t len)
{
    (void)f, (void)buf;
    return (int64_t)len;
}

static int64_t dev_full_write(struct file *f, const void *buf, size_t len)
{
    (void)f, (void)buf;
    return len ? -ENOSPC : 0;
}

static int64_t dev_null_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    (void)offset;
    return dev_null_read(f, buf, len);
}

static int64_t dev_zero_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    (void)offset;
    return dev_zero_read(f, buf, len);
}

static int64_t dev_random_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    (void)offset;
    return dev_random_read(f, buf, len);
}

static int64_t dev_pwrite(struct file *f, const void *buf, size_t len, int64_t offset)
{
    (void)offset;
    return dev_write(f, buf, len);
}

static int64_t dev_full_pwrite(struct file *f, const void *buf, size_t len,
                               int64_t offset)
{
    (void)offset;
    return dev_full_write(f, buf, len);
}

static int64_t dev_seek(struct file *f, int64_t offset, int whence)
{
    (void)f, (void)offset, (void)whence;
    return 0;
}

/* What all devices share; read and write of a table differ. */
#define DEV_OPS(read_, pread_, write_, pwrite_)                                      \
    {                                                                                \
        .read = read_, .pread = pread_, .write = write_, .pwrite = pwrite_,          \
        .seek = dev_seek, .stat = vfs_file_stat, .statfs = vfs_file_statfs,          \
        .chmod = vfs_file_chmod, .utimes = vfs_file_utimes, .flock = vfs_file_flock, \
        .close = vfs_file_close, .name = vfs_file_name                               \
    }

static const struct file_ops dev_null_ops =
    DEV_OPS(dev_null_read, dev_null_pread, dev_write, dev_pwrite);
static const struct file_ops dev_zero_ops =
    DEV_OPS(dev_zero_read, dev_zero_pread, dev_write, dev_pwrite);
static const struct file_ops dev_full_ops =
    DEV_OPS(dev_zero_read, dev_zero_pread, dev_full_write, dev_full_pwrite);
static const struct file_ops dev_random_ops =
    DEV_OPS(dev_random_read, dev_random_pread, dev_write, dev_pwrite);

/* ---- the directory ---------------------------------------------------------------- */

struct dev_entry {
    const char *name;
    uint32_t mode;
    uint32_t major, minor;
    const struct file_ops *ops; // NULL: opening fails with -ENXIO
    const char *target;         // of a link
};

/* Inode numbers are DEV_ROOT + 1 on. */
static const struct dev_entry dev_entries[] = {
    {"null", SYS_IFCHR | 0666, 1, 3, &dev_null_ops, NULL},
    {"zero", SYS_IFCHR | 0666, 1, 5, &dev_zero_ops, NULL},
    {"full", SYS_IFCHR | 0666, 1, 7, &dev_full_ops, NULL},
    {"random", SYS_IFCHR | 0666, 1, 8, &dev_random_ops, NULL},
    {"urandom", SYS_IFCHR | 0666, 1, 9, &dev_random_ops, NULL},
    {"tty", SYS_IFCHR | 0666, 5, 0, NULL, NULL},
    {"fd", SYS_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd"},
    {"stdin", SYS_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd/0"},
    {"stdout", SYS_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd/1"},
    {"stderr", SYS_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd/2"},
};

static const struct dev_entry *dev_entry_of(uint64_t ino)
{
    return ino > DEV_ROOT && ino <= DEV_ROOT + COUNT_OF(dev_entries)
               ? &dev_entries[ino - DEV_ROOT - 1]
               : NULL;
}

static int devfs_brief(struct fs *fs, uint64_t ino, struct fs_brief *b)
{
    (void)fs;
    const struct dev_entry *e = dev_entry_of(ino);
    *b = (struct fs_brief){.ino = ino, .mode = e ? e->mode : SYS_IFDIR | 0755};
    return 0;
}

static int devfs_lookup(struct fs *fs, uint64_t dir, struct span name, struct fs_ask *ask,
                        struct fs_brief *child)
{
    (void)dir, (void)ask;
    for (uint64_t i = 0; i < COUNT_OF(dev_entries); i++)
        if (span_eq_str(name, dev_entries[i].name))
            return devfs_brief(fs, DEV_ROOT + 1 + i, child);
    return -ENOENT;
}

static int devfs_parent(struct fs *fs, uint64_t dir, uint64_t *parent)
{
    (void)fs, (void)dir;
    *parent = DEV_ROOT;
    return 0;
}

static int devfs_name_of(struct fs *fs, uint64_t dir, uint64_t child, char name[256])
{
    (void)fs, (void)dir;
    const struct dev_entry *e = dev_entry_of(child);
    if (!e)
        return -ENOENT;
    memcpy(name, e->name, strlen(e->name) + 1);
    return 0;
}

static int devfs_readlink(struct fs *fs, uint64_t ino, struct span *text, char **made)
{
    (void)fs, (void)made;
    *text = span_of(dev_entry_of(ino)->target);
    return 0;
}

static int devfs_readdir(struct fs *fs, uint64_t dir, uint64_t *cookie,
                         struct fs_listing *l, struct fs_ask *ask)
{
    (void)fs, (void)dir, (void)ask;
    for (; *cookie < COUNT_OF(dev_entries); ++*cookie) {
        const struct dev_entry *e = &dev_entries[*cookie];
        if (!fs_list_add(l, DEV_ROOT + 1 + *cookie, e->mode, span_of(e->name)))
            break;
    }
    return 0;
}

static int devfs_stat(struct fs *fs, uint64_t ino, struct sys_stat *st)
{
    const struct dev_entry *e = dev_entry_of(ino);
    int64_t then = fs->kernel->start_real_ns;
    *st = (struct sys_stat){.ino = ino,
                            .mode = SYS_IFDIR | 0755,
                            .nlink = 2,
                            .atime_ns = then,
                            .mtime_ns = then,
                            .ctime_ns = then,
                            .birth_ns = then};
    if (e) {
        st->mode = e->mode;
        st->nlink = 1;
        st->rdev = (uint64_t)e->major << 8 | e->minor;
        st->size = e->target ? (int64_t)strlen(e->target) : 0;
    }
    return 0;
}

static int devfs_open(const struct fs_open *o, struct file **file)
{
    const struct dev_entry *e = dev_entry_of(o->node->ino);
    return e && e->ops ? vfs_file_new(o, sizeof(struct vfs_file), e->ops, file) : -ENXIO;
}

static void devfs_fini(struct fs *fs) { kernel_free(fs->kernel, fs); }

static const struct fs_ops devfs_ops = {
    .type = "devtmpfs",
    .lookup = devfs_lookup,
    .brief = devfs_brief,
    .parent = devfs_parent,
    .name_of = devfs_name_of,
    .readlink = devfs_readlink,
    .readdir = devfs_readdir,
    .stat = devfs_stat,
    .open = devfs_open,
    .fini = devfs_fini,
};

struct fs *devfs_new(struct kernel *k)
{
    struct fs *fs = kernel_alloc(k, sizeof *fs);
    if (fs)
        *fs = (struct fs){.ops = &devfs_ops, .kernel = k, .root = DEV_ROOT};
    return fs;
}

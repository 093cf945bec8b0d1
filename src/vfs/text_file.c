/* text_file.c: open files whose text was made when they were opened: /proc. */
#include <errno.h>
#include <string.h>

#include "vfs/state.h"
#include "vfs/vfs_file.h"

struct text_file {
    struct vfs_file vf;
    char *text; // a kernel block
    size_t len;
};

static size_t text_file_copy(struct file *f, void *buf, size_t len, int64_t offset)
{
    const struct text_file *t = (const struct text_file *)f;
    if (offset < 0 || (uint64_t)offset >= t->len)
        return 0;
    size_t n = size_min(len, t->len - (size_t)offset);
    memcpy(buf, t->text + offset, n);
    return n;
}

static int64_t text_file_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    return offset < 0 ? -EINVAL : (int64_t)text_file_copy(f, buf, len, offset);
}

static int64_t text_file_read(struct file *f, void *buf, size_t len)
{
    lock_acquire(&f->lock);
    size_t n = text_file_copy(f, buf, len, f->offset);
    f->offset += (int64_t)n;
    lock_release(&f->lock);
    return (int64_t)n;
}

static void text_file_close(struct file *f)
{
    kernel_free(f->kernel, ((struct text_file *)f)->text);
    vfs_file_close(f);
}

static const struct file_ops text_file_ops = {
    .read = text_file_read,
    .pread = text_file_pread,
    .seek = vfs_file_seek,
    .stat = vfs_file_stat,
    .statfs = vfs_file_statfs,
    .flock = vfs_file_flock,
    .close = text_file_close,
    .name = vfs_file_name,
};

int text_file_open(const struct fs_open *o, char *text, size_t len, struct file **file)
{
    int err = vfs_file_new(o, sizeof(struct text_file), &text_file_ops, file);
    if (err) {
        kernel_free(o->mount->fs->kernel, text);
        return err;
    }
    struct text_file *t = (struct text_file *)*file;
    t->text = text;
    t->len = len;
    return 0;
}

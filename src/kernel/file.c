/* file.c: counts of open files, and waiting on several of them. See file.h. */
#include "kernel/file.h"

#include <errno.h>
#include <string.h>

#include "kernel/kernel.h"
#include "sys.h"

int file_new(struct kernel *k, size_t size, const struct file_ops *ops, unsigned flags,
             struct file **file)
{
    ASSERT(size >= sizeof **file && ops->stat && ops->name && ops->close);
    if (!limits_take(&k->limits, LIMIT_OPEN_FILES, 1))
        return -EMFILE;
    struct file *f = kernel_alloc_zero(k, size);
    if (!f) {
        limits_give(&k->limits, LIMIT_OPEN_FILES, 1);
        return -ENOMEM;
    }
    f->ops = ops;
    f->kernel = k;
    atomic_init(&f->refs, 1);
    atomic_init(&f->flags, flags);
    lock_init(&f->lock, LOCK_FILE);
    *file = f;
    return 0;
}

struct file *file_get(struct file *f)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

void file_put(struct file *f)
{
    if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct kernel *k = f->kernel;
    f->ops->close(f);
    kernel_free(k, f);
    limits_give(&k->limits, LIMIT_OPEN_FILES, 1);
}

bool file_can_read(const struct file *f)
{
    return (file_flags(f) & SYS_ACCMODE) != SYS_WRONLY;
}

bool file_can_write(const struct file *f)
{
    return (file_flags(f) & SYS_ACCMODE) != SYS_RDONLY;
}

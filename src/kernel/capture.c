/* capture.c: see capture.h. */
#include "kernel/capture.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/waitq.h"
#include "sys.h"

enum { CAPTURE_MIN = 240 }; // bytes, the first size of the buffer

struct capture {
    struct lock lock; // rank LOCK_PIPE; guards every field
    struct waitq done;
    unsigned refs, writers;
    char *data;
    size_t len, cap;
};

struct capture_file {
    struct file file;
    struct capture *capture; // a count
};

static struct capture *capture_of(const struct file *f)
{
    return ((const struct capture_file *)f)->capture;
}

static int capture_reserve(struct kernel *k, struct capture *c, size_t extra)
{
    if (c->cap - c->len >= extra)
        return 0;
    size_t cap = c->cap ? c->cap : CAPTURE_MIN;
    while (cap - c->len < extra)
        cap *= 2;
    char *data = kernel_resize(k, c->data, cap);
    if (!data)
        return -ENOMEM;
    c->data = data;
    c->cap = cap;
    return 0;
}

static int64_t capture_write(struct file *f, const void *buf, size_t len)
{
    struct capture *c = capture_of(f);
    struct kernel *k = f->kernel;
    lock_acquire(&c->lock);
    bool fits = len <= limits_value(&k->limits, LIMIT_EXPANSION) - c->len;
    int err = fits ? capture_reserve(k, c, len) : 0;
    if (fits && !err) {
        memcpy(c->data + c->len, buf, len);
        c->len += len;
    }
    lock_release(&c->lock);
    if (!fits || err) // the run ends; this process at the door
        kernel_end_limit(k, fits ? LIMIT_MEMORY : LIMIT_EXPANSION);
    return fits && !err ? (int64_t)len : -ENOMEM;
}

static int capture_stat(struct file *f, struct sys_stat *st)
{
    int64_t now = f->kernel->start_real_ns;
    *st = (struct sys_stat){.mode = SYS_IFIFO | 0600,
                            .nlink = 1,
                            .uid = 1000,
                            .gid = 1000,
                            .atime_ns = now,
                            .mtime_ns = now,
                            .ctime_ns = now};
    return 0;
}

static void capture_close(struct file *f)
{
    struct capture *c = capture_of(f);
    lock_acquire(&c->lock);
    unsigned left = --c->refs;
    if (file_can_write(f) && --c->writers == 0)
        waitq_wake_all(&c->done);
    lock_release(&c->lock);
    if (left)
        return;
    kernel_free(f->kernel, c->data);
    kernel_free(f->kernel, c);
}

static size_t capture_name(const struct file *f, char *dst, size_t cap)
{
    (void)f;
    return fmt_to(dst, cap, "command substitution");
}

static const struct file_ops capture_ops = {
    .write = capture_write,
    .stat = capture_stat,
    .close = capture_close,
    .name = capture_name,
};

static int capture_new_end(struct kernel *k, struct capture *c, unsigned flags,
                           struct file **end)
{
    int err = file_new(k, sizeof(struct capture_file), &capture_ops, flags, end);
    if (err)
        return err;
    ((struct capture_file *)*end)->capture = c;
    c->refs++;
    c->writers += flags == SYS_WRONLY;
    return 0;
}

int capture_new(struct kernel *k, struct file *ends[2])
{
    struct capture *c = kernel_alloc_zero(k, sizeof *c);
    if (!c)
        return -ENOMEM;
    lock_init(&c->lock, LOCK_PIPE);
    waitq_init(&c->done);
    struct file *reader, *writer;
    int err = capture_new_end(k, c, SYS_RDONLY, &reader);
    if (err) {
        kernel_free(k, c);
        return err;
    }
    err = capture_new_end(k, c, SYS_WRONLY, &writer);
    if (err) {
        file_put(reader);
        return err;
    }
    ends[0] = reader;
    ends[1] = writer;
    return 0;
}

int capture_take(struct process *self, struct file *reader, char **data, size_t *len)
{
    static const struct wait_reason reason = {.what =
                                                  "the end of a command substitution"};
    if (reader->ops != &capture_ops || !file_can_read(reader))
        return -EINVAL;
    struct capture *c = capture_of(reader);
    int err = 0;
    lock_acquire(&c->lock);
    while (c->writers && !err)
        err = waitq_sleep(&c->done, &c->lock, UINT64_MAX, WAIT_KILLABLE, &reason);
    lock_release(&c->lock);
    if (err)
        return err;
    char *copy = heap_alloc(&self->heap, c->len + 1); // no writer is left: no lock needed
    if (!copy) {
        kernel_end_limit(self->kernel, LIMIT_MEMORY);
        return -ENOMEM;
    }
    if (c->len)
        memcpy(copy, c->data, c->len);
    copy[c->len] = '\0';
    *data = copy;
    *len = c->len;
    return 0;
}

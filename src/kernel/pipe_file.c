/* pipe_file.c: the ends of pipes and FIFOs as open files. See pipe.h. */
#include <errno.h>

#include "base/fmt.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/pipe.h"
#include "kernel/process.h"
#include "sys.h"

struct pipe_file {
    struct file file;
    struct pipe *pipe; // a count
    char name[80];     // of a FIFO; empty: a pipe
};

static struct pipe *pipe_of(const struct file *f)
{
    return ((const struct pipe_file *)f)->pipe;
}

static bool pipe_is_nonblock(const struct file *f)
{
    return file_flags(f) & SYS_NONBLOCK;
}

static int64_t pipe_file_read(struct file *f, void *buf, size_t len)
{
    const struct wait_reason reason = {"a writer of", f, 0};
    return pipe_read(pipe_of(f), buf, len, pipe_is_nonblock(f), &reason);
}

static int64_t pipe_file_write(struct file *f, const void *buf, size_t len)
{
    const struct wait_reason reason = {"a reader of", f, 0};
    return pipe_write(pipe_of(f), buf, len, pipe_is_nonblock(f), &reason);
}

static int pipe_file_stat(struct file *f, struct sys_stat *st)
{
    int64_t now = f->kernel->start_real_ns;
    *st = (struct sys_stat){.mode = SYS_IFIFO | 0600,
                            .nlink = 1,
                            .uid = 1000,
                            .gid = 1000,
                            .ino = pipe_of(f)->id,
                            .atime_ns = now,
                            .mtime_ns = now,
                            .ctime_ns = now};
    return 0;
}

static unsigned pipe_file_poll(struct file *f, struct poll_set *set)
{
    struct pipe *p = pipe_of(f);
    unsigned events = 0;
    lock_acquire(&p->lock);
    if (file_can_read(f)) {
        events |= (p->used ? SYS_POLLIN : 0) | (p->writers ? 0 : SYS_POLLHUP);
        if (set)
            poll_set_add(set, &p->can_read, &p->lock);
    }
    if (file_can_write(f)) {
        bool room = p->size < PIPE_SIZE || p->size - p->used >= PIPE_ATOMIC;
        events |= (room ? SYS_POLLOUT : 0) | (p->readers ? 0 : SYS_POLLERR);
        if (set)
            poll_set_add(set, &p->can_write, &p->lock);
    }
    lock_release(&p->lock);
    return events;
}

/* Counts an end of the pipe as open (1) or closed (-1). */
static void pipe_count_ends(struct file *f, int change)
{
    struct pipe *p = pipe_of(f);
    ASSERT(lock_is_held(&p->lock));
    if (file_can_read(f)) {
        p->readers += (unsigned)change;
        p->reader_opens += change > 0;
    }
    if (file_can_write(f)) {
        p->writers += (unsigned)change;
        p->writer_opens += change > 0;
    }
}

static void pipe_file_close(struct file *f)
{
    struct pipe *p = pipe_of(f);
    lock_acquire(&p->lock);
    pipe_count_ends(f, -1);
    if (!p->readers) {
        waitq_wake_all(&p->can_write);
        p->used = p->start = 0; // nobody can read it any more
    }
    if (!p->writers)
        waitq_wake_all(&p->can_read);
    lock_release(&p->lock);
    pipe_put(p);
}

static size_t pipe_file_name(const struct file *f, char *dst, size_t cap)
{
    const struct pipe_file *end = (const struct pipe_file *)f;
    if (end->name[0])
        return fmt_to(dst, cap, "%s", end->name);
    return fmt_to(dst, cap, "pipe:[%u]", end->pipe->id);
}

static const struct file_ops pipe_file_ops = {
    .read = pipe_file_read,
    .write = pipe_file_write,
    .stat = pipe_file_stat,
    .poll = pipe_file_poll,
    .close = pipe_file_close,
    .name = pipe_file_name,
};

/* An end of p, which gets a count; counted as open. */
static int pipe_file_new(struct pipe *p, unsigned flags, const char *name,
                         struct file **file)
{
    struct file *f;
    int err = file_new(p->kernel, sizeof(struct pipe_file), &pipe_file_ops, flags, &f);
    if (err)
        return err;
    struct pipe_file *end = (struct pipe_file *)f;
    end->pipe = p;
    fmt_to(end->name, sizeof end->name, "%s", name);
    lock_acquire(&p->lock);
    p->refs++;
    pipe_count_ends(f, 1);
    waitq_wake_all(&p->can_open);
    lock_release(&p->lock);
    *file = f;
    return 0;
}

int file_new_pipe(struct kernel *k, struct file *ends[2])
{
    struct pipe *p = pipe_new(k);
    if (!p)
        return -ENOMEM;
    p->id = atomic_fetch_add(&k->next_pipe, 1) + 1;
    struct file *reader, *writer;
    int err = pipe_file_new(p, SYS_RDONLY, "", &reader);
    if (!err) {
        err = pipe_file_new(p, SYS_WRONLY, "", &writer);
        if (err)
            file_put(reader);
    }
    pipe_put(p);
    if (err)
        return err;
    ends[0] = reader;
    ends[1] = writer;
    return 0;
}

/* Whether the end opened last, when the other side had `before` opens, finds its other
 * side. */
static bool pipe_has_other(const struct pipe *p, unsigned mode, unsigned before)
{
    if (mode == SYS_RDONLY)
        return p->writers || p->writer_opens != before;
    return p->readers || p->reader_opens != before;
}

int pipe_file_open(struct pipe *p, unsigned flags, const char *name, struct file **file)
{
    unsigned mode = flags & SYS_ACCMODE;
    struct file *f;
    int err = pipe_file_new(p, flags & (SYS_ACCMODE | SYS_NONBLOCK), name, &f);
    if (err)
        return err;
    const struct wait_reason reason = {mode == SYS_RDONLY ? "a writer of" : "a reader of",
                                       f, 0};
    lock_acquire(&p->lock);
    unsigned before = mode == SYS_RDONLY ? p->writer_opens : p->reader_opens;
    while (!err && mode != SYS_RDWR && !pipe_has_other(p, mode, before)) {
        if (flags & SYS_NONBLOCK) {
            err = mode == SYS_WRONLY ? -ENXIO : 0;
            break;
        }
        err =
            waitq_sleep(&p->can_open, &p->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, &reason);
    }
    lock_release(&p->lock);
    if (err) {
        file_put(f);
        return err;
    }
    *file = f;
    return 0;
}

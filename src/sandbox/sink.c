/* sink.c: see sink.h. */
#include "sandbox/sink.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/output.h"
#include "sys.h"

enum { SINK_BOUND = 65536, SINK_PIECE = 65536 }; // bytes

struct sink_file {
    struct file file;
    unsigned stream;
    struct sink_capture *capture; // or
    struct sink_queue *queue;
    uint64_t *total; // guarded by its lock
};

/* Before the bytes of a record. */
struct sink_record {
    size_t len;
    unsigned stream;
};

/* ---- Captures --------------------------------------------------------------------- */

void sink_capture_init(struct sink_capture *c, struct kernel *k, size_t max)
{
    *c = (struct sink_capture){.data = buf_make(&k->kernel_heap), .max = max};
    lock_init(&c->lock, LOCK_STREAM);
}

void sink_capture_fini(struct sink_capture *c) { buf_fini(&c->data); }

static bool sink_capture_add_locked(struct sink_capture *c, const void *data, size_t len)
{
    size_t room = c->max - c->data.len;
    buf_add(&c->data, data, size_min(len, room));
    bool ok = !c->data.failed;
    c->data.failed = false;
    return ok;
}

bool sink_capture_add(struct sink_capture *c, const void *data, size_t len)
{
    lock_acquire(&c->lock);
    bool ok = sink_capture_add_locked(c, data, len);
    lock_release(&c->lock);
    return ok;
}

static int64_t sink_write_capture(struct file *f, const void *data, size_t len)
{
    struct sink_file *s = (struct sink_file *)f;
    size_t taken = output_take(f->kernel, len);
    lock_acquire(&s->capture->lock);
    bool ok = sink_capture_add_locked(s->capture, data, taken);
    *s->total += ok ? taken : 0;
    lock_release(&s->capture->lock);
    if (!ok)
        kernel_end_limit(f->kernel, LIMIT_MEMORY);
    return output_done(f->kernel, len, taken, ok ? (int64_t)taken : -ENOMEM);
}

/* ---- The queue of the callbacks --------------------------------------------------- */

void sink_queue_init(struct sink_queue *q, struct kernel *k, void (*ready)(void *arg),
                     void *arg)
{
    *q = (struct sink_queue){.kernel = k,
                             .bounded = !k->deterministic,
                             .ready = ready,
                             .arg = arg,
                             .filling = buf_make(&k->kernel_heap),
                             .last = SIZE_MAX,
                             .draining = buf_make(&k->kernel_heap)};
    lock_init(&q->lock, LOCK_STREAM);
    waitq_init(&q->room);
}

void sink_queue_fini(struct sink_queue *q)
{
    buf_fini(&q->filling);
    buf_fini(&q->draining);
}

/* Adds a piece of data as a record, or to the record before; gives its length; 0: no
 * room; -ENOMEM. */
static int64_t sink_queue_add_locked(struct sink_queue *q, unsigned stream,
                                     const char *data, size_t len)
{
    if (q->bounded) {
        if (q->filling.len >= SINK_BOUND)
            return 0;
        len = size_min(len, SINK_BOUND - q->filling.len);
    }
    struct sink_record record = {len, stream};
    size_t before = q->filling.len;
    bool joins = false;
    if (q->last != SIZE_MAX) {
        memcpy(&record, q->filling.data + q->last, sizeof record);
        joins = record.stream == stream;
    }
    if (!joins) {
        record = (struct sink_record){0, stream};
        buf_add(&q->filling, &record, sizeof record);
    }
    buf_add(&q->filling, data, len);
    if (q->filling.failed) {
        q->filling.failed = false;
        buf_cut(&q->filling, before);
        return -ENOMEM;
    }
    if (!joins)
        q->last = before;
    record.len += len;
    memcpy(q->filling.data + q->last, &record, sizeof record);
    return (int64_t)len;
}

/* Waits for room; q->lock is held. */
static int sink_queue_wait_locked(struct sink_queue *q, const struct file *f)
{
    const struct wait_reason reason = {"the reader of", f, 0};
    kernel_wake_source_add(q->kernel); // the embedder
    int err = waitq_sleep(&q->room, &q->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, &reason);
    kernel_wake_source_remove(q->kernel);
    return err;
}

static int64_t sink_queue_write(struct sink_file *s, const char *data, size_t len)
{
    struct sink_queue *q = s->queue;
    size_t done = 0;
    int64_t err = 0;
    while (done < len && err >= 0) {
        lock_acquire(&q->lock);
        bool was_empty = !q->filling.len;
        err = sink_queue_add_locked(q, s->stream, data + done, len - done);
        if (err > 0)
            *s->total += (uint64_t)err;
        bool full = err == 0;
        if (full)
            err = sink_queue_wait_locked(q, &s->file);
        lock_release(&q->lock);
        if (err > 0)
            done += (size_t)err;
        if (err > 0 && was_empty)
            q->ready(q->arg);
    }
    return done ? (int64_t)done : err;
}

static int64_t sink_write_queue(struct file *f, const void *data, size_t len)
{
    struct sink_file *s = (struct sink_file *)f;
    size_t taken = output_take(f->kernel, len);
    int64_t done = sink_queue_write(s, data, taken);
    if (done == -ENOMEM)
        kernel_end_limit(f->kernel, LIMIT_MEMORY);
    return output_done(f->kernel, len, taken, done);
}

bool sink_queue_has(struct sink_queue *q)
{
    lock_acquire(&q->lock);
    bool has = q->filling.len;
    lock_release(&q->lock);
    return has;
}

static bool sink_queue_swap(struct sink_queue *q)
{
    lock_acquire(&q->lock);
    struct buf filled = q->filling;
    q->filling = q->draining;
    q->draining = filled;
    q->last = SIZE_MAX;
    waitq_wake_all(&q->room);
    lock_release(&q->lock);
    return filled.len;
}

void sink_queue_take(struct sink_queue *q,
                     void (*each)(void *arg, unsigned stream, const void *data,
                                  size_t len),
                     void *arg)
{
    while (sink_queue_swap(q)) {
        for (size_t at = 0; at < q->draining.len;) {
            struct sink_record record;
            memcpy(&record, q->draining.data + at, sizeof record);
            at += sizeof record;
            for (size_t done = 0; done < record.len; done += SINK_PIECE)
                each(arg, record.stream, q->draining.data + at + done,
                     size_min(record.len - done, SINK_PIECE));
            at += record.len;
        }
        buf_clear(&q->draining);
    }
}

/* ---- Input from bytes ------------------------------------------------------------- */

struct sink_bytes {
    struct file file;
    struct span bytes;
};

static struct span sink_bytes_of(const struct file *f)
{
    return ((const struct sink_bytes *)f)->bytes;
}

static int64_t sink_bytes_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    struct span bytes = sink_bytes_of(f);
    size_t at = size_min((size_t)offset, bytes.len);
    size_t got = size_min(len, bytes.len - at);
    if (got)
        memcpy(buf, bytes.ptr + at, got);
    return (int64_t)got;
}

static int64_t sink_bytes_read(struct file *f, void *buf, size_t len)
{
    lock_acquire(&f->lock);
    int64_t got = sink_bytes_pread(f, buf, len, f->offset);
    f->offset += got;
    lock_release(&f->lock);
    return got;
}

static int64_t sink_bytes_seek(struct file *f, int64_t offset, int whence)
{
    int64_t base = 0, result = -EINVAL;
    lock_acquire(&f->lock);
    if (whence == SYS_SEEK_CUR)
        base = f->offset;
    else if (whence == SYS_SEEK_END)
        base = (int64_t)sink_bytes_of(f).len;
    else if (whence != SYS_SEEK_SET)
        base = -1;
    if (base >= 0 && offset <= INT64_MAX - base && base + offset >= 0)
        result = f->offset = base + offset;
    lock_release(&f->lock);
    return result;
}

static int sink_bytes_stat(struct file *f, struct sys_stat *st)
{
    int64_t now = f->kernel->start_real_ns;
    *st = (struct sys_stat){.mode = SYS_IFREG | 0400,
                            .nlink = 1,
                            .uid = 1000,
                            .gid = 1000,
                            .size = (int64_t)sink_bytes_of(f).len,
                            .atime_ns = now,
                            .mtime_ns = now,
                            .ctime_ns = now};
    return 0;
}

/* ---- Files ------------------------------------------------------------------------ */

static int sink_stat(struct file *f, struct sys_stat *st)
{
    int64_t now = f->kernel->start_real_ns;
    *st = (struct sys_stat){.ino = ((const struct sink_file *)f)->stream,
                            .mode = SYS_IFIFO | 0600,
                            .nlink = 1,
                            .uid = 1000,
                            .gid = 1000,
                            .atime_ns = now,
                            .mtime_ns = now,
                            .ctime_ns = now};
    return 0;
}

static size_t sink_name(const struct file *f, char *dst, size_t cap)
{
    return fmt_to(dst, cap, "%s",
                  ((const struct sink_file *)f)->stream == 1 ? "stdout" : "stderr");
}

static size_t sink_bytes_name(const struct file *f, char *dst, size_t cap)
{
    (void)f;
    return fmt_to(dst, cap, "stdin");
}

static void sink_close(struct file *f)
{
    (void)f; // what it points to is the run's
}

static const struct file_ops sink_capture_ops = {.write = sink_write_capture,
                                                 .stat = sink_stat,
                                                 .close = sink_close,
                                                 .name = sink_name};
static const struct file_ops sink_queue_ops = {
    .write = sink_write_queue, .stat = sink_stat, .close = sink_close, .name = sink_name};
static const struct file_ops sink_bytes_ops = {
    .read = sink_bytes_read,
    .pread = sink_bytes_pread,
    .seek = sink_bytes_seek,
    .stat = sink_bytes_stat,
    .close = sink_close,
    .name = sink_bytes_name,
};

static int sink_open(struct kernel *k, const struct file_ops *ops, unsigned stream,
                     uint64_t *total, struct sink_file **file)
{
    struct file *f;
    int err = file_new(k, sizeof(struct sink_file), ops, SYS_WRONLY, &f);
    if (err)
        return err;
    *file = (struct sink_file *)f;
    (*file)->stream = stream;
    (*file)->total = total;
    return 0;
}

int sink_open_capture(struct kernel *k, struct sink_capture *c, unsigned stream,
                      uint64_t *total, struct file **file)
{
    struct sink_file *s;
    int err = sink_open(k, &sink_capture_ops, stream, total, &s);
    if (err)
        return err;
    s->capture = c;
    *file = &s->file;
    return 0;
}

int sink_open_queue(struct kernel *k, struct sink_queue *q, unsigned stream,
                    uint64_t *total, struct file **file)
{
    struct sink_file *s;
    int err = sink_open(k, &sink_queue_ops, stream, total, &s);
    if (err)
        return err;
    s->queue = q;
    *file = &s->file;
    return 0;
}

int sink_open_bytes(struct kernel *k, struct span bytes, struct file **file)
{
    struct file *f;
    int err = file_new(k, sizeof(struct sink_bytes), &sink_bytes_ops, SYS_RDONLY, &f);
    if (err)
        return err;
    ((struct sink_bytes *)f)->bytes = bytes;
    *file = f;
    return 0;
}

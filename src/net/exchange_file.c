/* exchange_file.c: an exchange as an open file. See exchange.h. */
#include <errno.h>

#include "base/fmt.h"
#include "kernel/file.h"
#include "kernel/host.h"
#include "kernel/kernel.h"
#include "net/exchange.h"
#include "sys.h"

struct exchange_file {
    struct file file;
    struct exchange *exchange; // a count
};

static struct exchange *exchange_in(const struct file *f)
{
    return ((const struct exchange_file *)f)->exchange;
}

/* Under the lock, after the program has read: whether the driver is to go on. It counts
 * as active from now on. */
static bool exchange_has_room_locked(struct exchange *x)
{
    if (!x->paused_in || x->in.used > EXCHANGE_LOW)
        return false;
    exchange_goes_on_locked(x);
    return true;
}

static int64_t exchange_read(struct file *f, void *buf, size_t len)
{
    struct exchange *x = exchange_in(f);
    const struct wait_reason reason = {"input from", f, 0};
    int64_t got = 0;
    lock_acquire(&x->lock);
    while (!got && !x->in.used && !x->info.done) {
        got = file_flags(f) & SYS_NONBLOCK
                  ? -EAGAIN
                  : waitq_sleep(&x->can_read, &x->lock, UINT64_MAX, WAIT_INTERRUPTIBLE,
                                &reason);
    }
    if (x->in.used)
        got = (int64_t)ring_take(&x->in, buf, len);
    else if (!got && x->info.error)
        got = -EIO;
    bool nudge = exchange_has_room_locked(x);
    lock_release(&x->lock);
    if (nudge)
        x->nudge(x);
    return got;
}

/* Puts in what fits of what the announced length still allows. -EPIPE: nobody takes
 * it. */
static int64_t exchange_write_some_locked(struct exchange *x, const char *buf, size_t len)
{
    if (x->info.done || x->out_ended)
        return -EPIPE;
    size_t most = x->held ? EXCHANGE_HELD_MAX : EXCHANGE_HIGH;
    size_t room = x->out.used < most ? most - x->out.used : 0;
    if (x->held && !room)
        return -EFBIG;
    size_t take = size_min(len, room);
    if (x->body_len >= 0)
        take = size_min(take, (size_t)(x->body_len - x->out_total));
    int err = take ? ring_put(&x->out, x->kernel, buf, take) : 0;
    if (err)
        return err;
    x->out_total += (int64_t)take;
    x->out_ended = x->body_len >= 0 && x->out_total == x->body_len;
    return (int64_t)take;
}

static int64_t exchange_write_once(struct file *f, const char *buf, size_t len)
{
    struct exchange *x = exchange_in(f);
    const struct wait_reason reason = {"room in", f, 0};
    int64_t done;
    lock_acquire(&x->lock);
    while ((done = exchange_write_some_locked(x, buf, len)) == 0) {
        int err = file_flags(f) & SYS_NONBLOCK
                      ? -EAGAIN
                      : waitq_sleep(&x->can_write, &x->lock, UINT64_MAX,
                                    WAIT_INTERRUPTIBLE, &reason);
        if (err) {
            done = err;
            break;
        }
    }
    bool nudge = done > 0 && (x->paused_out || (x->held && x->out_ended)) && x->nudge;
    if (nudge)
        exchange_goes_on_locked(x);
    lock_release(&x->lock);
    if (nudge)
        x->nudge(x);
    if (done != -EFBIG)
        return done;
    exchange_finish(x, 55, "The body is too large to be shown to the transport hook");
    x->nudge(x);
    return -EPIPE;
}

static int64_t exchange_write(struct file *f, const void *buf, size_t len)
{
    size_t done = 0;
    while (done < len) {
        int64_t n = exchange_write_once(f, (const char *)buf + done, len - done);
        if (n < 0)
            return done ? (int64_t)done : n;
        done += (size_t)n;
    }
    return (int64_t)done;
}

static int exchange_stat(struct file *f, struct sys_stat *st)
{
    int64_t now = f->kernel->start_real_ns;
    *st = (struct sys_stat){.mode = SYS_IFSOCK | 0600,
                            .nlink = 1,
                            .uid = 1000,
                            .gid = 1000,
                            .atime_ns = now,
                            .mtime_ns = now,
                            .ctime_ns = now};
    return 0;
}

static unsigned exchange_poll(struct file *f, struct poll_set *set)
{
    struct exchange *x = exchange_in(f);
    unsigned events = 0;
    lock_acquire(&x->lock);
    if (x->in.used || x->info.done || (x->info.headers_done && x->headers_read.len))
        events |= SYS_POLLIN;
    if (!x->info.done && !x->out_ended && x->out.used < EXCHANGE_HIGH)
        events |= SYS_POLLOUT;
    if (x->info.done)
        events |= SYS_POLLHUP;
    if (set) {
        poll_set_add(set, &x->can_read, &x->lock);
        poll_set_add(set, &x->can_write, &x->lock);
    }
    lock_release(&x->lock);
    return events;
}

static void exchange_close(struct file *f)
{
    struct exchange *x = exchange_in(f);
    lock_acquire(&x->lock);
    x->closed = true;
    bool nudge = !x->info.done;
    lock_release(&x->lock);
    if (nudge && x->nudge)
        x->nudge(x);
    exchange_put(x);
}

static size_t exchange_name(const struct file *f, char *dst, size_t cap)
{
    const struct exchange *x = exchange_in(f);
    return fmt_to(dst, cap, "http:[%s]", x->url.host);
}

static const struct file_ops exchange_ops = {
    .read = exchange_read,
    .write = exchange_write,
    .stat = exchange_stat,
    .poll = exchange_poll,
    .close = exchange_close,
    .name = exchange_name,
};

struct exchange *exchange_of(struct file *f)
{
    return f && f->ops == &exchange_ops ? exchange_in(f) : NULL;
}

int exchange_new(struct kernel *k, struct exchange **exchange, struct file **file)
{
    struct exchange *x = kernel_alloc_zero(k, sizeof *x);
    if (!x)
        return -ENOMEM;
    int err = file_new(k, sizeof(struct exchange_file), &exchange_ops, SYS_RDWR, file);
    if (err) {
        kernel_free(k, x);
        return err;
    }
    ((struct exchange_file *)*file)->exchange = x;
    x->kernel = k;
    x->start_ns = host_clock_mono();
    atomic_init(&x->refs, 1);
    struct buf *bufs[] = {&x->url.target,   &x->method, &x->headers,
                          &x->headers_read, &x->log,    &x->certs};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        *bufs[i] = buf_make(&k->kernel_heap);
    list_init(&x->inbox);
    lock_init(&x->lock, LOCK_STREAM);
    waitq_init(&x->can_read);
    waitq_init(&x->can_write);
    x->info.length = -1;
    *exchange = x;
    return 0;
}

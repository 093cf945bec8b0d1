/* exchange.c: see exchange.h. exchange_file.c is its descriptor. */
#include "net/exchange.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/host.h"
#include "kernel/kernel.h"

void exchange_put(struct exchange *x)
{
    if (atomic_fetch_sub_explicit(&x->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct kernel *k = x->kernel;
    ASSERT(!x->active);
    url_fini(&x->url);
    buf_fini(&x->method);
    buf_fini(&x->headers);
    buf_fini(&x->headers_read);
    buf_fini(&x->log);
    buf_fini(&x->certs);
    ring_fini(&x->in, k);
    ring_fini(&x->out, k);
    kernel_free(k, x);
}

/* Changes whether it counts as one that may wake a process; the lock is held. Gives
 * whether it no longer does, and exchange_tell must be called without the lock. */
static bool exchange_set_active_locked(struct exchange *x, bool active)
{
    if (active && !x->active)
        kernel_active(x->kernel);
    bool was = x->active && !active;
    x->active = active;
    return was;
}

void exchange_goes_on_locked(struct exchange *x)
{
    if (!x->info.done)
        exchange_set_active_locked(x, true);
}

static void exchange_tell(struct exchange *x, bool idle)
{
    if (idle)
        kernel_idle(x->kernel);
}

static bool exchange_is_sending_locked(const struct exchange *x)
{
    return x->out.used || !x->out_ended;
}

/* ---- The driver's side ------------------------------------------------------------ */

void exchange_attach(struct exchange *x)
{
    atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed);
    atomic_fetch_add(&x->kernel->sources, 1);
    lock_acquire(&x->lock);
    exchange_set_active_locked(x, !x->held || x->out_ended);
    lock_release(&x->lock);
}

void exchange_detach(struct exchange *x)
{
    struct kernel *k = x->kernel;
    lock_acquire(&x->lock);
    bool idle = exchange_set_active_locked(x, false);
    lock_release(&x->lock);
    exchange_tell(x, idle);
    exchange_put(x);
    atomic_fetch_sub(&k->sources, 1);
}

static bool exchange_charge(struct exchange *x, size_t len)
{
    return limits_take(&x->kernel->limits, LIMIT_NET_BYTES, len);
}

int exchange_put_body(struct exchange *x, const void *data, size_t len, bool *full)
{
    if (!exchange_charge(x, len))
        return -EDQUOT;
    lock_acquire(&x->lock);
    int err = x->closed ? -EPIPE : ring_put(&x->in, x->kernel, data, len);
    if (!err)
        waitq_wake_all(&x->can_read);
    *full = x->in.used >= EXCHANGE_HIGH;
    lock_release(&x->lock);
    return err;
}

int exchange_put_header(struct exchange *x, const void *line, size_t len)
{
    if (!exchange_charge(x, len))
        return -EDQUOT;
    int err = 0;
    lock_acquire(&x->lock);
    x->header_total += len;
    if (x->header_total > limits_value(&x->kernel->limits, LIMIT_NET_HEADERS))
        err = -EMSGSIZE;
    else
        buf_add(&x->headers_read, line, len);
    if (x->headers_read.failed)
        err = -ENOMEM;
    lock_release(&x->lock);
    return err;
}

void exchange_put_log(struct exchange *x, const char *mark, struct span line)
{
    lock_acquire(&x->lock);
    if (x->log.len + line.len < EXCHANGE_LOG_MAX)
        buf_addf(&x->log, "%s%.*s\n", mark, (int)line.len, line.ptr);
    lock_release(&x->lock);
}

void exchange_put_cert(struct exchange *x, const char *text)
{
    size_t size = strlen(text) + 1;
    lock_acquire(&x->lock);
    if (x->certs.len + size <= EXCHANGE_CERTS_MAX)
        buf_add(&x->certs, text, size);
    lock_release(&x->lock);
}

int64_t exchange_take_body(struct exchange *x, void *data, size_t len)
{
    lock_acquire(&x->lock);
    size_t got = ring_take(&x->out, data, len);
    bool end = !got && x->out_ended;
    x->paused_out = !got && !end;
    if (got)
        waitq_wake_all(&x->can_write);
    lock_release(&x->lock);
    if (got && !exchange_charge(x, got))
        return -EDQUOT;
    return end ? -ENODATA : (int64_t)got;
}

void exchange_note(struct exchange *x, const struct sys_http_info *info)
{
    lock_acquire(&x->lock);
    struct sys_http_info old = x->info;
    x->info = *info;
    x->info.error = old.error;
    x->info.total_ns = old.total_ns;
    x->info.headers_done = old.headers_done;
    x->info.done = old.done;
    memcpy(x->info.message, old.message, sizeof old.message);
    lock_release(&x->lock);
}

void exchange_named(struct exchange *x, int64_t name_ns)
{
    lock_acquire(&x->lock);
    x->info.name_ns = name_ns;
    lock_release(&x->lock);
}

void exchange_headers_done(struct exchange *x)
{
    lock_acquire(&x->lock);
    x->info.headers_done = true;
    waitq_wake_all(&x->can_read);
    lock_release(&x->lock);
}

bool exchange_pause(struct exchange *x)
{
    lock_acquire(&x->lock);
    x->paused_in = x->in.used > EXCHANGE_LOW && !x->closed;
    bool paused = x->paused_in;
    bool idle =
        paused && !exchange_is_sending_locked(x) && exchange_set_active_locked(x, false);
    lock_release(&x->lock);
    exchange_tell(x, idle);
    return paused;
}

struct exchange_wants exchange_look(struct exchange *x)
{
    lock_acquire(&x->lock);
    struct exchange_wants wants = {
        .closed = x->closed,
        .over = x->closed || x->info.done,
        .resume_in = x->paused_in && x->in.used <= EXCHANGE_LOW,
        .resume_out = x->paused_out && (x->out.used || x->out_ended),
        .begin = !x->held || x->out_ended,
    };
    if (wants.resume_in)
        x->paused_in = false;
    if (wants.resume_out)
        x->paused_out = false;
    lock_release(&x->lock);
    return wants;
}

void exchange_finish(struct exchange *x, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    lock_acquire(&x->lock);
    if (!x->info.done) {
        x->info.done = true;
        x->info.error = error;
        x->info.total_ns = (int64_t)(host_clock_mono() - x->start_ns);
        fmt_to_v(x->info.message, sizeof x->info.message, format, args);
        waitq_wake_all(&x->can_read);
        waitq_wake_all(&x->can_write);
    }
    bool idle = exchange_set_active_locked(x, false);
    lock_release(&x->lock);
    va_end(args);
    exchange_tell(x, idle);
}

/* ---- The program's side ----------------------------------------------------------- */

int exchange_wait(struct exchange *x)
{
    const struct wait_reason reason = {"the answer of", NULL, 0};
    int err = 0;
    lock_acquire(&x->lock);
    while (!err && !x->info.headers_done && !x->info.done)
        err =
            waitq_sleep(&x->can_read, &x->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, &reason);
    lock_release(&x->lock);
    return err;
}

void exchange_end_body(struct exchange *x)
{
    lock_acquire(&x->lock);
    x->out_ended = true;
    bool nudge = (x->paused_out || x->held) && x->nudge;
    if (nudge)
        exchange_goes_on_locked(x);
    lock_release(&x->lock);
    if (nudge)
        x->nudge(x);
}

/* run_wait.c: a run is waited for, polled, cancelled, finished and freed. See run.h. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/guest.h"
#include "kernel/host.h"
#include "kernel/host_stream.h"
#include "kernel/kernel.h"
#include "net/net.h"
#include "sandbox/error.h"
#include "sandbox/host_event.h"
#include "sandbox/run.h"
#include "sandbox/sandbox.h"

enum { RUN_KILLED = 137 }; // the status of a run that did not end by itself

/* ---- The end ---------------------------------------------------------------------- */

static enum shoal_end run_end_of(const struct shoal_run *run)
{
    switch ((enum kernel_end)run->why) {
    case KERNEL_END_NONE: break;
    case KERNEL_END_LIMIT: return SHOAL_END_LIMIT;
    case KERNEL_END_CANCEL: return SHOAL_END_CANCELLED;
    case KERNEL_END_DEADLOCK: return SHOAL_END_DEADLOCK;
    case KERNEL_END_CLOSE:
        return run->killed_orphans ? SHOAL_END_NORMAL : SHOAL_END_CLOSED;
    }
    return SHOAL_END_NORMAL;
}

/* Notes how the run ended, and why. */
static void run_take_results(struct shoal_run *run)
{
    struct kernel *k = &run->sandbox->kernel;
    char text[120];
    run->end = run_end_of(run);
    if (!kernel_ended(k, run->pid, &run->status, &run->sig))
        run->status = RUN_KILLED; // does not happen
    if (run->end != SHOAL_END_NORMAL)
        run->status = RUN_KILLED;
    if (run->end == SHOAL_END_LIMIT) {
        run->limit = atomic_load(&k->limits.reached);
        limits_describe(&k->limits, (enum limit_id)run->limit, text, sizeof text);
        buf_add_str(&run->report, text);
    } else if (run->end == SHOAL_END_DEADLOCK) {
        lock_acquire(&k->family);
        buf_addf(&run->report, "deadlock: %s", k->report ? k->report : "");
        lock_release(&k->family);
    }
}

/* Tells the report on the run's standard error. */
static void run_say(struct shoal_run *run)
{
    struct run_output *output = &run->outputs[SHOAL_STDERR - 1];
    struct buf line = buf_make(&run->sandbox->kernel.kernel_heap);
    buf_addf(&line, "shoal: %s\n", buf_str(&run->report));
    switch (output->kind) {
    case RUN_CAPTURE: sink_capture_add(&output->capture, line.data, line.len); break;
    case RUN_FD: host_stream_say(output->fd, line.data, line.len); break;
    case RUN_CALLBACK:
        output->callback(output->arg, SHOAL_STDERR, line.data, line.len);
        break;
    }
    output->total += line.len;
    buf_fini(&line);
}

/* Everything has ended: gathers the results and makes the sandbox ready for the next
 * run. */
static void run_finish(struct shoal_run *run, bool tell)
{
    struct shoal_sandbox *sb = run->sandbox;
    lock_acquire(&sb->lock);
    atomic_store(&sb->active, NULL); // no more cancelling
    lock_release(&sb->lock);
    run_take_results(run);
    run_stop_timers(run);
    run_put_files(run);
    kernel_rearm(&sb->kernel); // no worker touches the run after this
    run_swap_limits(run);
    tracer_tell(&sb->tracer, tell);
    if (run->report.len && tell)
        run_say(run);
    atomic_store(&run->state, RUN_FINISHED);
    lock_acquire(&sb->lock);
    sb->in_use = false;
    lock_release(&sb->lock);
}

/* ---- Waiting ---------------------------------------------------------------------- */

static void run_call_output(void *arg, unsigned stream, const void *data, size_t len)
{
    struct shoal_run *run = arg;
    struct run_output *output = &run->outputs[stream - SHOAL_STDOUT];
    output->callback(output->arg, (enum shoal_stream)stream, data, len);
}

/* The time left until deadline_ns, for a futex; < 0: no end. 0: none. */
static int64_t run_time_left(uint64_t deadline_ns)
{
    if (deadline_ns == UINT64_MAX)
        return -1;
    uint64_t now = host_clock_mono();
    return deadline_ns > now ? (int64_t)(deadline_ns - now) : 0;
}

/* What is to end when the run has something to tell: seen is the word as it was. */
struct run_pause {
    struct shoal_run *run;
    unsigned seen;
};

static bool run_has_news(void *pause)
{
    struct run_pause *p = pause;
    return atomic_load_explicit(&p->run->word, memory_order_relaxed) != p->seen;
}

/* Sleeps or, in shoal_run_here, works until the run has something to tell. */
static void run_pause(struct shoal_run *run, unsigned seen, int64_t timeout_ns)
{
    struct run_pause pause = {run, seen};
    struct worker *guest = atomic_load_explicit(&run->guest, memory_order_relaxed);
    if (guest)
        guest_work(guest, run_has_news, &pause);
    else
        host_futex_wait(&run->word, seen, timeout_ns);
}

/* Calls back what is due until the run has ended or deadline_ns is there. tell false:
 * drops it. */
static int run_attend(struct shoal_run *run, uint64_t deadline_ns, bool tell)
{
    for (;;) {
        unsigned seen = atomic_load(&run->word);
        bool ended = atomic_load(&run->ended);
        if (atomic_exchange(&run->interrupted, false))
            shoal_run_cancel(run);
        tracer_tell(&run->sandbox->tracer, tell);
        if (run->sandbox->kernel.net)
            net_tell(run->sandbox->kernel.net, tell);
        if (tell)
            sink_queue_take(&run->queue, run_call_output, run);
        if (ended) {
            run_finish(run, tell);
            return 0;
        }
        int64_t left = run_time_left(deadline_ns);
        if (left == 0)
            return SHOAL_E_TIMEOUT;
        run_pause(run, seen, left);
    }
}

/* After a wait that did not see the end: shoal_run_fd tells whether something is due. */
static void run_reset_event(struct shoal_run *run)
{
    int event = atomic_load(&run->event);
    if (event < 0)
        return;
    host_event_clear(event);
    if (atomic_load(&run->ended) || sink_queue_has(&run->queue) ||
        tracer_has(&run->sandbox->tracer) ||
        (run->sandbox->kernel.net && net_has_asks(run->sandbox->kernel.net)))
        host_event_raise(event);
}

int shoal_run_wait(struct shoal_run *run, int timeout_ms)
{
    unsigned state = atomic_load(&run->state);
    if (state != RUN_STARTED)
        return state == RUN_FINISHED ? 0 : SHOAL_E_STATE;
    if (atomic_exchange(&run->waited_for, true))
        return SHOAL_E_BUSY;
    uint64_t deadline_ns = UINT64_MAX;
    if (timeout_ms >= 0)
        deadline_ns = host_clock_mono() + (uint64_t)timeout_ms * 1000000;
    int err = 0;
    if (atomic_load(&run->state) == RUN_STARTED) {
        err = run_attend(run, deadline_ns, true);
        if (err)
            run_reset_event(run);
    }
    atomic_store(&run->waited_for, false);
    return err;
}

int shoal_run_here(struct shoal_run *run)
{
    struct worker *guest = guest_enter(run->sandbox->kernel.runtime);
    int err = shoal_run_start(run);
    if (!err) {
        atomic_store(&run->guest, guest);
        err = shoal_run_wait(run, -1);
        atomic_store(&run->guest, NULL);
    }
    if (guest)
        guest_leave(guest);
    return err;
}

void shoal_run_interrupt(struct shoal_run *run)
{
    atomic_store(&run->interrupted, true);
    run_signal(run);
}

int shoal_run_fd(struct shoal_run *run)
{
    int event = atomic_load(&run->event);
    if (event >= 0)
        return event;
    event = host_event_new();
    if (event < 0)
        return error_code(event);
    int none = -1;
    if (!atomic_compare_exchange_strong(&run->event, &none, event)) {
        host_event_free(event);
        return none;
    }
    if (atomic_load(&run->word))
        host_event_raise(event); // something happened before it was there
    return event;
}

void shoal_run_cancel(struct shoal_run *run)
{
    struct shoal_sandbox *sb = run->sandbox;
    lock_acquire(&sb->lock);
    if (atomic_load(&sb->active) == run)
        kernel_end(&sb->kernel, KERNEL_END_CANCEL);
    lock_release(&sb->lock);
}

void shoal_run_free(struct shoal_run *run)
{
    if (!run)
        return;
    struct shoal_sandbox *sb = run->sandbox;
    if (atomic_load(&run->state) == RUN_STARTED) {
        shoal_run_cancel(run);
        run_attend(run, UINT64_MAX, false);
    }
    if (atomic_load(&run->state) == RUN_FINISHED)
        sink_queue_fini(&run->queue);
    for (unsigned i = 0; i < COUNT_OF(run->outputs); i++)
        sink_capture_fini(&run->outputs[i].capture);
    struct buf *bufs[] = {&run->name, &run->text,  &run->args,  &run->env,
                          &run->cwd,  &run->input, &run->report};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_fini(bufs[i]);
    if (atomic_load(&run->event) >= 0)
        host_event_free(atomic_load(&run->event));
    kernel_free(&sb->kernel, run);
    sandbox_put(sb);
}

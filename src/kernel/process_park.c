/* process_park.c: how a process gives up its worker and gets it back. See process.h. */
#include <errno.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/timers.h"
#include "kernel/trace.h"
#include "kernel/worker.h"

struct process *process_self(void)
{
    struct worker *w = host_worker();
    return w ? w->current : NULL;
}

void process_pin(void) { process_self()->pinned++; }

void process_unpin(void)
{
    struct process *p = process_self();
    ASSERT(p->pinned);
    p->pinned--;
}

void process_yield(void)
{
    struct worker *w = host_worker();
    worker_switch(w, AFTER_YIELD);
}

struct process_timer {
    struct timer timer;
    struct process *process;
};

static void process_timer_fire(struct timer *t)
{
    process_unpark(CONTAINER_OF(t, struct process_timer, timer)->process);
}

/* A parked process becomes ready; false if somebody else was first. */
static bool process_make_ready(struct process *p)
{
    struct kernel *k = p->kernel;
    unsigned parked = PROCESS_PARKED;
    kernel_active(k); // raised before the wake: see kernel.h
    if (!atomic_compare_exchange_strong(&p->state, &parked, PROCESS_READY)) {
        kernel_inactive(k);
        return false;
    }
    if (k->trace)
        trace_event(k, TRACE_WAKE, p->pid, 0, NULL);
    runtime_ready(k->runtime, p); // p may be gone after this
    return true;
}

void process_unpark(struct process *p)
{
    for (;;) {
        unsigned state = atomic_load(&p->state);
        if (state == PROCESS_PARKED) {
            if (process_make_ready(p))
                return;
        } else if (state == PROCESS_RUNNING) {
            if (atomic_compare_exchange_strong(&p->state, &state, PROCESS_NOTIFIED))
                return;
        } else {
            return; // it will run, and look
        }
    }
}

/* Gives up the worker until a token comes; takes one that came already. */
static void process_switch_out(struct process *self)
{
    unsigned notified = PROCESS_NOTIFIED;
    if (atomic_compare_exchange_strong(&self->state, &notified, PROCESS_RUNNING))
        return;
    worker_switch(host_worker(), AFTER_PARK);
}

/* As process_switch_out, until deadline_ns at the latest. */
static void process_switch_out_until(struct process *self, uint64_t deadline_ns)
{
    struct kernel *k = self->kernel;
    struct process_timer t = {.timer.fire = process_timer_fire, .process = self};
    bool real =
        !k->virtual_clock; // armed timers of a virtual clock can't wake by themselves
    if (real)
        kernel_active(k);
    timers_add(k->timers, &t.timer, deadline_ns);
    process_switch_out(self);
    timers_cancel(k->timers, &t.timer);
    if (real)
        kernel_inactive(k);
}

void process_park_stopped(struct process *self, const struct wait_reason *reason)
{
    atomic_store_explicit(&self->waiting, reason, memory_order_release);
    process_switch_out(self);
}

int process_park(uint64_t deadline_ns, enum wait_flags flags,
                 const struct wait_reason *reason)
{
    struct process *self = process_self();
    struct kernel *k = self->kernel;
    if (process_interrupted(self, flags))
        return -EINTR;
    if (deadline_ns != UINT64_MAX && deadline_ns <= kernel_mono(k))
        return -ETIMEDOUT;
    atomic_store_explicit(&self->waiting, reason, memory_order_release);
    if (UNLIKELY(k->trace != NULL))
        trace_wait(k, self, reason);
    if (deadline_ns == UINT64_MAX)
        process_switch_out(self);
    else
        process_switch_out_until(self, deadline_ns);
    atomic_store_explicit(&self->waiting, NULL, memory_order_relaxed);
    if (process_interrupted(self, flags))
        return -EINTR;
    if (deadline_ns != UINT64_MAX && deadline_ns <= kernel_mono(k))
        return -ETIMEDOUT;
    return 0;
}

/* signal.c: signals between processes: sending, looking at them, stopping. See
 * process.h. */
#include <errno.h>

#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/trace.h"

#define SIGNAL_BIT(sig) (UINT64_C(1) << ((sig)-1))

enum signal_action { SIGNAL_KILLS, SIGNAL_IGNORED, SIGNAL_STOPS };

static const uint64_t signal_stops = SIGNAL_BIT(SYS_SIGSTOP) | SIGNAL_BIT(SYS_SIGTSTP) |
                                     SIGNAL_BIT(SYS_SIGTTIN) | SIGNAL_BIT(SYS_SIGTTOU);
static const uint64_t signal_harmless = SIGNAL_BIT(SYS_SIGCHLD) |
                                        SIGNAL_BIT(SYS_SIGCONT) | SIGNAL_BIT(SYS_SIGURG) |
                                        SIGNAL_BIT(SYS_SIGWINCH);

/* What a signal does that is not caught. */
static enum signal_action signal_default(const struct process *p, int sig)
{
    if (atomic_load(&p->ignored) & SIGNAL_BIT(sig))
        return SIGNAL_IGNORED;
    if (signal_harmless & SIGNAL_BIT(sig))
        return SIGNAL_IGNORED;
    return signal_stops & SIGNAL_BIT(sig) ? SIGNAL_STOPS : SIGNAL_KILLS;
}

static void signal_kill(struct process *p, int sig)
{
    int none = 0;
    atomic_compare_exchange_strong(&p->kill_signal, &none, sig);
    atomic_fetch_or(&p->attention, ATTENTION_KILLED);
}

void process_signal(struct process *p, int sig)
{
    if (p == p->kernel->init)
        return;
    if (p->kernel->trace)
        trace_event(p->kernel, TRACE_SIGNAL, p->pid, sig, NULL);
    if (sig == SYS_SIGKILL) {
        signal_kill(p, sig);
    } else {
        if (sig == SYS_SIGCONT) {
            atomic_fetch_and(&p->pending, ~signal_stops);
            atomic_fetch_and(&p->attention, ~(unsigned)ATTENTION_STOPPED);
        } else if (signal_stops & SIGNAL_BIT(sig)) {
            atomic_fetch_and(&p->pending, ~SIGNAL_BIT(SYS_SIGCONT));
        }
        atomic_fetch_or(&p->pending, SIGNAL_BIT(sig));
        atomic_fetch_or(&p->attention, ATTENTION_SIGNAL);
    }
    process_unpark(p);
}

/* Stays here until SIGCONT or death. */
static void signal_stop(struct process *self)
{
    static const struct wait_reason reason = {.what = "SIGCONT"};
    atomic_fetch_or(&self->attention, ATTENTION_STOPPED);
    const struct wait_reason *outer = atomic_load(&self->waiting);
    while (atomic_load(&self->attention) & ATTENTION_STOPPED) {
        if (atomic_load(&self->attention) & ATTENTION_KILLED)
            break;
        process_park_stopped(self, &reason);
    }
    atomic_store(&self->waiting, outer);
}

/* Acts on one pending signal that is not blocked and not caught. */
static void signal_act(struct process *self, int sig)
{
    atomic_fetch_and(&self->pending, ~SIGNAL_BIT(sig));
    switch (signal_default(self, sig)) {
    case SIGNAL_IGNORED: break;
    case SIGNAL_STOPS: signal_stop(self); break;
    case SIGNAL_KILLS: signal_kill(self, sig); break;
    }
}

/* Acts on every signal that is pending but for blocked and caught ones. */
static void signal_act_all(struct process *self)
{
    atomic_fetch_and(&self->attention, ~(unsigned)ATTENTION_SIGNAL);
    for (;;) {
        uint64_t ready = atomic_load(&self->pending) & ~atomic_load(&self->blocked) &
                         ~atomic_load(&self->caught);
        if (!ready || atomic_load(&self->attention) & ATTENTION_KILLED)
            return;
        signal_act(self, __builtin_ctzll(ready) + 1);
    }
}

bool process_interrupted(struct process *self, enum wait_flags flags)
{
    if (atomic_load(&self->attention) & ATTENTION_SIGNAL)
        signal_act_all(self);
    if (atomic_load(&self->attention) & ATTENTION_KILLED)
        return true;
    return flags == WAIT_INTERRUPTIBLE && process_has_caught(self);
}

bool process_has_caught(const struct process *self)
{
    return atomic_load_explicit(&self->pending, memory_order_relaxed) &
           atomic_load_explicit(&self->caught, memory_order_relaxed) &
           ~atomic_load_explicit(&self->blocked, memory_order_relaxed);
}

void process_attend(struct process *self)
{
    if (atomic_load(&self->attention) & ATTENTION_SIGNAL)
        signal_act_all(self);
    if (atomic_load(&self->attention) & ATTENTION_KILLED)
        process_exit(self, 0, atomic_load(&self->kill_signal));
}

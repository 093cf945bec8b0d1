/* door.c: see door.h; and the ticks, which are the door of loops. */
#include "kernel/door.h"

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/trace.h"
#include "kernel/worker.h"

enum { DOOR_CALL_TICKS = 8 }; // what a call costs, in ticks

static const char *const door_names[CALLS] = {
#define CALL(id, name) name,
#include "kernel/call.def"
#undef CALL
};

const char *call_name(enum call call) { return door_names[call]; }

/* The ticks ran out: others may run if the slice is over too. */
static NO_INLINE void door_tick(struct worker *w)
{
    struct process *self = w->current;
    if (worker_tick_slow(w))
        process_yield();
    (void)self;
}

struct process *sys_enter(enum call call)
{
    struct worker *w = host_worker();
    struct process *self = w->current;
    w->ticks -= DOOR_CALL_TICKS;
    if (UNLIKELY(w->ticks <= 0))
        door_tick(w);
    self->call = (uint8_t)call;
    return self;
}

int64_t sys_leave(struct process *self, int64_t result)
{
    if (UNLIKELY(self->kernel->trace && self->kernel->trace->calls))
        trace_event(self->kernel, TRACE_CALL, self->pid, result, door_names[self->call]);
    if (UNLIKELY(atomic_load_explicit(&self->attention, memory_order_relaxed)))
        process_attend(self);
    return result;
}

void door_check(struct process *self)
{
    if (UNLIKELY(atomic_load_explicit(&self->attention, memory_order_relaxed)))
        process_attend(self);
}

_Noreturn void door_limit(struct process *self, int limit)
{
    kernel_end_limit(self->kernel, limit);
    process_exit(self, 0, SYS_SIGKILL);
}

static NO_INLINE void door_tick_out(void)
{
    struct worker *w = host_worker();
    struct process *self = w->current;
    door_tick(w);
    door_check(self);
}

void sys_tick(void)
{
    if (UNLIKELY(--host_worker()->ticks <= 0))
        door_tick_out();
}

void sys_ticks(unsigned count)
{
    struct worker *w = host_worker();
    w->ticks -= count > 1 << 20 ? 1 << 20 : (int)count;
    if (UNLIKELY(w->ticks <= 0))
        door_tick_out();
}

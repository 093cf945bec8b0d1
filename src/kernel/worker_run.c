/* worker_run.c: a worker's thread: runs one process after another. See worker.h. */
#include "base/base.h"
#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/trace.h"
#include "kernel/worker.h"

void worker_init(struct worker *w, struct runtime *rt, unsigned index)
{
    *w = (struct worker){.runtime = rt, .index = index, .ticks_interval = 1024};
    lock_init(&w->lock, LOCK_RUNQ);
    list_init(&w->ring);
    list_init(&w->idle_link);
    rand_init(&w->random, index + 1);
}

void worker_switch(struct worker *w, enum worker_after after)
{
    struct process *p = w->current;
    w->after = after;
    fiber_switch(&p->fiber, &w->scheduler);
}

_Noreturn void worker_switch_last(struct worker *w, enum worker_after after)
{
    struct process *p = w->current;
    w->after = after;
    fiber_switch_last(&p->fiber, &w->scheduler);
}

/* p has said that it waits: it does unless its token came meanwhile. */
static void worker_parked(struct worker *w, struct process *p)
{
    struct kernel *k = p->kernel;
    unsigned running = PROCESS_RUNNING;
    if (atomic_compare_exchange_strong(&p->state, &running, PROCESS_PARKED)) {
        kernel_idle(k); // p may be running elsewhere by now
        return;
    }
    ASSERT(running == PROCESS_NOTIFIED);
    atomic_store(&p->state, PROCESS_READY);
    worker_push(w, p);
}

static void worker_yielded(struct worker *w, struct process *p)
{
    atomic_store(&p->state, PROCESS_READY);
    if (w->next) {
        worker_push(w, w->next);
        w->next = NULL;
    }
    worker_push(w, p);
    worker_turn(w);
    w->slice_ns = 0;
}

/* p has left its stack for good. */
static void worker_exited(struct worker *w, struct process *p)
{
    struct kernel *k = p->kernel;
    fiber_fini(&p->fiber);
    stack_put(&w->runtime->stacks, &p->stack);
    process_put(p);
    if (atomic_fetch_sub(&k->live, 1) == 1) {
        atomic_fetch_sub(&k->runtime->running, 1);
        atomic_fetch_sub(&k->can_wake, 1);
        k->hooks->run_ended(k);
    } else {
        kernel_idle(k);
    }
}

static void worker_after(struct worker *w, struct process *p)
{
    switch (w->after) {
    case AFTER_PARK: worker_parked(w, p); break;
    case AFTER_YIELD: worker_yielded(w, p); break;
    case AFTER_EXIT: worker_exited(w, p); break;
    case AFTER_EXEC:
        process_swap_stack(p);
        ASSERT(!w->next || w->next != p);
        if (w->next)
            worker_push(w, w->next);
        w->next = p; // goes on at once
        break;
    }
}

static void worker_run(struct worker *w, struct process *p)
{
    struct kernel *k = p->kernel;
    if (atomic_load_explicit(&w->handling, memory_order_relaxed) != k)
        atomic_store(&w->handling, k);
    p->worker = w;
    w->current = p;
    w->trimmed = false;
    atomic_store(&p->state, PROCESS_RUNNING);
    if (k->deterministic)
        worker_give_ticks(w, worker_slice_ticks(k));
    else if (k->tick_ns)
        w->ticks_given = w->ticks;
    if (UNLIKELY(k->trace != NULL))
        trace_run(k, p, w->index);
    fiber_switch(&w->scheduler, &p->fiber);
    w->current = NULL;
    if (k->tick_ns)
        worker_spend_ticks(w, p);
    worker_after(w, p);
}

/* What the loop's descriptors and others have asked for, on this thread's stack. Nobody
 * pays for its time. */
static void worker_run_tasks(struct worker *w)
{
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_relaxed);
    if (LIKELY(!loop || !host_loop_has_tasks(loop)))
        return;
    host_loop_run_tasks(loop);
    w->read_ns = host_clock_mono();
}

void worker_work(struct worker *w, bool (*done)(void *arg), void *arg)
{
    host_set_worker(w);
    fiber_init_thread(&w->scheduler);
    w->read_ns = host_clock_mono();
    worker_give_ticks(w, w->ticks_interval);
    while (!done(arg)) {
        worker_run_tasks(w);
        struct process *p = worker_next(w);
        if (p)
            worker_run(w, p);
        else
            worker_idle(w);
    }
    worker_run_tasks(w); // a guest that has seen a run end leaves nothing of it undone
    host_set_worker(NULL);
}

static bool worker_is_over(void *runtime)
{
    struct runtime *rt = runtime;
    return atomic_load_explicit(&rt->stopping, memory_order_relaxed);
}

void worker_main(void *worker)
{
    struct worker *w = worker;
    worker_work(w, worker_is_over, w->runtime);
}

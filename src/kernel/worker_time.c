/* worker_time.c: slices, ticks, and who pays for the time that passes. See worker.h. */
#include "base/base.h"
#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/worker.h"

enum {
    WORKER_TICKS_MIN = 64,
    WORKER_TICKS_MAX = 1 << 16,
    WORKER_SLICE_TICKS = 20000, // a slice of deterministic mode
    WORKER_CROWD = 32           // ready processes that end the slice of who starts more
};

/* p, which runs here, has used ns; /proc may be reading it. */
static void worker_add_cpu(struct process *p, uint64_t ns)
{
    __atomic_store_n(&p->cpu_ns, p->cpu_ns + ns, __ATOMIC_RELAXED);
}

/* Reads the clock; what passed since the last reading goes to p, which ran meanwhile. */
static uint64_t worker_read_clock(struct worker *w, struct process *p)
{
    uint64_t now = host_clock_mono();
    uint64_t passed = now - w->read_ns;
    w->read_ns = now;
    if (p && !p->kernel->tick_ns) {
        worker_add_cpu(p, passed);
        kernel_charge_cpu(p->kernel, passed);
    }
    return passed;
}

void worker_give_ticks(struct worker *w, int ticks) { w->ticks = w->ticks_given = ticks; }

/* The ticks that the running process of a virtual clock has used become its time. */
void worker_spend_ticks(struct worker *w, struct process *p)
{
    struct kernel *k = p->kernel;
    uint64_t used = (uint64_t)(w->ticks_given - w->ticks);
    w->ticks_given = w->ticks;
    if (!k->tick_ns || !used)
        return;
    atomic_fetch_add_explicit(&k->virtual_ns, used * k->tick_ns, memory_order_relaxed);
    worker_add_cpu(p, used * k->tick_ns);
    kernel_charge_cpu(k, used * k->tick_ns);
}

/* How long the clock may stay unread: about WORKER_READ_NS. */
static void worker_adapt(struct worker *w, uint64_t passed)
{
    if (passed < WORKER_READ_NS / 2 && w->ticks_interval < WORKER_TICKS_MAX)
        w->ticks_interval *= 2;
    else if (passed > WORKER_READ_NS * 2 && w->ticks_interval > WORKER_TICKS_MIN)
        w->ticks_interval /= 2;
}

void worker_fire_timers(struct worker *w)
{
    struct timers *timers = &w->runtime->timers;
    if (atomic_load_explicit(&timers->earliest, memory_order_relaxed) <= w->read_ns)
        timers_fire(timers, w->read_ns);
}

/* A slice of deterministic mode: fixed, or of a length that the seed gives. */
int worker_slice_ticks(struct kernel *k)
{
    if (k->seed == 0)
        return WORKER_SLICE_TICKS;
    uint64_t scale = rand_below(&k->order, 4); // short slices often, long ones sometimes
    return 1 + (int)rand_below(&k->order, scale == 0 ? 16 : scale == 1 ? 256 : 4096);
}

bool worker_tick_slow(struct worker *w)
{
    struct process *p = w->current;
    struct kernel *k = p->kernel;
    worker_spend_ticks(w, p);
    uint64_t passed = worker_read_clock(w, p);
    worker_fire_timers(w);
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_relaxed);
    bool has_tasks = false;
    if (loop) {
        host_loop_run(loop, 0);
        has_tasks = host_loop_has_tasks(loop);
    }
    if (atomic_load_explicit(&w->stealable, memory_order_relaxed))
        runtime_share(w->runtime);
    if (k->tick_ns)
        timers_fire(k->timers, kernel_mono(k));
    if (k->deterministic) {
        worker_give_ticks(w, worker_slice_ticks(k));
        return true;
    }
    worker_adapt(w, passed);
    worker_give_ticks(w, w->ticks_interval);
    w->slice_ns += passed;
    return w->slice_ns >= WORKER_SLICE_NS || has_tasks;
}

void worker_account(struct worker *w) { worker_spend_ticks(w, w->current); }

void worker_crowded(struct worker *w)
{
    if (atomic_load_explicit(&w->queued, memory_order_relaxed) < WORKER_CROWD)
        return;
    w->slice_ns = WORKER_SLICE_NS;
    w->ticks = 0;
}

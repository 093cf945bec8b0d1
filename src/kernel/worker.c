/* worker.c: see worker.h. */
#include "kernel/worker.h"

#include "base/base.h"
#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/trace.h"

enum {
    WORKER_TICKS_MIN = 64,
    WORKER_TICKS_MAX = 1 << 16,
    WORKER_CHOICES = 64,    // how far into the queue a seed may reach
    WORKER_SLICE_TICKS = 20000 // a slice of deterministic mode
};

void worker_init(struct worker *w, struct runtime *rt, unsigned index)
{
    *w = (struct worker){.runtime = rt, .index = index, .ticks_interval = 1024};
    lock_init(&w->lock, LOCK_RUNQ);
    list_init(&w->ring);
    list_init(&w->idle_link);
    rand_init(&w->random, index + 1);
}

/* ---- The queue */

void worker_push(struct worker *w, struct process *p)
{
    struct tenant *tenant = &p->kernel->tenants[w->index];
    bool steal = !p->pinned && !p->kernel->pinned;
    lock_acquire(&w->lock);
    if (list_is_empty(&tenant->ready))
        list_add_tail(&w->ring, &tenant->link);
    list_add_tail(&tenant->ready, &p->run_link);
    atomic_fetch_add_explicit(&w->queued, 1, memory_order_relaxed);
    if (steal)
        atomic_fetch_add_explicit(&w->stealable, 1, memory_order_seq_cst);
    lock_release(&w->lock);
}

/* Which of a tenant's ready processes comes next: the first, or as the seed says. */
static struct list *worker_choose(struct tenant *tenant)
{
    struct list *link = list_first(&tenant->ready);
    struct kernel *k = tenant->kernel;
    if (!k->deterministic || k->seed == 0)
        return link;
    unsigned count = 0;
    for (struct list *l = link; l && count < WORKER_CHOICES; l = list_next(&tenant->ready, l))
        count++;
    for (uint64_t skip = rand_below(&k->order, count); skip; skip--)
        link = list_next(&tenant->ready, link);
    return link;
}

/* Takes p off its queue; w->lock is held. */
static struct process *worker_unlink(struct worker *w, struct tenant *tenant, struct list *link)
{
    struct process *p = LIST_ENTRY(link, struct process, run_link);
    list_remove(link);
    if (list_is_empty(&tenant->ready))
        list_remove(&tenant->link);
    atomic_fetch_sub_explicit(&w->queued, 1, memory_order_relaxed);
    if (!p->pinned && !p->kernel->pinned)
        atomic_fetch_sub_explicit(&w->stealable, 1, memory_order_relaxed);
    return p;
}

static struct process *worker_take_own(struct worker *w)
{
    struct process *p = NULL;
    if (!atomic_load_explicit(&w->queued, memory_order_relaxed))
        return NULL;
    lock_acquire(&w->lock);
    struct list *first = list_first(&w->ring);
    if (first) {
        struct tenant *tenant = LIST_ENTRY(first, struct tenant, link);
        p = worker_unlink(w, tenant, worker_choose(tenant));
    }
    lock_release(&w->lock);
    return p;
}

/* The first process of a tenant that others may take. */
static struct process *worker_take_from(struct worker *w, struct tenant *tenant)
{
    struct list *link;
    if (tenant->kernel->pinned)
        return NULL;
    LIST_EACH(link, &tenant->ready)
        if (!LIST_ENTRY(link, struct process, run_link)->pinned)
            return worker_unlink(w, tenant, link);
    return NULL;
}

struct process *worker_take(struct worker *w, struct worker *thief)
{
    if (w == thief)
        return worker_take_own(w);
    struct process *p = NULL;
    if (!atomic_load_explicit(&w->stealable, memory_order_seq_cst))
        return NULL;
    lock_acquire(&w->lock);
    for (struct list *l = list_first(&w->ring); l && !p; l = list_next(&w->ring, l))
        p = worker_take_from(w, LIST_ENTRY(l, struct tenant, link));
    lock_release(&w->lock);
    return p;
}

/* The slice is over: the next tenant's turn. */
static void worker_turn(struct worker *w)
{
    lock_acquire(&w->lock);
    struct list *first = list_first(&w->ring);
    if (first && list_next(&w->ring, first)) {
        list_remove(first);
        list_add_tail(&w->ring, first);
    }
    lock_release(&w->lock);
}

static struct process *worker_steal(struct worker *w)
{
    struct runtime *rt = w->runtime;
    unsigned started = atomic_load_explicit(&rt->started, memory_order_acquire);
    unsigned start = (unsigned)rand_below(&w->random, rt->worker_count);
    for (unsigned i = 0; i < rt->worker_count; i++) {
        unsigned victim = (start + i) % rt->worker_count;
        if (victim == w->index || victim >= started)
            continue;
        struct process *p = worker_take(&rt->workers[victim], w);
        if (p)
            return p;
    }
    return NULL;
}

/* ---- Time */

/* Reads the clock; what passed since the last reading goes to p, which ran meanwhile. */
static uint64_t worker_read_clock(struct worker *w, struct process *p)
{
    uint64_t now = host_clock_mono();
    uint64_t passed = now - w->read_ns;
    w->read_ns = now;
    if (p && !p->kernel->tick_ns) {
        p->cpu_ns += passed;
        kernel_charge_cpu(p->kernel, passed);
    }
    return passed;
}

static void worker_give_ticks(struct worker *w, int ticks)
{
    w->ticks = w->ticks_given = ticks;
}

/* The ticks that the running process of a virtual clock has used become its time. */
static void worker_spend_ticks(struct worker *w, struct process *p)
{
    struct kernel *k = p->kernel;
    uint64_t used = (uint64_t)(w->ticks_given - w->ticks);
    w->ticks_given = w->ticks;
    if (!k->tick_ns || !used)
        return;
    atomic_fetch_add_explicit(&k->virtual_ns, used * k->tick_ns, memory_order_relaxed);
    p->cpu_ns += used * k->tick_ns;
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

static void worker_fire_timers(struct worker *w)
{
    struct timers *timers = &w->runtime->timers;
    if (atomic_load_explicit(&timers->earliest, memory_order_relaxed) <= w->read_ns)
        timers_fire(timers, w->read_ns);
}

/* A slice of deterministic mode: fixed, or of a length that the seed gives. */
static int worker_slice_ticks(struct kernel *k)
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
    if (loop)
        host_loop_run(loop, 0);
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
    return w->slice_ns >= WORKER_SLICE_NS;
}

void worker_account(struct worker *w)
{
    worker_spend_ticks(w, w->current);
}

/* ---- Running */

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
        atomic_fetch_sub(&k->can_wake, 1);
        k->hooks->run_ended(k);
    } else {
        kernel_idle(k);
    }
}

static void worker_after(struct worker *w, struct process *p)
{
    switch (w->after) {
    case AFTER_PARK:
        worker_parked(w, p);
        break;
    case AFTER_YIELD:
        worker_yielded(w, p);
        break;
    case AFTER_EXIT:
        worker_exited(w, p);
        break;
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

/* ---- Idling */

/* Whether anything in any queue could be run here. */
static bool worker_sees_work(struct worker *w)
{
    struct runtime *rt = w->runtime;
    if (atomic_load(&w->queued) || w->next)
        return true;
    unsigned started = atomic_load(&rt->started);
    for (unsigned i = 0; i < started; i++)
        if (atomic_load(&rt->workers[i].stealable))
            return true;
    return false;
}

static void worker_idle_enter(struct worker *w)
{
    struct runtime *rt = w->runtime;
    lock_acquire(&rt->idle_lock);
    w->is_idle = true;
    list_add(&rt->idle, &w->idle_link);
    atomic_fetch_add(&rt->idle_count, 1);
    lock_release(&rt->idle_lock);
}

static void worker_idle_leave(struct worker *w)
{
    struct runtime *rt = w->runtime;
    lock_acquire(&rt->idle_lock);
    if (w->is_idle) {
        w->is_idle = false;
        list_remove(&w->idle_link);
        atomic_fetch_sub(&rt->idle_count, 1);
    }
    lock_release(&rt->idle_lock);
}

static void worker_sleep(struct worker *w)
{
    struct runtime *rt = w->runtime;
    uint64_t until = atomic_load(&rt->timers.earliest);
    int64_t timeout_ns = -1;
    if (until != UINT64_MAX) {
        uint64_t now = host_clock_mono();
        timeout_ns = until > now ? (int64_t)(until - now) : 0;
    }
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_relaxed);
    if (loop)
        host_loop_run(loop, timeout_ns);
    else if (timeout_ns)
        host_futex_wait(&w->wake_word, 0, timeout_ns);
}

/* Nothing to run: sleeps until woken or a timer is due. The order matters: first it says that it
 * is idle, then it looks once more, so that whoever adds work either is seen or sees. */
static void worker_idle(struct worker *w)
{
    struct runtime *rt = w->runtime;
    atomic_store(&w->handling, NULL);
    worker_idle_enter(w);
    if (w->is_searching) {
        w->is_searching = false;
        atomic_fetch_sub(&rt->searching, 1);
    }
    if (!worker_sees_work(w) && !atomic_load(&rt->stopping))
        worker_sleep(w);
    if (atomic_exchange(&w->wake_word, 0) == WORKER_WOKEN_TO_SEARCH)
        w->is_searching = true;
    worker_idle_leave(w);
    w->read_ns = host_clock_mono();
    w->slice_ns = 0;
    worker_give_ticks(w, w->ticks_interval);
    worker_fire_timers(w);
}

struct host_loop *worker_loop(struct worker *w)
{
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_relaxed);
    if (!loop) {
        loop = host_loop_new();
        atomic_store_explicit(&w->loop, loop, memory_order_release);
    }
    return loop;
}

void worker_wake(struct worker *w)
{
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_acquire);
    if (loop)
        host_loop_wake(loop);
    else
        host_futex_wake(&w->wake_word, 1);
}

static struct process *worker_next(struct worker *w)
{
    struct process *p = w->next;
    if (p) {
        w->next = NULL;
        return p;
    }
    p = worker_take_own(w);
    if (!p)
        p = worker_steal(w);
    if (p && w->is_searching) {
        w->is_searching = false;
        atomic_fetch_sub(&w->runtime->searching, 1);
    }
    return p;
}

void worker_main(void *worker)
{
    struct worker *w = worker;
    host_set_worker(w);
    fiber_init_thread(&w->scheduler);
    w->read_ns = host_clock_mono();
    worker_give_ticks(w, w->ticks_interval);
    while (!atomic_load_explicit(&w->runtime->stopping, memory_order_relaxed)) {
        struct process *p = worker_next(w);
        if (p)
            worker_run(w, p);
        else
            worker_idle(w);
    }
    struct host_loop *loop = atomic_load(&w->loop);
    if (loop)
        host_loop_free(loop);
    host_set_worker(NULL);
}

/* runtime_workers.c: starting, waking and stopping workers. See runtime.h. */
#include <errno.h>

#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/host_work.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/worker.h"

enum { RUNTIME_WORKERS_MAX = 256 };

static size_t runtime_workers_size(const struct runtime *rt)
{
    return (rt->worker_count * sizeof *rt->workers + 4095) & ~(size_t)4095;
}

int runtime_init(struct runtime *rt, unsigned worker_count)
{
    *rt =
        (struct runtime){.worker_count = worker_count ? worker_count : host_cpu_count()};
    if (rt->worker_count > RUNTIME_WORKERS_MAX)
        rt->worker_count = RUNTIME_WORKERS_MAX;
    pool_init(&rt->pool);
    stack_pool_init(&rt->stacks);
    timers_init(&rt->timers);
    lock_init(&rt->idle_lock, LOCK_IDLE);
    list_init(&rt->idle);
    rt->workers = host_pages_map(runtime_workers_size(rt));
    if (!rt->workers)
        return -ENOMEM;
    for (unsigned i = 0; i < rt->worker_count; i++)
        worker_init(&rt->workers[i], rt, i);
    return 0;
}

void runtime_fini(struct runtime *rt)
{
    atomic_store(&rt->stopping, true);
    unsigned started = atomic_load(&rt->started);
    for (unsigned i = 0; i < started; i++) {
        atomic_store(&rt->workers[i].wake_word, WORKER_WOKEN);
        worker_wake(&rt->workers[i]);
    }
    for (unsigned i = 0; i < started; i++)
        if (rt->workers[i].thread)
            host_thread_join(rt->workers[i].thread);
    for (unsigned i = 0; i < rt->worker_count; i++)
        if (atomic_load(&rt->workers[i].loop))
            host_loop_free(atomic_load(&rt->workers[i].loop));
    host_pool_free(atomic_load(&rt->host_pool));
    host_pages_unmap(rt->workers, runtime_workers_size(rt));
    stack_pool_fini(&rt->stacks);
    pool_fini(&rt->pool);
}

/* Starts the next worker's thread, if there is one that has none. idle_lock is held. */
static void runtime_start_worker_locked(struct runtime *rt, bool search)
{
    unsigned index = atomic_load(&rt->started);
    if (index < rt->worker_count && !atomic_load(&rt->stopping)) {
        struct worker *w = &rt->workers[index];
        w->is_searching = search;
        if (search)
            atomic_fetch_add(&rt->searching, 1);
        if (host_thread_start(&w->thread, worker_main, w) == 0)
            atomic_store_explicit(&rt->started, index + 1, memory_order_release);
        else if (search)
            atomic_fetch_sub(&rt->searching, 1);
    }
}

void runtime_staff_locked(struct runtime *rt, struct worker *w)
{
    if (host_thread_start(&w->thread, worker_main, w) == 0)
        return;
    w->thread = 0; // the host gives no more: others take its work, or the next start does
    if (atomic_load(&rt->started) == 1)
        atomic_store(&rt->started, 0);
}

/* Takes w off the idle list to be woken; gives false if it isn't idle. idle_lock is
 * held. */
static bool runtime_unidle_locked(struct runtime *rt, struct worker *w,
                                  enum worker_wake why)
{
    if (!w->is_idle)
        return false;
    w->is_idle = false;
    list_remove(&w->idle_link);
    atomic_fetch_sub(&rt->idle_count, 1);
    atomic_store(&w->wake_word, why);
    return true;
}

/* Wakes the most recently idle worker to look for work; gives whether there was one. */
static bool runtime_wake_any(struct runtime *rt)
{
    struct worker *w = NULL;
    lock_acquire(&rt->idle_lock);
    struct list *first = list_first(&rt->idle);
    if (first) {
        w = LIST_ENTRY(first, struct worker, idle_link);
        runtime_unidle_locked(rt, w, WORKER_WOKEN_TO_SEARCH);
        atomic_fetch_add(&rt->searching, 1);
    }
    lock_release(&rt->idle_lock);
    if (w)
        worker_wake(w);
    return w != NULL;
}

void runtime_share(struct runtime *rt)
{
    if (atomic_load(&rt->searching))
        return;
    if (atomic_load(&rt->idle_count) && runtime_wake_any(rt))
        return;
    if (atomic_load(&rt->started) < rt->worker_count) {
        lock_acquire(&rt->idle_lock);
        runtime_start_worker_locked(rt, true);
        lock_release(&rt->idle_lock);
    }
}

void runtime_rouse(struct runtime *rt, struct worker *w)
{
    lock_acquire(&rt->idle_lock);
    for (unsigned before; (before = atomic_load(&rt->started)) <= w->index;) {
        runtime_start_worker_locked(rt, false);
        if (atomic_load(&rt->started) == before)
            break; // the host gives no more threads
    }
    bool wake = runtime_unidle_locked(rt, w, WORKER_WOKEN);
    lock_release(&rt->idle_lock);
    if (wake)
        worker_wake(w);
}

void runtime_ready(struct runtime *rt, struct process *p)
{
    struct worker *self = host_worker();
    struct worker *target = p->kernel->pinned;
    if (p->pinned)
        target = p->worker;
    if (!target)
        target = self;
    if (target && target == self) {
        worker_push(self, p);
        return;
    }
    if (!target)
        target = &rt->workers[0];
    worker_push(target, p);
    runtime_rouse(rt, target);
}

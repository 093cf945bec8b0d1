/* worker_idle.c: a worker with nothing to run: sleeping, being woken, trimming. See
 * worker.h. */
#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/runtime.h"
#include "kernel/worker.h"

static const int64_t WORKER_TRIM_NS =
    INT64_C(1000000000); // idle for that long: trims the pools

/* Whether anything in any queue could be run here. */
static bool worker_sees_work(struct worker *w)
{
    struct runtime *rt = w->runtime;
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_relaxed);
    if (atomic_load(&w->queued) || w->next || (loop && host_loop_has_tasks(loop)))
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

/* Nothing to do for a while: gives the host back what the pools keep warm. */
static void worker_trim(struct worker *w)
{
    stack_pool_trim(&w->runtime->stacks);
    pool_trim(&w->runtime->pool);
    w->trimmed = true;
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
    bool trim = !w->trimmed && (timeout_ns < 0 || timeout_ns > WORKER_TRIM_NS);
    if (trim)
        timeout_ns = WORKER_TRIM_NS;
    struct host_loop *loop = atomic_load_explicit(&w->loop, memory_order_relaxed);
    if (loop)
        host_loop_run(loop, timeout_ns);
    else if (timeout_ns)
        host_futex_wait(&w->wake_word, 0, timeout_ns);
    if (trim && !atomic_load(&w->wake_word))
        worker_trim(w);
}

/* Nothing to run: sleeps until woken or a timer is due. The order matters: first it says
 * that it is idle, then it looks once more, so that whoever adds work either is seen or
 * sees. */
void worker_idle(struct worker *w)
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
    worker_idle_leave(w); // nobody sets wake_word from here on
    if (atomic_exchange(&w->wake_word, 0) == WORKER_WOKEN_TO_SEARCH)
        w->is_searching = true;
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

void worker_post(struct worker *w, struct host_task *task)
{
    host_loop_post(atomic_load(&w->loop), task);
    if (host_worker() != w) // else it looks before it runs or sleeps
        runtime_rouse(w->runtime, w);
}

/* host_work.c: see host_work.h. */
#include "kernel/host_work.h"

#include <errno.h>
#include <stdlib.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"

struct host_pool {
    struct lock lock;  // rank LOCK_RUNQ; guards queue, threads, idle, stopping
    struct list queue; // of host_work.link, the oldest first
    unsigned threads, idle;
    bool stopping;
    atomic_uint arrivals; // futex: counts what the threads should look at
    uintptr_t thread[HOST_WORK_THREADS];
};

struct host_share {
    struct host_pool *pool;
    struct lock lock; // rank LOCK_STREAM; guards in_flight
    struct waitq room;
    unsigned cap, in_flight;
    atomic_uint refs; // the sandbox's and each request's
};

/* ---- the pool --------------------------------------------------------------------- */

struct host_pool *host_pool_of(struct runtime *rt)
{
    struct host_pool *pool = atomic_load(&rt->host_pool);
    if (pool)
        return pool;
    pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    lock_init(&pool->lock, LOCK_RUNQ);
    list_init(&pool->queue);
    struct host_pool *other = NULL;
    if (atomic_compare_exchange_strong(&rt->host_pool, &other, pool))
        return pool;
    free(pool);
    return other;
}

static void host_pool_signal(struct host_pool *pool, int count)
{
    atomic_fetch_add(&pool->arrivals, 1);
    host_futex_wake(&pool->arrivals, count);
}

void host_pool_free(struct host_pool *pool)
{
    if (!pool)
        return;
    lock_acquire(&pool->lock);
    pool->stopping = true;
    lock_release(&pool->lock);
    host_pool_signal(pool, HOST_WORK_THREADS);
    for (unsigned i = 0; i < pool->threads; i++)
        host_thread_join(pool->thread[i]);
    free(pool);
}

/* The next request; NULL: the pool stops. */
static struct host_work *host_pool_next(struct host_pool *pool)
{
    for (;;) {
        unsigned seen = atomic_load(&pool->arrivals);
        lock_acquire(&pool->lock);
        struct list *first = list_pop(&pool->queue);
        bool stopping = pool->stopping;
        if (!first && !stopping)
            pool->idle++;
        lock_release(&pool->lock);
        if (first)
            return LIST_ENTRY(first, struct host_work, link);
        if (stopping)
            return NULL;
        host_futex_wait(&pool->arrivals, seen, -1);
        lock_acquire(&pool->lock);
        pool->idle--;
        lock_release(&pool->lock);
    }
}

static void host_share_give(struct host_share *s)
{
    lock_acquire(&s->lock);
    s->in_flight--;
    waitq_wake_one(&s->room);
    lock_release(&s->lock);
}

static void host_pool_main(void *arg)
{
    struct host_pool *pool = arg;
    struct host_work *w;
    while ((w = host_pool_next(pool)) != NULL) {
        w->run(w);
        host_share_give(w->share);
        lock_acquire(&w->lock);
        w->done = true;
        waitq_wake_all(&w->finished);
        lock_release(&w->lock);
        host_work_put(w); // nothing of the sandbox was touched but the process that
                          // waits, if it still does
    }
}

static void host_pool_add(struct host_pool *pool, struct host_work *w)
{
    lock_acquire(&pool->lock);
    list_add_tail(&pool->queue, &w->link);
    if (!pool->idle && pool->threads < HOST_WORK_THREADS &&
        !host_thread_start(&pool->thread[pool->threads], host_pool_main, pool))
        pool->threads++;
    lock_release(&pool->lock);
    host_pool_signal(pool, 1);
}

/* ---- shares and requests ---------------------------------------------------------- */

struct host_share *host_share_new(struct host_pool *pool, unsigned cap)
{
    struct host_share *s = pool ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return NULL;
    s->pool = pool;
    s->cap = cap;
    lock_init(&s->lock, LOCK_STREAM);
    waitq_init(&s->room);
    atomic_init(&s->refs, 1);
    return s;
}

void host_share_put(struct host_share *s)
{
    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
        free(s);
}

struct host_work *host_work_new(struct host_share *s, size_t size,
                                void (*run)(struct host_work *w),
                                void (*fini)(struct host_work *w))
{
    ASSERT(size >= sizeof(struct host_work));
    struct host_work *w = calloc(1, size);
    if (!w)
        return NULL;
    w->run = run;
    w->fini = fini;
    w->share = s;
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    list_init(&w->link);
    lock_init(&w->lock, LOCK_STREAM);
    waitq_init(&w->finished);
    atomic_init(&w->refs, 1);
    return w;
}

void host_work_put(struct host_work *w)
{
    if (atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (w->fini)
        w->fini(w);
    host_share_put(w->share);
    free(w);
}

void *host_work_resize(void *ptr, size_t size)
{
    if (size)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

/* Waits until the sandbox may have one more in flight. -EINTR. */
static int host_share_take(struct host_share *s, const struct wait_reason *reason)
{
    int err = 0;
    lock_acquire(&s->lock);
    while (!err && s->in_flight >= s->cap)
        err = waitq_sleep(&s->room, &s->lock, UINT64_MAX, WAIT_KILLABLE, reason);
    if (!err)
        s->in_flight++;
    else if (s->in_flight < s->cap)
        waitq_wake_one(&s->room); // the room that was offered to this process
    lock_release(&s->lock);
    return err;
}

static int host_work_wait(struct host_work *w, const struct wait_reason *reason)
{
    int err = 0;
    lock_acquire(&w->lock);
    while (!err && !w->done)
        err = waitq_sleep(&w->finished, &w->lock, UINT64_MAX, WAIT_KILLABLE, reason);
    if (w->done)
        err = 0;
    lock_release(&w->lock);
    return err;
}

int host_work_do(struct kernel *k, struct host_work *w, const struct wait_reason *reason)
{
    if (!process_self()) {
        w->run(w);
        return 0;
    }
    kernel_wake_source_add(k); // before the wait, so that no deadlock is seen
    int err = host_share_take(w->share, reason);
    if (!err) {
        w->done = false;
        atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed); // the thread's
        host_pool_add(w->share->pool, w);
        err = host_work_wait(w, reason);
    }
    kernel_wake_source_remove(k);
    return err;
}

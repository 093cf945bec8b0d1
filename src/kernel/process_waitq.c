/* process_waitq.c: processes on wait queues. See waitq.h. */
#include "kernel/process.h"
#include "kernel/waitq.h"

void waitq_init(struct waitq *q) { list_init(&q->waiters); }

void waitq_add(struct waitq *q, struct waiter *w)
{
    w->process = process_self();
    list_init(&w->link);
    list_add_tail(&q->waiters, &w->link);
}

void waitq_remove(struct waiter *w) { list_remove(&w->link); }

void waitq_wake_one(struct waitq *q)
{
    struct list *first = list_pop(&q->waiters);
    if (first)
        process_unpark(LIST_ENTRY(first, struct waiter, link)->process);
}

void waitq_wake_all(struct waitq *q)
{
    while (!list_is_empty(&q->waiters))
        waitq_wake_one(q);
}

int waitq_sleep(struct waitq *q, struct lock *lock, uint64_t deadline_ns,
                enum wait_flags flags, const struct wait_reason *reason)
{
    ASSERT(lock_is_held(lock));
    struct waiter w;
    waitq_add(q, &w);
    lock_release(lock);
    int err = process_park(deadline_ns, flags, reason);
    lock_acquire(lock);
    bool was_woken = list_is_empty(&w.link);
    waitq_remove(&w);
    return was_woken ? 0 : err;
}

/* waitq.h: the one way to block: wait on a queue until woken, signalled, or a deadline.
 *
 * A queue belongs to an object and is guarded by that object's lock. A sleeping process
 * stands in it with a waiter on its own stack. Wake-ups are tokens: a sleep may end early
 * (it gives 0), so every caller looks at its condition again in a loop.
 * Must not know: what is waited for. */
#ifndef KERNEL_WAITQ_H
#define KERNEL_WAITQ_H

#include <stdint.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/lock.h"

struct process;
struct file;

struct waitq {
    struct list waiters; // of struct waiter.link, the longest waiting first
};

struct waiter {
    struct list link; // in waitq.waiters; empty (self-linked) when it was woken
    struct process *process;
};

/* What a process waits for, for the deadlock report, ps and the timeline:
 * "waits for WHAT[ FILE'S NAME][ PID]". Lives on the sleeper's stack. */
struct wait_reason {
    const char *what;        // such as "a writer of", "input from", "process", "a timer"
    const struct file *file; // or NULL
    int pid;                 // or 0
};

enum { WAIT_FOREVER_NS = -1 };
enum wait_flags {
    WAIT_INTERRUPTIBLE = 0,
    WAIT_KILLABLE = 1
}; // KILLABLE: only death ends it

void waitq_init(struct waitq *q);

/* Sleeps on q. *lock, the object's, is held on entry, released meanwhile and held again
 * on return. deadline_ns: on the sandbox's monotonic clock, or UINT64_MAX. Gives 0
 * (woken, or for no reason), -EINTR (a signal that is not ignored, or death), -ETIMEDOUT.
 * Own fiber only. May block. */
MUST_CHECK int waitq_sleep(struct waitq *q, struct lock *lock, uint64_t deadline_ns,
                           enum wait_flags flags, const struct wait_reason *reason);

/* Wakes the longest waiting sleeper, or all. The object's lock is held. Any thread. */
void waitq_wake_one(struct waitq *q);
void waitq_wake_all(struct waitq *q);
static inline bool waitq_is_empty(const struct waitq *q)
{
    return list_is_empty(&q->waiters);
}

/* The parts, for waiting on several queues (poll): add to each under its lock, look at
 * the conditions, process_park (process.h), then remove from each under its lock. */
void waitq_add(struct waitq *q, struct waiter *w);
void waitq_remove(struct waiter *w);

#endif

/* timers.h: a set of deadlines, by time: the runtime's (host clock) or one sandbox's
 * (virtual clock).
 *
 * Invariant: `earliest` is the least key in the heap, UINT64_MAX if empty; it may be read
 * without the lock. A timer calls a function under the lock (rank LOCK_TIMERS), so that
 * after timers_cancel nothing of it runs; or, a late one, after the lock was dropped.
 * Must not know: clocks. */
#ifndef KERNEL_TIMERS_H
#define KERNEL_TIMERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/pheap.h"
#include "kernel/lock.h"

struct timer {
    struct pheap_node node;        // key: deadline in ns
    void (*fire)(struct timer *t); // may take locks of higher rank than LOCK_TIMERS only,
                                   // unless it is late
    bool armed;
    bool
        late; // fires without the lock: may still run after timers_cancel has given false
    struct timer *next; // while it is about to fire late
};

struct timers {
    struct lock lock; // guards all
    struct pheap heap;
    atomic_uint_fast64_t earliest;
};

void timers_init(struct timers *s);

/* Arms t, which is not armed, for deadline_ns. Gives whether it is now the earliest. Any
 * thread. */
bool timers_add(struct timers *s, struct timer *t, uint64_t deadline_ns);

/* Disarms t. Gives whether it had not fired. Any thread. */
bool timers_cancel(struct timers *s, struct timer *t);

/* Fires all that are due at now_ns. Gives how many. Any thread. */
unsigned timers_fire(struct timers *s, uint64_t now_ns);

#endif

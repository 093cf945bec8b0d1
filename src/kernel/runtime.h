/* runtime.h: the workers and pools that all sandboxes of an embedder share.
 *
 * Workers start when there is something to run and none is idle, up to the number asked
 * for. Any thread may call anything here. Must not know: what a sandbox is beyond its
 * kernel. */
#ifndef KERNEL_RUNTIME_H
#define KERNEL_RUNTIME_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/lock.h"
#include "kernel/pool.h"
#include "kernel/stack.h"
#include "kernel/timers.h"

struct host_pool;
struct process;
struct worker;

struct runtime {
    struct pool pool;
    struct stack_pool stacks;
    struct timers
        timers; // of sandboxes with the host's clock: fired by busy workers as they read
                // the clock, and by idle ones, which sleep no longer than the earliest
    struct worker *workers; // worker_count of them, const
    unsigned worker_count;

    struct lock idle_lock; // rank LOCK_IDLE; guards idle, and starting threads
    struct list idle;      // of worker.idle_link
    atomic_uint idle_count;
    atomic_uint started;     // workers with a thread, or the first with a guest
    atomic_uint running;     // sandboxes with processes
    atomic_uint searching;   // workers that were woken and have not found work yet
    atomic_uint next_pinned; // round robin for deterministic sandboxes
    atomic_bool stopping;
    _Atomic(struct host_pool *) host_pool; // host_work.c's; NULL until it is needed
};

MUST_CHECK int runtime_init(struct runtime *rt,
                            unsigned worker_count); // 0: one per core. -ENOMEM
void runtime_fini(struct runtime *rt);              // all kernels are gone

/* Makes p (READY) run: on the calling worker, its pinned one, or from a host thread on
 * any. */
void runtime_ready(struct runtime *rt, struct process *p);

/* Sees that w has a thread and is awake. Under the lock, so that a guest that leaves
 * either sees the new work or is seen to have left. */
void runtime_rouse(struct runtime *rt, struct worker *w);

/* Gives w, which a guest has served, a thread of its own. idle_lock is held. */
void runtime_staff_locked(struct runtime *rt, struct worker *w);

/* There is stealable work: sees that an idle or new worker looks for it. */
void runtime_share(struct runtime *rt);

#endif

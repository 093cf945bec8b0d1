/* host_work.h: calls of the host that may take long, made on threads of their own while
 * the fiber is parked.
 *
 * A request owns all that its function reads and writes, so that a killed process can
 * abandon it: the thread finishes it later and drops it. Requests and shares are not in
 * the sandbox's heap, since they may outlive it. The pool has at most HOST_WORK_THREADS
 * threads, started when first needed; a sandbox has at most its share's cap of requests
 * in flight, so that its hung requests leave threads to others.
 * Must not know: what the calls are. */
#ifndef KERNEL_HOST_WORK_H
#define KERNEL_HOST_WORK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/lock.h"
#include "kernel/waitq.h"

struct host_pool;
struct host_share;
struct kernel;
struct runtime;

enum { HOST_WORK_THREADS = 4 };

/* The runtime's pool, made when first asked for; NULL: no memory. Any thread. free: waits
 * for what is running. */
struct host_pool *host_pool_of(struct runtime *rt);
void host_pool_free(struct host_pool *pool); // NULL is fine

/* What one sandbox may have in flight. Counted, also by its requests. NULL: no memory. */
struct host_share *host_share_new(struct host_pool *pool, unsigned cap);
void host_share_put(struct host_share *s); // NULL is fine

/* A request; embedded first in the struct of a kind. */
struct host_work {
    void (*run)(struct host_work *w); // on a thread of the pool; touches the request only
    void (*fini)(struct host_work
                     *w); // gives up what the request holds, on any thread; NULL: nothing
    struct host_share *share; // counted
    struct list link;         // in the pool's queue
    struct lock lock;         // rank LOCK_STREAM; guards done
    struct waitq finished;
    bool done;
    atomic_uint refs;
};

/* A request whose struct has size bytes, zeroed beyond the head, with one count. NULL: no
 * memory. */
struct host_work *host_work_new(struct host_share *s, size_t size,
                                void (*run)(struct host_work *w),
                                void (*fini)(struct host_work *w));
void host_work_put(struct host_work *w);

/* Memory for requests, from the host: realloc(); size 0 frees and gives NULL. NULL: no
 * memory. Any thread. */
void *host_work_resize(void *ptr, size_t size);

/* Has w run. May block; 0, and w may be used again. -EINTR: the process was killed; w may
 * still be running, and the caller only drops its count. On a host thread it runs there
 * and then. reason: for reports. */
MUST_CHECK int host_work_do(struct kernel *k, struct host_work *w,
                            const struct wait_reason *reason);

#endif

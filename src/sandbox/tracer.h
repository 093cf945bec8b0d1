/* tracer.h: from the kernel's trace to the embedder's sink.
 *
 * Events are noted in a buffer wherever they happen, under any lock, and told later by
 * the thread that waits for the run. There are two buffers: one is filled while the other
 * is told; what does not fit is counted. Must not know: runs. */
#ifndef SANDBOX_TRACER_H
#define SANDBOX_TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "kernel/lock.h"
#include "kernel/trace.h"

struct shoal_event;

struct tracer {
    // changed only while no run is in progress
    struct trace trace; // what the kernel points to
    unsigned kinds;     // of enum shoal_trace_kind; 0: off
    void (*sink)(void *arg, const struct shoal_event *event);
    void *arg;
    void (*ready)(void *arg); // there was nothing, and now there is something. Called
                              // under any locks
    void *ready_arg;
    char *pages; // both buffers; NULL: none yet

    struct lock lock; // rank LOCK_TRACE; guards the rest
    unsigned filling; // 0 or 1
    size_t used;
    uint64_t lost;
};

void tracer_init(struct tracer *t, void (*ready)(void *arg), void *arg);
void tracer_fini(struct tracer *t);

/* -ENOMEM. */
MUST_CHECK int tracer_set(struct tracer *t, unsigned kinds,
                          void (*sink)(void *arg, const struct shoal_event *event),
                          void *arg);

/* Tells all that was noted. tell false: drops it. */
void tracer_tell(struct tracer *t, bool tell);
bool tracer_has(struct tracer *t);

#endif

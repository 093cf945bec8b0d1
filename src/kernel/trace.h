/* trace.h: tells an observer what the kernel does, event by event.
 *
 * Off (kernel.trace NULL) it costs a test of a pointer. Events are given to one function
 * of the embedder's side, on the worker where they happen, in no lock; it must be quick
 * and thread-safe.
 * Must not know: how events are shown. */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/waitq.h"

struct kernel;
struct process;

enum trace_kind {
    TRACE_START,  // a process was made; number: its parent
    TRACE_NAME,   // it got another name (text)
    TRACE_RUN,    // it goes on running; number: the worker
    TRACE_WAIT,   // it waits; text: for what
    TRACE_WAKE,   // it was made ready
    TRACE_CALL,   // a call returned; text: its name, number: the result
    TRACE_SIGNAL, // a signal was sent to it; number: which
    TRACE_EXIT    // it ended; number: status, or -signal
};

struct trace_event {
    enum trace_kind kind;
    uint64_t time_ns; // kernel_mono
    int pid;
    int64_t number;
    const char *text; // valid during the call; or NULL
};

struct trace {
    void (*sink)(void *arg, const struct trace_event *event);
    void *arg;
    bool calls; // TRACE_CALL too
};

void trace_event(struct kernel *k, enum trace_kind kind, int pid, int64_t number,
                 const char *text);
void trace_run(struct kernel *k, struct process *p, unsigned worker);
void trace_wait(struct kernel *k, struct process *p, const struct wait_reason *reason);

/* Writes "WHAT[ FILE'S NAME][ PID]" to dst, for traces and the deadlock report. */
size_t trace_reason(const struct wait_reason *reason, char *dst, size_t cap);

#endif

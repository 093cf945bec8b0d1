/* sandbox.h: struct shoal_sandbox: a kernel, its files, and the run in progress.
 *
 * Counted by the embedder and by each run, so that they may be freed in any order. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "kernel/kernel.h"
#include "kernel/lock.h"
#include "sandbox/tracer.h"

struct shoal_lookup;
struct shoal_request;
struct shoal_run;
struct shoal_runtime;

struct shoal_sandbox {
    struct kernel kernel;          // its own locks
    struct shoal_runtime *runtime; // a count
    atomic_uint refs;

    struct lock lock; // rank LOCK_RUN; guards env, in_use, closed, and changes of active
    struct buf env;   // strings "NAME=VALUE"
    bool in_use;      // from a run's start until nothing of it is left
    bool closed;      // the embedder has freed it
    struct shoal_run
        *_Atomic active; // whose end is still to come; read by the kernel's hooks

    // of the network; changed between runs
    void (*request_hook)(void *arg, struct shoal_request *request);
    void (*lookup_hook)(void *arg, struct shoal_lookup *lookup);
    void *request_arg, *lookup_arg;

    struct tracer tracer;
};

/* The kernel's hooks, and the tracer's: what they tell goes to the active run
 * (run_hooks.c). */
extern const struct kernel_hooks sandbox_hooks;
void sandbox_traced(void *sandbox);
void sandbox_net_asked(struct kernel *k);

struct shoal_sandbox *sandbox_get(struct shoal_sandbox *sb);
void sandbox_put(struct shoal_sandbox *sb);

/* The sandbox's network, made when first asked for. The lock is held. -EBUSY: a run is in
 * progress; -ENOMEM. */
MUST_CHECK int sandbox_make_net(struct shoal_sandbox *sb);

/* A limit's number and its value from text; SHOAL_E_INVALID. */
MUST_CHECK int sandbox_parse_limit(const char *name, const char *text, int *id,
                                   uint64_t *value);

/* Sets a limit. Any thread. */
void sandbox_set_limit(struct shoal_sandbox *sb, int id, uint64_t value);

#endif

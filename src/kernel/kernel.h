/* kernel.h: the kernel of one sandbox: its processes, heap, limits, clock.
 *
 * One struct kernel per sandbox; many share a runtime (its workers and pools). It knows
 * of files only what file.h says; vfs/ hangs its own state on it through `fs` and the
 * hooks.
 * Invariants: can_wake counts everything that may still make a process runnable:
 * processes that run or are ready, armed timers of a real clock, host work in flight, API
 * clients; it is raised before the wake it announces, so that when it is 0 nothing can
 * ever happen again by itself. */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/base.h"
#include "base/list.h"
#include "base/rand.h"
#include "kernel/account.h"
#include "kernel/limits.h"
#include "kernel/lock.h"
#include "kernel/shared_heap.h"
#include "kernel/timers.h"

struct file;
struct kernel;
struct names;
struct shelf;
struct net;
struct process;
struct program;
struct runtime;
struct tenant;
struct trace;
struct vfs;
struct worker;

/* What the storeys above do for the kernel; const, set once before the first process.
 * Hooks are called on the fiber of the process, or a host thread for process_init with
 * parent NULL. */
struct kernel_hooks {
    /* Gives p its vfs_process (cwd, umask): a copy of parent's, or the initial one.
     * -ENOMEM. */
    int (*process_init)(struct process *p, struct process *parent);
    void (*process_fini)(struct process *p); // at death; also undoes process_init
    /* Tells that `process` p appeared or went (for /proc caches), may be NULL. */
    /* Finds the program file for exec at path as seen by self: follows `#!` and gives the
     * program and, in *argv_prefix (in heap blocks of self, NULL-ended, or NULL), the
     * words to put in place of argv[0]. Errors as sys_exec. */
    int (*exec_resolve)(struct process *self, const char *path,
                        const struct program **program, char ***argv_prefix);
    /* A process of kernel_start has ended (NULL: no matter). family is held: no calls
     * into the kernel. */
    void (*main_ended)(struct kernel *k, int pid, int status, bool by_signal);
    /* The last process is gone, and with it the kernel's last word: it may be freed once
     * this was called. */
    void (*run_ended)(struct kernel *k);
};

struct kernel {
    // const after init
    struct runtime *runtime;
    const struct kernel_hooks *hooks;
    struct vfs *fs;                 // vfs/'s own
    struct net *net;                // net/'s own; NULL: no network
    void *sandbox;                  // sandbox/'s own
    const struct program *programs; // sorted by name
    size_t program_count;
    bool deterministic, virtual_clock;
    uint64_t seed;
    struct worker *pinned;  // deterministic: the one worker; else NULL
    struct tenant *tenants; // its run queue on each worker; guarded by their locks
    struct names *names;    // has its own lock
    struct shelf *shelf;    // has its own lock
    struct trace *trace;    // NULL: off

    struct shared_heap heap;  // has its own locks
    struct alloc kernel_heap; // the heap, for base containers
    struct account account;
    struct limits limits; // atomics

    // guarded by family (rank LOCK_FAMILY)
    struct lock family;
    struct process **table; // hash of pid, chained by hash_next; first_table at first
    struct process *first_table[64];
    unsigned table_size, process_count; // zombies included
    struct list all;                    // every process, by age, through process.all_link
    struct process *init;               // pid 1: has no fiber, reaps what is re-parented
    int next_pid;

    // atomic
    atomic_uint live;      // processes with a fiber
    atomic_uint sources;   // wake sources whose last touch is still to come
    atomic_int can_wake;   // see above
    atomic_uint ending;    // enum kernel_end; 0 while all is well
    atomic_uint next_pipe; // for names in reports
    char *report;          // of a deadlock; kernel heap; guarded by family

    // clock
    struct timers *timers; // the runtime's, or own_timers with a virtual clock
    struct timers own_timers;
    atomic_uint_fast64_t virtual_ns; // monotonic
    uint64_t start_mono_ns;
    int64_t start_real_ns;

    struct rand random; // guarded by family
    struct rand
        order; // deterministic: which process runs, for how long; the pinned worker's
    uint64_t tick_ns;            // virtual time that a tick takes; 0: real clock
    atomic_uint_fast64_t cpu_ns; // used by all processes, ended ones included
};

/* Why all processes are being ended. */
enum kernel_end {
    KERNEL_END_NONE,
    KERNEL_END_LIMIT, // limits.reached says which
    KERNEL_END_CANCEL,
    KERNEL_END_DEADLOCK, // the report is in kernel.report
    KERNEL_END_CLOSE,
};

/* How a sandbox is made. */
struct kernel_config {
    const struct kernel_hooks *hooks;
    const struct program *programs; // sorted by name, outlives the kernel
    size_t program_count;
    bool deterministic, virtual_clock; // deterministic implies the virtual clock
    uint64_t seed;
};

/* Any host thread. init leaves a kernel with pid 1 and no other process. fini: no process
 * is live (kernel_end, then wait for run_ended); frees all. -ENOMEM. */
MUST_CHECK int kernel_init(struct kernel *k, struct runtime *rt,
                           const struct kernel_config *config);
void kernel_fini(struct kernel *k);

/* After a run ended: forgets the reason and what was used of the limits, so that the next
 * can begin. */
void kernel_rearm(struct kernel *k);

/* Starts a process from outside: a child of pid 1 running program with argv and envp, the
 * files on its descriptors 0, 1, 2 (each gets a count; NULL: closed). Gives the pid.
 * -ENOMEM, -EAGAIN. Any host thread. */
MUST_CHECK int kernel_start(struct kernel *k, const struct program *program,
                            char *const argv[], char *const envp[],
                            struct file *const files[3]);

/* Takes how a process that kernel_start made has ended; false while it has not. Any
 * thread. */
bool kernel_ended(struct kernel *k, int pid, int *status, int *sig);

const struct program *kernel_program(struct kernel *k,
                                     const char *name); // NULL: none such

/* The sandbox's clocks, ns. Any thread. */
uint64_t kernel_mono(struct kernel *k);
int64_t kernel_real(struct kernel *k);

/* Counted objects live here. NULL: no memory (limit `memory` reached by kernel code:
 * -ENOMEM). Any thread. */
void *kernel_alloc(struct kernel *k, size_t size) __attribute__((malloc));
void *kernel_alloc_zero(struct kernel *k, size_t size) __attribute__((malloc));
void *kernel_resize(struct kernel *k, void *ptr, size_t size);
void kernel_free(struct kernel *k, void *ptr);

/* kernel.kernel_heap's function. */
void *kernel_heap_resize(const struct alloc *self, void *ptr, size_t old, size_t size);

/* Random bytes of this sandbox: seeded when deterministic. Any thread. */
void kernel_random(struct kernel *k, void *buf, size_t len);

/* Something outside (host work, an API client) may wake a process: count it while it may.
 * Any thread. */
void kernel_wake_source_add(struct kernel *k);
void kernel_wake_source_remove(
    struct kernel *k); // may find that now nothing can happen any more

/* Ends all processes of the sandbox. The first reason counts. Any thread. */
void kernel_end(struct kernel *k, enum kernel_end why);
void kernel_end_limit(struct kernel *k, int limit);

/* The scheduler's bookkeeping of can_wake. active: a process becomes runnable; idle: the
 * caller's process no longer is; the one that brings it to 0 moves the virtual clock on,
 * or ends the run as a deadlock. */
static inline void kernel_active(struct kernel *k) { atomic_fetch_add(&k->can_wake, 1); }
static inline void kernel_inactive(struct kernel *k)
{
    atomic_fetch_sub(&k->can_wake, 1);
} // is not the last
void kernel_idle(struct kernel *k);

/* CPU time was used: counts it against limit `cpu`. Any thread. */
void kernel_charge_cpu(struct kernel *k, uint64_t ns);

#endif

/* process.h: a virtual process: one fiber, one heap, one descriptor table.
 *
 * Life: made by process_new (ready), runs on any worker, dies by process_exit on its own
 * fiber (kernel code always runs to its end: a killed process dies only at the door,
 * sys_leave, or a tick), stays as a zombie (pid, status, counters) until its parent takes
 * the status, or goes at once if pid 1 is its parent.
 * Invariants: `state` says where it is: NEW until it is started, RUNNING on a worker,
 * READY in a run queue, PARKED (waits for a token), NOTIFIED (running, and the token came
 * early). Only process_unpark moves PARKED to READY.
 * Must not know: what programs do, paths. */
#ifndef KERNEL_PROCESS_H
#define KERNEL_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/fdtab.h"
#include "kernel/fiber.h"
#include "kernel/heap.h"
#include "kernel/stack.h"
#include "kernel/waitq.h"
#include "sys.h"

struct args;
struct kernel;
struct rlimits;
struct vfs_process;
struct worker;

/* A program that can be started; the kernel's registry is an array of these, sorted by
 * name. */
struct program {
    const char *name;
    int (*start)(const void *entry, int argc, char **argv);
    const void *entry; // what start gets: a struct cmd
    bool deep;         // needs a deep stack
};

enum process_state {
    PROCESS_NEW, // not started; tokens are not needed: it looks at attention when it
                 // starts
    PROCESS_RUNNING,
    PROCESS_NOTIFIED,
    PROCESS_PARKED,
    PROCESS_READY
};

/* Bits of process.attention: reasons to look up at the next door. */
enum {
    ATTENTION_KILLED = 1,  // dies at the next door; kill_signal says how
    ATTENTION_SIGNAL = 2,  // look at pending
    ATTENTION_STOPPED = 4, // stays where it is until continued
};

struct death; // one sys_at_death

struct process {
    // const after start
    struct kernel *kernel;
    int pid;

    // the scheduler's
    atomic_uint state;
    atomic_uint attention;
    struct list run_link;  // in a run queue; guarded by that queue's lock
    struct worker *worker; // where it ran last, or is pinned to
    unsigned pinned;       // > 0: inside a guarded host section; own fiber writes
    struct fiber fiber;
    struct stack stack, next_stack; // next_stack: for process_restart
    uint8_t place;                  // enum sys_place
    bool deep;                      // its stack is a deep one
    atomic_uint refs;               // the table's and the scheduler's

    // own fiber only
    struct heap heap;
    struct fdtab fds;       // /proc reads it under its lock
    struct vfs_process *fs; // cwd, umask: vfs/'s
    const struct program *program;
    int (*main)(void *arg); // of a clone
    void *arg;
    struct rlimits *rlimits; // NULL: none were set
    struct args *args;       // what it was started with; changed under family
    char **argv, **environ;  // made from args when asked for
    void *slots[SYS_SLOTS];
    struct death *deaths;
    unsigned depth; // sys_nest
    uint64_t
        allowance[2]; // of COMMANDS and LOOPS taken from the sandbox and not yet used
    uint64_t cpu_ns;  // the worker it runs on writes
    const struct wait_reason *_Atomic waiting; // while parked; else NULL
    bool exiting;
    uint8_t call; // the enum call it is in, or was in last

    // signals: sets are bit sig-1; own fiber writes all but pending and kill_signal
    atomic_uint_fast64_t pending, blocked, ignored, caught;
    atomic_int kill_signal;

    // guarded by kernel->family
    struct process *hash_next;
    struct list all_link;
    struct list children, zombies; // its live children, its ended ones, through sibling
    struct list sibling;
    struct process *parent;
    int pgid, sid;
    bool zombie, end_by_signal;
    int end_status; // exit status, or the signal
    uint64_t children_cpu_ns;
    struct waitq child_ended; // sleepers in sys_wait: this process
    bool kept;                // stays a zombie under pid 1 until kernel_ended asked
    char name[32];            // for ps and reports; guarded by family
};

/* The process this fiber is, or NULL on a host thread. */
struct process *process_self(void);

/* Suspends the caller until process_unpark or deadline_ns (kernel_mono; UINT64_MAX:
 * none). May come back for no reason. Gives 0, -EINTR (a signal that is not ignored or
 * death; flags as in waitq.h), -ETIMEDOUT. */
MUST_CHECK int process_park(uint64_t deadline_ns, enum wait_flags flags,
                            const struct wait_reason *reason);

/* Hands p a token: it runs soon. p must be kept alive by a lock or count of the caller.
 * Any thread. */
void process_unpark(struct process *p);

/* Lets others run if the slice is over. */
void process_yield(void);

/* Finds a process (zombies too) by pid; kernel->family is held. Any thread. */
struct process *process_find_locked(struct kernel *k, int pid);

/* Makes a child of parent (NULL: of pid 1) with a stack, nothing on its descriptors, not
 * yet started. place and pgid as in struct sys_start. Errors: -EAGAIN -ENOMEM -EPERM. */
MUST_CHECK int process_new(struct kernel *k, struct process *parent, bool deep,
                           const struct sys_start *start, struct process **process);

/* Pid 1: has no fiber. NULL: no memory. */
struct process *process_new_init(struct kernel *k);

/* Undoes process_new for one that was not started. */
void process_abandon(struct process *p);

/* Sets it running. It may have ended before this returns. */
void process_start(struct process *p);

/* The last act of a process: closes and frees all, becomes a zombie, tells the parent.
 * sig 0: status counts. */
_Noreturn void process_exit(struct process *self, int status, int sig);

/* Drops a count on the struct itself. */
void process_put(struct process *p);

/* Empties the process for exec: released state, heap, slots, CLOEXEC descriptors, caught
 * signals. */
void process_reset(struct process *self);

/* Switches to a fresh stack and starts self->program there. */
_Noreturn void process_restart(struct process *self);

/* The scheduler's part of process_restart: swaps the stack and prepares the fiber. */
void process_swap_stack(struct process *p);

/* The fiber's first function. */
void process_main(void *process);

/* Sends a signal; family is held or p is otherwise kept alive. Any thread. */
void process_signal(struct process *p, int sig);

/* Whether a wait must end: death, or a signal that is caught or will kill; drops ignored
 * ones. Own fiber. */
bool process_interrupted(struct process *self, enum wait_flags flags);

/* Whether a caught signal is pending and not blocked. Own fiber. */
bool process_has_caught(const struct process *self);

/* The wait of a stopped process: any token ends it. */
void process_park_stopped(struct process *self, const struct wait_reason *reason);

/* Acts on attention: signals, stops, death. Own fiber, no lock held. */
void process_attend(struct process *self);

/* Has release(state) called at the death of p, which is self or not yet started.
 * -ENOMEM. */
MUST_CHECK int process_add_death(struct process *p, void (*release)(void *state),
                                 void *state);

/* Allocates for the process, or ends the run by limit `memory`. */
void *process_alloc(struct process *self, size_t size);

/* Guarded host sections: the fiber stays on its worker's thread meanwhile. */
void process_pin(void);
void process_unpin(void);

#endif

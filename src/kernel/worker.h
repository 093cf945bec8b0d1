/* worker.h: a thread that runs processes, with its run queue and its time slices.
 *
 * The run queue has two levels: a ring of tenants (sandboxes), each with its ready
 * processes, first in first out; the ring turns when a slice is over. A process handed
 * off to (`next`) runs before the queue on the same slice. Processes that are not pinned
 * may be taken by idle workers.
 * Invariants: a tenant is in the ring exactly while it has ready processes; stealable
 * counts those that others may take. A worker runs on its own thread's stack as the
 * `scheduler` fiber; processes switch to it and never to each other. */
#ifndef KERNEL_WORKER_H
#define KERNEL_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/rand.h"
#include "kernel/fiber.h"
#include "kernel/lock.h"

struct host_loop;
struct host_task;
struct kernel;
struct process;
struct runtime;

/* The ready processes of one sandbox on one worker; kernel.tenants has one per worker. */
struct tenant {
    struct list link;  // in worker.ring, or empty
    struct list ready; // of process.run_link
    struct kernel *kernel;
};

/* What the scheduler does with the process that has just switched to it. */
enum worker_after { AFTER_PARK, AFTER_YIELD, AFTER_EXIT, AFTER_EXEC };

struct worker {
    struct runtime *runtime; // const, like index
    unsigned index;
    uintptr_t thread; // 0: none, or that of a guest; guarded by runtime.idle_lock

    // own thread only
    struct fiber scheduler;
    struct process *current, *next;
    enum worker_after after;
    int ticks;          // left until the clock is read
    int ticks_given;    // what ticks started from
    int ticks_interval; // adapted so that the clock is read about every 100 us
    uint64_t read_ns;   // the last reading
    uint64_t slice_ns;  // used of the current slice
    struct rand random; // which victim to steal from

    struct lock lock; // rank LOCK_RUNQ; guards ring and the tenants' lists
    struct list ring;
    atomic_uint stealable, queued;

    struct list idle_link; // guarded by runtime.idle_lock
    bool trimmed;          // the pools were trimmed since it ran something; own thread
    bool is_idle;
    bool is_searching;     // counted in runtime.searching; own thread
    atomic_uint wake_word; // an enum worker_wake: 0 until somebody wakes it
    struct kernel
        *_Atomic handling; // whose process it runs or has just run: that kernel must stay
    struct host_loop *_Atomic loop; // its libuv loop, made when first needed
};

/* Why an idle worker was woken. */
enum worker_wake { WORKER_ASLEEP, WORKER_WOKEN, WORKER_WOKEN_TO_SEARCH };

enum { WORKER_SLICE_NS = 10000000, WORKER_READ_NS = 100000 };

void worker_init(struct worker *w, struct runtime *rt, unsigned index);
void worker_main(void *worker); // its thread

/* Runs one process after another on the calling thread until done(arg), which is asked
 * between two of them. */
void worker_work(struct worker *w, bool (*done)(void *arg), void *arg);

/* Puts p (READY) at the end of w's queue. Any thread. */
void worker_push(struct worker *w, struct process *p);

/* Takes a ready process that may run on `thief` out of w's queue; NULL if there is none.
 * Any thread. */
struct process *worker_take(struct worker *w, struct worker *thief);

/* The ticks ran out: reads the clock, charges CPU time, fires timers, shares out work;
 * gives whether the slice is over. The calling fiber's own worker. */
bool worker_tick_slow(struct worker *w);

/* Own fiber: many processes that it started wait for this worker. Has the slice end soon,
 * so that they run while their memory is warm. */
void worker_crowded(struct worker *w);

/* Own fiber: charges the CPU time since the last reading of the clock to the running
 * process; for ends and reports. */
void worker_account(struct worker *w);

/* Own fiber: switches to the scheduler, which does `after`. */
void worker_switch(struct worker *w, enum worker_after after);
_Noreturn void worker_switch_last(struct worker *w, enum worker_after after);

/* The event loop of w, made when first asked for. NULL: no memory or descriptors. w's own
 * thread. */
struct host_loop *worker_loop(struct worker *w);

/* Has task run by w, which has a loop, on its own stack, soon. Any thread, no lock above
 * LOCK_RUNQ. */
void worker_post(struct worker *w, struct host_task *task);

/* Wakes w from its idle sleep. Any thread. */
void worker_wake(struct worker *w);

/* ---- Between the files of the worker; own thread only ----------------------------- */

struct process *worker_next(
    struct worker *w);              // what runs next here, taken; NULL: nothing anywhere
void worker_turn(struct worker *w); // the slice is over: the next tenant's turn
void worker_idle(
    struct worker *w); // nothing to run: sleeps until woken or a timer is due
void worker_give_ticks(struct worker *w, int ticks);
int worker_slice_ticks(struct kernel *k); // of deterministic mode: as the seed says
void worker_spend_ticks(struct worker *w,
                        struct process *p); // they become p's virtual time
void worker_fire_timers(struct worker *w);

#endif

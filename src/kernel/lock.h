/* lock.h: short mutual exclusion between worker threads (and host threads in the API).
 *
 * A lock is held for tens of nanoseconds, never while a fiber switches, sleeps or calls
 * the host. It spins briefly, then waits on a futex, since a holder may have lost its
 * core. Locks are taken in the order of their ranks only; builds with SHOAL_DEBUG assert
 * it on workers. Must not know: fibers, processes. */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>

/* A lock may be taken only while all locks held have a lower rank. */
enum lock_rank {
    LOCK_RUN = 1, // sandbox/: runs and their outputs
    LOCK_TREE, // vfs/: names: directories, mounts; before the two that /proc reads under
               // it
    LOCK_FAMILY,  // kernel/: process table, parents, children, groups, zombies
    LOCK_FDTAB,   // one descriptor table
    LOCK_FILE,    // an open file's offset
    LOCK_INODE,   // contents and attributes of one inode
    LOCK_INODE_2, // a second inode
    LOCK_PIPE,    // pipes, FIFOs, captures
    LOCK_STREAM,  // host streams
    LOCK_CHARGE,  // accounts of a file system
    LOCK_SHELF,   // what processes left for each other
    LOCK_TIMERS,
    LOCK_RUNQ, // a worker's queue
    LOCK_IDLE, // the runtime's list of idle workers
    LOCK_HEAP, // a shard of a sandbox heap
    LOCK_POOL, // the runtime's pools of chunks and stacks
    LOCK_TRACE,
    LOCK_RANKS
};

struct lock {
    atomic_uint word; // 0 free, 1 held, 2 held and somebody waits on the futex
    unsigned rank;
};

#define LOCK_INIT(rank_)           \
    {                              \
        .word = 0, .rank = (rank_) \
    }
static inline void lock_init(struct lock *l, enum lock_rank rank)
{
    atomic_init(&l->word, 0);
    l->rank = rank;
}

void lock_wait(struct lock *l);               // the slow path of acquire
void lock_wake(struct lock *l);               // the slow path of release
void lock_note_acquire(const struct lock *l); // rank checks; empty without SHOAL_DEBUG
void lock_note_release(const struct lock *l);

/* Any thread. */
static inline void lock_acquire(struct lock *l)
{
    unsigned free = 0;
    if (!atomic_compare_exchange_strong_explicit(&l->word, &free, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        lock_wait(l);
#ifdef SHOAL_DEBUG
    lock_note_acquire(l);
#endif
}

static inline void lock_release(struct lock *l)
{
#ifdef SHOAL_DEBUG
    lock_note_release(l);
#endif
    if (atomic_exchange_explicit(&l->word, 0, memory_order_release) == 2)
        lock_wake(l);
}

/* Whether some thread holds the lock: for assertions that it is held. */
static inline bool lock_is_held(const struct lock *l)
{
    return atomic_load_explicit(&l->word, memory_order_relaxed) != 0;
}

#endif

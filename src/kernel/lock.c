/* lock.c: the slow paths of lock.h, and the check of ranks. */
#include "kernel/lock.h"

#include <assert.h>

#include "base/base.h"
#include "kernel/host.h"

enum { LOCK_SPINS = 100 };

static void lock_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static bool lock_try(struct lock *l)
{
    unsigned free = 0;
    return atomic_load_explicit(&l->word, memory_order_relaxed) == 0 &&
           atomic_compare_exchange_strong_explicit(
               &l->word, &free, 1, memory_order_acquire, memory_order_relaxed);
}

void lock_wait(struct lock *l)
{
    for (int i = 0; i < LOCK_SPINS; i++) {
        if (lock_try(l))
            return;
        lock_pause();
    }
    // Who slept takes it as 2: others may sleep still; a needless wake is cheap.
    while (atomic_exchange_explicit(&l->word, 2, memory_order_acquire) != 0)
        host_futex_wait(&l->word, 2, -1);
}

void lock_wake(struct lock *l) { host_futex_wake(&l->word, 1); }

#ifdef SHOAL_DEBUG
static_assert(LOCK_RANKS <= 32, "ranks are bits of an unsigned");

void lock_note_acquire(const struct lock *l)
{
    unsigned *held = host_held_ranks();
    ASSERT(l->rank > 0 && l->rank < LOCK_RANKS);
    ASSERT(*held >> l->rank == 0); // else: taken out of order
    *held |= 1u << l->rank;
}

void lock_note_release(const struct lock *l)
{
    unsigned *held = host_held_ranks();
    ASSERT(*held & 1u << l->rank); // else: released by another thread than took it
    *held &= ~(1u << l->rank);
}
#else
void lock_note_acquire(const struct lock *l) { (void)l; }

void lock_note_release(const struct lock *l) { (void)l; }
#endif

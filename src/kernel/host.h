/* host.h: what the kernel needs of the host: threads, futexes, the clock, pages.
 *
 * Bodies in host_thread.c, host_clock.c and host_mem.c. These never touch errno after
 * their call has returned. Any thread. */
#ifndef KERNEL_HOST_H
#define KERNEL_HOST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct worker;

/* The one thread-local of the project: the worker this thread is, or NULL. Never inlined,
 * since a fiber may come back from a switch on another thread. */
struct worker *host_worker(void);
void host_set_worker(struct worker *w);
#ifdef SHOAL_DEBUG
unsigned *host_held_ranks(
    void); // the same thread-local's bits of lock ranks held (lock.c)
#endif

/* Starts a thread running main(arg) with the C locale and every host signal blocked but
 * those of faults (SIGSEGV and so on). *thread is for join. -ENOMEM, -EAGAIN. */
MUST_CHECK int host_thread_start(uintptr_t *thread, void (*main)(void *arg), void *arg);
void host_thread_join(uintptr_t thread);
void host_thread_yield(void);
unsigned host_cpu_count(void); // cores this process may use

/* futex(2), private. wait returns when *word may differ from value, was woken, or after
 * timeout_ns (< 0: none). */
void host_futex_wait(atomic_uint *word, unsigned value, int64_t timeout_ns);
void host_futex_wake(atomic_uint *word, int count);

/* Nanoseconds: monotonic, and since 1970. */
uint64_t host_clock_mono(void);
int64_t host_clock_real(void);

/* Pages: zeroed, readable, writable, lazily committed, not reserved in swap. NULL: no
 * memory. Sizes and pointers are multiples of 4096. */
void *host_pages_map(size_t size);
void host_pages_unmap(void *ptr, size_t size);
void *host_pages_resize(void *ptr, size_t old,
                        size_t size); // may move; NULL: ptr stays as it was
void host_pages_release(void *ptr,
                        size_t size); // contents go; pages come back zeroed; guards stay
bool host_pages_guard(void *ptr,
                      size_t size); // any access traps; cheap form first (see stack.h)
void host_pages_want_huge(void *ptr,
                          size_t size); // for blocks of many MiB that will be used
void host_pages_keep_small(void *ptr,
                           size_t size); // one touched byte commits one page, not 2 MiB

/* Fills buf with random bytes of the host's generator. */
void host_random(void *buf, size_t len);

#endif

/* host_thread.c: threads, futexes, and the one thread-local of the project. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <assert.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "kernel/host.h"

enum {
    HOST_THREAD_STACK = 1 << 20,
    HOST_THREAD_PAGE = 4096
}; // bytes; committed when touched

static _Thread_local struct {
    struct worker *worker;
#ifdef SHOAL_DEBUG
    unsigned held; // ranks of the locks this thread holds, as bits
#endif
} host_self __attribute__((tls_model("initial-exec")));

// The asm: else a compiler that sees all may keep an answer over a switch.
NO_INLINE struct worker *host_worker(void)
{
    __asm__ volatile("");
    return host_self.worker;
}

NO_INLINE void host_set_worker(struct worker *w) { host_self.worker = w; }

#ifdef SHOAL_DEBUG
NO_INLINE unsigned *host_held_ranks(void)
{
    __asm__ volatile("");
    return &host_self.held;
}
#endif

struct host_start {
    void (*main)(void *arg);
    void *arg;
};

/* No malloc: one used in a new thread has the C library map an arena for it, which costs
 * a quarter of the start of the thread. */
static void *host_thread_main(void *ptr)
{
    struct host_start start = *(struct host_start *)ptr;
    host_pages_unmap(ptr, HOST_THREAD_PAGE);
    void *locale;
    if (num_enter_c_locale(&locale))
        abort(); // does not happen: the "C" locale takes no memory
    start.main(start.arg);
    return NULL;
}

/* All signals but those that a fault of the thread itself raises. */
static void host_thread_mask(sigset_t *set)
{
    static const int faults[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                                 SIGTRAP, SIGABRT, SIGSYS};

    sigfillset(set);
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        sigdelset(set, faults[i]);
}

int host_thread_start(uintptr_t *thread, void (*main)(void *arg), void *arg)
{
    static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "a thread fits in *thread");
    struct host_start *start = host_pages_map(HOST_THREAD_PAGE);
    if (!start)
        return -ENOMEM;
    *start = (struct host_start){main, arg};

    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, HOST_THREAD_STACK);
    sigset_t blocked, old;
    host_thread_mask(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &old);
    pthread_t id;
    int err = pthread_create(&id, &attr, host_thread_main, start);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    if (err) {
        host_pages_unmap(start, HOST_THREAD_PAGE);
        return -err;
    }
    *thread = (uintptr_t)id;
    return 0;
}

void host_thread_join(uintptr_t thread) { pthread_join((pthread_t)thread, NULL); }

void host_thread_yield(void) { sched_yield(); }

unsigned host_cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int count = CPU_COUNT(&set);
        return count > 0 ? (unsigned)count : 1;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN); // more than 1024 cores
    return online > 0 ? (unsigned)online : 1;
}

void host_futex_wait(atomic_uint *word, unsigned value, int64_t timeout_ns)
{
    struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout_ns < 0 ? NULL : &timeout,
            NULL, 0);
}

void host_futex_wake(atomic_uint *word, int count)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

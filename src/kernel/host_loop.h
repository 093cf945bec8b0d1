/* host_loop.h: the event loop of one worker (libuv): waits for host descriptors, and
 * sleeps.
 *
 * Made when a worker first needs one; used on that worker's thread only, but for
 * host_loop_wake.
 * Must not know: processes (it calls back). */
#ifndef KERNEL_HOST_LOOP_H
#define KERNEL_HOST_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

struct host_loop;
struct host_poll;

struct host_loop *host_loop_new(void); // NULL: no memory or descriptors
void host_loop_free(struct host_loop *loop);

/* Runs what is ready; waits up to timeout_ns for the first event (0: not at all, < 0: no
 * end). */
void host_loop_run(struct host_loop *loop, int64_t timeout_ns);
void host_loop_wake(struct host_loop *loop); // ends a wait early. Any thread

/* Calls back once when fd can be read (or written), or is at its end. NULL: fd can't be
 * waited for, it is always ready. stop: no call after it returns; frees the poll, also
 * after it called back. */
struct host_poll *host_poll_start(struct host_loop *loop, int fd, bool write,
                                  void (*ready)(void *arg), void *arg);
void host_poll_stop(struct host_poll *poll);

#endif

/* host_loop.h: the event loop of one worker (libuv): waits for host descriptors, and
 * sleeps.
 *
 * Made when a worker first needs one; used on that worker's thread only, but for
 * host_loop_wake and host_loop_post.
 * Must not know: processes (it calls back). */
#ifndef KERNEL_HOST_LOOP_H
#define KERNEL_HOST_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/list.h"

struct host_loop;
struct host_poll;
struct host_watch;

struct host_loop *host_loop_new(void);       // NULL: no memory or descriptors
void host_loop_free(struct host_loop *loop); // its last tasks are run

/* Work for the loop's thread, which does it on its own stack, never on a fiber's; part of
 * what it is about. */
struct host_task {
    struct list link; // in the loop's list; empty: not posted
    void (*run)(struct host_task *task);
};
void host_task_init(struct host_task *task, void (*run)(struct host_task *task));

/* Has task run when the loop's worker looks next (worker_post wakes it), once, however
 * often it is posted before. Any thread. */
void host_loop_post(struct host_loop *loop, struct host_task *task);
bool host_loop_has_tasks(const struct host_loop *loop);
void host_loop_run_tasks(struct host_loop *loop);

/* Posts task again and again while fd can be read. NULL: no memory or descriptors. */
struct host_watch *host_watch_start(struct host_loop *loop, int fd,
                                    struct host_task *task);
void host_watch_stop(struct host_watch *watch);

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

/* fdwait.h: a process's wait for a host descriptor.
 *
 *     struct fdwait w;
 *     err = fdwait_start(&w, fd, write); // 0: it is watched
 *     err = process_park(...);           // woken when it is ready
 *     fdwait_stop(&w);
 *
 * Between start and stop the process stays on its worker, whose loop watches the
 * descriptor, and counts as one that may be woken from outside. Several may be started
 * before one park. Own fiber only.
 * Must not know: files, what is done with the descriptor. */
#ifndef KERNEL_FDWAIT_H
#define KERNEL_FDWAIT_H

#include <stdbool.h>

#include "base/base.h"

struct host_poll;
struct process;

struct fdwait {
    struct host_poll *poll;
    struct process *process;
};

/* 0; -EALREADY: fd can't be waited for, it is always ready (nothing was started);
 * -ENOMEM. */
MUST_CHECK int fdwait_start(struct fdwait *w, int fd, bool write);
void fdwait_stop(struct fdwait *w);

#endif

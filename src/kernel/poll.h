/* poll.h: waiting for several files at once (the body of sys_poll). */
#ifndef KERNEL_POLL_H
#define KERNEL_POLL_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct process;
struct sys_pollfd;

/* As sys_poll says. May block. */
MUST_CHECK int poll_wait(struct process *self, struct sys_pollfd *fds, size_t count,
                         int64_t timeout_ns);

#endif

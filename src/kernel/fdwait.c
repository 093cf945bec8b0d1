/* fdwait.c: see fdwait.h. */
#include "kernel/fdwait.h"

#include <errno.h>

#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/worker.h"

static void fdwait_ready(void *arg)
{
    struct fdwait *w = arg;
    process_unpark(w->process);
}

int fdwait_start(struct fdwait *w, int fd, bool write)
{
    struct process *self = process_self();
    struct host_loop *loop = worker_loop(host_worker());
    if (!loop)
        return -ENOMEM;
    w->process = self;
    w->poll = host_poll_start(loop, fd, write, fdwait_ready, w);
    if (!w->poll)
        return -EALREADY;
    process_pin();
    kernel_wake_source_add(self->kernel);
    return 0;
}

void fdwait_stop(struct fdwait *w)
{
    host_poll_stop(w->poll);
    kernel_wake_source_remove(w->process->kernel);
    process_unpin();
}

/* poll.c: see poll.h. A waiter on each file's queue, one sleep, and looking again. */
#include "kernel/poll.h"

#include <errno.h>

#include "kernel/fdtab.h"
#include "kernel/fdwait.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/waitq.h"

enum { POLL_MAX = 4096 };

/* A place in one queue, or a host descriptor. */
struct poll_entry {
    struct waiter waiter;
    struct lock *lock; // of the queue; NULL: fdwait
    struct fdwait fdwait;
};

struct poll_set {
    struct poll_entry *entries; // two for each descriptor
    size_t count, cap;
};

void poll_set_add(struct poll_set *set, struct waitq *q, struct lock *lock)
{
    ASSERT(set->count < set->cap && lock_is_held(lock));
    struct poll_entry *e = &set->entries[set->count++];
    e->lock = lock;
    waitq_add(q, &e->waiter);
}

bool poll_set_add_fd(struct poll_set *set, int fd, bool write)
{
    ASSERT(set->count < set->cap);
    struct poll_entry *e = &set->entries[set->count];
    e->lock = NULL;
    if (fdwait_start(&e->fdwait, fd, write))
        return true;
    set->count++;
    return false;
}

static void poll_set_leave(struct poll_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct poll_entry *e = &set->entries[i];
        if (!e->lock) {
            fdwait_stop(&e->fdwait);
            continue;
        }
        lock_acquire(e->lock);
        waitq_remove(&e->waiter);
        lock_release(e->lock);
    }
    set->count = 0;
}

/* Fills in revents; with a set, joins the queues of what is not ready. Gives how many are
 * ready. */
static int poll_look(struct process *self, struct sys_pollfd *fds, size_t count,
                     struct poll_set *set)
{
    int ready = 0;
    for (size_t i = 0; i < count; i++) {
        fds[i].revents = 0;
        if (fds[i].fd < 0)
            continue;
        struct file *f = fdtab_file(&self->fds, fds[i].fd);
        unsigned events = SYS_POLLNVAL;
        if (f && f->ops->poll)
            events = f->ops->poll(f, set);
        else if (f)
            events = SYS_POLLIN | SYS_POLLOUT;
        unsigned always = SYS_POLLERR | SYS_POLLHUP | SYS_POLLNVAL;
        fds[i].revents = (short)(events & ((unsigned)fds[i].events | always));
        ready += fds[i].revents != 0;
    }
    return ready;
}

static int poll_sleep(struct process *self, struct sys_pollfd *fds, size_t count,
                      uint64_t deadline_ns, struct poll_set *set)
{
    struct wait_reason reason = {.what = "one of several files"};
    if (count == 1 && fds[0].fd >= 0)
        reason = (struct wait_reason){"input from", fdtab_file(&self->fds, fds[0].fd), 0};
    for (;;) {
        int ready = poll_look(self, fds, count, set);
        int err = 0;
        if (!ready)
            err = process_park(deadline_ns, WAIT_INTERRUPTIBLE, &reason);
        poll_set_leave(set);
        if (ready)
            return ready;
        if (err) {
            ready = poll_look(self, fds, count, NULL);
            return ready ? ready : err == -ETIMEDOUT ? 0 : err;
        }
    }
}

int poll_wait(struct process *self, struct sys_pollfd *fds, size_t count,
              int64_t timeout_ns)
{
    if (count > POLL_MAX)
        return -EINVAL;
    if (timeout_ns == 0)
        return poll_look(self, fds, count, NULL);
    uint64_t deadline_ns = UINT64_MAX;
    if (timeout_ns > 0)
        deadline_ns = kernel_mono(self->kernel) + (uint64_t)timeout_ns;
    struct poll_set set = {.cap = count * 2};
    set.entries = heap_alloc(&self->heap, (set.cap + 1) * sizeof *set.entries);
    if (!set.entries)
        return -ENOMEM;
    int ready = poll_sleep(self, fds, count, deadline_ns, &set);
    heap_free(&self->heap, set.entries);
    return ready;
}

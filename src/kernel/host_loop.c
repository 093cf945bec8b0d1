/* host_loop.c: see host_loop.h; over libuv. */
#include "kernel/host_loop.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <uv.h>

#include "kernel/lock.h"

struct host_loop {
    uv_loop_t uv;
    uv_async_t wake;
    uv_timer_t timer;
    struct lock lock; // rank LOCK_RUNQ; guards tasks
    struct list tasks;
    atomic_bool has_tasks;
};

/* libuv makes what it polls non-blocking, which others who share the descriptor would
 * feel (a terminal's shell, the next program of a pipeline). So it is given an epoll
 * descriptor with fd in it. */
struct host_poll {
    uv_poll_t uv;
    int epoll;
    void (*ready)(void *arg);
    void *arg;
};

static void host_loop_woken(uv_async_t *async)
{
    (void)async; // to have returned from the wait is all
}

static void host_loop_timed_out(uv_timer_t *timer) { (void)timer; }

struct host_loop *host_loop_new(void)
{
    struct host_loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    if (uv_loop_init(&loop->uv)) {
        free(loop);
        return NULL;
    }
    if (uv_async_init(&loop->uv, &loop->wake, host_loop_woken)) {
        uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
    uv_timer_init(&loop->uv, &loop->timer);
    lock_init(&loop->lock, LOCK_RUNQ);
    list_init(&loop->tasks);
    return loop;
}

void host_loop_free(struct host_loop *loop)
{
    host_loop_run_tasks(loop); // what nobody served the worker for
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    free(loop);
}

void host_loop_run(struct host_loop *loop, int64_t timeout_ns)
{
    if (timeout_ns == 0) {
        uv_run(&loop->uv, UV_RUN_NOWAIT);
        return;
    }
    if (timeout_ns > 0) {
        uv_update_time(&loop->uv);
        uint64_t ms = ((uint64_t)timeout_ns + 999999) / 1000000;
        uv_timer_start(&loop->timer, host_loop_timed_out, ms, 0);
    }
    uv_run(&loop->uv, UV_RUN_ONCE);
    uv_timer_stop(&loop->timer);
}

void host_loop_wake(struct host_loop *loop) { uv_async_send(&loop->wake); }

static void host_poll_called(uv_poll_t *uv, int status, int events)
{
    (void)status; // an error also makes the descriptor ready: the call will tell
    (void)events;
    struct host_poll *poll = uv->data;
    uv_poll_stop(uv);
    poll->ready(poll->arg);
}

static int host_poll_epoll(int fd, bool write)
{
    struct epoll_event event = {.events = write ? EPOLLOUT : EPOLLIN | EPOLLRDHUP};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) {
        close(epoll); // a regular file, or the like
        return -1;
    }
    return epoll;
}

struct host_poll *host_poll_start(struct host_loop *loop, int fd, bool write,
                                  void (*ready)(void *arg), void *arg)
{
    struct host_poll *poll = calloc(1, sizeof *poll);
    if (!poll)
        return NULL;
    poll->ready = ready;
    poll->arg = arg;
    poll->uv.data = poll;
    poll->epoll = host_poll_epoll(fd, write);
    if (poll->epoll < 0) {
        free(poll);
        return NULL;
    }
    if (uv_poll_init(&loop->uv, &poll->uv, poll->epoll)) {
        close(poll->epoll);
        free(poll);
        return NULL;
    }
    uv_poll_start(&poll->uv, UV_READABLE, host_poll_called);
    return poll;
}

static void host_poll_closed(uv_handle_t *handle) { free(handle->data); }

void host_poll_stop(struct host_poll *poll)
{
    uv_close((uv_handle_t *)&poll->uv, host_poll_closed);
    close(poll->epoll);
}

/* ---- Tasks ------------------------------------------------------------------------ */

void host_task_init(struct host_task *task, void (*run)(struct host_task *task))
{
    list_init(&task->link);
    task->run = run;
}

void host_loop_post(struct host_loop *loop, struct host_task *task)
{
    lock_acquire(&loop->lock);
    if (list_is_empty(&task->link))
        list_add_tail(&loop->tasks, &task->link);
    atomic_store(&loop->has_tasks, true);
    lock_release(&loop->lock);
}

bool host_loop_has_tasks(const struct host_loop *loop)
{
    return atomic_load(&loop->has_tasks);
}

void host_loop_run_tasks(struct host_loop *loop)
{
    for (;;) {
        lock_acquire(&loop->lock);
        struct list *first = list_pop(&loop->tasks);
        if (!first)
            atomic_store(&loop->has_tasks, false);
        lock_release(&loop->lock);
        if (!first)
            return;
        struct host_task *task = LIST_ENTRY(first, struct host_task, link);
        task->run(task);
    }
}

struct host_watch {
    uv_poll_t uv;
    struct host_loop *loop;
    struct host_task *task;
};

static void host_watch_called(uv_poll_t *uv, int status, int events)
{
    (void)status;
    (void)events;
    struct host_watch *watch = uv->data;
    host_loop_post(watch->loop, watch->task);
}

struct host_watch *host_watch_start(struct host_loop *loop, int fd,
                                    struct host_task *task)
{
    struct host_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->loop = loop;
    watch->task = task;
    watch->uv.data = watch;
    if (uv_poll_init(&loop->uv, &watch->uv, fd)) {
        free(watch);
        return NULL;
    }
    uv_poll_start(&watch->uv, UV_READABLE, host_watch_called);
    return watch;
}

static void host_watch_closed(uv_handle_t *handle) { free(handle->data); }

void host_watch_stop(struct host_watch *watch)
{
    uv_close((uv_handle_t *)&watch->uv, host_watch_closed);
}

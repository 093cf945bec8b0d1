/* host_engine.c: see host_engine.h: the descriptors, the timer, the work of a turn. What
 * becomes of each exchange is in host_engine_course.c. */
#include "net/host_engine.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/kernel.h"
#include "kernel/worker.h"
#include "net/exchange.h"
#include "net/host_engine_inside.h"
#include "net/host_transfer.h"
#include "net/net.h"

enum { ENGINE_EVENTS = 64, ENGINE_KICKS = 16, ENGINE_IDLE_CONNECTIONS = 64 };

/* What the upper half of an event's data says the descriptor is. */
static const uint64_t engine_mark_curl = UINT64_C(0) << 32,
                      engine_mark_names = UINT64_C(1) << 32,
                      engine_mark_timer = UINT64_C(2) << 32;

/* ---- Libcurl's descriptors and timer ---------------------------------------------- */

static int engine_socket_changed(CURL *easy, curl_socket_t fd, int what, void *engine,
                                 void *known)
{
    (void)easy;
    struct engine *e = engine;
    struct epoll_event event = {.data.u64 = engine_mark_curl | (uint32_t)fd};
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(e->epoll, EPOLL_CTL_DEL, fd, NULL); // it may be closed already
        e->lib->multi_assign(e->multi, fd, NULL);
        return 0;
    }
    event.events =
        (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (!known || epoll_ctl(e->epoll, EPOLL_CTL_MOD, fd, &event))
        epoll_ctl(e->epoll, EPOLL_CTL_ADD, fd, &event);
    e->lib->multi_assign(e->multi, fd, e);
    return 0;
}

static int engine_timer_changed(CURLM *multi, long timeout_ms, void *engine)
{
    (void)multi;
    struct engine *e = engine;
    e->due_ns = timeout_ms < 0    ? UINT64_MAX
                : timeout_ms == 0 ? 0
                                  : host_clock_mono() + (uint64_t)timeout_ms * 1000000;
    return 0;
}

/* ---- Making and ending ------------------------------------------------------------ */

/* Undoes engine_open, in part or whole. */
static void engine_close(struct engine *e)
{
    ASSERT(list_is_empty(&e->transfers) && list_is_empty(&e->early));
    if (!e->lib)
        return;
    resolver_fini(&e->names);
    if (e->multi)
        e->lib->multi_cleanup(e->multi);
    if (e->watch)
        host_watch_stop(e->watch);
    if (e->timer >= 0)
        close(e->timer);
    if (e->epoll >= 0)
        close(e->epoll);
    e->epoll = e->timer = -1;
    e->multi = NULL;
    e->watch = NULL;
    e->lib = NULL;
}

/* Makes what is not there yet. */
static bool engine_open(struct engine *e)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = engine_mark_timer};
    if (e->lib)
        return true;
    e->lib = e->net->lib;
    e->due_ns = e->armed_ns = UINT64_MAX;
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    e->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (e->epoll < 0 || e->timer < 0 ||
        epoll_ctl(e->epoll, EPOLL_CTL_ADD, e->timer, &event))
        return false;
    e->multi = e->lib->multi_init();
    if (!e->multi)
        return false;
    e->lib->multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, engine_socket_changed);
    e->lib->multi_setopt(e->multi, CURLMOPT_SOCKETDATA, e);
    e->lib->multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, engine_timer_changed);
    e->lib->multi_setopt(e->multi, CURLMOPT_TIMERDATA, e);
    e->lib->multi_setopt(e->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    e->lib->multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)ENGINE_IDLE_CONNECTIONS);
    e->names =
        (struct resolver){.lib = e->lib, .epoll = e->epoll, .mark = engine_mark_names};
    e->watch = host_watch_start(worker_loop(atomic_load(&e->home)), e->epoll, &e->task);
    return e->watch != NULL;
}

/* ---- The inbox -------------------------------------------------------------------- */

static struct exchange *engine_next(struct engine *e)
{
    lock_acquire(&e->lock);
    struct list *first = list_pop(&e->inbox);
    lock_release(&e->lock);
    return first ? LIST_ENTRY(first, struct exchange, inbox) : NULL;
}

/* The host gives no descriptors or memory. */
static void engine_fail_all(struct engine *e)
{
    struct exchange *x;
    while ((x = engine_next(e))) {
        exchange_finish(x, 27, "Out of memory");
        engine_let_go(e, x);
    }
}

static void engine_empty_inbox(struct engine *e)
{
    struct exchange *x;
    while ((x = engine_next(e)))
        engine_attend(e, x);
}

/* ---- Its work --------------------------------------------------------------------- */

static void engine_event(struct engine *e, const struct epoll_event *event)
{
    uint64_t mark = event->data.u64 >> 32 << 32;
    int fd = (int)(uint32_t)event->data.u64, running;
    bool in = event->events & (EPOLLIN | EPOLLERR | EPOLLHUP);
    bool out = event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP);
    if (mark == engine_mark_curl) {
        int what = (in ? CURL_CSELECT_IN : 0) | (out ? CURL_CSELECT_OUT : 0) |
                   (event->events & EPOLLERR ? CURL_CSELECT_ERR : 0);
        e->lib->multi_socket_action(e->multi, fd, what, &running);
    } else if (mark == engine_mark_names) {
        resolver_process(&e->names, fd, in, out);
    } else {
        uint64_t times;
        if (read(e->timer, &times, sizeof times) > 0)
            resolver_process(&e->names, -1, false, false);
        e->armed_ns = UINT64_MAX;
    }
}

static void engine_kick(struct engine *e)
{
    for (int i = 0; i < ENGINE_KICKS && e->due_ns <= host_clock_mono(); i++) {
        int running;
        e->due_ns = UINT64_MAX;
        e->lib->multi_socket_action(e->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

static void engine_take_results(struct engine *e)
{
    int left;
    CURLMsg *message;
    while ((message = e->lib->multi_info_read(e->multi, &left))) {
        struct transfer *t;
        CURLcode result = message->data.result; // gone once the handle is removed
        if (message->msg != CURLMSG_DONE)
            continue;
        e->lib->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
        transfer_finish(t, result);
        engine_drop(e, t);
    }
}

static void engine_pause_full(struct engine *e)
{
    struct list *first;
    while ((first = list_pop(&e->full)))
        transfer_pause(LIST_ENTRY(first, struct transfer, full_link));
}

static uint64_t engine_earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* Ends those that libcurl has not yet and whose time is over; it sees to the others. */
static void engine_expire(struct engine *e)
{
    uint64_t now = host_clock_mono();
    struct list *next = NULL, *link = list_first(&e->early);
    for (; link; link = next) {
        struct transfer *t = LIST_ENTRY(link, struct transfer, link);
        next = list_next(&e->early, link);
        if (transfer_deadline(t) > now)
            continue;
        transfer_expire(t);
        engine_drop(e, t);
    }
}

static void engine_arm(struct engine *e)
{
    int resolver_ms = resolver_timeout_ms(&e->names);
    uint64_t next = e->due_ns;
    if (resolver_ms >= 0)
        next = engine_earlier(next, host_clock_mono() + (uint64_t)resolver_ms * 1000000);
    struct list *link = list_first(&e->early);
    for (; link; link = list_next(&e->early, link))
        next = engine_earlier(next,
                              transfer_deadline(LIST_ENTRY(link, struct transfer, link)));
    if (next == e->armed_ns)
        return;
    e->armed_ns = next;
    uint64_t at = next == UINT64_MAX ? 0 : next ? next : 1; // 0 turns it off
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(at / 1000000000),
                                           .tv_nsec = (long)(at % 1000000000)}};
    timerfd_settime(e->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void engine_work(struct engine *e)
{
    struct epoll_event events[ENGINE_EVENTS];
    engine_empty_inbox(e);
    int count = epoll_wait(e->epoll, events, ENGINE_EVENTS, 0);
    for (int i = 0; i < count; i++)
        engine_event(e, &events[i]);
    engine_kick(e);
    engine_take_results(e);
    engine_expire(e);
    engine_pause_full(e);
    engine_arm(e);
}

static void engine_do(struct engine *e)
{
    if (atomic_load(&e->ending)) {
        engine_close(e);
        free(e);
    } else if (engine_open(e)) {
        engine_work(e);
    } else {
        engine_close(e);
        engine_fail_all(e);
    }
}

/* A thread of the embedder's that serves the worker may take signals: OpenSSL writes to
 * connections that the other side has closed. */
static void engine_run(struct host_task *task)
{
    sigset_t pipe, old;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    engine_do(CONTAINER_OF(task, struct engine, task));
    if (sigismember(&old, SIGPIPE))
        return;
    sigtimedwait(&pipe, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* ---- From outside ----------------------------------------------------------------- */

/* The first that uses it gives it a home. */
static bool engine_has_home(struct engine *e)
{
    struct worker *none = NULL, *here = host_worker();
    if (atomic_load(&e->home))
        return true;
    if (!worker_loop(here))
        return false;
    atomic_compare_exchange_strong(&e->home, &none, here);
    return true;
}

static void engine_nudge(struct exchange *x)
{
    struct engine *e = x->kernel->net->engine;
    lock_acquire(&e->lock);
    bool attached = x->attached;
    if (attached && list_is_empty(&x->inbox))
        list_add_tail(&e->inbox, &x->inbox);
    lock_release(&e->lock);
    if (attached)
        worker_post(atomic_load(&e->home), &e->task);
}

int engine_start(struct engine *e, struct exchange *x)
{
    if (!engine_has_home(e))
        return -ENOMEM;
    x->nudge = engine_nudge;
    x->attached = true;
    exchange_attach(x);
    engine_nudge(x);
    return 0;
}

struct engine *engine_new(struct net *net)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->net = net;
    host_task_init(&e->task, engine_run);
    lock_init(&e->lock, LOCK_STREAM);
    list_init(&e->inbox);
    list_init(&e->early);
    list_init(&e->transfers);
    list_init(&e->full);
    e->epoll = e->timer = -1;
    return e;
}

void engine_end(struct engine *e)
{
    struct worker *home = atomic_load(&e->home);
    ASSERT(list_is_empty(&e->inbox));
    atomic_store(&e->ending, true);
    if (home)
        worker_post(home, &e->task);
    else
        free(e);
}

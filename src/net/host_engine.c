/* host_engine.c: see host_engine.h. */
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
#include "net/host_ask.h"
#include "net/host_resolver.h"
#include "net/host_transfer.h"
#include "net/net.h"

enum { ENGINE_EVENTS = 64, ENGINE_KICKS = 16, ENGINE_IDLE_CONNECTIONS = 64 };

/* What the upper half of an event's data says the descriptor is. */
static const uint64_t engine_mark_curl = UINT64_C(0) << 32,
                      engine_mark_names = UINT64_C(1) << 32,
                      engine_mark_timer = UINT64_C(2) << 32;

struct engine {
    struct net *net;             // const; may be gone once it is ending
    struct worker *_Atomic home; // NULL: none yet
    struct host_task task;       // of home
    atomic_bool ending;
    struct lock lock;  // rank LOCK_STREAM; guards inbox
    struct list inbox; // of exchange.inbox: to be looked at

    // home only
    const struct lib *lib; // NULL: it has done nothing yet
    CURLM *multi;
    int epoll, timer;
    struct host_watch *watch; // of epoll
    struct resolver names;
    struct list transfers; // of transfer.link
    struct list full;      // of transfer.full_link: to be paused
    uint64_t due_ns;       // libcurl's timer; UINT64_MAX: off
    uint64_t armed_ns;     // what `timer` is set to
};

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
    ASSERT(list_is_empty(&e->transfers));
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
    e->names = (struct resolver){
        .lib = e->lib, .epoll = e->epoll, .mark = engine_mark_names};
    e->watch = host_watch_start(worker_loop(atomic_load(&e->home)), e->epoll, &e->task);
    return e->watch != NULL;
}

/* ---- Exchanges -------------------------------------------------------------------- */

/* The exchange is no longer the engine's. */
static void engine_let_go(struct engine *e, struct exchange *x)
{
    lock_acquire(&e->lock);
    x->attached = false;
    list_remove(&x->inbox);
    lock_release(&e->lock);
    exchange_detach(x);
}

/* Nothing more is done for the exchange; a connection in use by it is closed. */
static void engine_drop(struct engine *e, struct transfer *t)
{
    struct exchange *x = t->x;
    if (t->query)
        resolver_forget(t->query);
    if (t->ask) {
        ask_forget(t->ask);
        ask_put(t->ask);
    }
    if (t->added)
        e->lib->multi_remove_handle(e->multi, t->easy);
    t->added = false;
    transfer_free(t);
    x->work = NULL;
    engine_let_go(e, x);
}

static long engine_limit(const struct engine *e, enum limit_id id)
{
    uint64_t value = limits_value(&e->net->kernel->limits, id);
    return value > INT32_MAX ? 0 : value ? (long)value : 1;
}

/* The addresses are known. */
static void engine_connect(struct engine *e, struct transfer *t,
                           const struct address *addresses, unsigned count)
{
    int err = transfer_set_addresses(t, addresses, count);
    if (!err) {
        err = transfer_prepare(t);
        e->lib->multi_setopt(e->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                             engine_limit(e, LIMIT_NET_CONNECTIONS));
        e->lib->multi_setopt(e->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                             engine_limit(e, LIMIT_NET_HOST_CONNECTIONS));
        t->added = !err && !e->lib->multi_add_handle(e->multi, t->easy);
        if (!t->added)
            exchange_finish(t->x, 27, "Out of memory");
    }
    if (!t->added)
        engine_drop(e, t);
}

static void engine_named(void *transfer, const struct address *found, unsigned count,
                         const char *reason)
{
    (void)reason;
    struct transfer *t = transfer;
    t->query = NULL;
    engine_connect(t->net->engine, t, found, count);
}

/* Has the embedder asked; the exchange waits. */
static void engine_ask(struct engine *e, struct transfer *t, enum ask_kind kind)
{
    t->ask = ask_new(t->x, kind);
    if (t->ask) {
        net_ask(e->net, t->ask);
        return;
    }
    exchange_finish(t->x, 27, "Out of memory");
    engine_drop(e, t);
}

/* The request may be made: where is its host? */
static void engine_find(struct engine *e, struct transfer *t)
{
    struct exchange *x = t->x;
    struct address found[TRANSFER_ADDRESSES];
    unsigned count = net_find_name(e->net, x->url.host, found, TRANSFER_ADDRESSES);
    if (x->url.address.family) {
        engine_connect(e, t, &x->url.address, 1);
    } else if (count) {
        engine_connect(e, t, found, count);
    } else if (e->net->lookup_hook) {
        engine_ask(e, t, ASK_LOOKUP);
    } else if (resolver_start(&e->names, buf_str(&e->net->dns), x->url.host, engine_named, t,
                              &t->query)) {
        exchange_finish(x, 27, "Out of memory");
        engine_drop(e, t);
    }
}

static void engine_answer(struct engine *e, struct transfer *t, const struct ask *ask)
{
    struct address found[TRANSFER_ADDRESSES];
    if (ask->kind == ASK_LOOKUP) {
        engine_connect(e, t, found, transfer_read_addresses(ask, found));
        return;
    }
    transfer_answer(t, ask);
    engine_drop(e, t);
}

/* The embedder has decided. */
static void engine_decided(struct engine *e, struct transfer *t, enum ask_verdict verdict)
{
    struct ask *ask = t->ask;
    t->ask = NULL;
    if (verdict == ASK_PASS) {
        engine_find(e, t);
    } else if (verdict == ASK_ANSWER) {
        engine_answer(e, t, ask);
    } else {
        transfer_refuse(t, t->x->url.host, ask->reply ? ask->reply : "out of memory");
        engine_drop(e, t);
    }
    ask_put(ask);
}

static void engine_begin(struct engine *e, struct exchange *x)
{
    struct transfer *t = transfer_new(e->net, x, &e->full);
    x->taken = true;
    if (!t) {
        exchange_finish(x, 27, "Out of memory");
        engine_let_go(e, x);
        return;
    }
    x->work = t;
    list_add_tail(&e->transfers, &t->link);
    if (e->net->request_hook)
        engine_ask(e, t, ASK_REQUEST);
    else
        engine_find(e, t);
}

/* The program or the embedder has done something, or it is new. */
static void engine_attend(struct engine *e, struct exchange *x)
{
    struct exchange_wants wants = exchange_look(x);
    struct transfer *t = x->work;
    if (wants.over && !x->taken) {
        x->taken = true;
        engine_let_go(e, x);
    } else if (wants.closed && t) {
        engine_drop(e, t);
    } else if (t && t->ask) {
        enum ask_verdict verdict = ask_get_verdict(t->ask);
        if (verdict != ASK_OPEN)
            engine_decided(e, t, verdict);
    } else if (t) {
        transfer_resume(t, wants.resume_in, wants.resume_out);
    } else if (!x->taken && wants.begin) {
        engine_begin(e, x);
    }
}

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

static void engine_arm(struct engine *e)
{
    int resolver_ms = resolver_timeout_ms(&e->names);
    uint64_t next = e->due_ns;
    if (resolver_ms >= 0) {
        uint64_t due = host_clock_mono() + (uint64_t)resolver_ms * 1000000;
        next = due < next ? due : next;
    }
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

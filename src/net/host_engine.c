/* host_engine.c: see host_engine.h. */
#include "net/host_engine.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/worker.h"
#include "net/exchange.h"
#include "net/host_resolver.h"
#include "net/host_transfer.h"
#include "net/net.h"

enum { ENGINE_EVENTS = 64, ENGINE_KICKS = 16, ENGINE_IDLE_CONNECTIONS = 64 };

/* What the upper half of an event's data says the descriptor is. */
static const uint64_t engine_mark_curl = UINT64_C(0) << 32,
                      engine_mark_names = UINT64_C(1) << 32,
                      engine_mark_timer = UINT64_C(2) << 32;

struct engine {
    struct net *net;
    const struct lib *lib;
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

static void engine_free(struct engine *e)
{
    ASSERT(list_is_empty(&e->transfers));
    resolver_fini(&e->names);
    if (e->multi)
        e->lib->multi_cleanup(e->multi);
    if (e->watch)
        host_watch_stop(e->watch);
    if (e->timer >= 0)
        close(e->timer);
    if (e->epoll >= 0)
        close(e->epoll);
    free(e);
}

static bool engine_open(struct engine *e)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = engine_mark_timer};
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
    e->names = (struct resolver){e->lib, e->epoll, engine_mark_names, NULL};
    e->watch = host_watch_start(atomic_load(&e->net->home), e->epoll, &e->net->task);
    return e->watch != NULL;
}

static struct engine *engine_new(struct net *net)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->net = net;
    e->lib = net->lib;
    e->epoll = e->timer = -1;
    e->due_ns = e->armed_ns = UINT64_MAX;
    list_init(&e->transfers);
    list_init(&e->full);
    if (engine_open(e))
        return e;
    engine_free(e);
    return NULL;
}

/* ---- Exchanges -------------------------------------------------------------------- */

/* Nothing more is done for the exchange; a connection in use by it is closed. */
static void engine_drop(struct engine *e, struct transfer *t)
{
    struct exchange *x = t->x;
    if (t->query)
        resolver_forget(t->query);
    if (t->added)
        e->lib->multi_remove_handle(e->multi, t->easy);
    t->added = false;
    transfer_free(t);
    x->work = NULL;
    exchange_detach(x);
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

static void engine_begin(struct engine *e, struct exchange *x)
{
    struct address found[TRANSFER_ADDRESSES];
    unsigned count = net_find_name(e->net, x->url.host, found, TRANSFER_ADDRESSES);
    struct transfer *t = transfer_new(e->net, x, &e->full);
    if (!t) {
        exchange_finish(x, 27, "Out of memory");
        exchange_detach(x);
        return;
    }
    x->work = t;
    list_add_tail(&e->transfers, &t->link);
    if (x->url.address.family) {
        engine_connect(e, t, &x->url.address, 1);
    } else if (count) {
        engine_connect(e, t, found, count);
    } else if (resolver_start(&e->names, x->url.host, engine_named, t, &t->query)) {
        exchange_finish(x, 27, "Out of memory");
        engine_drop(e, t);
    }
}

/* The program has done something, or it is new. */
static void engine_attend(struct engine *e, struct exchange *x)
{
    struct exchange_wants wants = exchange_look(x);
    struct transfer *t = x->work;
    if (wants.closed && t) {
        engine_drop(e, t);
    } else if (t) {
        transfer_resume(t, wants.resume_in, wants.resume_out);
    } else if (!x->taken) {
        x->taken = true;
        if (wants.closed)
            exchange_detach(x);
        else
            engine_begin(e, x);
    }
}

static struct exchange *engine_next(struct net *net)
{
    lock_acquire(&net->lock);
    struct list *first = list_pop(&net->inbox);
    lock_release(&net->lock);
    return first ? LIST_ENTRY(first, struct exchange, inbox) : NULL;
}

/* There is no engine, and can't be one. */
static void engine_fail_all(struct net *net)
{
    struct exchange *x;
    while ((x = engine_next(net))) {
        if (!x->taken) {
            x->taken = true;
            exchange_finish(x, 27, "Out of memory");
            exchange_detach(x);
        }
        exchange_put(x);
    }
}

static void engine_empty_inbox(struct engine *e)
{
    struct exchange *x;
    while ((x = engine_next(e->net))) {
        engine_attend(e, x);
        exchange_put(x);
    }
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

static void engine_run(struct host_task *task)
{
    struct net *net = CONTAINER_OF(task, struct net, task);
    if (atomic_load(&net->word) == NET_CLOSING) {
        engine_fail_all(net);
        if (net->engine)
            engine_free(net->engine);
        net->engine = NULL;
        atomic_store(&net->word, NET_CLOSED); // net may be gone after this
        return;
    }
    if (!net->engine)
        net->engine = engine_new(net);
    if (net->engine)
        engine_work(net->engine);
    else
        engine_fail_all(net);
}

/* ---- From outside ----------------------------------------------------------------- */

static struct host_loop *engine_home(struct net *net)
{
    struct host_loop *home = atomic_load(&net->home), *none = NULL;
    if (home)
        return home;
    home = worker_loop(host_worker());
    if (!home)
        return NULL;
    return atomic_compare_exchange_strong(&net->home, &none, home) ? home : none;
}

static void engine_nudge(struct exchange *x)
{
    struct net *net = x->kernel->net;
    lock_acquire(&net->lock);
    if (list_is_empty(&x->inbox)) {
        atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed);
        list_add_tail(&net->inbox, &x->inbox);
    }
    lock_release(&net->lock);
    host_loop_post(atomic_load(&net->home), &net->task);
}

int engine_start(struct net *net, struct exchange *x)
{
    if (!engine_home(net))
        return -ENOMEM;
    x->nudge = engine_nudge;
    exchange_attach(x);
    engine_nudge(x);
    return 0;
}

void engine_init(struct net *net) { host_task_init(&net->task, engine_run); }

void engine_end(struct net *net)
{
    struct host_loop *home = atomic_load(&net->home);
    if (!home)
        return;
    atomic_store(&net->word, NET_CLOSING);
    host_loop_post(home, &net->task);
    while (atomic_load(&net->word) != NET_CLOSED)
        host_thread_yield();
}

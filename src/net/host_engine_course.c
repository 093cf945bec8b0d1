/* host_engine_course.c: the course of an exchange in the engine: the embedder is asked,
 * the name is looked up, libcurl has it, it is dropped. See host_engine.h. */
#include "kernel/host.h"
#include "kernel/kernel.h"
#include "net/exchange.h"
#include "net/host_ask.h"
#include "net/host_engine_inside.h"
#include "net/host_transfer.h"
#include "net/net.h"

void engine_let_go(struct engine *e, struct exchange *x)
{
    lock_acquire(&e->lock);
    x->attached = false;
    list_remove(&x->inbox);
    lock_release(&e->lock);
    exchange_detach(x);
}

void engine_drop(struct engine *e, struct transfer *t)
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
    if (!t->added) {
        engine_drop(e, t);
        return;
    }
    list_remove(&t->link);
    list_add_tail(&e->transfers, &t->link);
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
    t->find_ns = host_clock_mono();
    if (x->url.address.family) {
        engine_connect(e, t, &x->url.address, 1);
    } else if (count) {
        engine_connect(e, t, found, count);
    } else if (e->net->lookup_hook) {
        engine_ask(e, t, ASK_LOOKUP);
    } else if (resolver_start(&e->names, buf_str(&e->net->dns), x->url.host, engine_named,
                              t, &t->query)) {
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
    list_add_tail(&e->early, &t->link);
    if (e->net->request_hook)
        engine_ask(e, t, ASK_REQUEST);
    else
        engine_find(e, t);
}

void engine_attend(struct engine *e, struct exchange *x)
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

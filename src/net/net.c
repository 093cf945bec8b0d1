/* net.c: see net.h. */
#include "net/net.h"

#include <errno.h>

#include "kernel/kernel.h"
#include "net/host_ask.h"

struct net *net_new(struct kernel *k)
{
    struct net *net = kernel_alloc_zero(k, sizeof *net);
    if (!net)
        return NULL;
    net->kernel = k;
    policy_init(&net->policy, &k->kernel_heap);
    net->ca_file = buf_make(&k->kernel_heap);
    net->names = buf_make(&k->kernel_heap);
    lock_init(&net->lock, LOCK_STREAM);
    list_init(&net->asks);
    return net;
}

void net_free(struct net *net)
{
    net_tell(net, false);
    policy_fini(&net->policy);
    buf_fini(&net->ca_file);
    buf_fini(&net->names);
    kernel_free(net->kernel, net);
}

int net_add_name(struct net *net, const char *host, const char *address)
{
    struct url url;
    struct address a;
    struct buf text = buf_make(net->names.alloc);
    buf_addf(&text, "http://%s/", host);
    int err = text.failed ? -ENOMEM : url_parse(&url, buf_span(&text), text.alloc);
    buf_fini(&text);
    if (!err && (url.address.family || url.port != 80 || url.path_len != 1 ||
                 url.target.len != 1 || address_parse(span_of(address), &a)))
        err = -EINVAL;
    if (!err) {
        buf_add(&net->names, url.host, strlen(url.host) + 1);
        buf_add(&net->names, address, strlen(address) + 1);
        err = net->names.failed ? -ENOMEM : 0;
    }
    url_fini(&url);
    return err == -ENOMEM ? err : err ? -EINVAL : 0;
}

unsigned net_find_name(const struct net *net, const char *host, struct address *found,
                       unsigned max)
{
    unsigned count = 0;
    const char *at = buf_str(&net->names), *end = at + net->names.len;
    while (at < end && count < max) {
        const char *address = at + strlen(at) + 1;
        if (str_eq(at, host) && !address_parse(span_of(address), &found[count]))
            count++;
        at = address + strlen(address) + 1;
    }
    return count;
}

/* ---- Questions -------------------------------------------------------------------- */

void net_ask(struct net *net, struct ask *ask)
{
    lock_acquire(&net->lock);
    list_add_tail(&net->asks, &ask->link);
    lock_release(&net->lock);
    net->asked(net->kernel);
}

bool net_has_asks(struct net *net)
{
    lock_acquire(&net->lock);
    bool has = !list_is_empty(&net->asks);
    lock_release(&net->lock);
    return has;
}

void net_tell(struct net *net, bool tell)
{
    for (;;) {
        lock_acquire(&net->lock);
        struct list *first = list_pop(&net->asks);
        lock_release(&net->lock);
        if (!first)
            return;
        struct ask *ask = LIST_ENTRY(first, struct ask, link);
        if (!tell)
            ask_put(ask);
        else if (ask->kind == ASK_REQUEST)
            net->request_hook(net->request_arg, ask);
        else
            net->lookup_hook(net->lookup_arg, ask);
    }
}

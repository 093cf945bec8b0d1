/* net.c: see net.h. */
#include "net/net.h"

#include <errno.h>

#include "base/num.h"
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
    net->dns = buf_make(&k->kernel_heap);
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
    buf_fini(&net->dns);
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

/* ---- Servers for names ------------------------------------------------------------ */

enum { NET_DNS_PORT = 53, NET_DNS_MAX = 400 }; // bytes of the servers' text

static int net_parse_port(struct span text, unsigned *port)
{
    char digits[6] = "";
    int n;
    if (!text.len || text.len >= sizeof digits || !char_is_digit(text.ptr[0]))
        return -EINVAL;
    memcpy(digits, text.ptr, text.len);
    if (num_to_int(digits, &n) || n < 1 || n > 65535)
        return -EINVAL;
    *port = (unsigned)n;
    return 0;
}

/* "1.2.3.4", "1.2.3.4:53", "::1", "[::1]:53" or "[::1]". */
static int net_parse_server(struct span text, struct address *a, unsigned *port)
{
    bool literal = text.len && text.ptr[0] == '[';
    size_t end = span_find(text, literal ? ']' : ':');
    *port = NET_DNS_PORT;
    if (!literal && !address_parse(text, a))
        return 0;
    if (end == text.len ||
        address_parse(span_make(text.ptr + literal, end - literal), a) ||
        literal != (a->family == 6))
        return -EINVAL;
    struct span rest = span_from(text, end + literal);
    if (!rest.len)
        return 0;
    return rest.ptr[0] == ':' ? net_parse_port(span_from(rest, 1), port) : -EINVAL;
}

static int net_add_server(struct buf *list, struct span text)
{
    struct address a;
    unsigned port;
    char host[ADDRESS_TEXT_MAX];
    int err = net_parse_server(text, &a, &port);
    if (err)
        return err;
    address_format(&a, host);
    bool v6 = a.family == 6;
    buf_addf(list, "%s%s%s%s:%u", list->len ? "," : "", v6 ? "[" : "", host,
             v6 ? "]" : "", port);
    return list->failed ? -ENOMEM : list->len > NET_DNS_MAX ? -EINVAL : 0;
}

int net_set_dns(struct net *net, const char *servers)
{
    struct buf list = buf_make(net->dns.alloc);
    struct span text = span_of(servers);
    int err = 0;
    for (bool more = text.len > 0; more && !err;) {
        size_t comma = span_find(text, ',');
        err = net_add_server(&list, span_make(text.ptr, comma));
        more = comma < text.len;
        text = span_from(text, comma + 1);
    }
    if (err) {
        buf_fini(&list);
        return err;
    }
    buf_fini(&net->dns);
    net->dns = list;
    return 0;
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

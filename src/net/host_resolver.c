/* host_resolver.c: see host_resolver.h. */
#include "net/host_resolver.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/str.h"

enum { RESOLVER_MAX = 32, RESOLVER_TIMEOUT_MS = 5000, RESOLVER_TRIES = 3 };

struct resolver_query {
    struct resolver *names;
    resolver_fn *done; // NULL: forgotten
    void *arg;
};

static void resolver_socket(void *names, ares_socket_t fd, int read, int write)
{
    struct resolver *n = names;
    struct epoll_event event = {
        .events = (read ? EPOLLIN : 0u) | (write ? EPOLLOUT : 0u),
        .data.u64 = n->mark | (uint32_t)fd,
    };
    if (!event.events)
        epoll_ctl(n->epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(n->epoll, EPOLL_CTL_MOD, fd, &event))
        epoll_ctl(n->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* No search list, no aliases: a name means itself. Every option that the environment
 * could set is given. */
static int resolver_open(struct resolver *n, const char *servers)
{
    char lookups[] = "fb"; // the hosts file, then DNS
    if (n->channel && str_eq(n->servers, servers))
        return 0;
    resolver_fini(n);
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
        .timeout = RESOLVER_TIMEOUT_MS,
        .tries = RESOLVER_TRIES,
        .ndots = 1,
        .lookups = lookups,
        .sock_state_cb = resolver_socket,
        .sock_state_cb_data = n,
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
               ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_NOROTATE |
               ARES_OPT_SOCK_STATE_CB;
    if (n->lib->ares_init_options(&n->channel, &options, mask))
        return -ENOMEM;
    snprintf(n->servers, sizeof n->servers, "%s", servers);
    if (!*servers || !n->lib->ares_set_servers_ports_csv(n->channel, servers))
        return 0;
    resolver_fini(n);
    return -ENOMEM;
}

static unsigned resolver_collect(const struct ares_addrinfo *info, struct address *found)
{
    unsigned count = 0;
    const struct ares_addrinfo_node *node = info ? info->nodes : NULL;
    for (; node && count < RESOLVER_MAX; node = node->ai_next) {
        struct address *a = &found[count];
        *a = (struct address){0};
        const void *sa = node->ai_addr;
        if (node->ai_family == AF_INET) {
            a->family = 4;
            memcpy(a->bytes, &((const struct sockaddr_in *)sa)->sin_addr, 4);
        } else if (node->ai_family == AF_INET6) {
            a->family = 6;
            memcpy(a->bytes, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
        }
        count += a->family != 0;
    }
    return count;
}

static void resolver_answered(void *query, int status, int timeouts,
                              struct ares_addrinfo *info)
{
    (void)timeouts;
    struct resolver_query *q = query;
    const struct lib *lib = q->names->lib;
    struct address found[RESOLVER_MAX];
    unsigned count = status == ARES_SUCCESS ? resolver_collect(info, found) : 0;
    if (info)
        lib->ares_freeaddrinfo(info);
    if (q->done)
        q->done(q->arg, found, count, count ? NULL : lib->ares_strerror(status));
    free(q);
}

int resolver_start(struct resolver *n, const char *servers, const char *host,
                   resolver_fn *done, void *arg, struct resolver_query **query)
{
    const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC,
                                              .ai_socktype = SOCK_STREAM};
    int err = resolver_open(n, servers);
    struct resolver_query *q = err ? NULL : calloc(1, sizeof *q);
    if (!q)
        return -ENOMEM;
    *q = (struct resolver_query){n, done, arg};
    *query = q;
    n->lib->ares_getaddrinfo(n->channel, host, NULL, &hints, resolver_answered, q);
    return 0;
}

void resolver_forget(struct resolver_query *query) { query->done = NULL; }

void resolver_process(struct resolver *n, int fd, bool read, bool write)
{
    if (n->channel)
        n->lib->ares_process_fd(n->channel, read ? fd : ARES_SOCKET_BAD,
                                write ? fd : ARES_SOCKET_BAD);
}

int resolver_timeout_ms(struct resolver *n)
{
    struct timeval time;
    if (!n->channel || !n->lib->ares_timeout(n->channel, NULL, &time))
        return -1;
    return (int)(time.tv_sec * 1000 + (time.tv_usec + 999) / 1000);
}

void resolver_fini(struct resolver *n)
{
    if (n->channel)
        n->lib->ares_destroy(n->channel);
    n->channel = NULL;
}

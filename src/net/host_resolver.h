/* host_resolver.h: names looked up over c-ares. Home thread only.
 *
 * The channel's sockets are watched through one epoll descriptor of the owner's, with
 * the given mark in the upper half of the event's data. Variables of the host's
 * environment (RES_OPTIONS, LOCALDOMAIN, HOSTALIASES) change nothing. Must not know: what
 * the addresses are for. */
#ifndef NET_HOST_RESOLVER_H
#define NET_HOST_RESOLVER_H

#include <stdint.h>

#include "base/base.h"
#include "net/address.h"
#include "net/host_lib.h"

struct resolver_query;

enum { RESOLVER_SERVERS_MAX = 512 }; // bytes of their text, the NUL included

struct resolver {
    const struct lib *lib;
    int epoll;
    uint64_t mark;
    ares_channel channel;               // NULL: made at the first query
    char servers[RESOLVER_SERVERS_MAX]; // of the channel
};

/* Called with the addresses of a host, once: count 0 with the reason. */
typedef void resolver_fn(void *arg, const struct address *found, unsigned count,
                         const char *reason);

/* Looks host up in the hosts file, and then by servers ("1.2.3.4:53,[::1]:5353"; "": the
 * host's). Other servers than before: no query is under way. done is
 * called once, perhaps before this returns, unless resolver_forget
 * was called first. -ENOMEM: done was not and will not be called. */
MUST_CHECK int resolver_start(struct resolver *n, const char *servers, const char *host,
                              resolver_fn *done, void *arg,
                              struct resolver_query **query);
void resolver_forget(struct resolver_query *query);

/* Something can be read or written on fd (-1: only time has passed). */
void resolver_process(struct resolver *n, int fd, bool read, bool write);

/* Milliseconds until resolver_process must be called; -1: no matter. */
int resolver_timeout_ms(struct resolver *n);
void resolver_fini(struct resolver *n);

#endif

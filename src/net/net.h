/* net.h: the network of one sandbox: what it may reach, and how that was set up.
 *
 * Made when something is first allowed; kernel.net points to it. Set up between runs,
 * const while one is in progress.  Must
 * not know: the transport. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/list.h"
#include "kernel/lock.h"
#include "net/policy.h"

struct ask;
struct engine;
struct kernel;
struct lib;

struct net {
    // const while a run is in progress
    struct kernel *kernel;
    struct policy policy;
    struct buf ca_file;    // path of the trust anchors; "": the system's
    struct buf names;      // "host\0address\0" of those that are not looked up
    struct buf dns;        // "1.2.3.4:53,[::1]:53": the servers asked; "": the host's
    const struct lib *lib; // the transport; NULL: could not be loaded

    /* Whom the engine asks instead of the network and of DNS; NULL: nobody. Called by
     * net_tell. */
    void (*request_hook)(void *arg, struct ask *ask);
    void (*lookup_hook)(void *arg, struct ask *ask);
    void *request_arg, *lookup_arg;
    void (*asked)(struct kernel *k); // there is something for net_tell

    struct engine *engine; // what does it all

    struct lock lock; // rank LOCK_STREAM; guards asks
    struct list asks; // of ask.link: to be told
};

/* NULL: no memory. */
struct net *net_new(struct kernel *k);
void net_free(struct net *net); // engine_end comes before it

/* Adds an address for a host, which is then not looked up; several are tried in turn.
 * -EINVAL: no address, or no host; -ENOMEM. */
MUST_CHECK int net_add_name(struct net *net, const char *host, const char *address);

/* Sets the servers that are asked for names: addresses, perhaps with ports, separated by
 * commas; "": the host's. -EINVAL: something else; -ENOMEM. */
MUST_CHECK int net_set_dns(struct net *net, const char *servers);

/* The addresses added for host, up to max; gives how many. */
unsigned net_find_name(const struct net *net, const char *host, struct address *found,
                       unsigned max);

/* Calls the hooks for what was asked since the last time; tell false: forgets it. A host
 * thread. */
void net_tell(struct net *net, bool tell);
bool net_has_asks(struct net *net);

/* Puts ask, with the embedder's count, up for net_tell. */
void net_ask(struct net *net, struct ask *ask);

#endif

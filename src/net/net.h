/* net.h: the network of one sandbox: what it may reach, and how that was set up.
 *
 * Made when something is first allowed; kernel.net points to it. Set up between runs,
 * const while one is in progress. The driver's part is the engine's (host_engine.c). Must
 * not know: the transport. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/list.h"
#include "kernel/host_loop.h"
#include "kernel/lock.h"
#include "net/policy.h"

struct engine;
struct kernel;
struct lib;

struct net {
    // const while a run is in progress
    struct kernel *kernel;
    struct policy policy;
    struct buf ca_file;    // path of the trust anchors; "": the system's
    struct buf names;      // "host\0address\0" of those that are not looked up
    const struct lib *lib; // the transport; NULL: could not be loaded

    // the engine's
    struct host_loop *_Atomic home; // the loop that drives it; NULL: none yet
    struct host_task task;
    struct engine *engine; // home thread
    struct lock lock;      // rank LOCK_STREAM; guards inbox
    struct list inbox;     // of exchange.inbox: to be looked at
    atomic_uint word;      // of enum net_word: a futex
};

enum net_word { NET_OPEN, NET_CLOSING, NET_CLOSED };

/* NULL: no memory. */
struct net *net_new(struct kernel *k);
void net_free(struct net *net); // the engine has ended

/* Adds an address for a host, which is then not looked up; several are tried in turn.
 * -EINVAL: no address, or no host; -ENOMEM. */
MUST_CHECK int net_add_name(struct net *net, const char *host, const char *address);

/* The addresses added for host, up to max; gives how many. */
unsigned net_find_name(const struct net *net, const char *host, struct address *found,
                       unsigned max);

#endif

/* host_engine_inside.h: what the files of the engine share. */
#ifndef NET_HOST_ENGINE_INSIDE_H
#define NET_HOST_ENGINE_INSIDE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "kernel/host_loop.h"
#include "kernel/lock.h"
#include "net/host_lib.h"
#include "net/host_resolver.h"

struct exchange;
struct host_watch;
struct net;
struct transfer;
struct worker;

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
    struct list early;     // of transfer.link: those that libcurl has not yet
    struct list transfers; // the others
    struct list full;      // of transfer.full_link: to be paused
    uint64_t due_ns;       // libcurl's timer; UINT64_MAX: off
    uint64_t armed_ns;     // what `timer` is set to
};

/* The program or the embedder has done something about the exchange, or it is new. */
void engine_attend(struct engine *e, struct exchange *x);

/* The exchange is no longer the engine's. */
void engine_let_go(struct engine *e, struct exchange *x);

/* Nothing more is done for the transfer; a connection in use by it is closed. */
void engine_drop(struct engine *e, struct transfer *t);

#endif

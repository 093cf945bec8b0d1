/* host_engine.h: does the exchanges of a sandbox, over libcurl and c-ares.
 *
 * One engine, one multi handle for a sandbox, so that sandboxes share no connection, no
 * session and no cache. It lives on the thread of one worker, its home: there its
 * descriptors are watched, and its work is done on the worker's own stack between two
 * processes. Others only put exchanges into its inbox.
 * Must not know: how exchanges are opened. */
#ifndef NET_HOST_ENGINE_H
#define NET_HOST_ENGINE_H

#include "base/base.h"

struct exchange;
struct net;

/* Before anything else. Any thread. */
void engine_init(struct net *net);

/* Takes up an exchange that policy has allowed. Own fiber. -ENOMEM. */
MUST_CHECK int engine_start(struct net *net, struct exchange *x);

/* Ends the engine and waits until its home has given all up. No exchange is left. A host
 * thread. */
void engine_end(struct net *net);

#endif

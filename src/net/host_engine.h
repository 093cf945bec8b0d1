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

struct engine;
struct exchange;
struct net;

/* Makes the engine of net, which has to be set up before the first exchange. Any thread.
 * NULL: no memory. */
struct engine *engine_new(struct net *net);

/* Takes up an exchange that policy has allowed. Own fiber. -ENOMEM. */
MUST_CHECK int engine_start(struct engine *e, struct exchange *x);

/* Gives the engine up, which has no exchange left: its home ends it when it next looks,
 * the runtime at the latest. Touches nothing of the sandbox any more. Any thread. */
void engine_end(struct engine *e);

#endif

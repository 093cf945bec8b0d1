/* host_ask.h: a question to the embedder: may this request be made, where is this host?
 *
 * It owns copies of all that is asked and answered, in the host's memory: the embedder
 * may answer from any thread at any time, also when nobody waits any more. Counted: one
 * count is the engine's, one the embedder's, which the answer takes.
 * Must not know: shoal.h, how the answer is used. */
#ifndef NET_HOST_ASK_H
#define NET_HOST_ASK_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/lock.h"

struct exchange;

enum ask_kind { ASK_REQUEST, ASK_LOOKUP };
enum ask_verdict { ASK_OPEN, ASK_PASS, ASK_REFUSE, ASK_ANSWER };

struct ask {
    // const
    enum ask_kind kind;
    char *method, *url; // of ASK_LOOKUP: url is the host
    char *headers;      // lines, each with its NUL, and an empty one
    char *body;
    size_t body_len;

    struct list link; // in net.asks, until it was told
    atomic_uint refs;
    struct lock lock;   // rank LOCK_PIPE; guards the rest
    struct exchange *x; // that waits; NULL: none any more
    enum ask_verdict verdict;
    int status;          // ASK_ANSWER: of HTTP
    char *reply_headers; // the same
    char *reply;         // the body; the addresses; or the reason, NUL-ended
    size_t reply_len;
};

/* A question of x with a count each for both sides. NULL: no memory. */
struct ask *ask_new(struct exchange *x, enum ask_kind kind);
void ask_put(struct ask *ask);

/* x does not wait any more. */
void ask_forget(struct ask *ask);
enum ask_verdict ask_get_verdict(struct ask *ask);

/* The embedder's answer, which takes its count. Any thread. -ENOMEM: there was none,
 * and it is as if ASK_REFUSE had been given. */
int ask_decide(struct ask *ask, enum ask_verdict verdict, int status, const char *headers,
               const void *reply, size_t len);

#endif

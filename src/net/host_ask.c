/* host_ask.c: see host_ask.h. */
#include "net/host_ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/exchange.h"

/* A copy with a NUL behind it. */
static char *ask_copy(const void *data, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        return NULL;
    memcpy(copy, len ? data : "", len);
    copy[len] = '\0';
    return copy;
}

static char *ask_copy_url(struct exchange *x, enum ask_kind kind)
{
    struct buf text = buf_make(x->url.target.alloc);
    if (kind == ASK_LOOKUP)
        buf_add_str(&text, x->url.host);
    else
        url_text(&x->url, &text);
    char *copy = text.failed ? NULL : ask_copy(text.data, text.len);
    buf_fini(&text);
    return copy;
}

/* The body, which is left where it is. */
static char *ask_copy_body(struct exchange *x, size_t *len)
{
    lock_acquire(&x->lock);
    *len = x->out.used;
    char *copy = malloc(*len + 1);
    if (copy)
        ring_peek(&x->out, copy, *len);
    lock_release(&x->lock);
    return copy;
}

static void ask_free(struct ask *ask)
{
    free(ask->method);
    free(ask->url);
    free(ask->headers);
    free(ask->body);
    free(ask->reply_headers);
    free(ask->reply);
    free(ask);
}

struct ask *ask_new(struct exchange *x, enum ask_kind kind)
{
    struct ask *ask = calloc(1, sizeof *ask);
    if (!ask)
        return NULL;
    ask->kind = kind;
    ask->x = x;
    list_init(&ask->link);
    lock_init(&ask->lock, LOCK_PIPE);
    atomic_init(&ask->refs, 2);
    ask->method = ask_copy(buf_str(&x->method), x->method.len);
    ask->headers = ask_copy(x->headers.data, x->headers.len);
    ask->url = ask_copy_url(x, kind);
    ask->body = ask_copy_body(x, &ask->body_len);
    if (ask->method && ask->headers && ask->url && ask->body)
        return ask;
    ask_free(ask);
    return NULL;
}

void ask_put(struct ask *ask)
{
    if (atomic_fetch_sub_explicit(&ask->refs, 1, memory_order_acq_rel) == 1)
        ask_free(ask);
}

void ask_forget(struct ask *ask)
{
    lock_acquire(&ask->lock);
    ask->x = NULL;
    lock_release(&ask->lock);
}

enum ask_verdict ask_get_verdict(struct ask *ask)
{
    lock_acquire(&ask->lock);
    enum ask_verdict verdict = ask->verdict;
    lock_release(&ask->lock);
    return verdict;
}

int ask_decide(struct ask *ask, enum ask_verdict verdict, int status, const char *headers,
               const void *reply, size_t len)
{
    char *own_headers = ask_copy(headers, strlen(headers)), *own = ask_copy(reply, len);
    bool failed = !own_headers || !own;
    lock_acquire(&ask->lock);
    ask->verdict = failed ? ASK_REFUSE : verdict;
    ask->status = status;
    ask->reply_headers = own_headers;
    ask->reply = own;
    ask->reply_len = failed ? 0 : len;
    if (ask->x)
        ask->x->nudge(ask->x); // under the lock, so that it is not given up meanwhile
    lock_release(&ask->lock);
    ask_put(ask);
    return failed ? -ENOMEM : 0;
}

/* sys_net.c: the calls of the network. Documented in sys.h. */
#include <errno.h>

#include "base/fmt.h"
#include "kernel/door.h"
#include "kernel/fdtab.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "net/exchange.h"
#include "net/header.h"
#include "net/host_engine.h"
#include "net/net.h"
#include "net/policy.h"
#include "sys.h"

enum { HTTP_METHOD_MAX = 64, HTTP_HEADERS_MAX = 1 << 20 };

/* ---- A request is judged ---------------------------------------------------------- */

static void http_refuse(struct exchange *x, const char *why)
{
    exchange_finish(x, 7,
                    "Failed to connect to %s port %u: refused by the network policy (%s)",
                    x->url.host, x->url.port, why);
}

static int http_take_url(struct exchange *x, const char *url)
{
    int err = url_parse(&x->url, span_of(url), &x->kernel->kernel_heap);
    if (err == -EPROTONOSUPPORT) {
        size_t len = strcspn(url, ":");
        exchange_finish(x, 1, "Protocol \"%.*s\" not supported or disabled in libcurl",
                        (int)size_min(len, 100), url);
    } else if (err == -EPERM) {
        exchange_finish(x, 3, "URL rejected: credentials stand in it");
    } else if (err == -EINVAL) {
        exchange_finish(x, 3, "URL using bad/illegal format or missing URL");
    }
    return err;
}

static int http_take_headers(struct exchange *x, const char *const *headers)
{
    for (; headers && *headers; headers++) {
        if (header_check(*headers) || x->headers.len > HTTP_HEADERS_MAX) {
            exchange_finish(x, 43, "A header line is malformed or there are too many");
            return -EINVAL;
        }
        buf_add(&x->headers, *headers, strlen(*headers) + 1);
    }
    return x->headers.failed ? -ENOMEM : 0;
}

static int http_take_method(struct exchange *x, const char *method)
{
    struct span name = span_of(method);
    if (!header_is_token(name) || name.len > HTTP_METHOD_MAX) {
        exchange_finish(x, 43, "The request method is malformed");
        return -EINVAL;
    }
    buf_add_span(&x->method, name);
    return x->method.failed ? -ENOMEM : 0;
}

static int http_judge_headers(struct exchange *x)
{
    const char *line = buf_str(&x->headers), *end = line + x->headers.len;
    for (; line < end; line += strlen(line) + 1) {
        const char *why = policy_refuses_header(x->rule, &x->url, line, x->body_len);
        if (why) {
            http_refuse(x, why);
            return -EPERM;
        }
    }
    return 0;
}

/* Finds the rule that allows it. -EPERM: none does, and the exchange is over. */
static int http_judge(struct exchange *x)
{
    struct kernel *k = x->kernel;
    const char *why = "no network is allowed";
    if (k->deterministic)
        why = "deterministic mode has no network";
    else if (k->net)
        x->rule = policy_find(&k->net->policy, &x->url, buf_str(&x->method), &why);
    if (!x->rule) {
        http_refuse(x, why);
        return -EPERM;
    }
    if (limits_take(&k->limits, LIMIT_NET_REQUESTS, 1))
        return http_judge_headers(x);
    char text[120];
    limits_describe(&k->limits, LIMIT_NET_REQUESTS, text, sizeof text);
    exchange_finish(x, 7, "Failed to connect to %s port %u: %s", x->url.host, x->url.port,
                    text);
    return -EPERM;
}

/* Fills x in and starts it. -ENOMEM; else it has begun or is over. */
static int http_begin(struct exchange *x, const struct sys_http_request *request)
{
    x->body_len = request->body_len;
    x->flags = request->flags;
    x->connect_timeout_ns = request->connect_timeout_ns;
    x->out_ended = x->body_len == 0;
    x->held = x->kernel->net && x->kernel->net->request_hook;
    int err = http_take_url(x, request->url);
    if (!err)
        err = http_take_method(x, request->method);
    if (!err)
        err = http_take_headers(x, request->headers);
    if (!err)
        err = http_judge(x);
    if (!err)
        err = engine_start(x->kernel->net->engine, x);
    return err == -ENOMEM ? err : 0;
}

static int do_http_open(struct process *self, const struct sys_http_request *request)
{
    struct exchange *x;
    struct file *f;
    if (request->body_len < -1)
        return -EINVAL;
    int err = exchange_new(self->kernel, &x, &f);
    if (err)
        return err;
    err = http_begin(x, request);
    int fd = err ? err : fdtab_add(&self->fds, f, 0, true);
    if (fd < 0)
        file_put(f);
    return fd;
}

int sys_http_open(const struct sys_http_request *request)
{
    struct process *self = sys_enter(CALL_HTTP_OPEN);
    return (int)sys_leave(self, do_http_open(self, request));
}

/* ---- What came of it -------------------------------------------------------------- */

static struct exchange *http_exchange(struct process *self, int fd)
{
    return exchange_of(fdtab_file(&self->fds, fd));
}

int sys_http_end_body(int fd)
{
    struct process *self = sys_enter(CALL_HTTP_END_BODY);
    struct exchange *x = http_exchange(self, fd);
    if (x)
        exchange_end_body(x);
    return (int)sys_leave(self, x ? 0 : -EBADF);
}

static void http_copy_info(struct exchange *x, struct sys_http_info *info)
{
    lock_acquire(&x->lock);
    *info = x->info;
    lock_release(&x->lock);
}

static int do_http_wait(struct process *self, int fd, struct sys_http_info *info)
{
    struct exchange *x = http_exchange(self, fd);
    if (!x)
        return -EBADF;
    int err = exchange_wait(x);
    if (!err)
        http_copy_info(x, info);
    return err;
}

int sys_http_wait(int fd, struct sys_http_info *info)
{
    struct process *self = sys_enter(CALL_HTTP_WAIT);
    return (int)sys_leave(self, do_http_wait(self, fd, info));
}

int sys_http_info(int fd, struct sys_http_info *info)
{
    struct process *self = sys_enter(CALL_HTTP_INFO);
    struct exchange *x = http_exchange(self, fd);
    if (x)
        http_copy_info(x, info);
    return (int)sys_leave(self, x ? 0 : -EBADF);
}

/* Moves what is in b, a buffer of the exchange, to a block of the process. */
static int http_take(struct process *self, struct exchange *x, struct buf *b, char **text,
                     size_t *len)
{
    lock_acquire(&x->lock);
    struct buf taken = *b;
    *b = buf_make(taken.alloc);
    lock_release(&x->lock);
    char *block = heap_alloc(&self->heap, taken.len + 1);
    if (block) {
        memcpy(block, buf_str(&taken), taken.len);
        block[taken.len] = '\0';
        *text = block;
        *len = taken.len;
    }
    buf_fini(&taken);
    return block ? 0 : -ENOMEM;
}

int sys_http_headers(int fd, char **text, size_t *len)
{
    struct process *self = sys_enter(CALL_HTTP_HEADERS);
    struct exchange *x = http_exchange(self, fd);
    int err = x ? http_take(self, x, &x->headers_read, text, len) : -EBADF;
    return (int)sys_leave(self, err);
}

int sys_http_log(int fd, char **text, size_t *len)
{
    struct process *self = sys_enter(CALL_HTTP_LOG);
    struct exchange *x = http_exchange(self, fd);
    int err = x ? http_take(self, x, &x->log, text, len) : -EBADF;
    return (int)sys_leave(self, err);
}

int sys_http_certs(int fd, char **text, size_t *len)
{
    struct process *self = sys_enter(CALL_HTTP_CERTS);
    struct exchange *x = http_exchange(self, fd);
    int err = x ? http_take(self, x, &x->certs, text, len) : -EBADF;
    return (int)sys_leave(self, err);
}

/* network_hooks.c: requests and lookups that the embedder sees and decides. See shoal.h.
 * A struct shoal_request, or shoal_lookup, is a struct ask. */
#include <errno.h>
#include <string.h>

#include "net/host_ask.h"
#include "net/net.h"
#include "sandbox/error.h"
#include "sandbox/sandbox.h"
#include "shoal.h"

struct shoal_request {
    struct ask ask;
};

struct shoal_lookup {
    struct ask ask;
};

static void network_call_request(void *sandbox, struct ask *ask)
{
    struct shoal_sandbox *sb = sandbox;
    sb->request_hook(sb->request_arg, (struct shoal_request *)ask);
}

static void network_call_lookup(void *sandbox, struct ask *ask)
{
    struct shoal_sandbox *sb = sandbox;
    sb->lookup_hook(sb->lookup_arg, (struct shoal_lookup *)ask);
}

int shoal_net_set_hook(struct shoal_sandbox *sandbox,
                       void (*hook)(void *arg, struct shoal_request *request), void *arg)
{
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err) {
        sandbox->request_hook = hook;
        sandbox->request_arg = arg;
        sandbox->kernel.net->request_hook = hook ? network_call_request : NULL;
        sandbox->kernel.net->request_arg = sandbox;
    }
    lock_release(&sandbox->lock);
    return error_code(err);
}

int shoal_net_set_resolver(struct shoal_sandbox *sandbox,
                           void (*resolver)(void *arg, struct shoal_lookup *lookup),
                           void *arg)
{
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err) {
        sandbox->lookup_hook = resolver;
        sandbox->lookup_arg = arg;
        sandbox->kernel.net->lookup_hook = resolver ? network_call_lookup : NULL;
        sandbox->kernel.net->lookup_arg = sandbox;
    }
    lock_release(&sandbox->lock);
    return error_code(err);
}

const char *shoal_request_method(const struct shoal_request *request)
{
    return request->ask.method;
}

const char *shoal_request_url(const struct shoal_request *request)
{
    return request->ask.url;
}

const char *shoal_request_header(const struct shoal_request *request, unsigned index)
{
    const char *line = request->ask.headers;
    for (; *line && index; index--)
        line += strlen(line) + 1;
    return *line ? line : NULL;
}

const void *shoal_request_body(const struct shoal_request *request, size_t *len)
{
    *len = request->ask.body_len;
    return request->ask.body;
}

void shoal_request_pass(struct shoal_request *request)
{
    ask_decide(&request->ask, ASK_PASS, 0, "", "", 0);
}

void shoal_request_refuse(struct shoal_request *request, const char *reason)
{
    ask_decide(&request->ask, ASK_REFUSE, 0, "", reason, strlen(reason));
}

int shoal_request_answer(struct shoal_request *request, int status, const char *headers,
                         const void *body, size_t len)
{
    if (status < 200 || status > 999)
        return SHOAL_E_INVALID;
    return error_code(ask_decide(&request->ask, ASK_ANSWER, status, headers, body, len));
}

const char *shoal_lookup_host(const struct shoal_lookup *lookup)
{
    return lookup->ask.url;
}

int shoal_lookup_answer(struct shoal_lookup *lookup, const char *addresses)
{
    return error_code(
        ask_decide(&lookup->ask, ASK_ANSWER, 0, "", addresses, strlen(addresses)));
}

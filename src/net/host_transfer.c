/* host_transfer.c: see host_transfer.h; how a request is described to libcurl is in
 * host_request.c. */
#include "net/host_transfer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "net/exchange.h"
#include "net/host_ask.h"
#include "net/net.h"
#include "net/policy.h"
#include "sys.h"

struct transfer *transfer_new(const struct net *net, struct exchange *x,
                              struct list *full)
{
    struct account *account = &x->kernel->account;
    if (!account_take(account, TRANSFER_CHARGE))
        return NULL;
    struct transfer *t = calloc(1, sizeof *t);
    if (!t) {
        account_give(account, TRANSFER_CHARGE);
        return NULL;
    }
    t->net = net;
    t->lib = net->lib;
    t->x = x;
    t->full = full;
    list_init(&t->link);
    list_init(&t->full_link);
    return t;
}

void transfer_free(struct transfer *t)
{
    ASSERT(!t->added);
    if (t->easy)
        t->lib->easy_cleanup(t->easy);
    t->lib->slist_free_all(t->headers);
    t->lib->slist_free_all(t->resolve);
    list_remove(&t->link);
    list_remove(&t->full_link);
    account_give(&t->x->kernel->account, TRANSFER_CHARGE);
    free(t);
}

/* ---- Failures --------------------------------------------------------------------- */

/* Notes the first thing that a callback found wrong, in curl's terms. */
void transfer_fail(struct transfer *t, int error, const char *format, ...)
{
    if (t->error)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(t->message, sizeof t->message, format, args);
    va_end(args);
    t->error = error;
}

void transfer_fail_errno(struct transfer *t, int err)
{
    char text[120];
    if (err == -EDQUOT) {
        limits_describe(&t->x->kernel->limits, LIMIT_NET_BYTES, text, sizeof text);
        transfer_fail(t, 63, "%s", text);
    } else if (err == -EMSGSIZE) {
        limits_describe(&t->x->kernel->limits, LIMIT_NET_HEADERS, text, sizeof text);
        transfer_fail(t, 56, "Too large response headers: %s", text);
    } else if (err == -ENOMEM) {
        transfer_fail(t, 27, "Out of memory");
    } else {
        transfer_fail(t, 23, "Failure writing output to destination");
    }
}

/* ---- Addresses -------------------------------------------------------------------- */

static bool transfer_wants_family(const struct transfer *t, unsigned family)
{
    bool only_4 = t->x->flags & SYS_HTTP_IPV4, only_6 = t->x->flags & SYS_HTTP_IPV6;
    return only_4 == only_6 || (family == 4 ? only_4 : only_6);
}

int transfer_refuse(struct transfer *t, const char *host, const char *why)
{
    exchange_finish(t->x, 7,
                    "Failed to connect to %s port %u: refused by the network policy (%s)",
                    host, t->x->url.port, why);
    return -EPERM;
}

int transfer_set_addresses(struct transfer *t, const struct address *addresses,
                           unsigned count)
{
    const char *why = NULL;
    const struct url *u = &t->x->url;
    for (unsigned i = 0; i < count && t->address_count < TRANSFER_ADDRESSES; i++) {
        if (!transfer_wants_family(t, addresses[i].family))
            continue;
        const char *refused = policy_refuses_address(t->x->rule, &addresses[i]);
        if (!refused)
            t->addresses[t->address_count++] = addresses[i];
        else
            why = refused;
    }
    t->name_ns = (int64_t)(host_clock_mono() - t->x->start_ns);
    exchange_named(t->x, t->name_ns);
    if (t->address_count)
        return 0;
    if (why)
        return transfer_refuse(t, u->host, why);
    exchange_finish(t->x, 6, "Could not resolve host: %s", u->host);
    return -ENOENT;
}

unsigned transfer_read_addresses(const struct ask *ask,
                                 struct address found[TRANSFER_ADDRESSES])
{
    unsigned count = 0;
    struct span text = span_make(ask->reply, ask->reply_len);
    while (text.len && count < TRANSFER_ADDRESSES) {
        size_t len = 0;
        while (len < text.len && text.ptr[len] != ',' && text.ptr[len] != ' ')
            len++;
        count += address_parse(span_make(text.ptr, len), &found[count]) == 0;
        text = span_from(text, len + 1);
    }
    return count;
}

/* ---- Time ------------------------------------------------------------------------- */

enum { TRANSFER_CONNECT_S = 300 };

static uint64_t transfer_end_of_time(const struct transfer *t)
{
    uint64_t most = limits_value(&t->x->kernel->limits, LIMIT_NET_TIME);
    return most > UINT64_MAX - t->x->start_ns ? UINT64_MAX : t->x->start_ns + most;
}

static uint64_t transfer_end_of_connect(const struct transfer *t)
{
    int64_t most = t->x->connect_timeout_ns;
    return t->find_ns +
           (most > 0 ? (uint64_t)most : UINT64_C(1000000000) * TRANSFER_CONNECT_S);
}

static long transfer_ms_until(uint64_t moment_ns)
{
    uint64_t now = host_clock_mono();
    uint64_t left = moment_ns > now ? (moment_ns - now) / 1000000 : 0;
    return left < 1 ? 1 : left > INT32_MAX ? INT32_MAX : (long)left;
}

uint64_t transfer_deadline(const struct transfer *t)
{
    uint64_t end = transfer_end_of_time(t);
    uint64_t connect = t->find_ns ? transfer_end_of_connect(t) : UINT64_MAX;
    return connect < end ? connect : end;
}

void transfer_expire(struct transfer *t)
{
    uint64_t ns = host_clock_mono() - t->x->start_ns;
    exchange_finish(t->x, 28, "%s timed out after %llu milliseconds",
                    t->find_ns ? "Resolving" : "Operation",
                    (unsigned long long)(ns / 1000000));
}

long transfer_left_ms(const struct transfer *t)
{
    uint64_t end = transfer_end_of_time(t);
    return end == UINT64_MAX ? 0 : transfer_ms_until(end);
}

long transfer_connect_ms(const struct transfer *t)
{
    return transfer_ms_until(transfer_end_of_connect(t));
}

/* ---- The embedder's answer -------------------------------------------------------- */

static int transfer_answer_line(struct transfer *t, struct span line)
{
    int err = exchange_put_header(t->x, line.ptr, line.len);
    return err ? err : exchange_put_header(t->x, "\r\n", 2);
}

static int transfer_answer_headers(struct transfer *t, const struct ask *ask)
{
    char status[32];
    snprintf(status, sizeof status, "HTTP/1.1 %d ", ask->status);
    int err = transfer_answer_line(t, span_of(status));
    struct span text = span_of(ask->reply_headers);
    while (text.len && !err) {
        size_t end = span_find(text, '\n');
        struct span line = span_make(text.ptr, end);
        text = span_from(text, end + 1);
        while (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len)
            err = transfer_answer_line(t, line);
    }
    return err ? err : exchange_put_header(t->x, "\r\n", 2);
}

void transfer_answer(struct transfer *t, const struct ask *ask)
{
    struct sys_http_info info = {.status = ask->status,
                                 .version = 11,
                                 .length = (int64_t)ask->reply_len,
                                 .bytes_up = (int64_t)ask->body_len,
                                 .bytes_down = (int64_t)ask->reply_len};
    bool full;
    int err = transfer_answer_headers(t, ask);
    if (!err) {
        exchange_note(t->x, &info);
        exchange_headers_done(t->x);
        if (!(t->x->flags & SYS_HTTP_NO_BODY))
            err = exchange_put_body(t->x, ask->reply, ask->reply_len, &full);
    }
    if (err)
        transfer_fail_errno(t, err);
    exchange_finish(t->x, t->error, "%s", t->message);
}

/* ---- While it runs ---------------------------------------------------------------- */

void transfer_resume(struct transfer *t, bool in, bool out)
{
    if (!t->added || (!in && !out))
        return;
    if (in)
        t->is_paused = false;
    t->lib->easy_pause(t->easy, t->is_paused ? CURLPAUSE_RECV : CURLPAUSE_CONT);
}

void transfer_pause(struct transfer *t)
{
    if (!t->added || !exchange_pause(t->x))
        return;
    t->is_paused = true;
    t->lib->easy_pause(t->easy, CURLPAUSE_RECV);
}

static int64_t transfer_time(struct transfer *t, CURLINFO which)
{
    curl_off_t us = 0;
    t->lib->easy_getinfo(t->easy, which, &us);
    return us ? t->name_ns + (int64_t)us * 1000 : 0;
}

static int64_t transfer_number(struct transfer *t, CURLINFO which)
{
    curl_off_t number = 0;
    t->lib->easy_getinfo(t->easy, which, &number);
    return (int64_t)number;
}

static long transfer_long(struct transfer *t, CURLINFO which)
{
    long number = 0;
    t->lib->easy_getinfo(t->easy, which, &number);
    return number;
}

static void transfer_copy_text(struct transfer *t, CURLINFO which, char *dst, size_t cap)
{
    char *text = NULL;
    t->lib->easy_getinfo(t->easy, which, &text);
    size_t len = text ? strnlen(text, cap - 1) : 0;
    memcpy(dst, text ? text : "", len);
    dst[len] = '\0';
}

static int transfer_version(struct transfer *t)
{
    switch (transfer_long(t, CURLINFO_HTTP_VERSION)) {
    case CURL_HTTP_VERSION_1_0: return 10;
    case CURL_HTTP_VERSION_1_1: return 11;
    case CURL_HTTP_VERSION_2_0: return 20;
    default: return 0;
    }
}

/* Tells of the server's certificates, once they are known. */
static void transfer_note_certs(struct transfer *t)
{
    struct curl_certinfo *all = NULL;
    if (t->certs || !(t->x->flags & SYS_HTTP_CERTS))
        return;
    if (t->lib->easy_getinfo(t->easy, CURLINFO_CERTINFO, &all) || !all)
        return;
    t->certs = all->num_of_certs;
    for (int i = 0; i < all->num_of_certs; i++)
        for (struct curl_slist *item = all->certinfo[i]; item; item = item->next)
            exchange_put_cert(t->x, item->data);
}

void transfer_note(struct transfer *t)
{
    transfer_note_certs(t);
    struct sys_http_info i = {
        .status = (int)transfer_long(t, CURLINFO_RESPONSE_CODE),
        .version = transfer_version(t),
        .name_ns = t->name_ns,
        .connect_ns = transfer_time(t, CURLINFO_CONNECT_TIME_T),
        .tls_ns = transfer_time(t, CURLINFO_APPCONNECT_TIME_T),
        .pretransfer_ns = transfer_time(t, CURLINFO_PRETRANSFER_TIME_T),
        .first_byte_ns = transfer_time(t, CURLINFO_STARTTRANSFER_TIME_T),
        .bytes_up = transfer_number(t, CURLINFO_SIZE_UPLOAD_T),
        .bytes_down = transfer_number(t, CURLINFO_SIZE_DOWNLOAD_T),
        .header_bytes = transfer_long(t, CURLINFO_HEADER_SIZE),
        .request_bytes = transfer_long(t, CURLINFO_REQUEST_SIZE),
        .length = transfer_number(t, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T),
        .remote_port = (int)transfer_long(t, CURLINFO_PRIMARY_PORT),
        .local_port = (int)transfer_long(t, CURLINFO_LOCAL_PORT),
        .connects = (int)transfer_long(t, CURLINFO_NUM_CONNECTS),
        .tls_verify = transfer_long(t, CURLINFO_SSL_VERIFYRESULT),
        .certs = t->certs,
    };
    i.reused = i.connects == 0 && i.request_bytes > 0;
    transfer_copy_text(t, CURLINFO_PRIMARY_IP, i.remote_ip, sizeof i.remote_ip);
    transfer_copy_text(t, CURLINFO_LOCAL_IP, i.local_ip, sizeof i.local_ip);
    exchange_note(t->x, &i);
}

/* ---- Its end ---------------------------------------------------------------------- */

void transfer_finish(struct transfer *t, CURLcode result)
{
    transfer_note(t);
    if (!result && !t->error) {
        exchange_finish(t->x, 0, "%s", "");
        return;
    }
    const char *text =
        t->curl_message[0] ? t->curl_message : t->lib->easy_strerror(result);
    exchange_finish(t->x, t->error ? t->error : (int)result, "%s",
                    t->error ? t->message : text);
}

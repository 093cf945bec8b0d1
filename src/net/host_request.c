/* host_request.c: what libcurl is told of a request. See host_transfer.h.
 *
 * Nothing of the host is looked at: no proxy variables, no .netrc, no redirects, and the
 * URL is the one that policy has judged. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "net/exchange.h"
#include "net/header.h"
#include "net/host_callbacks.h"
#include "net/host_transfer.h"
#include "net/net.h"
#include "net/policy.h"
#include "sys.h"

/* Bytes that are read at once; few where they may become a thousand times as many before
 * the transfer can be paused. */
enum { REQUEST_BUFFER = 102400, REQUEST_PACKED_BUFFER = 16384 };

/* ---- The request ------------------------------------------------------------------ */

static int request_add_header(struct transfer *t, const char *line)
{
    struct curl_slist *list = t->lib->slist_append(t->headers, line);
    if (!list)
        return -ENOMEM;
    t->headers = list;
    return 0;
}

/* The program's header lines but those that the rule's secrets replace, and those. */
static int request_add_headers(struct transfer *t)
{
    struct exchange *x = t->x;
    const char *line = buf_str(&x->headers), *end = line + x->headers.len;
    bool has_coding = false;
    int err = 0;
    for (; line < end && !err; line += strlen(line) + 1) {
        struct span name = header_name(line);
        has_coding |= header_is_same(name, span_of("Transfer-Encoding"));
        if (!policy_has_secret(x->rule, name))
            err = request_add_header(t, line);
    }
    for (const char *secret = NULL;
         !err && (secret = policy_next_secret(x->rule, secret));)
        err = request_add_header(t, secret);
    if (!err && x->body_len < 0 && !has_coding && !(x->flags & SYS_HTTP_1_0))
        err = request_add_header(t, "Transfer-Encoding: chunked");
    return err;
}

/* The names and addresses that were looked up and judged, so that libcurl looks up
 * none. */
static int request_add_addresses(struct transfer *t)
{
    const struct url *u = &t->x->url;
    if (u->address.family)
        return 0;
    char entry[URL_HOST_MAX + 16 + TRANSFER_ADDRESSES * (ADDRESS_TEXT_MAX + 3)];
    int len = snprintf(entry, sizeof entry, "%s:%u:", u->host, u->port);
    for (unsigned i = 0; i < t->address_count; i++) {
        char text[ADDRESS_TEXT_MAX];
        address_format(&t->addresses[i], text);
        bool v6 = t->addresses[i].family == 6;
        len += snprintf(entry + len, sizeof entry - (size_t)len, "%s%s%s%s", i ? "," : "",
                        v6 ? "[" : "", text, v6 ? "]" : "");
    }
    t->resolve = t->lib->slist_append(NULL, entry);
    return t->resolve ? 0 : -ENOMEM;
}

static long request_version(unsigned flags)
{
    return flags & SYS_HTTP_1_0   ? CURL_HTTP_VERSION_1_0
           : flags & SYS_HTTP_1_1 ? CURL_HTTP_VERSION_1_1
           : flags & SYS_HTTP_2   ? CURL_HTTP_VERSION_2_0
                                  : CURL_HTTP_VERSION_NONE;
}

static void request_set_times(struct transfer *t)
{
    t->lib->easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, transfer_left_ms(t));
    t->lib->easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, transfer_connect_ms(t));
}

/* What there is of a body: a form as POST, an upload as PUT, whatever the method is
 * called. */
static void request_set_method(struct transfer *t)
{
    const struct exchange *x = t->x;
    const struct lib *lib = t->lib;
    const char *method = buf_str(&x->method);
    if (x->flags & SYS_HTTP_UPLOAD) {
        lib->easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
        lib->easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)x->body_len);
    } else if (x->body_len) {
        lib->easy_setopt(t->easy, CURLOPT_POST, 1L);
        lib->easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body_len);
    } else if (x->flags & SYS_HTTP_NO_BODY) {
        lib->easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    }
    lib->easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
}

static void request_set_callbacks(struct transfer *t)
{
    const struct lib *lib = t->lib;
    CURL *easy = t->easy;
    lib->easy_setopt(easy, CURLOPT_PRIVATE, t);
    lib->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->curl_message);
    lib->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback_open_socket);
    lib->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    lib->easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback_check_peer);
    lib->easy_setopt(easy, CURLOPT_PREREQDATA, t);
    lib->easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback_take_answer);
    lib->easy_setopt(easy, CURLOPT_WRITEDATA, t);
    lib->easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, callback_keep_keys);
    lib->easy_setopt(easy, CURLOPT_SSL_CTX_DATA, t);
    lib->easy_setopt(easy, CURLOPT_READFUNCTION, callback_give_body);
    lib->easy_setopt(easy, CURLOPT_READDATA, t);
    lib->easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback_take_header);
    lib->easy_setopt(easy, CURLOPT_HEADERDATA, t);
    if (t->x->flags & SYS_HTTP_VERBOSE) {
        lib->easy_setopt(easy, CURLOPT_VERBOSE, 1L);
        lib->easy_setopt(easy, CURLOPT_DEBUGFUNCTION, callback_log);
        lib->easy_setopt(easy, CURLOPT_DEBUGDATA, t);
    }
}

static int request_set_url(struct transfer *t)
{
    struct buf text = buf_make(t->x->url.target.alloc);
    url_text(&t->x->url, &text);
    int err = text.failed ? -ENOMEM : 0;
    if (!err && t->lib->easy_setopt(t->easy, CURLOPT_URL, buf_str(&text)))
        err = -ENOMEM;
    buf_fini(&text);
    return err;
}

/* Where there is a file of authorities, the folder of them is not looked at too: libcurl
 * then reads it once for all connections of the engine, which takes some 30 ms. */
static void request_set_trust(const struct transfer *t)
{
    const struct lib *lib = t->lib;
    bool own = t->net->ca_file.len > 0;
    lib->easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (own)
        lib->easy_setopt(t->easy, CURLOPT_CAINFO, buf_str(&t->net->ca_file));
    if (own || lib->version_info(CURLVERSION_NOW)->cainfo)
        lib->easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
}

/* On a connection that was open already, and turns out to be closed, libcurl sends the
 * request again. Whether the server has acted on the first is not known, so that is done
 * with those alone that ask for nothing to be changed. */
static bool request_may_repeat(const struct exchange *x)
{
    static const char *const safe[] = {"GET", "HEAD", "OPTIONS"};
    bool is_safe = false;
    for (size_t i = 0; i < COUNT_OF(safe); i++)
        is_safe |= str_eq(buf_str(&x->method), safe[i]);
    return is_safe && x->body_len == 0;
}

/* Whether it may go over a connection that is there. One that was made before has no
 * certificates to tell of. */
static bool request_may_share(const struct exchange *x)
{
    bool certs = x->url.https && (x->flags & SYS_HTTP_CERTS);
    return request_may_repeat(x) && !certs;
}

static void request_set_rest(struct transfer *t)
{
    const struct lib *lib = t->lib;
    CURL *easy = t->easy;
    lib->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    lib->easy_setopt(easy, CURLOPT_PROXY, "");
    lib->easy_setopt(easy, CURLOPT_NOPROXY, "*");
    lib->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    lib->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    lib->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    lib->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    lib->easy_setopt(easy, CURLOPT_BUFFERSIZE,
                     (long)(t->x->flags & SYS_HTTP_COMPRESSED ? REQUEST_PACKED_BUFFER
                                                              : REQUEST_BUFFER));
    lib->easy_setopt(easy, CURLOPT_HTTP_VERSION, request_version(t->x->flags));
    lib->easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    lib->easy_setopt(easy, CURLOPT_RESOLVE, t->resolve);
    if (t->x->flags & SYS_HTTP_COMPRESSED)
        lib->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, callback_codings);
    if (t->x->flags & SYS_HTTP_CERTS)
        lib->easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    if (!request_may_share(t->x))
        lib->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    request_set_trust(t);
}

int transfer_prepare(struct transfer *t)
{
    t->easy = t->lib->easy_init();
    if (!t->easy || request_add_headers(t) || request_add_addresses(t) ||
        request_set_url(t))
        return -ENOMEM;
    request_set_method(t);
    request_set_callbacks(t);
    request_set_times(t);
    request_set_rest(t);
    return 0;
}

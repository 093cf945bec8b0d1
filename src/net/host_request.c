/* host_request.c: what libcurl is told of a request, and what it tells back. See
 * host_transfer.h.
 *
 * Nothing of the host is looked at: no proxy variables, no .netrc, no redirects, and the
 * URL is the one that policy has judged. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "net/exchange.h"
#include "net/header.h"
#include "net/host_transfer.h"
#include "net/net.h"
#include "net/policy.h"
#include "sys.h"

enum { REQUEST_BUFFER = 102400, REQUEST_CONNECT_MS = 300000 };

/* ---- Where the connection goes ---------------------------------------------------- */

static bool request_read_address(const struct sockaddr *sa, struct address *a)
{
    *a = (struct address){0};
    if (sa->sa_family == AF_INET) {
        a->family = 4;
        memcpy(a->bytes, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    } else if (sa->sa_family == AF_INET6) {
        a->family = 6;
        memcpy(a->bytes, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
    }
    return a->family != 0;
}

static void request_refuse(struct transfer *t, const char *why)
{
    transfer_fail(t, 7,
                  "Failed to connect to %s port %u: refused by the network policy (%s)",
                  t->x->url.host, t->x->url.port, why);
}

/* The address that is really connected to is judged once more, whatever led to it. */
static curl_socket_t request_open_socket(void *transfer, curlsocktype purpose,
                                         struct curl_sockaddr *to)
{
    struct transfer *t = transfer;
    struct address a;
    const char *why = "no address";
    if (purpose == CURLSOCKTYPE_IPCXN && request_read_address(&to->addr, &a))
        why = policy_refuses_address(t->x->rule, &a);
    if (why) {
        request_refuse(t, why);
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Before the request is sent, also on a connection that another rule has opened. */
static int request_check_peer(void *transfer, char *remote, char *local, int remote_port,
                              int local_port)
{
    (void)local;
    (void)remote_port;
    (void)local_port;
    struct transfer *t = transfer;
    struct address a;
    const char *why = "no address";
    if (!address_parse(span_of(remote), &a))
        why = policy_refuses_address(t->x->rule, &a);
    if (!why) {
        transfer_note(t); // that there is a connection
        return CURL_PREREQFUNC_OK;
    }
    request_refuse(t, why);
    return CURL_PREREQFUNC_ABORT;
}

/* The variable SSLKEYLOGFILE of the host must not have the keys of connections written
 * down: libcurl's callback that does so is taken away again. */
static CURLcode request_keep_keys(CURL *easy, void *ssl_context, void *transfer)
{
    (void)easy;
    struct transfer *t = transfer;
    t->lib->ssl_CTX_set_keylog_callback(ssl_context, NULL);
    return CURLE_OK;
}

/* ---- Bytes ------------------------------------------------------------------------ */

static size_t request_take_answer(char *data, size_t size, size_t count, void *transfer)
{
    struct transfer *t = transfer;
    bool full;
    size_t len = size * count;
    int err = exchange_put_body(t->x, data, len, &full);
    if (err) {
        transfer_fail_errno(t, err);
        return 0;
    }
    if (full && list_is_empty(&t->full_link))
        list_add_tail(t->full, &t->full_link);
    return len;
}

static size_t request_give_body(char *data, size_t size, size_t count, void *transfer)
{
    struct transfer *t = transfer;
    int64_t got = exchange_take_body(t->x, data, size * count);
    if (got == -ENODATA)
        return 0;
    if (got == 0)
        return CURL_READFUNC_PAUSE;
    if (got < 0) {
        transfer_fail_errno(t, (int)got);
        return CURL_READFUNC_ABORT;
    }
    return (size_t)got;
}

/* Not zstd, whose decoder takes up to 128 MiB for one transfer, uncharged. */
static const char request_codings[] = "deflate, gzip, br";

static bool request_knows_coding(struct transfer *t, struct span line)
{
    static const char name[] = "content-encoding";
    struct span zstd = span_of("zstd");
    if (!(t->x->flags & SYS_HTTP_COMPRESSED) ||
        !header_is_same(span_make(line.ptr, span_find(line, ':')), span_of(name)))
        return true;
    for (; line.len >= zstd.len; line = span_from(line, 1))
        if (header_is_same(span_make(line.ptr, zstd.len), zstd))
            return false;
    return true;
}

static bool request_is_end(const char *line, size_t len)
{
    return len <= 2 && (len == 0 || line[0] == '\r' || line[0] == '\n');
}

static size_t request_take_header(char *line, size_t size, size_t count, void *transfer)
{
    struct transfer *t = transfer;
    size_t len = size * count;
    int err = exchange_put_header(t->x, line, len);
    if (err) {
        transfer_fail_errno(t, err);
        return 0;
    }
    if (!request_knows_coding(t, span_make(line, len))) {
        transfer_fail(t, 61,
                      "Unrecognized content encoding type. libcurl understands %s "
                      "content encodings.",
                      request_codings);
        return 0;
    }
    if (request_is_end(line, len)) {
        transfer_note(t);
        long status = 0;
        t->lib->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        if (status >= 200)
            exchange_headers_done(t->x);
    }
    return len;
}

/* ---- The log ---------------------------------------------------------------------- */

/* Whether a line of the log shows a secret, or what the program need not know. */
static bool request_hides(const struct transfer *t, struct span line)
{
    static const char *const own[] = {"Added ", "Hostname "}; // of names given to libcurl
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (span_starts(line, span_of(own[i])) &&
            span_find_span(line, span_of(" DNS cache")) < line.len)
            return true;
    const char *secret = NULL;
    while ((secret = policy_next_secret(t->x->rule, secret))) {
        struct span name = header_name(secret);
        struct span value = span_from(span_of(secret), name.len + 1);
        while (value.len && char_is_blank(value.ptr[0]))
            value = span_from(value, 1);
        if (span_find_span(line, value) < line.len ||
            header_is_same(span_make(line.ptr, span_find(line, ':')), name))
            return true;
    }
    return false;
}

static int request_log(CURL *easy, curl_infotype type, char *data, size_t len,
                       void *transfer)
{
    (void)easy;
    struct transfer *t = transfer;
    const char *mark = type == CURLINFO_TEXT         ? "* "
                       : type == CURLINFO_HEADER_OUT ? "> "
                       : type == CURLINFO_HEADER_IN  ? "< "
                                                     : NULL;
    struct span text = span_make(data, len);
    while (mark && text.len) {
        size_t end = span_find(text, '\n');
        struct span line = span_make(text.ptr, end);
        text = span_from(text, end + 1);
        if (line.len && line.ptr[line.len - 1] == '\r' && type == CURLINFO_TEXT)
            line.len--;
        if (!request_hides(t, line))
            exchange_put_log(t->x, mark, line);
    }
    return 0;
}

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

/* The milliseconds that are left of ns since the exchange was opened; at least one. */
static long request_left_ms(const struct transfer *t, uint64_t ns)
{
    uint64_t passed = host_clock_mono() - t->x->start_ns;
    uint64_t left = ns > passed ? (ns - passed) / 1000000 : 0;
    return left < 1 ? 1 : left > INT32_MAX ? INT32_MAX : (long)left;
}

static void request_set_times(struct transfer *t)
{
    uint64_t most = limits_value(&t->x->kernel->limits, LIMIT_NET_TIME);
    uint64_t connect = t->x->connect_timeout_ns > 0
                           ? (uint64_t)t->x->connect_timeout_ns
                           : UINT64_C(1000000) * REQUEST_CONNECT_MS;
    if (most != UINT64_MAX)
        t->lib->easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, request_left_ms(t, most));
    t->lib->easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, request_left_ms(t, connect));
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
    lib->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, request_open_socket);
    lib->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    lib->easy_setopt(easy, CURLOPT_PREREQFUNCTION, request_check_peer);
    lib->easy_setopt(easy, CURLOPT_PREREQDATA, t);
    lib->easy_setopt(easy, CURLOPT_WRITEFUNCTION, request_take_answer);
    lib->easy_setopt(easy, CURLOPT_WRITEDATA, t);
    lib->easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, request_keep_keys);
    lib->easy_setopt(easy, CURLOPT_SSL_CTX_DATA, t);
    lib->easy_setopt(easy, CURLOPT_READFUNCTION, request_give_body);
    lib->easy_setopt(easy, CURLOPT_READDATA, t);
    lib->easy_setopt(easy, CURLOPT_HEADERFUNCTION, request_take_header);
    lib->easy_setopt(easy, CURLOPT_HEADERDATA, t);
    if (t->x->flags & SYS_HTTP_VERBOSE) {
        lib->easy_setopt(easy, CURLOPT_VERBOSE, 1L);
        lib->easy_setopt(easy, CURLOPT_DEBUGFUNCTION, request_log);
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
    lib->easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)REQUEST_BUFFER);
    lib->easy_setopt(easy, CURLOPT_HTTP_VERSION, request_version(t->x->flags));
    lib->easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    lib->easy_setopt(easy, CURLOPT_RESOLVE, t->resolve);
    if (t->x->flags & SYS_HTTP_COMPRESSED)
        lib->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, request_codings);
    if (!request_may_repeat(t->x))
        lib->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (t->net->ca_file.len) {
        lib->easy_setopt(easy, CURLOPT_CAINFO, buf_str(&t->net->ca_file));
        lib->easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
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

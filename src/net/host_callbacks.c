/* host_callbacks.c: see host_callbacks.h. */
#include "net/host_callbacks.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "net/exchange.h"
#include "net/header.h"
#include "net/host_transfer.h"
#include "net/policy.h"
#include "sys.h"

/* ---- Where the connection goes ---------------------------------------------------- */

static bool callback_read_address(const struct sockaddr *sa, struct address *a)
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

static void callback_refuse(struct transfer *t, const char *why)
{
    transfer_fail(t, 7,
                  "Failed to connect to %s port %u: refused by the network policy (%s)",
                  t->x->url.host, t->x->url.port, why);
}

curl_socket_t callback_open_socket(void *transfer, curlsocktype purpose,
                                   struct curl_sockaddr *to)
{
    struct transfer *t = transfer;
    struct address a;
    const char *why = "no address";
    if (purpose == CURLSOCKTYPE_IPCXN && callback_read_address(&to->addr, &a))
        why = policy_refuses_address(t->x->rule, &a);
    if (why) {
        callback_refuse(t, why);
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

int callback_check_peer(void *transfer, char *remote, char *local, int remote_port,
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
    callback_refuse(t, why);
    return CURL_PREREQFUNC_ABORT;
}

CURLcode callback_keep_keys(CURL *easy, void *ssl_context, void *transfer)
{
    (void)easy;
    struct transfer *t = transfer;
    t->lib->ssl_CTX_set_keylog_callback(ssl_context, NULL);
    return CURLE_OK;
}

/* ---- Bytes ------------------------------------------------------------------------ */

size_t callback_take_answer(char *data, size_t size, size_t count, void *transfer)
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

size_t callback_give_body(char *data, size_t size, size_t count, void *transfer)
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

const char callback_codings[] = "deflate, gzip, br";

/* Takes the first word of a list with commas off it. */
static struct span callback_next_word(struct span *list)
{
    while (list->len && (char_is_space(list->ptr[0]) || list->ptr[0] == ','))
        *list = span_from(*list, 1);
    size_t len = 0;
    while (len < list->len && !char_is_space(list->ptr[len]) && list->ptr[len] != ',')
        len++;
    struct span word = span_make(list->ptr, len);
    *list = span_from(*list, len);
    return word;
}

/* libcurl undoes Content-Encoding where the program has asked for that. It would undo
 * every Transfer-Encoding, though none but chunks are asked for. */
static bool callback_takes_coding(const struct transfer *t, struct span line)
{
    struct span name = span_make(line.ptr, span_find(line, ':')), word;
    struct span list = span_from(line, name.len + 1);
    bool transfer = header_is_same(name, span_of("Transfer-Encoding"));
    bool content = t->x->flags & SYS_HTTP_COMPRESSED &&
                   header_is_same(name, span_of("Content-Encoding"));
    if (!transfer && !content)
        return true;
    while ((word = callback_next_word(&list)).len) {
        bool plain = header_is_same(word, span_of("chunked")) ||
                     header_is_same(word, span_of("identity"));
        if (transfer ? !plain : header_is_same(word, span_of("zstd")))
            return false;
    }
    return true;
}

static bool callback_is_end(const char *line, size_t len)
{
    return len <= 2 && (len == 0 || line[0] == '\r' || line[0] == '\n');
}

size_t callback_take_header(char *line, size_t size, size_t count, void *transfer)
{
    struct transfer *t = transfer;
    size_t len = size * count;
    int err = exchange_put_header(t->x, line, len);
    if (err) {
        transfer_fail_errno(t, err);
        return 0;
    }
    if (!callback_takes_coding(t, span_make(line, len))) {
        transfer_fail(t, 61,
                      "Unrecognized content encoding type. libcurl understands %s "
                      "content encodings.",
                      callback_codings);
        return 0;
    }
    if (callback_is_end(line, len)) {
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
static bool callback_hides(const struct transfer *t, curl_infotype type, struct span line)
{
    static const char *const own[] = {"Added ", "Hostname "}; // of names given to libcurl
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (span_starts(line, span_of(own[i])) &&
            span_find_span(line, span_of(" DNS cache")) < line.len)
            return true;
    if (type == CURLINFO_TEXT && span_find_span(line, span_of(" 0x")) < line.len)
        return true; // an address in the memory of the host's program
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

int callback_log(CURL *easy, curl_infotype type, char *data, size_t len, void *transfer)
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
        if (!callback_hides(t, type, line))
            exchange_put_log(t->x, mark, line);
    }
    return 0;
}

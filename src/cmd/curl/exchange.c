/* exchange.c: see exchange.h. */
#include "cmd/curl/exchange.h"

#include "base/str.h"
#include "cmd/curl/request.h"
#include "user/out.h"

void curl_exchange_open(struct curl_transfer *t)
{
    httphead_fini(&t->head);
    httphead_init(&t->head);
    t->info = (struct sys_http_info){.length = -1};
    t->skip_body = t->body_began = false;
    t->content_range = 0;
    t->phase = CURL_PHASE_HEAD;
    if (!curl_request_open(t))
        t->phase = CURL_PHASE_DONE;
}

void curl_exchange_log(struct curl_transfer *t)
{
    char *text;
    size_t len;
    if (!t->global->verbose || sys_http_log(t->fd, &text, &len))
        return;
    int err = out_write_all(2, text, len);
    (void)err; // there is nowhere to report it
    sys_free(text);
}

/* What -w tells of a transfer is of its last connection, though a redirect may have led
 * to none. */
static void curl_exchange_keep(struct curl_transfer *t)
{
    int status = t->last.status, version = t->last.version;
    if (!t->info.remote_ip[0])
        return;
    t->last = t->info;
    if (!t->info.status) {
        t->last.status = status;
        t->last.version = version;
    }
}

/* What is known of certificates, as %{certs} shows it: "Name:value", and the certificate
 * itself without a name. */
static void curl_exchange_keep_certs(struct curl_transfer *t)
{
    char *text;
    size_t len;
    if (!t->info.certs || sys_http_certs(t->fd, &text, &len))
        return;
    t->cert_count = t->info.certs;
    buf_clear(&t->certs);
    for (size_t at = 0; at < len;) {
        struct span fact = span_of(text + at);
        at += fact.len + 1;
        if (str_starts(fact.ptr, "Cert:"))
            fact = span_from(fact, strlen("Cert:"));
        buf_add_span(&t->certs, fact);
        if (fact.len && fact.ptr[fact.len - 1] != '\n')
            buf_add_char(&t->certs, '\n');
    }
    sys_free(text);
}

/* curl counts a small body of -d as sent with the request's head. */
static int64_t curl_exchange_body_in_head(const struct curl_transfer *t)
{
    enum { SMALL = 65536 };
    return t->send == CURL_SEND_DATA && t->up < SMALL ? t->up : 0;
}

void curl_exchange_close(struct curl_transfer *t)
{
    if (t->fd < 0)
        return;
    int err = sys_http_info(t->fd, &t->info);
    curl_exchange_log(t);
    if (!err)
        curl_exchange_keep_certs(t);
    sys_close(t->fd);
    t->fd = -1;
    if (err)
        return;
    curl_exchange_keep(t);
    struct sys_http_info *sum = &t->sum;
    sum->name_ns += t->info.name_ns;
    sum->connect_ns += t->info.connect_ns;
    sum->tls_ns += t->info.tls_ns;
    sum->pretransfer_ns += t->info.pretransfer_ns;
    sum->first_byte_ns += t->info.first_byte_ns;
    sum->connects += t->info.connects;
    sum->header_bytes += t->info.header_bytes;
    sum->request_bytes += t->info.request_bytes + curl_exchange_body_in_head(t);
}

void curl_exchange_end(struct curl_transfer *t)
{
    curl_exchange_close(t);
    t->phase = CURL_PHASE_DONE;
}

void curl_exchange_failed(struct curl_transfer *t)
{
    if (!t->result && t->info.error)
        curl_fail(t, t->info.error, "%s",
                  t->info.message[0] ? t->info.message : curl_error_text(t->info.error));
    curl_exchange_end(t);
}

/* exchange.c: see exchange.h. */
#include "cmd/curl/exchange.h"

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

void curl_exchange_close(struct curl_transfer *t)
{
    if (t->fd < 0)
        return;
    int err = sys_http_info(t->fd, &t->info);
    curl_exchange_log(t);
    sys_close(t->fd);
    t->fd = -1;
    if (err)
        return;
    if (t->info.status)
        t->status = t->info.status;
    struct sys_http_info *sum = &t->sum;
    sum->name_ns += t->info.name_ns;
    sum->connect_ns += t->info.connect_ns;
    sum->tls_ns += t->info.tls_ns;
    sum->pretransfer_ns += t->info.pretransfer_ns;
    sum->first_byte_ns += t->info.first_byte_ns;
    sum->connects += t->info.connects;
    sum->header_bytes += t->info.header_bytes;
    sum->request_bytes += t->info.request_bytes;
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

/* transfer.c: see transfer.h. */
#include "cmd/curl/transfer.h"

#include <errno.h>

#include "base/str.h"
#include "cmd/curl/answer.h"
#include "cmd/curl/exchange.h"
#include "cmd/curl/output.h"
#include "cmd/curl/request.h"
#include "cmd/curl/source.h"
#include "user/errtext.h"

enum { CURL_NS_PER_MS = 1000000 };

static int64_t curl_transfer_now(void) { return sys_clock(SYS_CLOCK_MONOTONIC); }

static void curl_transfer_done(struct curl_transfer *t) { t->phase = CURL_PHASE_DONE; }

/* ---- Start ------------------------------------------------------------------------ */

static void curl_transfer_open_headers(struct curl_transfer *t)
{
    const char *path = t->config->dump_header;
    if (!path)
        return;
    bool more = t->number > 0; // the headers of all URLs go to one file
    t->headers_fd = str_eq(path, "-") ? 1
                                      : sys_open(path,
                                                 SYS_WRONLY | SYS_CREAT | SYS_CLOEXEC |
                                                     (more ? SYS_APPEND : SYS_TRUNC),
                                                 0666);
    if (t->headers_fd >= 0)
        return;
    curl_warn(t->global, "Failed to open %s: %s", path, errtext(t->headers_fd));
    t->headers_fd = -1;
    t->result = CURL_ERR_WRITE;
}

/* -C: where to go on. An upload begins there, an output is added to. */
static void curl_transfer_set_resume(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    t->resume_from = c->resume ? c->resume_from : 0;
    struct curl_source *s = &t->source;
    if (t->resume_from < 0) {
        struct sys_stat st;
        bool there = t->out.path && !t->upload && !sys_stat(t->out.path, &st);
        t->resume_from = there ? st.size : 0;
    }
    if (!c->resume)
        return;
    t->out.append = !t->upload;
    t->out.init = t->upload ? 0 : t->resume_from;
    if (!t->upload || !t->resume_from)
        return;
    if (s->len < 0 || sys_seek(s->fd, t->resume_from, SYS_SEEK_SET) < 0) {
        curl_fail(t, CURL_ERR_RESUME, "Could not seek stream");
        return;
    }
    s->start = t->resume_from;
    s->len = int64_max(s->len - t->resume_from, 0);
}

void curl_transfer_start(struct curl_transfer *t, const char *out, bool remote_name)
{
    const struct curl_config *c = t->config;
    t->start_ns = t->retry_start_ns = t->speed_ns = curl_transfer_now();
    t->fd = t->headers_fd = t->out.fd = t->source.fd = -1;
    httphead_init(&t->head);
    t->header_piece = buf_make(sys_heap());
    t->certs = buf_make(sys_heap());
    t->retries_left = c->retries;
    t->referer = c->referer ? sys_strdup(c->referer) : NULL;
    curl_transfer_done(t); // until a request is under way
    if (!curl_request_choose(t)) {
        t->result = CURL_ERR_INIT;
        return;
    }
    if (!curl_output_choose(t, out, remote_name) || !curl_source_open(t))
        return;
    curl_transfer_open_headers(t);
    curl_transfer_set_resume(t);
    if (t->result || !curl_request_read_url(t))
        return;
    if (!curl_request_check_scheme(t, false))
        return;
    enum weburl_error err = weburl_parse(&t->first, t->given, t->url.scheme, 0);
    (void)err; // it was read before
    curl_exchange_open(t);
}

void curl_transfer_again(struct curl_transfer *t, int64_t wake_ns)
{
    t->result = 0;
    sys_free(t->error);
    t->error = NULL;
    sys_free(t->content_type);
    t->content_type = NULL;
    buf_clear(&t->certs);
    t->cert_count = 0;
    t->wake_ns = wake_ns;
    t->phase = CURL_PHASE_SLEEP;
    t->redirects = 0;
    t->sum = t->last = (struct sys_http_info){0};
    t->header_count = t->down = t->up = 0;
    curl_output_restart(t);
    curl_source_close(&t->source);
    weburl_free(&t->url);
}

/* The sleep before a retry is over. */
static void curl_transfer_retry(struct curl_transfer *t)
{
    t->wake_ns = 0;
    t->start_ns = t->speed_ns = curl_transfer_now();
    t->speed_bytes = 0;
    if (curl_request_choose(t) && curl_source_open(t) && curl_request_read_url(t))
        curl_exchange_open(t);
    else
        curl_transfer_done(t);
}

void curl_transfer_fini(struct curl_transfer *t)
{
    curl_exchange_close(t);
    curl_source_close(&t->source);
    curl_output_close(t);
    if (t->headers_fd > 1)
        sys_close(t->headers_fd);
    httphead_fini(&t->head);
    buf_fini(&t->header_piece);
    weburl_free(&t->url);
    weburl_free(&t->first);
    char *texts[] = {t->given,    t->upload,   t->url_text, t->method,      t->referer,
                     t->redirect, t->out.path, t->error,    t->content_type};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        sys_free(texts[i]);
}

/* ---- The request's body ----------------------------------------------------------- */

static void curl_transfer_send(struct curl_transfer *t)
{
    struct curl_source *s = &t->source;
    while (!curl_source_is_done(s)) {
        int err = curl_source_poll_fd(s) >= 0 ? -EAGAIN : curl_source_fill(s);
        if (err == -EAGAIN || err == -EINTR)
            return;
        if (err) {
            curl_fail(t, CURL_ERR_READ, "read function returned funny value");
            curl_exchange_end(t);
            return;
        }
        if (s->pos == s->used)
            break;
        int64_t n = sys_write(t->fd, s->block + s->pos, s->used - s->pos);
        if (n == -EAGAIN || n == -EINTR)
            return;
        if (n < 0) { // the server has answered before: what it says counts
            s->end = true;
            s->pos = s->used = 0;
            return;
        }
        s->pos += (size_t)n;
        t->up += n;
    }
    if (s->len < 0)
        sys_http_end_body(t->fd);
}

/* Standard input has something to be sent, or a read of it would end. */
static void curl_transfer_fill_from(struct curl_transfer *t)
{
    int fd = curl_source_poll_fd(&t->source);
    struct sys_pollfd poll = {fd, SYS_POLLIN, 0};
    if (fd < 0 || sys_poll(&poll, 1, 0) <= 0)
        return;
    int err = curl_source_fill(&t->source);
    if (err && err != -EINTR && err != -EAGAIN) {
        curl_fail(t, CURL_ERR_READ, "read function returned funny value");
        curl_exchange_end(t);
    } else if (!err && curl_source_is_done(&t->source)) {
        sys_http_end_body(t->fd);
    }
}

/* ---- Steps ------------------------------------------------------------------------ */

static int64_t curl_transfer_deadline(const struct curl_transfer *t)
{
    double max = t->config->max_time_s;
    return max > 0 ? t->start_ns + (int64_t)(max * 1e9) : INT64_MAX;
}

static void curl_transfer_time_out(struct curl_transfer *t, int64_t now)
{
    int err = sys_http_info(t->fd, &t->info);
    (void)err; // zeros will do
    long long ms = (now - t->start_ns) / CURL_NS_PER_MS;
    if (!t->info.remote_ip[0])
        curl_fail(t, CURL_ERR_TIMEOUT, "%s timed out after %lld milliseconds",
                  t->info.name_ns ? "Connection" : "Resolving", ms);
    else if (t->info.headers_done && t->info.length >= 0)
        curl_fail(
            t, CURL_ERR_TIMEOUT,
            "Operation timed out after %lld milliseconds with %lld out of %lld bytes "
            "received",
            ms, (long long)t->down, (long long)t->info.length);
    else
        curl_fail(t, CURL_ERR_TIMEOUT,
                  "Operation timed out after %lld milliseconds with %lld bytes received",
                  ms, (long long)t->down);
    curl_exchange_end(t);
}

/* -Y, -y: slower than so many bytes per second for so long. */
static void curl_transfer_check_speed(struct curl_transfer *t, int64_t now)
{
    const struct curl_config *c = t->config;
    enum { SPEED_TIME = 30 };
    int64_t seconds = c->speed_time_s ? c->speed_time_s : SPEED_TIME;
    int64_t limit = c->speed_limit ? c->speed_limit : 1;
    if (!c->speed_limit && !c->speed_time_s)
        return;
    int64_t bytes = t->down + t->up - t->speed_bytes;
    if (bytes >= limit * ((now - t->speed_ns) / 1000000000 + 1)) {
        t->speed_ns = now;
        t->speed_bytes = t->down + t->up;
    } else if (now - t->speed_ns >= seconds * 1000000000) {
        curl_fail(
            t, CURL_ERR_TIMEOUT,
            "Operation too slow. Less than %lld bytes/sec transferred the last %lld "
            "seconds",
            (long long)limit, (long long)seconds);
        curl_exchange_end(t);
    }
}

static void curl_transfer_head(struct curl_transfer *t)
{
    int err = sys_http_info(t->fd, &t->info);
    if (err) {
        curl_fail(t, CURL_ERR_INIT, "Failed initialization");
        curl_exchange_end(t);
        return;
    }
    curl_exchange_log(t);
    curl_answer_take_headers(t);
    if (t->result)
        curl_exchange_end(t);
    else if (t->info.headers_done)
        curl_answer_begin(t);
    else if (t->info.done)
        curl_exchange_failed(t);
    if (t->result && t->phase != CURL_PHASE_DONE)
        curl_exchange_end(t);
}

void curl_transfer_step(struct curl_transfer *t)
{
    int64_t now = curl_transfer_now();
    if (t->phase == CURL_PHASE_SLEEP) {
        if (now >= t->wake_ns)
            curl_transfer_retry(t);
        return;
    }
    if (t->phase != CURL_PHASE_DONE && now >= curl_transfer_deadline(t))
        curl_transfer_time_out(t, now);
    if (t->phase != CURL_PHASE_DONE)
        curl_transfer_check_speed(t, now);
    if (t->phase != CURL_PHASE_DONE)
        curl_transfer_fill_from(t);
    if (t->phase != CURL_PHASE_DONE && !curl_source_is_done(&t->source))
        curl_transfer_send(t);
    if (t->phase == CURL_PHASE_HEAD)
        curl_transfer_head(t);
    if (t->phase == CURL_PHASE_BODY && now >= t->wake_ns)
        curl_answer_read(t);
}

size_t curl_transfer_waits(const struct curl_transfer *t, struct sys_pollfd *fds,
                           int64_t *until_ns)
{
    if (t->phase == CURL_PHASE_DONE)
        return 0;
    int64_t until = curl_transfer_deadline(t);
    if (t->wake_ns > curl_transfer_now())
        until = int64_min(until, t->wake_ns);
    if (t->config->speed_limit || t->config->speed_time_s)
        until = int64_min(until, curl_transfer_now() + 1000000000);
    *until_ns = int64_min(*until_ns, until);
    if (t->phase == CURL_PHASE_SLEEP)
        return 0;
    int source = curl_source_poll_fd(&t->source);
    short events = t->wake_ns > curl_transfer_now() ? 0 : SYS_POLLIN;
    if (!curl_source_is_done(&t->source) && source < 0)
        events |= SYS_POLLOUT;
    fds[0] = (struct sys_pollfd){events ? t->fd : -1, events, 0};
    fds[1] = (struct sys_pollfd){source, SYS_POLLIN, 0};
    return CURL_TRANSFER_POLLS;
}

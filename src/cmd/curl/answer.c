/* answer.c: see answer.h. */
#include "cmd/curl/answer.h"

#include <errno.h>

#include "base/str.h"
#include "cmd/curl/exchange.h"
#include "cmd/curl/follow.h"
#include "cmd/curl/output.h"
#include "user/errtext.h"
#include "user/httpdate.h"
#include "user/out.h"

enum {
    CURL_READ_BLOCK = 65536,
    CURL_READS = 16, // of one step, so that others have their turn
};

/* ---- Headers ---------------------------------------------------------------------- */

/* -D and -i: each line as it came. */
static void curl_answer_show_headers(struct curl_transfer *t, struct span text)
{
    if (!text.len)
        return;
    bool shown = t->config->include || t->send == CURL_SEND_HEAD;
    if (t->headers_fd >= 0 && out_write_all(t->headers_fd, text.ptr, text.len))
        curl_fail(t, CURL_ERR_WRITE, "Failed writing header");
    if (shown && !t->result)
        curl_output_write(t, text);
}

void curl_answer_take_headers(struct curl_transfer *t)
{
    char *text;
    size_t len;
    if (sys_http_headers(t->fd, &text, &len))
        return;
    httphead_feed(&t->head, span_make(text, len));
    struct span rest = span_make(text, len);
    if (t->headers_fd == 1 &&
        t->config->include) { // both to the same place: line by line
        while (rest.len && !t->result) {
            size_t end = size_min(span_find(rest, '\n') + 1, rest.len);
            curl_answer_show_headers(t, span_make(rest.ptr, end));
            rest = span_from(rest, end);
        }
    } else {
        curl_answer_show_headers(t, rest);
    }
    sys_free(text);
}

static void curl_answer_take_cookies(struct curl_transfer *t)
{
    const char *field;
    if (!t->config->jar)
        return;
    int64_t now = sys_clock(SYS_CLOCK_REAL) / 1000000000;
    for (size_t i = 0; (field = httphead_value(&t->head, "Set-Cookie", i)); i++)
        cookies_set(t->config->jar, &t->url, field, now);
}

static void curl_answer_take_type(struct curl_transfer *t)
{
    const char *type = httphead_find(&t->head, "Content-Type");
    if (!type)
        return;
    sys_free(t->content_type);
    t->content_type = sys_strdup(type);
}

static void curl_answer_save_etag(struct curl_transfer *t)
{
    const char *path = t->config->etag_save, *etag = httphead_find(&t->head, "ETag");
    if (!path || !etag)
        return;
    int fd = sys_open(path, SYS_WRONLY | SYS_CREAT | SYS_TRUNC | SYS_CLOEXEC, 0666);
    if (fd < 0) {
        curl_warn(t->global, "Failed to open %s: %s", path, errtext(fd));
        return;
    }
    struct out o = out_make(fd);
    out_addf(&o, "%s\n", etag);
    out_close(&o);
}

/* Whether the status is an error that -f ends with. */
static bool curl_answer_is_refused(const struct curl_transfer *t)
{
    bool resumed = t->resume_from && t->send == CURL_SEND_GET && t->info.status == 416;
    return t->config->fail && t->info.status >= 400 && !resumed;
}

static void curl_answer_check_range(struct curl_transfer *t)
{
    const char *range = httphead_find(&t->head, "Content-Range");
    if (!range)
        return;
    range += strcspn(range, "0123456789*");
    int64_t first = 0;
    for (; char_is_digit(*range) && first < INT64_MAX / 100; range++)
        first = first * 10 + *range - '0';
    if (*range == '*')
        t->content_range = 1;
    else
        t->content_range = first == t->resume_from;
}

void curl_answer_begin(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    t->header_count = (int64_t)httphead_count(&t->head);
    curl_answer_take_cookies(t);
    curl_answer_take_type(t);
    curl_answer_check_range(t);
    bool redirect = curl_follow_is_redirect(t);
    if (redirect && c->follow) {
        t->skip_body = true;
    } else if (curl_answer_is_refused(t)) {
        curl_fail(t, CURL_ERR_HTTP, "The requested URL returned error: %d",
                  t->info.status);
    } else if (t->resume_from && t->send == CURL_SEND_GET && t->info.status == 416) {
        t->skip_body = true;
    } else if (c->max_filesize && t->info.length > c->max_filesize) {
        curl_fail(t, CURL_ERR_TOO_LARGE, "Maximum file size exceeded");
    } else {
        char *name =
            c->content_disposition && t->out.path ? httphead_file_name(&t->head) : NULL;
        if (name)
            curl_output_rename(t, name);
        curl_answer_save_etag(t);
    }
    t->phase = CURL_PHASE_BODY;
}

/* ---- The body --------------------------------------------------------------------- */

/* -z: a server that does not know conditions may have sent what is too old. */
static bool curl_answer_meets_condition(struct curl_transfer *t)
{
    const char *text = t->config->time_cond;
    const char *field = httphead_find(&t->head, "Last-Modified");
    int64_t want, have;
    if (!text || t->config->range || !field || !httpdate_parse(field, &have))
        return true;
    bool before = *text == '-' || *text == '=';
    struct sys_stat st;
    text += before || *text == '+';
    if (!httpdate_parse(text, &want)) {
        if (sys_stat(text, &st))
            return true;
        want = st.mtime_ns / 1000000000;
    }
    return before ? have < want : have > want;
}

/* Before the first byte of an answer that is to be kept. false: it ends here. */
static bool curl_answer_check_body(struct curl_transfer *t)
{
    t->body_began = true;
    if (t->resume_from && !t->content_range && t->send == CURL_SEND_GET) {
        if (t->info.length != t->resume_from)
            curl_fail(t, CURL_ERR_RANGE,
                      "HTTP server doesn't seem to support byte ranges. "
                      "Cannot resume.");
        return false;
    }
    t->condition_unmet = !curl_answer_meets_condition(t);
    return !t->condition_unmet;
}

/* --limit-rate: not before so many bytes may have come. */
static void curl_answer_limit_rate(struct curl_transfer *t)
{
    int64_t rate = t->config->limit_rate;
    if (rate)
        t->wake_ns = t->start_ns + (int64_t)((double)t->down / (double)rate * 1e9);
}

/* Takes a block. false: the transfer ends. */
static bool curl_answer_take(struct curl_transfer *t, struct span block)
{
    const struct curl_config *c = t->config;
    t->down += (int64_t)block.len;
    if (t->skip_body)
        return true;
    if (!t->body_began && !curl_answer_check_body(t))
        return false;
    if (c->max_filesize && t->out.bytes + (int64_t)block.len > c->max_filesize) {
        curl_fail(t, CURL_ERR_TOO_LARGE, "Exceeded the maximum allowed file size");
        return false;
    }
    return curl_output_write(t, block);
}

/* The answer is complete: a redirect is followed, else the transfer ends. */
static void curl_answer_finish_body(struct curl_transfer *t)
{
    curl_answer_take_headers(t); // trailers
    curl_exchange_close(t);
    bool follow = t->config->follow && curl_follow_is_redirect(t);
    if (t->result || !follow || !curl_follow(t)) {
        t->phase = CURL_PHASE_DONE;
        return;
    }
    t->down = t->up = 0;
    curl_exchange_open(t);
}

/* No more of the answer is wanted. One that -z finds too old is told as curl does. */
static void curl_answer_stop(struct curl_transfer *t)
{
    enum { NOT_MODIFIED = 304 };
    curl_exchange_end(t);
    if (!t->condition_unmet)
        return;
    t->last.status = NOT_MODIFIED;
    t->down = 0;
}

static size_t curl_answer_read_size(const struct curl_transfer *t)
{
    int64_t rate = t->config->limit_rate;
    return rate ? (size_t)int64_min(int64_max(rate / 8, 1), CURL_READ_BLOCK)
                : CURL_READ_BLOCK;
}

void curl_answer_read(struct curl_transfer *t)
{
    char *block = sys_alloc(CURL_READ_BLOCK);
    size_t size = curl_answer_read_size(t);
    int64_t n = 0;
    for (int i = 0; i < CURL_READS && t->phase == CURL_PHASE_BODY; i++) {
        n = sys_read(t->fd, block, size);
        if (n <= 0)
            break;
        if (!curl_answer_take(t, span_make(block, (size_t)n)))
            curl_answer_stop(t);
        curl_answer_limit_rate(t);
        if (t->config->limit_rate)
            break;
    }
    sys_free(block);
    if (t->phase != CURL_PHASE_BODY || n > 0 || n == -EAGAIN || n == -EINTR)
        return;
    if (n == 0) {
        curl_answer_finish_body(t);
        return;
    }
    int err = sys_http_info(t->fd, &t->info);
    if (err)
        curl_fail(t, CURL_ERR_INIT, "Failed initialization");
    curl_exchange_failed(t);
}

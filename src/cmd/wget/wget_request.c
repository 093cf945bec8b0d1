/* wget_request.c: what wget asks, and the headers of the answer. */
#include <errno.h>

#include "base/base64.h"
#include "base/num.h"
#include "base/str.h"
#include "cmd/wget/wget_fetch.h"
#include "sys.h"
#include "user/httpdate.h"

/* ---- The request ------------------------------------------------------------------ */

/* The last line of that name, or NULL. */
static const char *wget_find_line(const struct strlist *lines, struct span name)
{
    char *copy = sys_alloc(name.len + 1);
    memcpy(copy, name.ptr, name.len);
    copy[name.len] = '\0';
    const char *found = NULL;
    for (size_t i = 0; i < strlist_len(lines); i++) {
        const char *line = strlist_at(lines, i);
        if (httphead_is_name(span_make(line, strcspn(line, ":")), copy))
            found = line;
    }
    sys_free(copy);
    return found;
}

/* Adds a line, or what --header says in its place. */
static void wget_line(const struct wget *w, struct strlist *lines, const char *name,
                      const char *value)
{
    struct buf b = buf_make(sys_heap());
    const char *given = wget_find_line(&w->headers, span_of(name));
    if (given)
        buf_add_str(&b, given);
    else
        buf_addf(&b, "%s: %s", name, value);
    (void)strlist_add(lines, buf_span(&b));
    buf_fini(&b);
}

/* Adds what --header says of a name, if anything. */
static void wget_given(const struct wget *w, struct strlist *lines, const char *name)
{
    if (wget_find_line(&w->headers, span_of(name)))
        wget_line(w, lines, name, "");
}

static void wget_add_login(const struct wget_fetch *f, struct strlist *lines)
{
    const struct wget *w = f->w;
    const char *user = f->url.user ? f->url.user : w->user;
    const char *password = f->url.user ? f->url.password : w->password;
    if (!user || !f->login) {
        wget_given(w, lines, "Authorization");
        return;
    }
    struct buf login = buf_make(sys_heap()), b = buf_make(sys_heap());
    buf_addf(&login, "%s:%s", user, password ? password : "");
    buf_add_str(&b, "Basic ");
    base64_add(&b, buf_span(&login));
    wget_line(w, lines, "Authorization", buf_str(&b));
    buf_fini(&login);
    buf_fini(&b);
}

bool wget_sends_body(const struct wget_fetch *f) { return f->w->has_body && !f->get; }

static void wget_add_conditions(const struct wget_fetch *f, struct strlist *lines)
{
    struct buf b = buf_make(sys_heap());
    struct sys_stat st;
    if (f->start) {
        buf_addf(&b, "bytes=%lld-", (long long)f->start);
        wget_line(f->w, lines, "Range", buf_str(&b));
        buf_clear(&b);
    }
    if (f->w->newer && f->name && !sys_stat(f->name, &st)) {
        httpdate_add(&b, st.mtime_ns / WGET_SECOND);
        wget_line(f->w, lines, "If-Modified-Since", buf_str(&b));
    }
    buf_fini(&b);
}

static void wget_add_lines(const struct wget_fetch *f, struct strlist *lines)
{
    struct wget *w = f->w;
    if (w->referer)
        wget_line(w, lines, "Referer", w->referer);
    wget_add_conditions(f, lines);
    wget_line(w, lines, "User-Agent", w->user_agent ? w->user_agent : "Wget/1.21.3");
    wget_line(w, lines, "Accept", "*/*");
    wget_line(w, lines, "Accept-Encoding", w->compressed ? "gzip" : "identity");
    wget_add_login(f, lines);
    wget_line(w, lines, "Connection", "Keep-Alive");
    if (wget_sends_body(f)) {
        char length[24];
        num_from_u64(length, w->body.len);
        wget_line(w, lines, "Content-Type", "application/x-www-form-urlencoded");
        wget_line(w, lines, "Content-Length", length);
    }
    struct buf b = buf_make(sys_heap());
    if (!w->no_cookies)
        cookies_add_header(&w->jar, &f->url, sys_clock(SYS_CLOCK_REAL) / WGET_SECOND, &b);
    if (b.len)
        wget_line(w, lines, "Cookie", buf_str(&b));
    buf_fini(&b);
    for (size_t i = 0; i < strlist_len(&w->headers); i++) {
        const char *line = strlist_at(&w->headers, i);
        if (!wget_find_line(lines, span_make(line, strcspn(line, ":"))))
            (void)strlist_add_str(lines, line);
    }
}

static const char *wget_method(const struct wget_fetch *f)
{
    const struct wget *w = f->w;
    if (w->spider)
        return "HEAD";
    if (f->get)
        return "GET";
    return w->method ? w->method : w->has_body ? "POST" : "GET";
}

int wget_open(struct wget_fetch *f)
{
    struct wget *w = f->w;
    struct strlist lines = strlist_make(sys_heap());
    wget_add_lines(f, &lines);
    char *url = weburl_text(&f->url, false);
    struct sys_http_request request = {
        .method = wget_method(f),
        .url = url,
        .headers = (const char *const *)strlist_argv(&lines),
        .body_len = wget_sends_body(f) ? (int64_t)w->body.len : 0,
        .flags = SYS_HTTP_1_1 | (w->spider ? SYS_HTTP_NO_BODY : 0) |
                 (w->compressed ? SYS_HTTP_COMPRESSED : 0) |
                 (w->ipv4 ? SYS_HTTP_IPV4 : 0) | (w->ipv6 ? SYS_HTTP_IPV6 : 0),
        .connect_timeout_ns = (int64_t)(w->connect_timeout_s * 1e9),
    };
    int fd = sys_http_open(&request);
    strlist_fini(&lines);
    sys_free(url);
    return fd;
}

/* ---- The answer ------------------------------------------------------------------- */

bool wget_wait(const struct wget_fetch *f)
{
    double s = f->w->read_timeout_s;
    struct sys_pollfd poll = {f->fd, SYS_POLLIN, 0};
    return sys_poll(&poll, 1, s > 0 ? (int64_t)(s * 1e9) : -1) != 0;
}

void wget_exchange(struct wget_fetch *f)
{
    struct wget *w = f->w;
    f->error = 0;
    f->info = (struct sys_http_info){.length = -1};
    httphead_fini(&f->head);
    httphead_init(&f->head);
    if (wget_sends_body(f)) {
        int64_t sent = sys_write(f->fd, w->body.data, w->body.len);
        (void)sent; // what went wrong is told below
    }
    do {
        int err = sys_http_info(f->fd, &f->info);
        if (err)
            f->error = WGET_CONNECT;
        else if (f->info.headers_done)
            break;
        else if (f->info.error)
            f->error = f->info.error;
        else if (!wget_wait(f))
            f->error = sys_http_info(f->fd, &f->info) // how far it came
                           ? WGET_CONNECT
                           : WGET_OPERATION_TIMED_OUT;
    } while (!f->error);
    char *text;
    size_t len;
    if (!sys_http_headers(f->fd, &text, &len)) {
        httphead_feed(&f->head, span_make(text, len));
        sys_free(text);
    }
}

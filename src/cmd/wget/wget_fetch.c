/* wget_fetch.c: one URL: the tries, the redirects, the file. */
#include <errno.h>

#include "base/base64.h"
#include "base/str.h"
#include "cmd/wget/wget.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/httpdate.h"
#include "user/httphead.h"
#include "user/out.h"
#include "user/msg.h"
#include "user/path.h"
#include "user/weburl.h"

enum {
    WGET_BLOCK = 65536,
    WGET_TIMED_OUT = 28, // errors of an exchange, as curl numbers them
    WGET_RESOLVE = 6,
    WGET_CONNECT = 7,
    WGET_EMPTY = 52,
    WGET_PARTIAL = 18,
    WGET_CERTIFICATE = 60,
    WGET_TLS = 35,
    WGET_OPERATION_TIMED_OUT = 1000, // our own: the read timeout
};

#define WGET_SECOND INT64_C(1000000000) // in ns

/* What became of a try. */
enum wget_end { WGET_OVER, WGET_AGAIN, WGET_REDIRECT };

struct wget_fetch {
    struct wget *w;
    struct weburl url;
    char *text; // the URL as it is shown
    char *name; // of the file; NULL: standard output or -O
    bool name_chosen;
    bool get;      // a redirect has changed the method
    bool login;    // the password is sent
    int64_t redirects;
    int64_t start; // bytes that are there already
    int64_t try;

    // of the exchange
    int fd, out; // out: the file, -1: not yet open
    struct httphead head;
    struct sys_http_info info;
    int error;
};

static int64_t wget_now(void) { return sys_clock(SYS_CLOCK_MONOTONIC); }

/* ---- The request ------------------------------------------------------------------ */

static bool wget_is_given(const struct wget *w, const char *name)
{
    for (size_t i = 0; i < strlist_len(&w->headers); i++) {
        const char *line = strlist_at(&w->headers, i);
        if (httphead_is_name(span_make(line, strcspn(line, ":")), name))
            return true;
    }
    return false;
}

static void wget_line(const struct wget *w, struct strlist *lines, const char *name,
                      const char *value)
{
    if (wget_is_given(w, name))
        return;
    struct buf b = buf_make(sys_heap());
    buf_addf(&b, "%s: %s", name, value);
    (void)strlist_add(lines, buf_span(&b));
    buf_fini(&b);
}

static void wget_add_login(const struct wget_fetch *f, struct strlist *lines)
{
    const struct wget *w = f->w;
    const char *user = f->url.user ? f->url.user : w->user;
    const char *password = f->url.user ? f->url.password : w->password;
    if (!user || !f->login)
        return;
    struct buf login = buf_make(sys_heap()), b = buf_make(sys_heap());
    buf_addf(&login, "%s:%s", user, password ? password : "");
    buf_add_str(&b, "Basic ");
    base64_add(&b, buf_span(&login));
    wget_line(w, lines, "Authorization", buf_str(&b));
    buf_fini(&login);
    buf_fini(&b);
}

static bool wget_sends_body(const struct wget_fetch *f) { return f->w->has_body && !f->get; }

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
    if (!w->compressed)
        wget_line(w, lines, "Accept-Encoding", "identity");
    wget_add_login(f, lines);
    if (wget_sends_body(f))
        wget_line(w, lines, "Content-Type", "application/x-www-form-urlencoded");
    struct buf b = buf_make(sys_heap());
    if (!w->no_cookies)
        cookies_add_header(&w->jar, &f->url, sys_clock(SYS_CLOCK_REAL) / WGET_SECOND, &b);
    if (b.len)
        wget_line(w, lines, "Cookie", buf_str(&b));
    buf_fini(&b);
    for (size_t i = 0; i < strlist_len(&w->headers); i++)
        (void)strlist_add_str(lines, strlist_at(&w->headers, i));
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

static int wget_open(struct wget_fetch *f)
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

/* Waits until something can be read; false: the read timeout is over. */
static bool wget_wait(const struct wget_fetch *f)
{
    double s = f->w->read_timeout_s;
    struct sys_pollfd poll = {f->fd, SYS_POLLIN, 0};
    return sys_poll(&poll, 1, s > 0 ? (int64_t)(s * 1e9) : -1) != 0;
}

/* Sends the body and waits for the headers. */
static void wget_exchange(struct wget_fetch *f)
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
            f->error = WGET_OPERATION_TIMED_OUT;
    } while (!f->error);
    char *text;
    size_t len;
    if (!sys_http_headers(f->fd, &text, &len)) {
        httphead_feed(&f->head, span_make(text, len));
        sys_free(text);
    }
}

/* "Resolving ...", "Connecting to ...": said when it is known how it went. */
static void wget_say_connection(const struct wget_fetch *f)
{
    const struct wget *w = f->w;
    const struct sys_http_info *i = &f->info;
    const char *host = f->url.host;
    if (i->reused) {
        wget_say(w, WGET_VERBOSE, "Reusing existing connection to %s:%d.\n", host,
                 weburl_port(&f->url));
        return;
    }
    bool address = host[0] == '[' || str_eq(host, i->remote_ip) ||
                   !host[strspn(host, "0123456789.")];
    if (f->error == WGET_RESOLVE) {
        wget_say(w, WGET_VERBOSE, "Resolving %s (%s)... ", host, host);
        return;
    }
    if (address) {
        wget_say(w, WGET_VERBOSE, "Connecting to %s:%d... ", host, weburl_port(&f->url));
        return;
    }
    if (i->remote_ip[0])
        wget_say(w, WGET_VERBOSE, "Resolving %s (%s)... %s\n", host, host, i->remote_ip);
    wget_say(w, WGET_VERBOSE, "Connecting to %s (%s)|%s|:%d... ", host, host,
             i->remote_ip[0] ? i->remote_ip : host, weburl_port(&f->url));
}

static void wget_say_retry(const struct wget_fetch *f)
{
    bool last = f->w->tries && f->try >= f->w->tries;
    wget_say(f->w, WGET_VERBOSE, last ? "Giving up.\n\n" : "Retrying.\n\n");
}

static enum wget_end wget_again(struct wget_fetch *f)
{
    wget_say_retry(f);
    if (!f->w->tries || f->try < f->w->tries)
        return WGET_AGAIN;
    wget_note(f->w, WGET_ERR_NET);
    return WGET_OVER;
}

static enum wget_end wget_end_with(struct wget_fetch *f, int status)
{
    wget_note(f->w, status);
    return WGET_OVER;
}

/* The reason that stands behind the first colon of the transport's message. */
static const char *wget_reason(const struct wget_fetch *f)
{
    const char *colon = strstr(f->info.message, ": ");
    const char *reason = colon ? colon + 2 : f->info.message;
    return str_eq(reason, "Couldn't connect to server") ? "Connection refused" : reason;
}

/* There are no headers. */
static enum wget_end wget_no_answer(struct wget_fetch *f)
{
    struct wget *w = f->w;
    wget_say_connection(f);
    switch (f->error) {
    case WGET_RESOLVE:
        wget_say(w, WGET_VERBOSE, "failed: Name or service not known.\n");
        wget_say(w, WGET_BRIEF, "wget: unable to resolve host address ‘%s’\n", f->url.host);
        return wget_end_with(f, WGET_ERR_NET);
    case WGET_CONNECT:
        wget_say(w, WGET_BRIEF, "failed: %s.\n", wget_reason(f));
        return w->retry_refused ? wget_again(f) : wget_end_with(f, WGET_ERR_NET);
    case WGET_CERTIFICATE:
    case WGET_TLS:
        wget_say(w, WGET_VERBOSE, "connected.\n");
        wget_say(w, WGET_BRIEF, "ERROR: cannot verify %s's certificate: %s\n", f->url.host,
                 f->info.message);
        return wget_end_with(f, WGET_ERR_TLS);
    }
    if (!f->info.remote_ip[0]) {
        wget_say(w, WGET_BRIEF, "failed: Connection timed out.\n");
        return wget_again(f);
    }
    if (!f->info.reused)
        wget_say(w, WGET_VERBOSE, "connected.\n");
    wget_say(w, WGET_VERBOSE, "HTTP request sent, awaiting response... ");
    if (f->error == WGET_OPERATION_TIMED_OUT || f->error == WGET_TIMED_OUT)
        wget_say(w, WGET_BRIEF, "Read error (Connection timed out) in headers.\n");
    else if (f->error == WGET_EMPTY)
        wget_say(w, WGET_BRIEF, "No data received.\n");
    else
        wget_say(w, WGET_BRIEF, "Read error (%s) in headers.\n", wget_reason(f));
    return wget_again(f);
}

static void wget_say_headers(const struct wget_fetch *f)
{
    const struct wget *w = f->w;
    const struct httphead *h = &f->head;
    if (w->show_headers) {
        wget_say(w, WGET_VERBOSE, "\n");
        msg_raw("  HTTP/%d.%d %d %s\n", f->info.version / 10, f->info.version % 10,
                h->status, h->reason ? h->reason : "");
        for (size_t i = 0; i < httphead_count(h); i++)
            msg_raw("  %s: %s\n", strlist_at(&h->names, i), strlist_at(&h->values, i));
    } else {
        wget_say(w, WGET_VERBOSE, "%d %s\n", h->status, h->reason ? h->reason : "");
    }
}

static void wget_take_cookies(const struct wget_fetch *f)
{
    const char *field;
    int64_t now = sys_clock(SYS_CLOCK_REAL) / WGET_SECOND;
    for (size_t i = 0; (field = httphead_value(&f->head, "Set-Cookie", i)); i++)
        cookies_set(&f->w->jar, &f->url, field, now);
}

/* ---- Redirects -------------------------------------------------------------------- */

static bool wget_is_redirect(const struct wget_fetch *f)
{
    int status = f->head.status;
    return (status / 100 == 3 && status != 304 && status != 305) &&
           httphead_find(&f->head, "Location");
}

static enum wget_end wget_redirect(struct wget_fetch *f)
{
    struct wget *w = f->w;
    const char *location = httphead_find(&f->head, "Location");
    wget_say(w, WGET_VERBOSE, "Location: %s [following]\n", location);
    if (f->redirects++ >= w->max_redirects) {
        wget_say(w, WGET_BRIEF, "%lld redirections exceeded.\n", (long long)w->max_redirects);
        return wget_end_with(f, WGET_ERR_SERVER);
    }
    struct weburl target;
    enum weburl_error err = weburl_join(&target, &f->url, location);
    if (err) {
        wget_say(w, WGET_BRIEF, "%s: Invalid URL.\n", location);
        return wget_end_with(f, WGET_ERR_SERVER);
    }
    if (!str_eq(target.scheme, "http") && !str_eq(target.scheme, "https")) {
        wget_say(w, WGET_BRIEF, "%s: Unsupported scheme ‘%s’.\n", location, target.scheme);
        return wget_end_with(f, WGET_ERR_SERVER);
    }
    int status = f->head.status;
    if (wget_sends_body(f) && status != 307 && status != 308)
        f->get = true;
    if (!weburl_same_origin(&target, &f->url))
        f->login = false;
    weburl_free(&f->url);
    f->url = target;
    sys_free(f->text);
    f->text = weburl_text(&f->url, true);
    return WGET_REDIRECT;
}

/* ---- The file --------------------------------------------------------------------- */

/* Opens the file for what comes. false: after a message. */
static bool wget_open_file(struct wget_fetch *f, bool append)
{
    struct wget *w = f->w;
    if (w->out_fd >= 0) {
        f->out = w->out_fd;
        return true;
    }
    if (w->prefix) {
        int err = sys_mkdir(w->prefix, 0777);
        (void)err; // it is there, or opening fails
    }
    unsigned flags = SYS_WRONLY | SYS_CREAT | SYS_CLOEXEC;
    f->out = sys_open(f->name, flags | (append ? SYS_APPEND : SYS_TRUNC), 0666);
    if (f->out >= 0)
        return true;
    wget_say(w, WGET_BRIEF, "%s: %s\n\nCannot write to ‘%s’ (%s).\n", f->name,
             errtext(f->out), f->name, errtext(f->out));
    wget_note(w, WGET_ERR_FILE);
    return false;
}

static void wget_close_file(struct wget_fetch *f)
{
    int64_t moment;
    const char *field = httphead_find(&f->head, "Last-Modified");
    if (f->out >= 0 && field && !f->w->no_mtime && f->out != 1 &&
        httpdate_parse(field, &moment)) {
        int err = sys_futimes(f->out, SYS_TIME_OMIT, moment * WGET_SECOND);
        (void)err; // no more than a convenience
    }
    if (f->out >= 0 && f->out != f->w->out_fd)
        sys_close(f->out);
    f->out = -1;
}

/* "Length: 13 [text/plain]", "160000 (156K)". start: what is there already. */
static void wget_say_length(const struct wget_fetch *f, int64_t start)
{
    const struct wget *w = f->w;
    const char *type = httphead_find(&f->head, "Content-Type");
    struct buf b = buf_make(sys_heap());
    int64_t total = f->info.length < 0 ? -1 : f->info.length + start;
    if (total < 0)
        buf_add_str(&b, "unspecified");
    else
        buf_addf(&b, "%lld", (long long)total);
    char human[WGET_TIME_LEN];
    if (total >= 1024) {
        wget_size(human, total);
        buf_addf(&b, " (%s)", human);
    }
    if (start && total >= 0) {
        buf_addf(&b, ", %lld", (long long)f->info.length);
        if (f->info.length >= 1024) {
            wget_size(human, f->info.length);
            buf_addf(&b, " (%s)", human);
        }
        buf_add_str(&b, " remaining");
    }
    if (type)
        buf_addf(&b, " [%.*s]", (int)strcspn(type, "; "), type);
    wget_say(w, WGET_VERBOSE, "Length: %s\n", buf_str(&b));
    buf_fini(&b);
}

/* ---- The body --------------------------------------------------------------------- */

/* Reads all of the body into the file. skip: bytes that are there already. Gives what was
 * read; f->error tells how it ended. -1: it could not be written. */
static int64_t wget_read_body(struct wget_fetch *f, int64_t skip, struct wget_dots *dots)
{
    char *block = sys_alloc(WGET_BLOCK);
    int64_t got = 0, n = 0, begin = wget_now();
    while (!f->error) {
        if (!wget_wait(f)) {
            f->error = WGET_OPERATION_TIMED_OUT;
            break;
        }
        n = sys_read(f->fd, block, WGET_BLOCK);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            break;
        int64_t past = int64_min(int64_max(skip - got, 0), n);
        int err = out_write_all(f->out, block + past, (size_t)(n - past));
        if (err) {
            wget_say(f->w, WGET_BRIEF, "\nCannot write to ‘%s’ (%s).\n",
                     f->name ? f->name : f->w->output, errtext(err));
            wget_note(f->w, WGET_ERR_FILE);
            sys_free(block);
            return -1;
        }
        got += n;
        wget_dots_add(f->w, dots, n);
        if (f->w->limit_rate) {
            double seconds = (double)got / (double)f->w->limit_rate;
            int stopped = sys_sleep_until(begin + (int64_t)(seconds * 1e9));
            (void)stopped; // a signal only makes it earlier
        }
    }
    sys_free(block);
    if (n < 0 && !f->error) {
        int err = sys_http_info(f->fd, &f->info);
        f->error = err || !f->info.error ? WGET_PARTIAL : f->info.error;
    }
    return got;
}

static void wget_say_saved(const struct wget_fetch *f, int64_t bytes, int64_t total,
                           int64_t ns)
{
    struct wget *w = f->w;
    char time[WGET_TIME_LEN], speed[WGET_TIME_LEN];
    struct buf size = buf_make(sys_heap());
    wget_time(time);
    wget_speed(speed, bytes - f->start, ns, false);
    buf_addf(&size, total >= 0 ? "[%lld/%lld]" : "[%lld]", (long long)bytes,
             (long long)total);
    if (w->output && str_eq(w->output, "-"))
        wget_say(w, WGET_VERBOSE, "%s (%s) - written to stdout %s\n\n", time, speed,
                 buf_str(&size));
    else
        wget_say(w, WGET_VERBOSE, "%s (%s) - ‘%s’ saved %s\n\n", time, speed,
                 f->name ? f->name : w->output, buf_str(&size));
    if (w->level == WGET_BRIEF)
        wget_say(w, WGET_BRIEF, "%s URL:%s %s -> \"%s\" [%lld]\n", time, f->text,
                 buf_str(&size), f->name ? f->name : w->output, (long long)f->try);
    buf_fini(&size);
}

/* The connection has ended before the body did. */
static enum wget_end wget_cut_short(struct wget_fetch *f, int64_t bytes, int64_t total,
                                    int64_t ns)
{
    char time[WGET_TIME_LEN], speed[WGET_TIME_LEN];
    wget_time(time);
    wget_speed(speed, bytes - f->start, ns, false);
    wget_say(f->w, WGET_VERBOSE, "%s (%s) - ", time, speed);
    if (f->error == WGET_PARTIAL)
        wget_say(f->w, WGET_VERBOSE, "Connection closed at byte %lld. ", (long long)bytes);
    else if (total >= 0)
        wget_say(f->w, WGET_VERBOSE, "Read error at byte %lld/%lld (%s). ", (long long)bytes,
                 (long long)total,
                 f->error == WGET_OPERATION_TIMED_OUT ? "Connection timed out"
                                                      : wget_reason(f));
    else
        wget_say(f->w, WGET_VERBOSE, "Read error at byte %lld (%s).", (long long)bytes,
                 wget_reason(f));
    f->start = bytes;
    return wget_again(f);
}

static enum wget_end wget_save(struct wget_fetch *f)
{
    struct wget *w = f->w;
    bool partial = f->head.status == 206;
    int64_t have = f->start, start = partial ? f->start : 0;
    if (f->info.length >= 0 && !partial && have && have >= f->info.length) {
        wget_say(w, WGET_VERBOSE,
                 "\n    The file is already fully retrieved; nothing to do.\n\n");
        return WGET_OVER;
    }
    wget_say_length(f, start);
    if (w->output && str_eq(w->output, "-"))
        wget_say(w, WGET_VERBOSE, "Saving to: ‘STDOUT’\n");
    else
        wget_say(w, WGET_VERBOSE, "Saving to: ‘%s’\n", f->name ? f->name : w->output);
    if (f->out < 0 && !wget_open_file(f, have > 0))
        return WGET_OVER;
    int64_t total = f->info.length < 0 ? -1 : f->info.length + start;
    struct wget_dots dots;
    int64_t begin = wget_now();
    wget_dots_begin(w, &dots, total);
    int64_t got = wget_read_body(f, have - start, &dots);
    int64_t ns = wget_now() - begin, bytes = start + got;
    if (got < 0)
        return WGET_OVER;
    wget_dots_end(w, &dots);
    if (f->error)
        return wget_cut_short(f, int64_max(bytes, have), total, ns);
    f->start = start;
    wget_say_saved(f, bytes, total, ns);
    wget_close_file(f);
    w->files++;
    w->bytes += got;
    w->ns += ns;
    return WGET_OVER;
}

/* ---- Answers that are not saved --------------------------------------------------- */

static enum wget_end wget_spider(struct wget_fetch *f)
{
    struct wget *w = f->w;
    if (f->head.status / 100 != 2) {
        if (w->level == WGET_BRIEF)
            wget_say(w, WGET_BRIEF, "%s:\n", f->text);
        wget_say(w, WGET_BRIEF, "Remote file does not exist -- broken link!!!\n");
        wget_say(w, WGET_VERBOSE, "\n");
        return wget_end_with(f, WGET_ERR_SERVER);
    }
    const char *type = httphead_find(&f->head, "Content-Type");
    char time[WGET_TIME_LEN];
    wget_time(time);
    wget_say_length(f, 0);
    if (type && str_starts(type, "text/html"))
        wget_say(w, WGET_VERBOSE,
                 "Remote file exists and could contain further links,\n"
                 "but recursion is disabled -- not retrieving.\n\n");
    else
        wget_say(w, WGET_VERBOSE, "Remote file exists.\n\n");
    if (w->level == WGET_BRIEF)
        wget_say(w, WGET_BRIEF, "%s URL: %s %d %s\n", time, f->text, f->head.status,
                 f->head.reason ? f->head.reason : "");
    return WGET_OVER;
}

static enum wget_end wget_unauthorized(struct wget_fetch *f)
{
    struct wget *w = f->w;
    const char *field = httphead_find(&f->head, "WWW-Authenticate");
    bool basic = field && strlen(field) >= 5 &&
                 httphead_is_name(span_make(field, 5), "basic");
    if (!f->login && basic && (w->user || f->url.user)) {
        wget_say(w, WGET_VERBOSE, "Authentication selected: %s\n", field);
        f->login = true;
        return WGET_REDIRECT;
    }
    wget_say(w, WGET_BRIEF, "\nUsername/Password Authentication Failed.\n");
    return wget_end_with(f, WGET_ERR_LOGIN);
}

static enum wget_end wget_server_error(struct wget_fetch *f)
{
    struct wget *w = f->w;
    char time[WGET_TIME_LEN];
    wget_time(time);
    if (w->level == WGET_BRIEF)
        wget_say(w, WGET_BRIEF, "%s:\n", f->text);
    wget_say(w, WGET_BRIEF, "%s ERROR %d: %s.\n", time, f->head.status,
             f->head.reason && *f->head.reason ? f->head.reason : "(no description)");
    wget_say(w, WGET_VERBOSE, "\n");
    return wget_end_with(f, WGET_ERR_SERVER);
}

static enum wget_end wget_answer(struct wget_fetch *f)
{
    struct wget *w = f->w;
    wget_say_connection(f);
    if (!f->info.reused)
        wget_say(w, WGET_VERBOSE, "connected.\n");
    wget_say(w, WGET_VERBOSE, "HTTP request sent, awaiting response... ");
    wget_say_headers(f);
    if (!w->no_cookies)
        wget_take_cookies(f);
    int status = f->head.status;
    if (wget_is_redirect(f))
        return wget_redirect(f);
    if (status == 401)
        return wget_unauthorized(f);
    if (w->spider)
        return wget_spider(f);
    if (status == 304 && w->newer) {
        wget_say(w, WGET_VERBOSE,
                 "File ‘%s’ not modified on server. Omitting download.\n\n", f->name);
        return WGET_OVER;
    }
    if (status == 416 && f->start) {
        wget_say(w, WGET_VERBOSE,
                 "\n    The file is already fully retrieved; nothing to do.\n\n");
        return WGET_OVER;
    }
    if (status / 100 != 2)
        return wget_server_error(f);
    char *name = w->content_disposition && f->name ? httphead_file_name(&f->head) : NULL;
    if (name) {
        sys_free(f->name);
        f->name = wget_name(w, &f->url, name);
        sys_free(name);
        if (!w->resume && !w->newer)
            f->name = wget_name_unused(f->name);
    }
    return wget_save(f);
}

/* ---- One URL ---------------------------------------------------------------------- */

static enum wget_end wget_try(struct wget_fetch *f, bool announce)
{
    struct wget *w = f->w;
    char time[WGET_TIME_LEN];
    wget_time(time);
    if (announce && f->try > 1)
        wget_say(w, WGET_VERBOSE, "--%s--  (try:%2lld)  %s\n", time, (long long)f->try,
                 f->text);
    else if (announce)
        wget_say(w, WGET_VERBOSE, "--%s--  %s\n", time, f->text);
    f->fd = wget_open(f);
    if (f->fd < 0) {
        msg_errno(f->fd, "%s", f->text);
        return wget_end_with(f, WGET_ERR_NET);
    }
    wget_exchange(f);
    enum wget_end end = f->error ? wget_no_answer(f) : wget_answer(f);
    sys_close(f->fd);
    return end;
}

/* The waits between tries grow by a second, up to --waitretry. */
static void wget_pause(const struct wget_fetch *f)
{
    int stopped = sys_sleep((double)int64_min(f->try, f->w->wait_retry_s));
    (void)stopped; // a signal only makes it earlier
}

static void wget_run(struct wget_fetch *f)
{
    enum wget_end end;
    bool announce = true;
    f->try = 1;
    while ((end = wget_try(f, announce)) != WGET_OVER) {
        announce = true;
        if (end == WGET_REDIRECT) {
            announce = f->head.status != 401;
            continue;
        }
        wget_pause(f);
        f->try++;
    }
}

/* Chooses the file. false: there is nothing to do. */
static bool wget_choose_file(struct wget_fetch *f)
{
    struct wget *w = f->w;
    struct sys_stat st;
    if (w->output) {
        if (w->resume && w->out_fd > 1 && !sys_fstat(w->out_fd, &st))
            f->start = st.size;
        return true;
    }
    f->name = wget_name(w, &f->url, NULL);
    bool there = !sys_stat(f->name, &st);
    if (there && w->no_clobber) {
        wget_say(w, WGET_VERBOSE, "File ‘%s’ already there; not retrieving.\n\n", f->name);
        return false;
    }
    if (there && w->resume)
        f->start = st.size;
    else if (!w->newer && !w->content_disposition)
        f->name = wget_name_unused(f->name);
    return true;
}

/* The message for a URL that cannot be fetched, or NULL. */
static const char *wget_bad_url(enum weburl_error err)
{
    switch (err) {
    case WEBURL_OK: return NULL;
    case WEBURL_BAD_PORT: return "Bad port number";
    case WEBURL_NO_HOST: return "Invalid host name";
    case WEBURL_BAD_HOST: return "Invalid host name";
    default: return "Scheme missing";
    }
}

void wget_fetch(struct wget *w, const char *url)
{
    struct wget_fetch f = {.w = w, .fd = -1, .out = -1, .login = w->login_at_once};
    enum weburl_error err = weburl_parse(&f.url, url, "http", WEBURL_ENCODE);
    bool web = !err && (str_eq(f.url.scheme, "http") || str_eq(f.url.scheme, "https"));
    if (err || !web) {
        if (err)
            wget_say(w, WGET_BRIEF, "%s: %s.\n", url, wget_bad_url(err));
        else
            wget_say(w, WGET_BRIEF, "%s: Unsupported scheme ‘%s’.\n", url, f.url.scheme);
        wget_note(w, WGET_ERR_OTHER);
        weburl_free(&f.url);
        return;
    }
    httphead_init(&f.head);
    f.text = weburl_text(&f.url, true);
    if (w->spider)
        wget_say(w, WGET_VERBOSE, "Spider mode enabled. Check if remote file exists.\n");
    if (w->spider || wget_choose_file(&f))
        wget_run(&f);
    if (f.out >= 0 && f.out != w->out_fd)
        sys_close(f.out);
    httphead_fini(&f.head);
    weburl_free(&f.url);
    sys_free(f.text);
    sys_free(f.name);
}

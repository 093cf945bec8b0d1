/* wget_fetch.c: one URL: the tries, the redirects, and answers that are not saved. */
#include "base/str.h"
#include "cmd/wget/wget_fetch.h"
#include "sys.h"
#include "user/msg.h"

/* ---- Without an answer ------------------------------------------------------------ */

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

static bool wget_is_last(const struct wget_fetch *f)
{
    return (f->w->tries && f->try >= f->w->tries) || f->error == WGET_LIMIT;
}

static void wget_say_retry(const struct wget_fetch *f)
{
    wget_say(f->w, WGET_VERBOSE, wget_is_last(f) ? "Giving up.\n\n" : "Retrying.\n\n");
}

enum wget_end wget_again(struct wget_fetch *f)
{
    wget_say_retry(f);
    if (!wget_is_last(f))
        return WGET_AGAIN;
    wget_note(f->w, WGET_ERR_NET);
    return WGET_OVER;
}

static enum wget_end wget_end_with(struct wget_fetch *f, int status)
{
    wget_note(f->w, status);
    return WGET_OVER;
}

/* It stands behind the first colon. */
const char *wget_reason(const struct wget_fetch *f)
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
        wget_say(w, WGET_BRIEF, "wget: unable to resolve host address ‘%s’\n",
                 f->url.host);
        return wget_end_with(f, WGET_ERR_NET);
    case WGET_CONNECT:
        wget_say(w, WGET_BRIEF, "failed: %s.\n", wget_reason(f));
        return w->retry_refused ? wget_again(f) : wget_end_with(f, WGET_ERR_NET);
    case WGET_BAD_REQUEST:
        wget_say(w, WGET_BRIEF, "%s: %s.\n", f->text, f->info.message);
        return wget_end_with(f, WGET_ERR_OTHER);
    case WGET_CERTIFICATE:
    case WGET_TLS:
        wget_say(w, WGET_VERBOSE, "connected.\n");
        wget_say(w, WGET_BRIEF, "ERROR: cannot verify %s's certificate: %s\n",
                 f->url.host, f->info.message);
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
        wget_say(w, WGET_BRIEF, "%lld redirections exceeded.\n",
                 (long long)w->max_redirects);
        return wget_end_with(f, WGET_ERR_SERVER);
    }
    struct weburl target;
    enum weburl_error err = weburl_join(&target, &f->url, location);
    if (err) {
        wget_say(w, WGET_BRIEF, "%s: Invalid URL.\n", location);
        return wget_end_with(f, WGET_ERR_SERVER);
    }
    if (!str_eq(target.scheme, "http") && !str_eq(target.scheme, "https")) {
        wget_say(w, WGET_BRIEF, "%s: Unsupported scheme ‘%s’.\n", location,
                 target.scheme);
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
    bool basic =
        field && strlen(field) >= 5 && httphead_is_name(span_make(field, 5), "basic");
    if (!f->login && basic && (w->user || f->url.user)) {
        wget_say(w, WGET_VERBOSE, "Authentication selected: %s\n", field);
        f->login = true;
        return WGET_REDIRECT;
    }
    wget_say(w, WGET_VERBOSE, "\n");
    wget_say(w, WGET_BRIEF, "Username/Password Authentication Failed.\n");
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
    double most = f->w->wait_retry_s;
    int stopped = sys_sleep((double)f->try < most ? (double)f->try : most);
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
        wget_say(w, WGET_VERBOSE, "File ‘%s’ already there; not retrieving.\n\n",
                 f->name);
        return false;
    }
    if (there && w->resume)
        f->start = st.size;
    else if (!w->newer && !w->content_disposition)
        f->name = wget_name_unused(f->name);
    return true;
}

const char *wget_bad_url(enum weburl_error err)
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

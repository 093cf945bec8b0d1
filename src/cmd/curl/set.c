/* set.c: see set.h. */
#include "cmd/curl/set.h"

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/in.h"

enum curl_bad curl_set_nothing(struct curl_global *g, const char *arg, bool on)
{
    (void)g, (void)arg, (void)on;
    return CURL_GOOD;
}

enum curl_bad curl_set_clobber(struct curl_global *g, const char *arg, bool on)
{
    (void)arg;
    g->last->no_clobber = !on;
    return CURL_GOOD;
}

enum curl_bad curl_set_meter(struct curl_global *g, const char *arg, bool on)
{
    (void)arg;
    g->no_meter = !on;
    return CURL_GOOD;
}

enum curl_bad curl_set_next(struct curl_global *g, const char *arg, bool on)
{
    (void)arg, (void)on;
    if (!g->last->targets || !g->last->targets->url)
        return CURL_BAD_USE;
    curl_config_add(g);
    return CURL_GOOD;
}

/* ---- URLs and files --------------------------------------------------------------- */

enum curl_bad curl_set_url(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct curl_target *t = curl_config_for_url(g->last);
    t->url = arg;
    if (g->last->remote_name_all && !t->has_out)
        t->remote_name = true;
    return CURL_GOOD;
}

enum curl_bad curl_set_output(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct curl_target *t = curl_config_for_out(g->last);
    t->out = arg;
    t->remote_name = false;
    t->has_out = true;
    return CURL_GOOD;
}

enum curl_bad curl_set_remote_name(struct curl_global *g, const char *arg, bool on)
{
    (void)arg;
    struct curl_target *t = curl_config_for_out(g->last);
    t->out = NULL;
    t->remote_name = on;
    t->has_out = true;
    return CURL_GOOD;
}

enum curl_bad curl_set_upload(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_config_for_upload(g->last)->upload = arg;
    return CURL_GOOD;
}

enum curl_bad curl_set_stderr(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    int fd =
        str_eq(arg, "-") ? 1 : sys_open(arg, SYS_WRONLY | SYS_CREAT | SYS_TRUNC, 0666);
    if (fd < 0) {
        curl_warn(g, "Failed to open %s!", arg);
        return CURL_GOOD;
    }
    int err = sys_dup_to(fd, 2, 0);
    if (fd != 1)
        sys_close(fd);
    return err < 0 ? CURL_BAD_USE : CURL_GOOD;
}

/* ---- The request ------------------------------------------------------------------ */

static void curl_set_header_lines(struct curl_config *c, struct in *in)
{
    struct span line;
    while (in_line(in, '\n', &line)) {
        while (line.len && strchr("\r\n", line.ptr[line.len - 1]))
            line.len--;
        if (line.len)
            (void)strlist_add(&c->headers, line);
    }
}

enum curl_bad curl_set_header(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct curl_config *c = g->last;
    if (arg[0] != '@') {
        (void)strlist_add_str(&c->headers, arg);
        return CURL_GOOD;
    }
    struct in in;
    if (in_open(&in, arg + 1)) {
        curl_warn(g, "Failed to open %s!", arg + 1);
        return CURL_GOOD;
    }
    curl_set_header_lines(c, &in);
    in_close(&in);
    return CURL_GOOD;
}

enum curl_bad curl_set_http10(struct curl_global *g, const char *arg, bool on)
{
    (void)arg, (void)on;
    g->last->http_version = 10;
    return CURL_GOOD;
}

enum curl_bad curl_set_http11(struct curl_global *g, const char *arg, bool on)
{
    (void)arg, (void)on;
    g->last->http_version = 11;
    return CURL_GOOD;
}

enum curl_bad curl_set_http2(struct curl_global *g, const char *arg, bool on)
{
    (void)arg, (void)on;
    g->last->http_version = 20;
    return CURL_GOOD;
}

enum curl_bad curl_set_user_agent(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    g->last->user_agent = arg;
    return CURL_GOOD;
}

/* "URL", "URL;auto" or ";auto". */
enum curl_bad curl_set_referer(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct curl_config *c = g->last;
    size_t len = strlen(arg);
    c->referer_auto = str_ends(arg, ";auto");
    if (c->referer_auto)
        len -= strlen(";auto");
    char *text = sys_strdup(arg);
    text[len] = '\0';
    c->referer = *text ? text : NULL;
    return CURL_GOOD;
}

/* A name without password would be asked for it: there is nobody to ask. */
enum curl_bad curl_set_user(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    g->last->user = arg;
    return CURL_GOOD;
}

enum curl_bad curl_set_range(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    const char *p = arg;
    while (char_is_digit(*p) || *p == ',')
        p++;
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, arg);
    if (!*p && p > arg && p[-1] != ',') {
        curl_warn(g,
                  "A specified range MUST include at least one dash (-). Appending one "
                  "for you!");
        buf_add_char(&b, '-');
    }
    g->last->range = buf_take(&b);
    return CURL_GOOD;
}

enum curl_bad curl_set_continue(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct curl_config *c = g->last;
    c->resume = true;
    c->resume_from = -1;
    return str_eq(arg, "-") ? CURL_GOOD : curl_param_count(arg, &c->resume_from);
}

/* A text with "=" is cookies, anything else a file that holds some. */
enum curl_bad curl_set_cookie(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct curl_config *c = g->last;
    if (strchr(arg, '=')) {
        buf_addf(&c->cookie, "%s%s", c->cookie.len ? ";" : "", arg);
    } else {
        c->cookies_on = true;
        (void)strlist_add_str(&c->cookie_files, arg);
    }
    return CURL_GOOD;
}

/* ---- -f and --fail-with-body exclude each other ----------------------------------- */

static enum curl_bad curl_set_failing(bool *field, bool on, const bool *other)
{
    *field = on;
    return on && *other ? CURL_BAD_USE : CURL_GOOD;
}

enum curl_bad curl_set_fail(struct curl_global *g, const char *arg, bool on)
{
    (void)arg;
    return curl_set_failing(&g->last->fail, on, &g->last->fail_with_body);
}

enum curl_bad curl_set_fail_with_body(struct curl_global *g, const char *arg, bool on)
{
    (void)arg;
    return curl_set_failing(&g->last->fail_with_body, on, &g->last->fail);
}

/* ---- Limits ----------------------------------------------------------------------- */

enum curl_bad curl_set_limit_rate(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    return curl_param_size(arg, &g->last->limit_rate);
}

enum curl_bad curl_set_max_filesize(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    return curl_param_size(arg, &g->last->max_filesize);
}

enum curl_bad curl_set_max_redirs(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    const char *rest;
    int64_t n;
    if (num_to_i64(arg, &n, &rest) || *rest || n < -1)
        return CURL_BAD_NUMBER;
    g->last->max_redirs = n;
    return CURL_GOOD;
}

enum { CURL_PARALLEL_DEFAULT = 50, CURL_PARALLEL_MOST = 300 };

enum curl_bad curl_set_parallel_max(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    enum curl_bad bad = curl_param_count(arg, &g->parallel_max);
    if (!bad && (g->parallel_max > CURL_PARALLEL_MOST || g->parallel_max < 1))
        g->parallel_max = CURL_PARALLEL_DEFAULT;
    return bad;
}

enum curl_bad curl_set_trusted(struct curl_global *g, const char *arg, bool on)
{
    (void)arg;
    g->last->trusted = g->last->follow = on;
    return CURL_GOOD;
}

/* One word of --proto: "=https", "+http", "-all", "https". The others name schemes that
 * are never fetched. */
static void curl_set_proto_word(struct span word, bool *no_http, bool *no_https)
{
    bool off = false;
    for (; word.len && strchr("=+-", word.ptr[0]); word = span_from(word, 1)) {
        off = word.ptr[0] == '-';
        if (word.ptr[0] == '=')
            *no_http = *no_https = true;
    }
    bool all = span_eq_str(word, "all");
    if (all || span_eq_str(word, "http"))
        *no_http = off;
    if (all || span_eq_str(word, "https"))
        *no_https = off;
}

static void curl_set_proto_list(const char *arg, bool *no_http, bool *no_https)
{
    struct span rest = span_of(arg);
    while (rest.len) {
        size_t end = span_find(rest, ',');
        curl_set_proto_word(span_make(rest.ptr, end), no_http, no_https);
        rest = span_from(rest, end + 1);
    }
}

enum curl_bad curl_set_proto(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_set_proto_list(arg, &g->last->no_http, &g->last->no_https);
    return CURL_GOOD;
}

enum curl_bad curl_set_proto_redir(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_set_proto_list(arg, &g->last->no_http_redirect, &g->last->no_https_redirect);
    return CURL_GOOD;
}

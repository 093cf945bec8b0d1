/* request.c: see request.h. The order of the header lines is curl's. */
#include "cmd/curl/request.h"

#include "base/base64.h"
#include "base/str.h"
#include "cmd/curl/source.h"
#include "cmd/curl/writeout.h"
#include "user/httpdate.h"

enum { CURL_EXPECT_BYTES = 1 << 20 }; // a form of more is announced by Expect

/* ---- What is sent ----------------------------------------------------------------- */

static const char *curl_request_send_name(enum curl_send send)
{
    switch (send) {
    case CURL_SEND_HEAD: return "HEAD (-I, --head)";
    case CURL_SEND_DATA: return "POST (-d, --data)";
    case CURL_SEND_FORM: return "multipart formpost (-F, --form)";
    case CURL_SEND_FILE: return "PUT (-T, --upload-file)";
    default: return "GET (-G, --get)";
    }
}

/* Notes one way to send; false: another was chosen before. */
static bool curl_request_want(struct curl_transfer *t, bool wanted, enum curl_send send)
{
    if (!wanted)
        return true;
    if (t->send == CURL_SEND_UNSET) {
        t->send = send;
        return true;
    }
    curl_warn(
        t->global,
        "You can only select one HTTP request method! You asked for both %s and %s.",
        curl_request_send_name(t->send), curl_request_send_name(send));
    return false;
}

bool curl_request_choose(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    t->send = CURL_SEND_UNSET;
    bool ok = curl_request_want(t, c->has_data && !c->get, CURL_SEND_DATA) &&
              curl_request_want(t, c->form, CURL_SEND_FORM) &&
              curl_request_want(t, t->upload, CURL_SEND_FILE) &&
              curl_request_want(t, c->head, CURL_SEND_HEAD);
    if (t->send == CURL_SEND_UNSET)
        t->send = CURL_SEND_GET;
    return ok;
}

static const char *curl_request_method(const struct curl_transfer *t)
{
    if (t->config->method)
        return t->config->method;
    switch (t->send) {
    case CURL_SEND_HEAD: return "HEAD";
    case CURL_SEND_DATA:
    case CURL_SEND_FORM: return "POST";
    case CURL_SEND_FILE: return "PUT";
    default: return "GET";
    }
}

/* ---- The URL ---------------------------------------------------------------------- */

bool curl_request_check_scheme(struct curl_transfer *t, bool redirect)
{
    const struct curl_config *c = t->config;
    bool https = str_eq(t->url.scheme, "https");
    bool known = https || str_eq(t->url.scheme, "http");
    bool off = https ? c->no_https || (redirect && c->no_https_redirect)
                     : c->no_http || (redirect && c->no_http_redirect);
    if (known && !off)
        return true;
    curl_fail(t, CURL_ERR_SCHEME, "Protocol \"%s\" not supported or disabled in libcurl",
              t->url.scheme);
    return false;
}

/* Adds text to the URL's query. */
static void curl_request_add_query(struct weburl *u, const struct buf *more)
{
    struct buf b = buf_make(sys_heap());
    if (u->query && *u->query)
        buf_addf(&b, "%s&", u->query);
    buf_add_span(&b, buf_span(more));
    sys_free(u->query);
    u->query = b.data ? buf_take(&b) : NULL;
}

static bool curl_request_has_blank(const struct buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (b->data[i] == ' ' || char_is_cntrl((unsigned char)b->data[i]))
            return true;
    return false;
}

/* An upload to a URL that ends in a slash goes to the file's name there. */
static void curl_request_name_upload(struct curl_transfer *t)
{
    if (!t->upload || str_eq(t->upload, "-") || str_eq(t->upload, ".") ||
        !str_ends(t->url.path, "/"))
        return;
    const char *slash = strrchr(t->upload, '/');
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, t->url.path);
    weburl_add_escaped(&b, span_of(slash ? slash + 1 : t->upload));
    sys_free(t->url.path);
    t->url.path = buf_take(&b);
}

bool curl_request_read_url(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    enum weburl_error err =
        weburl_parse(&t->url, t->given, c->proto_default ? c->proto_default : "http", 0);
    bool blank =
        (c->get && curl_request_has_blank(&c->data)) || curl_request_has_blank(&c->query);
    if (err || blank) {
        t->result = CURL_ERR_URL;
        return false;
    }
    if (c->no_user_in_url && t->url.user) {
        curl_fail(t, CURL_ERR_LOGIN, "Login denied");
        return false;
    }
    if (c->get && c->has_data)
        curl_request_add_query(&t->url, &c->data);
    if (c->query.len)
        curl_request_add_query(&t->url, &c->query);
    curl_request_name_upload(t);
    return true;
}

/* ---- Header lines ----------------------------------------------------------------- */

/* Whether the user gave a line for the header. */
static bool curl_request_is_given(const struct curl_config *c, const char *name)
{
    for (size_t i = 0; i < strlist_len(&c->headers); i++) {
        const char *line = strlist_at(&c->headers, i);
        if (httphead_is_name(span_make(line, strcspn(line, ":;")), name))
            return true;
    }
    return false;
}

static void curl_request_line(struct strlist *lines, const char *name, const char *value)
{
    struct buf b = buf_make(sys_heap());
    buf_addf(&b, "%s: %s", name, value);
    (void)strlist_add(lines, buf_span(&b));
    buf_fini(&b);
}

/* Whether what is for the first host only may be sent. */
static bool curl_request_is_trusted(const struct curl_transfer *t)
{
    return t->config->trusted || weburl_same_origin(&t->url, &t->first);
}

static void curl_request_add_login(const struct curl_transfer *t, struct strlist *lines)
{
    const struct curl_config *c = t->config;
    if (curl_request_is_given(c, "Authorization"))
        return;
    struct buf login = buf_make(sys_heap()), b = buf_make(sys_heap());
    bool trusted = curl_request_is_trusted(t);
    if (c->bearer && trusted) {
        buf_addf(&b, "Bearer %s", c->bearer);
    } else if (c->user && trusted) {
        buf_addf(&login, "%s%s", c->user, strchr(c->user, ':') ? "" : ":");
    } else if (t->url.user) {
        buf_addf(&login, "%s:%s", t->url.user, t->url.password ? t->url.password : "");
    }
    if (login.len) {
        buf_add_str(&b, "Basic ");
        base64_add(&b, buf_span(&login));
    }
    if (b.len)
        curl_request_line(lines, "Authorization", buf_str(&b));
    buf_fini(&login);
    buf_fini(&b);
}

static void curl_request_add_range(const struct curl_transfer *t, struct strlist *lines)
{
    struct buf b = buf_make(sys_heap());
    if (t->send == CURL_SEND_FILE && t->resume_from && t->source.len >= 0)
        buf_addf(&b, "bytes %lld-%lld/%lld", (long long)t->resume_from,
                 (long long)(t->resume_from + t->source.len - 1),
                 (long long)(t->resume_from + t->source.len));
    else if (t->send != CURL_SEND_FILE && t->resume_from)
        buf_addf(&b, "bytes=%lld-", (long long)t->resume_from);
    else if (t->send == CURL_SEND_GET && t->config->range)
        buf_addf(&b, "bytes=%s", t->config->range);
    const char *name = t->send == CURL_SEND_FILE ? "Content-Range" : "Range";
    if (b.len && !curl_request_is_given(t->config, name))
        curl_request_line(lines, name, buf_str(&b));
    buf_fini(&b);
}

static void curl_request_add_cookies(const struct curl_transfer *t, struct strlist *lines)
{
    const struct curl_config *c = t->config;
    if (curl_request_is_given(c, "Cookie"))
        return;
    struct buf b = buf_make(sys_heap());
    if (c->jar)
        cookies_add_header(c->jar, &t->url, sys_clock(SYS_CLOCK_REAL) / 1000000000, &b);
    if (c->cookie.len && curl_request_is_trusted(t))
        buf_addf(&b, "%s%s", b.len ? "; " : "", buf_str(&c->cookie));
    if (b.len)
        curl_request_line(lines, "Cookie", buf_str(&b));
    buf_fini(&b);
}

/* -z: a date, or a file whose time counts; with "-" in front the other way round. */
static void curl_request_add_condition(const struct curl_transfer *t,
                                       struct strlist *lines)
{
    const char *text = t->config->time_cond;
    if (!text)
        return;
    bool before = *text == '-' || *text == '=';
    text += before || *text == '+';
    int64_t moment;
    struct sys_stat st;
    if (!httpdate_parse(text, &moment)) {
        if (sys_stat(text, &st))
            return;
        moment = st.mtime_ns / 1000000000;
    }
    struct buf b = buf_make(sys_heap());
    httpdate_add(&b, moment);
    curl_request_line(lines, before ? "If-Unmodified-Since" : "If-Modified-Since",
                      buf_str(&b));
    buf_fini(&b);
}

/* --etag-compare: what the file holds. */
static void curl_request_add_etag(const struct curl_transfer *t, struct strlist *lines)
{
    if (!t->config->etag_compare)
        return;
    struct buf b = buf_make(sys_heap());
    int err = curl_param_file(&b, t->config->etag_compare, true);
    curl_request_line(lines, "If-None-Match", !err && b.len ? buf_str(&b) : "\"\"");
    buf_fini(&b);
}

/* -H, but for what another host must not see. */
static void curl_request_add_given(const struct curl_transfer *t, struct strlist *lines)
{
    const struct curl_config *c = t->config;
    bool trusted = curl_request_is_trusted(t);
    bool same_host = str_eq(t->url.host, t->first.host);
    for (size_t i = 0; i < strlist_len(&c->headers); i++) {
        const char *line = strlist_at(&c->headers, i);
        struct span name = span_make(line, strcspn(line, ":;"));
        bool secret =
            httphead_is_name(name, "Authorization") || httphead_is_name(name, "Cookie");
        if ((!trusted && secret) || (!same_host && httphead_is_name(name, "Host")))
            continue;
        const char *value = line + name.len;
        bool takes_away = *value == ':' && !value[1 + strspn(value + 1, " \t")];
        (void)strlist_add(lines,
                          takes_away ? span_make(line, name.len + 1) : span_of(line));
    }
}

static void curl_request_add_body_lines(const struct curl_transfer *t,
                                        struct strlist *lines)
{
    const struct curl_config *c = t->config;
    if (c->json && !curl_request_is_given(c, "Content-Type"))
        curl_request_line(lines, "Content-Type", "application/json");
    if (c->json && !curl_request_is_given(c, "Accept"))
        curl_request_line(lines, "Accept", "application/json");
    if (t->send == CURL_SEND_DATA && !t->source.len) { // no body is sent at all
        (void)strlist_add_str(lines, "Content-Length: 0");
        if (!c->json && !curl_request_is_given(c, "Content-Type"))
            curl_request_line(lines, "Content-Type", "application/x-www-form-urlencoded");
    }
    if (t->send == CURL_SEND_FORM && !curl_request_is_given(c, "Content-Type"))
        curl_request_line(lines, "Content-Type", t->source.form.type);
}

static void curl_request_add_lines(const struct curl_transfer *t, struct strlist *lines)
{
    const struct curl_config *c = t->config;
    curl_request_add_login(t, lines);
    curl_request_add_range(t, lines);
    if (!curl_request_is_given(c, "User-Agent") && (!c->user_agent || *c->user_agent))
        curl_request_line(lines, "User-Agent",
                          c->user_agent ? c->user_agent : "curl/7.88.1");
    if (!curl_request_is_given(c, "Accept") && !c->json)
        (void)strlist_add_str(lines, "Accept: */*");
    if (t->referer && !curl_request_is_given(c, "Referer"))
        curl_request_line(lines, "Referer", t->referer);
    curl_request_add_cookies(t, lines);
    curl_request_add_condition(t, lines);
    curl_request_add_etag(t, lines);
    curl_request_add_given(t, lines);
    curl_request_add_body_lines(t, lines);
}

/* ---- The exchange ----------------------------------------------------------------- */

static unsigned curl_request_flags(const struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    unsigned flags = 0;
    flags |= c->compressed ? SYS_HTTP_COMPRESSED : 0;
    flags |= t->send == CURL_SEND_HEAD ? SYS_HTTP_NO_BODY : 0;
    flags |= t->send == CURL_SEND_FILE ? SYS_HTTP_UPLOAD : 0;
    flags |= t->global->verbose ? SYS_HTTP_VERBOSE : 0;
    flags |= curl_writeout_wants_certs(c) ? SYS_HTTP_CERTS : 0;
    flags |= c->ipv4 ? SYS_HTTP_IPV4 : c->ipv6 ? SYS_HTTP_IPV6 : 0;
    flags |= c->http_version == 10   ? SYS_HTTP_1_0
             : c->http_version == 11 ? SYS_HTTP_1_1
             : c->http_version == 20 ? SYS_HTTP_2
                                     : 0;
    return flags;
}

bool curl_request_open(struct curl_transfer *t)
{
    struct strlist lines = strlist_make(sys_heap());
    curl_request_add_lines(t, &lines);
    char *url = weburl_text(&t->url, false);
    sys_free(t->url_text);
    t->url_text = weburl_text(&t->url, true);
    sys_free(t->method);
    t->method = sys_strdup(curl_request_method(t));
    struct sys_http_request request = {
        .method = t->method,
        .url = url,
        .headers = (const char *const *)strlist_argv(&lines),
        .body_len = t->source.end ? 0 : t->source.len,
        .flags = curl_request_flags(t),
        .connect_timeout_ns = (int64_t)(t->config->connect_timeout_s * 1e9),
    };
    t->fd = sys_http_open(&request);
    if (t->fd < 0)
        curl_fail(t, CURL_ERR_INIT, "Failed initialization");
    else if (sys_fd_set_flags(t->fd, SYS_CLOEXEC | SYS_NONBLOCK))
        curl_fail(t, CURL_ERR_INIT, "Failed initialization");
    strlist_fini(&lines);
    sys_free(url);
    return !t->result;
}

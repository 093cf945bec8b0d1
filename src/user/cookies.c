/* cookies.c: see cookies.h. */
#include "user/cookies.h"

#include <errno.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/sort.h"
#include "sys.h"
#include "user/httpdate.h"
#include "user/httphead.h"
#include "user/weburl.h"

enum { COOKIE_MAX = 4096, COOKIES_MAX = 5000 }; // bytes of one; in a jar

void cookies_init(struct cookies *jar)
{
    *jar = (struct cookies){.list = vec_make(sys_heap())};
}

static char *cookies_dup(struct span s)
{
    char *text = sys_alloc(s.len + 1);
    if (s.len)
        memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return text;
}

static void cookies_free(struct cookie *c)
{
    sys_free(c->name);
    sys_free(c->value);
    sys_free(c->domain);
    sys_free(c->path);
    sys_free(c);
}

static struct span cookies_trim(struct span s)
{
    while (s.len && char_is_blank(s.ptr[0]))
        s = span_from(s, 1);
    while (s.len && char_is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* ---- Matching --------------------------------------------------------------------- */

static bool cookies_is_address(const char *host)
{
    if (host[0] == '[')
        return true;
    size_t last = span_find_last(span_of(host), '.');
    return last < strlen(host) && char_is_digit(host[last + 1]);
}

/* Whether host is domain, or below it. */
static bool cookies_tail_matches(const char *domain, const char *host)
{
    if (!str_ends(host, domain))
        return false;
    size_t more = strlen(host) - strlen(domain);
    return !more || (!cookies_is_address(host) && host[more - 1] == '.');
}

static bool cookies_path_matches(const char *cookie, const char *path)
{
    size_t len = strlen(cookie);
    return str_starts(path, cookie) &&
           (!path[len] || path[len] == '/' || cookie[len - 1] == '/');
}

/* Whether what is secret may travel to u: the machine itself counts as secure. */
static bool cookies_is_secure(const struct weburl *u)
{
    return str_eq(u->scheme, "https") || str_eq(u->host, "localhost") ||
           str_eq(u->host, "127.0.0.1") || str_eq(u->host, "[::1]");
}

static bool cookies_match(const struct cookie *c, const struct weburl *u, int64_t now)
{
    bool host =
        c->tail ? cookies_tail_matches(c->domain, u->host) : str_eq(c->domain, u->host);
    return host && cookies_path_matches(c->path, u->path) &&
           (!c->secure || cookies_is_secure(u)) && (!c->expires || c->expires > now);
}

/* ---- The jar ---------------------------------------------------------------------- */

static bool cookies_same(const struct cookie *a, const struct cookie *b)
{
    return str_eq(a->name, b->name) && str_eq(a->domain, b->domain) &&
           a->tail == b->tail && str_eq(a->path, b->path);
}

/* Puts a cookie in the place of the same older one; one that has expired only removes. */
static void cookies_put(struct cookies *jar, struct cookie *c, int64_t now)
{
    c->order = ++jar->made;
    for (size_t i = 0; i < jar->list.len; i++) {
        struct cookie *old = jar->list.items[i];
        if (cookies_same(old, c)) {
            c->order = old->order;
            cookies_free(vec_remove(&jar->list, i));
            break;
        }
        sys_tick();
    }
    if ((c->expires && c->expires <= now) || jar->list.len >= COOKIES_MAX)
        cookies_free(c);
    else
        (void)vec_push(&jar->list, c);
}

/* ---- Set-Cookie ------------------------------------------------------------------- */

/* The folder of the path: what a cookie without Path is for. */
static char *cookies_default_path(const struct weburl *u)
{
    size_t slash = span_find_last(span_of(u->path), '/');
    return cookies_dup(span_make(u->path, slash ? slash : 1));
}

static void cookies_set_path(struct cookie *c, struct span value)
{
    if (value.len && value.ptr[0] == '"')
        value = span_from(value, 1);
    if (value.len && value.ptr[value.len - 1] == '"')
        value.len--;
    sys_free(c->path);
    if (!value.len || value.ptr[0] != '/')
        value = span_of("/");
    c->path = cookies_dup(value);
}

/* false: the host may not set cookies for that domain. */
static bool cookies_set_domain(struct cookie *c, struct span value,
                               const struct weburl *u)
{
    while (value.len && value.ptr[0] == '.')
        value = span_from(value, 1);
    if (!value.len)
        return true;
    char *domain = cookies_dup(value);
    for (char *p = domain; *p; p++)
        *p = (char)char_lower(*p);
    bool dotted = span_find(value, '.') + 1 < value.len;
    bool address = cookies_is_address(u->host);
    if ((!dotted && !str_eq(domain, "localhost")) ||
        !(address ? str_eq(domain, u->host) : cookies_tail_matches(domain, u->host))) {
        sys_free(domain);
        return false;
    }
    sys_free(c->domain);
    c->domain = domain;
    c->tail = !address;
    return true;
}

static void cookies_set_max_age(struct cookie *c, struct span value, int64_t now)
{
    char *text = cookies_dup(value);
    int64_t age;
    int err = num_to_i64(text[0] == '"' ? text + 1 : text, &age, NULL);
    if (err == 0 && age <= 0)
        c->expires = 1; // long ago
    else if (err == 0)
        c->expires = now + age;
    else
        c->expires = age > 0 ? INT64_MAX : 1;
    sys_free(text);
}

/* What the attributes said of the cookie as a whole. */
struct cookies_seen {
    bool max_age, bad;
};

static void cookies_attribute(struct cookie *c, struct cookies_seen *seen,
                              struct span name, struct span value, const struct weburl *u,
                              int64_t now)
{
    if (httphead_is_name(name, "path")) {
        cookies_set_path(c, value);
    } else if (httphead_is_name(name, "domain")) {
        seen->bad |= !cookies_set_domain(c, value, u);
    } else if (httphead_is_name(name, "max-age")) {
        cookies_set_max_age(c, value, now);
        seen->max_age = true;
    } else if (httphead_is_name(name, "expires") && !seen->max_age) {
        char *text = cookies_dup(value);
        int64_t moment;
        if (httpdate_parse(text, &moment))
            c->expires = moment > 0 ? moment : 1;
        sys_free(text);
    } else if (httphead_is_name(name, "secure")) {
        c->secure = true;
        seen->bad |= !cookies_is_secure(u);
    } else if (httphead_is_name(name, "httponly")) {
        c->http_only = true;
    }
}

static bool cookies_has_control(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (char_is_cntrl((unsigned char)s.ptr[i]))
            return true;
    return false;
}

/* __Secure- and __Host- promise something of the cookie. */
static bool cookies_keeps_promise(const struct cookie *c)
{
    if (str_starts(c->name, "__Secure-"))
        return c->secure;
    if (str_starts(c->name, "__Host-"))
        return c->secure && str_eq(c->path, "/") && !c->tail;
    return true;
}

/* Splits "name=value" or "name" with the white space taken off. */
static void cookies_split(struct span pair, struct span *name, struct span *value)
{
    size_t equals = span_find(pair, '=');
    *name = cookies_trim(span_make(pair.ptr, equals));
    *value = cookies_trim(span_from(pair, equals + 1));
}

void cookies_set(struct cookies *jar, const struct weburl *u, const char *field,
                 int64_t now)
{
    struct span rest = span_of(field), name, value;
    size_t end = span_find(rest, ';');
    struct span pair = span_make(rest.ptr, end);
    cookies_split(pair, &name, &value);
    if (!name.len || span_find(pair, '=') == pair.len || cookies_has_control(pair) ||
        name.len + value.len > COOKIE_MAX)
        return;
    struct cookie *c = sys_alloc_zero(sizeof *c);
    c->name = cookies_dup(name);
    c->value = cookies_dup(value);
    c->domain = sys_strdup(u->host);
    c->path = cookies_default_path(u);
    struct cookies_seen seen = {0};
    while (end < rest.len) {
        rest = span_from(rest, end + 1);
        end = span_find(rest, ';');
        cookies_split(span_make(rest.ptr, end), &name, &value);
        cookies_attribute(c, &seen, name, value, u, now);
    }
    if (seen.bad || !cookies_keeps_promise(c))
        cookies_free(c);
    else
        cookies_put(jar, c, now);
}

/* ---- The request ------------------------------------------------------------------ */

/* Longer paths, domains and names come first, then the newer. */
static int cookies_order(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const struct cookie *x = a, *y = b;
    size_t lengths[][2] = {{strlen(x->path), strlen(y->path)},
                           {strlen(x->domain), strlen(y->domain)},
                           {strlen(x->name), strlen(y->name)}};
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        if (lengths[i][0] != lengths[i][1])
            return lengths[i][0] > lengths[i][1] ? -1 : 1;
    return x->order > y->order ? -1 : 1;
}

void cookies_add_header(const struct cookies *jar, const struct weburl *u, int64_t now,
                        struct buf *b)
{
    struct vec chosen = vec_make(sys_heap());
    for (size_t i = 0; i < jar->list.len; i++) {
        sys_tick();
        if (cookies_match(jar->list.items[i], u, now))
            (void)vec_push(&chosen, jar->list.items[i]);
    }
    void **scratch = sys_alloc(sizeof *scratch * (chosen.len + 1));
    sort_pointers(chosen.items, chosen.len, cookies_order, NULL, scratch, NULL);
    sys_free(scratch);
    for (size_t i = 0; i < chosen.len; i++) {
        const struct cookie *c = chosen.items[i];
        buf_addf(b, "%s%s=%s", i ? "; " : "", c->name, c->value);
    }
    vec_fini(&chosen);
}

/* ---- Files ------------------------------------------------------------------------ */

enum { COOKIES_FIELDS = 7 };

static bool cookies_is_true(struct span s) { return httphead_is_name(s, "TRUE"); }

/* A line "domain TRUE path FALSE expires name value", with tabs between. */
static struct cookie *cookies_read_line(struct span line)
{
    bool http_only = span_starts(line, span_of("#HttpOnly_"));
    if (http_only)
        line = span_from(line, 10);
    if (!line.len || line.ptr[0] == '#')
        return NULL;
    struct span field[COOKIES_FIELDS] = {{0}};
    size_t count = 0;
    while (count < COOKIES_FIELDS) {
        size_t end = count == COOKIES_FIELDS - 1 ? line.len : span_find(line, '\t');
        field[count++] = span_make(line.ptr, end);
        if (end == line.len)
            break;
        line = span_from(line, end + 1);
    }
    if (count < COOKIES_FIELDS - 1 || !field[0].len || !field[5].len)
        return NULL;
    struct cookie *c = sys_alloc_zero(sizeof *c);
    while (field[0].len && field[0].ptr[0] == '.')
        field[0] = span_from(field[0], 1);
    c->domain = cookies_dup(field[0]);
    c->tail = cookies_is_true(field[1]);
    c->path = cookies_dup(field[2].len ? field[2] : span_of("/"));
    c->secure = cookies_is_true(field[3]);
    char *expires = cookies_dup(field[4]);
    if (num_to_i64(expires, &c->expires, NULL) == -EINVAL)
        c->expires = 0;
    sys_free(expires);
    c->name = cookies_dup(field[5]);
    c->value = cookies_dup(field[6]);
    c->http_only = http_only;
    return c;
}

/* The value of an attribute in a Set-Cookie field; ptr NULL: it has none of that name. */
static struct span cookies_find_attribute(struct span field, const char *want)
{
    struct span name, value;
    while (field.len) {
        size_t end = span_find(field, ';');
        cookies_split(span_make(field.ptr, end), &name, &value);
        if (httphead_is_name(name, want))
            return value;
        field = span_from(field, end + 1);
    }
    return (struct span){0};
}

/* A Set-Cookie field, as if the host that it names had sent it. */
static void cookies_read_field(struct cookies *jar, struct span field, bool session,
                               int64_t now)
{
    struct span domain = cookies_find_attribute(field, "domain");
    bool lasts = cookies_find_attribute(field, "max-age").ptr ||
                 cookies_find_attribute(field, "expires").ptr;
    while (domain.len && domain.ptr[0] == '.')
        domain = span_from(domain, 1);
    if (!domain.len || (!session && !lasts))
        return;
    char root[] = "/", scheme[] = "https", *text = cookies_dup(field);
    struct weburl u = {.scheme = scheme, .host = cookies_dup(domain), .path = root};
    for (char *p = u.host; *p; p++)
        *p = (char)char_lower(*p);
    cookies_set(jar, &u, text, now);
    sys_free(u.host);
    sys_free(text);
}

void cookies_read(struct cookies *jar, struct span text, bool session, int64_t now)
{
    static const char header[] = "Set-Cookie";
    while (text.len) {
        size_t end = span_find(text, '\n');
        struct span line = span_make(text.ptr, end);
        text = span_from(text, end + 1);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        sys_tick();
        size_t colon = span_find(line, ':');
        if (httphead_is_name(span_make(line.ptr, colon), header)) {
            cookies_read_field(jar, span_from(line, colon + 1), session, now);
            continue;
        }
        struct cookie *c = cookies_read_line(line);
        if (!c)
            continue;
        if (c->expires || session)
            cookies_put(jar, c, now);
        else
            cookies_free(c);
    }
}

void cookies_write(const struct cookies *jar, int64_t now, struct buf *b)
{
    buf_add_str(b, "# Netscape HTTP Cookie File\n"
                   "# https://curl.se/docs/http-cookies.html\n"
                   "# This file was generated by libcurl! Edit at your own risk.\n\n");
    for (size_t i = jar->list.len; i-- > 0;) {
        const struct cookie *c = jar->list.items[i];
        sys_tick();
        if (c->expires && c->expires <= now)
            continue;
        char expires[24];
        num_from_i64(expires, c->expires);
        buf_addf(b, "%s%s%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c->http_only ? "#HttpOnly_" : "",
                 c->tail ? "." : "", c->domain, c->tail ? "TRUE" : "FALSE", c->path,
                 c->secure ? "TRUE" : "FALSE", expires, c->name, c->value);
    }
}

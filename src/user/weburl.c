/* weburl.c: see weburl.h. */
#include "user/weburl.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"

static char *weburl_dup(struct span s)
{
    char *text = sys_alloc(s.len + 1);
    if (s.len)
        memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return text;
}

static char *weburl_dup_lower(struct span s)
{
    char *text = weburl_dup(s);
    for (char *p = text; *p; p++)
        *p = (char)char_lower(*p);
    return text;
}

void weburl_add_escaped(struct buf *b, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (char_is_alnum(c) || (c && strchr("-._~", c)))
            buf_add_char(b, (char)c);
        else
            buf_addf(b, "%%%02X", c);
    }
}

void weburl_add_unescaped(struct buf *b, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool code = text.ptr[i] == '%' && text.len - i > 2 &&
                    char_hex(text.ptr[i + 1]) >= 0 && char_hex(text.ptr[i + 2]) >= 0;
        if (code) {
            int value = char_hex(text.ptr[i + 1]) * 16 + char_hex(text.ptr[i + 2]);
            buf_add_char(b, (char)value);
            i += 2;
        } else {
            buf_add_char(b, text.ptr[i]);
        }
    }
}

static char *weburl_dup_unescaped(struct span s)
{
    struct buf b = buf_make(sys_heap());
    weburl_add_unescaped(&b, s);
    return buf_take(&b);
}

/* The length of "scheme" where text begins with "scheme:", or 0. */
static size_t weburl_scheme_len(struct span text)
{
    if (!text.len || !char_is_alpha(text.ptr[0]))
        return 0;
    size_t i = 1;
    while (i < text.len && (char_is_alnum(text.ptr[i]) || strchr("+-.", text.ptr[i])))
        i++;
    return i < text.len && text.ptr[i] == ':' ? i : 0;
}

/* Control characters are never right in a URL; a space only where it can be encoded. */
static bool weburl_has_junk(struct span text, unsigned flags)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 127 || (c == ' ' && !(flags & WEBURL_ENCODE)))
            return true;
    }
    return false;
}

/* A part of the URL with spaces and bytes above 127 encoded, if that is asked for. */
static char *weburl_dup_part(struct span s, unsigned flags, bool query)
{
    struct buf b = buf_make(sys_heap());
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (!(flags & WEBURL_ENCODE) || (c != ' ' && c < 128))
            buf_add_char(&b, (char)c);
        else if (c == ' ' && query)
            buf_add_char(&b, '+');
        else
            buf_addf(&b, "%%%02x", c);
    }
    return buf_take(&b);
}

/* Takes one "/segment" off the end of what is in b. */
static void weburl_drop_segment(struct buf *b)
{
    size_t slash = span_find_last(buf_span(b), '/');
    buf_cut(b, slash < b->len ? slash : 0);
}

static bool weburl_is_dots(struct span segment, const char *dots)
{
    return span_eq_str(segment, dots);
}

/* The path with "." and ".." taken out (RFC 3986, 5.2.4). */
static char *weburl_squash_dots(char *path)
{
    struct buf b = buf_make(sys_heap());
    struct span rest = span_of(path);
    while (rest.len) {
        rest = span_from(rest, 1); // the slash
        size_t len = span_find(rest, '/');
        struct span segment = span_make(rest.ptr, len);
        bool last = len == rest.len;
        rest = span_from(rest, len);
        if (weburl_is_dots(segment, "..")) {
            weburl_drop_segment(&b);
        } else if (!weburl_is_dots(segment, ".")) {
            buf_add_char(&b, '/');
            buf_add_span(&b, segment);
            continue;
        }
        if (last)
            buf_add_char(&b, '/');
    }
    if (!b.len)
        buf_add_char(&b, '/');
    sys_free(path);
    return buf_take(&b);
}

/* From "/path?query#fragment", which may be empty. */
static void weburl_parse_tail(struct weburl *u, struct span text, unsigned flags)
{
    size_t hash = span_find(text, '#');
    if (hash < text.len)
        u->fragment = weburl_dup(span_from(text, hash + 1));
    text.len = hash;
    size_t mark = span_find(text, '?');
    if (mark < text.len)
        u->query = weburl_dup_part(span_from(text, mark + 1), flags, true);
    text.len = mark;
    if (!text.len)
        text = span_of("/");
    u->path = weburl_squash_dots(weburl_dup_part(text, flags, false));
}

static enum weburl_error weburl_parse_port(struct weburl *u, struct span text)
{
    if (!text.len)
        return WEBURL_OK; // "host:" is without a port
    int64_t port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!char_is_digit(text.ptr[i]))
            return WEBURL_BAD_PORT;
        port = port * 10 + text.ptr[i] - '0';
        if (port > 65535)
            return WEBURL_BAD_PORT;
    }
    u->port = (int)port;
    return WEBURL_OK;
}

static enum weburl_error weburl_check_host(struct span host)
{
    if (!host.len)
        return WEBURL_NO_HOST;
    for (size_t i = 0; i < host.len; i++)
        if (strchr(" \r\n\t/:#?!@{}[]\\$'\"^`*<>=;,|()", host.ptr[i]))
            return WEBURL_BAD_HOST;
    return WEBURL_OK;
}

/* "user:password@host:port". */
static enum weburl_error weburl_parse_authority(struct weburl *u, struct span text)
{
    size_t at = span_find_last(text, '@');
    if (at < text.len) {
        struct span login = span_make(text.ptr, at);
        size_t colon = span_find(login, ':');
        u->user = weburl_dup_unescaped(span_make(login.ptr, colon));
        if (colon < login.len)
            u->password = weburl_dup_unescaped(span_from(login, colon + 1));
        text = span_from(text, at + 1);
    }
    size_t end = 0;
    if (text.len && text.ptr[0] == '[') {
        end = span_find(text, ']');
        if (end == text.len)
            return WEBURL_MALFORMED;
        end++;
        if (end < text.len && text.ptr[end] != ':')
            return WEBURL_BAD_PORT;
    } else {
        end = span_find(text, ':');
        enum weburl_error err = weburl_check_host(span_make(text.ptr, end));
        if (err)
            return err;
    }
    u->host = weburl_dup_lower(span_make(text.ptr, end));
    return weburl_parse_port(u, span_from(text, end + 1));
}

enum weburl_error weburl_parse(struct weburl *u, const char *text,
                               const char *default_scheme, unsigned flags)
{
    *u = (struct weburl){.port = -1};
    struct span s = span_of(text);
    if (weburl_has_junk(s, flags) || !s.len)
        return WEBURL_MALFORMED;
    size_t len = weburl_scheme_len(s);
    bool given = len && len + 1 < s.len && s.ptr[len + 1] == '/';
    if (given) {
        u->scheme = weburl_dup_lower(span_make(s.ptr, len));
        s = span_from(s, len + 1);
        size_t slashes = 0;
        while (slashes < s.len && s.ptr[slashes] == '/')
            slashes++;
        if (slashes > 3)
            return WEBURL_MALFORMED;
        s = span_from(s, slashes);
    } else {
        u->scheme = sys_strdup(default_scheme);
        u->guessed = true;
    }
    size_t end = 0;
    while (end < s.len && !strchr("/?#", s.ptr[end]))
        end++;
    enum weburl_error err = weburl_parse_authority(u, span_make(s.ptr, end));
    if (!err)
        weburl_parse_tail(u, span_from(s, end), flags);
    return err;
}

static char *weburl_dup_or_null(const char *text)
{
    return text ? sys_strdup(text) : NULL;
}

/* The text of the path and what follows of a reference without scheme and host. */
static void weburl_add_merged(struct buf *b, const struct weburl *base,
                              const char *reference)
{
    if (reference[0] == '/') {
        buf_add_str(b, reference);
        return;
    }
    buf_add_str(b, base->path);
    if (reference[0] == '#' || reference[0] == '?' || !reference[0]) {
        if (base->query && reference[0] != '?')
            buf_addf(b, "?%s", base->query);
    } else {
        weburl_drop_segment(b);
        buf_add_char(b, '/');
    }
    buf_add_str(b, reference);
}

enum weburl_error weburl_join(struct weburl *u, const struct weburl *base,
                              const char *reference)
{
    struct span s = span_of(reference);
    size_t len = weburl_scheme_len(s);
    if (len && len + 1 < s.len && s.ptr[len + 1] == '/')
        return weburl_parse(u, reference, base->scheme, WEBURL_ENCODE);
    *u = (struct weburl){.port = -1};
    if (len)
        return WEBURL_NOT_WEB;
    struct buf b = buf_make(sys_heap());
    enum weburl_error err = WEBURL_OK;
    if (str_starts(reference, "//")) {
        buf_addf(&b, "%s:%s", base->scheme, reference);
        err = weburl_parse(u, buf_str(&b), base->scheme, WEBURL_ENCODE);
    } else if (weburl_has_junk(s, WEBURL_ENCODE)) {
        err = WEBURL_MALFORMED;
    } else {
        *u = (struct weburl){.scheme = sys_strdup(base->scheme),
                             .user = weburl_dup_or_null(base->user),
                             .password = weburl_dup_or_null(base->password),
                             .host = sys_strdup(base->host),
                             .port = base->port};
        weburl_add_merged(&b, base, reference);
        weburl_parse_tail(u, buf_span(&b), WEBURL_ENCODE);
    }
    buf_fini(&b);
    return err;
}

void weburl_free(struct weburl *u)
{
    char *parts[] = {u->scheme, u->user,  u->password, u->host,
                     u->path,   u->query, u->fragment};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        sys_free(parts[i]);
    *u = (struct weburl){.port = -1};
}

void weburl_add(struct buf *b, const struct weburl *u, bool full)
{
    buf_addf(b, "%s://", u->scheme);
    if (full && u->user) {
        weburl_add_escaped(b, span_of(u->user));
        if (u->password) {
            buf_add_char(b, ':');
            weburl_add_escaped(b, span_of(u->password));
        }
        buf_add_char(b, '@');
    }
    buf_add_str(b, u->host);
    if (u->port >= 0)
        buf_addf(b, ":%d", u->port);
    buf_add_str(b, u->path);
    if (u->query)
        buf_addf(b, "?%s", u->query);
    if (full && u->fragment)
        buf_addf(b, "#%s", u->fragment);
}

char *weburl_text(const struct weburl *u, bool full)
{
    struct buf b = buf_make(sys_heap());
    weburl_add(&b, u, full);
    return buf_take(&b);
}

int weburl_port(const struct weburl *u)
{
    return u->port >= 0 ? u->port : str_eq(u->scheme, "https") ? 443 : 80;
}

bool weburl_same_origin(const struct weburl *a, const struct weburl *b)
{
    return str_eq(a->scheme, b->scheme) && str_eq(a->host, b->host) &&
           weburl_port(a) == weburl_port(b);
}

/* url.c: see url.h. */
#include "net/url.h"

#include <errno.h>

#include "base/num.h"

enum { URL_DECODE_TIMES = 4, URL_LABEL_MAX = 63 };

/* ---- Percent-encoding and dots ---------------------------------------------------- */

/* The byte that "%XX" at s stands for, or -1. */
static int url_escape(struct span s)
{
    if (s.len < 3 || s.ptr[0] != '%')
        return -1;
    int high = char_hex((unsigned char)s.ptr[1]);
    int low = char_hex((unsigned char)s.ptr[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool url_is_unreserved(int c)
{
    return char_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* Adds text with its percent-encoding undone, of all or of unreserved bytes only. */
static void url_decode(struct span text, bool all, struct buf *b)
{
    for (size_t i = 0; i < text.len; i++) {
        int c = url_escape(span_from(text, i));
        if (c >= 0 && (all || url_is_unreserved(c))) {
            buf_add_char(b, (char)c);
            i += 2;
        } else {
            buf_add_char(b, text.ptr[i]);
        }
    }
}

/* How many dots a segment is, encoded ones too; 0: it is something else. lenient: what
 * follows a ';' does not count. */
static unsigned url_dots(struct span segment, bool lenient)
{
    unsigned dots = 0;
    for (size_t i = 0; i < segment.len; i++, dots++) {
        if (lenient && segment.ptr[i] == ';')
            break;
        if (url_escape(span_from(segment, i)) == '.')
            i += 2;
        else if (segment.ptr[i] != '.')
            return 0;
    }
    return dots > 2 ? 0 : dots;
}

/* Adds path (which begins with a slash) without dot segments (RFC 3986, 5.2.4). */
static void url_remove_dots(struct span path, bool lenient, struct buf *b)
{
    size_t start = b->len;
    while (path.len) {
        struct span rest = span_from(path, 1);
        size_t len = span_find(rest, '/');
        bool last = len == rest.len;
        unsigned dots = url_dots(span_make(rest.ptr, len), lenient);
        if (dots == 2 && b->len > start)
            buf_cut(b, start + span_find_last(span_from(buf_span(b), start), '/'));
        if (!dots || last) {
            buf_add_char(b, '/');
            if (!dots)
                buf_add(b, rest.ptr, len);
        }
        path = span_from(rest, len);
    }
    if (b->len == start)
        buf_add_char(b, '/');
}

void url_plain_path(const struct url *u, struct buf *b)
{
    url_decode(span_make(buf_str(&u->target), u->path_len), false, b);
}

void url_lenient_path(const struct url *u, struct buf *b)
{
    struct buf text = buf_make(b->alloc), next = buf_make(b->alloc);
    buf_add(&text, buf_str(&u->target), u->path_len);
    for (int i = 0; i < URL_DECODE_TIMES; i++) {
        buf_clear(&next);
        url_decode(buf_span(&text), true, &next);
        struct buf swap = text;
        text = next;
        next = swap;
    }
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\\')
            text.data[i] = '/';
    url_remove_dots(buf_span(&text), true, b);
    b->failed |= text.failed || next.failed;
    buf_fini(&text);
    buf_fini(&next);
}

/* ---- Parts ------------------------------------------------------------------------ */

static int url_take_scheme(struct url *u, struct span *text)
{
    struct span colon = span_of("://");
    size_t len = span_find_span(*text, colon);
    if (!len || len == text->len)
        return -EINVAL;
    char scheme[8] = "";
    for (size_t i = 0; i < len; i++) {
        int c = char_lower((unsigned char)text->ptr[i]);
        if (!char_is_alnum(c) && c != '+' && c != '-' && c != '.')
            return -EINVAL;
        if (i < sizeof scheme - 1)
            scheme[i] = (char)c;
    }
    u->https = len == 5 && str_eq(scheme, "https");
    if (!u->https && !(len == 4 && str_eq(scheme, "http")))
        return -EPROTONOSUPPORT;
    *text = span_from(*text, len + colon.len);
    return 0;
}

static int url_take_port(struct url *u, struct span text)
{
    u->port = u->https ? 443 : 80;
    if (!text.len)
        return 0;
    uint32_t port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!char_is_digit(text.ptr[i]))
            return -EINVAL;
        port = port * 10 + (uint32_t)(text.ptr[i] - '0');
        if (port > UINT16_MAX)
            return -EINVAL;
    }
    u->port = (uint16_t)port;
    return port ? 0 : -EINVAL;
}

static int url_check_name(const char *host)
{
    size_t label = 0;
    for (const char *p = host; *p; p++) {
        label = *p == '.' ? 0 : label + 1;
        bool first = label == 0 && (p == host || p[-1] == '.');
        if (first || label > URL_LABEL_MAX)
            return -EINVAL;
        if (!char_is_alnum(*p) && *p != '-' && *p != '_' && *p != '.')
            return -EINVAL;
    }
    return label ? 0 : -EINVAL;
}

static int url_take_literal(struct url *u, struct span text)
{
    if (address_parse_6(text, &u->address))
        return -EINVAL;
    address_format(&u->address, u->host);
    return 0;
}

static int url_take_host(struct url *u, struct span text, const struct alloc *alloc)
{
    struct buf name = buf_make(alloc);
    url_decode(text, true, &name);
    if (name.len && name.data[name.len - 1] == '.')
        buf_cut(&name, name.len - 1);
    int err = name.failed ? -ENOMEM
              : !name.len || name.len > URL_HOST_MAX || strlen(name.data) != name.len
                  ? -EINVAL
                  : 0;
    for (size_t i = 0; !err && i <= name.len; i++)
        u->host[i] = (char)char_lower((unsigned char)name.data[i]);
    buf_fini(&name);
    if (err)
        return err;
    err = url_check_name(u->host);
    if (err)
        return err;
    err = address_parse_loose(span_of(u->host), &u->address);
    if (!err)
        address_format(&u->address, u->host);
    return err == -ERANGE ? -EINVAL : 0;
}

static int url_take_authority(struct url *u, struct span text, const struct alloc *alloc)
{
    if (span_find(text, '@') < text.len)
        return -EPERM;
    if (text.len && text.ptr[0] == '[') {
        size_t end = span_find(text, ']');
        struct span after = span_from(text, end + 1);
        if (end == text.len || (after.len && after.ptr[0] != ':'))
            return -EINVAL;
        int err = url_take_literal(u, span_make(text.ptr + 1, end - 1));
        return err ? err : url_take_port(u, span_from(after, 1));
    }
    size_t colon = span_find(text, ':');
    int err = url_take_host(u, span_make(text.ptr, colon), alloc);
    return err ? err : url_take_port(u, span_from(text, colon + 1));
}

static size_t url_authority_len(struct span text)
{
    size_t i = 0;
    while (i < text.len && text.ptr[i] != '/' && text.ptr[i] != '?' && text.ptr[i] != '#')
        i++;
    return i;
}

/* The path is made free of dot segments; the query is kept, the fragment is not. */
static void url_take_target(struct url *u, struct span text)
{
    text.len = span_find(text, '#');
    size_t query = span_find(text, '?');
    url_remove_dots(span_make(text.ptr, query), false, &u->target);
    u->path_len = u->target.len;
    buf_add_span(&u->target, span_from(text, query));
}

int url_parse(struct url *u, struct span text, const struct alloc *alloc)
{
    *u = (struct url){.target = buf_make(alloc)};
    if (text.len > URL_MAX)
        return -EINVAL;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 127)
            return -EINVAL;
    int err = url_take_scheme(u, &text);
    if (err)
        return err;
    size_t len = url_authority_len(text);
    err = url_take_authority(u, span_make(text.ptr, len), alloc);
    if (err)
        return err;
    url_take_target(u, span_from(text, len));
    return u->target.failed ? -ENOMEM : 0;
}

void url_fini(struct url *u) { buf_fini(&u->target); }

void url_text(const struct url *u, struct buf *b)
{
    bool literal = u->address.family == 6;
    buf_addf(b, "%s://%s%s%s:%u", u->https ? "https" : "http", literal ? "[" : "",
             u->host, literal ? "]" : "", u->port);
    buf_add_span(b, buf_span(&u->target));
}

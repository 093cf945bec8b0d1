/* printf.c: see printf.h. Text is measured in bytes, as bash and coreutils do. */
#include "user/printf.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/msg.h"
#include "user/zone.h"

struct printf_state {
    struct buf *b;
    const struct printf_how *how;
    char **args; // those left
    size_t pass; // where in b what this pass through the format gives begins
    size_t gone; // bytes of this pass that were written out
    bool said;   // there was a message
    bool used;   // the format took an argument
    bool stop;
    int status;
    struct zone *zone;
};

/* One conversion. */
struct printf_spec {
    const char *start; // at the '%'
    char flags[8];
    int width;     // < 0 cannot be: it becomes the flag '-'
    int precision; // -1: none
    bool has_width, too_large;
    char conv;
};

static const char *printf_arg(struct printf_state *s)
{
    s->used = true;
    return *s->args ? *s->args++ : NULL;
}

static void printf_flush(struct printf_state *s)
{
    if (!s->how->flush || !s->b->len)
        return;
    size_t written = s->how->flush(s->how->ctx, buf_span(s->b));
    if (written == SIZE_MAX) {
        s->stop = true;
        written = s->b->len; // it is lost
    }
    memmove(s->b->data, s->b->data + written, s->b->len - written);
    buf_cut(s->b, s->b->len - written);
    s->gone += written > s->pass ? written - s->pass : 0;
    s->pass -= size_min(written, s->pass);
}

/* What was formatted so far is seen before a message. */
static void printf_before_message(struct printf_state *s)
{
    s->said = true;
    printf_flush(s);
}

/* ---- Numbers from arguments ------------------------------------------------------- */

/* What is wrong with the number text, of which rest was not understood. */
static void printf_bad_number(struct printf_state *s, const char *text, bool nothing)
{
    s->status = 1;
    printf_before_message(s);
    if (!s->how->bash) {
        msg(nothing ? "%s: expected a numeric value"
                    : "%s: value not completely converted",
            quoted(text));
        return;
    }
    const char *kind = "invalid number";
    if (text[0] == '0' && char_is_digit(text[1]))
        kind = "invalid octal number";
    else if (text[0] == '0' && text[1] == 'x')
        kind = "invalid hex number";
    msg("printf: %s: %s", text, kind);
}

static void printf_range(struct printf_state *s, const char *text)
{
    printf_before_message(s);
    if (s->how->bash) {
        msg("printf: warning: %s: %s", text, errtext(ERANGE));
        return;
    }
    msg_errno(ERANGE, "%s", quoted(text));
    s->status = 1;
}

/* 'c: the number of the character. */
static int64_t printf_char_code(struct printf_state *s, const char *text)
{
    uint32_t c = 0;
    int len = utf8_decode(text, strlen(text), &c);
    if (len <= 0) {
        len = 1;
        c = (unsigned char)*text;
    }
    if (!s->how->bash && text[len]) {
        printf_before_message(s);
        msg_warn(
            "warning: %s: character(s) following character constant have been ignored",
            text + len);
    }
    return c;
}

/* Whether text is a character constant: bash takes a quote alone as 0. */
static bool printf_is_char(const struct printf_state *s, const char *text)
{
    return (*text == '\'' || *text == '"') && (s->how->bash || text[1]);
}

/* After a number was read up to rest, with err. */
static void printf_check(struct printf_state *s, const char *text, const char *rest,
                         int err)
{
    bool nothing = err == -EINVAL && *text;
    if (nothing || (!err && *rest) || (err == -ERANGE && *rest))
        printf_bad_number(s, text, nothing);
    else if (err == -ERANGE)
        printf_range(s, text);
}

static int64_t printf_int(struct printf_state *s)
{
    const char *text = printf_arg(s), *rest = "";
    if (!text)
        return 0;
    if (printf_is_char(s, text))
        return printf_char_code(s, text + 1);
    int64_t n = 0;
    int err = num_to_i64_base(text, 0, &n, &rest);
    printf_check(s, text, rest, err);
    return n;
}

static uint64_t printf_uint(struct printf_state *s)
{
    const char *text = printf_arg(s), *rest = "";
    if (!text)
        return 0;
    if (printf_is_char(s, text))
        return (uint64_t)printf_char_code(s, text + 1);
    const char *digits = text + strspn(text, " \t\n\v\f\r");
    bool minus = *digits == '-' && char_is_digit((unsigned char)digits[1]);
    if (*digits == '-' && !minus) {
        s->args--;
        return (uint64_t)printf_int(s);
    }
    uint64_t n = 0;
    int err = num_to_u64_base(minus ? digits + 1 : text, 0, &n, &rest);
    printf_check(s, text, rest, err);
    return minus && err != -ERANGE ? 0 - n : n;
}

static long double printf_float(struct printf_state *s)
{
    const char *text = printf_arg(s), *rest = "";
    if (!text)
        return 0;
    if (printf_is_char(s, text))
        return printf_char_code(s, text + 1);
    long double n = 0;
    int err = num_to_long_double(text, &n, &rest);
    printf_check(s, text, rest, err);
    return n;
}

/* ---- Conversions ------------------------------------------------------------------ */

static bool printf_has_flag(const struct printf_spec *d, char flag)
{
    return strchr(d->flags, flag) != NULL;
}

static void printf_pad(struct printf_state *s, const struct printf_spec *d,
                       struct span text)
{
    size_t fill = (size_t)d->width > text.len ? (size_t)d->width - text.len : 0;
    bool left = printf_has_flag(d, '-');
    sys_check_size(SYS_LIMIT_EXPANSION, s->b->len + fill + text.len);
    if (!left)
        buf_add_repeated(s->b, ' ', fill);
    buf_add_span(s->b, text);
    if (left)
        buf_add_repeated(s->b, ' ', fill);
}

static struct span printf_cut(const struct printf_spec *d, struct span text)
{
    if (d->precision >= 0 && (size_t)d->precision < text.len)
        text.len = (size_t)d->precision;
    return text;
}

static void printf_number(struct printf_state *s, const struct printf_spec *d)
{
    bool is_signed = d->conv == 'd' || d->conv == 'i';
    long long n = is_signed ? printf_int(s) : (long long)printf_uint(s);
    char format[32];
    size_t len = 0;
    format[len++] = '%';
    for (const char *f = d->flags; *f; f++)
        if (*f != '\'')
            format[len++] = *f;
    memcpy(format + len, "*.*ll", 5);
    len += 5;
    format[len++] = d->conv;
    format[len] = '\0';
    sys_check_size(SYS_LIMIT_EXPANSION,
                   s->b->len + (size_t)d->width +
                       (size_t)(d->precision < 0 ? 0 : d->precision));
    buf_addf(s->b, format, d->width, d->precision, n);
}

static void printf_floating(struct printf_state *s, const struct printf_spec *d)
{
    long double n = printf_float(s);
    unsigned flags = (printf_has_flag(d, '-') ? NUM_MINUS : 0) |
                     (printf_has_flag(d, '0') ? NUM_ZERO : 0) |
                     (printf_has_flag(d, '+') ? NUM_PLUS : 0) |
                     (printf_has_flag(d, ' ') ? NUM_SPACE : 0) |
                     (printf_has_flag(d, '#') ? NUM_ALT : 0);
    sys_check_size(SYS_LIMIT_EXPANSION,
                   s->b->len + (size_t)d->width +
                       (size_t)(d->precision < 0 ? 0 : d->precision));
    num_add_long_double(s->b, d->conv, flags, d->width, d->precision, n);
}

static void printf_missing(struct printf_state *s, char missing)
{
    printf_before_message(s);
    if (!s->how->bash) {
        msg("missing hexadecimal number in escape");
        s->stop = true;
        s->status = 1;
    } else if (missing == 'x') {
        msg("printf: missing hex digit for \\x");
    } else {
        msg("printf: missing unicode digit for \\%c", missing);
    }
}

/* Adds text with the escapes of %b. */
static void printf_unescape(struct printf_state *s, struct buf *b, struct span text)
{
    while (text.len && !s->stop) {
        size_t plain = span_find(text, '\\');
        buf_add(b, text.ptr, plain);
        if (plain == text.len)
            return;
        text = span_from(text, plain + 1);
        if (!text.len) {
            buf_add_char(b, '\\');
            return;
        }
        struct escape e;
        size_t n =
            escape_read(ESCAPE_PRINTF_B | (s->how->bytes ? ESCAPE_ASCII : 0), text, &e);
        if (e.missing)
            printf_missing(s, e.missing);
        if (s->stop)
            return;
        buf_add(b, e.bytes, (size_t)e.len);
        s->stop |= e.stop;
        text = span_from(text, n);
    }
}

static void printf_text(struct printf_state *s, const struct printf_spec *d)
{
    const char *arg = printf_arg(s);
    struct span text = span_of(arg ? arg : "");
    struct buf b = buf_make(sys_heap());
    switch (d->conv) {
    case 'b':
        printf_unescape(s, &b, text);
        text = printf_cut(d, buf_span(&b));
        break;
    case 'q':
        if (s->how->bash)
            escape_add_backslashed(&b, text, !s->how->bytes);
        else
            escape_add_gnu(&b, ESCAPE_GNU_SHELL_ESCAPE, text);
        text = printf_cut(d, buf_span(&b));
        break;
    case 'Q':
        escape_add_backslashed(&b, printf_cut(d, text), !s->how->bytes);
        text = buf_span(&b);
        break;
    default: text = printf_cut(d, text);
    }
    printf_pad(s, d, text);
    buf_fini(&b);
}

static void printf_char(struct printf_state *s, const struct printf_spec *d)
{
    const char *arg = printf_arg(s);
    printf_pad(s, d, span_make(arg ? arg : "", 1)); // a NUL where there is nothing
}

static void printf_time(struct printf_state *s, const struct printf_spec *d,
                        struct span format)
{
    int64_t seconds;
    if (*s->args)
        seconds = printf_int(s);
    else
        seconds = (printf_arg(s), -1);
    if (seconds == -1)
        seconds = sys_clock(SYS_CLOCK_REAL) / 1000000000;
    else if (seconds == -2)
        seconds = s->how->started;
    if (!s->zone)
        s->zone = zone_open(s->how->get ? s->how->get(s->how->ctx, "TZ") : NULL);
    struct buf spec = buf_make(sys_heap()), text = buf_make(sys_heap());
    buf_add_span(&spec, format.len ? format : span_of("%X"));
    zone_strftime(&text, s->zone, buf_str(&spec), seconds);
    printf_pad(s, d, printf_cut(d, buf_span(&text)));
    buf_fini(&spec);
    buf_fini(&text);
}

/* ---- The format ------------------------------------------------------------------- */

/* A width or precision: digits or an argument. */
static const char *printf_read_count(struct printf_state *s, const char *p,
                                     struct printf_spec *d, int *n)
{
    int64_t count = 0;
    if (*p == '*') {
        count = printf_int(s);
        p++;
        if (count < -INT_MAX || count > INT_MAX)
            d->too_large = true;
    } else {
        while (char_is_digit(*p)) {
            if (count <= INT_MAX)
                count = count * 10 + (*p - '0');
            p++;
        }
        if (count > INT_MAX)
            d->too_large = true;
    }
    *n = d->too_large ? 0 : (int)count;
    return p;
}

static const char *printf_read_spec(struct printf_state *s, const char *p,
                                    struct printf_spec *d)
{
    *d = (struct printf_spec){.start = p, .precision = -1};
    size_t flags = 0;
    for (p++; *p && strchr("#'-+ 0", *p); p++)
        if (!printf_has_flag(d, *p))
            d->flags[flags++] = *p;
    d->has_width = char_is_digit(*p) || *p == '*';
    p = printf_read_count(s, p, d, &d->width);
    if (d->width < 0) {
        d->width = -d->width;
        if (!printf_has_flag(d, '-'))
            d->flags[flags++] = '-';
    }
    if (*p == '.') {
        p = printf_read_count(s, p + 1, d, &d->precision);
        if (d->precision < 0)
            d->precision = -1;
    }
    p += strspn(p, "hjlLtz");
    d->conv = *p;
    return p;
}

static void printf_bad_spec(struct printf_state *s, const struct printf_spec *d,
                            const char *end)
{
    s->status = 1;
    s->stop = true;
    printf_before_message(s);
    if (!s->how->bash)
        msg("%.*s: invalid conversion specification", (int)(end - d->start + !!*end),
            d->start);
    else if (d->conv)
        msg("printf: `%c': invalid format character", d->conv);
    else
        msg("printf: `%.*s': missing format character", (int)(end - d->start), d->start);
}

/* GNU allows fewer combinations than bash. */
static bool printf_is_refused(const struct printf_state *s, const struct printf_spec *d)
{
    if (s->how->bash)
        return false;
    if (strchr("bq", d->conv))
        return *d->flags || d->has_width || d->precision >= 0;
    return strchr("Qn(", d->conv) != NULL;
}

static const char *printf_time_spec(struct printf_state *s, const struct printf_spec *d,
                                    const char *p)
{
    const char *format = p + 1;
    int depth = 1;
    for (p++; *p; p++) {
        if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            break;
    }
    if (!*p || p[1] != 'T') {
        s->status = 1;
        s->stop = true;
        printf_before_message(s);
        msg_warn("printf: warning: `%c': invalid time format specification",
                 *p ? p[1] : ' ');
        return p;
    }
    printf_time(s, d, span_make(format, (size_t)(p - format)));
    return p + 1;
}

static void printf_count(struct printf_state *s)
{
    const char *name = printf_arg(s);
    if (name && *name && s->how->set &&
        s->how->set(s->how->ctx, name, (int64_t)(s->gone + s->b->len - s->pass))) {
        s->status = 1;
        s->stop = true;
    }
}

/* One conversion at p ('%'). Gives the place after it. */
static const char *printf_convert(struct printf_state *s, const char *p)
{
    if (p[1] == '%') {
        buf_add_char(s->b, '%');
        return p + 2;
    }
    struct printf_spec d;
    p = printf_read_spec(s, p, &d);
    if (!d.conv || !strchr("csbqQdiouxXeEfFgGaAn(", d.conv) || printf_is_refused(s, &d)) {
        printf_bad_spec(s, &d, p);
        return p;
    }
    if (d.too_large) { // as where the C library fails: nothing comes out
        printf_arg(s);
        return p + 1;
    }
    if (d.conv == 'c')
        printf_char(s, &d);
    else if (strchr("sbqQ", d.conv))
        printf_text(s, &d);
    else if (strchr("diouxX", d.conv))
        printf_number(s, &d);
    else if (d.conv == 'n')
        printf_count(s);
    else if (d.conv == '(')
        p = printf_time_spec(s, &d, p);
    else
        printf_floating(s, &d);
    return p + 1;
}

/* An escape of the format; p is at the backslash. */
static const char *printf_escape(struct printf_state *s, const char *p)
{
    struct escape e;
    p++;
    if (!*p) {
        buf_add_char(s->b, '\\');
        return p;
    }
    if (!s->how->bash && *p == 'c') {
        s->stop = true;
        return p + 1;
    }
    size_t n =
        escape_read(ESCAPE_PRINTF | (s->how->bytes ? ESCAPE_ASCII : 0), span_of(p), &e);
    if (e.missing)
        printf_missing(s, e.missing);
    if (s->stop)
        return p;
    buf_add(s->b, e.bytes, (size_t)e.len);
    return p + n;
}

static void printf_once(struct printf_state *s, const char *p)
{
    while (*p && !s->stop) {
        size_t plain = strcspn(p, "%\\");
        buf_add(s->b, p, plain);
        p += plain;
        if (*p == '%')
            p = printf_convert(s, p);
        else if (*p)
            p = printf_escape(s, p);
    }
}

int printf_run(struct buf *b, const struct printf_how *how, const char *format,
               char **args)
{
    struct printf_state s = {.b = b, .how = how, .args = args};
    do {
        s.used = false;
        s.pass = b->len;
        s.gone = 0;
        printf_once(&s, format);
        if (UNLIKELY(s.said))
            printf_flush(&s);
        sys_tick();
    } while (s.used && *s.args && !s.stop);
    if (*s.args && !s.stop && !how->bash) {
        printf_before_message(&s);
        msg_warn("warning: ignoring excess arguments, starting with %s", quoted(*s.args));
    }
    if (s.zone)
        zone_free(s.zone);
    return s.status;
}

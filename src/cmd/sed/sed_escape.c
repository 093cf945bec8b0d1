/* sed_escape.c: escapes that stand for one byte. See sed.h. */
#include "cmd/sed/sed.h"

/* Up to max digits of a base; *value is 0 without any. Gives their count. */
static int sed_digits(struct span text, int base, int max, unsigned *value)
{
    int n = 0;
    *value = 0;
    while (n < max && (size_t)n < text.len) {
        int digit = char_hex((unsigned char)text.ptr[n]);
        if (digit < 0 || digit >= base)
            break;
        *value = *value * (unsigned)base + (unsigned)digit;
        n++;
    }
    return n;
}

/* \cX */
static int sed_escape_control(struct span from, unsigned char *c)
{
    if (from.len < 2)
        return 0;
    unsigned char x = (unsigned char)from.ptr[1];
    if (x == '\\' && (from.len < 3 || from.ptr[2] != '\\'))
        return -1;
    *c = (unsigned char)(char_upper(x) ^ 0x40);
    return x == '\\' ? 3 : 2;
}

int sed_escape(struct span from, unsigned char *c)
{
    if (!from.len)
        return 0;
    unsigned value;
    int digits;
    switch (from.ptr[0]) {
    case 'a': *c = '\a'; return 1;
    case 'f': *c = '\f'; return 1;
    case 'n': *c = '\n'; return 1;
    case 'r': *c = '\r'; return 1;
    case 't': *c = '\t'; return 1;
    case 'v': *c = '\v'; return 1;
    case 'c': return sed_escape_control(from, c);
    case 'd': digits = sed_digits(span_from(from, 1), 10, 3, &value); break;
    case 'o': digits = sed_digits(span_from(from, 1), 8, 3, &value); break;
    case 'x': digits = sed_digits(span_from(from, 1), 16, 2, &value); break;
    default: return 0;
    }
    *c = (unsigned char)value;
    return digits ? digits + 1 : 0;
}

size_t sed_bracket(struct span from, bool *closed)
{
    const char *end = from.ptr + from.len, *p = from.ptr;
    p += p < end && *p == '^';
    p += p < end && *p == ']';
    while (p < end && *p != ']' && *p != '\n') {
        if (*p == '[' && p + 1 < end && (p[1] == ':' || p[1] == '.' || p[1] == '=')) {
            const char *close = p + 2;
            while (close + 1 < end && !(*close == p[1] && close[1] == ']'))
                close++;
            p = close + 1 < end ? close + 1 : close;
        }
        p++;
    }
    p = p < end ? p : end;
    *closed = p < end && *p == ']';
    return (size_t)(p - from.ptr) + *closed;
}

void sed_convert_regex(struct buf *b, struct span text, bool posix)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c;
        int n = text.ptr[i] == '\\' ? sed_escape(span_from(text, i + 1), &c) : 0;
        if (n > 0) {
            buf_add_char(b, (char)c);
            i += (size_t)n;
            continue;
        }
        buf_add_char(b, text.ptr[i]);
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            buf_add_char(b, text.ptr[++i]);
        } else if (text.ptr[i] == '[' && posix) {
            bool closed;
            size_t len = sed_bracket(span_from(text, i + 1), &closed);
            buf_add(b, text.ptr + i + 1, len);
            i += len;
        }
    }
}

/* escape_quote.c: text quoted as bash 5.2 quotes it. */
#include "base/escape.h"

#include "base/buf.h"
#include "base/utf8.h"

size_t escape_unit(struct span text, size_t at, bool utf8, bool *printable)
{
    uint32_t c;
    int len = utf8_decode(text.ptr + at, text.len - at, &c);
    if (len <= 0 || (len > 1 && !utf8)) {
        *printable = false;
        return 1;
    }
    if (len == 1)
        *printable = char_is_print((int)c);
    else
        *printable = c >= 0xa0 && c != 0x2028 && c != 0x2029 && (c & 0xfffe) != 0xfffe &&
                     !(c >= 0xfdd0 && c <= 0xfdef);
    return (size_t)len;
}

bool escape_is_printable(struct span text, bool utf8)
{
    bool printable = true;
    for (size_t at = 0; at < text.len && printable;)
        at += escape_unit(text, at, utf8, &printable);
    return printable;
}

/* Whether c at text[at] means something to a shell that reads it unquoted. */
static bool escape_is_special(struct span text, size_t at)
{
    char c = text.ptr[at];
    if (c == '#')
        return at == 0;
    if (c == '~')
        return at == 0 || text.ptr[at - 1] == '=' || text.ptr[at - 1] == ':';
    return c && strchr(" !\"$&'()*;<>?[\\]^`{|}", c);
}

void escape_add_dollar(struct buf *b, struct span text, bool utf8)
{
    static const char codes[] = "\a\b\t\n\v\f\r\033\\'", letters[] = "abtnvfrE\\'";

    buf_add_str(b, "$'");
    for (size_t at = 0; at < text.len;) {
        bool printable;
        size_t len = escape_unit(text, at, utf8, &printable);
        const char *ptr = text.ptr + at, *code = *ptr ? strchr(codes, *ptr) : NULL;
        if (code)
            buf_addf(b, "\\%c", letters[code - codes]);
        else if (printable)
            buf_add(b, ptr, len);
        else
            for (size_t i = 0; i < len; i++)
                buf_addf(b, "\\%03o", (unsigned)(unsigned char)ptr[i]);
        at += len;
    }
    buf_add_char(b, '\'');
}

void escape_add_backslashed(struct buf *b, struct span text, bool utf8)
{
    if (text.len == 0) {
        buf_add_str(b, "''");
        return;
    }
    if (!escape_is_printable(text, utf8)) {
        escape_add_dollar(b, text, utf8);
        return;
    }
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] == ',' || escape_is_special(text, at))
            buf_add_char(b, '\\');
        buf_add_char(b, text.ptr[at]);
    }
}

void escape_add_plain_single(struct buf *b, struct span text)
{
    if (span_eq_str(text, "'")) {
        buf_add_str(b, "\\'");
        return;
    }
    buf_add_char(b, '\'');
    while (text.len) {
        size_t plain = span_find(text, '\'');
        buf_add(b, text.ptr, plain);
        if (plain < text.len)
            buf_add_str(b, "'\\''");
        text = span_from(text, plain + 1);
    }
    buf_add_char(b, '\'');
}

void escape_add_single(struct buf *b, struct span text, bool utf8)
{
    if (escape_is_printable(text, utf8))
        escape_add_plain_single(b, text);
    else
        escape_add_dollar(b, text, utf8);
}

void escape_add_double(struct buf *b, struct span text, bool utf8)
{
    if (!escape_is_printable(text, utf8)) {
        escape_add_dollar(b, text, utf8);
        return;
    }
    buf_add_char(b, '"');
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] && strchr("\"$\\`", text.ptr[at]))
            buf_add_char(b, '\\');
        buf_add_char(b, text.ptr[at]);
    }
    buf_add_char(b, '"');
}

/* escape.c: backslash escapes read. */
#include "base/escape.h"

#include "base/buf.h"
#include "base/utf8.h"

/* Reads up to most digits of a base (8 or 16). Returns how many there are. */
static size_t escape_read_digits(struct span text, size_t at, size_t most, unsigned base,
                                 uint32_t *value)
{
    size_t count = 0;
    *value = 0;
    for (; count < most && at + count < text.len; count++) {
        int digit = char_hex(text.ptr[at + count]);
        if (digit < 0 || (unsigned)digit >= base)
            break;
        *value = *value * base + (unsigned)digit;
    }
    return count;
}

static void escape_set(struct escape *out, uint32_t byte)
{
    out->bytes[0] = (char)byte;
    out->len = 1;
}

/* Keeps the backslash and the character after it, if there is one. */
static size_t escape_keep(struct span text, struct escape *out)
{
    escape_set(out, '\\');
    if (text.len == 0)
        return 0;
    out->bytes[1] = text.ptr[0];
    out->len = 2;
    return 1;
}

/* \x: one or two digits, or in $'...' any number of them in braces (the last two
 * count). */
static size_t escape_read_hex(enum escape_mode mode, struct span text, struct escape *out)
{
    uint32_t value;
    if (mode == ESCAPE_DOLLAR && text.len > 1 && text.ptr[1] == '{') {
        size_t end = 2 + escape_read_digits(text, 2, SIZE_MAX, 16, &value);
        escape_set(out, value);
        return end < text.len && text.ptr[end] == '}' ? end + 1 : end;
    }
    size_t digits = escape_read_digits(text, 1, 2, 16, &value);
    if (!digits) {
        out->missing = 'x';
        return escape_keep(text, out);
    }
    escape_set(out, value);
    return 1 + digits;
}

/* \u00E9 or \U0001F600: what has no byte of its own in the C locale. */
static void escape_keep_unicode(uint32_t value, struct escape *out)
{
    static const char digits[] = "0123456789ABCDEF";
    int count = value > 0xffff ? 8 : 4;
    out->bytes[0] = '\\';
    out->bytes[1] = count == 8 ? 'U' : 'u';
    for (int i = 0; i < count; i++)
        out->bytes[2 + i] = digits[value >> 4 * (count - 1 - i) & 15];
    out->len = 2 + count;
}

static size_t escape_read_unicode(bool ascii, struct span text, struct escape *out)
{
    uint32_t value;
    size_t digits = escape_read_digits(text, 1, text.ptr[0] == 'u' ? 4 : 8, 16, &value);
    if (!digits) {
        out->missing = text.ptr[0];
        return escape_keep(text, out);
    }
    if (ascii && value > 127)
        escape_keep_unicode(value, out);
    else
        out->len = utf8_encode_any(out->bytes, value);
    return 1 + digits;
}

/* An octal number, whose first digit is text[0]. */
static size_t escape_read_octal(enum escape_mode mode, struct span text,
                                struct escape *out)
{
    uint32_t value;
    bool zero = text.ptr[0] == '0'; // echo and %b take three digits after a 0
    if (mode == ESCAPE_ECHO && !zero)
        return escape_keep(text, out);
    size_t most = zero && (mode == ESCAPE_ECHO || mode == ESCAPE_PRINTF_B) ? 4 : 3;
    size_t digits = escape_read_digits(text, 0, most, 8, &value);
    escape_set(out, value);
    return digits;
}

static size_t escape_read_c(enum escape_mode mode, struct span text, struct escape *out)
{
    if (mode == ESCAPE_ECHO || mode == ESCAPE_PRINTF_B) {
        out->stop = true;
        return 1;
    }
    if (mode == ESCAPE_PRINTF || text.len < 2)
        return escape_keep(text, out);
    char c = text.ptr[1];
    escape_set(out, c == '?' ? 127 : (unsigned char)c & 0x1f);
    return c == '\\' && text.len > 2 && text.ptr[2] == '\\' ? 3 : 2;
}

size_t escape_read(enum escape_mode mode, struct span text, struct escape *out)
{
    static const char letters[] = "abeEfnrtv\\", values[] = "\a\b\033\033\f\n\r\t\v\\";

    *out = (struct escape){.len = 0};
    bool ascii = mode & ESCAPE_ASCII;
    mode &= ~(unsigned)ESCAPE_ASCII;
    if (text.len == 0)
        return escape_keep(text, out);
    char c = text.ptr[0];
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) {
        escape_set(out, (unsigned char)values[letter - letters]);
        return 1;
    }
    if (c >= '0' && c <= '7')
        return escape_read_octal(mode, text, out);
    switch (c) {
    case 'x': return escape_read_hex(mode, text, out);
    case 'u':
    case 'U': return escape_read_unicode(ascii, text, out);
    case 'c': return escape_read_c(mode, text, out);
    case '\'':
    case '"':
    case '?':
        if (mode == ESCAPE_ECHO || mode == ESCAPE_PRINTF_B)
            break;
        escape_set(out, (unsigned char)c);
        return 1;
    }
    return escape_keep(text, out);
}

bool escape_add_decoded(struct buf *b, enum escape_mode mode, struct span text)
{
    while (text.len) {
        size_t plain = span_find(text, '\\');
        buf_add(b, text.ptr, plain);
        if (plain == text.len)
            break;
        struct escape escape;
        text = span_from(text, plain + 1);
        text = span_from(text, escape_read(mode, text, &escape));
        if (escape.stop)
            return true;
        if ((mode & ~(unsigned)ESCAPE_ASCII) == ESCAPE_DOLLAR && escape.len &&
            !escape.bytes[0])
            break;
        buf_add(b, escape.bytes, (size_t)escape.len);
    }
    return false;
}

/* host_float.c: floating point from text and to text, by the C library.
 *
 * The library is asked for a bounded number of digits; longer fields are filled up
 * here, so that a script's %.1000000000f neither stops the worker nor takes memory
 * that nobody counts. */
#define _POSIX_C_SOURCE 200809L // newlocale, uselocale

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"

/* No long double has more digits after its point: the rest are zeros. */
enum { NUM_MAX_PRECISION = 16500 };

int num_enter_c_locale(void **old)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c)
        return -ENOMEM;
    *old = uselocale(c);
    return 0;
}

void num_leave_c_locale(void *old) { uselocale(old); }

int num_to_double(const char *text, double *n, const char **rest)
{
    char *end;
    double found = strtod(text, &end);
    if (end == text)
        return -EINVAL;
    *n = found;
    if (rest)
        *rest = end;
    return 0;
}

int num_to_long_double(const char *text, long double *n, const char **rest)
{
    char *end;
    errno = 0;
    long double found = strtold(text, &end);
    if (end == text)
        return -EINVAL;
    *n = found;
    if (rest)
        *rest = end;
    return errno == ERANGE ? -ERANGE : 0;
}

/* How a number is to be written. */
struct num_style {
    char conv;
    unsigned flags;
    bool is_double; // %a tells a double from a long double
    int width, precision;
};

/* Adds n without fill: sign, digits, exponent. */
static void num_add_digits(struct buf *b, const struct num_style *style, int precision,
                           long double n)
{
    unsigned flags = style->flags;
    char format[16] = "%";
    size_t len = 1;
    if (flags & NUM_PLUS)
        format[len++] = '+';
    if (flags & NUM_SPACE)
        format[len++] = ' ';
    if (flags & NUM_ALT)
        format[len++] = '#';
    format[len++] = '.';
    format[len++] = '*';
    if (!style->is_double)
        format[len++] = 'L';
    format[len] = style->conv;

    size_t room = 64;
    for (;;) {
        char *to = buf_room(b, room);
        int need = !to ? -1
                   : style->is_double
                       ? snprintf(to, room + 1, format, precision, (double)n)
                       : snprintf(to, room + 1, format, precision, n);
        if (need < 0) {
            b->failed = true;
            if (to)
                *to = '\0';
            return;
        }
        if ((size_t)need <= room) {
            buf_grew(b, (size_t)need);
            return;
        }
        room = (size_t)need;
    }
}

/* Where the digits after a sign and 0x begin, and where an exponent does, in a
 * number's text. */
static void num_find_parts(struct span text, size_t *digits, size_t *exponent)
{
    *digits = text.len && strchr("+- ", text.ptr[0]) ? 1 : 0;
    bool hex = text.len > *digits + 1 && (text.ptr[*digits + 1] | 32) == 'x';
    if (hex)
        *digits += 2;
    for (*exponent = *digits; *exponent < text.len; ++*exponent)
        if ((text.ptr[*exponent] | 32) == (hex ? 'p' : 'e'))
            return;
}

static void num_insert_repeated(struct buf *b, size_t at, char c, size_t count)
{
    char *to = count ? buf_room(b, count) : NULL;
    if (!to)
        return;
    memmove(b->data + at + count, b->data + at, b->len - at);
    memset(b->data + at, c, count);
    buf_grew(b, count);
}

static void num_add_styled(struct buf *b, const struct num_style *style, long double n)
{
    size_t start = b->len;
    bool finite = n - n == 0;
    int asked =
        style->precision > NUM_MAX_PRECISION ? NUM_MAX_PRECISION : style->precision;
    num_add_digits(b, style, asked, n);
    if (b->failed)
        return;

    size_t digits, exponent;
    num_find_parts(span_from(buf_span(b), start), &digits, &exponent);
    bool general =
        (style->conv | 32) == 'g' && !(style->flags & NUM_ALT); // drops its zeros
    if (style->precision > asked && finite && !general)
        num_insert_repeated(b, start + exponent, '0', (size_t)(style->precision - asked));

    size_t len = b->len - start;
    if (style->width < 0 || (size_t)style->width <= len)
        return;
    size_t fill = (size_t)style->width - len;
    if (style->flags & NUM_MINUS)
        buf_add_repeated(b, ' ', fill);
    else if (style->flags & NUM_ZERO && finite)
        num_insert_repeated(b, start + digits, '0', fill);
    else
        num_insert_repeated(b, start, ' ', fill);
}

void num_add_double(struct buf *b, char conv, unsigned flags, int width, int precision,
                    double n)
{
    num_add_styled(b, &(struct num_style){conv, flags, true, width, precision}, n);
}

void num_add_long_double(struct buf *b, char conv, unsigned flags, int width,
                         int precision, long double n)
{
    num_add_styled(b, &(struct num_style){conv, flags, false, width, precision}, n);
}

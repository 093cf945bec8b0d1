/* fmt.c: printf-like formatting of strings and integers. */
#include "base/fmt.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"

/* Where the text goes: a buffer, or an array that keeps what fits. */
struct fmt_out {
    struct buf *b;
    char *dst;
    size_t len, cap; // of dst, without the place of the NUL
};

/* A va_list that can be passed on by its address, whatever its type. */
struct fmt_args {
    va_list list;
};

struct fmt_spec {
    bool minus, zero, plus, space, alt;
    size_t width;
    int precision; // -1: none
    int size;      // bytes of the integer argument
};

static void fmt_put(struct fmt_out *out, const char *ptr, size_t len)
{
    if (out->b) {
        if (!out->b->failed)
            buf_add(out->b, ptr, len);
        return;
    }
    len = size_min(len, out->cap - out->len);
    if (len)
        memcpy(out->dst + out->len, ptr, len);
    out->len += len;
}

static void fmt_fill(struct fmt_out *out, char c, size_t count)
{
    if (out->b) {
        if (!out->b->failed)
            buf_add_repeated(out->b, c, count);
        return;
    }
    count = size_min(count, out->cap - out->len);
    if (count)
        memset(out->dst + out->len, c, count);
    out->len += count;
}

static const char *fmt_read_flags(const char *f, struct fmt_spec *spec)
{
    for (;; f++)
        switch (*f) {
        case '-': spec->minus = true; break;
        case '0': spec->zero = true; break;
        case '+': spec->plus = true; break;
        case ' ': spec->space = true; break;
        case '#': spec->alt = true; break;
        default: return f;
        }
}

/* Reads digits or a star. Gives a value up to INT_MAX, or a negative one from a star. */
static const char *fmt_read_count(const char *f, struct fmt_args *args, int *count)
{
    if (*f == '*') {
        *count = va_arg(args->list, int);
        return f + 1;
    }
    int n = 0;
    for (; char_is_digit(*f); f++)
        n = n > (INT_MAX - 9) / 10 ? INT_MAX : n * 10 + (*f - '0');
    *count = n;
    return f;
}

static const char *fmt_read_size(const char *f, struct fmt_spec *spec)
{
    spec->size = sizeof(int);
    switch (*f) {
    case 'h':
        spec->size = f[1] == 'h' ? sizeof(char) : sizeof(short);
        return f + (f[1] == 'h' ? 2 : 1);
    case 'l':
        spec->size = f[1] == 'l' ? sizeof(long long) : sizeof(long);
        return f + (f[1] == 'l' ? 2 : 1);
    case 'z': spec->size = sizeof(size_t); return f + 1;
    case 'j': spec->size = sizeof(intmax_t); return f + 1;
    case 't': spec->size = sizeof(ptrdiff_t); return f + 1;
    }
    return f;
}

static const char *fmt_read_spec(const char *f, struct fmt_args *args,
                                 struct fmt_spec *spec)
{
    int width;
    f = fmt_read_flags(f, spec);
    f = fmt_read_count(f, args, &width);
    if (width < 0) // from a star only
        spec->minus = true;
    spec->width = width < 0 ? 0u - (unsigned)width : (unsigned)width;
    if (*f == '.') {
        f = fmt_read_count(f + 1, args, &spec->precision);
        if (spec->precision < 0)
            spec->precision = -1;
    }
    return fmt_read_size(f, spec);
}

/* Puts text, which is a number's prefix and its digits, or the like, filled up to the
 * width. */
static void fmt_put_field(struct fmt_out *out, const struct fmt_spec *spec,
                          struct span prefix, size_t zeros, struct span body)
{
    size_t len = prefix.len + zeros + body.len;
    size_t fill = spec->width > len ? spec->width - len : 0;
    if (!spec->minus)
        fmt_fill(out, ' ', fill);
    fmt_put(out, prefix.ptr, prefix.len);
    fmt_fill(out, '0', zeros);
    fmt_put(out, body.ptr, body.len);
    if (spec->minus)
        fmt_fill(out, ' ', fill);
}

static void fmt_put_text(struct fmt_out *out, const struct fmt_spec *spec,
                         const char *text)
{
    size_t len;
    if (!text)
        text = "(null)";
    if (spec->precision >= 0) { // text need not end in NUL within the precision
        const char *end = memchr(text, '\0', (size_t)spec->precision);
        len = end ? (size_t)(end - text) : (size_t)spec->precision;
    } else {
        len = strlen(text);
    }
    fmt_put_field(out, spec, span_make("", 0), 0, span_make(text, len));
}

static void fmt_put_number(struct fmt_out *out, const struct fmt_spec *spec,
                           struct span prefix, uint64_t n, int base, bool upper)
{
    char digits[65];
    size_t len =
        base == 10 ? num_from_u64(digits, n) : num_from_u64_base(digits, n, base);
    if (spec->precision == 0 && n == 0)
        len = 0;
    if (upper)
        for (size_t i = 0; i < len; i++)
            digits[i] = (char)char_upper(digits[i]);

    size_t zeros = 0;
    if (spec->precision >= 0)
        zeros = (size_t)spec->precision > len ? (size_t)spec->precision - len : 0;
    else if (spec->zero && !spec->minus && spec->width > prefix.len + len)
        zeros = spec->width - prefix.len - len;
    if (spec->alt && base == 8 && zeros == 0 && (len == 0 || digits[0] != '0'))
        zeros = 1;
    fmt_put_field(out, spec, prefix, zeros, span_make(digits, len));
}

static int64_t fmt_arg_signed(struct fmt_args *args, int size)
{
    if (size == sizeof(char))
        return (signed char)va_arg(args->list, int);
    if (size == sizeof(short))
        return (short)va_arg(args->list, int);
    return size == sizeof(int) ? va_arg(args->list, int) : va_arg(args->list, int64_t);
}

static uint64_t fmt_arg_unsigned(struct fmt_args *args, int size)
{
    if (size == sizeof(char))
        return (unsigned char)va_arg(args->list, unsigned);
    if (size == sizeof(short))
        return (unsigned short)va_arg(args->list, unsigned);
    return size == sizeof(int) ? va_arg(args->list, unsigned)
                               : va_arg(args->list, uint64_t);
}

static void fmt_put_signed(struct fmt_out *out, const struct fmt_spec *spec, int64_t n)
{
    const char *sign = n < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    fmt_put_number(out, spec, span_of(sign), n < 0 ? 0 - (uint64_t)n : (uint64_t)n, 10,
                   false);
}

/* Puts one conversion. Returns false if it is unknown. */
static bool fmt_put_conversion(struct fmt_out *out, const struct fmt_spec *spec,
                               char conv, struct fmt_args *args)
{
    struct span none = span_make("", 0);
    uint64_t n;
    char c;
    switch (conv) {
    case '%': fmt_put(out, "%", 1); return true;
    case 's': fmt_put_text(out, spec, va_arg(args->list, const char *)); return true;
    case 'c':
        c = (char)va_arg(args->list, int);
        fmt_put_field(out, spec, none, 0, span_make(&c, 1));
        return true;
    case 'd':
    case 'i': fmt_put_signed(out, spec, fmt_arg_signed(args, spec->size)); return true;
    case 'u':
        fmt_put_number(out, spec, none, fmt_arg_unsigned(args, spec->size), 10, 0);
        return true;
    case 'o':
        fmt_put_number(out, spec, none, fmt_arg_unsigned(args, spec->size), 8, 0);
        return true;
    case 'x':
    case 'X':
        n = fmt_arg_unsigned(args, spec->size);
        if (spec->alt && n)
            none = span_of(conv == 'x' ? "0x" : "0X");
        fmt_put_number(out, spec, none, n, 16, conv == 'X');
        return true;
    case 'p':
        n = (uintptr_t)va_arg(args->list, void *);
        fmt_put_number(out, spec, span_of("0x"), n, 16, false);
        return true;
    }
    return false;
}

static void fmt_run(struct fmt_out *out, const char *format, struct fmt_args *args)
{
    _Static_assert(sizeof(long) == 8 && sizeof(void *) == 8,
                   "integers are read as 64 bits");

    for (const char *f = format; *f;) {
        const char *percent = f;
        while (*percent && *percent != '%')
            percent++;
        fmt_put(out, f, (size_t)(percent - f));
        if (!*percent)
            return;
        struct fmt_spec spec = {.precision = -1};
        f = fmt_read_spec(percent + 1, args, &spec);
        bool known = *f && fmt_put_conversion(out, &spec, *f, args);
        if (*f)
            f++;
        if (!known)
            fmt_put(out, percent, (size_t)(f - percent));
    }
}

int fmt_v(struct buf *b, const char *format, va_list args)
{
    struct fmt_out out = {.b = b};
    struct fmt_args copy;
    bool failed_before = b->failed;
    b->failed = false;
    va_copy(copy.list, args);
    fmt_run(&out, format, &copy);
    va_end(copy.list);
    int err = b->failed ? -ENOMEM : 0;
    b->failed |= failed_before;
    return err;
}

void buf_addv(struct buf *b, const char *format, va_list args) { fmt_v(b, format, args); }

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fmt_v(b, format, args);
    va_end(args);
}

size_t fmt_to_v(char *dst, size_t cap, const char *format, va_list args)
{
    if (cap == 0)
        return 0;
    struct fmt_out out = {.dst = dst, .cap = cap - 1};
    struct fmt_args copy;
    va_copy(copy.list, args);
    fmt_run(&out, format, &copy);
    va_end(copy.list);
    dst[out.len] = '\0';
    return out.len;
}

size_t fmt_to(char *dst, size_t cap, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t len = fmt_to_v(dst, cap, format, args);
    va_end(args);
    return len;
}

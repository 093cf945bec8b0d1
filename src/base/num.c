/* num.c: integers from text and to text. */
#include "base/num.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"

/* What num_scan finds: sign, magnitude (clamped if over), and where it ends. */
struct num_found {
    bool negative, over;
    uint64_t magnitude;
    const char *end;
};

static int num_digit(char c, int base)
{
    int digit = char_is_digit(c)   ? c - '0'
                : char_is_alpha(c) ? char_lower(c) - 'a' + 10
                                   : 99;
    return digit < base ? digit : -1;
}

/* Passes over a 0x before a hexadecimal digit, and settles base 0. */
static const char *num_skip_prefix(const char *text, int *base)
{
    bool hex =
        text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && char_hex(text[2]) >= 0;
    if (*base == 0)
        *base = hex ? 16 : text[0] == '0' ? 8 : 10;
    return hex && *base == 16 ? text + 2 : text;
}

static int num_scan(const char *text, int base, struct num_found *found)
{
    while (char_is_space(*text))
        text++;
    found->negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    text = num_skip_prefix(text, &base);
    if (num_digit(*text, base) < 0)
        return -EINVAL;

    uint64_t n = 0;
    bool over = false;
    for (int digit; (digit = num_digit(*text, base)) >= 0; text++)
        if (__builtin_mul_overflow(n, (uint64_t)base, &n) ||
            __builtin_add_overflow(n, (uint64_t)digit, &n))
            over = true;
    found->magnitude = over ? UINT64_MAX : n;
    found->over = over;
    found->end = text;
    return 0;
}

int num_to_i64_base(const char *text, int base, int64_t *n, const char **rest)
{
    struct num_found found;
    if (num_scan(text, base, &found))
        return -EINVAL;
    if (rest)
        *rest = found.end;
    uint64_t limit = (uint64_t)INT64_MAX + found.negative;
    uint64_t magnitude = found.magnitude > limit ? limit : found.magnitude;
    *n = (int64_t)(found.negative ? 0 - magnitude : magnitude);
    return found.magnitude > limit ? -ERANGE : 0;
}

int num_to_u64_base(const char *text, int base, uint64_t *n, const char **rest)
{
    struct num_found found;
    if (num_scan(text, base, &found) || found.negative)
        return -EINVAL;
    if (rest)
        *rest = found.end;
    *n = found.magnitude;
    return found.over ? -ERANGE : 0;
}

int num_to_i64(const char *text, int64_t *n, const char **rest)
{
    return num_to_i64_base(text, 10, n, rest);
}

int num_to_i64_whole(const char *text, int64_t *n)
{
    const char *rest;
    int err = num_to_i64(text, n, &rest);
    if (err == -EINVAL)
        return err;
    while (char_is_blank(*rest))
        rest++;
    return *rest ? -EINVAL : err;
}

int num_to_u64(const char *text, uint64_t *n, const char **rest)
{
    return num_to_u64_base(text, 10, n, rest);
}

int num_to_int(const char *text, int *n)
{
    int64_t wide;
    const char *rest;
    if (char_is_space(*text))
        return -EINVAL;
    int err = num_to_i64(text, &wide, &rest);
    if (err == -EINVAL || *rest)
        return -EINVAL;
    *n = wide > INT_MAX ? INT_MAX : wide < INT_MIN ? INT_MIN : (int)wide;
    return *n == wide ? 0 : -ERANGE;
}

/* Multiplies *n by factor, power times. Returns false if it is too large, *n clamped. */
static bool num_scale(uint64_t *n, uint64_t factor, int power)
{
    while (power-- > 0)
        if (__builtin_mul_overflow(*n, factor, n)) {
            *n = UINT64_MAX;
            return false;
        }
    return true;
}

/* Reads a size suffix: how often to multiply by which factor. Returns its length. */
static size_t num_read_suffix(const char *text, const char *letters, uint64_t *factor,
                              int *power)
{
    static const char powers[] = "KMGTPEZYRQ";

    *power = 1;
    if (!*text || *text == '0' || !strchr(letters, *text))
        return 0;
    switch (*text) {
    case 'b': *factor = 512; return 1;
    case 'B': *factor = 1024; return 1;
    case 'c': *factor = 1; return 1;
    case 'w': *factor = 2; return 1;
    }
    *factor = 1024;
    *power = (int)(strchr(powers, char_upper(*text)) - powers) + 1;
    if (!strchr(letters, '0'))
        return 1;
    if (text[1] == 'i' && text[2] == 'B')
        return 3;
    if (text[1] != 'B')
        return 1;
    *factor = 1000;
    return 2;
}

int num_to_size_of(const char *text, const char *letters, uint64_t *bytes,
                   const char **rest)
{
    uint64_t n = 1, factor = 1;
    int power = 0;
    const char *end = text;
    int err = num_to_u64(text, &n, &end);
    if (err == -EINVAL && (!*text || !strchr(letters, *text))) // a suffix alone counts 1
        return -EINVAL;
    size_t suffix = num_read_suffix(end, letters, &factor, &power);
    if (err == -EINVAL && suffix == 0)
        return -EINVAL;
    if (!num_scale(&n, factor, suffix ? power : 0))
        err = -ERANGE;
    *bytes = n;
    if (rest)
        *rest = end + suffix;
    return err == -ERANGE ? err : 0;
}

int num_to_size(const char *text, uint64_t *bytes, const char **rest)
{
    return num_to_size_of(text, "bkKmMGTPEZY0", bytes, rest);
}

static const char num_pairs[200] =
    "00010203040506070809101112131415161718192021222324252627282930"
    "31323334353637383940414243444546474849505152535455565758596061"
    "62636465666768697071727374757677787980818283848586878889909192"
    "93949596979899";

/* The number of decimal digits of n. */
static inline size_t num_length(uint64_t n)
{
    size_t len = 1;
    for (;; n /= 10000, len += 4) {
        if (n < 10)
            return len;
        if (n < 100)
            return len + 1;
        if (n < 1000)
            return len + 2;
        if (n < 10000)
            return len + 3;
    }
}

static inline size_t num_write(char *dst, uint64_t n)
{
    size_t len = num_length(n);
    char *at = dst + len;
    *at = '\0';
    for (; n >= 100; n /= 100)
        memcpy(at -= 2, num_pairs + n % 100 * 2, 2);
    if (n >= 10)
        memcpy(at - 2, num_pairs + n * 2, 2);
    else
        at[-1] = (char)('0' + n);
    return len;
}

size_t num_from_u64(char dst[24], uint64_t n) { return num_write(dst, n); }

size_t num_from_i64(char dst[24], int64_t n)
{
    if (n >= 0)
        return num_write(dst, (uint64_t)n);
    dst[0] = '-';
    return 1 + num_write(dst + 1, 0 - (uint64_t)n);
}

size_t num_from_u64_base(char dst[65], uint64_t n, int base)
{
    char reversed[64];
    size_t len = 0;
    ASSERT(base >= 2 && base <= 36);
    do
        reversed[len++] = "0123456789abcdefghijklmnopqrstuvwxyz"[n % (unsigned)base];
    while (n /= (unsigned)base);
    for (size_t i = 0; i < len; i++)
        dst[i] = reversed[len - 1 - i];
    dst[len] = '\0';
    return len;
}

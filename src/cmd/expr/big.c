/* big.c: see big.h. Long division is by estimating each digit from the leading ones. */
#include "cmd/expr/big.h"

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"

enum { BIG_BASE = 1000000000, BIG_DIGITS = 9 };

static struct big big_make(size_t count)
{
    return (struct big){sys_alloc_zero((count + 1) * sizeof(uint32_t)), count, false};
}

static void big_trim(struct big *n)
{
    while (n->count && !n->digits[n->count - 1])
        n->count--;
    if (!n->count)
        n->minus = false;
}

void big_free(struct big *n)
{
    sys_free(n->digits);
    *n = (struct big){0};
}

bool big_read(const char *text, struct big *n)
{
    bool minus = *text == '-';
    text += minus;
    size_t len = strlen(text);
    if (!len || text[strspn(text, "0123456789")])
        return false;
    *n = big_make((len + BIG_DIGITS - 1) / BIG_DIGITS);
    for (size_t i = 0; i < len; i++) {
        size_t place = (len - 1 - i) / BIG_DIGITS;
        n->digits[place] = n->digits[place] * 10 + (uint32_t)(text[i] - '0');
        if (i % 4096 == 0)
            sys_tick();
    }
    n->minus = minus;
    big_trim(n);
    return true;
}

void big_write(struct buf *b, const struct big *n)
{
    if (!n->count) {
        buf_add_char(b, '0');
        return;
    }
    if (n->minus)
        buf_add_char(b, '-');
    buf_addf(b, "%u", n->digits[n->count - 1]);
    for (size_t i = n->count - 1; i-- > 0;)
        buf_addf(b, "%09u", n->digits[i]);
}

static int big_compare_size(const struct big *a, const struct big *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (size_t i = a->count; i-- > 0;)
        if (a->digits[i] != b->digits[i])
            return a->digits[i] < b->digits[i] ? -1 : 1;
    return 0;
}

int big_compare(const struct big *a, const struct big *b)
{
    if (a->minus != b->minus)
        return a->minus ? -1 : 1;
    int order = big_compare_size(a, b);
    return a->minus ? -order : order;
}

static struct big big_add_sizes(const struct big *a, const struct big *b)
{
    size_t count = size_max(a->count, b->count) + 1;
    struct big sum = big_make(count);
    uint32_t carry = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t n =
            carry + (i < a->count ? a->digits[i] : 0) + (i < b->count ? b->digits[i] : 0);
        carry = n >= BIG_BASE;
        sum.digits[i] = carry ? n - BIG_BASE : n;
    }
    big_trim(&sum);
    return sum;
}

/* a is not smaller in size. */
static struct big big_subtract_sizes(const struct big *a, const struct big *b)
{
    struct big rest = big_make(a->count);
    uint32_t borrow = 0;
    for (size_t i = 0; i < a->count; i++) {
        int64_t n = (int64_t)a->digits[i] - (i < b->count ? b->digits[i] : 0) - borrow;
        borrow = n < 0;
        rest.digits[i] = (uint32_t)(n < 0 ? n + BIG_BASE : n);
    }
    big_trim(&rest);
    return rest;
}

struct big big_add(const struct big *a, const struct big *b)
{
    struct big result;
    if (a->minus == b->minus) {
        result = big_add_sizes(a, b);
        result.minus = a->minus && result.count;
        return result;
    }
    bool a_wins = big_compare_size(a, b) >= 0;
    result = a_wins ? big_subtract_sizes(a, b) : big_subtract_sizes(b, a);
    result.minus = (a_wins ? a->minus : b->minus) && result.count;
    return result;
}

struct big big_subtract(const struct big *a, const struct big *b)
{
    struct big negated = *b;
    negated.minus = !b->minus && b->count;
    return big_add(a, &negated);
}

struct big big_multiply(const struct big *a, const struct big *b)
{
    struct big product = big_make(a->count + b->count);
    for (size_t i = 0; i < a->count; i++) {
        uint64_t carry = 0;
        for (size_t k = 0; k < b->count || carry; k++) {
            uint64_t n = product.digits[i + k] + carry;
            if (k < b->count)
                n += (uint64_t)a->digits[i] * b->digits[k];
            product.digits[i + k] = (uint32_t)(n % BIG_BASE);
            carry = n / BIG_BASE;
        }
        sys_ticks((unsigned)(b->count / 64) + 1);
    }
    big_trim(&product);
    product.minus = a->minus != b->minus && product.count;
    return product;
}

/* n = n * base + digit */
static void big_push(struct big *n, uint32_t digit)
{
    for (size_t i = n->count; i > 0; i--)
        n->digits[i] = n->digits[i - 1];
    n->digits[0] = digit;
    n->count++;
    big_trim(n);
}

/* How often b goes into rest, which is less than b times the base; rest keeps what is
 * left. */
static uint32_t big_divide_step(struct big *rest, const struct big *b)
{
    uint32_t low = 0, high = BIG_BASE - 1;
    while (low < high) { // the largest q with b * q <= rest
        uint32_t q = low + (high - low + 1) / 2, digit = q;
        struct big factor = {&digit, 1, false};
        struct big product =
            big_multiply(&(struct big){b->digits, b->count, false}, &factor);
        if (big_compare_size(&product, rest) <= 0)
            low = q;
        else
            high = q - 1;
        big_free(&product);
    }
    uint32_t digit = low;
    struct big factor = {&digit, low ? 1 : 0, false};
    struct big product = big_multiply(&(struct big){b->digits, b->count, false}, &factor);
    struct big left = big_subtract_sizes(rest, &product);
    memcpy(rest->digits, left.digits, left.count * sizeof *left.digits);
    rest->count = left.count;
    big_free(&left);
    big_free(&product);
    return low;
}

struct big big_divide(const struct big *a, const struct big *b, struct big *rest)
{
    struct big quotient = big_make(a->count);
    *rest = big_make(b->count + 2);
    rest->count = 0;
    for (size_t i = a->count; i-- > 0;) {
        big_push(rest, a->digits[i]);
        quotient.digits[i] = big_divide_step(rest, b);
    }
    big_trim(&quotient);
    quotient.minus = a->minus != b->minus && quotient.count;
    rest->minus = a->minus && rest->count;
    return quotient;
}

bool big_to_i64(const struct big *n, int64_t *value)
{
    uint64_t result = 0;
    if (n->count > 2)
        return false;
    for (size_t i = n->count; i-- > 0;)
        result = result * BIG_BASE + n->digits[i];
    *value = n->minus ? -(int64_t)result : (int64_t)result;
    return true;
}

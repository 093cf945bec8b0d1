/* sort_key.c: finding keys in lines and comparing them. */
#include <errno.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/num.h"
#include "cmd/sort/sort.h"
#include "sys.h"
#include "user/version.h"

/* ---- Fields ----------------------------------------------------------------------- */

static bool sort_is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* The place after `count` fields from p. */
static const char *sort_skip_fields(const struct sort *s, const char *p, const char *end,
                                    size_t count)
{
    for (; count && p < end; count--) {
        if (s->tab >= 0) {
            const char *tab = memchr(p, s->tab, (size_t)(end - p));
            p = tab ? tab + 1 : end;
        } else {
            while (p < end && sort_is_blank(*p))
                p++;
            while (p < end && !sort_is_blank(*p))
                p++;
        }
    }
    return p;
}

static const char *sort_skip_blanks(const char *p, const char *end)
{
    while (p < end && sort_is_blank(*p))
        p++;
    return p;
}

static const char *sort_advance(const char *p, const char *end, size_t count)
{
    return (size_t)(end - p) < count ? end : p + count;
}

static const char *sort_key_start(const struct sort *s, const struct sort_key *k,
                                  struct span line)
{
    const char *end = line.ptr + line.len;
    const char *p = sort_skip_fields(s, line.ptr, end, k->start_field);
    if (k->how.skip_start)
        p = sort_skip_blanks(p, end);
    return sort_advance(p, end, k->start_char);
}

static const char *sort_key_end(const struct sort *s, const struct sort_key *k,
                                struct span line)
{
    const char *end = line.ptr + line.len;
    if (!k->has_end)
        return end;
    if (k->end_char == 0) { // the end of the field, without the tab that ends it
        const char *p = sort_skip_fields(s, line.ptr, end, k->end_field);
        if (s->tab < 0)
            return sort_skip_fields(s, p, end, 1);
        const char *tab = p < end ? memchr(p, s->tab, (size_t)(end - p)) : NULL;
        return tab ? tab : end;
    }
    const char *p = sort_skip_fields(s, line.ptr, end, k->end_field);
    if (k->how.skip_end)
        p = sort_skip_blanks(p, end);
    return sort_advance(p, end, k->end_char);
}

static struct span sort_find_key(const struct sort *s, const struct sort_key *k,
                                 struct span line)
{
    const char *start = sort_key_start(s, k, line), *end = sort_key_end(s, k, line);
    return span_make(start, end > start ? (size_t)(end - start) : 0);
}

void sort_find_first_key(const struct sort *s, struct sort_line *line)
{
    line->key = s->key_count ? sort_find_key(s, &s->keys[0], line->text) : line->text;
}

/* ---- Numbers as text -------------------------------------------------------------- */

struct sort_number {
    bool minus;
    struct span whole, fraction; // digits; whole without zeros in front
    char unit;                   // what follows, for -h
};

static struct sort_number sort_read_number(struct span s)
{
    struct sort_number n = {0};
    const char *p = s.ptr, *end = s.ptr + s.len;
    p = sort_skip_blanks(p, end);
    if (p < end && *p == '-') {
        n.minus = true;
        p++;
    }
    while (p < end && *p == '0')
        p++;
    n.whole.ptr = p;
    while (p < end && char_is_digit(*p))
        p++;
    n.whole.len = (size_t)(p - n.whole.ptr);
    n.fraction.ptr = p;
    if (p < end && *p == '.') {
        n.fraction.ptr = ++p;
        while (p < end && char_is_digit(*p))
            p++;
        n.fraction.len = (size_t)(p - n.fraction.ptr);
        while (n.fraction.len && n.fraction.ptr[n.fraction.len - 1] == '0')
            n.fraction.len--;
    }
    n.unit = p < end ? *p : '\0';
    if (!n.whole.len && !n.fraction.len)
        n.minus = false;
    return n;
}

static int sort_compare_numbers(struct span x, struct span y)
{
    struct sort_number a = sort_read_number(x), b = sort_read_number(y);
    if (a.minus != b.minus)
        return a.minus ? -1 : 1;
    int order;
    if (a.whole.len != b.whole.len)
        order = a.whole.len < b.whole.len ? -1 : 1;
    else
        order = span_cmp(a.whole, b.whole);
    if (!order)
        order = span_cmp(a.fraction, b.fraction);
    return a.minus ? -order : order;
}

/* The power of 1000 that the unit stands for, with the number's sign. */
static int sort_unit(const struct sort_number *n)
{
    static const char units[] = "KMGTPEZYRQ";
    if (!n->unit || (!n->whole.len && !n->fraction.len))
        return 0;
    const char *at = strchr(units, n->unit == 'k' ? 'K' : n->unit);
    int unit = at ? (int)(at - units) + 1 : 0;
    return n->minus ? -unit : unit;
}

static int sort_compare_human(struct span x, struct span y)
{
    struct sort_number a = sort_read_number(x), b = sort_read_number(y);
    int difference = sort_unit(&a) - sort_unit(&b);
    return difference ? difference : sort_compare_numbers(x, y);
}

/* ---- -g --------------------------------------------------------------------------- */

/* A number and its class: 0 no number, 1 not a number (NaN), 2 a number. */
struct sort_general {
    int class;
    long double n;
};

static struct sort_general sort_read_general(struct span s)
{
    char text[128], *long_text = NULL;
    if (s.len >= sizeof text)
        long_text = sys_alloc(s.len + 1);
    char *copy = long_text ? long_text : text;
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    struct sort_general g = {0};
    int err = num_to_long_double(copy, &g.n, NULL);
    if (err != -EINVAL)
        g.class = g.n != g.n ? 1 : 2;
    sys_free(long_text);
    return g;
}

static int sort_compare_general(struct span x, struct span y)
{
    struct sort_general a = sort_read_general(x), b = sort_read_general(y);
    if (a.class != b.class)
        return a.class - b.class;
    if (a.class < 2)
        return 0;
    return a.n < b.n ? -1 : a.n > b.n;
}

/* ---- Months, chance --------------------------------------------------------------- */

static int sort_read_month(struct span s)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    while (s.len && sort_is_blank(*s.ptr))
        s = span_from(s, 1);
    if (s.len < 3)
        return 0;
    for (int i = 0; i < 12; i++)
        if (char_upper(s.ptr[0]) == months[3 * i] &&
            char_upper(s.ptr[1]) == months[3 * i + 1] &&
            char_upper(s.ptr[2]) == months[3 * i + 2])
            return i + 1;
    return 0;
}

/* ---- Text ------------------------------------------------------------------------- */

/* Whether -d or -i has the byte left out. */
static bool sort_is_ignored(const struct sort_how *how, unsigned char c)
{
    if (how->dictionary && !char_is_alnum(c) && !char_is_blank(c) && c != '\n')
        return true;
    return how->printable && !char_is_print(c);
}

static const char *sort_skip_ignored(const struct sort_how *how, const char *p,
                                     const char *end)
{
    while (p < end && sort_is_ignored(how, (unsigned char)*p))
        p++;
    return p;
}

static int sort_compare_filtered(const struct sort_how *how, struct span a, struct span b)
{
    const char *p = a.ptr, *p_end = p + a.len, *q = b.ptr, *q_end = q + b.len;
    for (;; p++, q++) {
        p = sort_skip_ignored(how, p, p_end);
        q = sort_skip_ignored(how, q, q_end);
        if (p == p_end || q == q_end)
            return (q == q_end) - (p == p_end);
        unsigned char x = (unsigned char)*p, y = (unsigned char)*q;
        if (how->fold) {
            x = (unsigned char)char_upper(x);
            y = (unsigned char)char_upper(y);
        }
        if (x != y)
            return x < y ? -1 : 1;
    }
}

static bool sort_is_filtered(const struct sort_how *how)
{
    return how->dictionary || how->fold || how->printable;
}

static int sort_compare_text(const struct sort_how *how, struct span a, struct span b)
{
    return sort_is_filtered(how) ? sort_compare_filtered(how, a, b) : span_cmp(a, b);
}

static uint64_t sort_hash(const struct sort *s, const struct sort_how *how,
                          struct span key)
{
    if (!sort_is_filtered(how))
        return hash_bytes(key.ptr, key.len, s->salt);
    uint64_t hash = s->salt;
    const char *p = key.ptr, *end = key.ptr + key.len;
    while ((p = sort_skip_ignored(how, p, end)) < end) {
        unsigned char c = (unsigned char)*p++;
        hash = hash_mix(hash ^ (how->fold ? (unsigned char)char_upper(c) : c)) + 1;
    }
    return hash;
}

static int sort_compare_random(const struct sort *s, const struct sort_how *how,
                               struct span a, struct span b)
{
    int order = sort_compare_text(how, a, b);
    if (!order)
        return 0;
    uint64_t x = sort_hash(s, how, a), y = sort_hash(s, how, b);
    return x != y ? (x < y ? -1 : 1) : order;
}

/* ---- Keys ------------------------------------------------------------------------- */

static int sort_compare_key(const struct sort *s, const struct sort_key *k, struct span a,
                            struct span b)
{
    switch (k->kind) {
    case SORT_NUMERIC: return sort_compare_numbers(a, b);
    case SORT_GENERAL: return sort_compare_general(a, b);
    case SORT_HUMAN: return sort_compare_human(a, b);
    case SORT_MONTH: return sort_read_month(a) - sort_read_month(b);
    case SORT_RANDOM: return sort_compare_random(s, &k->how, a, b);
    case SORT_VERSION: return version_compare(a, b);
    default: return sort_compare_text(&k->how, a, b);
    }
}

int sort_compare_keys(const struct sort *s, const struct sort_line *a,
                      const struct sort_line *b)
{
    for (size_t i = 0; i < s->key_count; i++) {
        const struct sort_key *k = &s->keys[i];
        struct span x = i ? sort_find_key(s, k, a->text) : a->key;
        struct span y = i ? sort_find_key(s, k, b->text) : b->key;
        int order = sort_compare_key(s, k, x, y);
        if (order)
            return k->how.reverse ? -order : order;
    }
    if (s->key_count)
        return 0;
    int order = span_cmp(a->text, b->text);
    return s->global.reverse ? -order : order;
}

int sort_compare_lines(const struct sort *s, const struct sort_line *a,
                       const struct sort_line *b)
{
    int order = sort_compare_keys(s, a, b);
    if (order || !s->key_count || s->stable || s->unique)
        return order;
    order = span_cmp(a->text, b->text);
    return s->global.reverse ? -order : order;
}

/* ---- Orders ----------------------------------------------------------------------- */

static uint64_t sort_order_text(struct span s)
{
    uint64_t order = 0;
    if (s.len >= sizeof order) {
        memcpy(&order, s.ptr, sizeof order);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        order = __builtin_bswap64(order);
#endif
        return order;
    }
    for (size_t i = 0; i < sizeof order; i++)
        order = order << 8 | (i < s.len ? (unsigned char)s.ptr[i] : 0);
    return order;
}

static uint64_t sort_order_filtered(const struct sort_how *how, struct span s)
{
    uint64_t order = 0;
    const char *p = s.ptr, *end = s.ptr + s.len;
    for (size_t i = 0; i < sizeof order; i++) {
        p = sort_skip_ignored(how, p, end);
        unsigned char c = p < end ? (unsigned char)*p++ : 0;
        order = order << 8 | (how->fold ? (unsigned char)char_upper(c) : c);
    }
    return order;
}

/* The whole part, or max if it is larger. */
static uint64_t sort_whole(const struct sort_number *n, uint64_t max)
{
    uint64_t value = 0;
    if (n->whole.len > 18)
        return max;
    for (size_t i = 0; i < n->whole.len; i++)
        value = value * 10 + (uint64_t)(n->whole.ptr[i] - '0');
    return value < max ? value : max;
}

static uint64_t sort_order_number(struct span s)
{
    struct sort_number n = sort_read_number(s);
    uint64_t middle = UINT64_C(1) << 63, whole = sort_whole(&n, UINT64_C(1) << 62);
    return n.minus ? middle - whole : middle + whole;
}

static uint64_t sort_order_human(struct span s)
{
    struct sort_number n = sort_read_number(s);
    uint64_t middle = UINT64_C(1) << 63, part = UINT64_C(1) << 59;
    int unit = sort_unit(&n);
    uint64_t size = (uint64_t)(unit < 0 ? -unit : unit) * part + sort_whole(&n, part - 1);
    return n.minus ? middle - size : middle + size;
}

/* Doubles have the order of their bits, once those of negative ones are turned round. */
static uint64_t sort_order_general(struct span s)
{
    struct sort_general g = sort_read_general(s);
    if (g.class < 2)
        return (uint64_t)g.class;
    double d = (double)g.n + 0.0; // -0 is 0
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static uint64_t sort_order_key(const struct sort *s, const struct sort_key *k,
                               struct span key)
{
    switch (k->kind) {
    case SORT_NUMERIC: return sort_order_number(key);
    case SORT_GENERAL: return sort_order_general(key);
    case SORT_HUMAN: return sort_order_human(key);
    case SORT_MONTH: return (uint64_t)sort_read_month(key);
    case SORT_RANDOM: return sort_hash(s, &k->how, key);
    case SORT_VERSION: return 0;
    default:
        return sort_is_filtered(&k->how) ? sort_order_filtered(&k->how, key)
                                         : sort_order_text(key);
    }
}

uint64_t sort_find_order(const struct sort *s, const struct sort_line *line)
{
    if (!s->key_count) {
        uint64_t order = sort_order_text(line->text);
        return s->global.reverse ? ~order : order;
    }
    uint64_t order = sort_order_key(s, &s->keys[0], line->key);
    return s->keys[0].how.reverse ? ~order : order;
}

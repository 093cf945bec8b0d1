/* address.c: see address.h. */
#include "net/address.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"

/* ---- IPv4 ------------------------------------------------------------------------- */

static int address_digit(unsigned char c, unsigned base)
{
    int digit = char_hex(c);
    return digit >= 0 && (unsigned)digit < base ? digit : -1;
}

/* A number in C's notation. 0; -EINVAL: none; -ERANGE: more than 32 bits. */
static int address_number(struct span text, uint32_t *number)
{
    unsigned base = 10;
    if (text.len >= 2 && text.ptr[0] == '0' && (text.ptr[1] | 32) == 'x') {
        base = 16;
        text = span_from(text, 2);
    } else if (text.len >= 2 && text.ptr[0] == '0') {
        base = 8;
        text = span_from(text, 1);
    } else if (!text.len) {
        return -EINVAL;
    }
    uint64_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = address_digit((unsigned char)text.ptr[i], base);
        if (digit < 0)
            return -EINVAL;
        n = n * base + (unsigned)digit;
        if (n > UINT32_MAX)
            n = UINT64_C(1) << 32;
    }
    *number = (uint32_t)n;
    return n > UINT32_MAX ? -ERANGE : 0;
}

/* Whether the last label makes a host an IPv4 address: digits only, or 0x and hex digits
 * (URL standard, "ends in a number"). */
static bool address_ends_in_number(struct span text)
{
    size_t dot = span_find_last(text, '.');
    struct span last = dot < text.len ? span_from(text, dot + 1) : text;
    bool digits = last.len > 0;
    for (size_t i = 0; i < last.len; i++)
        digits &= char_is_digit(last.ptr[i]);
    uint32_t number;
    return digits || address_number(last, &number) != -EINVAL;
}

static void address_set_4(struct address *a, uint32_t n)
{
    *a = (struct address){.family = 4};
    for (unsigned i = 0; i < 4; i++)
        a->bytes[i] = (uint8_t)(n >> (24 - 8 * i));
}

int address_parse_loose(struct span text, struct address *a)
{
    if (!address_ends_in_number(text))
        return -EINVAL;
    uint32_t value = 0, part;
    for (unsigned count = 0; count < 4; count++) {
        size_t dot = span_find(text, '.');
        if (address_number(span_make(text.ptr, dot), &part))
            return -ERANGE;
        if (dot == text.len) { // the last part fills the rest
            uint64_t room = UINT64_C(1) << (32 - 8 * count);
            if (part >= room)
                return -ERANGE;
            address_set_4(a, value | part);
            return 0;
        }
        if (part > 255)
            return -ERANGE;
        value |= part << (24 - 8 * count);
        text = span_from(text, dot + 1);
    }
    return -ERANGE;
}

/* Dotted decimal, four parts, no leading zeros. */
static int address_parse_4(struct span text, struct address *a)
{
    *a = (struct address){.family = 4};
    for (unsigned i = 0; i < 4; i++) {
        size_t dot = span_find(text, '.');
        uint32_t part;
        bool zeros = dot > 1 && text.ptr[0] == '0';
        if ((dot == text.len) != (i == 3) || dot > 3 || zeros ||
            address_number(span_make(text.ptr, dot), &part) || part > 255)
            return -EINVAL;
        a->bytes[i] = (uint8_t)part;
        text = span_from(text, dot + 1);
    }
    return 0;
}

/* ---- IPv6 ------------------------------------------------------------------------- */

/* The groups of an IPv6 address as they are read. */
struct address_groups {
    uint16_t group[8];
    unsigned count;
    int gap; // the group before which "::" stands; -1: nowhere
};

static int address_read_group(struct span text, struct address_groups *g)
{
    if (!text.len || text.len > 4 || g->count >= 8)
        return -EINVAL;
    unsigned n = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = char_hex((unsigned char)text.ptr[i]);
        if (digit < 0)
            return -EINVAL;
        n = n * 16 + (unsigned)digit;
    }
    g->group[g->count++] = (uint16_t)n;
    return 0;
}

/* The end in dotted decimal: two groups. */
static int address_read_tail(struct span text, struct address_groups *g)
{
    struct address v4;
    if (g->count > 6 || address_parse_4(text, &v4))
        return -EINVAL;
    for (unsigned i = 0; i < 4; i += 2)
        g->group[g->count++] = (uint16_t)(v4.bytes[i] << 8 | v4.bytes[i + 1]);
    return 0;
}

static int address_read_groups(struct span text, struct address_groups *g)
{
    while (text.len) {
        if (text.len >= 2 && text.ptr[0] == ':' && text.ptr[1] == ':') {
            if (g->gap >= 0)
                return -EINVAL;
            g->gap = (int)g->count;
            text = span_from(text, 2);
            continue;
        }
        size_t colon = span_find(text, ':');
        struct span part = span_make(text.ptr, colon);
        if (span_find(part, '.') < part.len)
            return colon == text.len ? address_read_tail(part, g) : -EINVAL;
        if (address_read_group(part, g))
            return -EINVAL;
        text = span_from(text, colon);
        if (text.len == 1)
            return -EINVAL; // a colon at the end
        if (text.len && text.ptr[1] != ':')
            text = span_from(text, 1);
    }
    return 0;
}

int address_parse_6(struct span text, struct address *a)
{
    struct address_groups g = {.gap = -1};
    if (!text.len || (text.ptr[0] == ':' && (text.len == 1 || text.ptr[1] != ':')) ||
        address_read_groups(text, &g))
        return -EINVAL;
    if (g.gap < 0 ? g.count != 8 : g.count > 7)
        return -EINVAL;
    *a = (struct address){.family = 6};
    unsigned missing = 8 - g.count;
    for (unsigned i = 0; i < g.count; i++) {
        unsigned at = g.gap >= 0 && i >= (unsigned)g.gap ? i + missing : i;
        a->bytes[2 * at] = (uint8_t)(g.group[i] >> 8);
        a->bytes[2 * at + 1] = (uint8_t)g.group[i];
    }
    return 0;
}

int address_parse(struct span text, struct address *a)
{
    return span_find(text, ':') < text.len ? address_parse_6(text, a)
                                           : address_parse_4(text, a);
}

static unsigned address_group(const struct address *a, unsigned i)
{
    return (unsigned)(a->bytes[2 * i] << 8 | a->bytes[2 * i + 1]);
}

/* The longest run of two or more zero groups, the first of equal ones. */
static unsigned address_zero_run(const struct address *a, unsigned *len)
{
    unsigned best = 8, best_len = 1;
    for (unsigned i = 0; i < 8; i++) {
        unsigned run = 0;
        while (i + run < 8 && !address_group(a, i + run))
            run++;
        if (run > best_len) {
            best = i;
            best_len = run;
        }
    }
    *len = best_len;
    return best;
}

size_t address_format(const struct address *a, char dst[ADDRESS_TEXT_MAX])
{
    const uint8_t *b = a->bytes;
    if (a->family != 6)
        return fmt_to(dst, ADDRESS_TEXT_MAX, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
    unsigned run_len, run = address_zero_run(a, &run_len);
    size_t len = 0;
    for (unsigned i = 0; i < 8;) {
        if (i == run) {
            len += fmt_to(dst + len, ADDRESS_TEXT_MAX - len, "::");
            i += run_len;
            continue;
        }
        const char *colon = i && i != run + run_len ? ":" : "";
        len += fmt_to(dst + len, ADDRESS_TEXT_MAX - len, "%s%x", colon,
                      address_group(a, i++));
    }
    return len;
}

/* ---- Ranges ----------------------------------------------------------------------- */

static unsigned address_bits(const struct address *a)
{
    return a->family == 4 ? 32 : 128;
}

int address_parse_range(struct span text, struct address_range *range)
{
    size_t slash = span_find(text, '/');
    if (address_parse(span_make(text.ptr, slash), &range->first))
        return -EINVAL;
    range->bits = address_bits(&range->first);
    if (slash == text.len)
        return 0;
    struct span digits = span_from(text, slash + 1);
    uint32_t bits;
    if (!digits.len || !char_is_digit(digits.ptr[digits.len - 1]) || digits.len > 3 ||
        (digits.len > 1 && digits.ptr[0] == '0') || address_number(digits, &bits) ||
        bits > range->bits)
        return -EINVAL;
    range->bits = bits;
    return 0;
}

bool address_eq(const struct address *a, const struct address *b)
{
    return a->family == b->family &&
           memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

bool address_in_range(const struct address *a, const struct address_range *range)
{
    if (a->family != range->first.family)
        return false;
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    if (memcmp(a->bytes, range->first.bytes, whole) != 0)
        return false;
    unsigned mask = rest ? 0xffu << (8 - rest) & 0xff : 0;
    return ((a->bytes[whole % 16] ^ range->first.bytes[whole % 16]) & mask) == 0;
}

/* ---- Which are public ------------------------------------------------------------- */

struct address_kind {
    uint8_t bytes[16];
    unsigned bits;
    const char *why;
};

/* RFC 6890 and the IANA registries of special-purpose addresses. */
static const struct address_kind address_kinds_4[] = {
    {{0}, 8, "an unspecified address"},
    {{10}, 8, "a private address"},
    {{100, 64}, 10, "a carrier's private address"},
    {{127}, 8, "a loopback address"},
    {{169, 254, 169, 254}, 32, "a metadata service's address"},
    {{169, 254}, 16, "a link-local address"},
    {{172, 16}, 12, "a private address"},
    {{192, 0, 0}, 24, "a reserved address"},
    {{192, 0, 2}, 24, "a documentation address"},
    {{192, 88, 99}, 24, "a reserved address"},
    {{192, 168}, 16, "a private address"},
    {{198, 18}, 15, "a benchmarking address"},
    {{198, 51, 100}, 24, "a documentation address"},
    {{203, 0, 113}, 24, "a documentation address"},
    {{224}, 4, "a multicast address"},
    {{255, 255, 255, 255}, 32, "a broadcast address"},
    {{240}, 4, "a reserved address"},
};

static const struct address_kind address_kinds_6[] = {
    {{0}, 128, "an unspecified address"},
    {{[15] = 1}, 128, "a loopback address"},
    {{0x01}, 64, "a discard address"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "a documentation address"},
    {{0x20, 0x01}, 23, "a reserved address"}, // also Teredo, ORCHID
    {{0x3f, 0xff}, 20, "a documentation address"},
    {{0x5f}, 16, "a segment routing address"},
    {{0xfd, 0x00, 0x0e, 0xc2, [15] = 0}, 32, "a metadata service's address"},
    {{0xfc}, 7, "a private address"},
    {{0xfe, 0x80}, 10, "a link-local address"},
    {{0xfe, 0xc0}, 10, "a site-local address"},
    {{0xff}, 8, "a multicast address"},
};

/* IPv6 addresses that carry an IPv4 one, from byte `at` on. */
struct address_carrier {
    uint8_t bytes[16];
    unsigned bits, at;
};

static const struct address_carrier address_carriers[] = {
    {{[10] = 0xff, [11] = 0xff}, 96, 12}, // mapped
    {{[8] = 0xff, [9] = 0xff}, 96, 12},   // translated (RFC 2765)
    {{0}, 96, 12},                        // compatible
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},   // NAT64
    {{0x20, 0x02}, 16, 2},                // 6to4
};

static bool address_has_bits(const struct address *a, const uint8_t bytes[16],
                             unsigned bits)
{
    struct address_range range = {.first.family = a->family, .bits = bits};
    memcpy(range.first.bytes, bytes, 16);
    return address_in_range(a, &range);
}

static const char *address_kind_of(const struct address *a,
                                   const struct address_kind *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (address_has_bits(a, kinds[i].bytes, kinds[i].bits))
            return kinds[i].why;
    return NULL;
}

static const char *address_why_not_public_6(const struct address *a)
{
    const char *why = address_kind_of(a, address_kinds_6, COUNT_OF(address_kinds_6));
    if (why)
        return why;
    for (size_t i = 0; i < COUNT_OF(address_carriers); i++) {
        const struct address_carrier *c = &address_carriers[i];
        if (!address_has_bits(a, c->bytes, c->bits))
            continue;
        struct address inner = {.family = 4};
        memcpy(inner.bytes, a->bytes + c->at, 4);
        return address_why_not_public(&inner);
    }
    // local NAT64 prefixes (RFC 8215), and what is not in 2000::/3: not given out
    bool global = (a->bytes[0] & 0xe0) == 0x20;
    return global ? NULL : "a reserved address";
}

const char *address_why_not_public(const struct address *a)
{
    if (a->family == 6)
        return address_why_not_public_6(a);
    if (a->family == 4)
        return address_kind_of(a, address_kinds_4, COUNT_OF(address_kinds_4));
    return "no address";
}

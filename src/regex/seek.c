/* seek.c: see seek.h. */
#include "regex/seek.h"

#include <stdint.h>

static const unsigned char seek_ranks[256] = {
    0,   1,   2,   3,   4,   5,   6,   68,  7,   208, 245, 8,   76,  9,   10,  11,
    12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,
    255, 163, 209, 200, 199, 164, 175, 237, 232, 231, 216, 176, 238, 218, 233, 220,
    235, 225, 230, 212, 203, 195, 186, 193, 198, 204, 219, 210, 184, 222, 197, 167,
    174, 221, 187, 217, 196, 224, 201, 181, 178, 223, 160, 171, 207, 190, 211, 202,
    192, 159, 206, 215, 227, 182, 169, 172, 179, 168, 170, 189, 191, 188, 161, 247,
    162, 251, 226, 243, 241, 254, 236, 229, 234, 250, 165, 194, 244, 239, 248, 246,
    242, 180, 252, 249, 253, 240, 214, 205, 213, 228, 173, 185, 177, 183, 166, 28,
    152, 136, 139, 132, 93,  87,  149, 143, 144, 151, 147, 150, 113, 141, 79,  88,
    106, 85,  84,  81,  92,  103, 89,  109, 107, 95,  94,  91,  98,  104, 86,  154,
    131, 110, 111, 96,  142, 133, 117, 118, 128, 148, 153, 137, 126, 105, 155, 145,
    134, 90,  114, 100, 119, 127, 99,  101, 140, 112, 115, 123, 120, 122, 121, 108,
    29,  30,  135, 129, 75,  74,  61,  31,  62,  32,  66,  64,  33,  34,  70,  82,
    157, 146, 35,  36,  37,  38,  39,  102, 83,  78,  40,  41,  63,  42,  43,  44,
    156, 116, 158, 125, 72,  77,  73,  67,  71,  65,  69,  138, 124, 97,  45,  80,
    130, 46,  47,  48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,
};

unsigned seek_rank(unsigned char c) { return seek_ranks[c]; }

static unsigned seek_rank_in(const struct seek *s, size_t at)
{
    unsigned rank = seek_ranks[s->bytes[at]];
    if (s->fold && char_is_lower(s->bytes[at]))
        rank += seek_ranks[char_upper(s->bytes[at])] / 8;
    return rank;
}

static unsigned char seek_mask(const struct seek *s, size_t at)
{
    return s->fold && char_is_lower(s->bytes[at]) ? 0x20 : 0;
}

void seek_init(struct seek *s, const unsigned char *bytes, size_t len, bool fold)
{
    s->len = len < SEEK_MAX ? len : SEEK_MAX;
    s->fold = fold;
    for (size_t i = 0; i < s->len; i++)
        s->bytes[i] = fold ? (unsigned char)char_lower(bytes[i]) : bytes[i];
    size_t best = 0, other = s->len > 1;
    for (size_t i = 1; i < s->len; i++) {
        if (seek_rank_in(s, i) < seek_rank_in(s, best)) {
            other = best;
            best = i;
        } else if (seek_rank_in(s, i) < seek_rank_in(s, other) || other == best) {
            other = i;
        }
    }
    s->first = best < other ? best : other;
    s->second = best < other ? other : best;
    s->mask[0] = seek_mask(s, s->first);
    s->mask[1] = seek_mask(s, s->second);
}

static bool seek_is_at(const struct seek *s, const char *p)
{
    if (!s->fold)
        return memcmp(p, s->bytes, s->len) == 0;
    for (size_t i = 0; i < s->len; i++)
        if (char_lower((unsigned char)p[i]) != s->bytes[i])
            return false;
    return true;
}

/* ---- Sixteen bytes ---------------------------------------------------------------- */

typedef unsigned char seek_vec __attribute__((vector_size(16)));

static inline seek_vec seek_load(const char *p)
{
    seek_vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline seek_vec seek_all(unsigned char c)
{
    return (seek_vec){c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c};
}

static inline bool seek_any(seek_vec v)
{
#ifdef __SSE2__
    typedef char signed_vec __attribute__((vector_size(16)));
    return __builtin_ia32_pmovmskb128((signed_vec)v) != 0;
#else
    uint64_t half[2];
    memcpy(half, &v, sizeof half);
    return (half[0] | half[1]) != 0;
#endif
}

/* Where the string begins among the sixteen places from p on whose byte in hits is
 * set. */
static const char *seek_check(const struct seek *s, const char *p, seek_vec hits)
{
    unsigned char bytes[16];
    memcpy(bytes, &hits, sizeof bytes);
    for (int i = 0; i < 16; i++)
        if (bytes[i] && seek_is_at(s, p + i))
            return p + i;
    return NULL;
}

static inline seek_vec seek_hits(const char *p, const struct seek *s, seek_vec a,
                                 seek_vec b, seek_vec mask_a, seek_vec mask_b)
{
    return (seek_vec)((seek_load(p + s->first) | mask_a) == a) &
           (seek_vec)((seek_load(p + s->second) | mask_b) == b);
}

static const char *seek_slow(const struct seek *s, const char *p, const char *end)
{
    for (; (size_t)(end - p) >= s->len; p++)
        if (((unsigned char)p[s->first] | s->mask[0]) == s->bytes[s->first] &&
            seek_is_at(s, p))
            return p;
    return NULL;
}

/* p: the first place, end: the end of the text. */
static const char *seek_fast(const struct seek *s, const char *p, const char *end)
{
    seek_vec a = seek_all(s->bytes[s->first]), b = seek_all(s->bytes[s->second]);
    seek_vec mask_a = seek_all(s->mask[0]), mask_b = seek_all(s->mask[1]);
    size_t reach = s->len + 15; // what a look at sixteen places may touch
    const char *found;
    while ((size_t)(end - p) >= reach + 48) {
        seek_vec h0 = seek_hits(p, s, a, b, mask_a, mask_b);
        seek_vec h1 = seek_hits(p + 16, s, a, b, mask_a, mask_b);
        seek_vec h2 = seek_hits(p + 32, s, a, b, mask_a, mask_b);
        seek_vec h3 = seek_hits(p + 48, s, a, b, mask_a, mask_b);
        if (seek_any(h0 | h1 | h2 | h3)) {
            if ((seek_any(h0) && (found = seek_check(s, p, h0)) != NULL) ||
                (seek_any(h1) && (found = seek_check(s, p + 16, h1)) != NULL) ||
                (seek_any(h2) && (found = seek_check(s, p + 32, h2)) != NULL) ||
                (seek_any(h3) && (found = seek_check(s, p + 48, h3)) != NULL))
                return found;
        }
        p += 64;
    }
    for (; (size_t)(end - p) >= reach; p += 16) {
        seek_vec hits = seek_hits(p, s, a, b, mask_a, mask_b);
        if (seek_any(hits) && (found = seek_check(s, p, hits)) != NULL)
            return found;
    }
    return seek_slow(s, p, end);
}

const char *seek_find(const struct seek *s, struct span text)
{
    if (text.len < s->len)
        return NULL;
    if (s->len == 1 && !s->mask[0])
        return memchr(text.ptr, s->bytes[0], text.len);
    return seek_fast(s, text.ptr, text.ptr + text.len);
}

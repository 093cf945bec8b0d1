/* rset.c: see rset.h. */
#include "regex/rset.h"

#include <string.h>

#include "base/base.h"
#include "base/hash.h"

enum {
    RSET_LAST = 0x10ffff,
    RSET_NODES_MAX = 60000,
    RSET_TABLE = 1024, // for finding equal tails
};

void rset_init(struct rset *s, bool utf8) { *s = (struct rset){.utf8 = utf8}; }

void rset_fini(struct rset *s, struct rmem *m)
{
    rmem_free(m, s->wide, s->cap * sizeof *s->wide);
    rmem_free(m, s->tail, s->tail_cap * sizeof *s->tail);
    rmem_free(m, s->inner, s->inner_cap * sizeof *s->inner);
}

static void rset_add_wide(struct rset *s, struct rmem *m, uint32_t first, uint32_t last)
{
    s->wide = rmem_grow(m, s->wide, &s->cap, s->len, sizeof *s->wide);
    if (s->len < s->cap)
        s->wide[s->len++] = (struct ctype_range){first, last};
}

static void rset_add_bits(struct rset *s, uint32_t first, uint32_t last)
{
    for (uint32_t c = first; c <= last; c++)
        s->bits[c >> 6] |= UINT64_C(1) << (c & 63);
}

void rset_add(struct rset *s, struct rmem *m, uint32_t first, uint32_t last)
{
    uint32_t limit = s->utf8 ? 0x7f : 0xff;
    if (first <= limit)
        rset_add_bits(s, first, last < limit ? last : limit);
    if (s->utf8 && last > limit)
        rset_add_wide(s, m, first > limit ? first : limit + 1, last);
}

static void rset_add_table(struct rset *s, struct rmem *m, const struct ctype_range *r)
{
    for (; s->utf8 && r->last; r++)
        rset_add_wide(s, m, r->first, r->last);
}

void rset_add_class(struct rset *s, struct rmem *m, enum ctype class)
{
    for (int c = 0; c < 0x80; c++)
        if (ctype_is_ascii(class, c))
            rset_add_bits(s, (uint32_t)c, (uint32_t)c);
    rset_add_table(s, m, ctype_wide(class));
}

void rset_add_word(struct rset *s, struct rmem *m)
{
    rset_add_class(s, m, CTYPE_ALNUM);
    rset_add_bits(s, '_', '_');
}

void rset_remove_byte(struct rset *s, unsigned char c)
{
    s->bits[c >> 6] &= ~(UINT64_C(1) << (c & 63));
}

/* Shell sort: the ranges come in few sorted runs. */
static void rset_sort(struct ctype_range *r, size_t len)
{
    static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < COUNT_OF(gaps); g++)
        for (size_t gap = gaps[g], i = gap; i < len; i++) {
            struct ctype_range item = r[i];
            size_t at = i;
            for (; at >= gap && r[at - gap].first > item.first; at -= gap)
                r[at] = r[at - gap];
            r[at] = item;
        }
}

static bool rset_is_sorted(const struct rset *s)
{
    for (size_t i = 1; i < s->len; i++)
        if (s->wide[i - 1].last + 1 >= s->wide[i].first)
            return false;
    return true;
}

/* Sorts the ranges and joins those that touch. */
static void rset_normalize(struct rset *s)
{
    if (rset_is_sorted(s))
        return;
    rset_sort(s->wide, s->len);
    size_t len = 1;
    for (size_t i = 1; i < s->len; i++) {
        struct ctype_range *last = &s->wide[len - 1];
        if (s->wide[i].first <= last->last + 1)
            last->last = s->wide[i].last > last->last ? s->wide[i].last : last->last;
        else
            s->wide[len++] = s->wide[i];
    }
    s->len = len;
}

bool rset_has_wide(const struct rset *s, uint32_t c)
{
    size_t low = 0, high = s->len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (s->wide[mid].last < c)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->len && s->wide[low].first <= c;
}

static bool rset_has(const struct rset *s, uint32_t c)
{
    return c < 0x80 ? rset_has_byte(s, (unsigned char)c) : rset_has_wide(s, c);
}

static void rset_fold_bytes(struct rset *s)
{
    for (unsigned char c = 'a'; c <= 'z'; c++) {
        rset_remove_byte(s, c);
        if (rset_has_byte(s, (unsigned char)char_upper(c)))
            rset_add_bits(s, c, c);
    }
}

/* Takes away the characters of a sorted list of ranges. */
static void rset_take_away(struct rset *s, struct rmem *m, const struct ctype_range *away,
                           size_t count)
{
    struct ctype_range *old = s->wide;
    size_t len = s->len, cap = s->cap, k = 0;
    s->wide = NULL;
    s->len = s->cap = 0;
    for (size_t i = 0; i < len; i++) {
        uint32_t at = old[i].first;
        while (k < count && away[k].last < at)
            k++;
        for (size_t j = k; j < count && away[j].first <= old[i].last; j++) {
            if (away[j].first > at)
                rset_add_wide(s, m, at, away[j].first - 1);
            at = away[j].last + 1;
        }
        if (at <= old[i].last)
            rset_add_wide(s, m, at, old[i].last);
    }
    rmem_free(m, old, cap * sizeof *old);
}

static bool rset_covers(const struct rset *s, uint32_t first, uint32_t last)
{
    for (size_t i = 0; i < s->len && s->wide[i].first <= first; i++)
        if (last <= s->wide[i].last)
            return true;
    return false;
}

void rset_fold(struct rset *s, struct rmem *m)
{
    bool dotless = s->utf8 && rset_has_byte(s, 'I'),
         long_s = s->utf8 && rset_has_byte(s, 'S');
    rset_fold_bytes(s);
    if (!s->utf8)
        return;
    rset_normalize(s);
    if (!s->len && !dotless && !long_s)
        return;
    if (rset_covers(s, 0x80, RSET_LAST) && dotless && long_s)
        return;

    // the characters that have an upper case: in the set before, and wanted in it after
    struct rset lower, gone;
    rset_init(&lower, true);
    rset_init(&gone, true);
    for (const struct ctype_case *r = ctype_upper_of; r->last; r++)
        for (uint32_t c = r->first; c <= r->last; c += (uint32_t)r->step) {
            bool has = rset_has(s, c + (uint32_t)r->delta);
            rset_add_wide(has ? &lower : &gone, m, c, c);
        }
    rset_normalize(&gone);
    rset_take_away(s, m, gone.wide, gone.len);
    for (size_t i = 0; i < lower.len; i++)
        rset_add_wide(s, m, lower.wide[i].first, lower.wide[i].last);
    rset_normalize(s);
    rset_fini(&lower, m);
    rset_fini(&gone, m);
}

void rset_negate(struct rset *s, struct rmem *m)
{
    for (int i = 0; i < 4; i++)
        s->bits[i] = s->utf8 && i > 1 ? 0 : ~s->bits[i];
    if (!s->utf8)
        return;
    rset_normalize(s);
    struct ctype_range *away = s->wide;
    size_t count = s->len, cap = s->cap;
    s->wide = NULL;
    s->len = s->cap = 0;
    rset_add_wide(s, m, 0x80, RSET_LAST);
    rset_take_away(s, m, away, count);
    rmem_free(m, away, cap * sizeof *away);
}

bool rset_eq(const struct rset *a, const struct rset *b)
{
    return memcmp(a->bits, b->bits, sizeof a->bits) == 0 && a->len == b->len &&
           (!a->len || memcmp(a->wide, b->wide, a->len * sizeof *a->wide) == 0);
}

/* ---- The automaton of UTF-8 ------------------------------------------------------- */

struct rset_build {
    struct rset *s;
    struct rmem *m;
    size_t at; // the first range that does not end before what is looked at
    uint16_t table[RSET_TABLE];
    unsigned used;
};

/* The bits of the 64 characters from base on. */
static uint64_t rset_block(struct rset_build *b, uint32_t base)
{
    const struct rset *s = b->s;
    while (b->at < s->len && s->wide[b->at].last < base)
        b->at++;
    uint64_t bits = 0;
    for (size_t i = b->at; i < s->len && s->wide[i].first < base + 64; i++) {
        uint32_t first = s->wide[i].first > base ? s->wide[i].first - base : 0;
        uint32_t last = s->wide[i].last < base + 63 ? s->wide[i].last - base : 63;
        bits |= (~UINT64_C(0) >> (63 - (last - first))) << first;
    }
    return bits;
}

/* The number of the tail with these bits. */
static uint16_t rset_tail(struct rset_build *b, uint64_t bits)
{
    struct rset *s = b->s;
    if (!bits)
        return 0;
    size_t slot = hash_mix(bits) % RSET_TABLE;
    for (; b->table[slot]; slot = (slot + 1) % RSET_TABLE)
        if (s->tail[b->table[slot] - 1] == bits)
            return b->table[slot];
    s->tail = rmem_grow(b->m, s->tail, &s->tail_cap, s->tails, sizeof *s->tail);
    if (s->tails >= s->tail_cap || s->tails >= RSET_NODES_MAX)
        return 0;
    s->tail[s->tails++] = bits;
    if (b->used < RSET_TABLE / 2) {
        b->table[slot] = (uint16_t)s->tails;
        b->used++;
    }
    return (uint16_t)s->tails;
}

/* Inner nodes are numbered from 1 while tails are still being added, and moved up at the
 * end. */
static uint16_t rset_inner(struct rset_build *b, const uint16_t child[64])
{
    struct rset *s = b->s;
    bool empty = true;
    for (int i = 0; i < 64; i++)
        empty &= !child[i];
    if (empty)
        return 0;
    unsigned count = s->nodes;
    for (unsigned i = count > 64 ? count - 64 : 0; i < count; i++)
        if (memcmp(s->inner[i], child, sizeof s->inner[i]) == 0)
            return (uint16_t)(i + 1);
    s->inner = rmem_grow(b->m, s->inner, &s->inner_cap, count, sizeof *s->inner);
    if (count >= s->inner_cap)
        return 0;
    memcpy(s->inner[count], child, sizeof s->inner[count]);
    return (uint16_t)++s->nodes;
}

/* The inner node for the 4096 characters from base on, those below from left out.
 * Children are tails. */
static uint16_t rset_inner_of_tails(struct rset_build *b, uint32_t base, uint32_t from)
{
    uint16_t child[64];
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t block = base + i * 64;
        child[i] = block < from ? 0 : rset_tail(b, rset_block(b, block));
    }
    return rset_inner(b, child);
}

static bool rset_touches(struct rset_build *b, uint32_t first, uint32_t last)
{
    const struct rset *s = b->s;
    while (b->at < s->len && s->wide[b->at].last < first)
        b->at++;
    return b->at < s->len && s->wide[b->at].first <= last;
}

/* The inner node of 64 inner nodes, for the 2^18 characters from base on. They are marked
 * by the top bit until all are numbered. */
enum { RSET_IS_INNER = 0x8000 };

static uint16_t rset_inner_of_inner(struct rset_build *b, uint32_t base)
{
    uint16_t child[64];
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t block = base + i * 4096;
        child[i] = 0;
        if (block >= 0x10000 && rset_touches(b, block, block + 4095))
            child[i] = rset_inner_of_tails(b, block, 0);
        if (child[i])
            child[i] |= RSET_IS_INNER;
    }
    return rset_inner(b, child);
}

static void rset_number_nodes(struct rset *s)
{
    for (unsigned n = 0; n < s->nodes; n++)
        for (int i = 0; i < 64; i++)
            if (s->inner[n][i] & RSET_IS_INNER)
                s->inner[n][i] = (uint16_t)((s->inner[n][i] & ~RSET_IS_INNER) + s->tails);
    for (unsigned lead = 0xe0; lead < 0x100; lead++)
        if (s->lead[lead - 0x80])
            s->lead[lead - 0x80] = (uint16_t)(s->lead[lead - 0x80] + s->tails);
    s->nodes += s->tails;
}

static void rset_build(struct rset *s, struct rmem *m)
{
    struct rset_build b = {.s = s, .m = m};
    for (unsigned lead = 0xc2; lead < 0xe0; lead++)
        s->lead[lead - 0x80] = rset_tail(&b, rset_block(&b, (lead & 0x1fu) << 6));
    for (unsigned lead = 0xe0; lead < 0xf0; lead++) {
        uint32_t base = (lead & 0xfu) << 12;
        if (rset_touches(&b, base, base + 4095))
            s->lead[lead - 0x80] = rset_inner_of_tails(&b, base, 0x800);
    }
    for (unsigned lead = 0xf0; lead < 0xf5; lead++) {
        uint32_t base = (lead & 7u) << 18;
        if (rset_touches(&b, base, base + 0x3ffff))
            s->lead[lead - 0x80] = rset_inner_of_inner(&b, base);
    }
    rset_number_nodes(s);
}

void rset_finish(struct rset *s, struct rmem *m)
{
    static const struct ctype_range surrogates[] = {{0xd800, 0xdfff}};
    if (!s->utf8 || !s->len)
        return;
    rset_normalize(s);
    rset_take_away(s, m, surrogates, 1);
    if (s->len)
        rset_build(s, m);
}

/* ---- Reading it ------------------------------------------------------------------- */

int rset_step(const struct rset *s, unsigned node, unsigned char c)
{
    if (node == 0) {
        if (rset_has_byte(s, c))
            return RSET_DONE;
        unsigned next = c >= 0x80 ? s->lead[c - 0x80] : 0;
        return next ? (int)next : RSET_FAIL;
    }
    if ((c & 0xc0) != 0x80)
        return RSET_FAIL;
    if (node <= s->tails)
        return s->tail[node - 1] >> (c & 63) & 1 ? RSET_DONE : RSET_FAIL;
    unsigned next = s->inner[node - s->tails - 1][c & 63];
    return next ? (int)next : RSET_FAIL;
}

bool rset_back_done(const struct rset *s, unsigned node, unsigned char c)
{
    if (node == 0)
        return rset_has_byte(s, c);
    return c >= 0x80 && s->lead[c - 0x80] == node;
}

unsigned rset_back(const struct rset *s, unsigned node, unsigned char c, unsigned after)
{
    if ((c & 0xc0) != 0x80)
        return 0;
    if (node == 0) {
        for (unsigned n = after + 1; n <= s->tails; n++)
            if (s->tail[n - 1] >> (c & 63) & 1)
                return n;
        return 0;
    }
    for (unsigned n = after > s->tails ? after + 1 : s->tails + 1; n <= s->nodes; n++)
        if (s->inner[n - s->tails - 1][c & 63] == node)
            return n;
    return 0;
}

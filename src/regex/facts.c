/* facts.c: see facts.h. */
#include "regex/facts.h"

#include <string.h>

#include "base/utf8.h"
#include "regex/regex.h"

enum {
    FACTS_NEST = 24,
    FACTS_USELESS = 235
}; // the rank of a byte that is worth no search

/* ---- Lengths ---------------------------------------------------------------------- */

struct facts_len {
    uint32_t min, max;
};

static uint32_t facts_add(uint32_t a, uint32_t b)
{
    return a > FACTS_ENDLESS - b ? FACTS_ENDLESS : a + b;
}

static uint32_t facts_multiply(uint32_t a, uint32_t b)
{
    if (!a || !b)
        return 0;
    if (a == FACTS_ENDLESS || b == FACTS_ENDLESS || a > (FACTS_ENDLESS - 1) / b)
        return FACTS_ENDLESS;
    return a * b;
}

static struct facts_len facts_of_set(const struct rset *s)
{
    struct facts_len len = {1, 1};
    bool ascii = false;
    for (int i = 0; i < 4; i++)
        ascii |= s->bits[i] != 0;
    if (s->len) {
        len.max = 4;
        len.min = ascii ? 1 : 2;
    }
    return len;
}

static struct facts_len facts_of_list(const struct rtree *t, const struct facts_len *all,
                                      const struct rtree_node *n)
{
    struct facts_len len = all[n->first];
    for (uint32_t child = t->nodes[n->first].next; child; child = t->nodes[child].next) {
        struct facts_len c = all[child];
        if (n->op == RTREE_CONCAT) {
            len.min = facts_add(len.min, c.min);
            len.max = facts_add(len.max, c.max);
        } else {
            len.min = c.min < len.min ? c.min : len.min;
            len.max = c.max > len.max ? c.max : len.max;
        }
    }
    return len;
}

static struct facts_len facts_of_node(const struct rtree *t, const struct facts_len *all,
                                      const struct rtree_node *n)
{
    switch ((enum rtree_op)n->op) {
    case RTREE_LITERAL: return (struct facts_len){n->len, n->len};
    case RTREE_SET: return facts_of_set(t->sets[n->value]);
    case RTREE_BACKREF: return (struct facts_len){0, FACTS_ENDLESS};
    case RTREE_GROUP: return all[n->first];
    case RTREE_CONCAT:
    case RTREE_ALT: return facts_of_list(t, all, n);
    case RTREE_REPEAT:
        return (struct facts_len){facts_multiply(all[n->first].min, n->min),
                                  facts_multiply(all[n->first].max, n->max)};
    default: return (struct facts_len){0, 0};
    }
}

/* ---- The literal ------------------------------------------------------------------ */

struct facts_run {
    const struct rtree *t;
    struct facts *best;
    unsigned char run[SEEK_MAX]; // bytes that follow each other in every match
    size_t len;
    bool at_start; // nothing has come before the run
    bool exact;
};

static unsigned facts_rank(const unsigned char *bytes, size_t len)
{
    unsigned rank = 255;
    for (size_t i = 0; i < len; i++)
        rank = seek_rank(bytes[i]) < rank ? seek_rank(bytes[i]) : rank;
    return rank;
}

/* Keeps the run where its length puts it among the literals. */
static void facts_keep(struct facts *f, const struct facts_run *r)
{
    unsigned at = 0;
    for (; at < f->count; at++) {
        const struct facts_literal *l = &f->literals[at];
        if (r->len > l->len + (l->prefix && l->len > 2 ? 4u : 0u))
            break;
    }
    if (at == FACTS_LITERALS)
        return;
    f->count += f->count < FACTS_LITERALS;
    for (unsigned i = f->count - 1; i > at; i--)
        f->literals[i] = f->literals[i - 1];
    f->literals[at] = (struct facts_literal){.len = r->len, .prefix = r->at_start};
    memcpy(f->literals[at].bytes, r->run, r->len);
}

/* The run ends here. */
static void facts_break(struct facts_run *r)
{
    bool useless = !r->len || (r->len == 1 && facts_rank(r->run, 1) > FACTS_USELESS);
    if (!useless)
        facts_keep(r->best, r);
    r->len = 0;
    r->at_start = r->exact = false;
}

static void facts_byte(struct facts_run *r, unsigned char c)
{
    if (r->len == SEEK_MAX)
        facts_break(r);
    r->run[r->len++] = c;
}

/* A set of one byte, or of the two cases of an ASCII letter: that byte (the small
 * letter), else -1. */
static int facts_byte_of_set(const struct rtree *t, const struct rset *s)
{
    int found = -1, count = 0;
    if (s->len)
        return -1;
    for (int c = 0; c < 256; c++)
        if (rset_has_byte(s, (unsigned char)c)) {
            found = c;
            count++;
        }
    bool cases = t->icase && count == 2 && char_is_lower(found) &&
                 rset_has_byte(s, (unsigned char)char_upper(found));
    return cases || (count == 1 && !(t->icase && char_is_alpha(found))) ? found : -1;
}

static void facts_collect(struct facts_run *r, uint32_t node, int nest);

static void facts_repeat(struct facts_run *r, const struct rtree_node *n, int nest)
{
    if (n->min)
        facts_collect(r, n->first, nest + 1); // the first time follows what comes before
    facts_break(r);
}

static void facts_collect(struct facts_run *r, uint32_t node, int nest)
{
    const struct rtree_node *n = &r->t->nodes[node];
    int c;
    if (nest > FACTS_NEST) {
        facts_break(r);
        return;
    }
    switch ((enum rtree_op)n->op) {
    case RTREE_EMPTY: break;
    case RTREE_ASSERT: r->exact = false; break;
    case RTREE_LITERAL:
        for (int i = 0; i < n->len; i++)
            facts_byte(r, n->bytes[i]);
        break;
    case RTREE_SET:
        c = facts_byte_of_set(r->t, r->t->sets[n->value]);
        if (c >= 0)
            facts_byte(r, (unsigned char)c);
        else
            facts_break(r);
        break;
    case RTREE_GROUP: facts_collect(r, n->first, nest + 1); break;
    case RTREE_CONCAT:
        for (uint32_t child = n->first; child; child = r->t->nodes[child].next)
            facts_collect(r, child, nest + 1);
        break;
    case RTREE_REPEAT: facts_repeat(r, n, nest); break;
    default: facts_break(r); break;
    }
}

int facts_find(const struct rtree *t, struct facts *f)
{
    *f = (struct facts){.count = 0};
    struct facts_len *all = rmem_new(t->mem, t->len * sizeof *all);
    if (!all)
        return REGEX_ESPACE;
    for (size_t i = 1; i < t->len; i++)
        all[i] = facts_of_node(t, all, &t->nodes[i]);
    f->min = all[t->root].min;
    f->max = all[t->root].max;
    rmem_free(t->mem, all, t->len * sizeof *all);

    struct facts_run r = {.t = t, .best = f, .at_start = true, .exact = true};
    facts_collect(&r, t->root, 0);
    bool valid = !t->utf8 || utf8_is_valid(span_make((char *)r.run, r.len));
    f->exact = r.exact && r.at_start && r.len && valid;
    if (f->exact) {
        f->count = 0;
        facts_keep(f, &r);
    } else {
        facts_break(&r);
    }
    return 0;
}

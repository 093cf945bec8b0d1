/* rtree.c: see rtree.h. */
#include "regex/rtree.h"

#include <string.h>

#include "base/utf8.h"

void rtree_init(struct rtree *t, struct rmem *mem)
{
    *t = (struct rtree){.mem = mem};
    rtree_add(t, (struct rtree_node){.op = RTREE_NONE});
}

static void rtree_free_set(struct rtree *t, struct rset *set)
{
    rset_fini(set, t->mem);
    rmem_free(t->mem, set, sizeof *set);
}

void rtree_fini(struct rtree *t)
{
    for (size_t i = 0; i < t->rset_count; i++)
        rtree_free_set(t, t->sets[i]);
    rmem_free(t->mem, t->sets, t->rset_cap * sizeof *t->sets);
    rmem_free(t->mem, t->nodes, t->cap * sizeof *t->nodes);
}

uint32_t rtree_add(struct rtree *t, struct rtree_node node)
{
    t->nodes = rmem_grow(t->mem, t->nodes, &t->cap, t->len, sizeof *t->nodes);
    if (t->len >= t->cap)
        return 0;
    t->nodes[t->len] = node;
    return (uint32_t)t->len++;
}

uint32_t rtree_add_list(struct rtree *t, enum rtree_op op, const uint32_t *children,
                        size_t count)
{
    ASSERT(count > 0);
    if (count == 1)
        return children[0];
    for (size_t i = 0; i + 1 < count && t->nodes; i++)
        t->nodes[children[i]].next = children[i + 1];
    return rtree_add(t, (struct rtree_node){.op = (uint8_t)op, .first = children[0]});
}

uint32_t rtree_add_assertion(struct rtree *t, enum assertion a)
{
    t->assertions |= 1u << a;
    return rtree_add(t, (struct rtree_node){.op = RTREE_ASSERT, .value = a});
}

/* The index of an equal set, or of this one. */
static uint32_t rtree_keep_set(struct rtree *t, struct rset *set)
{
    for (size_t i = 0; i < t->rset_count; i++)
        if (rset_eq(t->sets[i], set)) {
            rtree_free_set(t, set);
            return (uint32_t)i;
        }
    t->sets = rmem_grow(t->mem, t->sets, &t->rset_cap, t->rset_count, sizeof *t->sets);
    if (t->rset_count >= t->rset_cap) {
        rtree_free_set(t, set);
        return 0;
    }
    t->sets[t->rset_count] = set;
    return (uint32_t)t->rset_count++;
}

uint32_t rtree_add_set(struct rtree *t, struct rset *set)
{
    rset_finish(set, t->mem);
    return rtree_add(t, (struct rtree_node){.op = RTREE_SET,
                                            .value = rtree_keep_set(t, set)});
}

static uint32_t rtree_add_folded(struct rtree *t, uint32_t c)
{
    struct rset *set = rmem_new(t->mem, sizeof *set);
    if (!set)
        return 0;
    rset_init(set, t->utf8);
    uint32_t upper = t->utf8 ? ctype_to_upper(c) : (uint32_t)char_upper((int)c);
    rset_add(set, t->mem, upper, upper);
    rset_fold(set, t->mem);
    return rtree_add_set(t, set);
}

/* Whether another character has the same upper case. */
static bool rtree_has_case(const struct rtree *t, uint32_t c)
{
    return c < 0x80 ? char_is_alpha((int)c) : t->utf8;
}

uint32_t rtree_add_char(struct rtree *t, uint32_t c)
{
    if (t->icase && rtree_has_case(t, c))
        return rtree_add_folded(t, c);
    struct rtree_node node = {.op = RTREE_LITERAL, .len = 1, .bytes = {(unsigned char)c}};
    if (t->utf8 && c >= 0x80) {
        char bytes[4];
        node.len = (uint8_t)utf8_encode(bytes, c);
        memcpy(node.bytes, bytes, sizeof bytes);
    }
    return rtree_add(t, node);
}

uint32_t rtree_add_byte(struct rtree *t, unsigned char c)
{
    return rtree_add(t, (struct rtree_node){.op = RTREE_LITERAL, .len = 1, .bytes = {c}});
}

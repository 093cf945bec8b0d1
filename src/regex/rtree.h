/* rtree.h: an expression as a tree.
 *
 * Nodes lie in one array and name each other by index; 0 is no node. A node comes after
 * its children, so that properties can be computed in one pass. The children of CONCAT
 * and ALT are a list through `next`; a node has one parent.
 * Must not know: the syntax it was written in, how it is matched. */
#ifndef REGEX_RTREE_H
#define REGEX_RTREE_H

#include <stddef.h>
#include <stdint.h>

#include "regex/rmem.h"
#include "regex/rset.h"

enum rtree_op {
    RTREE_NONE,
    RTREE_EMPTY,   // the empty string
    RTREE_NEVER,   // matches nothing
    RTREE_LITERAL, // the bytes of one character
    RTREE_SET,     // value: index in sets
    RTREE_ASSERT,  // value: enum assertion
    RTREE_BACKREF, // value: the group's number; group: its node
    RTREE_GROUP,   // value: its number; first: the inside
    RTREE_CONCAT,
    RTREE_ALT,
    RTREE_REPEAT, // min, max (RTREE_INFINITE) times first
};

#define RTREE_INFINITE UINT32_MAX

/* Conditions on what stands before and after a place. */
enum assertion {
    ASSERT_LINE_START, // ^ where newlines count
    ASSERT_LINE_END,
    ASSERT_TEXT_START, // ^ where they do not: a text that is no line's begin (NOTBOL)
                       // fails it
    ASSERT_TEXT_END,
    ASSERT_BUFFER_START,   // \`
    ASSERT_BUFFER_END,     // \'
    ASSERT_WORD_EDGE,      // \b
    ASSERT_NO_WORD_EDGE,   // \B
    ASSERT_WORD_START,     // \<
    ASSERT_WORD_END,       // \>
    ASSERT_NO_WORD_BEFORE, // of grep -w
    ASSERT_NO_WORD_AFTER,
    ASSERTIONS,
};

/* A set of assertions as bits. */
enum {
    ASSERT_WORDS = 1 << ASSERT_WORD_EDGE | 1 << ASSERT_NO_WORD_EDGE |
                   1 << ASSERT_WORD_START | 1 << ASSERT_WORD_END |
                   1 << ASSERT_NO_WORD_BEFORE | 1 << ASSERT_NO_WORD_AFTER,
    ASSERT_LINES = 1 << ASSERT_LINE_START | 1 << ASSERT_LINE_END,
};

struct rtree_node {
    uint8_t op;
    uint8_t len; // LITERAL
    unsigned char bytes[4];
    uint32_t value;
    uint32_t min, max;
    uint32_t group;
    uint32_t first, next;
};

struct rtree {
    struct rmem *mem;
    struct rtree_node *nodes;
    size_t len, cap;
    struct rset **sets; // finished, each once
    size_t rset_count, rset_cap;
    uint32_t root;
    uint32_t groups;     // the most of one pattern
    unsigned assertions; // those that occur, as bits
    bool backrefs;
    bool icase, utf8;
};

void rtree_init(struct rtree *t, struct rmem *mem);
void rtree_fini(struct rtree *t);

/* A new node; 0 after a failed allocation. */
uint32_t rtree_add(struct rtree *t, struct rtree_node node);

/* A node over children (CONCAT or ALT), one at least; the child itself if there is one
 * only. */
uint32_t rtree_add_list(struct rtree *t, enum rtree_op op, const uint32_t *children,
                        size_t count);

uint32_t rtree_add_assertion(struct rtree *t, enum assertion a);

/* A node for set, which is finished here; takes it. */
uint32_t rtree_add_set(struct rtree *t, struct rset *set);

/* A node for a character, or an invalid byte, with regard to icase. */
uint32_t rtree_add_char(struct rtree *t, uint32_t c);
uint32_t rtree_add_byte(struct rtree *t, unsigned char c);

#endif

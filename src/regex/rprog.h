/* rprog.h: the program (a nondeterministic automaton over bytes) of a tree.
 *
 * A SET of characters of several bytes is followed by one RSET_NODE for each node of its
 * automaton; they are where a character is half read. Between instructions, SPLIT's a
 * goes before b.
 * Must not know: how it is run. */
#ifndef REGEX_RPROG_H
#define REGEX_RPROG_H

#include <stdbool.h>
#include <stdint.h>

#include "regex/rtree.h"

enum rprog_op {
    RPROG_FAIL,
    RPROG_ACCEPT,
    RPROG_BYTE,     // arg
    RPROG_ANY_BYTE, // in place of a back-reference
    RPROG_SET,      // b: index of the set
    RPROG_SET_NODE, // b: the same; node
    RPROG_SPLIT,    // to a or b
    RPROG_ASSERT,   // arg: enum assertion
    RPROG_SAVE,     // b: slot; arg: it ends a group that may be left out (x? x* ...)
    RPROG_BACKREF,  // b: group
};

struct rprog_inst {
    uint8_t op, arg;
    uint16_t node;
    uint32_t a; // the next one
    uint32_t b;
};

/* FORWARD and REVERSE (for reading backwards) have no SAVE, and any bytes for a
 * back-reference; GROUPS has both. */
enum rprog_kind { RPROG_FORWARD, RPROG_REVERSE, RPROG_GROUPS };

struct rprog {
    const struct rtree *tree; // its sets and assertions
    enum rprog_kind kind;
    struct rprog_inst *insts;
    size_t len, cap;
    uint32_t start;
};

/* 0, REGEX_ESIZE or REGEX_ESPACE; rprog_fini in any case. */
MUST_CHECK int rprog_build(struct rprog *p, const struct rtree *t, enum rprog_kind kind);
void rprog_fini(struct rprog *p);

static inline const struct rset *rprog_set(const struct rprog *p,
                                           const struct rprog_inst *inst)
{
    return p->tree->sets[inst->b];
}

/* ---- What stands beside a place --------------------------------------------------- */

/* A side: the character before or after a place, or the text's edge, as bits. */
enum {
    SIDE_EDGE = 1, // the text ends there
    SIDE_LINE = 2, // and that is a line's begin or end
    SIDE_NEWLINE = 4,
    SIDE_WORD = 8,
    SIDE_WIDE = 16, // a byte above 127 of UTF-8: perhaps a word character
    SIDES = 32,
};

static inline unsigned side_of_byte(unsigned char c, bool utf8)
{
    if (c == '\n')
        return SIDE_NEWLINE;
    if (c >= 0x80)
        return utf8 ? SIDE_WIDE : 0;
    return char_is_name(c) ? SIDE_WORD : 0;
}

/* The same with wide characters decoded, at `at` of text: never SIDE_WIDE. */
unsigned side_before(struct span text, size_t at, unsigned flags, bool utf8);
unsigned side_after(struct span text, size_t at, unsigned flags, bool utf8);

/* Whether it holds; what a wide side would decide counts as held. */
bool assertion_holds(enum assertion a, unsigned before, unsigned after);

#endif

/* rset.h: sets of characters, and how their bytes are read one at a time.
 *
 * In byte mode a set is 256 bits. In UTF-8 mode the bits below 128 are ASCII, the others
 * are ranges, and rset_finish makes a small automaton of their bytes: node 0 is the begin
 * of a character, nodes 1 to tails wait for the last byte, nodes tails+1 to nodes for one
 * that leads to a lower node.
 * Invariant after rset_finish: ranges are sorted, disjoint, without surrogates.
 * Must not know: the syntax of brackets. */
#ifndef REGEX_RSET_H
#define REGEX_RSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "regex/ctype.h"
#include "regex/rmem.h"

struct rset {
    uint64_t bits[4];
    struct ctype_range *wide; // above 127; UTF-8 only
    size_t len, cap;
    bool utf8;

    // made by rset_finish
    uint16_t lead[128]; // the node after a first byte of 128 and more; 0: none
    unsigned nodes, tails;
    uint64_t *tail; // of nodes 1.. : which last bytes (less 0x80) are in the set
    size_t tail_cap;
    uint16_t (*inner)[64]; // of nodes tails + 1..
    size_t inner_cap;
};

void rset_init(struct rset *s, bool utf8);
void rset_fini(struct rset *s, struct rmem *m);

void rset_add(struct rset *s, struct rmem *m, uint32_t first,
              uint32_t last); // first <= last
void rset_add_class(struct rset *s, struct rmem *m, enum ctype class);
void rset_remove_byte(struct rset *s,
                      unsigned char c); // an ASCII character (or a byte in byte mode)

/* Adds what \w matches. */
void rset_add_word(struct rset *s, struct rmem *m);

/* Makes it the set of all characters whose upper case is in it. */
void rset_fold(struct rset *s, struct rmem *m);

/* Makes it the set of all (valid) characters that are not in it. */
void rset_negate(struct rset *s, struct rmem *m);

/* Sorts, and builds the automaton. Nothing is added after it. */
void rset_finish(struct rset *s, struct rmem *m);

bool rset_eq(const struct rset *a, const struct rset *b); // both finished

static inline bool rset_has_byte(const struct rset *s, unsigned char c)
{
    return s->bits[c >> 6] >> (c & 63) & 1;
}

/* Whether a character of several bytes is in it. Finished sets only. */
bool rset_has_wide(const struct rset *s, uint32_t c);

enum { RSET_FAIL = -1, RSET_DONE = 0 };

/* The node after reading c at node: RSET_DONE when the character is complete,
 * RSET_FAIL. */
int rset_step(const struct rset *s, unsigned node, unsigned char c);

/* The same from a character's end to its begin; node 0 is its end. RSET_DONE is told by
 * rset_back_done; rset_back gives the first node above `after` from which c leads to
 * node, or 0. */
bool rset_back_done(const struct rset *s, unsigned node, unsigned char c);
unsigned rset_back(const struct rset *s, unsigned node, unsigned char c, unsigned after);

#endif

/* dfa.h: a program run as a deterministic automaton whose states are made when first
 * needed.
 *
 * A state is what the program may be at: instructions in groups, one group for each place
 * where a match may have begun, the leftmost first. When one group reaches the end of a
 * match, later groups can no longer win and are dropped; so the last end seen is that of
 * the leftmost-longest match. DFA_EXISTS needs no groups. Whether a match ends at a place
 * may depend on the byte after it: ends are told one byte late. Word assertions beside
 * wide characters count as held: the caller checks what was found (rprog.h). States are
 * thrown away when they take too much memory. Time for each byte is constant, or
 * proportional to the program where states are new.
 * Must not know: groups, literals. */
#ifndef REGEX_DFA_H
#define REGEX_DFA_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "regex/rprog.h"

enum dfa_mode {
    DFA_EXISTS,  // is there a match
    DFA_LONGEST, // where does the leftmost-longest one end
    DFA_REVERSE, // of a RPROG_REVERSE: where does the longest one begin that ends here
};

struct dfa_state {
    uint32_t items, count; // in the pool of items
    uint32_t side;         // of the byte before
    uint32_t seeding;      // matches may begin at later places
    uint32_t hash;
};

struct dfa {
    const struct rprog *prog;
    struct rmem *mem;
    void (*tick)(unsigned count);
    uint64_t *budget; // what new states may still cost, in items; 0 once it is used up
    enum dfa_mode mode;
    bool utf8;
    bool anchored_seeds; // every match begins with an assertion that only the text's
                         // begin meets
    int eol;             // of lines, or -1
    unsigned side_mask;  // what of a side the assertions look at

    uint8_t class_of[256];
    uint8_t sample[256]; // a byte of each class
    unsigned classes, stride;

    // state * stride + class: the next state * stride, perhaps with DFA_MATCH
    uint32_t *rows;
    size_t row_cap; // in states
    struct dfa_state *states;
    size_t state_cap;
    uint32_t state_count;
    uint32_t *items;
    size_t item_cap;
    uint32_t item_count;
    uint32_t *table; // of states by hash, 2^table_bits
    unsigned table_bits;
    uint32_t starts[SIDES][2];
    unsigned flushes;
    size_t gap; // bytes between lines with a match, on average

    // while a state is being made
    uint32_t *seeds, *next, *stack;
    uint32_t seed_count, next_count, group_begin, work;
    uint32_t *mark, *next_mark;
    uint32_t mark_now;
    bool matched;
};

/* 0 or -ENOMEM; dfa_fini in any case. eol: the end of lines for dfa_find_line, which no
 * match includes, or -1. */
MUST_CHECK int dfa_init(struct dfa *d, const struct rprog *p, enum dfa_mode mode, int eol,
                        void (*tick)(unsigned), uint64_t *budget);
void dfa_fini(struct dfa *d);

/* Whether a match begins at `from` or later (with REGEX_ANCHORED in flags: at `from`). 1,
 * 0, -ENOMEM, -E2BIG (the budget). */
MUST_CHECK int dfa_exists(struct dfa *d, struct span text, size_t from, unsigned flags);

/* Where the leftmost-longest match ends. 1, 0, -ENOMEM, -E2BIG (the budget). */
MUST_CHECK int dfa_longest(struct dfa *d, struct span text, size_t from, unsigned flags,
                           size_t *end);

/* The first start >= from of a match that ends at end (of DFA_REVERSE). 1, 0, -ENOMEM,
 * -E2BIG (the budget). */
MUST_CHECK int dfa_reverse(struct dfa *d, struct span text, size_t from, size_t end,
                           unsigned flags, size_t *start);

/* The place in the first line with a match where a match ends; from is a line's begin. 1,
 * 0, -ENOMEM, -E2BIG (the budget). */
MUST_CHECK int dfa_find_line(struct dfa *d, struct span block, size_t from, size_t *at);

/* The bytes that a match may begin with, as 256 bits. false: it may be empty, or begin
 * with any. */
bool dfa_first_bytes(const struct rprog *p, uint64_t bits[4]);

#endif

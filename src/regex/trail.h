/* trail.h: the groups of a match, by walking through the program in the order of
 * preference and back where it does not lead on. A map of the places where it has been
 * keeps the time linear.
 * Must not know: how the match was found; back-references. */
#ifndef REGEX_TRAIL_H
#define REGEX_TRAIL_H

#include "base/str.h"
#include "regex/rprog.h"

struct regex_span;

/* A choice to come back to (slot TRAIL_NONE: at pc), or a group's begin or end that the
 * way passed (pc: that it may be left out). */
struct trail_step {
    uint32_t pc, slot;
    size_t at;
};

struct trail {
    const struct rprog *p; // RPROG_GROUPS
    struct rmem *mem;
    uint64_t *seen; // by instruction and place: how often the way came there, 2 bits
    size_t seen_cap;
    struct trail_step *stack;
    size_t depth, stack_cap;
    // groups: at present; as of when the last one matched something
    struct regex_span *now, *before;
};

/* 0 or -ENOMEM; trail_fini in any case. */
MUST_CHECK int trail_init(struct trail *w, const struct rprog *p);
void trail_fini(struct trail *w);

/* Whether the map for a match of so many bytes is small enough (else: nfa_groups). */
bool trail_fits(const struct trail *w, size_t len);

/* Fills spans[1] to [count - 1] for the match spans[0]. 1; 0: there is no such match;
 * -ENOMEM. */
MUST_CHECK int trail_groups(struct trail *w, struct span text, unsigned flags,
                            struct regex_span *spans, size_t count);

#endif

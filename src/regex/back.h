/* back.h: matching of programs with back-references, by trying every way under a budget
 * of steps.
 *
 * The longest match at the leftmost place where there is one; of equally long ones the
 * first in the order of preference. Choices that were made before at the same place with
 * the same text in the groups that are referred to are not made again, so only what
 * really depends on such text takes more than linear time.
 * Must not know: prefilters. */
#ifndef REGEX_BACK_H
#define REGEX_BACK_H

#include "base/str.h"
#include "regex/rprog.h"

struct regex_span;

struct back_step {
    uint32_t pc, slot;
    size_t at; // or the slot's old value
};

struct back {
    const struct rprog *p; // RPROG_GROUPS
    struct rmem *mem;
    void (*tick)(unsigned);
    uint64_t *budget;  // steps that are left
    uint64_t first[4]; // bytes that a match may begin with
    bool any_first;
    uint32_t referred; // groups that are referred to, as bits
    struct back_step *stack;
    size_t stack_cap;
    uint64_t *seen; // hashes of choices
    size_t seen_count, seen_bits;
    uint64_t
        search; // number of the search, so that choices of an earlier one do not count
    size_t *slots, *best;
};

/* 0 or -ENOMEM; back_fini in any case. forward: the RPROG_FORWARD of the same tree. */
MUST_CHECK int back_init(struct back *b, const struct rprog *p,
                         const struct rprog *forward, void (*tick)(unsigned),
                         uint64_t *budget);
void back_fini(struct back *b);

/* As regex_search; count > 0. */
MUST_CHECK int back_search(struct back *b, struct span text, size_t from, unsigned flags,
                           struct regex_span *spans, size_t count);

#endif

/* nfa.h: a program run step by step over all of its threads at once: slower than the dfa,
 * but it looks at wide characters beside word assertions, and it can tell the groups of a
 * long match in little memory. Time is the product of text and program.
 * Must not know: back-references (they match nothing here). */
#ifndef REGEX_NFA_H
#define REGEX_NFA_H

#include "base/str.h"
#include "regex/rprog.h"

struct regex_span;

/* The leftmost-longest match that begins at `from` or later (REGEX_ANCHORED: at `from`),
 * of a RPROG_FORWARD. 1, 0, -ENOMEM. */
MUST_CHECK int nfa_search(const struct rprog *p, void (*tick)(unsigned), struct span text,
                          size_t from, unsigned flags, struct regex_span *match);

/* The groups of the match spans[0], of a RPROG_GROUPS: fills spans[1] to [count - 1]. 1;
 * 0: there is no such match; -ENOMEM. */
MUST_CHECK int nfa_groups(const struct rprog *p, void (*tick)(unsigned), struct span text,
                          unsigned flags, struct regex_span *spans, size_t count);

#endif

/* bracket.h: bracket expressions: [a-z], [^[:space:]], [[=e=]].
 * Must not know: what stands around them. */
#ifndef REGEX_BRACKET_H
#define REGEX_BRACKET_H

#include "base/str.h"
#include "regex/regex.h"

struct rmem;
struct rset;

/* How brackets are read. */
struct bracket_options {
    bool icase, utf8;
    bool escapes;     // backslashes work (awk)
    bool check_class; // [:space:] is REGEX_ECLASS
    int never;        // a byte that a negated set does not match; -1: none
};

/* Reads the bracket expression that text begins with (at the "[") into set, which is
 * initialised and not finished. *len: how much of text it is. */
MUST_CHECK enum regex_error bracket_read(const struct bracket_options *o,
                                         struct span text, struct rset *set,
                                         struct rmem *m, size_t *len);

#endif

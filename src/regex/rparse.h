/* rparse.h: from the text of an expression to its tree.
 * Must not know: how it is matched. Does not recurse. */
#ifndef REGEX_RPARSE_H
#define REGEX_RPARSE_H

#include "base/str.h"
#include "regex/regex.h"

struct rtree;

/* Adds the tree of one pattern to t; *root gets its node. Groups are numbered from 1. */
MUST_CHECK enum regex_error rparse_pattern(struct rtree *t, const struct regex_options *o,
                                           struct span pattern, uint32_t *root);

#endif

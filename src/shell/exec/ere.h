/* ere.h: extended regular expressions for [[ =~ ]], by backtracking: a stop-gap until src/regex/.
 *
 * POSIX operators ( ) | * + ? {m,n} . [ ] ^ $ and backslashes; the leftmost match, alternatives in
 * order. Must not know: the shell. */
#ifndef SHELL_EXEC_ERE_H
#define SHELL_EXEC_ERE_H

#include <stdbool.h>

#include "base/base.h"
#include "base/str.h"

enum { ERE_GROUPS = 32 };

struct ere_match {
    int count;                               // 1 and the groups of the expression
    long start[ERE_GROUPS], end[ERE_GROUPS]; // bytes in the text; start -1: took no part
};

/* 1 found, 0 not, -1 the expression is wrong. */
MUST_CHECK int ere_search(struct span regex, struct span text, bool nocase, struct ere_match *match);

#endif

/* pattern.h: compiled expressions that the processes of a sandbox hand on to each other.
 *
 * Compiling, and making the states of an automaton, costs more than many a search does,
 * and a loop that runs `grep -q` or [[ =~ ]] asks for the same expression again and
 * again. An expression that was given back is taken by the next process that asks for it.
 * Must not know: what is searched for. */
#ifndef USER_PATTERN_H
#define USER_PATTERN_H

#include <stddef.h>

#include "base/str.h"
#include "regex/regex.h"

struct sys_bundle;

struct pattern {
    struct regex *re;
    struct sys_bundle *bundle; // where it lives; NULL: in the process's heap
    bool warned;               // so that the next one is to be warned too
};

/* As regex_compile_list, but options.alloc and options.tick are given here. On an error
 * *p is untouched. The process may die with it. */
MUST_CHECK enum regex_error pattern_take(struct pattern *p, const struct regex_options *o,
                                         const struct span *patterns, size_t count);

/* Gives it back: p->re may not be used any more. */
void pattern_give(struct pattern *p);

#endif

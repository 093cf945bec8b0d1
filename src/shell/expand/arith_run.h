/* arith_run.h: what the files that evaluate arithmetic share: a run of one tree. */
#ifndef SHELL_EXPAND_ARITH_RUN_H
#define SHELL_EXPAND_ARITH_RUN_H

#include "shell/expand/state.h"
#include "shell/syntax/arith.h"

enum { ARITH_DEPTH = 1024 }; // of values that are expressions themselves

struct arith_run {
    struct shell *sh;
    const struct arith *tree;
    bool compiled; // not a text that was met at run time (arith_depth counts those)
    const struct arith_node *failed; // where; NULL: elsewhere, reported already
    const char *what;
    int64_t params[ARITH_PARAMS];
};

/* The run ends with an error at n. False. */
static inline bool arith_fail(struct arith_run *r, const struct arith_node *n,
                              const char *what)
{
    r->failed = n;
    r->what = what;
    return false;
}

/* ---- arith_eval.c ----------------------------------------------------------------- */

/* False after an error: reported already, or told in r. */
bool arith_run(struct arith_run *r, const struct arith_node *n, int64_t *out);
int64_t arith_power(int64_t base, int64_t exponent);

/* ---- arith_skip.c ----------------------------------------------------------------- */

/* What is not evaluated (behind && || ? :) may be wrong all the same. */
bool arith_skip_slow(struct arith_run *r, const struct arith_node *n);

static inline bool arith_skip(struct arith_run *r, const struct arith_node *n)
{
    return LIKELY(!n->broken && !n->power) || arith_skip_slow(r, n);
}

#endif

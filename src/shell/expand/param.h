/* param.h: what the files of parameter expansion share: the parameter that is meant,
 * and the operators. */
#ifndef SHELL_EXPAND_PARAM_H
#define SHELL_EXPAND_PARAM_H

#include "shell/expand/place.h"
#include "shell/expand/state.h"

/* A parameter after indirection and with its subscript evaluated. */
struct param_target {
    uint8_t what;      // enum param_what
    uint8_t subscript; // enum param_subscript
    unsigned name, number;
    struct place place; // of an element
};

/* An operator's operands. */
struct param_args {
    uint8_t op; // enum param_op: the way to replace
    struct span pattern, replacement;
    bool matches_nothing; // the pattern is nothing, but in quotes
    bool has_length;
    bool copied; // the value is a copy, since an operand may assign to the parameter
    int64_t offset, length; // length: of param_apply, which evaluates it
};

/* ---- param_target.c --------------------------------------------------------------- */

/* As it is written; param_locate evaluates the subscript of an element. */
struct param_target param_target_of(const struct param *param);
MUST_CHECK int param_locate(struct shell *sh, const struct param *param,
                            struct param_target *t);

/* The target of ${!x}: what the value of x names. */
MUST_CHECK int param_follow(struct shell *sh, struct span text, struct param_target *t);

void param_get(struct shell *sh, const struct param_target *t, struct param_value *v);

/* The parameter as messages name it: x, a[5], 1, @. own: !x, whatever that means. */
struct span param_name(struct shell *sh, const struct param *param,
                       const struct param_target *t);
struct span param_own_name(struct shell *sh, const struct param *param);

/* ---- param_emit.c ----------------------------------------------------------------- */
void param_emit(struct field *f, const struct param_value *v, bool quoted);

/* The word of an operator in the place of the parameter. */
MUST_CHECK int param_emit_word(struct field *f, const struct word *word, bool quoted);

/* ---- param_default.c -------------------------------------------------------------- */
MUST_CHECK int param_conditional(struct field *f, const struct param *param,
                                 struct param_target *t, const struct param_value *v,
                                 bool quoted);

/* "${*^}$@": the joining characters of what an operator made of "$*" are not in quotes
 * beside a "$@". */
bool param_is_beside_at(const struct field *f);

/* ---- param_args.c ----------------------------------------------------------------- */

/* Reads the value and evaluates the operands but the length of a substring, in bash's
 * order: those of an unset parameter are not looked at. 0, or 1 after a message. */
MUST_CHECK int param_prepare(struct shell *sh, const struct param *param,
                             const struct param_target *t, bool quoted,
                             struct param_args *args, struct param_value *v);

bool param_cuts(enum param_op op);                        // # ## % %%
static inline bool param_is_conditional(enum param_op op) // - = ? +
{
    return op == PARAM_DEFAULT || op == PARAM_ASSIGN || op == PARAM_ERROR ||
           op == PARAM_ALTERNATE;
}

/* The operands alone. */
MUST_CHECK int param_evaluate(struct shell *sh, const struct param *param,
                              struct param_args *args);

/* An offset or a length. */
MUST_CHECK int param_number(struct shell *sh, const struct param *param,
                            const struct expr *expr, int64_t *n);

/* Whether it is written as a number, so that to evaluate it changes nothing. */
bool param_is_number(const struct expr *expr);

/* ---- param_ops.c ------------------------------------------------------------------ */
MUST_CHECK int param_apply(struct shell *sh, const struct param *param,
                           const struct param_target *t, struct param_args *args,
                           struct param_value *v);

/* Whether ${x@...} has a letter that bash knows, or no value to use it on. */
bool param_transforms(const struct param *param, const struct param_value *v);

/* ${x@...} on the value. */
MUST_CHECK int param_transform(struct shell *sh, const struct param *param,
                               const struct param_target *t, struct param_value *v);

#endif

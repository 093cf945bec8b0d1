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
    bool has_length;
    bool copied; // the value is a copy, since an operand may assign to the parameter
    int64_t offset, length; // length: of param_apply, which evaluates it
};

struct param_target param_target_of(const struct param *param);
void param_get(struct shell *sh, const struct param_target *t, struct param_value *v);
struct span param_name(struct shell *sh, const struct param *param,
                       const struct param_target *t);

/* ---- param_args.c ----------------------------------------------------------------- */

/* Reads the value and evaluates the operands but the length of a substring, in bash's
 * order: those of an unset parameter are not looked at. 0, or 1 after a message. */
MUST_CHECK int param_prepare(struct shell *sh, const struct param *param,
                             const struct param_target *t, bool quoted,
                             struct param_args *args, struct param_value *v);

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

/* ${x@...} on the value. */
MUST_CHECK int param_transform(struct shell *sh, const struct param *param,
                               const struct param_target *t, struct param_value *v);

#endif

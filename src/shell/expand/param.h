/* param.h: what the two files of parameter expansion share: the parameter that is meant,
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

/* An operator's operands, evaluated before the value is looked at. */
struct param_args {
    struct span pattern, replacement;
    bool has_pattern, has_length;
    int64_t offset, length;
};

struct param_target param_target_of(const struct param *param);
void param_get(struct shell *sh, const struct param_target *t, struct param_value *v);
struct span param_name(struct shell *sh, const struct param *param,
                       const struct param_target *t);

/* 0, or 1 after a message. */
MUST_CHECK int param_prepare(struct shell *sh, const struct param *param,
                             struct param_args *args);
MUST_CHECK int param_apply(struct shell *sh, const struct param *param,
                           const struct param_target *t, const struct param_args *args,
                           struct param_value *v);

/* ${x@...} on the value. */
MUST_CHECK int param_transform(struct shell *sh, const struct param *param,
                               const struct param_target *t, struct param_value *v);

#endif

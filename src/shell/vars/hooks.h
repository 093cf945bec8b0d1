/* hooks.h: what variables need of expansion: the integer attribute evaluates, and a
 * nameref may mean an element. Defined in expand/hooks.c, so that vars/ knows nothing of
 * it. */
#ifndef SHELL_VARS_HOOKS_H
#define SHELL_VARS_HOOKS_H

#include <stdint.h>

#include "base/str.h"

struct shell;

struct var_hooks {
    int (*arith)(struct shell *sh, struct span text, int64_t *n);
    struct span (*get_element)(struct shell *sh, unsigned id, struct span subscript);
    int (*set_element)(struct shell *sh, unsigned id, struct span subscript,
                       struct span text, unsigned flags);
    int (*unset_element)(struct shell *sh, unsigned id, struct span subscript);
    void (*release)(void *expand); // at death: only frees
};

extern const struct var_hooks var_hooks;

#endif

/* hooks.h: what variables need of expansion and of the table of commands: the integer
 * attribute evaluates, a nameref may mean an element, BASH_CMDS is that table. Defined in
 * expand/hooks.c, so that vars/ knows nothing of them. */
#ifndef SHELL_VARS_HOOKS_H
#define SHELL_VARS_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct shell;

struct var_hooks {
    int (*arith)(struct shell *sh, struct span text, int64_t *n);
    struct span (*get_element)(struct shell *sh, unsigned id, struct span subscript);
    int (*set_element)(struct shell *sh, unsigned id, struct span subscript,
                       struct span text, unsigned flags);
    int (*unset_element)(struct shell *sh, unsigned id, struct span subscript);
    bool (*next_command)(struct shell *sh, size_t *at, struct span *name,
                         struct span *path); // walked with *at from 0
    void (*set_command)(struct shell *sh, struct span name, struct span path);
    void (*release)(void *expand); // at death: only frees
};

extern const struct var_hooks var_hooks;

#endif

/* special.h: what variables with computed values need of others. */
#ifndef SHELL_VARS_SPECIAL_H
#define SHELL_VARS_SPECIAL_H

#include <stdbool.h>

#include "base/str.h"

struct shell;
struct vars;

/* A new seed of RANDOM: in each subshell. */
void special_seed(struct vars *v);

/* BASH_COMMAND: the text of the command that runs, or that a trap interrupted. */
struct span special_command(struct shell *sh);

/* Whether a function may not make the variable local: "variable may not be assigned
 * value". */
bool special_refuses_local(unsigned id);

/* Before a list of all variables: whether it shows the value that the variable has when
 * it is read; of others that have a computed value it shows what the slot holds, the one
 * that was last looked at. */
bool special_list(struct shell *sh, unsigned id);

#endif

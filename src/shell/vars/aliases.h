/* aliases.h: the alias table. */
#ifndef SHELL_VARS_ALIASES_H
#define SHELL_VARS_ALIASES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct shell;

const char *alias_find(struct shell *sh, struct span name); // its text; NULL: none
void alias_set(struct shell *sh, struct span name, struct span text);
bool alias_unset(struct shell *sh, struct span name); // false: there was none
void alias_unset_all(struct shell *sh);
size_t alias_list(struct shell *sh, const char ***names); // sorted, in scratch memory

#endif

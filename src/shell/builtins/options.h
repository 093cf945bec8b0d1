/* options.h: printing the options of set: for set -o and shopt -o. */
#ifndef SHELL_BUILTINS_OPTIONS_H
#define SHELL_BUILTINS_OPTIONS_H

#include <stdbool.h>

#include "shell/options.h"

struct shell;

/* "errexit         off", or "set +o errexit" if reusable. */
void builtin_print_set_option(const struct shell *sh, enum set_option id, bool reusable);

#endif

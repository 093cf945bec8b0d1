/* rematch.h: [[ text =~ regex ]]. */
#ifndef SHELL_EXEC_REMATCH_H
#define SHELL_EXEC_REMATCH_H

#include "base/base.h"
#include "base/str.h"

struct shell;

/* 1 found, 0 not, -1 the expression is wrong. Sets BASH_REMATCH. */
MUST_CHECK int rematch(struct shell *sh, struct span text, struct span regex);

#endif

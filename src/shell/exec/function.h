/* function.h: calling functions. */
#ifndef SHELL_EXEC_FUNCTION_H
#define SHELL_EXEC_FUNCTION_H

#include "base/base.h"

struct function;
struct shell;

/* Calls f with argv (argv[0] its name). */
int exec_function(struct shell *sh, const struct function *f, unsigned name, int argc,
                  char **argv);

#endif

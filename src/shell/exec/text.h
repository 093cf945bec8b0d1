/* text.h: running text as commands: the main loop of a shell, and what eval, source
 * and traps share with it. */
#ifndef SHELL_EXEC_TEXT_H
#define SHELL_EXEC_TEXT_H

#include <stdbool.h>

#include "base/str.h"

struct shell;

/* Runs the whole of text as the script of this shell. what: "-c" in syntax errors,
 * NULL for a file. */
int text_run_main(struct shell *sh, struct span text, const char *what);

/* The same with commands from standard input, read line by line so that commands find
 * the rest. */
int text_run_stdin(struct shell *sh);

#endif

/* simple.h: simple commands: expansion, assignments, redirections, and what their
 * first word means. */
#ifndef SHELL_EXEC_SIMPLE_H
#define SHELL_EXEC_SIMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct builtin;
struct node;
struct shell;

/* Runs one. LAST: this process has nothing to do after it, so that an external command
 * may replace it; LAST_ALONE: and was made for it alone, so ERR's action does not hinder
 * that. LAST_RESUMES: the command is %1 with an & behind it. */
enum simple_last { LAST_NO, LAST, LAST_ALONE, LAST_RESUMES };
int exec_simple(struct shell *sh, const struct node *node, enum simple_last last);

/* Becomes the program with words that were expanded before; the redirections are the
 * node's. Comes back only if it cannot, with the status set. */
void exec_simple_words(struct shell *sh, const struct node *node, char **words);

/* Runs a builtin with its output flushed and errors of writing reported. */
int exec_builtin(struct shell *sh, const struct builtin *builtin, int argc, char **argv);

#endif

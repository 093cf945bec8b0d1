/* print.h: trees as text, as bash prints them: declare -f, type, $(...) in words, jobs.
 * Must not know: values. */
#ifndef SHELL_SYNTAX_PRINT_H
#define SHELL_SYNTAX_PRINT_H

#include "base/buf.h"
#include "shell/syntax/tree.h"

/* A command on as few lines as bash takes: the text of jobs, BASH_COMMAND, $(...). NULL:
 * nothing. */
void print_command(struct buf *out, const struct node *node);

/* "NAME () \n{ \n    ...\n}" without newline at the end, of a NODE_FUNCTION. */
void print_function(struct buf *out, const struct node *function);

/* The expression of [[ ]], without the brackets. */
void print_cond(struct buf *out, const struct cond *cond);

/* A redirection as set -x does not and declare -f does print it, here-documents without
 * their body. */
void print_redirect(struct buf *out, const struct redirect *r);

#endif

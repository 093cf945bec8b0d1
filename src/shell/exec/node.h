/* node.h: what the files of exec/ share about running nodes. */
#ifndef SHELL_EXEC_NODE_H
#define SHELL_EXEC_NODE_H

#include <stdint.h>

#include "base/base.h"

struct expr;
struct node;
struct shell;

/* Runs what is the last of this process: a command may replace it. alone: it is the first
 * as well. */
void exec_last(struct shell *sh, const struct node *node, bool alone);

/* Evaluates, with the trace "(( ... ))". 0, or 1 after a message. */
MUST_CHECK int node_arith(struct shell *sh, const struct expr *expr, int64_t *n);

#endif

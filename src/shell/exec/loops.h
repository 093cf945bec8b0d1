/* loops.h: while, until, for, select. */
#ifndef SHELL_EXEC_LOOPS_H
#define SHELL_EXEC_LOOPS_H

#include <stdbool.h>

struct node;
struct shell;

void loop_while(struct shell *sh, const struct node *node, bool until);
void loop_for(struct shell *sh, const struct node *node);
void loop_for_arith(struct shell *sh, const struct node *node);
void loop_select(struct shell *sh, const struct node *node);

#endif

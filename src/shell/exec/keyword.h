/* keyword.h: set -k: words NAME=value among a command's arguments are assignments before
 * it. That is decided when the command runs, so the tree has them as words. */
#ifndef SHELL_EXEC_KEYWORD_H
#define SHELL_EXEC_KEYWORD_H

struct node_simple;
struct shell;

/* The command with such words among its assignments, in scratch memory; the command
 * itself where there are none. */
const struct node_simple *keyword_sort(struct shell *sh, const struct node_simple *c);

#endif

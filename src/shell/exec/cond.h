/* cond.h: [[ ]]. */
#ifndef SHELL_EXEC_COND_H
#define SHELL_EXEC_COND_H

struct cond;
struct shell;

/* Evaluates and gives the status: 0 true, 1 false, 2 an error (reported). */
int exec_cond(struct shell *sh, const struct cond *cond);

#endif

/* coproc.h: coprocesses: a job with pipes to its standard input and output in an array
 * variable. */
#ifndef SHELL_EXEC_COPROC_H
#define SHELL_EXEC_COPROC_H

#include <stddef.h>

#include "base/base.h"

struct node;
struct shell;

int exec_coproc(struct shell *sh, const struct node *node);

/* The descriptors of the coprocesses that run, for a new process to close. */
size_t coproc_fd_count(const struct shell *sh);
size_t coproc_fds(const struct shell *sh, int *fds);

/* A child ended: if it was a coprocess, its variables and descriptors go. */
void coproc_ended(struct shell *sh, int pid);

#endif

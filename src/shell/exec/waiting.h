/* waiting.h: waiting for children, and telling which jobs a signal ended.
 *
 * Must not know: the wait builtin's options (builtins/wait.c). */
#ifndef SHELL_EXEC_WAITING_H
#define SHELL_EXEC_WAITING_H

#include <stdbool.h>

#include "base/base.h"

struct job;
struct node;
struct shell;

/* Blocks until a single child that has no entry ends, and gives its status. If a
 * signal ended it, says so as bash does of a foreground command; node: its text, NULL:
 * nothing is said. */
int wait_child(struct shell *sh, int pid, const struct node *node);

/* Blocks until every process of the job is done. Signals that come meanwhile are kept. */
void wait_job(struct shell *sh, struct job *job);

/* Blocks until some child ends and enters that: 0; -ECHILD none is left; -EINTR a
 * trapped signal came. */
MUST_CHECK int wait_any(struct shell *sh);

/* Takes all that has ended, without blocking. */
void wait_reap(struct shell *sh);

/* Reaps, then reports the background jobs that a signal ended (but INT, TERM, PIPE and
 * trapped ones) and forgets those jobs. After a foreground command, and in wait. */
void wait_notify(struct shell *sh);

/* What is said of a background job that a signal ended, before it leaves the table. */
void wait_report_background(struct shell *sh, struct job *job);

/* What is said of a job in the foreground that a signal ended. */
void wait_report_foreground(struct shell *sh, const struct job *job);

#endif

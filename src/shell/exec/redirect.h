/* redirect.h: redirections: made before a command, taken back after it.
 *
 * Each change is entered in the shell's undo list: which descriptor, and a copy of
 * what it was (at 10 or above, CLOEXEC).
 * Must not know: what is run in between. */
#ifndef SHELL_EXEC_REDIRECT_H
#define SHELL_EXEC_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct redirect;
struct shell;
struct undo;

/* The state to which redirect_undo goes back. */
size_t redirect_mark(const struct shell *sh);

/* Makes all redirections of a list in order. keep: for good (exec, a new process):
 * nothing is entered. 0; 1 after a message: what was made before the error stays until
 * redirect_undo. May block. */
MUST_CHECK int redirect_apply(struct shell *sh, const struct redirect *list, bool keep);

/* Whether expanding the words of a list may change the shell. */
bool redirect_changes(const struct shell *sh, const struct redirect *list);

/* Takes back what was made since mark. */
void redirect_undo(struct shell *sh, size_t mark);

/* Forgets the list from mark on: the redirections stay, the copies are closed: `exec`. */
void redirect_commit(struct shell *sh, size_t mark);

/* Makes `to` the open file of fd, entering it in the undo list; takes fd (closes it).
 * For pipelines whose last stage runs in this shell. 0 or -errno. */
MUST_CHECK int redirect_move(struct shell *sh, int fd, int to);

/* The descriptors of the copies that the undo list holds, for a new process to close.
 * Gives the count: redirect_mark(). */
size_t redirect_saved(const struct shell *sh, int *fds);

/* Moves fd to a high descriptor, without CLOEXEC: the first free one from 63 down, as
 * bash does. Gives the new one; -errno, fd stays. */
MUST_CHECK int redirect_to_high(int fd);

/* Whether the list redirects standard input. */
bool redirect_has_input(const struct redirect *list);

#endif

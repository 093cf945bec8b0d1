/* traps.h: the actions of `trap`, and running them.
 *
 * Numbers: 0 EXIT, 1-64 signals, then DEBUG, ERR, RETURN. The set of actions is
 * counted and shared with clones; in a subshell actions are only shown until it sets
 * one of its own. A signal with an action is caught; what has come is taken into
 * sh->signals and its action runs between commands. While EXIT has an action, signals
 * that would end the shell are caught too, so that it runs. */
#ifndef SHELL_EXEC_TRAPS_H
#define SHELL_EXEC_TRAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"
#include "sys.h"

struct shell;
struct traps;

enum { TRAP_EXIT = 0, TRAP_DEBUG = SYS_SIGNALS, TRAP_ERR, TRAP_RETURN, TRAPS };

struct traps *traps_get(struct traps *t); // NULL: NULL
void traps_put(struct traps *t);          // NULL: nothing

/* The number of "INT", "SIGINT", "2", "EXIT", "DEBUG"; -1: none. */
int trap_parse(const char *text);
const char *trap_name(int number); // "INT", "EXIT", "DEBUG"; NULL: no such signal

/* The action: "" is ignored, NULL the default. Shown, also those of the parent. */
const char *trap_action(const struct shell *sh, int number);

/* Whether `trap` shows it: not what a function does not inherit. */
bool trap_is_listed(const struct shell *sh, int number);

/* The action that would run now: NULL for none, ignored, or only the parent's. */
const char *trap_active(const struct shell *sh, int number);

/* Sets an action, "" to ignore, NULL for the default. Quietly nothing for signals
 * ignored on entry. */
void trap_set(struct shell *sh, int number, const char *action);

/* In a new process of this shell, before anything runs: resets caught signals.
 * background: INT and QUIT are ignored. */
void traps_enter_subshell(struct shell *sh, bool background);

/* Takes pending signals into sh->signals; a signal that ends the shell runs EXIT's
 * action and does not come back. True if there is a trap to run. Cheap when nothing
 * has come. */
bool traps_fetch(struct shell *sh);

/* A child has ended: the action of CHLD is due once more. */
void traps_child_ended(struct shell *sh);

void traps_run_pending(struct shell *sh);  // the actions of signals that came
void traps_run_children(struct shell *sh); // only CHLD's
// EXIT, once; sh->status before and (unless it exits) after
void traps_run_exit(struct shell *sh);
void traps_run_error(struct shell *sh); // ERR
void traps_run_return(struct shell *sh);
/* DEBUG. False: under extdebug its status says that the command is not to run. */
bool traps_run_debug(struct shell *sh);

/* A function that does not inherit DEBUG and RETURN (functrace) and ERR (errtrace)
 * begins; give the result to the end. */
unsigned traps_enter_function(struct shell *sh, bool trace);
void traps_leave_function(struct shell *sh, unsigned before);

#endif

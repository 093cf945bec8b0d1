/* external.h: commands that are programs: found in PATH, started, waited for. */
#ifndef SHELL_EXEC_EXTERNAL_H
#define SHELL_EXEC_EXTERNAL_H

#include <stdbool.h>

#include "base/base.h"

struct node;
struct shell;

/* Starts argv as a child in the foreground. Gives the pid; or the negated status
 * (-127, -126) after a message. */
int external_start(struct shell *sh, char **argv);

/* Waits for what external_start gave, and gives the status. */
int external_finish(struct shell *sh, int pid, const struct node *node);

/* Whether nothing keeps this process from becoming its last command: traps. alone: it was
 * made for that command, which is not asked for DEBUG, ERR and RETURN. */
bool external_may_become(struct shell *sh, bool alone);

/* Becomes the program argv[0], found in PATH if it has no slash; a file without #! is
 * run by bash. name: what it sees as argv[0], envp: its environment; NULL: argv[0],
 * the exported variables. Returns only on failure: the status, after a message. */
int external_become(struct shell *sh, char **argv, const char *name, char **envp);

void external_lower_level(struct shell *sh); // SHLVL, before this shell becomes a program

/* Runs argv as a child: start and finish. default_path: as `command -p`. */
int external_run(struct shell *sh, char **argv, bool default_path);

/* In a process started for it: calls command_not_found_handle with the positional
 * parameters. */
int external_run_handler(struct shell *sh);

#endif

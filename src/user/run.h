/* run.h: running other programs, for commands such as env, xargs, timeout. */
#ifndef USER_RUN_H
#define USER_RUN_H

#include "base/base.h"

struct sys_start;
struct sys_ended;

/* Becomes the program argv[0] as found in PATH. A file without "#!" is run by the shell,
 * as execvp does. Returns -errno. Standard output is flushed first. */
int run_exec(char **argv, char **envp);

/* Starts it as a child. Gives the pid, or -errno. */
MUST_CHECK int run_start(char **argv, char **envp, const struct sys_start *start);

/* Starts it and waits. Gives the exit status (128 + signal), or -errno if it did not
 * start. */
MUST_CHECK int run_wait(char **argv, char **envp);

/* 127 for -ENOENT, else 126: the status of a command that did not start. */
int run_fail_status(int err);

#endif

/* subshell.h: new processes that run a part of the tree.
 *
 * Must not know: jobs' numbers, what the parent does next. */
#ifndef SHELL_EXEC_SUBSHELL_H
#define SHELL_EXEC_SUBSHELL_H

#include "base/base.h"
#include "shell/shell.h"
#include "sys.h"

enum child_kind {
    CHILD_SUBSHELL,   // ( )
    CHILD_STAGE,      // of a pipeline
    CHILD_BACKGROUND, // &
    CHILD_CAPTURE,    // $( )
    CHILD_PROCESS,    // <( ) >( )
    CHILD_COPROC,
    CHILD_HANDLER, // command_not_found_handle
    CHILD_COMMAND, // a program whose redirections are expanded in its own process
};

/* Starts a process that does what child says. script: the tree that child->node is in;
 * NULL: the one that runs. pgid as in struct sys_start. Gives the pid; on failure
 * -errno, after a message. */
MUST_CHECK int subshell_start(struct shell *sh, const struct child *child,
                              struct script *script, enum sys_place place, int pgid);

/* A struct child that changes nothing. close: what the child is to close, kept by the
 * caller. */
static inline struct child subshell_child(enum child_kind kind, const struct node *node)
{
    return (struct child){.node = node, .kind = (uint8_t)kind, .in = -1, .out = -1};
}

/* Says that a process could not be started, and ends the line being run. Gives the
 * status. */
int subshell_fork_failed(struct shell *sh, int err);

/* What is done when a shell process ends by itself: EXIT's action, output. Gives the
 * status. */
int subshell_finish(struct shell *sh);

#endif

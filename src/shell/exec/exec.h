/* exec.h: running trees.
 *
 * Everything returns the exit status, which is also sh->status after it. Whoever calls
 * these looks at sh->flow afterwards (shell.h).
 * Needs: syntax/tree.h, vars/, expand/. */
#ifndef SHELL_EXEC_EXEC_H
#define SHELL_EXEC_EXEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct node;
struct parse_message;
struct script;
struct shell;
struct word;

/* Runs a command of any kind. Recursive, so frames are small. May block. */
int exec_node(struct shell *sh, const struct node *node);

/* Parses text and runs it command by command: eval, trap actions, PROMPT_COMMAND. what
 * is the name in syntax errors ("eval"), NULL: none. line: the number of the text's
 * first line. */
int exec_text(struct shell *sh, struct span text, const char *what, int line);

/* Runs text as a sourced file: source. path is for messages and BASH_SOURCE, the
 * arguments for BASH_ARGV. */
int exec_source(struct shell *sh, const char *path, struct span text, int argc,
                char **argv);

/* A message of the parser: "NAME: what: line N: ..."; what may be NULL. */
void exec_say_parse(struct shell *sh, const char *what, const struct parse_message *m);

/* The same for the file at path ("~/x" is in HOME), if it can be read. False: it cannot.
 */
bool exec_source_if_there(struct shell *sh, const char *path);

/* Runs argv as a command found as simple commands are: function (unless no_functions),
 * builtin, file. For `command`, `builtin`, `exec`-less callers such as mapfile -C. */
enum {
    EXEC_NO_FUNCTIONS = 1,
    EXEC_NO_BUILTINS = 2,
    EXEC_DEFAULT_PATH = 4,
    EXEC_ONLY_BUILTINS = 8
};
int exec_argv(struct shell *sh, int argc, char **argv, unsigned flags);

/* $(...): runs the body (of `script`) in a subshell and gives its output without NULs
 * and without the newlines at its end, as a process-heap block to be sys_freed
 * (NUL-ended). Sets sh->capture_status. 0, or 1 when it could not be run (reported).
 * `$(< file)` reads the file. May block. */
MUST_CHECK int exec_capture(struct shell *sh, const struct node *body,
                            struct script *script, struct span *text);

/* <(...) (input true: the name is read from) and >(...): starts the process and gives
 * "/dev/fd/N" (process heap, sys_free). The descriptor is closed when the current
 * command is over. NULL: reported. */
char *exec_process_subst(struct shell *sh, const struct node *body, struct script *script,
                         bool input);

/* set -x: the line of an assignment: `left` ("x+=", or a whole one) as it stands, and the
 * value as a word. */
void exec_trace_assign(struct shell *sh, struct span left, struct span value);

/* Runs the traps of signals that have come, if any: between commands, and in builtins
 * when a call gave -EINTR. */
void exec_take_signals(struct shell *sh);

#endif

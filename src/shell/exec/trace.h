/* trace.h: set -x: commands as they are run, after PS4. */
#ifndef SHELL_EXEC_TRACE_H
#define SHELL_EXEC_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct assign;
struct shell;

/* A command's words after expansion. arrays: as sh->arg_assigns, count of them or
 * fewer; NULL: none. */
void exec_trace_command(struct shell *sh, char *const *words, size_t count,
                        const struct assign *const *arrays, size_t array_count);

/* An assignment that was just made. before: what exec_trace_length gave when it was
 * not yet made. */
void exec_trace_assign(struct shell *sh, const struct assign *assign, size_t before);
// x=1 cmd
void exec_trace_temporary(struct shell *sh, const struct assign *assign, size_t before);
size_t exec_trace_length(struct shell *sh, const struct assign *assign);

/* A line as it stands. */
void exec_trace_text(struct shell *sh, struct span text);

/* For lines put together in parts: trace_begin adds PS4 to sh->trace; trace_end writes
 * it. False: no trace now. */
bool trace_begin(struct shell *sh);
void trace_add_quoted(struct shell *sh, struct span text); // as a word of the line
void trace_end(struct shell *sh);

#endif

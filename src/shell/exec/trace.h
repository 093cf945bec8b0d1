/* trace.h: set -x: commands as they are run, after PS4. */
#ifndef SHELL_EXEC_TRACE_H
#define SHELL_EXEC_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct assign;
struct assign_items;
struct shell;

/* A command's words after expansion. */
void exec_trace_command(struct shell *sh, char *const *words, size_t count);

/* The word q=(...) of a declaration builtin, with what its elements were expanded to. */
void exec_trace_array(struct shell *sh, const struct assign *assign,
                      const struct assign_items *items);

/* NAME=VALUE, an argument of export or readonly, which is about to be assigned. */
void exec_trace_argument(struct shell *sh, struct span text);

/* A line as it stands. */
void exec_trace_text(struct shell *sh, struct span text);

/* For lines put together in parts: trace_begin adds PS4 to sh->trace; trace_end writes
 * it. False: no trace now. */
bool trace_begin(struct shell *sh);
void trace_add_quoted(struct shell *sh, struct span text); // as a word of the line
void trace_end(struct shell *sh);

#endif

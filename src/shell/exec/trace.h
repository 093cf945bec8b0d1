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

/* What has to be known of an assignment before it is made: bash prints the line then, so
 * with the PS4 of before. */
struct trace_before {
    struct span prompt; // expanded, in scratch memory; ptr NULL: none
    size_t length;      // of the value that += adds to
};
struct trace_before exec_trace_before(struct shell *sh, const struct assign *assign);

/* An assignment that was just made. */
void exec_trace_assign(struct shell *sh, const struct assign *assign,
                       struct trace_before before);
void exec_trace_temporary(struct shell *sh, const struct assign *assign,
                          struct trace_before before); // x=1 cmd

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

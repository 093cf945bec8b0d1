/* history.h: the history list: counted, shared copy-on-write with clones. */
#ifndef SHELL_BUILTINS_HISTORY_H
#define SHELL_BUILTINS_HISTORY_H

#include <stddef.h>

#include "base/str.h"

struct history;
struct shell;

struct history *history_get(struct history *h); // NULL: NULL
void history_put(struct history *h);            // NULL: nothing; sys_share_free only

/* Enters a command of the script as it was written, several lines of it as one (set -o
 * history; HISTCONTROL, HISTIGNORE, cmdhist, lithist). */
void history_record(struct shell *sh, struct span source);

/* Appends a line of the script, and tells how many there are. history_last: ptr NULL:
 * none. history_forget: takes away those that are the same. */
void history_push(struct shell *sh, struct span line);
size_t history_count(const struct shell *sh);
struct span history_last(const struct shell *sh);
void history_forget(struct shell *sh, struct span line);

#endif

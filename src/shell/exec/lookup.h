/* lookup.h: finding the file of an external command: PATH and the table of commands
 * found before (`hash`).
 *
 * The table is counted, shared copy-on-write with clones, and forgotten when PATH
 * changes. */
#ifndef SHELL_EXEC_LOOKUP_H
#define SHELL_EXEC_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct lookup;
struct shell;

struct lookup *lookup_new(void);
struct lookup *lookup_get(struct lookup *l);
void lookup_put(struct lookup *l);

/* The path of the program for a name without slash, in scratch memory; NULL: none.
 * *err is -ENOENT, or -EACCES where only a file that may not be executed was found
 * (its path is given then). remember: enter it in the table (with hashall), and count
 * the hit. */
const char *lookup_find(struct shell *sh, const char *name, bool remember, int *err);

/* The same without table, in another PATH (command -p). */
const char *lookup_search(struct shell *sh, const char *name, const char *path, int *err);

/* All files called name in PATH, in scratch memory, NULL-ended: type -a. */
char **lookup_all(struct shell *sh, const char *name);

/* The table itself, for `hash`. entries are walked with *at from 0. */
struct lookup_entry {
    const char *name, *path;
    unsigned hits;
};
bool lookup_next(struct shell *sh, size_t *at, struct lookup_entry *entry);
bool lookup_entry_of(struct shell *sh, const char *name, struct lookup_entry *entry);
void lookup_set(struct shell *sh, const char *name, const char *path); // hash -p
bool lookup_was_used(const struct shell *sh); // whether anything was ever in it
// hash -d; false: none
bool lookup_forget(struct shell *sh, const char *name);
// hash -r, PATH assigned
void lookup_forget_all(struct shell *sh);

#endif

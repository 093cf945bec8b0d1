/* functions.h: the functions of a shell, by the number of their name.
 *
 * A function is a node of a script's tree; the table holds a count on the script. Shared
 * copy-on-write with clones.
 * Must not know: the tree. */
#ifndef SHELL_VARS_FUNCTIONS_H
#define SHELL_VARS_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct node;
struct script;
struct shell;

enum { FUNCTION_EXPORT = 1, FUNCTION_READONLY = 2, FUNCTION_TRACE = 4 };

struct function {
    const struct node *body; // the function node; NULL: no such function
    struct script *script;   // that holds it, counted
    const char *source;      // the file it was read from: an interned name
    int line;                // of its definition
    unsigned attrs;          // FUNCTION_*
};

/* NULL: none. Valid until a function is set or unset; who runs it takes a count on
 * function->script first. */
const struct function *function_find(struct shell *sh, unsigned id);

/* Defines or replaces it; counts script. 1: it is readonly (not reported). */
MUST_CHECK int function_set(struct shell *sh, unsigned id, const struct function *f);
MUST_CHECK int function_unset(struct shell *sh, unsigned id); // 1: readonly
void function_change(struct shell *sh, unsigned id, unsigned add, unsigned remove);
size_t function_list(struct shell *sh, unsigned attrs,
                     unsigned **ids); // sorted by name; in scratch memory

#endif

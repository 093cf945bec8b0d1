/* declare.h: giving variables and functions attributes: shared by declare, local, export,
 * readonly. */
#ifndef SHELL_BUILTINS_DECLARE_H
#define SHELL_BUILTINS_DECLARE_H

#include <stdbool.h>

#include "base/base.h"
#include "base/str.h"

struct assign;
struct assign_items;
struct shell;

/* What is to be done with each name. */
struct declare {
    struct shell *sh;
    unsigned add, remove;  // VAR_*
    bool indexed, assoc;   // -a, -A
    bool no_array;         // +a, +A
    bool functions, names; // -f, -F
    bool print;            // -p
    bool global, inherit;  // -g, -I
    bool local;            // makes variables local to the function
    bool silent;           // readonly variables are reported without the builtin's name
    struct assign_items *items; // of the array value at hand
};

/* Declares one: "name", "name=value", "name[i]+=value". array: the value as it was
 * parsed, text is then "name" or "name+"; else NULL. 0, or 1 after a message. */
MUST_CHECK int declare_variable(struct declare *d, const char *text,
                                const struct assign *array);

/* Prints all variables with d's attributes (of the kind asked for) as declare -p does. */
void declare_print_matching(struct declare *d);
int declare_print_one(struct declare *d, const char *name); // 1: not found, reported

/* "declare -fx NAME". */
void declare_print_function_attrs(struct shell *sh, unsigned id);

#endif

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
    unsigned add, remove;      // VAR_*
    bool indexed, assoc;       // -a, -A
    bool no_indexed, no_assoc; // +a, +A
    bool functions, names;     // -f, -F
    bool print;                // -p
    bool global, inherit;      // -g, -I
    bool local;                // makes variables local to the function
    bool silent;  // readonly variables are reported without the builtin's name
    bool refused; // export, readonly: one was readonly, or the element of an array
    struct assign_items *items; // of the array value at hand
};

/* Declares one: "name", "name=value", "name[i]+=value". 0, or 1 after a message. What
 * export and readonly refuse loses its value, which $_ shows. */
MUST_CHECK int declare_variable(struct declare *d, char **word);

/* The word NAME=(...) of a declaration builtin: bash assigns it when the words are
 * expanded, before the builtin runs, which then gets NAME alone. words: the count before
 * it, the builtin's name first. 0, or 1 after a message. */
MUST_CHECK int declare_array_word(struct shell *sh, char *const *words, size_t count,
                                  const struct assign *array);

/* Prints all variables with d's attributes (of the kind asked for) as declare -p does. */
void declare_print_matching(struct declare *d);
int declare_print_one(struct declare *d, const char *name); // 1: not found, reported

/* FUNCTION_* for VAR_*. */
unsigned declare_function_attrs(unsigned attrs);

/* One function as -f or -F show it. listed: by its attributes, not by its name. */
void declare_print_function(const struct declare *d, unsigned id, bool listed);

/* "declare -fx NAME". */
void declare_print_function_attrs(struct shell *sh, unsigned id);

#endif

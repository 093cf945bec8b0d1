/* vars.h: the variables of a shell.
 *
 * A variable is a slot (struct value with attributes) in a page found by the number of
 * its name: vars->root->pages[id / 32]->slots[id % 32]. Root, pages and what values point
 * to are counted and shared with clones; a write first makes the root, the page and the
 * value its own. An unset variable without attributes is a slot of zeros. `local` moves
 * the old slot to an undo stack, so that the page always holds what is visible. Every
 * text that is given out ends in NUL, and is valid until this shell changes that variable
 * or releases the scratch mark that held at the call (numbers and dynamic values are
 * written there). Functions that return int return 0, or 1 after they have reported an
 * error (readonly ...). Where a variable is a nameref, all functions act on its target
 * unless VAR_OP_NO_REF is given.
 * Must not know: words, trees, commands. */
#ifndef SHELL_VARS_VARS_H
#define SHELL_VARS_VARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "shell/vars/names.h"
#include "shell/vars/value.h"

struct buf;
struct shell;

/* Attributes. */
enum {
    VAR_EXPORT = 1,       // -x
    VAR_READONLY = 2,     // -r
    VAR_INTEGER = 4,      // -i
    VAR_LOWER = 8,        // -l
    VAR_UPPER = 16,       // -u
    VAR_CAPITAL = 32,     // -c
    VAR_NAMEREF = 64,     // -n
    VAR_TRACE = 128,      // -t
    VAR_DECLARED = 256,   // exists although it has no value (declare x)
    VAR_DYNAMIC = 512,    // its value is computed: RANDOM, LINENO ... (special.c)
    VAR_LOCAL = 1024,     // of a function in progress
    VAR_TEMPORARY = 4096, // an assignment before a command
};

/* ---- The whole -------------------------------------------------------------------- */

struct vars *vars_new(struct shell *sh);       // with the environment of the process
struct vars *vars_clone(struct shell *parent); // for a subshell; lies in the sandbox heap
void vars_release(struct vars *vars);          // drops everything, frees vars

/* The exported variables as "NAME=VALUE" with a NULL after them, for sys_spawn. Cached:
 * valid until a variable changes. */
char **vars_environ(struct shell *sh);

/* ---- One variable ----------------------------------------------------------------- */

/* Its text; of an array the element 0. ptr NULL: unset. */
struct span var_get(struct shell *sh, unsigned id);
static inline bool span_is_set(struct span s) { return s.ptr != NULL; }

/* Its text, or "" if unset. For the shell's own use: var_get_str(sh, NAME_HOME). */
const char *var_get_str(struct shell *sh, unsigned id);

/* The text as a number, where it is one: 0 if unset or not a plain number (arithmetic
 * does more). */
int64_t var_get_int(struct shell *sh, unsigned id);

enum {
    VAR_OP_APPEND = 1, // +=: append text, or add under -i
    VAR_OP_NO_REF = 2, // the nameref itself
    VAR_OP_FORCE = 4,  // readonly variables too, no attributes applied, no side effects
};

/* Assigns. Applies the attributes (integer: evaluates; lower ...); an array gets element
 * 0. */
MUST_CHECK int var_set(struct shell *sh, unsigned id, struct span text, unsigned flags);
MUST_CHECK int var_set_int(struct shell *sh, unsigned id, int64_t n);
static inline int var_set_str(struct shell *sh, unsigned id, const char *text)
{
    return var_set(sh, id, span_of(text), 0);
}

/* Whether it may be assigned to: 1 after a message. */
MUST_CHECK int var_check_writable(struct shell *sh, unsigned id);

/* Unsets the variable (unset -v): 1 and a message "NAME: cannot unset: readonly
 * variable". In the function that made it local it stays local and unset; in a function
 * called from there the outer value shows. */
int var_unset(struct shell *sh, unsigned id, unsigned flags);

/* Attributes: VAR_* and kind; 0 when unset. var_find gives the slot to look at (NULL:
 * neither set nor declared). var_change adds and removes attributes: 1 after a message.
 * Attributes that cannot go together take each other away (-l and -u). Making it an array
 * moves its text to element 0. */
const struct value *var_find(struct shell *sh, unsigned id, unsigned flags);
unsigned var_attrs(struct shell *sh, unsigned id);
MUST_CHECK int var_change(struct shell *sh, unsigned id, unsigned add, unsigned remove,
                          unsigned flags);
MUST_CHECK int var_make_indexed(
    struct shell *sh, unsigned id); // 1: "cannot convert associative to indexed array"
MUST_CHECK int var_make_assoc(struct shell *sh, unsigned id);
bool var_is_set(struct shell *sh,
                unsigned id); // has a value: [[ -v x ]]; arrays: element 0

/* Makes `id` a nameref to `target` ("name" or "name[sub]"): checks it. */
MUST_CHECK int var_set_nameref(struct shell *sh, unsigned id, struct span target);
MUST_CHECK int var_check_nameref(struct shell *sh, struct span target); // only checks it
bool var_is_target(struct span target); // the same without a message

/* The id that a nameref chain ends in; *sub gets the subscript's text where the target is
 * an element (else ptr NULL). id itself if it is no nameref. 0: the chain is a circle (a
 * warning was given) or ends in a reference without target. */
unsigned var_resolve(struct shell *sh, unsigned id, struct span *sub);
bool var_is_circle(struct shell *sh, unsigned id); // without a warning

/* ---- Local scopes ------------------------------------------------------------------
 * FUNCTION: a function's call. TEMPORARY: assignments before a builtin, eval, source:
 * `x=1 read y`. For a function, push FUNCTION and make the assignments in it with
 * var_set_temporary. */
enum scope_kind { SCOPE_FUNCTION, SCOPE_TEMPORARY };
void scope_push(struct shell *sh, enum scope_kind kind);
void scope_pop(struct shell *sh); // restores what was made local in it

/* Ends a TEMPORARY scope, and then assigns what its variables had, exported. hand_on: if
 * that is to what was assigned before a function, it outlives the function as well. */
void scope_keep(struct shell *sh, bool hand_on);

/* Puts the outer values of what the innermost scope holds in the place of the inner ones;
 * and back when called again. */
void scope_swap(struct shell *sh);
static inline void scope_swap_if(struct shell *sh, bool scoped)
{
    if (UNLIKELY(scoped))
        scope_swap(sh);
}

/* local NAME: saves the variable in the innermost FUNCTION scope and leaves it declared,
 * without value (with the attributes and value of the outer one if inherit). Nothing if
 * it is local there already. 1: readonly, reported. */
MUST_CHECK int var_make_local(struct shell *sh, unsigned id, bool inherit);
bool scope_in_function(struct shell *sh);

/* A variable that was set before the call of a function, or (own) of the builtin that
 * runs, does not end with it: what it hides is forgotten then. */
void var_keep_temporary(struct shell *sh, unsigned id, bool own);
/* The same for declare -x and -r, where that is of the function or eval in which they
 * stand; true: it does not end, and is no new local variable. */
bool var_keep_declared(struct shell *sh, unsigned id);
bool var_is_local(struct shell *sh, unsigned id); // in the innermost function

/* An assignment before a command: saved in the innermost scope, set and exported. shown
 * gets the value for set -x; ptr NULL: nothing was assigned. */
MUST_CHECK int var_set_temporary(struct shell *sh, unsigned id, struct span text,
                                 unsigned flags, struct span *shown);

/* local -: the innermost function's end puts the options of `set` back. */
void scope_save_options(struct shell *sh);
bool scope_saves_options(struct shell *sh); // whether it was done there

/* declare -g: acts on the global variable although a local hides it: swaps the global
 * value in, and out again. */
bool var_swap_global(struct shell *sh,
                     unsigned id); // true: it was hidden; call it again afterwards

/* ---- What others keep in step with -------------------------------------------------
 * Count up whenever PATH, or OPTIND, is assigned to or unset. */
unsigned vars_path_changes(const struct shell *sh);
unsigned vars_optind_changes(const struct shell *sh);

/* Whether text is UTF-8 in this shell (LC_ALL, LC_CTYPE, LANG). */
bool vars_is_utf8(const struct shell *sh);

/* When SECONDS is 0, in seconds since 1970. */
int64_t vars_start(const struct shell *sh);

/* ---- All variables -----------------------------------------------------------------
 * Ids of the variables that are set or declared and have one of attrs (0: all), sorted by
 * name, in scratch memory; gives the count. prefix: of the name, or ptr NULL.
 * VARS_LOCALS: only those of the innermost function; VARS_VISIBLE: not those that are
 * only declared. */
enum { VARS_LOCALS = 1, VARS_VISIBLE = 2 };
size_t vars_list(struct shell *sh, unsigned attrs, struct span prefix, unsigned flags,
                 unsigned **ids);

/* Adds "declare -x NAME="value"" with newline, as declare -p prints it; false: no such
 * variable. */
bool var_add_declaration(struct shell *sh, unsigned id, struct buf *b);

/* Adds a key of an associative array, in double quotes if it needs them. */
void var_add_key(struct shell *sh, struct span key, struct buf *b);

/* var_add_declaration for lists of all: v is var_listed(), the value without computing a
 * new one. command: "export" or "readonly" in place of declare and its options; NULL. */
const struct value *var_listed(struct shell *sh, unsigned id);
void var_add_listed(struct shell *sh, unsigned id, const struct value *v,
                    const char *command, struct buf *b);
void var_add_flags(const struct value *v, struct buf *b); // "-ax" or "--"
void var_add_quoted_value(struct shell *sh, unsigned id,
                          struct buf *b); // as `set` prints: x='a b', a=([0]="x")

/* Whether text is a name: a letter or _, then letters, digits, _. */
bool name_is_valid(struct span text);

/* `id` of a name, interned. 0 if text is not a valid name. */
unsigned name_intern(struct span text);

#endif

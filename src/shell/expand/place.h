/* place.h: a variable or an element of one, named by text at run time: read, printf -v,
 * unset, test -v, let, namerefs, ${!x}.
 *
 * Functions return 0, or 1 after a message. Results borrow as in vars/vars.h. */
#ifndef SHELL_EXPAND_PLACE_H
#define SHELL_EXPAND_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

struct shell;

enum place_kind {
    PLACE_VAR,   // x
    PLACE_INDEX, // x[3]
    PLACE_KEY,   // x[key] of an associative array
    PLACE_ALL,   // x[@]
    PLACE_STAR,  // x[*]
};

struct place {
    enum place_kind kind;
    unsigned id;
    int64_t index;
    bool from_end;   // the subscript was negative
    struct span key; // scratch memory, or the text that was parsed
};

/* Reads "name" or "name[subscript]"; the subscript is expanded and evaluated as the kind
 * of array needs. Returns -1 without a message when the text is no name at all. 1: an
 * error in the subscript, reported. */
MUST_CHECK int place_parse(struct shell *sh, struct span text, struct place *place);

/* PLACE_EXPANDED: the text needs no expansion of $. PLACE_PLAIN: nor that, but quotes and
 * backslashes go. What a subscript before the first element is reported for: PLACE_UNSETS
 * by unset, PLACE_TESTS by -v. */
enum { PLACE_EXPANDED = 1, PLACE_PLAIN = 2, PLACE_UNSETS = 4, PLACE_TESTS = 8 };
MUST_CHECK int place_parse_for(struct shell *sh, struct span text, unsigned flags,
                               struct place *place);

/* flags for a subscript that was expanded before: with assoc_expand_once, once. */
unsigned place_once(const struct shell *sh, unsigned flags);

/* Whether one of the characters is in text. */
bool place_has(struct span text, const char *chars);

/* Whether there is a $ or ` without a backslash. */
bool place_has_expansion(struct span text);

/* The same for a known variable and the text between the brackets. */
MUST_CHECK int place_of(struct shell *sh, unsigned id, struct span subscript,
                        unsigned flags, struct place *place);
/* The same for the key of an associative array, also "@" and "*"; id is set already. */
MUST_CHECK int place_key(struct shell *sh, struct span subscript, unsigned flags,
                         struct place *place);

struct span place_get(struct shell *sh, const struct place *place); // ptr NULL: unset
MUST_CHECK int place_set(struct shell *sh, const struct place *place, struct span text,
                         unsigned flags);
MUST_CHECK int place_set_int(struct shell *sh, const struct place *place, int64_t n);
int place_unset(struct shell *sh, const struct place *place);
bool place_is_set(struct shell *sh, const struct place *place); // [[ -v a[1] ]]

/* What -v asks: whether the variable, element or positional parameter is set. */
bool place_text_is_set(struct shell *sh, struct span text);

/* Assigns to what text names; a bad name is reported as "`TEXT': not a valid identifier".
 */
MUST_CHECK int place_set_text(struct shell *sh, struct span name, struct span text);

#endif

/* arrays.h: arrays as values of variables: indexed and associative.
 *
 * Functions that change one make the variable an array where it is none yet (indexed).
 * They return 0, or 1 after a message. Texts are borrowed as in vars.h. Negative
 * subscripts count from the end; -1 beyond the start is reported as "NAME: bad array
 * subscript" by who parsed it (expand/place.h): here they are final.
 * Must not know: subscripts as text. */
#ifndef SHELL_VARS_ARRAYS_H
#define SHELL_VARS_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

struct shell;
struct value;

/* ---- Indexed ---------------------------------------------------------------------- */
struct span array_get(struct shell *sh, unsigned id, int64_t index); // ptr NULL: unset
MUST_CHECK int array_set(struct shell *sh, unsigned id, int64_t index, struct span text,
                         unsigned flags);
MUST_CHECK int array_set_num(struct shell *sh, unsigned id, int64_t index, int64_t n);
MUST_CHECK int array_append(struct shell *sh, unsigned id,
                            struct span text); // after the last element
int array_unset(struct shell *sh, unsigned id, int64_t index);
MUST_CHECK int array_clear(struct shell *sh, unsigned id); // a=(): an empty indexed array
MUST_CHECK int var_make_indexed_checked(
    struct shell *sh, unsigned id); // an indexed array that may be written
int64_t array_next_index(struct shell *sh,
                         unsigned id); // one after the highest; 0 if empty
// the same for assigning to a negative subscript: what is only declared counts as one
int64_t array_end_index(struct shell *sh, unsigned id);

/* ---- Associative ------------------------------------------------------------------ */
struct span assoc_get(struct shell *sh, unsigned id, struct span key);
MUST_CHECK int assoc_set(struct shell *sh, unsigned id, struct span key, struct span text,
                         unsigned flags);
int assoc_unset(struct shell *sh, unsigned id, struct span key);
MUST_CHECK int assoc_clear(struct shell *sh, unsigned id);

/* ---- Either (a scalar counts as an array of one element) -------------------------- */
size_t array_count(struct shell *sh, unsigned id);
bool var_is_array(struct shell *sh, unsigned id); // indexed or associative
bool var_is_assoc(struct shell *sh, unsigned id);
// whether it was ever assigned to: a=() counts, declare -a a does not
bool var_is_array_set(struct shell *sh, unsigned id);

/* All elements in order (associative: bash's order). keys and values get spans in scratch
 * memory, count of them; either may be NULL. The texts are borrowed from the array: copy
 * before anything is assigned. */
size_t array_list(struct shell *sh, unsigned id, struct span **keys,
                  struct span **values);

/* Replaces the whole by count values from 0 on: mapfile, read -a, PIPESTATUS,
 * BASH_REMATCH. */
MUST_CHECK int array_assign(struct shell *sh, unsigned id, const struct span *values,
                            size_t count);

#endif

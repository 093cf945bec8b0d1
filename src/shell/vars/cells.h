/* cells.h: the elements of an indexed array: values by number, counted.
 *
 * Dense where it can be: cells[i] is element i, and VALUE_NONE is a hole. An array whose
 * indexes lie far apart is sparse: keys[i], ascending, is the index of cells[i], and
 * there are no holes. Invariants: used <= cap; dense: cells[used - 1] is no hole; set is
 * the number of elements. Who changes one has made sure that it is the only owner
 * (cells_own). NULL is an empty array.
 * Must not know: variables. */
#ifndef SHELL_VARS_CELLS_H
#define SHELL_VARS_CELLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "shell/vars/value.h"

struct cells {
    _Atomic unsigned count; // owners
    bool sparse;
    size_t used, cap, set;
    int64_t *keys; // sparse only
    struct value *cells;
};

struct cells *cells_new(void);
void cells_hold(struct cells *c); // NULL: nothing
void cells_put(struct cells *c);  // NULL: nothing; may free

/* Makes *c the caller's own, empty if NULL: a copy if it has other owners. */
struct cells *cells_own(struct cells **c);

/* The element, or NULL. */
struct value *cells_find(const struct cells *c, int64_t index);

/* The element, "" if it is new. index >= 0. Valid until the next call. */
struct value *cells_add(struct cells *c, int64_t index);

void cells_remove(struct cells *c, int64_t index);
void cells_clear(struct cells *c);

/* One after the highest index. */
int64_t cells_end(const struct cells *c);

/* Walks: *at begins as 0; gives the next element and its index, NULL at the end. */
struct value *cells_next(const struct cells *c, size_t *at, int64_t *index);

#endif

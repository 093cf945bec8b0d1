/* rmem.h: growing arrays for the parts of an expression, with one flag for a failed
 * allocation, so that the parser and the compiler need not check each step: what they add
 * after a failure is lost and the compilation ends with REGEX_ESPACE.
 * Must not know: what is stored. */
#ifndef REGEX_RMEM_H
#define REGEX_RMEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/base.h"

struct rmem {
    const struct alloc *alloc;
    bool failed;
};

/* A block of zeros, or NULL. */
void *rmem_new(struct rmem *m, size_t size);
void rmem_free(struct rmem *m, void *ptr, size_t size);

/* items has room for *cap items of size bytes, and shall have it for len + 1: gives the
 * array, moved if need be. On failure the array as it was; then len must not grow. */
void *rmem_grow(struct rmem *m, void *items, size_t *cap, size_t len, size_t size);

#endif

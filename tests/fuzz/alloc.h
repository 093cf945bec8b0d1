/* alloc.h: memory of fuzzers, straight from the host so that the sanitizers see it. */
#ifndef TESTS_FUZZ_ALLOC_H
#define TESTS_FUZZ_ALLOC_H

#include <stdlib.h>

#include "base/alloc.h"

static void *fuzz_resize(const struct alloc *self, void *ptr, size_t old, size_t size)
{
    (void)self;
    (void)old;
    if (size)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

static const struct alloc fuzz_alloc = {fuzz_resize};

#endif

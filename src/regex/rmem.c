/* rmem.c: see rmem.h. */
#include "regex/rmem.h"

#include <string.h>

void *rmem_new(struct rmem *m, size_t size)
{
    void *ptr = m->alloc->resize(m->alloc, NULL, 0, size_max(size, 1));
    if (ptr)
        memset(ptr, 0, size_max(size, 1));
    else
        m->failed = true;
    return ptr;
}

void rmem_free(struct rmem *m, void *ptr, size_t size)
{
    if (ptr)
        m->alloc->resize(m->alloc, ptr, size_max(size, 1), 0);
}

void *rmem_grow(struct rmem *m, void *items, size_t *cap, size_t len, size_t size)
{
    if (len < *cap)
        return items;
    size_t more = *cap ? *cap * 2 : 16;
    void *moved = m->alloc->resize(m->alloc, items, *cap * size, more * size);
    if (!moved) {
        m->failed = true;
        return items;
    }
    *cap = more;
    return moved;
}

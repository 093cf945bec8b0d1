/* counted.h: the head of every piece of a memory file system that copies share: inode
 * pages, directories, extents, blocks.
 *
 * Such a piece is changed in place only while nobody else has a count on it
 * (counted_is_own); otherwise the writer makes a copy and drops its count. A piece is
 * freed to the allocator that it came from, so an allocator must outlive what it gave to
 * others (a sandbox keeps its base image alive).
 * Must not know: what the pieces are. */
#ifndef VFS_COUNTED_H
#define VFS_COUNTED_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/base.h"

struct counted {
    atomic_uint refs;
    uint32_t size; // of the whole piece, bytes
    const struct alloc *owner;
};

/* A piece of size bytes with one count, not zeroed beyond the head. NULL: no memory. Any
 * thread. */
static inline void *counted_new(const struct alloc *owner, size_t size)
{
    struct counted *c = owner->resize(owner, NULL, 0, size);
    if (!c)
        return NULL;
    atomic_init(&c->refs, 1);
    c->size = (uint32_t)size;
    c->owner = owner;
    return c;
}

static inline void counted_get(struct counted *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
}

/* Drops a count. True: it was the last; the caller gives up what the piece holds and
 * calls counted_free. */
static inline bool counted_drop(struct counted *c)
{
    return atomic_load_explicit(&c->refs, memory_order_acquire) == 1 ||
           atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1;
}

static inline void counted_free(struct counted *c)
{
    c->owner->resize(c->owner, c, c->size, 0);
}

/* Whether the caller, who has a count, may change the piece in place. */
static inline bool counted_is_own(const struct counted *c, const struct alloc *self)
{
    return atomic_load_explicit(&c->refs, memory_order_acquire) == 1 && c->owner == self;
}

#endif

/* pool.h: the runtime's store of memory chunks: powers of two from 4 KiB to 1 MiB,
 * recycled, and larger blocks straight from the host.
 *
 * A slab is 64 MiB of address space in units of 1 MiB; a unit is cut into chunks of one
 * class. Each class has a free list with a lock of its own. pool_trim finds the units
 * that are all free and gives their pages back; they can then serve another class. Free
 * chunks of 64 KiB and more beyond a cap give all but their first page back at once.
 * Chunks come back dirty: contents are not zeroed. With SHOAL_MALLOC_HEAP chunks are
 * mallocs (host_malloc.c) so that sanitizers see each one. Must not know: who uses the
 * chunks; accounting is the user's. */
#ifndef KERNEL_POOL_H
#define KERNEL_POOL_H

#include <stdatomic.h>
#include <stddef.h>

#include "kernel/lock.h"

enum {
    POOL_MIN_SHIFT = 12,
    POOL_MAX_SHIFT = 20,
    POOL_CLASSES = POOL_MAX_SHIFT - POOL_MIN_SHIFT + 1
};

struct pool_free;
struct pool_slab;

struct pool_class {
    _Alignas(64) struct lock lock; // rank LOCK_POOL; guards this class
    struct pool_free *free;        // the newest first
    char *next, *end;              // the part of the newest unit not yet cut
    size_t free_count, live_count; // chunks in the list; chunks handed out
};

struct pool {
    struct pool_class classes[POOL_CLASSES];
    _Alignas(
        64) struct lock lock; // rank LOCK_POOL; guards slabs; never with a class's lock
    struct pool_slab *slabs;
    atomic_size_t large_bytes; // handed out, of more than 1 MiB each
};

void pool_init(struct pool *pool);
void pool_fini(struct pool *pool); // every chunk must be back (asserted in debug builds)

/* The size that a request of size bytes gets: a power of two >= 4096, or above 1 MiB a
 * multiple of 4096. */
size_t pool_round(size_t size);

/* A chunk of pool_round(size) bytes, aligned to 4096 (SHOAL_MALLOC_HEAP: 16). NULL: no
 * memory. Any thread. */
void *pool_get(struct pool *pool, size_t size);
void pool_put(struct pool *pool, void *chunk, size_t size);

/* Makes a block of more than 1 MiB larger or smaller (more than 1 MiB still) without
 * copying. Returns where it is now, of pool_round(size) bytes; NULL if that cannot be:
 * chunk stays. */
void *pool_resize(struct pool *pool, void *chunk, size_t old, size_t size);

size_t pool_live_bytes(struct pool *pool); // handed out; exact when quiet

/* Gives what is free back to the host. For when the runtime goes idle. Any thread. */
void pool_trim(struct pool *pool);

#endif

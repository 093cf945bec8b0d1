/* heap.h: the private heap of one process, freed as a whole.
 *
 * A chain of chunks from the runtime's pool, the first of 4 KiB and each next one twice
 * as large (to 256 KiB); blocks in size classes with free lists, large blocks in chunks
 * of their own that are given back when freed. A block has an 8-byte header in front (its
 * size class or size); user pointers are aligned to 16. About 6 ns an allocation; nothing
 * is touched before the first one. Chunks are charged to the account. With
 * SHOAL_MALLOC_HEAP every block is a malloc of its own, kept in a list. Used by its
 * process's fiber only. Must not know: processes. */
#ifndef KERNEL_HEAP_H
#define KERNEL_HEAP_H

#include <stddef.h>

#include "kernel/account.h"
#include "kernel/pool.h"
#include "kernel/size_class.h"

struct heap_chunk;
struct heap_block;

struct heap {
    struct pool *pool;
    struct account *account;
    struct heap_chunk *chunks; // all chunks, the newest first
    char *next, *end;          // the part of a chunk not yet cut up
    size_t next_size;          // of the next chunk
    struct heap_block *free[SIZE_CLASSES];
};

void heap_init(struct heap *h, struct pool *pool, struct account *account);
void heap_fini(struct heap *h); // gives all chunks back; h is as after heap_init

/* NULL: the account or the host has no more; the heap is unchanged. size 0 gives a block
 * all the same. */
void *heap_alloc(struct heap *h, size_t size);
void *heap_resize(struct heap *h, void *ptr,
                  size_t size);            // ptr may be NULL; on failure ptr stays
void heap_free(struct heap *h, void *ptr); // ptr may be NULL
size_t heap_usable(const void *ptr);       // bytes the block really has

#endif

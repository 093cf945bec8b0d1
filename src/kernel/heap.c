/* heap.c: the private heap of a process. */
#include "kernel/heap.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"

#ifndef SHOAL_MALLOC_HEAP

enum { HEAP_CHUNK_MIN = 4096, HEAP_CHUNK_MAX = 256 * 1024 };

struct heap_chunk {
    struct heap_chunk *prev, *next;
    size_t size; // of the whole chunk
};

/* ptr, what the user has, is &next. */
struct heap_block {
    uint64_t class;          // or SIZE_LARGE: alone in a chunk
    struct heap_block *next; // while it is free
};

// A chunk is aligned to 16, and so is what follows the header of its first block.
static_assert(sizeof(struct heap_chunk) % 16 == 8, "user pointers are aligned to 16");
static_assert(offsetof(struct heap_block, next) == SIZE_HEADER, "header");
static_assert(SIZE_CLASSES % 4 == 0, "heap_init clears four lists at a time");

enum { HEAP_LARGE_OVERHEAD = sizeof(struct heap_chunk) + SIZE_HEADER };

static struct heap_block *heap_block_of(const void *ptr)
{
    return CONTAINER_OF((char *)(uintptr_t)ptr, struct heap_block, next);
}

static struct heap_chunk *heap_chunk_of(const struct heap_block *b)
{
    return (struct heap_chunk *)(uintptr_t)b - 1;
}

void heap_init(struct heap *h, struct pool *pool, struct account *account)
{
    h->pool = pool;
    h->account = account;
    h->chunks = NULL;
    h->next = h->end = NULL;
    h->next_size = HEAP_CHUNK_MIN;
    // The asm keeps gcc from making a `rep stos` of this, which takes 30 ns to get going.
    for (int i = 0; i < SIZE_CLASSES; i += 4) {
        h->free[i] = h->free[i + 1] = h->free[i + 2] = h->free[i + 3] = NULL;
        __asm__ volatile("" ::: "memory");
    }
}

void heap_fini(struct heap *h)
{
    if (!h->chunks)
        return;
    size_t bytes = 0;
    for (struct heap_chunk *chunk = h->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        bytes += chunk->size;
        pool_put(h->pool, chunk, chunk->size);
    }
    account_give(h->account, bytes);
    heap_init(h, h->pool, h->account);
}

/* ---- chunks ----------------------------------------------------------------------- */

static void heap_link(struct heap *h, struct heap_chunk *chunk)
{
    chunk->prev = NULL;
    chunk->next = h->chunks;
    if (h->chunks)
        h->chunks->prev = chunk;
    h->chunks = chunk;
}

static void heap_unlink(struct heap *h, struct heap_chunk *chunk)
{
    if (chunk->next)
        chunk->next->prev = chunk->prev;
    if (chunk->prev)
        chunk->prev->next = chunk->next;
    else
        h->chunks = chunk->next;
}

/* size: as pool_round gives it. */
static struct heap_chunk *heap_add_chunk(struct heap *h, size_t size)
{
    if (!account_take(h->account, size))
        return NULL;
    struct heap_chunk *chunk = pool_get(h->pool, size);
    if (!chunk) {
        account_give(h->account, size);
        return NULL;
    }
    chunk->size = size;
    heap_link(h, chunk);
    return chunk;
}

static void heap_push(struct heap *h, struct heap_block *b)
{
    b->next = h->free[b->class];
    h->free[b->class] = b;
}

/* Makes free blocks of what is left of the chunk that is being cut. */
static void heap_cut_rest(struct heap *h)
{
    while (h->end - h->next >= 16) {
        struct heap_block *b = (struct heap_block *)h->next;
        b->class = size_class_within((size_t)(h->end - h->next));
        h->next += size_class_block((unsigned)b->class);
        heap_push(h, b);
    }
}

/* Begins a new chunk, in which a block of block_size bytes will fit. */
static bool heap_grow(struct heap *h, size_t block_size)
{
    size_t least = pool_round(sizeof(struct heap_chunk) + block_size);
    size_t size = size_max(least, h->next_size);
    struct heap_chunk *chunk = heap_add_chunk(h, size);
    if (!chunk && size > least)
        chunk = heap_add_chunk(h, size = least); // the last bytes below the limit
    if (!chunk)
        return false;
    heap_cut_rest(h);
    h->next = (char *)(chunk + 1);
    h->end = (char *)chunk + size;
    h->next_size = size_min(size_max(h->next_size, size) * 2, HEAP_CHUNK_MAX);
    return true;
}

/* ---- blocks ----------------------------------------------------------------------- */

static NO_INLINE void *heap_alloc_large(struct heap *h, size_t size)
{
    if (size > SIZE_MAX / 4)
        return NULL;
    struct heap_chunk *chunk = heap_add_chunk(h, pool_round(size + HEAP_LARGE_OVERHEAD));
    if (!chunk)
        return NULL;
    struct heap_block *b = (struct heap_block *)(chunk + 1);
    b->class = SIZE_LARGE;
    return &b->next;
}

static NO_INLINE void *heap_alloc_cut(struct heap *h, unsigned class)
{
    size_t block_size = size_class_block(class);
    if ((size_t)(h->end - h->next) < block_size && !heap_grow(h, block_size))
        return NULL;
    struct heap_block *b = (struct heap_block *)h->next;
    h->next += block_size;
    b->class = class;
    return &b->next;
}

void *heap_alloc(struct heap *h, size_t size)
{
    if (UNLIKELY(size > SIZE_USER_MAX))
        return heap_alloc_large(h, size);
    unsigned class = size_class_of(size);
    struct heap_block *b = h->free[class];
    if (UNLIKELY(!b))
        return heap_alloc_cut(h, class);
    h->free[class] = b->next;
    return &b->next;
}

void heap_free(struct heap *h, void *ptr)
{
    if (!ptr)
        return;
    struct heap_block *b = heap_block_of(ptr);
    ASSERT(b->class < SIZE_CLASSES || b->class == SIZE_LARGE);
    if (LIKELY(b->class != SIZE_LARGE)) {
        heap_push(h, b);
        return;
    }
    struct heap_chunk *chunk = heap_chunk_of(b);
    size_t size = chunk->size;
    heap_unlink(h, chunk);
    pool_put(h->pool, chunk, size);
    account_give(h->account, size);
}

size_t heap_usable(const void *ptr)
{
    const struct heap_block *b = heap_block_of(ptr);
    if (b->class == SIZE_LARGE)
        return heap_chunk_of(b)->size - HEAP_LARGE_OVERHEAD;
    return size_class_block((unsigned)b->class) - SIZE_HEADER;
}

/* Makes the block that was cut last larger or smaller where it is. */
static bool heap_resize_last(struct heap *h, struct heap_block *b, size_t size)
{
    if (size > SIZE_USER_MAX)
        return false;
    unsigned class = size_class_of(size);
    char *end = (char *)b + size_class_block((unsigned)b->class);
    if (end != h->next || (size_t)(h->end - (char *)b) < size_class_block(class))
        return false;
    b->class = class;
    h->next = (char *)b + size_class_block(class);
    return true;
}

/* Makes a block of more than 1 MiB larger or smaller without copying; NULL: not this way.
 * */
static void *heap_resize_large(struct heap *h, struct heap_block *b, size_t size)
{
    struct heap_chunk *chunk = heap_chunk_of(b);
    if (size > SIZE_MAX / 4)
        return NULL;
    size_t old = chunk->size, now = pool_round(size + HEAP_LARGE_OVERHEAD);
    if (now > old && !account_take(h->account, now - old))
        return NULL;
    heap_unlink(h, chunk);
    struct heap_chunk *moved = pool_resize(h->pool, chunk, old, now);
    if (moved)
        moved->size = now;
    heap_link(h, moved ? moved : chunk);
    if (!moved && now > old)
        account_give(h->account, now - old);
    if (moved && now < old)
        account_give(h->account, old - now);
    return moved ? &((struct heap_block *)(moved + 1))->next : NULL;
}

void *heap_resize(struct heap *h, void *ptr, size_t size)
{
    if (!ptr)
        return heap_alloc(h, size);
    size_t had = heap_usable(ptr);
    if (size <= had && size >= had / 2)
        return ptr;
    struct heap_block *b = heap_block_of(ptr);
    if (b->class != SIZE_LARGE) {
        if (heap_resize_last(h, b, size))
            return ptr;
    } else if (size > SIZE_USER_MAX) {
        void *moved = heap_resize_large(h, b, size);
        if (moved)
            return moved;
    }
    void *copy = heap_alloc(h, size);
    if (!copy)
        return size <= had ? ptr : NULL;
    memcpy(copy, ptr, size_min(size, had));
    heap_free(h, ptr);
    return copy;
}

#endif

/* shared_heap.c: the heap of a sandbox. */
#include "kernel/shared_heap.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernel/size_class.h"

#ifndef SHOAL_MALLOC_HEAP

enum { SHARED_CHUNK_MIN = 4096, SHARED_CHUNK_MAX = 256 * 1024 };

struct shared_chunk {
    struct shared_chunk *prev, *next;
    size_t size;
};

/* ptr, what the user has, is &next. */
struct shared_block {
    uint32_t class;            // or SIZE_LARGE: alone in a chunk
    uint32_t home;             // then the shard that has the chunk in its list
    struct shared_block *next; // while it is free
};

static_assert(sizeof(struct shared_chunk) % 16 == 8, "user pointers are aligned to 16");
static_assert(offsetof(struct shared_block, next) == SIZE_HEADER, "header");

enum { SHARED_LARGE_OVERHEAD = sizeof(struct shared_chunk) + SIZE_HEADER };

struct shared_shard {
    _Alignas(64) struct lock lock; // rank LOCK_HEAP; guards all
    long live;                     // blocks handed out here less those freed here
    char *next, *end;              // the part of a chunk not yet cut up
    size_t next_size;
    struct shared_chunk *chunks; // the newest first
    struct shared_block *free[SIZE_CLASSES];
};

static struct shared_block *shared_block_of(const void *ptr)
{
    return CONTAINER_OF((char *)(uintptr_t)ptr, struct shared_block, next);
}

static struct shared_chunk *shared_chunk_of(const struct shared_block *b)
{
    return (struct shared_chunk *)(uintptr_t)b - 1;
}

int shared_heap_init(struct shared_heap *h, unsigned shard_count, struct pool *pool,
                     struct account *account)
{
    ASSERT(shard_count > 0);
    size_t used = shard_count * sizeof(struct shared_shard);
    size_t size = pool_round(used);
    if (!account_take(account, size))
        return -ENOMEM;
    struct shared_shard *shards = pool_get(pool, size);
    if (!shards) {
        account_give(account, size);
        return -ENOMEM;
    }
    memset(shards, 0, used);
    for (unsigned i = 0; i < shard_count; i++) {
        lock_init(&shards[i].lock, LOCK_HEAP);
        shards[i].next_size = SHARED_CHUNK_MIN;
    }
    if (size - used > SIZE_HEADER) { // the first shard begins with what is left
        shards[0].next = (char *)shards + used + SIZE_HEADER;
        shards[0].end = (char *)shards + size;
    }
    *h = (struct shared_heap){.pool = pool,
                              .account = account,
                              .shards = shards,
                              .shards_size = size,
                              .shard_count = shard_count};
    return 0;
}

void shared_heap_fini(struct shared_heap *h)
{
    ASSERT(shared_heap_live(h) == 0);
    size_t bytes = h->shards_size;
    for (unsigned i = 0; i < h->shard_count; i++)
        for (struct shared_chunk *chunk = h->shards[i].chunks, *next; chunk;
             chunk = next) {
            next = chunk->next;
            bytes += chunk->size;
            pool_put(h->pool, chunk, chunk->size);
        }
    pool_put(h->pool, h->shards, h->shards_size);
    account_give(h->account, bytes);
    h->shards = NULL;
    h->shard_count = 0;
}

long shared_heap_live(struct shared_heap *h)
{
    long live = 0;
    for (unsigned i = 0; i < h->shard_count; i++) {
        lock_acquire(&h->shards[i].lock);
        live += h->shards[i].live;
        lock_release(&h->shards[i].lock);
    }
    return live;
}

/* ---- chunks ----------------------------------------------------------------------- */

static void shared_link(struct shared_shard *s, struct shared_chunk *chunk)
{
    chunk->prev = NULL;
    chunk->next = s->chunks;
    if (s->chunks)
        s->chunks->prev = chunk;
    s->chunks = chunk;
}

static void shared_unlink(struct shared_shard *s, struct shared_chunk *chunk)
{
    if (chunk->next)
        chunk->next->prev = chunk->prev;
    if (chunk->prev)
        chunk->prev->next = chunk->next;
    else
        s->chunks = chunk->next;
}

/* A chunk, charged, not yet in a list. size: as pool_round gives it. */
static struct shared_chunk *shared_new_chunk(struct shared_heap *h, size_t size)
{
    if (!account_take(h->account, size))
        return NULL;
    struct shared_chunk *chunk = pool_get(h->pool, size);
    if (chunk)
        chunk->size = size;
    else
        account_give(h->account, size);
    return chunk;
}

static void shared_push_locked(struct shared_shard *s, struct shared_block *b)
{
    b->next = s->free[b->class];
    s->free[b->class] = b;
}

/* Makes free blocks of what is left of the chunk that is being cut. */
static void shared_cut_rest_locked(struct shared_shard *s)
{
    while (s->end - s->next >= 16) {
        struct shared_block *b = (struct shared_block *)s->next;
        b->class = size_class_within((size_t)(s->end - s->next));
        s->next += size_class_block(b->class);
        shared_push_locked(s, b);
    }
}

/* ---- blocks ----------------------------------------------------------------------- */

/* A block of what the shard has; NULL: it has none of that class. */
static inline struct shared_block *shared_take_locked(struct shared_shard *s,
                                                      unsigned class)
{
    struct shared_block *b = s->free[class];
    if (LIKELY(b)) {
        s->free[class] = b->next;
    } else {
        size_t size = size_class_block(class);
        if ((size_t)(s->end - s->next) < size)
            return NULL;
        b = (struct shared_block *)s->next;
        s->next += size;
        b->class = class;
    }
    s->live++;
    return b;
}

/* Moves what other shards have free in a class to s. */
static bool shared_collect(struct shared_heap *h, struct shared_shard *s, unsigned class)
{
    struct shared_block *found = NULL;
    for (unsigned i = 0; i < h->shard_count && !found; i++) {
        struct shared_shard *other = &h->shards[i];
        if (other == s)
            continue;
        lock_acquire(&other->lock);
        found = other->free[class];
        other->free[class] = NULL;
        lock_release(&other->lock);
    }
    if (!found)
        return false;
    struct shared_block *last = found;
    while (last->next)
        last = last->next;
    lock_acquire(&s->lock);
    last->next = s->free[class];
    s->free[class] = found;
    lock_release(&s->lock);
    return true;
}

/* Begins a new chunk in s, in which a block of the class will fit. */
static bool shared_grow(struct shared_heap *h, struct shared_shard *s, unsigned class)
{
    size_t least = pool_round(sizeof(struct shared_chunk) + size_class_block(class));
    lock_acquire(&s->lock);
    size_t size = size_max(least, s->next_size);
    s->next_size = size_min(size * 2, SHARED_CHUNK_MAX);
    lock_release(&s->lock);

    struct shared_chunk *chunk = shared_new_chunk(h, size);
    if (!chunk && size > least)
        chunk = shared_new_chunk(h, size = least); // the last bytes below the limit
    if (!chunk)
        return false;
    lock_acquire(&s->lock);
    shared_link(s, chunk);
    shared_cut_rest_locked(s);
    s->next = (char *)(chunk + 1);
    s->end = (char *)chunk + size;
    lock_release(&s->lock);
    return true;
}

static NO_INLINE void *shared_alloc_slow(struct shared_heap *h, struct shared_shard *s,
                                         unsigned class)
{
    // Other threads may use the shard too and be faster, hence the loop.
    for (;;) {
        if (!shared_collect(h, s, class) && !shared_grow(h, s, class))
            return NULL;
        lock_acquire(&s->lock);
        struct shared_block *b = shared_take_locked(s, class);
        lock_release(&s->lock);
        if (b)
            return &b->next;
    }
}

static NO_INLINE void *shared_alloc_large(struct shared_heap *h, unsigned shard,
                                          size_t size)
{
    if (size > SIZE_MAX / 4)
        return NULL;
    struct shared_chunk *chunk =
        shared_new_chunk(h, pool_round(size + SHARED_LARGE_OVERHEAD));
    if (!chunk)
        return NULL;
    struct shared_block *b = (struct shared_block *)(chunk + 1);
    b->class = SIZE_LARGE;
    b->home = shard;
    struct shared_shard *s = &h->shards[shard];
    lock_acquire(&s->lock);
    shared_link(s, chunk);
    s->live++;
    lock_release(&s->lock);
    return &b->next;
}

void *shared_heap_alloc(struct shared_heap *h, unsigned shard, size_t size)
{
    ASSERT(shard < h->shard_count);
    if (UNLIKELY(size > SIZE_USER_MAX))
        return shared_alloc_large(h, shard, size);
    struct shared_shard *s = &h->shards[shard];
    unsigned class = size_class_of(size);
    lock_acquire(&s->lock);
    struct shared_block *b = shared_take_locked(s, class);
    lock_release(&s->lock);
    return LIKELY(b) ? &b->next : shared_alloc_slow(h, s, class);
}

static NO_INLINE void shared_free_large(struct shared_heap *h, struct shared_block *b)
{
    struct shared_chunk *chunk = shared_chunk_of(b);
    struct shared_shard *s = &h->shards[b->home];
    lock_acquire(&s->lock);
    shared_unlink(s, chunk);
    s->live--;
    lock_release(&s->lock);
    size_t size = chunk->size;
    pool_put(h->pool, chunk, size);
    account_give(h->account, size);
}

void shared_heap_free(struct shared_heap *h, unsigned shard, void *ptr)
{
    ASSERT(shard < h->shard_count);
    if (!ptr)
        return;
    struct shared_block *b = shared_block_of(ptr);
    ASSERT(b->class < SIZE_CLASSES || b->class == SIZE_LARGE);
    if (UNLIKELY(b->class == SIZE_LARGE)) {
        shared_free_large(h, b);
        return;
    }
    struct shared_shard *s = &h->shards[shard];
    lock_acquire(&s->lock);
    shared_push_locked(s, b);
    s->live--;
    lock_release(&s->lock);
}

size_t shared_heap_usable(const void *ptr)
{
    const struct shared_block *b = shared_block_of(ptr);
    if (b->class == SIZE_LARGE)
        return shared_chunk_of(b)->size - SHARED_LARGE_OVERHEAD;
    return size_class_block(b->class) - SIZE_HEADER;
}

/* Makes a block of more than 1 MiB larger or smaller without copying; NULL: not this way.
 * */
static void *shared_resize_large(struct shared_heap *h, struct shared_block *b,
                                 size_t size)
{
    struct shared_chunk *chunk = shared_chunk_of(b);
    struct shared_shard *s = &h->shards[b->home];
    if (size > SIZE_MAX / 4)
        return NULL;
    size_t old = chunk->size, now = pool_round(size + SHARED_LARGE_OVERHEAD);
    if (now > old && !account_take(h->account, now - old))
        return NULL;
    lock_acquire(&s->lock);
    shared_unlink(s, chunk);
    lock_release(&s->lock);
    struct shared_chunk *moved = pool_resize(h->pool, chunk, old, now);
    if (moved)
        moved->size = now;
    lock_acquire(&s->lock);
    shared_link(s, moved ? moved : chunk);
    lock_release(&s->lock);
    if (!moved && now > old)
        account_give(h->account, now - old);
    if (moved && now < old)
        account_give(h->account, old - now);
    return moved ? &((struct shared_block *)(moved + 1))->next : NULL;
}

/* Makes the block that was cut last larger or smaller where it is. */
static bool shared_resize_last(struct shared_shard *s, struct shared_block *b,
                               size_t size)
{
    unsigned class = size_class_of(size);
    size_t block_size = size_class_block(class);
    lock_acquire(&s->lock);
    bool fits = (char *)b + size_class_block(b->class) == s->next &&
                (size_t)(s->end - (char *)b) >= block_size;
    if (fits) {
        b->class = class;
        s->next = (char *)b + block_size;
    }
    lock_release(&s->lock);
    return fits;
}

void *shared_heap_resize(struct shared_heap *h, unsigned shard, void *ptr, size_t size)
{
    if (!ptr)
        return shared_heap_alloc(h, shard, size);
    size_t had = shared_heap_usable(ptr);
    if (size <= had && size >= had / 2)
        return ptr;
    struct shared_block *b = shared_block_of(ptr);
    if (b->class != SIZE_LARGE) {
        if (size <= SIZE_USER_MAX && shared_resize_last(&h->shards[shard], b, size))
            return ptr;
    } else if (size > SIZE_USER_MAX) {
        void *moved = shared_resize_large(h, b, size);
        if (moved)
            return moved;
    }
    void *copy = shared_heap_alloc(h, shard, size);
    if (!copy)
        return size <= had ? ptr : NULL;
    memcpy(copy, ptr, size_min(size, had));
    shared_heap_free(h, shard, ptr);
    return copy;
}

#endif

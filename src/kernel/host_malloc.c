/* host_malloc.c: pool.h, heap.h and shared_heap.h over malloc, a block each, for builds
 * with SHOAL_MALLOC_HEAP: there the sanitizers see every block's bounds and life. */
#include "kernel/host.h"

#ifdef SHOAL_MALLOC_HEAP
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/heap.h"
#include "kernel/shared_heap.h"

/* The allocators of the sanitizers end the process when asked for more than they could
 * have. */
static const size_t host_malloc_max = (size_t)1 << 36;

/* ---- pool.h ----------------------------------------------------------------------- */

void pool_init(struct pool *pool)
{
    *pool = (struct pool){.slabs = NULL};
    lock_init(&pool->lock, LOCK_POOL);
    for (int i = 0; i < POOL_CLASSES; i++)
        lock_init(&pool->classes[i].lock, LOCK_POOL);
}

void pool_fini(struct pool *pool)
{
    ASSERT(pool_live_bytes(pool) == 0);
    (void)pool;
}

size_t pool_round(size_t size)
{
    size_t round = (size_t)1 << POOL_MIN_SHIFT;
    if (size > (size_t)1 << POOL_MAX_SHIFT)
        return (size + round - 1) & ~(round - 1);
    while (round < size)
        round *= 2;
    return round;
}

void *pool_get(struct pool *pool, size_t size)
{
    if (size > host_malloc_max)
        return NULL;
    void *chunk = malloc(pool_round(size));
    if (chunk)
        atomic_fetch_add(&pool->large_bytes, pool_round(size));
    return chunk;
}

void pool_put(struct pool *pool, void *chunk, size_t size)
{
    free(chunk);
    atomic_fetch_sub(&pool->large_bytes, pool_round(size));
}

void *pool_resize(struct pool *pool, void *chunk, size_t old, size_t size)
{
    (void)pool, (void)chunk, (void)old, (void)size;
    return NULL;
}

size_t pool_live_bytes(struct pool *pool) { return atomic_load(&pool->large_bytes); }

void pool_trim(struct pool *pool) { (void)pool; }

/* ---- heap.h ----------------------------------------------------------------------- */

/* Before each block; the list is the heap's `chunks`. */
struct heap_chunk {
    struct heap_chunk *prev, *next;
    size_t size; // of the user's part
    size_t unused;
};

static_assert(sizeof(struct heap_chunk) % 16 == 0, "user pointers are aligned to 16");

void heap_init(struct heap *h, struct pool *pool, struct account *account)
{
    *h = (struct heap){.pool = pool, .account = account};
}

void heap_fini(struct heap *h)
{
    while (h->chunks)
        heap_free(h, h->chunks + 1);
}

static void host_malloc_link(struct heap *h, struct heap_chunk *chunk)
{
    chunk->prev = NULL;
    chunk->next = h->chunks;
    if (chunk->next)
        chunk->next->prev = chunk;
    h->chunks = chunk;
}

void *heap_alloc(struct heap *h, size_t size)
{
    size += !size;
    if (size > host_malloc_max || !account_take(h->account, size))
        return NULL;
    struct heap_chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) {
        account_give(h->account, size);
        return NULL;
    }
    chunk->size = size;
    host_malloc_link(h, chunk);
    return chunk + 1;
}

void heap_free(struct heap *h, void *ptr)
{
    if (!ptr)
        return;
    struct heap_chunk *chunk = (struct heap_chunk *)ptr - 1;
    if (chunk->next)
        chunk->next->prev = chunk->prev;
    if (chunk->prev)
        chunk->prev->next = chunk->next;
    else
        h->chunks = chunk->next;
    account_give(h->account, chunk->size);
    free(chunk);
}

void *heap_resize(struct heap *h, void *ptr, size_t size)
{
    void *copy = heap_alloc(h, size);
    if (copy && ptr) {
        memcpy(copy, ptr, size_min(size, heap_usable(ptr)));
        heap_free(h, ptr);
    }
    return copy;
}

size_t heap_usable(const void *ptr) { return ((const struct heap_chunk *)ptr - 1)->size; }

/* ---- shared_heap.h: one such heap behind one lock, in the place of the shards ----- */

struct shared_shard {
    struct lock lock; // rank LOCK_HEAP
    struct heap heap;
    long live;
};

int shared_heap_init(struct shared_heap *h, unsigned shard_count, struct pool *pool,
                     struct account *account)
{
    if (!account_take(account, sizeof(struct shared_shard)))
        return -ENOMEM;
    struct shared_shard *shard = malloc(sizeof *shard);
    if (!shard) {
        account_give(account, sizeof *shard);
        return -ENOMEM;
    }
    lock_init(&shard->lock, LOCK_HEAP);
    heap_init(&shard->heap, pool, account);
    shard->live = 0;
    *h = (struct shared_heap){
        .pool = pool, .account = account, .shards = shard, .shard_count = shard_count};
    return 0;
}

void shared_heap_fini(struct shared_heap *h)
{
    ASSERT(h->shards->live == 0);
    heap_fini(&h->shards->heap);
    free(h->shards);
    account_give(h->account, sizeof *h->shards);
    h->shards = NULL;
}

void *shared_heap_alloc(struct shared_heap *h, unsigned shard, size_t size)
{
    ASSERT(shard < h->shard_count);
    (void)shard;
    lock_acquire(&h->shards->lock);
    void *ptr = heap_alloc(&h->shards->heap, size);
    h->shards->live += ptr != NULL;
    lock_release(&h->shards->lock);
    return ptr;
}

void *shared_heap_resize(struct shared_heap *h, unsigned shard, void *ptr, size_t size)
{
    (void)shard;
    lock_acquire(&h->shards->lock);
    void *now = heap_resize(&h->shards->heap, ptr, size);
    h->shards->live += now != NULL && ptr == NULL;
    lock_release(&h->shards->lock);
    return now;
}

void shared_heap_free(struct shared_heap *h, unsigned shard, void *ptr)
{
    (void)shard;
    if (!ptr)
        return;
    lock_acquire(&h->shards->lock);
    heap_free(&h->shards->heap, ptr);
    h->shards->live--;
    lock_release(&h->shards->lock);
}

size_t shared_heap_usable(const void *ptr) { return heap_usable(ptr); }

long shared_heap_live(struct shared_heap *h)
{
    lock_acquire(&h->shards->lock);
    long live = h->shards->live;
    lock_release(&h->shards->lock);
    return live;
}
#endif

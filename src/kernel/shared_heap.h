/* shared_heap.h: the heap of one sandbox: what outlives a process (kernel objects,
 * inodes, variable values).
 *
 * Size-class blocks as in heap.h, in one shard per worker with a lock each, so that a
 * lock is hardly ever contended; host threads use shard 0. A block is freed into the
 * shard of the freeing worker; a shard that is empty in a class takes the others' free
 * lists before it takes a new chunk, so that blocks passed one way don't pile up. First
 * chunks are small (4 KiB), so that an idle sandbox costs little. Chunks are charged to
 * the account. With SHOAL_MALLOC_HEAP every block is a malloc of its own. Blocks have the
 * layout of heap.h. Invariant: the sum of the shards' live counters is the number of
 * blocks handed out and not freed; shared_heap_fini asserts in debug builds that it is 0.
 * */
#ifndef KERNEL_SHARED_HEAP_H
#define KERNEL_SHARED_HEAP_H

#include <stddef.h>

#include "base/base.h"
#include "kernel/account.h"
#include "kernel/lock.h"
#include "kernel/pool.h"

struct shared_shard;

struct shared_heap {
    struct pool *pool;
    struct account *account;
    struct shared_shard *shards; // one per worker, made together
    size_t shards_size;          // bytes of the chunk that holds them
    unsigned shard_count;
};

MUST_CHECK int shared_heap_init(struct shared_heap *h, unsigned shard_count,
                                struct pool *pool,
                                struct account *account); // -ENOMEM
void shared_heap_fini(struct shared_heap *h);             // frees every chunk

/* Any thread; shard: the worker's index (host threads: 0). NULL: the account or the host
 * has no more. */
void *shared_heap_alloc(struct shared_heap *h, unsigned shard, size_t size);
void *shared_heap_resize(struct shared_heap *h, unsigned shard, void *ptr, size_t size);
void shared_heap_free(struct shared_heap *h, unsigned shard, void *ptr);
size_t shared_heap_usable(const void *ptr); // bytes the block really has
long shared_heap_live(
    struct shared_heap *h); // blocks handed out; exact when all threads are quiet

#endif

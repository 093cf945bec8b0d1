/* shared_heap_test.c: kernel/shared_heap.h. */
#include "kernel/shared_heap.h"

#include <errno.h>

#include "base/base.h"
#include "kernel/host.h"
#include "tests/unit/test.h"

enum { SHARDS = 3 };

struct home {
    struct pool pool;
    struct account account;
    struct shared_heap heap;
};

static void home_init(struct home *home, uint64_t limit)
{
    pool_init(&home->pool);
    home->account = (struct account){0, limit};
    CHECK_EQ(shared_heap_init(&home->heap, SHARDS, &home->pool, &home->account), 0);
}

static void home_fini(struct home *home)
{
    CHECK_EQ(shared_heap_live(&home->heap), 0);
    shared_heap_fini(&home->heap);
    CHECK_EQ(atomic_load(&home->account.used), 0);
    CHECK_EQ(pool_live_bytes(&home->pool), 0);
    pool_fini(&home->pool);
}

TEST(shared_heap_counts_its_live_blocks)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    void *a = shared_heap_alloc(&home.heap, 0, 100);
    void *b = shared_heap_alloc(&home.heap, 1, 100000);
    CHECK_EQ(shared_heap_live(&home.heap), 2);
    b = shared_heap_resize(&home.heap, 2, b, 50);
    a = shared_heap_resize(&home.heap, 2, a, 3 << 20);
    CHECK_EQ(shared_heap_live(&home.heap), 2);
    shared_heap_free(&home.heap, 2, a);
    shared_heap_free(&home.heap, 0, b);
    shared_heap_free(&home.heap, 0, NULL);
    home_fini(&home);
}

TEST(shared_heap_without_memory_is_not_made)
{
    struct home home;
    pool_init(&home.pool);
    home.account = (struct account){0, 100};
    CHECK_EQ(shared_heap_init(&home.heap, SHARDS, &home.pool, &home.account), -ENOMEM);
    CHECK_EQ(atomic_load(&home.account.used), 0);
    CHECK_EQ(pool_live_bytes(&home.pool), 0);
    pool_fini(&home.pool);
}

TEST(shared_heap_blocks_are_aligned_whole_and_their_own)
{
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    struct home home;
    home_init(&home, UINT64_MAX);
    for (size_t i = 0; i < COUNT; i++) {
        blocks[i] = shared_heap_alloc(&home.heap, i % SHARDS, i * 7 % 20000);
        if (!CHECK(blocks[i] && (uintptr_t)blocks[i] % 16 == 0))
            return;
        memset(blocks[i], (int)(i % 251), i * 7 % 20000);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < i * 7 % 20000; k += 97)
            if (!CHECK_EQ(blocks[i][k], i % 251))
                return;
    for (size_t i = 0; i < COUNT; i++)
        shared_heap_free(&home.heap, i / 3 % SHARDS, blocks[i]);
    home_fini(&home);
}

TEST(shared_heap_resize_keeps_the_bytes)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    unsigned char *block = NULL;
    size_t had = 0;
    unsigned shard = 0;
    for (size_t size = 1; size < 8 << 20; size += 1 + size / 3) {
        block = shared_heap_resize(&home.heap, shard++ % SHARDS, block, size);
        if (!CHECK(block))
            return;
        CHECK(shared_heap_usable(block) >= size);
        for (size_t k = 0; k < had; k += 61)
            if (!CHECK_EQ(block[k], k % 253))
                return;
        for (size_t k = had; k < size; k++)
            block[k] = (unsigned char)(k % 253);
        had = size;
    }
    for (size_t size = had; size > 0; size = size * 2 / 5) {
        block = shared_heap_resize(&home.heap, shard++ % SHARDS, block, size);
        for (size_t k = 0; k < size; k += 61)
            if (!CHECK_EQ(block[k], k % 253))
                return;
    }
    shared_heap_free(&home.heap, 0, block);
    home_fini(&home);
}

TEST(shared_heap_at_its_limit_gives_null)
{
    struct home home;
    void *blocks[2000];
    size_t count = 0;
    home_init(&home, 1 << 20);
    CHECK(!shared_heap_alloc(&home.heap, 0, 2 << 20));
    CHECK(!shared_heap_alloc(&home.heap, 0, SIZE_MAX));
    while (count < COUNT_OF(blocks) &&
           (blocks[count] = shared_heap_alloc(&home.heap, 0, 1000)))
        count++;
    CHECK(count > 600 && count < 1100);
    CHECK(!shared_heap_resize(&home.heap, 0, blocks[0], 100000));
    while (count > 0)
        shared_heap_free(&home.heap, 1, blocks[--count]);
    blocks[0] = shared_heap_alloc(&home.heap, 0, 1000); // collects what is free elsewhere
    CHECK(blocks[0] != NULL);
    shared_heap_free(&home.heap, 0, blocks[0]);
    home_fini(&home);
}

#ifndef SHOAL_MALLOC_HEAP
TEST(shared_heap_blocks_that_go_one_way_do_not_pile_up)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    for (int round = 0; round < 1000; round++) {
        void *blocks[50];
        for (size_t i = 0; i < COUNT_OF(blocks); i++)
            blocks[i] = shared_heap_alloc(&home.heap, 0, 200);
        for (size_t i = 0; i < COUNT_OF(blocks); i++)
            shared_heap_free(&home.heap, 1, blocks[i]);
    }
    CHECK(atomic_load(&home.account.used) < 65536);
    home_fini(&home);
}

TEST(shared_heap_of_an_idle_sandbox_is_small)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    void *block = shared_heap_alloc(&home.heap, 0, 1000);
    CHECK_EQ(atomic_load(&home.account.used), 4096);
    shared_heap_free(&home.heap, 0, block);
    home_fini(&home);
}
#endif

/* Threads that free what others took. */
enum { SLOTS = 64, ROUNDS = 20000 };

struct exchange {
    struct shared_heap *heap;
    atomic_uint next_shard;
    _Atomic(unsigned char *) slots[SLOTS];
};

static void swap_blocks(void *arg)
{
    struct exchange *x = arg;
    unsigned shard = atomic_fetch_add(&x->next_shard, 1) % SHARDS;
    for (unsigned i = 0; i < ROUNDS; i++) {
        size_t size = 16 + i * 37 % 400 + (i % 500 == 0 ? 50000 : 0);
        unsigned char *block = shared_heap_alloc(x->heap, shard, size);
        if (!CHECK(block))
            return;
        memset(block, 0x55, 16);
        block = atomic_exchange(&x->slots[i * 7 % SLOTS], block);
        if (block && i % 5 == 0)
            block = shared_heap_resize(x->heap, shard, block, 700);
        if (block)
            CHECK_EQ(block[0] + block[15], 0xaa);
        shared_heap_free(x->heap, shard, block);
    }
}

TEST(threads_share_a_shared_heap)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    struct exchange x = {.heap = &home.heap};
    uintptr_t threads[4]; // more than shards: host threads share one
    for (int i = 0; i < 4; i++)
        CHECK_EQ(host_thread_start(&threads[i], swap_blocks, &x), 0);
    for (int i = 0; i < 4; i++)
        host_thread_join(threads[i]);
    for (int i = 0; i < SLOTS; i++)
        shared_heap_free(&home.heap, 0, atomic_load(&x.slots[i]));
    home_fini(&home);
}

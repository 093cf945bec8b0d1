/* heap_test.c: kernel/heap.h and kernel/size_class.h. */
#include "kernel/heap.h"

#include "base/base.h"
#include "tests/unit/test.h"

struct home {
    struct pool pool;
    struct account account;
    struct heap heap;
};

static void home_init(struct home *home, uint64_t limit)
{
    pool_init(&home->pool);
    home->account = (struct account){0, limit};
    heap_init(&home->heap, &home->pool, &home->account);
}

static void home_fini(struct home *home)
{
    heap_fini(&home->heap);
    CHECK_EQ(atomic_load(&home->account.used), 0);
    CHECK_EQ(pool_live_bytes(&home->pool), 0);
    pool_fini(&home->pool);
}

TEST(size_classes_hold_their_sizes_and_waste_little)
{
    for (size_t size = 0; size <= SIZE_USER_MAX; size++) {
        unsigned class = size_class_of(size);
        size_t block = size_class_block(class);
        if (!CHECK(class < SIZE_CLASSES && block >= size + SIZE_HEADER &&
                   block % 16 == 0))
            return;
        CHECK(class == 0 || size_class_block(class - 1) < size + SIZE_HEADER);
        CHECK(block <= 512 || block * 4 <= (size + SIZE_HEADER) * 5);
    }
    for (size_t size = 16; size <= 2 * SIZE_BLOCK_MAX; size++) {
        unsigned class = size_class_within(size);
        CHECK(size_class_block(class) <= size);
        CHECK(class == SIZE_CLASSES - 1 || size_class_block(class + 1) > size);
    }
}

TEST(heap_touches_nothing_before_the_first_block)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    CHECK_EQ(pool_live_bytes(&home.pool), 0);
    heap_free(&home.heap, NULL);
    home_fini(&home);
}

TEST(heap_blocks_are_aligned_whole_and_their_own)
{
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    struct home home;
    home_init(&home, UINT64_MAX);
    for (size_t i = 0; i < COUNT; i++) {
        blocks[i] = heap_alloc(&home.heap, i * 7 % 20000);
        if (!CHECK(blocks[i] && (uintptr_t)blocks[i] % 16 == 0))
            return;
        CHECK(heap_usable(blocks[i]) >= i * 7 % 20000);
        memset(blocks[i], (int)(i % 251), i * 7 % 20000);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < i * 7 % 20000; k += 97)
            if (!CHECK_EQ(blocks[i][k], i % 251))
                return;
    for (size_t i = 0; i < COUNT; i += 2)
        heap_free(&home.heap, blocks[i]);
    for (size_t i = 1; i < COUNT; i += 2)
        for (size_t k = 0; k < i * 7 % 20000; k += 97)
            if (!CHECK_EQ(blocks[i][k], i % 251))
                return;
    home_fini(&home); // frees the others
}

TEST(heap_resize_keeps_the_bytes)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    unsigned char *block = NULL;
    size_t had = 0;
    for (size_t size = 1; size < 8 << 20; size += 1 + size / 3) {
        block = heap_resize(&home.heap, block, size);
        if (!CHECK(block && (uintptr_t)block % 16 == 0))
            return;
        for (size_t k = 0; k < had; k += 61)
            if (!CHECK_EQ(block[k], k % 253))
                return;
        for (size_t k = had; k < size; k++)
            block[k] = (unsigned char)(k % 253);
        had = size;
    }
    for (size_t size = had; size > 0; size = size * 2 / 5) {
        block = heap_resize(&home.heap, block, size);
        for (size_t k = 0; k < size; k += 61)
            if (!CHECK_EQ(block[k], k % 253))
                return;
    }
    CHECK(heap_usable(block) < 100);
    heap_free(&home.heap, block);
    home_fini(&home);
}

TEST(heap_gives_large_blocks_back_when_they_are_freed)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    void *small = heap_alloc(&home.heap, 10);
    uint64_t before = atomic_load(&home.account.used);
    void *blocks[3];
    for (int i = 0; i < 3; i++)
        blocks[i] = heap_alloc(&home.heap, 100000);
    CHECK(atomic_load(&home.account.used) >= before + 300000);
    heap_free(&home.heap, blocks[1]);
    heap_free(&home.heap, blocks[0]);
    heap_free(&home.heap, blocks[2]);
    CHECK_EQ(atomic_load(&home.account.used), before);
    heap_free(&home.heap, small);
    home_fini(&home);
}

TEST(heap_at_its_limit_gives_null_and_stays_as_it_was)
{
    struct home home;
    home_init(&home, 1 << 20);
    char *block = heap_alloc(&home.heap, 300000);
    memset(block, 3, 300000);
    CHECK(!heap_alloc(&home.heap, 2 << 20));
    CHECK(!heap_resize(&home.heap, block, 4 << 20));
    CHECK(!heap_alloc(&home.heap, SIZE_MAX));
    CHECK(!heap_resize(&home.heap, block, SIZE_MAX - 8));
    CHECK_EQ(block[299999], 3);
    size_t count = 0;
    while (heap_alloc(&home.heap, 1000))
        count++;
    CHECK(count > 300 && count < 1000);
    CHECK(atomic_load(&home.account.used) <= 1 << 20);
    heap_free(&home.heap, block);
    CHECK(heap_alloc(&home.heap, 1000) != NULL);
    home_fini(&home);
}

TEST(heap_can_be_used_after_fini)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    for (int i = 0; i < 100; i++) {
        char *block = heap_alloc(&home.heap, 5000);
        if (!CHECK(block))
            return;
        memset(block, 1, 5000);
        heap_fini(&home.heap);
        CHECK_EQ(atomic_load(&home.account.used), 0);
    }
    home_fini(&home);
}

#ifndef SHOAL_MALLOC_HEAP
TEST(heap_grows_the_newest_block_in_place)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    char *block = heap_alloc(&home.heap, 10);
    CHECK(heap_resize(&home.heap, block, 2000) == block);
    CHECK(heap_resize(&home.heap, block, 20) == block);
    char *next = heap_alloc(&home.heap, 10);
    CHECK(next < block + 100);
    CHECK(heap_resize(&home.heap, block, 2000) != block);
    home_fini(&home);
}

TEST(heap_starts_with_one_chunk_of_4_kib)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    CHECK(heap_alloc(&home.heap, 100) != NULL);
    CHECK_EQ(atomic_load(&home.account.used), 4096);
    home_fini(&home);
}

TEST(heap_does_not_grow_when_blocks_are_freed_and_taken)
{
    struct home home;
    home_init(&home, UINT64_MAX);
    uint64_t settled = 0;
    for (int round = 0; round < 100; round++) {
        void *blocks[200];
        for (size_t i = 0; i < COUNT_OF(blocks); i++)
            blocks[i] = heap_alloc(&home.heap, i * i % 3000);
        for (size_t i = 0; i < COUNT_OF(blocks); i++)
            heap_free(&home.heap, blocks[i]);
        if (round == 0)
            settled = atomic_load(&home.account.used);
    }
    CHECK_EQ(atomic_load(&home.account.used), settled);
    home_fini(&home);
}
#endif

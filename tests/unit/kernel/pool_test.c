/* pool_test.c: kernel/pool.h. */
#define _DEFAULT_SOURCE // mincore
#include "kernel/pool.h"

#include <sys/mman.h>

#include "kernel/host.h"
#include "tests/unit/test.h"

TEST(pool_rounds_to_powers_of_two_and_above_a_mebibyte_to_pages)
{
    CHECK_EQ(pool_round(0), 4096);
    CHECK_EQ(pool_round(1), 4096);
    CHECK_EQ(pool_round(4096), 4096);
    CHECK_EQ(pool_round(4097), 8192);
    CHECK_EQ(pool_round(65537), 131072);
    CHECK_EQ(pool_round(1 << 20), 1 << 20);
    CHECK_EQ(pool_round((1 << 20) + 1), (1 << 20) + 4096);
}

TEST(pool_chunks_of_every_size_are_whole_and_their_own)
{
    struct pool pool;
    char *chunks[40];
    size_t sizes[40], sum = 0;
    pool_init(&pool);
    for (int i = 0; i < 40; i++) {
        sizes[i] = (size_t)4096 << i % 10; // to 2 MiB
        chunks[i] = pool_get(&pool, sizes[i]);
        if (!CHECK(chunks[i]))
            return;
        memset(chunks[i], i, sizes[i]);
        sum += sizes[i];
    }
    CHECK_EQ(pool_live_bytes(&pool), sum);
    for (int i = 0; i < 40; i++) {
        CHECK_EQ(chunks[i][0], i);
        CHECK_EQ(chunks[i][sizes[i] - 1], i);
        pool_put(&pool, chunks[i], sizes[i]);
    }
    CHECK_EQ(pool_live_bytes(&pool), 0);
    pool_fini(&pool);
}

TEST(pool_refuses_what_nobody_has)
{
    struct pool pool;
    pool_init(&pool);
    CHECK(!pool_get(&pool, SIZE_MAX));
    CHECK(!pool_get(&pool, SIZE_MAX / 2 - 4096));
    CHECK_EQ(pool_live_bytes(&pool), 0);
    pool_fini(&pool);
}

TEST(pool_resizes_blocks_of_more_than_a_mebibyte_without_losing_bytes)
{
    struct pool pool;
    size_t size = 3 << 20;
    pool_init(&pool);
    char *chunk = pool_get(&pool, size);
    memset(chunk, 5, size);
    char *larger = pool_resize(&pool, chunk, size, 2 * size);
    if (larger) { // not with SHOAL_MALLOC_HEAP
        CHECK_EQ(larger[0], 5);
        CHECK_EQ(larger[size - 1], 5);
        larger[2 * size - 1] = 6;
        CHECK_EQ(pool_live_bytes(&pool), 2 * size);
        chunk = pool_resize(&pool, larger, 2 * size, size);
    }
    CHECK(!pool_resize(&pool, chunk, size, 4096));
    pool_put(&pool, chunk, size);
    CHECK_EQ(pool_live_bytes(&pool), 0);
    pool_fini(&pool);
}

#ifndef SHOAL_MALLOC_HEAP
/* Whether the host holds a page there. */
static bool committed(const char *at)
{
    unsigned char resident = 0;
    char *page = (char *)((uintptr_t)at & ~(uintptr_t)4095);
    return !mincore(page, 4096, &resident) && (resident & 1);
}

TEST(pool_gives_the_chunk_put_last_first)
{
    struct pool pool;
    pool_init(&pool);
    void *a = pool_get(&pool, 8192), *b = pool_get(&pool, 8192);
    CHECK(a != b);
    CHECK_EQ((uintptr_t)a % 4096, 0);
    pool_put(&pool, a, 8192);
    CHECK(pool_get(&pool, 5000) == a);
    pool_put(&pool, a, 5000);
    pool_put(&pool, b, 8192);
    pool_fini(&pool);
}

TEST(pool_trim_makes_whole_units_free_for_other_sizes)
{
    enum { COUNT = 1000 };
    static char *chunks[COUNT];
    struct pool pool;
    pool_init(&pool);
    for (int i = 0; i < COUNT; i++) {
        chunks[i] = pool_get(&pool, 4096);
        memset(chunks[i], 1, 4096);
    }
    for (int i = 1; i < COUNT; i++)
        pool_put(&pool, chunks[i], 4096);
    CHECK(committed(chunks[COUNT - 1]));
    pool_trim(&pool);
    CHECK(!committed(chunks[COUNT - 1]));
    CHECK(committed(chunks[0])); // in use, with its unit
    CHECK(pool.classes[0].free_count < 256);
    CHECK_EQ(chunks[0][4095], 1);

    char *big[8]; // the freed units serve again
    for (int i = 0; i < 8; i++) {
        big[i] = pool_get(&pool, 1 << 20);
        memset(big[i], 2, 1 << 20);
    }
    CHECK(pool.slabs != NULL);
    CHECK_EQ(chunks[0][4095], 1);
    for (int i = 0; i < 8; i++)
        pool_put(&pool, big[i], 1 << 20);
    pool_trim(&pool);
    CHECK(!committed(big[7] + 8192));
    pool_put(&pool, chunks[0], 4096);
    pool_trim(&pool);
    CHECK_EQ(pool.classes[0].free_count, 0);
    pool_fini(&pool);
}
#endif

static void get_and_put(void *arg)
{
    struct pool *pool = arg;
    unsigned char *chunks[16];
    for (int i = 0; i < 1500; i++) {
        for (int k = 0; k < 16; k++) {
            chunks[k] = pool_get(pool, (size_t)4096 << (i + k) % 5);
            if (!CHECK(chunks[k]))
                return;
            memset(chunks[k], k, 64);
        }
        for (int k = 0; k < 16; k++) {
            CHECK_EQ(chunks[k][0] + chunks[k][63], 2 * k);
            pool_put(pool, chunks[k], (size_t)4096 << (i + k) % 5);
        }
        if (i % 50 == 0)
            pool_trim(pool);
    }
}

TEST(threads_share_a_pool)
{
    struct pool pool;
    uintptr_t threads[3];
    pool_init(&pool);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(host_thread_start(&threads[i], get_and_put, &pool), 0);
    for (int i = 0; i < 3; i++)
        host_thread_join(threads[i]);
    CHECK_EQ(pool_live_bytes(&pool), 0);
    pool_fini(&pool);
}

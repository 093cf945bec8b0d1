/* shelf_test.c: bundles, and the shelf of a sandbox on which processes leave them. */
#include <string.h>

#include "kernel/kernel.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

static struct sys_bundle *make(const char *key, size_t size)
{
    struct sys_bundle *b = sys_bundle_new(key, strlen(key));
    const struct alloc *heap = &b->heap;
    b->root = heap->resize(heap, NULL, 0, size);
    memset(b->root, 'x', size);
    return b;
}

static struct sys_bundle *take(const char *key)
{
    return sys_shelf_take(key, strlen(key));
}

TEST(a_bundle_is_taken_by_its_key_once)
{
    CHECK(!take("a"));
    struct sys_bundle *b = make("a", 10);
    CHECK(!take("a")); // it is not on the shelf yet
    sys_shelf_put(b);
    CHECK(!take("b"));
    CHECK(!take("aa"));
    CHECK(!take(""));
    CHECK(take("a") == b);
    CHECK_MEM(b->root, "xxxxxxxxxx", 10);
    CHECK(!take("a"));
    sys_bundle_free(b);
}

TEST(blocks_of_a_bundle_grow_and_go)
{
    struct sys_bundle *b = make("a", 10);
    const struct alloc *heap = &b->heap;
    char *other = heap->resize(heap, NULL, 0, 20);
    memcpy(other, "other", 6);
    b->root = heap->resize(heap, b->root, 10, 100000);
    other = heap->resize(heap, other, 20, 50000);
    CHECK_MEM(b->root, "xxxxxxxxxx", 10);
    CHECK_STR(other, "other");
    CHECK(!heap->resize(heap, other, 50000, 0));
    CHECK(!heap->resize(heap, NULL, 0, 0));
    sys_shelf_put(b); // the teardown frees it
}

TEST(there_may_be_two_bundles_of_one_key)
{
    struct sys_bundle *a = make("a", 1), *b = make("a", 2);
    sys_shelf_put(a);
    sys_shelf_put(b);
    CHECK(take("a") == b); // the later one
    CHECK(take("a") == a);
    CHECK(!take("a"));
}

static int leave_one(void *unused)
{
    (void)unused;
    sys_shelf_put(make("left", 100));
    make("held", 100); // goes with the process
    return 0;
}

TEST(a_process_finds_what_another_has_left)
{
    struct sys_ended ended;
    CHECK(sys_clone(leave_one, NULL, &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK(!take("held"));
    struct sys_bundle *b = take("left");
    CHECK(b);
    CHECK_EQ(*(char *)b->root, 'x');
}

static unsigned count_kept(unsigned made)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < made; i++) {
        const char key[] = {(char)('0' + i), '\0'};
        struct sys_bundle *b = take(key);
        kept += b != NULL;
        CHECK(!kept || b); // the oldest go first
    }
    return kept;
}

TEST(the_shelf_keeps_the_latest_within_its_bounds)
{
    for (unsigned i = 0; i < 60; i++) {
        const char key[] = {(char)('0' + i), '\0'};
        sys_shelf_put(make(key, 1));
    }
    CHECK_EQ(count_kept(60), 32);
    for (unsigned i = 0; i < 10; i++) {
        const char key[] = {(char)('0' + i), '\0'};
        sys_shelf_put(make(key, 900000));
    }
    CHECK_EQ(count_kept(10), 4);
    sys_shelf_put(make("large", 2000000));
    CHECK(!take("large"));
}

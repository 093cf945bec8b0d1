/* sort_test.c: base/sort.h. */
#include "base/sort.h"

#include "base/base.h"
#include "base/rand.h"
#include "tests/unit/test.h"

enum { ITEMS = 5000 };

struct item {
    int key;
    int place; // in the input
};

struct counts {
    size_t compared, ticks;
};

static int compare(const void *a, const void *b, void *ctx)
{
    const struct item *x = a, *y = b;
    struct counts *counts = ctx;
    counts->compared++;
    return (x->key > y->key) - (x->key < y->key);
}

static void tick(void *ctx)
{
    struct counts *counts = ctx;
    counts->ticks++;
}

static struct counts sort_items(struct item *items, void **pointers, size_t n)
{
    static void *scratch[ITEMS];
    struct counts counts = {0, 0};
    for (size_t i = 0; i < n; i++) {
        items[i].place = (int)i;
        pointers[i] = &items[i];
    }
    sort_pointers(pointers, n, compare, &counts, scratch, tick);
    return counts;
}

TEST(items_are_sorted_and_equal_ones_keep_their_order)
{
    static struct item items[ITEMS];
    static void *pointers[ITEMS];
    struct rand r;
    rand_init(&r, 10);
    for (size_t n = 0; n <= ITEMS; n = n < 70 ? n + 1 : n * 3 / 2) {
        for (size_t i = 0; i < n; i++)
            items[i].key = (int)rand_below(&r, n / 3 + 1);
        sort_items(items, pointers, n);
        for (size_t i = 1; i < n; i++) {
            struct item *a = pointers[i - 1], *b = pointers[i];
            if (!CHECK(a->key < b->key || (a->key == b->key && a->place < b->place)))
                return;
        }
    }
}

TEST(the_number_of_comparisons_is_bounded)
{
    static struct item items[ITEMS];
    static void *pointers[ITEMS];
    for (int i = 0; i < ITEMS; i++)
        items[i].key = i;
    CHECK_EQ(sort_items(items, pointers, ITEMS).compared, ITEMS - 1); // in order already
    for (int i = 0; i < ITEMS; i++)
        items[i].key = -i;
    CHECK(sort_items(items, pointers, ITEMS).compared < ITEMS * 13);
    for (int i = 0; i < ITEMS; i++)
        items[i].key = i * 7919 % ITEMS;
    struct counts counts = sort_items(items, pointers, ITEMS);
    CHECK(counts.compared < ITEMS * 13);
    CHECK_EQ(counts.ticks, counts.compared / 4096);
}

static int compare_at_random(const void *a, const void *b, void *ctx)
{
    (void)a, (void)b;
    return (int)rand_below(ctx, 3) - 1;
}

TEST(an_inconsistent_comparison_loses_nothing)
{
    static void *items[1000], *scratch[1000];
    static char places[1000];
    struct rand r;
    rand_init(&r, 11);
    memset(places, 0, sizeof places);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = &places[i];
    sort_pointers(items, COUNT_OF(items), compare_at_random, &r, scratch, NULL);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        ++*(char *)items[i];
    for (size_t i = 0; i < COUNT_OF(items); i++)
        CHECK_EQ(places[i], 1);
}

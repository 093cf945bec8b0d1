/* pheap_test.c: base/pheap.h. */
#include "base/pheap.h"

#include "base/base.h"
#include "base/rand.h"
#include "tests/unit/test.h"

TEST(the_least_key_comes_out_first)
{
    struct pheap h;
    struct pheap_node n[5];
    static const uint64_t keys[] = {5, 1, UINT64_MAX, 0, 3};
    pheap_init(&h);
    CHECK(pheap_is_empty(&h));
    CHECK(pheap_pop_min(&h) == NULL);
    for (size_t i = 0; i < 5; i++) {
        pheap_node_init(&n[i]);
        CHECK(!pheap_has(&n[i]));
        pheap_push(&h, &n[i], keys[i]);
        CHECK(pheap_has(&n[i]));
    }
    static const size_t order[] = {3, 1, 4, 0, 2};
    for (size_t i = 0; i < 5; i++) {
        CHECK(pheap_min(&h) == &n[order[i]]);
        CHECK(pheap_pop_min(&h) == &n[order[i]]);
        CHECK(!pheap_has(&n[order[i]]));
    }
    CHECK(pheap_is_empty(&h));
}

TEST(equal_keys_come_out_in_the_order_pushed)
{
    struct pheap h;
    struct pheap_node n[100];
    pheap_init(&h);
    for (size_t i = 0; i < 100; i++) {
        pheap_node_init(&n[i]);
        pheap_push(&h, &n[i], i % 2);
    }
    for (size_t i = 0; i < 100; i += 2)
        CHECK(pheap_pop_min(&h) == &n[i]);
    for (size_t i = 1; i < 100; i += 2)
        CHECK(pheap_pop_min(&h) == &n[i]);
}

TEST(any_node_can_be_removed_at_any_time)
{
    enum { NODES = 200 };
    static struct pheap_node n[NODES];
    struct pheap h;
    struct rand r;
    size_t count = 0;
    pheap_init(&h);
    memset(n, 0, sizeof n);
    rand_init(&r, 8);
    for (int round = 0; round < 40000; round++) {
        struct pheap_node *any = &n[rand_below(&r, NODES)];
        if (pheap_has(any)) {
            pheap_remove(&h, any);
            count--;
            pheap_remove(&h, any); // does nothing
        } else if (rand_below(&r, 4)) {
            pheap_push(&h, any, rand_below(&r, 50));
            count++;
        } else {
            struct pheap_node *least = NULL;
            for (size_t i = 0; i < NODES; i++)
                if (pheap_has(&n[i]) &&
                    (!least || n[i].key < least->key ||
                     (n[i].key == least->key && n[i].order < least->order)))
                    least = &n[i];
            count -= least != NULL;
            if (!CHECK(pheap_pop_min(&h) == least))
                return;
        }
        if (!CHECK_EQ(h.count, count))
            return;
    }
}

TEST(a_large_heap_is_sorted_in_time_and_without_recursion)
{
    enum { NODES = 300000 };
    static struct pheap_node n[NODES];
    struct pheap h;
    struct rand r;
    pheap_init(&h);
    memset(n, 0, sizeof n);
    rand_init(&r, 9);
    for (size_t i = 0; i < NODES; i++)
        pheap_push(&h, &n[i], i < NODES / 2 ? i : rand_next(&r));
    uint64_t last = 0;
    for (size_t i = 0; i < NODES; i++) {
        struct pheap_node *min = pheap_pop_min(&h);
        if (!CHECK(min && min->key >= last))
            return;
        last = min->key;
    }
}

/* map_test.c: base/map.h. */
#include "base/map.h"

#include <errno.h>

#include "base/fmt.h"
#include "base/rand.h"
#include "tests/unit/test.h"

TEST(a_map_gives_what_was_set)
{
    struct map m = map_make(t->alloc);
    int a, b;
    void *old = &a;
    CHECK(map_find_str(&m, "x") == NULL);
    CHECK(map_remove(&m, span_of("x")) == NULL);
    CHECK_EQ(map_set(&m, span_of("x"), &a, &old), 0);
    CHECK(old == NULL);
    CHECK_EQ(map_set(&m, span_of(""), &b, NULL), 0);
    CHECK_EQ(map_set(&m, span_of("x"), &b, &old), 0);
    CHECK(old == &a);
    CHECK(map_find_str(&m, "x") == &b);
    CHECK(map_has(&m, span_make(NULL, 0)));
    CHECK_EQ(m.count, 2);
    CHECK(map_remove(&m, span_of("x")) == &b);
    CHECK(!map_has(&m, span_of("x")));
    map_fini(&m);
    CHECK_EQ(m.count, 0);
}

TEST(keys_are_copied_and_may_hold_nul)
{
    struct map m = map_make_seeded(t->alloc, 42);
    char key[3] = {'a', '\0', 'b'};
    struct map_entry *e = map_add_entry(&m, span_make(key, 3));
    CHECK(e->value == NULL);
    e->value = &m;
    key[2] = 'c';
    CHECK(map_find(&m, span_make("a\0b", 3)) == &m);
    CHECK(map_find(&m, span_make(key, 3)) == NULL);
    CHECK_EQ(e->key[3], '\0');
    CHECK(map_add_entry(&m, span_make("a\0b", 3)) == e);
    map_fini(&m);
}

TEST(a_walk_follows_the_order_of_insertion)
{
    struct map m = map_make(t->alloc);
    char key[16], want[16];
    for (int i = 0; i < 1000; i++) {
        fmt_to(key, sizeof key, "k%d", i);
        CHECK_EQ(map_set(&m, span_of(key), &m, NULL), 0);
    }
    for (int i = 0; i < 1000; i += 3) {
        fmt_to(key, sizeof key, "k%d", i);
        map_remove(&m, span_of(key));
    }
    CHECK_EQ(map_set(&m, span_of("k0"), &m, NULL), 0); // anew: it goes to the end

    int i = 1;
    struct map_entry *e;
    for (size_t at = 0; (e = map_next(&m, &at)) != NULL; i += i % 3 == 2 ? 2 : 1) {
        fmt_to(want, sizeof want, "k%d", i >= 1000 ? 0 : i);
        if (!CHECK_STR(e->key, want))
            break;
    }
    map_fini(&m);
}

TEST(entries_may_be_removed_during_a_walk)
{
    struct map m = map_make(t->alloc);
    for (char c = 'a'; c <= 'z'; c++)
        CHECK_EQ(map_set(&m, span_make(&c, 1), &m, NULL), 0);
    int seen = 0;
    struct map_entry *e;
    for (size_t at = 0; (e = map_next(&m, &at)) != NULL; seen++)
        map_remove(&m, map_entry_key(e));
    CHECK_EQ(seen, 26);
    CHECK_EQ(m.count, 0);
    map_fini(&m);
}

TEST(a_map_does_what_an_array_would)
{
    enum { KEYS = 300 };
    struct map m = map_make(t->alloc);
    struct rand r;
    void *model[KEYS] = {NULL};
    size_t count = 0;
    rand_init(&r, 6);
    for (int round = 0; round < 60000; round++) {
        char key[16];
        size_t i = rand_below(&r, KEYS);
        fmt_to(key, sizeof key, "%zu", i * 7919);
        if (rand_below(&r, 3)) {
            void *old, *value = &model[rand_below(&r, KEYS)];
            CHECK_EQ(map_set(&m, span_of(key), value, &old), 0);
            CHECK(old == model[i]);
            count += !model[i];
            model[i] = value;
        } else {
            CHECK(map_remove(&m, span_of(key)) == model[i]);
            count -= model[i] != NULL;
            model[i] = NULL;
        }
        i = rand_below(&r, KEYS);
        fmt_to(key, sizeof key, "%zu", i * 7919);
        if (!CHECK(map_find_str(&m, key) == model[i]) || !CHECK_EQ(m.count, count))
            break;
    }
    map_clear(&m);
    CHECK_EQ(m.count, 0);
    CHECK(!map_has(&m, span_of("0")));
    map_fini(&m);
}

TEST(one_key_put_in_and_out_takes_no_more_room)
{
    struct map m = map_make(t->alloc);
    for (int i = 0; i < 10000; i++) {
        CHECK_EQ(map_set(&m, span_of("key"), &m, NULL), 0);
        map_remove(&m, span_of("key"));
    }
    CHECK(m.cap <= 8);
    map_fini(&m);
}

TEST(a_map_without_memory_stays_as_it_was)
{
    struct map m = map_make(t->alloc);
    char key[16];
    size_t done = 0;
    for (size_t fail = 0; done < 40;) {
        fmt_to(key, sizeof key, "%zu", done);
        test_fail_alloc(t, fail);
        int err = map_set(&m, span_of(key), &m, NULL);
        CHECK_EQ(m.count, done + (err == 0));
        CHECK(map_has(&m, span_of(key)) == (err == 0));
        CHECK(err == 0 || err == -ENOMEM);
        done += err == 0;
        fail = err ? fail + 1 : 0;
    }
    test_fail_alloc(t, SIZE_MAX);
    map_fini(&m);
}

/* vec_test.c: base/vec.h. */
#include "base/vec.h"

#include <errno.h>

#include "base/rand.h"
#include "tests/unit/test.h"

TEST(a_vec_ends_in_null_once_it_has_held_something)
{
    struct vec v = vec_make(t->alloc);
    CHECK(vec_pop(&v) == NULL);
    vec_cut(&v, 0);
    CHECK(v.items == NULL);
    for (int i = 0; i < 100; i++) {
        CHECK_EQ(vec_push(&v, &v), 0);
        CHECK(v.items[v.len] == NULL);
    }
    CHECK(vec_pop(&v) == &v);
    vec_cut(&v, 10);
    CHECK_EQ(v.len, 10);
    CHECK(v.items[10] == NULL);
    vec_fini(&v);
}

TEST(a_vec_does_what_an_array_would)
{
    char marks[8];
    void *model[1000];
    size_t len = 0;
    struct vec v = vec_make(t->alloc);
    struct rand r;
    rand_init(&r, 7);
    for (int round = 0; round < 5000; round++) {
        size_t at = rand_below(&r, len + 1);
        void *item = &marks[rand_below(&r, sizeof marks)];
        if (len < 1000 && rand_below(&r, 5) < 3) {
            CHECK_EQ(vec_insert(&v, at, item), 0);
            memmove(model + at + 1, model + at, (len++ - at) * sizeof *model);
            model[at] = item;
        } else if (at < len) {
            CHECK(vec_remove(&v, at) == model[at]);
            memmove(model + at, model + at + 1, (--len - at) * sizeof *model);
        }
        CHECK_EQ(v.len, len);
        if (len && !CHECK_MEM(v.items, model, len * sizeof *model))
            break;
        CHECK(!v.items || v.items[len] == NULL);
    }
    vec_fini(&v);
}

TEST(taken_items_are_the_callers)
{
    struct vec v = vec_make(t->alloc);
    size_t cap;
    void **items = vec_take(&v, &cap);
    CHECK(items && items[0] == NULL);
    t->alloc->resize(t->alloc, items, cap * sizeof *items, 0);
    CHECK_EQ(vec_push(&v, &v), 0);
    items = vec_take(&v, &cap);
    CHECK(items[0] == &v && items[1] == NULL);
    CHECK_EQ(v.len, 0);
    t->alloc->resize(t->alloc, items, cap * sizeof *items, 0);
}

TEST(a_vec_without_memory_stays_as_it_was)
{
    struct vec v = vec_make(t->alloc);
    test_fail_alloc(t, 0);
    CHECK_EQ(vec_push(&v, &v), -ENOMEM);
    CHECK_EQ(v.len, 0);
    CHECK_EQ(vec_reserve(&v, SIZE_MAX / 2), -ENOMEM);
    CHECK_EQ(vec_push(&v, &v), 0);
    vec_fini(&v);
}

TEST(a_string_list_is_an_argv)
{
    struct strlist l = strlist_make(t->alloc);
    CHECK(strlist_argv(&l)[0] == NULL);
    char word[] = "echo";
    CHECK_EQ(strlist_add_str(&l, word), 0);
    word[0] = 'x';
    CHECK_EQ(strlist_add(&l, span_make("a\0b", 3)), 0);
    CHECK_EQ(strlist_insert(&l, 1, span_make("-nx", 2)), 0);
    CHECK_EQ(strlist_add(&l, span_make(NULL, 0)), 0);
    char **argv = strlist_argv(&l);
    CHECK_STR(argv[0], "echo");
    CHECK_STR(argv[1], "-n");
    CHECK_STR(argv[2], "a"); // up to its NUL
    CHECK_STR(argv[3], "");
    CHECK(argv[4] == NULL);
    strlist_remove(&l, 1);
    CHECK_STR(strlist_at(&l, 1), "a");
    CHECK_EQ(strlist_len(&l), 3);
    strlist_clear(&l);
    CHECK(strlist_argv(&l)[0] == NULL);
    strlist_fini(&l);
}

TEST(a_string_list_takes_a_block)
{
    struct strlist l = strlist_make(t->alloc);
    char *text = t->alloc->resize(t->alloc, NULL, 0, 4);
    memcpy(text, "abc", 4);
    CHECK_EQ(strlist_add_taken(&l, text), 0);
    CHECK(strlist_at(&l, 0) == text);
    for (size_t fail = 0; fail < 2; fail++) {
        test_fail_alloc(t, 0);
        CHECK_EQ(strlist_add_str(&l, "more"), -ENOMEM);
    }
    CHECK_EQ(strlist_len(&l), 1);
    strlist_fini(&l);
}

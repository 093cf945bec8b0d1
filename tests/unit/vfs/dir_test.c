/* dir_test.c: vfs/dir.h: names, cookies of listings, copies, the end of memory. */
#include "vfs/dir.h"

#include <errno.h>

#include "base/fmt.h"
#include "base/rand.h"
#include "tests/unit/test.h"

enum { MANY = 500 };

static struct span name_of(int i)
{
    static char text[DIR_NAME_MAX + 1];
    // of all lengths up to the longest, which are compared in different ways
    int len = fmt_to(text, sizeof text, "%d", i) + i % 40;
    if (i % 50 == 0)
        len = DIR_NAME_MAX;
    for (int at = (int)strlen(text); at < len; at++)
        text[at] = 'x';
    return (struct span){text, (size_t)len};
}

TEST(dir_without_entries_is_null_by_itself)
{
    CHECK(!dir_find(NULL, span_of("x")));
    CHECK(!dir_next(NULL, 0));
    CHECK(!dir_find_inode(NULL, 5));
    CHECK_EQ(dir_count(NULL), 0);
    dir_put(NULL);
    struct dir *d = NULL;
    CHECK_EQ(dir_add(&d, t->alloc, span_of("x"), 5, 8), 0);
    CHECK(!dir_find(d, (struct span){"x", 0}));
    CHECK(!dir_find(d, span_of("xx")));
    dir_put(d);
}

/* Adds and removes at random, against an array that says what is there. */
TEST(dir_finds_what_is_there_and_nothing_else_by_itself)
{
    struct dir *d = NULL;
    struct rand r;
    uint64_t there[MANY] = {0}, ino = 100;
    rand_init(&r, 7);
    uint32_t count = 0;
    for (int step = 0; step < 20000; step++) {
        int i = (int)rand_below(&r, step % 4000 < 2000 ? MANY : 20);
        const struct dir_entry *e = dir_find(d, name_of(i));
        CHECK_EQ(e ? e->ino : 0, there[i]);
        if (!there[i]) {
            CHECK_EQ(dir_add(&d, t->alloc, name_of(i), ++ino, 4), 0);
            there[i] = ino;
            count++;
        } else if (rand_below(&r, 4) == 0) {
            CHECK_EQ(dir_change(&d, t->alloc, name_of(i), ++ino, 8), 0);
            there[i] = ino;
            CHECK_EQ(dir_find(d, name_of(i))->type, 8);
        } else {
            CHECK_EQ(dir_remove(&d, t->alloc, name_of(i)), 0);
            there[i] = 0;
            count--;
        }
        CHECK_EQ(dir_count(d), count);
    }
    for (int i = 0; i < MANY; i++)
        if (there[i]) {
            const struct dir_entry *e = dir_find_inode(d, there[i]);
            CHECK(e && span_eq(dir_name(d, e), name_of(i)));
        }
    CHECK(!dir_find_inode(d, ino + 1));
    dir_put(d);
}

TEST(dir_listing_goes_on_behind_its_cookie_whatever_comes_and_goes_by_itself)
{
    struct dir *d = NULL;
    int seen[MANY] = {0};
    for (int i = 0; i < 100; i++)
        CHECK_EQ(dir_add(&d, t->alloc, name_of(i), (uint64_t)i + 1, 8), 0);
    uint64_t cookie = 0, last = 0;
    const struct dir_entry *e;
    for (int step = 0; (e = dir_next(d, cookie)) && step < MANY; step++) {
        CHECK(e->seq > cookie);
        cookie = e->seq;
        seen[e->ino - 1]++;
        if (step == 0)
            CHECK_EQ(cookie, 1);
        if (step < 50) { // the odd ones go; new ones grow the block
            CHECK_EQ(dir_remove(&d, t->alloc, name_of(step * 2 + 1)), 0);
            CHECK_EQ(dir_add(&d, t->alloc, name_of(100 + step), 101 + (uint64_t)step, 8),
                     0);
        }
        last = cookie;
    }
    for (int i = 0; i < 100; i += 2)
        CHECK_EQ(seen[i], 1); // those that were there all the time
    for (int i = 1; i < 150; i++)
        CHECK(seen[i] <= 1);
    CHECK(!dir_next(d, last));
    dir_put(d);
}

TEST(dir_numbers_are_not_used_again_by_itself)
{
    struct dir *d = NULL;
    CHECK_EQ(dir_add(&d, t->alloc, span_of("a"), 1, 8), 0);
    CHECK_EQ(dir_add(&d, t->alloc, span_of("b"), 2, 8), 0);
    CHECK_EQ(dir_remove(&d, t->alloc, span_of("b")), 0);
    CHECK_EQ(dir_add(&d, t->alloc, span_of("b"), 3, 8), 0);
    CHECK_EQ(dir_find(d, span_of("b"))->seq, 3);
    CHECK_EQ(dir_change(&d, t->alloc, span_of("b"), 4, 8), 0);
    CHECK_EQ(dir_find(d, span_of("b"))->seq, 3); // it is the same name
    dir_put(d);
}

TEST(dir_copies_are_independent_by_itself)
{
    struct dir *a = NULL, *b, *c;
    for (int i = 0; i < 20; i++)
        CHECK_EQ(dir_add(&a, t->alloc, name_of(i), (uint64_t)i + 1, 8), 0);
    b = a;
    dir_share(b);
    c = a;
    dir_share(c);
    size_t bytes = test_alloc_bytes(t);
    CHECK_EQ(dir_remove(&b, t->alloc, name_of(3)), 0);
    CHECK(b != a && test_alloc_bytes(t) > bytes);
    CHECK_EQ(dir_change(&c, t->alloc, name_of(4), 99, 4), 0);
    CHECK_EQ(dir_add(&a, t->alloc, name_of(77), 78, 8), 0);
    CHECK_EQ(dir_count(a), 21);
    CHECK_EQ(dir_count(b), 19);
    CHECK_EQ(dir_count(c), 20);
    CHECK(!dir_find(b, name_of(3)) && dir_find(a, name_of(3)) && dir_find(c, name_of(3)));
    CHECK_EQ(dir_find(a, name_of(4))->ino, 5);
    CHECK_EQ(dir_find(b, name_of(4))->ino, 5);
    CHECK_EQ(dir_find(c, name_of(4))->ino, 99);
    dir_put(a);
    CHECK_EQ(dir_find(b, name_of(19))->ino, 20);
    dir_put(b);
    dir_put(c);
}

TEST(dir_that_is_prepared_cannot_fail_by_itself)
{
    for (int count = 0; count < 40; count++) {
        struct dir *d = NULL, *shared;
        for (int i = 0; i < count; i++)
            CHECK_EQ(dir_add(&d, t->alloc, name_of(i), (uint64_t)i + 1, 8), 0);
        shared = d;
        if (shared)
            dir_share(shared);
        CHECK_EQ(dir_prepare(&d, t->alloc, DIR_NAME_MAX), 0);
        test_fail_alloc(t, 0);
        CHECK_EQ(dir_add(&d, t->alloc, name_of(50), 51, 8), 0); // the longest name
        for (int i = 0; i < count; i++)
            CHECK_EQ(i % 2 ? dir_remove(&d, t->alloc, name_of(i))
                           : dir_change(&d, t->alloc, name_of(i), 5, 4),
                     0);
        test_fail_alloc(t, SIZE_MAX / 2);
        CHECK_EQ(dir_count(shared), count);
        dir_put(d);
        dir_put(shared);
    }
}

TEST(dir_without_memory_stays_as_it_was_by_itself)
{
    struct dir *d = NULL;
    test_fail_alloc(t, 0);
    CHECK_EQ(dir_add(&d, t->alloc, span_of("x"), 1, 8), -ENOSPC);
    CHECK(!d);
    CHECK_EQ(dir_add(&d, t->alloc, span_of("x"), 1, 8), 0);
    struct dir *shared = d;
    dir_share(shared);
    test_fail_alloc(t, 0);
    CHECK_EQ(dir_remove(&d, t->alloc, span_of("x")), -ENOSPC);
    test_fail_alloc(t, 0);
    CHECK_EQ(dir_change(&d, t->alloc, span_of("x"), 2, 4), -ENOSPC);
    test_fail_alloc(t, 0);
    CHECK_EQ(dir_add(&d, t->alloc, span_of("y"), 2, 4), -ENOSPC);
    CHECK(d == shared);
    CHECK_EQ(dir_find(d, span_of("x"))->ino, 1);
    CHECK_EQ(dir_count(d), 1);
    dir_put(shared);
    dir_put(d);
}

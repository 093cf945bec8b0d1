/* inode_test.c: vfs/inode.h: numbers, forks of the table, limits, the end of memory. */
#include "vfs/inode.h"

#include "kernel/limits.h"
#include "sys.h"
#include "tests/unit/test.h"

static struct inode_table table_make(struct test *t, struct limits *limits)
{
    struct inode_table table;
    inode_table_init(&table, &(struct content_owner){t->alloc, limits});
    return table;
}

/* A regular file of the given text. */
static uint64_t table_add(struct inode_table *table, const char *text)
{
    uint64_t ino = 0;
    struct inode *i = inode_table_add(table, &ino);
    if (!CHECK(i))
        return 0;
    i->mode = SYS_IFREG | 0644;
    CHECK_EQ(content_write(&i->u.content, &table->owner, text, strlen(text), 0),
             strlen(text));
    return ino;
}

static bool table_has(const struct inode_table *table, uint64_t ino, const char *text)
{
    char buf[300];
    const struct inode *i = inode_table_find(table, ino);
    return i && content_read(&i->u.content, buf, sizeof buf, 0) == strlen(text) &&
           memcmp(buf, text, strlen(text)) == 0;
}

TEST(inode_numbers_are_found_and_never_come_again_by_itself)
{
    struct inode_table table = table_make(t, NULL);
    uint64_t first = table_add(&table, "first"), second = table_add(&table, "second");
    CHECK_EQ(first, INODE_ROOT);
    CHECK(table_has(&table, first, "first") && table_has(&table, second, "second"));
    CHECK(!inode_table_find(&table, 0));
    CHECK(!inode_table_find(&table, 1));
    CHECK(!inode_table_find(&table, second + 1));
    CHECK(!inode_table_find(&table, UINT64_MAX));
    uint64_t old = second;
    for (int i = 0; i < 5; i++) { // the slot is used again, the number is not
        inode_table_remove(&table, second);
        CHECK(!inode_table_find(&table, second));
        second = table_add(&table, "again");
        CHECK(second != old && (uint32_t)second == (uint32_t)old);
        CHECK(!inode_table_find(&table, old));
    }
    inode_table_fini(&table);
}

TEST(inode_tables_that_are_forks_change_apart_by_itself)
{
    static const char long_text[200] =
        "a text that is longer than what is kept in the record itself";
    struct inode_table a = table_make(t, NULL), b = table_make(t, NULL);
    uint64_t inos[100];
    for (int i = 0; i < 100; i++)
        inos[i] = table_add(&a, i % 2 ? long_text : "short");
    size_t blocks = test_alloc_blocks(t);
    CHECK_EQ(inode_table_fork(&b, &a), 0);
    CHECK_EQ(test_alloc_blocks(t), blocks + 1); // the array of pages only
    CHECK(inode_table_find(&a, inos[50]) == inode_table_find(&b, inos[50]));

    struct inode *i = inode_table_own(&b, inos[51]);
    CHECK(i == inode_table_find(&b, inos[51]));
    CHECK(i != inode_table_find(&a, inos[51]));
    CHECK_EQ(content_write(&i->u.content, &b.owner, "A", 1, 0), 1);
    CHECK_EQ(content_truncate(&i->u.content, &b.owner, 6), 0);
    CHECK(table_has(&b, inos[51], "A text"));
    CHECK(table_has(&a, inos[51], long_text));
    CHECK(inode_table_own(&b, inos[52])); // of the same page: it is private by now
    inode_table_remove(&b, inos[52]);
    CHECK(!inode_table_find(&b, inos[52]) && table_has(&a, inos[52], "short"));

    uint64_t new_b = table_add(&b, "new"), new_a = table_add(&a, "newer");
    CHECK(table_has(&b, new_b, "new") && table_has(&a, new_a, "newer"));
    inode_table_fini(&a);
    CHECK(table_has(&b, inos[99], long_text)); // what b has outlives a
    inode_table_fini(&b);
}

TEST(inode_forks_charge_only_what_they_add_by_itself)
{
    struct limits limits;
    limits_init(&limits);
    struct inode_table image = table_make(t, NULL), own = table_make(t, &limits);
    uint64_t old = table_add(&image, "old"), ino;
    CHECK_EQ(inode_table_fork(&own, &image), 0);
    atomic_store(&limits.value[LIMIT_FS_FILES], 2);
    uint64_t first = table_add(&own, "1");
    table_add(&own, "2");
    CHECK(!inode_table_add(&own, &ino)); // the limit
    CHECK_EQ(atomic_load(&limits.used[LIMIT_FS_FILES]), 2);
    CHECK(inode_table_own(&own, old));
    inode_table_remove(&own, old); // it was not charged, so nothing is given back
    CHECK_EQ(atomic_load(&limits.used[LIMIT_FS_FILES]), 2);
    inode_table_remove(&own, first);
    CHECK_EQ(atomic_load(&limits.used[LIMIT_FS_FILES]), 1);
    table_add(&own, "3");
    CHECK(table_has(&image, old, "old"));
    inode_table_fini(&own);
    inode_table_fini(&image);
}

TEST(inode_table_without_memory_stays_as_it_was_by_itself)
{
    struct limits limits;
    limits_init(&limits);
    struct inode_table a = table_make(t, NULL), b = table_make(t, &limits);
    uint64_t ino, f = table_add(&a, "text");
    test_fail_alloc(t, 0);
    CHECK(inode_table_fork(&b, &a) != 0);
    CHECK_EQ(b.page_count, 0);
    CHECK_EQ(inode_table_fork(&b, &a), 0);
    test_fail_alloc(t, 0);
    CHECK(!inode_table_own(&b, f));
    CHECK(table_has(&b, f, "text"));
    test_fail_alloc(t, 0);
    CHECK(!inode_table_add(&b, &ino));
    CHECK_EQ(atomic_load(&limits.used[LIMIT_FS_FILES]), 0);
    CHECK(inode_table_own(&b, f));
    inode_table_fini(&a);
    CHECK(table_has(&b, f, "text"));
    inode_table_fini(&b);
}

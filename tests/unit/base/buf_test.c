/* buf_test.c: base/buf.h. */
#include "base/buf.h"
#include "tests/unit/test.h"

TEST(an_empty_buffer_is_an_empty_string_without_memory)
{
    struct buf b = buf_make(t->alloc);
    CHECK_STR(buf_str(&b), "");
    CHECK_EQ(buf_span(&b).len, 0);
    buf_add(&b, NULL, 0);
    buf_clear(&b);
    CHECK(b.data == NULL);
    buf_fini(&b);
}

TEST(a_buffer_is_a_c_string_after_every_addition)
{
    struct buf b = buf_make(t->alloc);
    char want[301] = "";
    for (int i = 0; i < 300; i++) {
        buf_add_char(&b, (char)('a' + i % 26));
        want[i] = (char)('a' + i % 26);
        CHECK_STR(buf_str(&b), want);
    }
    buf_cut(&b, 3);
    CHECK_STR(buf_str(&b), "abc");
    buf_add_repeated(&b, '-', 3);
    buf_add_str(&b, "end");
    buf_add_repeated(&b, 'x', 0);
    CHECK_STR(buf_str(&b), "abc---end");
    buf_fini(&b);
    CHECK_EQ(b.len, 0);
}

TEST(bytes_are_inserted_at_either_end_and_between)
{
    struct buf b = buf_make(t->alloc);
    buf_insert(&b, 0, "bd", 2);
    buf_insert(&b, 1, "c", 1);
    buf_insert(&b, 0, "a", 1);
    buf_insert(&b, 4, "e", 1);
    buf_insert(&b, 4, "", 0);
    CHECK_STR(buf_str(&b), "abcde");
    buf_fini(&b);
}

TEST(room_is_given_for_what_is_written_later)
{
    struct buf b = buf_make(t->alloc);
    char *to = buf_room(&b, 1000);
    memset(to, 'x', 1000);
    CHECK_EQ(b.len, 0);
    buf_grew(&b, 1000);
    CHECK_EQ(strlen(buf_str(&b)), 1000);
    buf_fini(&b);
}

TEST(taken_bytes_are_a_block_of_their_length_and_a_nul)
{
    struct buf b = buf_make(t->alloc);
    char *empty = buf_take(&b);
    CHECK_STR(empty, "");
    buf_add_repeated(&b, 'y', 77);
    char *taken = buf_take(&b);
    CHECK_EQ(strlen(taken), 77);
    CHECK_EQ(b.len, 0);
    t->alloc->resize(t->alloc, empty, 1, 0);
    t->alloc->resize(t->alloc, taken, 78, 0);
}

TEST(a_failed_addition_changes_nothing_and_is_remembered)
{
    struct buf b = buf_make(t->alloc);
    buf_add_str(&b, "kept");
    test_fail_alloc(t, 0);
    buf_add_repeated(&b, 'x', 1000);
    CHECK(b.failed);
    CHECK_STR(buf_str(&b), "kept");
    buf_add_repeated(&b, 'x', 1000);
    CHECK_EQ(b.len, 1004);
    CHECK(b.failed);
    CHECK(buf_room(&b, SIZE_MAX) == NULL);
    CHECK(buf_room(&b, SIZE_MAX / 2) == NULL);
    buf_fini(&b);
    CHECK(!b.failed);
}

TEST(formatted_text_is_added)
{
    struct buf b = buf_make(t->alloc);
    buf_addf(&b, "%s-%d", "a", 7);
    buf_addf(&b, "%.*s", 2, "xyz");
    CHECK_STR(buf_str(&b), "a-7xy");
    buf_fini(&b);
}

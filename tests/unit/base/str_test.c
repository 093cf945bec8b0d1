/* str_test.c: base/str.h. */
#include "base/str.h"
#include "base/rand.h"
#include "tests/unit/test.h"

TEST(prefix_and_suffix_are_found_in_strings)
{
    CHECK(str_starts("shoal", "sh"));
    CHECK(str_starts("shoal", ""));
    CHECK(!str_starts("sh", "shoal"));
    CHECK(str_ends("shoal", "oal"));
    CHECK(!str_ends("oal", "shoal"));
    CHECK(str_ends("", ""));
}

TEST(spans_compare_as_unsigned_bytes_and_the_prefix_is_first)
{
    CHECK(span_cmp(span_of("a"), span_of("b")) < 0);
    CHECK(span_cmp(span_of("\xff"), span_of("a")) > 0);
    CHECK(span_cmp(span_of("ab"), span_of("a")) > 0);
    CHECK_EQ(span_cmp(span_make(NULL, 0), span_of("")), 0);
    CHECK(span_eq(span_make("a\0b", 3), span_make("a\0b", 3)));
    CHECK(!span_eq(span_make("a\0b", 3), span_make("a\0c", 3)));
}

TEST(a_span_from_past_its_end_is_empty)
{
    CHECK_EQ(span_from(span_of("abc"), 1).len, 2);
    CHECK_EQ(span_from(span_of("abc"), 9).len, 0);
    CHECK_EQ(span_from(span_make(NULL, 0), 1).len, 0);
}

TEST(a_byte_is_found_first_and_last_or_the_length_is_given)
{
    CHECK_EQ(span_find(span_of("a/b/c"), '/'), 1);
    CHECK_EQ(span_find_last(span_of("a/b/c"), '/'), 3);
    CHECK_EQ(span_find(span_of("abc"), '/'), 3);
    CHECK_EQ(span_find_last(span_of("abc"), '/'), 3);
    CHECK_EQ(span_find(span_make("a\0b", 3), '\0'), 1);
}

TEST(a_part_is_found_at_its_first_place)
{
    CHECK_EQ(span_find_span(span_of("hello world"), span_of("o w")), 4);
    CHECK_EQ(span_find_span(span_of("hello"), span_of("")), 0);
    CHECK_EQ(span_find_span(span_of("hello"), span_of("hello!")), 5);
    CHECK_EQ(span_find_span(span_of("aaab"), span_of("aab")), 1);
    CHECK_EQ(span_find_span(span_of("aaaa"), span_of("b")), 4);
}

static size_t naive_find(struct span text, struct span part)
{
    for (size_t at = 0; at + part.len <= text.len; at++)
        if (memcmp(text.ptr + at, part.ptr, part.len) == 0)
            return at;
    return text.len;
}

TEST(a_part_is_found_where_a_naive_search_finds_it)
{
    struct rand r;
    char text[400], part[24];
    rand_init(&r, 1);
    for (int round = 0; round < 20000; round++) {
        size_t len = rand_below(&r, sizeof text),
               part_len = 1 + rand_below(&r, sizeof part);
        char letters = (char)(1 + rand_below(&r, 3)); // few letters: many near hits
        for (size_t i = 0; i < len; i++)
            text[i] = (char)('a' + rand_below(&r, letters));
        for (size_t i = 0; i < part_len; i++)
            part[i] = (char)('a' + rand_below(&r, letters));
        if (part_len < len && rand_below(&r, 2)) // often from the text itself
            memcpy(part, text + rand_below(&r, len - part_len), part_len);
        struct span t1 = span_make(text, len), p = span_make(part, part_len);
        if (!CHECK_EQ(span_find_span(t1, p), naive_find(t1, p)))
            return;
    }
}

TEST(searching_a_repetitive_text_is_linear)
{
    static char text[1 << 20], part[1 << 19];
    memset(text, 'a', sizeof text);
    memset(part, 'a', sizeof part);
    part[sizeof part / 2] = 'b'; // a naive search would take 10^11 steps
    CHECK_EQ(span_find_span(span_make(text, sizeof text), span_make(part, sizeof part)),
             sizeof text);
}

TEST(character_classes_are_those_of_the_c_locale)
{
    CHECK(char_is_space('\v') && !char_is_space(0xa0));
    CHECK(!char_is_alpha((char)0xe9) && !char_is_alpha(0xe9));
    CHECK(char_is_name('_') && !char_is_name('-'));
    CHECK_EQ(char_upper('z'), 'Z');
    CHECK_EQ(char_lower('Z'), 'z');
    CHECK_EQ(char_upper(0xe9), 0xe9);
    CHECK_EQ(char_hex('f'), 15);
    CHECK_EQ(char_hex('A'), 10);
    CHECK_EQ(char_hex('g'), -1);
    int classes[3] = {0};
    for (int c = 0; c < 128; c++) {
        classes[0] += char_is_print(c);
        classes[1] += char_is_cntrl(c);
        classes[2] += char_is_punct(c);
    }
    CHECK_EQ(classes[0], 95);
    CHECK_EQ(classes[1], 33);
    CHECK_EQ(classes[2], 32);
}

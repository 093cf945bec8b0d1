/* utf8_test.c: base/utf8.h. */
#include "base/utf8.h"

#include "base/rand.h"
#include "tests/unit/test.h"

TEST(every_character_is_encoded_and_decoded_back)
{
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char bytes[6];
        uint32_t back = 0;
        int len = utf8_encode(bytes, c);
        bool valid = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (!CHECK_EQ(len, !valid        ? 0
                           : c < 0x80    ? 1
                           : c < 0x800   ? 2
                           : c < 0x10000 ? 3
                                         : 4))
            return;
        if (valid && !CHECK(utf8_decode(bytes, (size_t)len, &back) == len && back == c))
            return;
        for (int cut = 0; valid && cut < len; cut++)
            if (!CHECK_EQ(utf8_decode(bytes, (size_t)cut, &back), 0))
                return;
        if (!valid) {
            len = utf8_encode_any(bytes, c);
            if (!CHECK_EQ(utf8_decode(bytes, (size_t)len, &back), -1))
                return;
        }
    }
}

TEST(invalid_bytes_are_refused)
{
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3(",
        "\xe2\x82(",
        "\xf0\x9f\x98(",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        uint32_t c = 7;
        CHECK_EQ(utf8_decode(bad[i], strlen(bad[i]), &c), -1);
        CHECK_EQ(c, 7);
        CHECK(!utf8_is_valid(span_of(bad[i])));
    }
}

TEST(numbers_above_unicode_are_written_as_bash_does)
{
    char bytes[6];
    CHECK_EQ(utf8_encode_any(bytes, 0x7fffffff), 6);
    CHECK_MEM(bytes, "\xfd\xbf\xbf\xbf\xbf\xbf", 6);
    CHECK_EQ(utf8_encode_any(bytes, 0xd800), 3);
    CHECK_MEM(bytes, "\xed\xa0\x80", 3);
    CHECK_EQ(utf8_encode_any(bytes, 0x200000), 5);
    CHECK_EQ(utf8_encode_any(bytes, 0x80000000), 0);
}

TEST(an_invalid_byte_counts_as_one_character)
{
    CHECK_EQ(utf8_count(span_of("")), 0);
    CHECK_EQ(utf8_count(span_of("h\u00e9llo")), 5);
    CHECK_EQ(utf8_count(span_of("\xff\xfe"
                                "a")),
             3);
    CHECK_EQ(utf8_count(span_of("\xe2\x82")), 2); // cut off
    CHECK_EQ(utf8_count(span_make("a\0\u20ac", 5)), 3);
}

TEST(a_character_number_has_a_byte_index)
{
    struct span s = span_of("a\u20acb\xff"
                            "c\U0001f600");
    static const size_t want[] = {0, 1, 4, 5, 6, 7, 11, 11};
    for (size_t i = 0; i < COUNT_OF(want); i++)
        CHECK_EQ(utf8_index(s, i), want[i]);
    CHECK_EQ(utf8_index(s, SIZE_MAX), s.len);
}

/* Random text of ASCII, characters and rubbish. */
static size_t make_text(struct rand *r, char *text, size_t cap)
{
    size_t len = 0, want = rand_below(r, cap - 8);
    while (len < want) {
        uint64_t kind = rand_below(r, 4);
        if (kind == 0)
            len += (size_t)utf8_encode(text + len, (uint32_t)rand_below(r, 0x110000));
        else if (kind == 1)
            text[len++] = (char)(0x80 + rand_below(r, 128));
        else
            for (uint64_t run = rand_below(r, 40); run > 0 && len < want; run--)
                text[len++] = (char)rand_below(r, 128);
    }
    return len;
}

TEST(steps_back_land_where_steps_forward_did)
{
    struct rand r;
    rand_init(&r, 5);
    for (int round = 0; round < 3000; round++) {
        char text[300];
        struct span s = span_make(text, make_text(&r, text, sizeof text));
        size_t stops[300], count = 0;
        for (size_t at = 0; at < s.len; at = utf8_next(s, at))
            stops[count++] = at;
        CHECK_EQ(utf8_count(s), count);
        size_t at = s.len;
        for (size_t i = count; i > 0; i--) {
            at = utf8_prev(s, at);
            if (!CHECK_EQ(at, stops[i - 1]) || !CHECK_EQ(utf8_index(s, i - 1), at))
                return;
        }
        CHECK_EQ(utf8_prev(s, 0), 0);
        CHECK_EQ(utf8_next(s, s.len), s.len);
    }
}

TEST(ascii_runs_end_at_the_first_high_byte)
{
    char text[100];
    for (size_t start = 0; start < 9; start++)
        for (size_t at = start; at <= sizeof text; at++) {
            memset(text, 'a', sizeof text);
            if (at < sizeof text)
                text[at] = (char)0x80;
            if (!CHECK_EQ(utf8_ascii_run(text + start, sizeof text - start), at - start))
                return;
        }
    CHECK_EQ(utf8_valid_run(span_of("ab\u00e9"
                                    "cd\xff"
                                    "e")),
             6);
}

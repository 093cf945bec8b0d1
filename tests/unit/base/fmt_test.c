/* fmt_test.c: base/fmt.h, beside the C library's snprintf. */
#include "base/fmt.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/rand.h"
#include "tests/unit/test.h"

static int format_into(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int err = fmt_v(b, format, args);
    va_end(args);
    return err;
}

/* A random integer conversion of a length, without its %. */
static void make_format(struct rand *r, char *format, const char *length)
{
    static const char *const flags[] = {"-", "0", "+", " ", "#"};
    format[0] = '%';
    format[1] = '\0';
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (rand_below(r, 4) == 0)
            strcat(format, flags[i]);
    if (rand_below(r, 2))
        strcat(format, (const char *[]){"1", "4", "12", "30"}[rand_below(r, 4)]);
    if (rand_below(r, 3) == 0)
        strcat(format, (const char *[]){".", ".0", ".1", ".7", ".25"}[rand_below(r, 5)]);
    strcat(format, length);
    strcat(format, (const char *[]){"d", "i", "u", "x", "X", "o"}[rand_below(r, 6)]);
}

static uint64_t some_number(struct rand *r)
{
    static const int64_t special[] = {0,       1,       -1,        9,        10,
                                      INT_MAX, INT_MIN, INT64_MAX, INT64_MIN};
    if (rand_below(r, 2))
        return (uint64_t)special[rand_below(r, COUNT_OF(special))];
    return rand_next(r) >> rand_below(r, 64);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
TEST(integers_are_formatted_as_by_the_c_library)
{
    struct rand r;
    rand_init(&r, 2);
    for (int round = 0; round < 50000; round++) {
        static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
        size_t length = rand_below(&r, COUNT_OF(lengths));
        char format[40], want[100], got[100];
        make_format(&r, format, lengths[length]);
        uint64_t n = some_number(&r);
        if (length < 3) {
            snprintf(want, sizeof want, format, (int)n);
            fmt_to(got, sizeof got, format, (int)n);
        } else {
            snprintf(want, sizeof want, format, n);
            fmt_to(got, sizeof got, format, n);
        }
        if (!CHECK_STR(got, want)) {
            CHECK_STR(format, "(the format)");
            return;
        }
    }
}

TEST(strings_and_characters_are_formatted_as_by_the_c_library)
{
    static const char *const formats[] = {
        "%s|%c",     "%10s|%3c", "%-10s|%-3c", "%.2s|%c",
        "%10.0s|%c", "a%%b%s%c", "%-.3s%c",    "%5%%s%c",
    };
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        char want[100], got[100];
        if (i < 7)
            snprintf(want, sizeof want, formats[i], "shoal", 'x');
        else
            strcpy(want, "%shoalx");
        fmt_to(got, sizeof got, formats[i], "shoal", 'x');
        CHECK_STR(got, want);
    }
}

TEST(an_unknown_conversion_is_copied)
{
    static const char *const formats[] = {"a%yb%", "%-5.3lQ!", "%", "%l"};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        char got[50];
        fmt_to(got, sizeof got, formats[i], 1);
        CHECK_STR(got, formats[i]);
    }
}
#pragma GCC diagnostic pop

TEST(widths_and_precisions_come_from_arguments)
{
    char got[50];
    fmt_to(got, sizeof got, "%*d|%-*d|%*d|%.*s|%.*s", 4, 7, 4, 7, -4, 7, 2, "abc", -1,
           "abc");
    CHECK_STR(got, "   7|7   |7   |ab|abc");
}

TEST(a_string_with_a_precision_needs_no_nul)
{
    char got[50], text[3] = {'a', 'b', 'c'};
    CHECK_EQ(fmt_to(got, sizeof got, "%.3s", text), 3);
    CHECK_STR(got, "abc");
}

TEST(a_pointer_is_hexadecimal)
{
    char got[50];
    fmt_to(got, sizeof got, "%p %p", (void *)0xabc, NULL);
    CHECK_STR(got, "0xabc 0x0");
}

TEST(what_does_not_fit_an_array_is_dropped)
{
    char got[6];
    CHECK_EQ(fmt_to(got, sizeof got, "%s%d", "abc", 123456), 5);
    CHECK_STR(got, "abc12");
    CHECK_EQ(fmt_to(got, sizeof got, "%1000000d", 1), 5);
    CHECK_STR(got, "     ");
    CHECK_EQ(fmt_to(got, 1, "abc"), 0);
    CHECK_STR(got, "");
    CHECK_EQ(fmt_to(NULL, 0, "abc"), 0);
}

TEST(a_buffer_that_cannot_grow_is_an_error)
{
    struct buf b = buf_make(t->alloc);
    CHECK_EQ(format_into(&b, "%d", 1), 0);
    test_fail_alloc(t, 0);
    CHECK_EQ(format_into(&b, "%100d", 1), -ENOMEM);
    CHECK(b.failed);
    CHECK_EQ(format_into(&b, "%d", 2), 0);
    CHECK_STR(buf_str(&b), "12");
    buf_fini(&b);
}

/* num_test.c: base/num.h, beside the C library. */
#include "base/num.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/rand.h"
#include "tests/unit/test.h"

TEST(a_number_ends_where_its_digits_do)
{
    int64_t n;
    const char *rest;
    CHECK_EQ(num_to_i64("  -42abc", &n, &rest), 0);
    CHECK_EQ(n, -42);
    CHECK_STR(rest, "abc");
    CHECK_EQ(num_to_i64("+7", &n, &rest), 0);
    CHECK_EQ(n, 7);
    CHECK_STR(rest, "");
    CHECK_EQ(num_to_i64("0x1f", &n, &rest), 0);
    CHECK_EQ(n, 0);
    CHECK_STR(rest, "x1f");
    CHECK_EQ(num_to_i64("12", &n, NULL), 0);
    CHECK_EQ(n, 12);
}

TEST(no_number_is_an_error_that_leaves_the_outputs_alone)
{
    static const char *const bad[] = {"", " ", "-", "+-1", "abc", "--1", "- 1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int64_t n = 99;
        const char *rest = "untouched";
        CHECK_EQ(num_to_i64(bad[i], &n, &rest), -EINVAL);
        CHECK_EQ(n, 99);
        CHECK_STR(rest, "untouched");
    }
    uint64_t u = 99;
    CHECK_EQ(num_to_u64("-1", &u, NULL), -EINVAL);
    CHECK_EQ(u, 99);
}

TEST(a_number_out_of_range_is_the_nearest_that_fits)
{
    int64_t n;
    uint64_t u;
    const char *rest;
    CHECK_EQ(num_to_i64("9223372036854775807", &n, NULL), 0);
    CHECK(n == INT64_MAX);
    CHECK_EQ(num_to_i64("9223372036854775808z", &n, &rest), -ERANGE);
    CHECK(n == INT64_MAX);
    CHECK_STR(rest, "z");
    CHECK_EQ(num_to_i64("-9223372036854775808", &n, NULL), 0);
    CHECK(n == INT64_MIN);
    CHECK_EQ(num_to_i64("-99999999999999999999999", &n, NULL), -ERANGE);
    CHECK(n == INT64_MIN);
    CHECK_EQ(num_to_u64("18446744073709551615", &u, NULL), 0);
    CHECK(u == UINT64_MAX);
    CHECK_EQ(num_to_u64("18446744073709551616", &u, NULL), -ERANGE);
    CHECK(u == UINT64_MAX);
}

TEST(a_base_sets_the_digits_and_the_prefix)
{
    int64_t n;
    uint64_t u;
    const char *rest;
    CHECK_EQ(num_to_i64_base("-0x1F", 0, &n, NULL), 0);
    CHECK_EQ(n, -31);
    CHECK_EQ(num_to_i64_base("017", 0, &n, NULL), 0);
    CHECK_EQ(n, 15);
    CHECK_EQ(num_to_i64_base("0xg", 16, &n, &rest), 0); // the 0 alone
    CHECK_EQ(n, 0);
    CHECK_STR(rest, "xg");
    CHECK_EQ(num_to_u64_base("ZZ", 36, &u, NULL), 0);
    CHECK_EQ(u, 1295);
    CHECK_EQ(num_to_u64_base("129", 2, &u, &rest), 0);
    CHECK_EQ(u, 1);
    CHECK_STR(rest, "29");
}

TEST(an_int_is_the_whole_text)
{
    int n = 5;
    CHECK_EQ(num_to_int("-12", &n), 0);
    CHECK_EQ(n, -12);
    CHECK_EQ(num_to_int("12 ", &n), -EINVAL);
    CHECK_EQ(num_to_int(" 12", &n), -EINVAL);
    CHECK_EQ(num_to_int("", &n), -EINVAL);
    CHECK_EQ(n, -12);
    CHECK_EQ(num_to_int("2147483648", &n), -ERANGE);
    CHECK_EQ(n, 2147483647);
    CHECK_EQ(num_to_int("99999999999999999999", &n), -ERANGE);
}

TEST(a_size_takes_the_suffixes_of_gnu)
{
    static const struct {
        const char *text;
        uint64_t want;
        const char *rest;
    } sizes[] = {
        {"10", 10, ""},       {"1b", 512, ""},
        {"2K", 2048, ""},     {"2k", 2048, ""},
        {"2kB", 2000, ""},    {"2KB", 2000, ""},
        {"2KiB", 2048, ""},   {"3M", 3145728, ""},
        {"3MB", 3000000, ""}, {"1G", 1073741824, ""},
        {"1x", 1, "x"},       {"1KX", 1024, "X"},
        {"1Ki", 1024, "i"},   {"K", 1024, ""},
        {"1m", 1048576, ""},  {"1E", UINT64_C(1) << 60, ""},
        {"0Y", 0, ""},
    };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint64_t n = 77;
        const char *rest = "";
        CHECK_EQ(num_to_size(sizes[i].text, &n, &rest), 0);
        CHECK(n == sizes[i].want);
        CHECK_STR(rest, sizes[i].rest);
    }
    uint64_t n;
    const char *rest;
    CHECK_EQ(num_to_size("16E", &n, NULL), -ERANGE);
    CHECK(n == UINT64_MAX);
    CHECK_EQ(num_to_size("", &n, NULL), -EINVAL);
    CHECK_EQ(num_to_size("-1", &n, NULL), -EINVAL);
    CHECK_EQ(num_to_size("x", &n, NULL), -EINVAL);
    CHECK_EQ(num_to_size_of("3w", "cw", &n, &rest), 0);
    CHECK_EQ(n, 6);
    CHECK_EQ(num_to_size_of("3KB", "K", &n, &rest), 0); // no 0: no B
    CHECK_STR(rest, "B");
}

TEST(integers_are_written_as_by_the_c_library)
{
    struct rand r;
    rand_init(&r, 3);
    for (int round = 0; round < 200000; round++) {
        char got[24], want[24];
        uint64_t u = rand_next(&r) >> rand_below(&r, 64);
        int64_t n = rand_below(&r, 2) ? (int64_t)u : (int64_t)(0 - u);
        size_t len = num_from_i64(got, n);
        if (round % 16 == 0) {
            CHECK_EQ(snprintf(want, sizeof want, "%" PRId64, n), len);
            if (!CHECK_STR(got, want))
                return;
        }
        int64_t back;
        CHECK(num_to_i64(got, &back, NULL) == 0 && back == n);
    }
}

TEST(the_extremes_and_the_powers_of_ten_are_written)
{
    char got[65];
    CHECK_EQ(num_from_i64(got, INT64_MIN), 20);
    CHECK_STR(got, "-9223372036854775808");
    CHECK_EQ(num_from_u64(got, UINT64_MAX), 20);
    CHECK_STR(got, "18446744073709551615");
    CHECK_EQ(num_from_i64(got, 0), 1);
    CHECK_STR(got, "0");
    uint64_t power = 1;
    for (size_t len = 1; len < 20; len++, power *= 10) {
        CHECK_EQ(num_from_u64(got, power), len);
        CHECK_EQ(num_from_u64(got, power - 1), len == 1 ? 1 : len - 1);
    }
    CHECK_EQ(num_from_u64_base(got, UINT64_MAX, 2), 64);
    CHECK_EQ(num_from_u64_base(got, 255, 16), 2);
    CHECK_STR(got, "ff");
    CHECK_EQ(num_from_u64_base(got, 0, 36), 1);
}

TEST(floating_point_is_read_as_by_strtod)
{
    double n = 0;
    const char *rest;
    CHECK_EQ(num_to_double(" 1.5e2x", &n, &rest), 0);
    CHECK(n == 150);
    CHECK_STR(rest, "x");
    CHECK_EQ(num_to_double("0x1p4", &n, NULL), 0);
    CHECK(n == 16);
    CHECK_EQ(num_to_double("-inf", &n, NULL), 0);
    CHECK(isinf(n) && n < 0);
    CHECK_EQ(num_to_double("nan", &n, NULL), 0);
    CHECK(isnan(n));
    CHECK_EQ(num_to_double("1e999", &n, NULL), 0);
    CHECK(isinf(n));
    CHECK_EQ(num_to_double("x", &n, NULL), -EINVAL);
    CHECK_EQ(num_to_double("", &n, NULL), -EINVAL);
    long double wide;
    CHECK_EQ(num_to_long_double("1e999", &wide, NULL), 0);
    CHECK_EQ(num_to_long_double("1e9999", &wide, NULL), -ERANGE);
    CHECK_EQ(num_to_long_double("0.1", &wide, &rest), 0);
    CHECK(wide == 0.1L);
}

/* The format that corresponds to the flags, for snprintf. */
static void make_format(char *format, unsigned flags, const char *rest)
{
    static const char letters[] = "-0+ #";
    *format++ = '%';
    for (int i = 0; i < 5; i++)
        if (flags & 1u << i)
            *format++ = letters[i];
    strcpy(format, rest);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
TEST(floating_point_is_written_as_by_the_c_library)
{
    static const double special[] = {0,        -0.0,      1,          -1,    0.5,
                                     1e22,     1e-5,      123456.789, 1e300, 1e-300,
                                     INFINITY, -INFINITY, NAN};
    static const int precisions[] = {-1, 0, 1, 6, 20, 400};
    static char want[2000];
    struct rand r;
    struct buf b = buf_make(t->alloc);
    rand_init(&r, 4);
    for (int round = 0; round < 20000; round++) {
        double n = special[rand_below(&r, COUNT_OF(special))];
        if (rand_below(&r, 2)) {
            uint64_t bits = rand_next(&r);
            memcpy(&n, &bits, sizeof n);
            if (isnan(n))
                n = 1;
        }
        unsigned flags = (unsigned)rand_below(&r, 32);
        int width = (int)(rand_below(&r, 2) * rand_below(&r, 60));
        int precision = precisions[rand_below(&r, COUNT_OF(precisions))];
        char conv = "eEfFgGaA"[rand_below(&r, 8)], rest[8] = "*.*", format[20];
        bool wide = rand_below(&r, 2);
        strcat(rest, wide ? "L" : "");
        strncat(rest, &conv, 1);
        make_format(format, flags, rest);
        buf_clear(&b);
        if (wide) {
            snprintf(want, sizeof want, format, width, precision, (long double)n);
            num_add_long_double(&b, conv, flags, width, precision, n);
        } else {
            snprintf(want, sizeof want, format, width, precision, n);
            num_add_double(&b, conv, flags, width, precision, n);
        }
        if (!CHECK_STR(buf_str(&b), want)) {
            CHECK_STR(format, "(the format)");
            break;
        }
    }
    buf_fini(&b);
}

TEST(a_huge_precision_is_filled_with_zeros)
{
    static const char convs[] = "feaEG";
    static char want[40000];
    struct buf b = buf_make(t->alloc);
    for (size_t i = 0; i < sizeof convs - 1; i++) {
        char rest[] = {'.', '*', 'L', convs[i], '\0'}, format[20];
        make_format(format, NUM_ALT, rest);
        snprintf(want, sizeof want, format, 30000, 0.1L);
        buf_clear(&b);
        num_add_long_double(&b, convs[i], NUM_ALT, 0, 30000, 0.1L);
        CHECK(strcmp(buf_str(&b), want) == 0);
    }
    buf_fini(&b);
}
#pragma GCC diagnostic pop

TEST(numbers_are_added_after_what_is_there)
{
    struct buf b = buf_make(t->alloc);
    buf_add_str(&b, "x=");
    num_add_double(&b, 'f', NUM_ZERO, 8, 2, -1.5);
    num_add_double(&b, 'g', 0, 6, -1, 2);
    num_add_double(&b, 'g', NUM_MINUS, 6, -1, 2);
    CHECK_STR(buf_str(&b), "x=-0001.50     22     ");
    void *locale;
    CHECK_EQ(num_enter_c_locale(&locale), 0);
    num_leave_c_locale(locale);
    buf_fini(&b);
}

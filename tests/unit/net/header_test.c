/* header_test.c: net/header.h. */
#include "net/header.h"

#include "tests/unit/test.h"

TEST(a_header_line_has_a_name_and_no_line_end)
{
    static const char *const fine[] = {"A: b", "A:b", "A:", "A;", "X-_.~!: \t\xff"};
    static const char *const wrong[] = {"",         "A",         ": b",      "A b: c",
                                        "A;b",      "A: b\r\nC", "A: b\nC:", "A: \x01",
                                        "A\r\n: b", "A: \x7f",   "A(: b",    " A: b"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        CHECK_EQ(header_check(fine[i]), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(header_check(wrong[i]) != 0);
}

TEST(a_header_may_have_no_value)
{
    CHECK(header_has_no_value("A:"));
    CHECK(header_has_no_value("A: \t"));
    CHECK(header_has_no_value("A;"));
    CHECK(!header_has_no_value("A: b"));
    CHECK(header_value_is("A:  Close ", "close"));
    CHECK(!header_value_is("A: closed", "close"));
}

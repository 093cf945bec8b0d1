/* httpdate_test.c: user/httpdate.h. */
#include "user/httpdate.h"

#include "base/buf.h"
#include "sys.h"
#include "tests/unit/test.h"

enum { MARCH_1 = 1677664800 }; // Wed, 01 Mar 2023 10:00:00 GMT

static void check_date(const char *text, int64_t want)
{
    int64_t seconds = -1;
    if (!CHECK(httpdate_parse(text, &seconds)) || !CHECK_EQ(seconds, want))
        CHECK_STR(text, "the case above");
}

TEST(a_date_is_read_in_each_of_its_forms)
{
    (void)t;
    check_date("Wed, 01 Mar 2023 10:00:00 GMT", MARCH_1);
    check_date("Wednesday, 01-Mar-23 10:00:00 GMT", MARCH_1);
    check_date("Wed Mar  1 10:00:00 2023", MARCH_1);
    check_date("1 Mar 2023 10:00:00", MARCH_1);
    check_date("Mar 1 2023 12:00 +0200", MARCH_1);
    check_date("10:00:00 2023 1 mar", MARCH_1);
    check_date("Wed, 01 Mar 2023 05:00:00 EST", MARCH_1);
    check_date("20230301", MARCH_1 - 36000);
    check_date("Thu, 01 Jan 1970 00:00:00 GMT", 0);
    check_date("Thu, 29 Feb 2024 23:59:59 GMT", 1709251199);
}

TEST(what_is_no_date_is_told)
{
    (void)t;
    static const char *const bad[] = {"", "soon", "01 Foo 2023", "10:00:00", "Mar 2023"};
    int64_t seconds;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!CHECK(!httpdate_parse(bad[i], &seconds)))
            CHECK_STR(bad[i], "the case above");
}

TEST(a_date_is_written_in_the_form_of_today)
{
    (void)t;
    struct buf b = buf_make(sys_heap());
    httpdate_add(&b, MARCH_1);
    CHECK_STR(buf_str(&b), "Wed, 01 Mar 2023 10:00:00 GMT");
    buf_clear(&b);
    httpdate_add(&b, 0);
    CHECK_STR(buf_str(&b), "Thu, 01 Jan 1970 00:00:00 GMT");
    buf_fini(&b);
}

TEST(what_is_written_is_read_back)
{
    (void)t;
    struct buf b = buf_make(sys_heap());
    for (int64_t s = 86399; s < INT64_C(4000000000); s += 7654321) {
        int64_t back = 0;
        buf_clear(&b);
        httpdate_add(&b, s);
        if (!CHECK(httpdate_parse(buf_str(&b), &back)) || !CHECK_EQ(back, s))
            break;
    }
    buf_fini(&b);
}

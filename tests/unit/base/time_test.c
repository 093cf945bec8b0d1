/* time_test.c: base/time.h. What date prints was printed by GNU date 9.1. */
#include "base/time.h"

#include <errno.h>
#include <time.h>

#include "base/buf.h"
#include "base/rand.h"
#include "tests/unit/test.h"

TEST(dates_are_those_of_the_c_library)
{
    struct rand r;
    rand_init(&r, 12);
    for (int round = 0; round < 100000; round++) {
        int64_t seconds = (int64_t)rand_next(&r) >> (9 + rand_below(&r, 40));
        struct time_parts p;
        struct tm want;
        time_split(seconds, &p);
        gmtime_r(&(time_t){seconds}, &want);
        bool same = p.year == want.tm_year + INT64_C(1900) &&
                    p.month == want.tm_mon + 1 && p.day == want.tm_mday &&
                    p.hour == want.tm_hour && p.minute == want.tm_min &&
                    p.second == want.tm_sec && p.weekday == want.tm_wday &&
                    p.yearday == want.tm_yday + 1;
        int64_t back = 0, iso_year, week;
        char text[40];
        CHECK_EQ(time_join(&p, &back), 0);
        week = time_iso_week(&p, &iso_year);
        strftime(text, sizeof text, "%G %V", &want);
        if (!CHECK(same) || !CHECK(back == seconds) ||
            !CHECK_EQ(week,
                      (text[strlen(text) - 2] - '0') * 10 + text[strlen(text) - 1] - '0'))
            return;
    }
}

TEST(every_number_of_seconds_is_a_date_and_back)
{
    static const int64_t seconds[] = {0,     -1,   INT64_MAX, INT64_MIN, INT64_MIN + 1,
                                      86399, 86400};
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        struct time_parts p;
        int64_t back = 5;
        time_split(seconds[i], &p);
        CHECK_EQ(time_join(&p, &back), 0);
        CHECK(back == seconds[i]);
    }
}

TEST(parts_out_of_their_range_are_carried)
{
    int64_t seconds, want;
    struct time_parts p = {
        .year = 2024, .month = 14, .day = 0, .hour = 25, .minute = -1, .second = 61};
    struct time_parts same = {
        .year = 2025, .month = 2, .day = 1, .hour = 1, .minute = 0, .second = 1};
    CHECK_EQ(time_join(&p, &seconds), 0);
    CHECK_EQ(time_join(&same, &want), 0);
    CHECK_EQ(seconds, want);
    p = (struct time_parts){.year = 2024, .month = -10, .day = 1};
    same = (struct time_parts){.year = 2023, .month = 2, .day = 1};
    CHECK_EQ(time_join(&p, &seconds), 0);
    CHECK_EQ(time_join(&same, &want), 0);
    CHECK_EQ(seconds, want);
    p = (struct time_parts){.year = INT64_MAX, .month = 1, .day = 1};
    CHECK_EQ(time_join(&p, &seconds), -ERANGE);
    p.year = 292277026597;
    CHECK_EQ(time_join(&p, &seconds), -ERANGE);
}

TEST(leap_years_and_lengths_of_months)
{
    CHECK(time_is_leap(2000) && time_is_leap(2024) && time_is_leap(0) &&
          time_is_leap(-4));
    CHECK(!time_is_leap(1900) && !time_is_leap(2023) && !time_is_leap(-100));
    CHECK_EQ(time_days_in_month(2024, 2), 29);
    CHECK_EQ(time_days_in_month(2023, 2), 28);
    CHECK_EQ(time_days_in_month(2023, 12), 31);
    CHECK_EQ(time_weekday(0), 4);
    CHECK_EQ(time_weekday(-1), 3);
    CHECK_EQ(time_weekday(-8), 3);
    CHECK_EQ(time_days(2000, 3, 1), 11017);
}

TEST(names_are_known_in_full_and_in_three_letters)
{
    CHECK_EQ(time_month_named("september", 9), 9);
    CHECK_EQ(time_month_named("SEP", 3), 9);
    CHECK_EQ(time_month_named("Sept", 4), -1);
    CHECK_EQ(time_month_named("May", 3), 5);
    CHECK_EQ(time_weekday_named("Sunday", 6), 0);
    CHECK_EQ(time_weekday_named("sat", 3), 6);
    CHECK_EQ(time_weekday_named("x", 1), -1);
}

static void check_format(struct test *t, unsigned flags, int64_t seconds, int offset,
                         const char *format, const char *want)
{
    struct buf b = buf_make(t->alloc);
    struct time_parts p;
    time_split(seconds + offset, &p);
    time_format_as(&b, flags, format, &p, 12345678, "UTC", offset);
    CHECK_STR(buf_str(&b), want);
    buf_fini(&b);
}

struct format_case {
    const char *format, *want;
};

TEST(a_date_is_written_as_gnu_date_does)
{
    static const struct format_case cases[] = {
        {"%a %A %b %B %h|%c", "Tue Tuesday Mar March Mar|Tue Mar  5 07:08:09 2024"},
        {"%C %d %D %e %F %g %G", "20 05 03/05/24  5 2024-03-05 24 2024"},
        {"%H %I %j %k %l %m %M", "07 07 065  7  7 03 08"},
        {"%n%t%N %p %P %r %R", "\n\t012345678 AM am 07:08:09 AM 07:08"},
        {"%s %S %T %u %U %V %w %W", "1709622489 09 07:08:09 2 09 10 2 10"},
        {"%x %X %y %Y %z %:z %::z %:::z %Z %q",
         "03/05/24 07:08:09 24 2024 +0000 +00:00 +00:00:00 +00 UTC 1"},
        {"%-d %_d %05d %-5d %_5d %+5Y %5y", "5  5 00005 5     5 +2024 00024"},
        {"%^a %#a %#p %#Z %10a %-10a %010a", "TUE TUE am utc        Tue Tue 0000000Tue"},
        {"%3N %12N %_12N| %-N", "012 012345678000 012345678   | 012345678"},
        {"%10Y %_10Y %12F %+12F %_12F",
         "0000002024       2024 002024-03-05 +02024-03-05   2024-03-05"},
        {"%% %Q %5Q %! %", "% %Q   %5Q %! %"},
        {"%5% %E %Ey %Od %EF %::d", "   %5% %E 24 05 %EF %::d"},
        {"%10R %^c %30c",
         "     07:08 TUE MAR  5 07:08:09 2024       Tue Mar  5 07:08:09 2024"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_format(t, 0, 1709622489, 0, cases[i].format, cases[i].want);
}

TEST(zones_are_written_as_gnu_date_does)
{
    check_format(t, 0, 0, 19800, "%z %-z %_z %:z %_:z %::z %:::z %8z %_8:z",
                 "+0530 +530  +530 +05:30  +5:30 +05:30:00 +05:30 +0000530    +5:30");
    check_format(t, 0, 0, -12615, "%z %_z %::z %:::z %12::z",
                 "-0330  -330 -03:30:15 -03:30:15 -00003:30:15");
    check_format(t, 0, 5, 3600, "%s %H", "5 01");
}

TEST(far_years_are_written_as_gnu_date_does)
{
    static const char format[] = "%Y %+Y %C %y %F %+F %-Y %_Y %+C %c";
    check_format(t, 0, -59042995200, 0, format,
                 "0099 0099 00 99 0099-01-01 99-01-01 99   99 00 Thu Jan  1 00:00:00 99");
    check_format(t, 0, 253402300800, 0, format,
                 "10000 +10000 100 00 +10000-01-01 +10000-01-01 10000 10000 +100 "
                 "Sat Jan  1 00:00:00 10000");
    check_format(t, 0, -62167219201, 0, format,
                 "-001 -001 -0 01 -001-12-31 -1-12-31 -1   -1 -0 Fri Dec 31 23:59:59 -1");
}

TEST(strftime_knows_less_than_date)
{
    static const struct format_case cases[] = {
        {"%N %3N %:z %q %+Y", "%N %3N %:z %q %+Y"},
        {"%Y %5Y %_5Y %F %12F", "2024 02024  2024 2024-03-05   2024-03-05"},
        {"%5% %-5d %10s", "    %     5 1709622489"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_format(t, TIME_STRFTIME, 1709622489, 0, cases[i].format, cases[i].want);
    check_format(t, TIME_STRFTIME, -62167219201, 0, "%Y %C %y", "-1 -1 99");
}

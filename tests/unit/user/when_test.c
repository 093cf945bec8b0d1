/* when_test.c: user/when.h and user/zone.h. */
#include "user/when.h"

#include <errno.h>

#include "base/buf.h"
#include "base/time.h"
#include "tests/unit/vfs/fixture.h"
#include "user/zone.h"

/* 2021-03-17 10:20:30 UTC, a Wednesday. */
static const struct when now = {1615976430, 500000000};

static void check_when(const char *text, const char *want)
{
    struct zone *z = zone_open("UTC");
    struct when w;
    int err = when_parse(text, z, now, &w);
    struct buf b = buf_make(sys_heap());
    if (!err)
        zone_format(&b, z, "%Y-%m-%d %H:%M:%S", w.seconds, w.ns);
    if (!CHECK_STR(err ? "invalid" : buf_str(&b), want))
        CHECK_STR(text, "the case above");
}

TEST(dates_are_read_in_many_forms)
{
    check_when("2020-01-31", "2020-01-31 00:00:00");
    check_when("2020-01-31 12:34:56.7", "2020-01-31 12:34:56");
    check_when("31 Jan 2020 3pm", "2020-01-31 15:00:00");
    check_when("Jan 31, 2020", "2020-01-31 00:00:00");
    check_when("1/31/2020", "2020-01-31 00:00:00");
    check_when("20200131 1530", "2020-01-31 15:30:00");
    check_when("2020-01-31T12:00:00+02:00", "2020-01-31 10:00:00");
    check_when("2020-01-31 12:00 EST", "2020-01-31 17:00:00");
    check_when("@0", "1970-01-01 00:00:00");
    check_when("@-1", "1969-12-31 23:59:59");
}

TEST(relative_items_count_from_now_or_from_the_date)
{
    check_when("now", "2021-03-17 10:20:30");
    check_when("tomorrow", "2021-03-18 10:20:30");
    check_when("2 days ago", "2021-03-15 10:20:30");
    check_when("10:00 yesterday", "2021-03-16 10:00:00");
    check_when("next month", "2021-04-17 10:20:30");
    check_when("2020-01-31 1 month", "2020-03-02 00:00:00");
    check_when("2020-02-29 -1 year", "2019-03-01 00:00:00");
    check_when("2020-01-01 36 hours", "2020-01-02 12:00:00");
    check_when("friday", "2021-03-19 00:00:00");
    check_when("wednesday", "2021-03-17 00:00:00");
    check_when("next wednesday", "2021-03-24 00:00:00");
    check_when("last monday", "2021-03-15 00:00:00");
    check_when("", "2021-03-17 00:00:00");
}

TEST(what_is_no_date_is_refused)
{
    static const char *const bad[] = {"2020-02-30", "foo",  "25:00",
                                      "2020-13-01", "13pm", "@x",
                                      "1 2 3 4 5",  "Jan",  "2020-01-01 2020-01-02",
                                      "TZ=\"x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        check_when(bad[i], "invalid");
}

static void check_zone(const char *tz, int64_t seconds, const char *want)
{
    struct zone *z = zone_open(tz);
    struct buf b = buf_make(sys_heap());
    zone_format(&b, z, "%m-%d %H:%M %z %Z", seconds, 0);
    CHECK_STR(buf_str(&b), want);
    zone_free(z);
}

TEST(zones_may_be_rules)
{
    check_zone("EST5EDT,M3.2.0,M11.1.0", 1594000000, "07-05 21:46 -0400 EDT");
    check_zone("EST5EDT,M3.2.0,M11.1.0", 1578000000, "01-02 16:20 -0500 EST");
    check_zone("AEST-10AEDT,M10.1.0,M4.1.0/3", 1578000000, "01-03 08:20 +1100 AEDT");
    check_zone("<+0330>-3:30", 0, "01-01 03:30 +0330 +0330");
    check_zone("Foo", 0, "01-01 00:00 +0000 Foo");
    check_zone("", 0, "01-01 00:00 +0000 UTC");
}

TEST(local_times_that_the_clock_jumped_over_are_found_out)
{
    struct zone *z = zone_open("EST5EDT,M3.2.0,M11.1.0");
    struct time_parts gap = {.year = 2020, .month = 3, .day = 8, .hour = 2, .minute = 30};
    int64_t seconds;
    CHECK_EQ(zone_join(z, &gap, true, &seconds), -EINVAL);
    CHECK_EQ(zone_join(z, &gap, false, &seconds), 0);
    gap.hour = 3;
    CHECK_EQ(zone_join(z, &gap, true, &seconds), 0);
    CHECK_EQ(seconds, 1583652600);
}

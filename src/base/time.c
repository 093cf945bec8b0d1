/* time.c: the calendar. Days are counted from 1970-01-01; within a computation years
 * begin in March, so that the leap day is the last of its year. */
#include "base/time.h"

#include <errno.h>

#include "base/str.h"

enum { TIME_DAY = 86400, TIME_ERA_DAYS = 146097 }; // seconds in a day; days in 400 years

static inline int64_t time_floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

bool time_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int time_days_in_month(int64_t year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    ASSERT(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && time_is_leap(year));
}

int64_t time_days(int64_t year, int64_t month, int64_t day)
{
    int64_t years = time_floor_div(month - 1, 12);
    year += years;
    month -= years * 12; // 1 to 12
    year -= month <= 2;
    int64_t era = time_floor_div(year, 400);
    int64_t of_era = year - era * 400;
    int64_t yearday = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5; // from March 1st
    int64_t era_day = of_era * 365 + of_era / 4 - of_era / 100 + yearday;
    return era * TIME_ERA_DAYS + era_day - 719468 + day - 1;
}

int time_weekday(int64_t days)
{
    return (int)((days % 7 + 7 + 4) % 7); // 1970-01-01 was a Thursday
}

void time_split(int64_t seconds, struct time_parts *parts)
{
    int64_t days = time_floor_div(seconds, TIME_DAY);
    int left = (int)(seconds % TIME_DAY + (seconds % TIME_DAY < 0 ? TIME_DAY : 0));
    int64_t since = days + 719468; // days since 0000-03-01
    int64_t era = time_floor_div(since, TIME_ERA_DAYS);
    int64_t era_day = since - era * TIME_ERA_DAYS;
    int64_t of_era =
        (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    int yearday = (int)(era_day - (365 * of_era + of_era / 4 - of_era / 100));
    int month = (5 * yearday + 2) / 153; // both from March on

    parts->day = yearday - (153 * month + 2) / 5 + 1;
    parts->month = month < 10 ? month + 3 : month - 9;
    parts->year = era * 400 + of_era + (parts->month <= 2);
    parts->hour = left / 3600;
    parts->minute = left / 60 % 60;
    parts->second = left % 60;
    parts->weekday = time_weekday(days);
    parts->yearday = (int)(days - time_days(parts->year, 1, 1)) + 1;
}

int time_join(const struct time_parts *parts, int64_t *seconds)
{
    // years: far more than 64 bits of seconds reach
    const int64_t most = INT64_C(1) << 40;
    if (parts->year > most || parts->year < -most)
        return -ERANGE;
    int64_t days = time_days(parts->year, parts->month, parts->day);
    int64_t in_day =
        parts->hour * INT64_C(3600) + parts->minute * INT64_C(60) + parts->second;
    days += time_floor_div(in_day, TIME_DAY);
    in_day -= time_floor_div(in_day, TIME_DAY) * TIME_DAY;

    int64_t result;
    if (days < 0) { // go by way of the next midnight: the product may just fit then
        days++;
        in_day -= TIME_DAY;
    }
    if (__builtin_mul_overflow(days, (int64_t)TIME_DAY, &result) ||
        __builtin_add_overflow(result, in_day, &result))
        return -ERANGE;
    *seconds = result;
    return 0;
}

/* 53 where a year begins on a Thursday, or on a Wednesday and is a leap year. */
static int time_iso_weeks_in(int64_t year)
{
    int january_1 = time_weekday(time_days(year, 1, 1));
    return january_1 == 4 || (january_1 == 3 && time_is_leap(year)) ? 53 : 52;
}

int time_iso_week(const struct time_parts *parts, int64_t *year)
{
    int monday_based = (parts->weekday + 6) % 7;
    int week = (parts->yearday - 1 - monday_based + 10) / 7;
    *year = parts->year;
    if (week < 1) {
        *year -= 1;
        return time_iso_weeks_in(*year);
    }
    if (week > time_iso_weeks_in(parts->year)) {
        *year += 1;
        return 1;
    }
    return week;
}

static const char *const time_months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};
static const char *const time_weekdays[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};

const char *time_month_name(int index)
{
    ASSERT(index >= 0 && index < 12);
    return time_months[index];
}

const char *time_weekday_name(int index)
{
    ASSERT(index >= 0 && index < 7);
    return time_weekdays[index];
}

/* Whether text is the name, or its first three letters, in any case. */
static bool time_is_named(const char *text, size_t len, const char *name)
{
    if (len != 3 && len != strlen(name))
        return false;
    for (size_t i = 0; i < len; i++)
        if (char_lower(text[i]) != char_lower(name[i]))
            return false;
    return true;
}

int time_month_named(const char *text, size_t len)
{
    for (int i = 0; i < 12; i++)
        if (time_is_named(text, len, time_months[i]))
            return i + 1;
    return -1;
}

int time_weekday_named(const char *text, size_t len)
{
    for (int i = 0; i < 7; i++)
        if (time_is_named(text, len, time_weekdays[i]))
            return i;
    return -1;
}

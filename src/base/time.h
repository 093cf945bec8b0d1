/* time.h: the calendar: seconds since 1970 and dates, both ways, and dates as text.
 *
 * The Gregorian calendar is used for all years, without leap seconds. Nothing here
 * knows time zones: a caller adds the offset to the seconds before it splits them.
 * Must not know: clocks. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct buf;

struct time_parts {
    int64_t year; // 2024 is 2024; 0 is 1 BC
    int month;    // 1 to 12
    int day;      // 1 to 31
    int hour, minute, second;
    int weekday; // 0 is Sunday
    int yearday; // 1 to 366
};

bool time_is_leap(int64_t year);
int time_days_in_month(int64_t year, int month);

/* Days from 1970-01-01 to a date; month may be any number (13 is January of the next
 * year). Valid for years within about +-2^53. */
int64_t time_days(int64_t year, int64_t month, int64_t day);

/* 0 (Sunday) to 6 of a count of days since 1970-01-01. */
int time_weekday(int64_t days);

/* Splits seconds since 1970 into a date. Any number will do. */
void time_split(int64_t seconds, struct time_parts *parts);

/* The reverse: weekday and yearday are not read; month, day and the rest may be out of
 * their range, as for mktime ("day 0", "minute 90"). Returns 0, or -ERANGE if the
 * seconds do not fit in 64 bits. */
MUST_CHECK int time_join(const struct time_parts *parts, int64_t *seconds);

/* The ISO 8601 week (1 to 53) and the year that the week belongs to. */
int time_iso_week(const struct time_parts *parts, int64_t *year);

/* "January", "Sunday": index from 0. The first three letters are the short name. */
const char *time_month_name(int index);
const char *time_weekday_name(int index);

/* The month (1 to 12) or weekday (0 to 6) that text of len letters names, in full or
 * in three letters, in any case; -1 if it names none. */
int time_month_named(const char *text, size_t len);
int time_weekday_named(const char *text, size_t len);

/* As C's strftime: %N, %:z and the like are unknown. For printf %(...)T and awk. */
enum { TIME_STRFTIME = 1 };

/* Adds parts in the C locale as GNU date's +FORMAT does: all its conversions, flags -
 * _ 0 + ^ # and widths. ns: 0 to 999999999. zone_name: %Z. utc_offset: seconds east of
 * Greenwich that parts contain (%z, and %s takes them off again). An unknown
 * conversion is copied. */
void time_format(struct buf *b, const char *format, const struct time_parts *parts,
                 int64_t ns, const char *zone_name, int utc_offset);
void time_format_as(struct buf *b, unsigned flags, const char *format,
                    const struct time_parts *parts, int64_t ns, const char *zone_name,
                    int utc_offset);

#endif

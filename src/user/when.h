/* when.h: moments in words, as GNU date -d and touch -d read them: "2020-01-31 10:00",
 * "next monday", "2 days ago", "@123", "Jan 5 3pm UTC" (coreutils manual, "Date input
 * formats"). */
#ifndef USER_WHEN_H
#define USER_WHEN_H

#include <stdint.h>

#include "base/base.h"

struct zone;

/* A moment: seconds since 1970, and nanoseconds from 0 to 999999999. */
struct when {
    int64_t seconds;
    int ns;
};

/* Reads text, relative to now where it says so, in local time of zone unless it names
 * another. 0, or -EINVAL. */
MUST_CHECK int when_parse(const char *text, const struct zone *zone, struct when now,
                          struct when *result);

/* The clock's moment now. */
struct when when_now(void);

/* A number of ns since 1970 as a moment, and back (clamped). */
struct when when_from_ns(int64_t ns);
int64_t when_to_ns(struct when w);

#endif

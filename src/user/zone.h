/* zone.h: time zones: TZ as POSIX has it (EST5EDT,M3.2.0,M11.1.0) or the name of a zone
 * file below /usr/share/zoneinfo of the sandbox. Without TZ: /etc/localtime if it is
 * there, else UTC. */
#ifndef USER_ZONE_H
#define USER_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct time_parts;
struct zone;

/* Reads a zone; tz NULL: TZ of the environment. Never NULL: what cannot be read is UTC.
 * The result belongs to the process heap and is freed with zone_free, or never. */
struct zone *zone_open(const char *tz);
void zone_free(struct zone *z);

struct zone_at {
    int offset;       // seconds east of Greenwich
    bool summer;      // daylight saving time
    const char *name; // "CET": valid as long as the zone
};

/* What holds at a moment (seconds since 1970). */
struct zone_at zone_find(const struct zone *z, int64_t seconds);

/* Splits a moment into local time. */
struct zone_at zone_split(const struct zone *z, int64_t seconds,
                          struct time_parts *parts);

/* The moment of a local time, as mktime finds it. 0, or -ERANGE; -EINVAL with `strict` if
 * the clock jumped over it. */
int zone_join(const struct zone *z, const struct time_parts *parts, bool strict,
              int64_t *seconds);

struct buf;

/* Adds the moment in the zone as strftime with GNU date's extensions. */
void zone_format(struct buf *b, const struct zone *z, const char *format, int64_t seconds,
                 int64_t ns);

/* The same with what only strftime knows (bash's %(...)T, ps). */
void zone_strftime(struct buf *b, const struct zone *z, const char *format,
                   int64_t seconds);

#endif

/* zone.c: see zone.h. A zone is a list of transitions (from a TZif file, perhaps empty)
 * and a POSIX rule for the time after them. The file is data of the sandbox: every index
 * is checked. */
#include "user/zone.h"

#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/time.h"
#include "sys.h"
#include "user/env.h"
#include "user/in.h"

enum { ZONE_NAME = 16, ZONE_FILE_MAX = 1 << 20 };

struct zone_kind {
    int offset;
    bool summer;
    char name[ZONE_NAME];
};

/* When a rule's half of the year begins. */
struct zone_rule {
    char form; // 'M' month.week.day, 'J' day 1-365 without Feb 29, '0' day 0-365
    int month, week, day;
    int time; // seconds after midnight, local
};

struct zone {
    size_t count; // transitions
    int64_t *when;
    unsigned char *which; // index of kinds
    size_t kind_count;
    struct zone_kind *kinds;
    bool has_rule, has_summer;
    struct zone_kind standard, summer;
    struct zone_rule begin, end; // of summer
};

/* ---- POSIX rules ------------------------------------------------------------------ */

static const char *zone_read_name(const char *p, char name[ZONE_NAME])
{
    const char *start = p;
    bool quoted = *p == '<';
    if (quoted)
        start = ++p;
    while (quoted ? *p && *p != '>' : char_is_alpha(*p))
        p++;
    size_t len = (size_t)(p - start);
    if (len < 3 || len >= ZONE_NAME || (quoted && *p != '>'))
        return NULL;
    memcpy(name, start, len);
    name[len] = '\0';
    return p + quoted;
}

/* Digits up to a limit. NULL: none. */
static const char *zone_read_int(const char *p, int max, int *n)
{
    if (!char_is_digit(*p))
        return NULL;
    *n = 0;
    while (char_is_digit(*p) && *n <= max)
        *n = *n * 10 + (*p++ - '0');
    return *n <= max ? p : NULL;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static const char *zone_read_time(const char *p, int *seconds)
{
    int sign = *p == '-' ? -1 : 1, h, m = 0, s = 0;
    if (*p == '-' || *p == '+')
        p++;
    if (!(p = zone_read_int(p, 167, &h)))
        return NULL;
    if (*p == ':' && !(p = zone_read_int(p + 1, 59, &m)))
        return NULL;
    if (*p == ':' && !(p = zone_read_int(p + 1, 59, &s)))
        return NULL;
    *seconds = sign * (h * 3600 + m * 60 + s);
    return p;
}

static const char *zone_read_rule(const char *p, struct zone_rule *r)
{
    r->form = *p == 'M' || *p == 'J' ? *p : '0';
    r->time = 7200;
    if (r->form != '0')
        p++;
    if (r->form == 'M') {
        if (!(p = zone_read_int(p, 12, &r->month)) || *p++ != '.' ||
            !(p = zone_read_int(p, 5, &r->week)) || *p++ != '.' ||
            !(p = zone_read_int(p, 6, &r->day)) || r->month < 1 || r->week < 1)
            return NULL;
    } else if (!(p = zone_read_int(p, 365, &r->day))) {
        return NULL;
    }
    if (*p == '/')
        p = zone_read_time(p + 1, &r->time);
    return p;
}

static bool zone_read_posix(struct zone *z, const char *p)
{
    int offset;
    if (!(p = zone_read_name(p, z->standard.name)) || !(p = zone_read_time(p, &offset)))
        return false;
    z->standard.offset = -offset;
    z->has_rule = true;
    if (!*p)
        return true;
    if (!(p = zone_read_name(p, z->summer.name)))
        return z->has_rule = false;
    z->summer.summer = true;
    z->summer.offset = z->standard.offset + 3600;
    if (*p && *p != ',') {
        if (!(p = zone_read_time(p, &offset)))
            return z->has_rule = false;
        z->summer.offset = -offset;
    }
    if (!*p)
        p = ",M3.2.0,M11.1.0";
    if (*p++ != ',' || !(p = zone_read_rule(p, &z->begin)) || *p++ != ',' ||
        !(p = zone_read_rule(p, &z->end)) || *p)
        return z->has_rule = false;
    return z->has_summer = true;
}

/* The moment of a rule in a year, in seconds of local time as if it were Greenwich's. */
static int64_t zone_rule_at(const struct zone_rule *r, int64_t year)
{
    int64_t days;
    if (r->form == 'J') {
        days = time_days(year, 1, r->day) + (r->day >= 60 && time_is_leap(year));
    } else if (r->form == '0') {
        days = time_days(year, 1, 1) + r->day;
    } else {
        days = time_days(year, r->month, 1);
        int to = (r->day - time_weekday(days) + 7) % 7 + 7 * (r->week - 1);
        while (to >= time_days_in_month(year, r->month))
            to -= 7;
        days += to;
    }
    return days * 86400 + r->time;
}

static const struct zone_kind *zone_by_rule(const struct zone *z, int64_t seconds)
{
    if (!z->has_summer)
        return &z->standard;
    struct time_parts parts;
    time_split(seconds + z->standard.offset, &parts);
    int64_t begin = zone_rule_at(&z->begin, parts.year) - z->standard.offset;
    int64_t end = zone_rule_at(&z->end, parts.year) - z->summer.offset;
    bool summer = begin < end ? seconds >= begin && seconds < end
                              : seconds >= begin || seconds < end;
    return summer ? &z->summer : &z->standard;
}

/* ---- Zone files (RFC 8536) -------------------------------------------------------- */

static uint32_t zone_u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t zone_i64(const unsigned char *p)
{
    return (int64_t)((uint64_t)zone_u32(p) << 32 | zone_u32(p + 4));
}

struct zone_header {
    size_t isut, isstd, leap, time, type, chars;
};

static bool zone_read_header(const unsigned char *p, size_t len, struct zone_header *h)
{
    if (len < 44 || memcmp(p, "TZif", 4) != 0)
        return false;
    h->isut = zone_u32(p + 20);
    h->isstd = zone_u32(p + 24);
    h->leap = zone_u32(p + 28);
    h->time = zone_u32(p + 32);
    h->type = zone_u32(p + 36);
    h->chars = zone_u32(p + 40);
    return h->isut < 65536 && h->isstd < 65536 && h->leap < 65536 && h->time < 65536 &&
           h->type >= 1 && h->type < 256 && h->chars < 65536;
}

static size_t zone_body_size(const struct zone_header *h, size_t time_size)
{
    return h->time * (time_size + 1) + h->type * 6 + h->chars +
           h->leap * (time_size + 4) + h->isstd + h->isut;
}

static bool zone_read_kinds(struct zone *z, const unsigned char *p,
                            const struct zone_header *h)
{
    const char *chars = (const char *)p + h->type * 6;
    z->kinds = sys_alloc_zero(h->type * sizeof *z->kinds);
    z->kind_count = h->type;
    for (size_t i = 0; i < h->type; i++, p += 6) {
        z->kinds[i].offset = (int)zone_u32(p);
        z->kinds[i].summer = p[4];
        for (size_t at = p[5], n = 0; at < h->chars && chars[at] && n < ZONE_NAME - 1;
             at++, n++)
            z->kinds[i].name[n] = chars[at];
    }
    return true;
}

/* The second half of a file of version 2 or later, with 64-bit times and a rule. */
static bool zone_read_file(struct zone *z, const unsigned char *p, size_t len)
{
    struct zone_header h;
    if (!zone_read_header(p, len, &h) || p[4] < '2')
        return false;
    size_t skip = 44 + zone_body_size(&h, 4);
    if (skip > len || !zone_read_header(p + skip, len - skip, &h))
        return false;
    p += skip + 44;
    len -= skip + 44;
    size_t body = zone_body_size(&h, 8);
    if (body > len)
        return false;
    zone_read_kinds(z, p + h.time * 9, &h);
    z->when = sys_alloc(h.time * sizeof *z->when + 1);
    z->which = sys_alloc(h.time + 1);
    for (size_t i = 0; i < h.time; i++) {
        z->when[i] = zone_i64(p + 8 * i);
        z->which[i] = p[8 * h.time + i];
        if (z->which[i] >= z->kind_count)
            return false;
    }
    z->count = h.time;
    const char *rule = (const char *)p + body;
    if (body < len && *rule == '\n') {
        const char *end = memchr(rule + 1, '\n', len - body - 1);
        if (end) {
            struct buf b = buf_make(sys_heap());
            buf_add(&b, rule + 1, (size_t)(end - rule - 1));
            zone_read_posix(z, buf_str(&b));
            buf_fini(&b);
        }
    }
    return true;
}

static bool zone_load(struct zone *z, const char *path)
{
    struct in in;
    char *data;
    size_t len;
    struct sys_stat st;
    if (sys_stat(path, &st) || (st.mode & SYS_IFMT) != SYS_IFREG ||
        st.size > ZONE_FILE_MAX || in_open(&in, path))
        return false;
    int err = in_all(&in, &data, &len);
    in_close(&in);
    if (err)
        return false;
    bool good = zone_read_file(z, (const unsigned char *)data, len);
    sys_free(data);
    return good;
}

/* ---- Finding ---------------------------------------------------------------------- */

static void zone_clear(struct zone *z)
{
    sys_free(z->when);
    sys_free(z->which);
    sys_free(z->kinds);
    *z = (struct zone){.has_rule = true, .standard.name = "UTC"};
}

/* A name that is neither a rule nor a file still names UTC in glibc: "Foo" is Foo+0. */
static void zone_use_name(struct zone *z, const char *tz)
{
    zone_clear(z);
    char name[ZONE_NAME];
    if (zone_read_name(tz, name))
        memcpy(z->standard.name, name, ZONE_NAME);
}

struct zone *zone_open(const char *tz)
{
    struct zone *z = sys_alloc_zero(sizeof *z);
    zone_clear(z);
    if (!tz)
        tz = env_get("TZ");
    if (!tz) {
        if (!zone_load(z, "/etc/localtime"))
            zone_clear(z);
        return z;
    }
    if (*tz == ':')
        tz++;
    if (!*tz || str_eq(tz, "UTC") || str_eq(tz, "UTC0"))
        return z;
    struct buf path = buf_make(sys_heap());
    if (*tz != '/')
        buf_add_str(&path, "/usr/share/zoneinfo/");
    buf_add_str(&path, tz);
    bool good = zone_load(z, buf_str(&path));
    buf_fini(&path);
    if (good)
        return z;
    zone_clear(z);
    if (!zone_read_posix(z, tz))
        zone_use_name(z, tz);
    return z;
}

void zone_free(struct zone *z)
{
    zone_clear(z);
    sys_free(z);
}

/* The number of transitions at or before the moment. */
static size_t zone_count_before(const struct zone *z, int64_t seconds)
{
    size_t low = 0, high = z->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (z->when[mid] <= seconds)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct zone_at zone_find(const struct zone *z, int64_t seconds)
{
    size_t at = zone_count_before(z, seconds);
    const struct zone_kind *kind;
    if (at == z->count && z->has_rule)
        kind = zone_by_rule(z, seconds);
    else
        kind = &z->kinds[at ? z->which[at - 1] : 0];
    return (struct zone_at){kind->offset, kind->summer, kind->name};
}

struct zone_at zone_split(const struct zone *z, int64_t seconds, struct time_parts *parts)
{
    struct zone_at at = zone_find(z, seconds);
    time_split(seconds + at.offset, parts);
    return at;
}

int zone_join(const struct zone *z, const struct time_parts *parts, bool strict,
              int64_t *seconds)
{
    int64_t local;
    int err = time_join(parts, &local);
    if (err)
        return err;
    int before = zone_find(z, local - 86400).offset;
    int after = zone_find(z, local + 86400).offset;
    int64_t first = local - before, second = local - after;
    if (zone_find(z, first).offset == before)
        *seconds = first;
    else if (zone_find(z, second).offset == after)
        *seconds = second;
    else if (strict)
        return -EINVAL; // the clock jumped over it
    else
        *seconds = first;
    return 0;
}

static void zone_add(struct buf *b, unsigned flags, const struct zone *z,
                     const char *format, int64_t seconds, int64_t ns)
{
    struct time_parts parts;
    struct zone_at at = zone_split(z, seconds, &parts);
    time_format_as(b, flags, format, &parts, ns, at.name, at.offset);
}

void zone_format(struct buf *b, const struct zone *z, const char *format, int64_t seconds,
                 int64_t ns)
{
    zone_add(b, 0, z, format, seconds, ns);
}

void zone_strftime(struct buf *b, const struct zone *z, const char *format,
                   int64_t seconds)
{
    zone_add(b, TIME_STRFTIME, z, format, seconds, 0);
}

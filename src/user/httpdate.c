/* httpdate.c: see httpdate.h. */
#include "user/httpdate.h"

#include "base/buf.h"
#include "base/str.h"
#include "base/time.h"

struct httpdate {
    struct time_parts parts; // month and day 0, year and hour -1: not seen
    int offset;              // of the zone, in seconds east
    bool zone, weekday;
};

void httpdate_add(struct buf *b, int64_t seconds)
{
    struct time_parts parts;
    time_split(seconds, &parts);
    time_format(b, "%a, %d %b %Y %H:%M:%S GMT", &parts, 0, "GMT", 0);
}

static bool httpdate_zone(struct httpdate *d, struct span word)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"Z", 0},    {"WET", 0},
                 {"BST", 1},  {"CET", 1},  {"MET", 1},  {"CEST", 2}, {"MEST", 2},
                 {"EET", 2},  {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                 {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"JST", 9}};
    for (size_t i = 0; i < COUNT_OF(zones); i++)
        if (span_eq_str(word, zones[i].name) && !d->zone) {
            d->offset = zones[i].hours * 3600;
            return d->zone = true;
        }
    return false;
}

static bool httpdate_word(struct httpdate *d, struct span word)
{
    int month = time_month_named(word.ptr, word.len);
    if (month > 0 && !d->parts.month) {
        d->parts.month = month;
        return true;
    }
    if (time_weekday_named(word.ptr, word.len) >= 0 && !d->weekday)
        return d->weekday = true;
    return httpdate_zone(d, word);
}

/* The number of `len` digits at p. */
static int64_t httpdate_number(const char *p, size_t len)
{
    int64_t n = 0;
    for (size_t i = 0; i < len && i < 18; i++)
        n = n * 10 + p[i] - '0';
    return n;
}

/* "10:00" or "10:00:00"; gives what was read of it, 0: it is none. */
static size_t httpdate_clock(struct httpdate *d, const char *p)
{
    int64_t part[3] = {0};
    size_t at = 0;
    int count = 0;
    while (count < 3) {
        size_t len = 0;
        while (char_is_digit(p[at + len]))
            len++;
        if (len < 1 || len > 2)
            break;
        part[count++] = httpdate_number(p + at, len);
        at += len;
        if (p[at] != ':' || count == 3)
            break;
        at++;
    }
    if (count < 2 || part[0] > 23 || part[1] > 59 || part[2] > 60)
        return 0;
    d->parts.hour = (int)part[0];
    d->parts.minute = (int)part[1];
    d->parts.second = (int)part[2];
    return at;
}

static bool httpdate_is_offset(const struct httpdate *d, const char *start, const char *p,
                               size_t len)
{
    return len == 4 && d->parts.hour >= 0 && p > start &&
           (p[-1] == '+' || p[-1] == '-') && httpdate_number(p, 4) <= 1400;
}

static bool httpdate_digits(struct httpdate *d, const char *start, const char *p,
                            size_t len)
{
    int64_t n = httpdate_number(p, len);
    if (httpdate_is_offset(d, start, p, len)) {
        int seconds = (int)(n / 100 * 3600 + n % 100 * 60);
        d->offset = p[-1] == '+' ? seconds : -seconds;
        return d->zone = true;
    }
    if (len == 8 && d->parts.year < 0 && !d->parts.month) {
        d->parts.year = n / 10000;
        d->parts.month = (int)(n / 100 % 100);
        d->parts.day = (int)(n % 100);
        return d->parts.month <= 12;
    }
    if (!d->parts.day && n >= 1 && n <= 31) {
        d->parts.day = (int)n;
        return true;
    }
    if (d->parts.year >= 0 || len > 4)
        return false;
    d->parts.year = n >= 100 ? n : n > 70 ? 1900 + n : 2000 + n;
    return true;
}

/* Takes one word, time or number; gives its end, or NULL where it makes no sense. */
static const char *httpdate_token(struct httpdate *d, const char *start, const char *p)
{
    size_t len = 0;
    if (char_is_alpha(*p)) {
        while (char_is_alpha(p[len]))
            len++;
        return httpdate_word(d, span_make(p, len)) ? p + len : NULL;
    }
    size_t clock = d->parts.hour < 0 ? httpdate_clock(d, p) : 0;
    if (clock)
        return p + clock;
    while (char_is_digit(p[len]))
        len++;
    return httpdate_digits(d, start, p, len) ? p + len : NULL;
}

bool httpdate_parse(const char *text, int64_t *seconds)
{
    struct httpdate d = {.parts = {.year = -1, .hour = -1}};
    int tokens = 0;
    for (const char *p = text; *p && tokens < 6;) {
        if (!char_is_alnum(*p)) {
            p++;
            continue;
        }
        p = httpdate_token(&d, text, p);
        if (!p)
            return false;
        tokens++;
    }
    if (!d.parts.month || !d.parts.day || d.parts.year < 0)
        return false;
    if (d.parts.hour < 0)
        d.parts.hour = d.parts.minute = d.parts.second = 0;
    int64_t moment;
    if (d.parts.day > time_days_in_month(d.parts.year, d.parts.month) ||
        time_join(&d.parts, &moment))
        return false;
    *seconds = moment - d.offset;
    return true;
}

/* when.c: see when.h. The text is read item by item: dates, times, zones, days of the
 * week, relative units. Each kind may occur once, but for the relative ones, which add
 * up. */
#include "user/when.h"

#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/time.h"
#include "sys.h"
#include "user/zone.h"

enum { WHEN_WORD = 16 };

enum when_unit {
    WHEN_YEAR,
    WHEN_MONTH,
    WHEN_DAY,
    WHEN_HOUR,
    WHEN_MINUTE,
    WHEN_SECOND,
    WHEN_UNITS
};

struct when_state {
    const char *p;
    int dates, times, days, zones, rels;
    int64_t year, month, day;
    int64_t hour, minute, second;
    int ns;
    int weekday, ordinal;
    int zone_offset; // seconds east
    int64_t rel[WHEN_UNITS];
    int64_t rel_ns;
    enum when_unit last_unit;
    int64_t last_amount; // of the relative item before, for "ago"
    bool has_last;
};

struct when when_from_ns(int64_t ns)
{
    struct when w = {ns / 1000000000, (int)(ns % 1000000000)};
    if (w.ns < 0) {
        w.seconds--;
        w.ns += 1000000000;
    }
    return w;
}

int64_t when_to_ns(struct when w)
{
    if (w.seconds > INT64_MAX / 1000000000 - 1)
        return INT64_MAX;
    if (w.seconds < INT64_MIN / 1000000000 + 2)
        return INT64_MIN + 2;
    return w.seconds * 1000000000 + w.ns;
}

struct when when_now(void) { return when_from_ns(sys_clock(SYS_CLOCK_REAL)); }

/* ---- Words ------------------------------------------------------------------------ */

struct when_name {
    const char *name;
    int value;
};

static const struct when_name when_ordinals[] = {
    {"last", -1},  {"this", 0},   {"next", 1},      {"first", 1},    {"third", 3},
    {"fourth", 4}, {"fifth", 5},  {"sixth", 6},     {"seventh", 7},  {"eighth", 8},
    {"ninth", 9},  {"tenth", 10}, {"eleventh", 11}, {"twelfth", 12}, {NULL, 0},
};

/* Zones in minutes east. */
static const struct when_name when_zones[] = {
    {"gmt", 0},    {"ut", 0},      {"utc", 0},     {"wet", 0},     {"west", 60},
    {"bst", 60},   {"art", -180},  {"brt", -180},  {"brst", -120}, {"nst", -210},
    {"ndt", -150}, {"ast", -240},  {"adt", -180},  {"clt", -240},  {"clst", -180},
    {"est", -300}, {"edt", -240},  {"cst", -360},  {"cdt", -300},  {"mst", -420},
    {"mdt", -360}, {"pst", -480},  {"pdt", -420},  {"akst", -540}, {"akdt", -480},
    {"hst", -600}, {"hast", -600}, {"hadt", -540}, {"sst", -720},  {"wat", 60},
    {"cet", 60},   {"cest", 120},  {"met", 60},    {"mez", 60},    {"mest", 120},
    {"mesz", 120}, {"eet", 120},   {"eest", 180},  {"cat", 120},   {"sast", 120},
    {"eat", 180},  {"msk", 180},   {"msd", 240},   {"ist", 330},   {"sgt", 480},
    {"kst", 540},  {"jst", 540},   {"gst", 600},   {"nzst", 720},  {"nzdt", 780},
    {NULL, 0},
};

/* The military zone of a letter, in hours east; J is none. */
static bool when_find_letter(char c, int *hours)
{
    if (c == 'z')
        *hours = 0;
    else if (c >= 'a' && c <= 'i')
        *hours = c - 'a' + 1;
    else if (c >= 'k' && c <= 'm')
        *hours = c - 'k' + 10;
    else if (c >= 'n' && c <= 'y')
        *hours = 'n' - c - 1;
    else
        return false;
    return true;
}

/* A unit: how many of which. */
struct when_unit_name {
    const char *name;
    enum when_unit unit;
    int count;
};

static const struct when_unit_name when_units[] = {
    {"year", WHEN_YEAR, 1},     {"month", WHEN_MONTH, 1}, {"fortnight", WHEN_DAY, 14},
    {"week", WHEN_DAY, 7},      {"day", WHEN_DAY, 1},     {"hour", WHEN_HOUR, 1},
    {"minute", WHEN_MINUTE, 1}, {"min", WHEN_MINUTE, 1},  {"second", WHEN_SECOND, 1},
    {"sec", WHEN_SECOND, 1},
};

static const struct when_name *when_find(const struct when_name *table, const char *word)
{
    for (; table->name; table++)
        if (str_eq(table->name, word))
            return table;
    return NULL;
}

static const struct when_unit_name *when_find_unit(const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < COUNT_OF(when_units); i++) {
        size_t n = strlen(when_units[i].name);
        if (strncmp(word, when_units[i].name, n) == 0 &&
            (len == n || (len == n + 1 && word[n] == 's')))
            return &when_units[i];
    }
    return NULL;
}

static int when_find_month(const char *word)
{
    return str_eq(word, "sept") ? 9 : time_month_named(word, strlen(word));
}

static int when_find_day(const char *word)
{
    static const struct when_name others[] = {
        {"tues", 2}, {"wednes", 3}, {"thur", 4}, {"thurs", 4}, {NULL, 0}};
    const struct when_name *other = when_find(others, word);
    return other ? other->value : time_weekday_named(word, strlen(word));
}

/* ---- Characters ------------------------------------------------------------------- */

static void when_skip(struct when_state *s)
{
    for (;;) {
        while (char_is_space(*s->p))
            s->p++;
        if (*s->p != '(')
            return;
        int depth = 0;
        do {
            depth += (*s->p == '(') - (*s->p == ')');
            s->p++;
        } while (depth && *s->p);
    }
}

/* Letters and periods in lower case, without the period at the end. */
static bool when_read_word(struct when_state *s, char word[WHEN_WORD])
{
    size_t len = 0;
    while (char_is_alpha(*s->p) || *s->p == '.') {
        if (*s->p != '.' && len < WHEN_WORD)
            word[len++] = (char)char_lower(*s->p);
        s->p++;
    }
    if (!len || len == WHEN_WORD)
        return false;
    word[len] = '\0';
    return true;
}

/* The word that follows, without taking it. */
static bool when_peek_word(const struct when_state *s, char word[WHEN_WORD])
{
    struct when_state copy = *s;
    while (char_is_space(*copy.p))
        copy.p++;
    return char_is_alpha(*copy.p) && when_read_word(&copy, word);
}

/* Digits. false: too large. */
static bool when_read_digits(struct when_state *s, int64_t *n, size_t *len)
{
    const char *rest;
    *len = strspn(s->p, "0123456789");
    if (!*len || num_to_i64(s->p, n, &rest))
        return false;
    s->p = rest;
    return true;
}

/* ".123" as nanoseconds. */
static int when_read_fraction(struct when_state *s)
{
    int ns = 0, scale = 100000000;
    if ((*s->p != '.' && *s->p != ',') || !char_is_digit(s->p[1]))
        return 0;
    for (s->p++; char_is_digit(*s->p); s->p++) {
        ns += (*s->p - '0') * scale;
        scale /= 10;
    }
    return ns;
}

/* ---- Items ------------------------------------------------------------------------ */

static void when_add_rel(struct when_state *s, enum when_unit unit, int64_t amount)
{
    s->rels++;
    s->rel[unit] += amount;
    s->last_unit = unit;
    s->last_amount = amount;
    s->has_last = true;
}

static int64_t when_full_year(int64_t year, size_t digits)
{
    if (digits > 2)
        return year;
    return year < 69 ? year + 2000 : year + 1900;
}

static bool when_set_date(struct when_state *s, int64_t year, int64_t month, int64_t day)
{
    if (s->dates++)
        return false;
    s->year = year;
    s->month = month;
    s->day = day;
    return true;
}

/* +hh, +hhmm or +hh:mm. */
static bool when_read_offset(struct when_state *s, int *offset)
{
    int sign = *s->p == '-' ? -1 : 1;
    int64_t n, minutes = 0;
    size_t len;
    s->p++;
    while (char_is_space(*s->p))
        s->p++;
    if (!when_read_digits(s, &n, &len) || len > 4)
        return false;
    if (*s->p == ':' && len <= 2) {
        s->p++;
        if (!when_read_digits(s, &minutes, &len) || len != 2)
            return false;
    } else if (len > 2) {
        minutes = n % 100;
        n /= 100;
    }
    if (n > 24 || minutes > 59)
        return false;
    *offset = sign * (int)(n * 3600 + minutes * 60);
    return true;
}

static bool when_set_zone(struct when_state *s, int offset)
{
    s->zone_offset = offset;
    return !s->zones++;
}

/* am or pm after an hour. */
static bool when_take_meridian(struct when_state *s)
{
    char word[WHEN_WORD];
    if (!when_peek_word(s, word) || (!str_eq(word, "am") && !str_eq(word, "pm")))
        return false;
    when_skip(s);
    when_read_word(s, word);
    if (s->hour < 1 || s->hour > 12) {
        s->hour = 99; // refused later
        return true;
    }
    s->hour = s->hour % 12 + (word[0] == 'p' ? 12 : 0);
    return true;
}

/* After "H:" the rest of a time, and a zone that follows it. */
static bool when_read_time(struct when_state *s, int64_t hour)
{
    size_t len;
    if (s->times++)
        return false;
    s->hour = hour;
    s->second = s->ns = 0;
    s->p++;
    if (!when_read_digits(s, &s->minute, &len))
        return false;
    if (*s->p == ':') {
        s->p++;
        if (!when_read_digits(s, &s->second, &len))
            return false;
        s->ns = when_read_fraction(s);
    }
    if (when_take_meridian(s))
        return true;
    const char *before = s->p;
    while (char_is_space(*s->p))
        s->p++;
    if (*s->p == '+' || *s->p == '-') { // also that of "12:00 +1 day", as in GNU date
        struct when_state copy = *s;
        int offset;
        if (when_read_offset(&copy, &offset)) {
            s->p = copy.p;
            return when_set_zone(s, offset);
        }
    }
    s->p = before;
    return true;
}

/* After "A-" or "A/": the rest of a date. */
static bool when_read_date(struct when_state *s, int64_t a, size_t a_len)
{
    char separator = *s->p++;
    int64_t b, c;
    size_t b_len, c_len;
    if (char_is_alpha(*s->p)) { // 5-Jan-2020
        char word[WHEN_WORD];
        int month = when_read_word(s, word) ? when_find_month(word) : -1;
        if (month < 0 || *s->p != '-')
            return false;
        s->p++;
        return when_read_digits(s, &c, &c_len) &&
               when_set_date(s, when_full_year(c, c_len), month, a);
    }
    if (!when_read_digits(s, &b, &b_len))
        return false;
    if (*s->p != separator) // 1/2: this year
        return separator == '/' && when_set_date(s, s->year, a, b);
    s->p++;
    if (!when_read_digits(s, &c, &c_len))
        return false;
    if (separator == '-')
        return when_set_date(s, when_full_year(a, a_len), b, c);
    if (a_len >= 4)
        return when_set_date(s, a, b, c);
    return when_set_date(s, when_full_year(c, c_len), a, b);
}

/* A month after a day: "5 Jan", perhaps with a year. */
static bool when_read_day_month(struct when_state *s, int64_t day)
{
    char word[WHEN_WORD];
    when_skip(s);
    if (!when_read_word(s, word))
        return false;
    int64_t year = s->year;
    size_t len;
    struct when_state copy = *s;
    while (char_is_space(*copy.p))
        copy.p++;
    if (char_is_digit(*copy.p) && when_read_digits(&copy, &year, &len) &&
        *copy.p != ':' &&
        !(when_peek_word(&copy, word) &&
          (when_find_unit(word) || str_eq(word, "am") || str_eq(word, "pm")))) {
        s->p = copy.p;
        year = when_full_year(year, len);
    } else {
        year = s->year;
    }
    return when_set_date(s, year, 0, day); // the caller sets the month
}

/* A number by itself: a date, a time, or a year. */
static bool when_set_number(struct when_state *s, int64_t n, size_t len)
{
    if (s->dates && s->times && !s->rels && len <= 4) {
        s->year = when_full_year(n, len);
        return true;
    }
    if (len > 4) {
        if (!when_set_date(s, n / 10000, n / 100 % 100, n % 100))
            return false;
        if (len <= 6)
            s->year = when_full_year(s->year, len - 4);
        return true;
    }
    if (s->times++)
        return false;
    s->hour = len <= 2 ? n : n / 100;
    s->minute = len <= 2 ? 0 : n % 100;
    s->second = s->ns = 0;
    return true;
}

/* A number without sign, with what belongs to it. */
static bool when_read_number(struct when_state *s)
{
    int64_t n;
    size_t len;
    char word[WHEN_WORD];
    if (!when_read_digits(s, &n, &len))
        return false;
    if (*s->p == ':')
        return when_read_time(s, n);
    if (*s->p == '/' ||
        (*s->p == '-' && (char_is_digit(s->p[1]) || char_is_alpha(s->p[1]))))
        return when_read_date(s, n, len);
    if (*s->p == '.' && char_is_digit(s->p[1])) { // 1.5 seconds
        int ns = when_read_fraction(s);
        const struct when_unit_name *u =
            when_peek_word(s, word) ? when_find_unit(word) : NULL;
        if (!u || u->unit != WHEN_SECOND)
            return false;
        when_skip(s);
        when_read_word(s, word);
        s->rel_ns += ns;
        when_add_rel(s, WHEN_SECOND, n);
        return true;
    }
    if (!when_peek_word(s, word))
        return when_set_number(s, n, len);
    const struct when_unit_name *unit = when_find_unit(word);
    if (unit) {
        when_skip(s);
        when_read_word(s, word);
        when_add_rel(s, unit->unit, n * unit->count);
        return true;
    }
    if (str_eq(word, "am") || str_eq(word, "pm")) {
        if (s->times++)
            return false;
        s->hour = n;
        s->minute = s->second = s->ns = 0;
        return when_take_meridian(s);
    }
    int month = when_find_month(word);
    if (month > 0 && len <= 2) {
        if (!when_read_day_month(s, n))
            return false;
        s->month = month;
        return true;
    }
    int weekday = when_find_day(word);
    if (weekday >= 0 && len <= 2 && !s->days) { // "3 monday"
        when_skip(s);
        when_read_word(s, word);
        s->days++;
        s->weekday = weekday;
        s->ordinal = (int)n;
        return true;
    }
    return when_set_number(s, n, len);
}

/* +N or -N with a unit. */
static bool when_read_signed(struct when_state *s)
{
    int64_t sign = *s->p == '-' ? -1 : 1, n;
    size_t len;
    char word[WHEN_WORD];
    s->p++;
    while (char_is_space(*s->p))
        s->p++;
    if (!when_read_digits(s, &n, &len))
        return false;
    int ns = when_read_fraction(s);
    const struct when_unit_name *unit =
        when_peek_word(s, word) ? when_find_unit(word) : NULL;
    if (!unit || (ns && unit->unit != WHEN_SECOND) || n > INT32_MAX)
        return false;
    when_skip(s);
    when_read_word(s, word);
    s->rel_ns += sign * ns;
    when_add_rel(s, unit->unit, sign * n * unit->count);
    return true;
}

/* "Jan 5", "Jan 5, 2020", "Jan-5-2020". */
static bool when_read_month(struct when_state *s, int month)
{
    int64_t day, year = s->year;
    size_t len;
    if (*s->p == '-')
        s->p++;
    when_skip(s);
    if (!char_is_digit(*s->p) || !when_read_digits(s, &day, &len) || *s->p == ':')
        return false;
    if (len > 2)
        return false;
    struct when_state copy = *s;
    bool comma = false;
    while (char_is_space(*copy.p) || *copy.p == ',' || *copy.p == '-') {
        comma |= *copy.p == ',';
        copy.p++;
    }
    char word[WHEN_WORD];
    if (char_is_digit(*copy.p) && when_read_digits(&copy, &year, &len) &&
        *copy.p != ':' && (comma || len == 4) &&
        !(when_peek_word(&copy, word) &&
          (when_find_unit(word) || str_eq(word, "am") || str_eq(word, "pm")))) {
        s->p = copy.p;
        year = when_full_year(year, len);
    } else {
        year = s->year;
    }
    return when_set_date(s, year, month, day);
}

/* "next monday", "last week", "third day". */
static bool when_read_ordinal(struct when_state *s, int ordinal)
{
    char word[WHEN_WORD];
    when_skip(s);
    if (!char_is_alpha(*s->p) || !when_read_word(s, word))
        return false;
    const struct when_unit_name *unit = when_find_unit(word);
    if (unit) {
        when_add_rel(s, unit->unit, (int64_t)ordinal * unit->count);
        return true;
    }
    s->weekday = when_find_day(word);
    s->ordinal = ordinal;
    return s->weekday >= 0 && !s->days++;
}

/* A zone's name, with an offset perhaps: UTC+2, or DST. */
static bool when_read_zone(struct when_state *s, int offset)
{
    if ((*s->p == '+' || *s->p == '-') && char_is_digit(s->p[1])) {
        int more;
        struct when_state copy = *s;
        char word[WHEN_WORD];
        if (when_read_offset(&copy, &more) &&
            !(when_peek_word(&copy, word) && when_find_unit(word))) {
            s->p = copy.p;
            return when_set_zone(s, offset + more);
        }
    }
    char word[WHEN_WORD];
    if (when_peek_word(s, word) && str_eq(word, "dst")) {
        when_skip(s);
        when_read_word(s, word);
        offset += 3600;
    }
    return when_set_zone(s, offset);
}

static bool when_read_text(struct when_state *s)
{
    char word[WHEN_WORD];
    if ((*s->p == 'T' || *s->p == 't') && char_is_digit(s->p[1]) && s->dates &&
        !s->times) {
        s->p++; // 2020-01-01T10:00
        return true;
    }
    if (!when_read_word(s, word))
        return false;
    int month = when_find_month(word), weekday = when_find_day(word);
    const struct when_name *ordinal = when_find(when_ordinals, word);
    const struct when_name *zone = when_find(when_zones, word);
    const struct when_unit_name *unit = when_find_unit(word);
    if (month > 0)
        return when_read_month(s, month);
    if (weekday >= 0) {
        s->weekday = weekday;
        s->ordinal = 0;
        s->p += *s->p == ',';
        return !s->days++;
    }
    if (ordinal)
        return when_read_ordinal(s, ordinal->value);
    if (unit) {
        when_add_rel(s, unit->unit, unit->count);
        return true;
    }
    if (str_eq(word, "ago") && s->has_last) {
        s->rel[s->last_unit] -= 2 * s->last_amount;
        s->has_last = false;
        return true;
    }
    if (str_eq(word, "tomorrow") || str_eq(word, "yesterday")) {
        when_add_rel(s, WHEN_DAY, word[0] == 't' ? 1 : -1);
        return true;
    }
    if (str_eq(word, "today") || str_eq(word, "now")) {
        s->rels++;
        return true;
    }
    int hours;
    if (zone)
        return when_read_zone(s, zone->value * 60);
    if (!word[1] && when_find_letter(word[0], &hours))
        return when_read_zone(s, hours * 3600);
    return false;
}

static bool when_read_item(struct when_state *s)
{
    if (char_is_digit(*s->p))
        return when_read_number(s);
    if (*s->p == '+' || *s->p == '-')
        return when_read_signed(s);
    return char_is_alpha(*s->p) && when_read_text(s);
}

/* ---- Putting it together ---------------------------------------------------------- */

/* @SECONDS[.FRACTION] */
static int when_parse_epoch(const char *p, struct when *result)
{
    bool minus = *p == '-';
    int64_t n;
    const char *rest;
    if (num_to_i64(p, &n, &rest) || char_is_space(*p))
        return -EINVAL;
    struct when_state s = {.p = rest};
    int ns = when_read_fraction(&s);
    while (char_is_space(*s.p))
        s.p++;
    if (*s.p)
        return -EINVAL;
    if (minus && ns) {
        n--;
        ns = 1000000000 - ns;
    }
    *result = (struct when){n, ns};
    return 0;
}

static bool when_is_valid(const struct when_state *s)
{
    if (s->dates && (s->month < 1 || s->month > 12 || s->day < 1 ||
                     s->day > time_days_in_month(s->year, (int)s->month)))
        return false;
    return s->hour >= 0 && s->hour < 24 && s->minute >= 0 && s->minute < 60 &&
           s->second >= 0 && s->second <= 60 && s->year > -1000000 &&
           s->year < 1000000000;
}

static int when_join(const struct when_state *s, const struct zone *zone,
                     const struct time_parts *parts, int64_t *seconds)
{
    bool moved = s->rel[WHEN_YEAR] || s->rel[WHEN_MONTH] || s->rel[WHEN_DAY];
    if (!s->zones)
        return zone_join(zone, parts, !moved, seconds);
    int err = time_join(parts, seconds);
    *seconds -= s->zone_offset;
    return err;
}

/* The day of the week, if no date says the day. */
static void when_apply_weekday(const struct when_state *s, struct time_parts *parts)
{
    int today = time_weekday(time_days(parts->year, parts->month, parts->day));
    int days = (s->weekday - today + 7) % 7;
    days += 7 * (s->ordinal - (s->ordinal > 0 && today != s->weekday));
    parts->day += days;
    struct time_parts normal;
    int64_t seconds;
    if (!time_join(parts, &seconds)) {
        time_split(seconds, &normal);
        *parts = normal;
    }
}

static int when_finish(struct when_state *s, const struct zone *zone, struct when *result)
{
    if (!s->times && !(s->rels && !s->dates && !s->days))
        s->hour = s->minute = s->second = s->ns = 0;
    if (!when_is_valid(s))
        return -EINVAL;
    struct time_parts parts = {.year = s->year,
                               .month = (int)s->month,
                               .day = (int)s->day,
                               .hour = (int)s->hour,
                               .minute = (int)s->minute,
                               .second = (int)s->second};
    if (s->days && !s->dates)
        when_apply_weekday(s, &parts);
    for (int i = 0; i < WHEN_UNITS; i++)
        if (s->rel[i] > INT32_MAX || s->rel[i] < -INT32_MAX)
            return -EINVAL;
    int64_t months = parts.month - 1 + s->rel[WHEN_MONTH];
    parts.year += s->rel[WHEN_YEAR] + (months >= 0 ? months / 12 : -((11 - months) / 12));
    parts.month = (int)((months % 12 + 12) % 12) + 1;
    parts.day += (int)s->rel[WHEN_DAY];
    int64_t seconds;
    int err = when_join(s, zone, &parts, &seconds);
    if (err)
        return -EINVAL;
    seconds += s->rel[WHEN_HOUR] * 3600 + s->rel[WHEN_MINUTE] * 60 + s->rel[WHEN_SECOND];
    int64_t ns = s->ns + s->rel_ns;
    seconds += ns / 1000000000;
    ns %= 1000000000;
    if (ns < 0) {
        ns += 1000000000;
        seconds--;
    }
    *result = (struct when){seconds, (int)ns};
    return 0;
}

static int when_parse_in(const char *text, const struct zone *zone, struct when now,
                         struct when *result)
{
    struct time_parts parts;
    zone_split(zone, now.seconds, &parts);
    struct when_state s = {.p = text,
                           .year = parts.year,
                           .month = parts.month,
                           .day = parts.day,
                           .hour = parts.hour,
                           .minute = parts.minute,
                           .second = parts.second,
                           .ns = now.ns};
    when_skip(&s);
    if (*s.p == '@')
        return when_parse_epoch(s.p + 1, result);
    for (; *s.p; when_skip(&s))
        if (!when_read_item(&s))
            return -EINVAL;
    return when_finish(&s, zone, result);
}

int when_parse(const char *text, const struct zone *zone, struct when now,
               struct when *result)
{
    while (char_is_space(*text))
        text++;
    if (!str_starts(text, "TZ=\""))
        return when_parse_in(text, zone, now, result);
    const char *end = strchr(text + 4, '"');
    if (!end)
        return -EINVAL;
    struct buf name = buf_make(sys_heap());
    buf_add(&name, text + 4, (size_t)(end - text - 4));
    struct zone *other = zone_open(buf_str(&name));
    int err = when_parse_in(end + 1, other, now, result);
    zone_free(other);
    buf_fini(&name);
    return err;
}

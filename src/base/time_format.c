/* time_format.c: dates as text, as GNU date's +FORMAT and C's strftime write them in
 * the C locale. What their manuals leave open (flags on compound conversions, years
 * before 0, widths on what is unknown) is as date 9.1 and glibc 2.36 do it. */
#include "base/time.h"

#include <limits.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"

struct time_out {
    struct buf *b;
    const struct time_parts *parts;
    int64_t ns;
    const char *zone_name;
    int utc_offset;
    bool is_strftime;
};

/* One conversion: %[flags][width][E or O][colons]conv. */
struct time_spec {
    char flag; // one of - _ 0 +, the last one given; or NUL
    bool upper, swap;
    int width; // -1: none
    char modifier;
    int colons;
    bool is_bare; // there is a single flag and nothing else: date takes %-N for %9N
};

/* Fills the text added since start up to the width, from the left. */
static void time_pad(const struct time_out *out, const struct time_spec *spec,
                     size_t start)
{
    struct buf *b = out->b;
    size_t len = b->len - start;
    if (spec->width < 0 || (size_t)spec->width <= len ||
        (spec->flag == '-' && !out->is_strftime))
        return;
    char fill = spec->flag == '0' || spec->flag == '+' ? '0' : ' ';
    size_t count = (size_t)spec->width - len;
    buf_add_repeated(b, fill, count);
    if (b->len != start + len + count)
        return; // out of memory
    memmove(b->data + start + count, b->data + start, len);
    memset(b->data + start, fill, count);
}

static void time_add_text(const struct time_out *out, const struct time_spec *spec,
                          struct span text)
{
    size_t start = out->b->len;
    buf_add_span(out->b, text);
    if (spec->upper)
        for (size_t i = start; i < out->b->len; i++)
            out->b->data[i] = (char)char_upper(out->b->data[i]);
    time_pad(out, spec, start);
}

/* Names: # makes capitals of them. */
static void time_add_name(const struct time_out *out, const struct time_spec *spec,
                          const char *name, size_t len)
{
    struct time_spec cased = *spec;
    cased.upper |= spec->swap;
    time_add_text(out, &cased, span_make(name, size_min(len, strlen(name))));
}

/* AM, PM and zones: # makes small letters of them. */
static void time_add_lowered(const struct time_out *out, const struct time_spec *spec,
                             const char *text, bool lower)
{
    struct time_spec cased = *spec;
    size_t start = out->b->len;
    cased.upper &= !lower;
    time_add_text(out, &cased, span_of(text));
    if (lower)
        for (size_t i = start; i < out->b->len; i++)
            out->b->data[i] = (char)char_lower(out->b->data[i]);
}

/* A number as its sign (NUL: none) and magnitude, filled up to width: by spaces before
 * the sign (flag _) or zeros after it (any other; none for -). */
static void time_add_filled(const struct time_out *out, char flag, size_t width,
                            char sign, uint64_t magnitude)
{
    char digits[24];
    size_t len = num_from_u64(digits, magnitude);
    size_t all = len + (sign != 0);
    size_t fill = width > all && flag != '-' ? width - all : 0;
    if (flag == '_')
        buf_add_repeated(out->b, ' ', fill);
    if (sign)
        buf_add_char(out->b, sign);
    if (flag != '_')
        buf_add_repeated(out->b, '0', fill);
    buf_add(out->b, digits, len);
}

enum time_kind { TIME_PLAIN, TIME_YEARISH }; // YEARISH: the flag + is for these

static void time_add_number(const struct time_out *out, const struct time_spec *spec,
                            enum time_kind kind, bool negative, uint64_t magnitude,
                            int digits, char flag)
{
    size_t start = out->b->len;
    int width = digits;
    if (!spec->modifier && spec->flag)
        flag = spec->flag;
    if (!spec->modifier && spec->width >= 0 &&
        !(out->is_strftime && spec->width < digits))
        width = spec->width;
    char sign = negative ? '-' : '\0';
    bool long_one = width > digits || magnitude >= (digits == 4 ? 10000u : 100u);
    if (kind == TIME_YEARISH && flag == '+' && !negative && long_one)
        sign = '+';
    time_add_filled(out, flag, (size_t)width, sign, magnitude);
    if (spec->modifier || flag == '-') // the width is filled otherwise, if at all
        time_pad(out, spec, start);
}

static void time_add_int(const struct time_out *out, const struct time_spec *spec, int n,
                         int digits, char flag)
{
    time_add_number(out, spec, TIME_PLAIN, false, (uint64_t)n, digits, flag);
}

/* The whole year n, in four digits at least; strftime and modifiers want no zeros. */
static void time_add_year(const struct time_out *out, const struct time_spec *spec,
                          int64_t n)
{
    bool natural = out->is_strftime || spec->modifier;
    uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    time_add_number(out, spec, TIME_YEARISH, n < 0, magnitude, natural ? 1 : 4, '0');
}

/* The last two digits of a year. Before year 0 date and strftime differ. */
static void time_add_year_end(const struct time_out *out, const struct time_spec *spec,
                              int64_t n, bool as_strftime)
{
    int64_t end = n % 100;
    if (end < 0)
        end = as_strftime ? end + 100 : -end;
    time_add_number(out, spec, TIME_YEARISH, false, (uint64_t)end, 2, '0');
}

static void time_add_century(const struct time_out *out, const struct time_spec *spec)
{
    int64_t year = out->parts->year, century = year / 100;
    bool negative = year < 0;
    if (out->is_strftime || spec->modifier == 'E')
        century -= year % 100 < 0;
    uint64_t magnitude = century < 0 ? 0 - (uint64_t)century : (uint64_t)century;
    bool natural = out->is_strftime || spec->modifier;
    time_add_number(out, spec, TIME_YEARISH, negative, magnitude, natural ? 1 : 2, '0');
}

static void time_add_offset(const struct time_out *out, const struct time_spec *spec)
{
    unsigned seconds =
        out->utc_offset < 0 ? 0u - (unsigned)out->utc_offset : (unsigned)out->utc_offset;
    unsigned hour = seconds / 3600, minute = seconds / 60 % 60;
    int colons = spec->colons;
    if (colons == 3) // as short as can be
        colons = seconds % 60 ? 2 : minute ? 1 : 3;
    int total = colons == 0 ? 5 : colons == 1 ? 6 : colons == 2 ? 9 : 3;
    size_t suffix = colons == 1 ? 3 : colons == 2 ? 6 : 0;
    size_t width = (size_t)(spec->width >= 0 ? spec->width : total);

    time_add_filled(out, spec->flag, width > suffix ? width - suffix : 0,
                    out->utc_offset < 0 ? '-' : '+',
                    colons == 0 ? hour * 100 + minute : hour);
    if (suffix)
        buf_addf(out->b, ":%02u", minute);
    if (suffix == 6)
        buf_addf(out->b, ":%02u", seconds % 60);
}

/* Nanoseconds: the width is the number of digits; more than 9 are filled at the right. */
static void time_add_fraction(const struct time_out *out, const struct time_spec *spec)
{
    char digits[24];
    size_t start = out->b->len;
    size_t width = spec->width > 0 ? (size_t)spec->width : 9;
    size_t keep = size_min(width, 9);
    num_from_u64(digits, (uint64_t)(out->ns + 1000000000)); // a 1 before nine digits
    if (spec->flag == '_' || (spec->flag == '-' && !spec->is_bare))
        while (keep > 1 && digits[keep] == '0')
            keep--;
    buf_add(out->b, digits + 1, keep);
    if (spec->flag != '-')
        buf_add_repeated(out->b, spec->flag == '_' ? ' ' : '0',
                         start + width - out->b->len);
}

static void time_add_epoch(const struct time_out *out, const struct time_spec *spec)
{
    int64_t seconds = 0;
    struct time_parts parts = *out->parts;
    if (time_join(&parts, &seconds) == 0)
        seconds -= out->utc_offset;
    uint64_t magnitude = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
    struct time_spec natural = {.width = -1};
    time_add_number(out, out->is_strftime ? &natural : spec, TIME_PLAIN, seconds < 0,
                    magnitude, 1, '0');
}

static void time_add_hms(const struct time_out *out, int hour, bool seconds)
{
    buf_addf(out->b, "%02d:%02d", hour, out->parts->minute);
    if (seconds)
        buf_addf(out->b, ":%02d", out->parts->second);
}

static int time_hour_12(const struct time_parts *parts)
{
    return (parts->hour + 11) % 12 + 1;
}

static void time_add_iso_date(const struct time_out *out, const struct time_spec *spec)
{
    struct time_spec year = {.flag = spec->flag, .width = -1};
    if (!out->is_strftime) { // the width is the year's, less the six of -mm-dd
        if (!spec->flag && spec->width < 0)
            year.flag = '+';
        year.width = spec->width >= 6                 ? spec->width - 6
                     : spec->width < 0 && !spec->flag ? 4
                                                      : 0;
    }
    time_add_year(out, &year, out->parts->year);
    buf_addf(out->b, "-%02d-%02d", out->parts->month, out->parts->day);
}

/* The conversions made of others. Returns false if conv is none of them. */
static bool time_add_compound(const struct time_out *out, const struct time_spec *spec,
                              char conv)
{
    const struct time_parts *p = out->parts;
    const struct time_spec plain = {.width = -1};
    const struct time_spec flagged = {.width = -1, .flag = spec->flag};
    size_t start = out->b->len;
    switch (conv) {
    case 'c':
        buf_addf(out->b, "%.3s %.3s %2d ", time_weekday_name(p->weekday),
                 time_month_name(p->month - 1), p->day);
        time_add_hms(out, p->hour, true);
        buf_addf(out->b, " %lld", (long long)p->year);
        break;
    case 'D':
    case 'x':
        buf_addf(out->b, "%02d/%02d/", p->month, p->day);
        time_add_year_end(out, conv == 'D' ? &flagged : &plain, p->year,
                          conv == 'x' || out->is_strftime);
        break;
    case 'F': time_add_iso_date(out, spec); break;
    case 'r':
        time_add_hms(out, time_hour_12(p), true);
        buf_add_str(out->b, p->hour < 12 ? " AM" : " PM");
        break;
    case 'R': time_add_hms(out, p->hour, false); break;
    case 'T':
    case 'X': time_add_hms(out, p->hour, true); break;
    default: return false;
    }
    if (spec->upper)
        for (size_t i = start; i < out->b->len; i++)
            out->b->data[i] = (char)char_upper(out->b->data[i]);
    time_pad(out, spec, start);
    return true;
}

/* The conversions that give a number. Returns false if conv is none of them. */
static bool time_add_numeric(const struct time_out *out, const struct time_spec *spec,
                             char conv)
{
    const struct time_parts *p = out->parts;
    int64_t iso_year;
    int week = time_iso_week(p, &iso_year);
    switch (conv) {
    case 'C': time_add_century(out, spec); return true;
    case 'd': time_add_int(out, spec, p->day, 2, '0'); return true;
    case 'e': time_add_int(out, spec, p->day, 2, '_'); return true;
    case 'g':
        time_add_year_end(out, spec, iso_year, spec->modifier || out->is_strftime);
        return true;
    case 'G': time_add_year(out, spec, iso_year); return true;
    case 'H': time_add_int(out, spec, p->hour, 2, '0'); return true;
    case 'I': time_add_int(out, spec, time_hour_12(p), 2, '0'); return true;
    case 'j': time_add_int(out, spec, p->yearday, 3, '0'); return true;
    case 'k': time_add_int(out, spec, p->hour, 2, '_'); return true;
    case 'l': time_add_int(out, spec, time_hour_12(p), 2, '_'); return true;
    case 'm': time_add_int(out, spec, p->month, 2, '0'); return true;
    case 'M': time_add_int(out, spec, p->minute, 2, '0'); return true;
    case 's': time_add_epoch(out, spec); return true;
    case 'S': time_add_int(out, spec, p->second, 2, '0'); return true;
    case 'u': time_add_int(out, spec, (p->weekday + 6) % 7 + 1, 1, '0'); return true;
    case 'U':
        time_add_int(out, spec, (p->yearday + 6 - p->weekday) / 7, 2, '0');
        return true;
    case 'V': time_add_int(out, spec, week, 2, '0'); return true;
    case 'w': time_add_int(out, spec, p->weekday, 1, '0'); return true;
    case 'W':
        time_add_int(out, spec, (p->yearday + 6 - (p->weekday + 6) % 7) / 7, 2, '0');
        return true;
    case 'y':
        time_add_year_end(out, spec, p->year, spec->modifier || out->is_strftime);
        return true;
    case 'Y': time_add_year(out, spec, p->year); return true;
    case 'z': time_add_offset(out, spec); return true;
    }
    if (out->is_strftime || (conv != 'N' && conv != 'q'))
        return false;
    if (conv == 'N')
        time_add_fraction(out, spec);
    else
        time_add_int(out, spec, (p->month + 2) / 3, 1, '0');
    return true;
}

/* The conversions that give a word or a character. Returns false if conv is none of
 * them. */
static bool time_add_word(const struct time_out *out, const struct time_spec *spec,
                          char conv)
{
    const struct time_parts *p = out->parts;
    const char *half = p->hour < 12 ? "AM" : "PM";
    switch (conv) {
    case 'a': time_add_name(out, spec, time_weekday_name(p->weekday), 3); return true;
    case 'A':
        time_add_name(out, spec, time_weekday_name(p->weekday), SIZE_MAX);
        return true;
    case 'b':
    case 'h': time_add_name(out, spec, time_month_name(p->month - 1), 3); return true;
    case 'B':
        time_add_name(out, spec, time_month_name(p->month - 1), SIZE_MAX);
        return true;
    case 'n': time_add_text(out, spec, span_make("\n", 1)); return true;
    case 'p': time_add_lowered(out, spec, half, spec->swap); return true;
    case 'P': time_add_lowered(out, spec, half, true); return true;
    case 't': time_add_text(out, spec, span_make("\t", 1)); return true;
    case 'Z': time_add_lowered(out, spec, out->zone_name, spec->swap); return true;
    }
    return false;
}

static const char *time_read_spec(const struct time_out *out, const char *f,
                                  struct time_spec *spec)
{
    const char *flags = out->is_strftime ? "-_0^#" : "-_0+^#", *start = f;
    *spec = (struct time_spec){.width = -1};
    for (; *f && strchr(flags, *f); f++)
        if (*f == '^')
            spec->upper = true;
        else if (*f == '#')
            spec->swap = true;
        else
            spec->flag = *f;
    if (char_is_digit(*f)) {
        const char *rest;
        int64_t width;
        int err = num_to_i64(f, &width, &rest);
        spec->width = err || width > INT_MAX ? INT_MAX : (int)width;
        f = rest;
    }
    if (*f == 'E' || *f == 'O')
        spec->modifier = *f++;
    for (; *f == ':' && !out->is_strftime; f++)
        spec->colons++;
    spec->is_bare = f == start + 1;
    return f;
}

/* Whether conv may follow the modifier and the colons of spec. */
static bool time_is_allowed(const struct time_spec *spec, char conv)
{
    if (spec->colons && (conv != 'z' || spec->colons > 3))
        return false;
    if (spec->modifier == 'E')
        return strchr("cnpqrstuxyzCPRTXYZ", conv) != NULL;
    if (spec->modifier == 'O')
        return strchr("bdeghjklmnprstuwyzBCGHIMNPRSTUVWZ", conv) != NULL;
    return true;
}

/* Adds the conversion that begins at percent. Returns what follows it. */
static const char *time_add_conversion(const struct time_out *out, const char *percent)
{
    struct time_spec spec;
    const char *f = time_read_spec(out, percent + 1, &spec);
    if (*f == '%' && (f == percent + 1 || out->is_strftime)) {
        time_add_text(out, &spec, span_make("%", 1));
        return f + 1;
    }
    if (*f && *f != '%' && time_is_allowed(&spec, *f) &&
        (time_add_word(out, &spec, *f) || time_add_numeric(out, &spec, *f) ||
         time_add_compound(out, &spec, *f)))
        return f + 1;

    // unknown: copied, but a % after it begins anew, and so does what follows a colon
    const char *end = *f && *f != '%' ? f + 1 : f;
    if (spec.colons && *f != 'z')
        end = f - spec.colons + 1;
    time_add_text(out, &spec, span_make(percent, (size_t)(end - percent)));
    return end;
}

void time_format_as(struct buf *b, unsigned flags, const char *format,
                    const struct time_parts *parts, int64_t ns, const char *zone_name,
                    int utc_offset)
{
    struct time_out out = {b,         parts,      ns,
                           zone_name, utc_offset, (flags & TIME_STRFTIME) != 0};
    ASSERT(ns >= 0 && ns < 1000000000);
    while (*format) {
        size_t plain = strcspn(format, "%");
        buf_add(b, format, plain);
        format += plain;
        if (*format)
            format = time_add_conversion(&out, format);
    }
}

void time_format(struct buf *b, const char *format, const struct time_parts *parts,
                 int64_t ns, const char *zone_name, int utc_offset)
{
    time_format_as(b, 0, format, parts, ns, zone_name, utc_offset);
}

/* date.c: show a moment. Imitates GNU coreutils date; the sandbox's clock cannot be
 * set. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/time.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/when.h"
#include "user/zone.h"

int cmd_date(int argc, char **argv);

enum { DATE_RFC_3339 = 256, DATE_RESOLUTION };

static const struct opt date_opts[] = {
    {"date", 'd', OPT_ARG},
    {"file", 'f', OPT_ARG},
    {"iso-8601", 'I', OPT_MAYBE},
    {"reference", 'r', OPT_ARG},
    {"resolution", DATE_RESOLUTION, OPT_PLAIN},
    {"rfc-email", 'R', OPT_PLAIN},
    {"rfc-822", 'R', OPT_PLAIN},
    {"rfc-2822", 'R', OPT_PLAIN},
    {"rfc-3339", DATE_RFC_3339, OPT_ARG},
    {"set", 's', OPT_ARG},
    {"uct", 'u', OPT_PLAIN},
    {"utc", 'u', OPT_PLAIN},
    {"universal", 'u', OPT_PLAIN},
    {0},
};

const struct cmd cmd_date_entry = {
    .name = "date",
    .usage = "[+FORMAT] | [MMDDhhmm[[CC]YY][.ss]]",
    .help = "Show the date and time in FORMAT.\n"
            "\n"
            "  -d, --date=STRING       a moment described by STRING, not now\n"
            "  -f, --file=FILE         as -d for each line of FILE\n"
            "  -I, --iso-8601[=WORD]   in ISO 8601: date, hours, minutes, seconds or ns\n"
            "      --resolution        the clock's resolution\n"
            "  -R, --rfc-email         in RFC 5322\n"
            "      --rfc-3339=WORD     in RFC 3339: date, seconds or ns\n"
            "  -r, --reference=FILE    when FILE was last changed\n"
            "  -s, --set=STRING        (fails: the clock cannot be set)\n"
            "  -u, --utc, --universal  in Coordinated Universal Time\n"
            "\n"
            "FORMAT has strftime's conversions, and %N, %:z and the flags - _ 0 + ^ #.\n",
    .main = cmd_date,
    .opts = date_opts,
};

struct date {
    const char *text, *file, *reference, *format;
    bool set, resolution;
    struct zone *zone;
};

static int date_show(const struct date *d, struct when w)
{
    struct buf b = buf_make(sys_heap());
    zone_format(&b, d->zone, d->format, w.seconds, w.ns);
    buf_add_char(&b, '\n');
    out_span(buf_span(&b));
    buf_fini(&b);
    return 0;
}

static int date_show_text(const struct date *d, const char *text)
{
    struct when w;
    if (when_parse(text, d->zone, when_now(), &w))
        return msg("invalid date %s", quoted(text));
    return date_show(d, w);
}

static int date_show_file(const struct date *d)
{
    struct in in;
    struct span line;
    int err = in_open(&in, d->file), status = 0;
    if (err)
        return msg_errno(err, "%s", quoted_file(d->file));
    struct buf text = buf_make(sys_heap());
    while (in_line(&in, '\n', &line)) {
        if (line.ptr[line.len - 1] == '\n')
            line.len--;
        buf_clear(&text);
        buf_add_span(&text, line);
        status |= date_show_text(d, buf_str(&text));
    }
    buf_fini(&text);
    return status;
}

/* The moment that MMDDhhmm[[CC]YY][.ss] names. */
static bool date_read_posix(const struct date *d, const char *text, struct when *w)
{
    size_t len = strspn(text, "0123456789");
    struct time_parts now, t = {0};
    if ((len != 8 && len != 10 && len != 12) ||
        (text[len] && (text[len] != '.' || strlen(text + len) != 3 ||
                       !char_is_digit(text[len + 1]) || !char_is_digit(text[len + 2]))))
        return false;
#define DATE_PAIR(i) ((text[i] - '0') * 10 + (text[(i) + 1] - '0'))
    zone_split(d->zone, when_now().seconds, &now);
    t.month = DATE_PAIR(0);
    t.day = DATE_PAIR(2);
    t.hour = DATE_PAIR(4);
    t.minute = DATE_PAIR(6);
    t.second = text[len] ? DATE_PAIR(len + 1) : 0;
    t.year = len == 12   ? DATE_PAIR(8) * 100 + DATE_PAIR(10)
             : len == 10 ? DATE_PAIR(8) + (DATE_PAIR(8) < 69 ? 2000 : 1900)
                         : now.year;
#undef DATE_PAIR
    *w = (struct when){0, 0};
    return t.month >= 1 && t.month <= 12 && t.day >= 1 &&
           t.day <= time_days_in_month(t.year, t.month) && t.hour < 24 && t.minute < 60 &&
           t.second <= 60 && !zone_join(d->zone, &t, false, &w->seconds);
}

static int date_try_set(const struct date *d, const char *text, bool posix)
{
    struct when w;
    if (posix ? !date_read_posix(d, text, &w)
              : when_parse(text, d->zone, when_now(), &w) != 0)
        return msg("invalid date %s", quoted(text));
    msg_errno(EPERM, "cannot set date");
    date_show(d, w);
    return 1;
}

static int date_show_reference(const struct date *d)
{
    struct sys_stat st;
    int err = sys_stat(d->reference, &st);
    if (err)
        return msg_errno(err, "%s", quoted_file(d->reference));
    return date_show(d, when_from_ns(st.mtime_ns));
}

static bool date_set_format(struct date *d, const char *format)
{
    if (d->format) {
        msg("multiple output formats specified");
        return false;
    }
    d->format = format;
    return true;
}

static bool date_set_iso(struct date *d, const char *word)
{
    static const char *const names[] = {"hours",   "minutes", "date",
                                        "seconds", "ns",      NULL};
    static const char *const formats[] = {"%Y-%m-%dT%H%:z", "%Y-%m-%dT%H:%M%:z",
                                          "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%:z",
                                          "%Y-%m-%dT%H:%M:%S,%N%:z"};
    int i = word ? opts_match_arg("--iso-8601", word, names, NULL) : 2;
    return i >= 0 && date_set_format(d, formats[i]);
}

static bool date_set_rfc_3339(struct date *d, const char *word)
{
    static const char *const names[] = {"date", "seconds", "ns", NULL};
    static const char *const formats[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M:%S%:z",
                                          "%Y-%m-%d %H:%M:%S.%N%:z"};
    int i = opts_match_arg("--rfc-3339", word, names, NULL);
    return i >= 0 && date_set_format(d, formats[i]);
}

static bool date_read_option(struct date *d, int c, const char *arg, const char **tz)
{
    switch (c) {
    case 'd': d->text = arg; return true;
    case 'f': d->file = arg; return true;
    case 'I': return date_set_iso(d, arg);
    case 'r': d->reference = arg; return true;
    case 'R': return date_set_format(d, "%a, %d %b %Y %H:%M:%S %z");
    case DATE_RFC_3339: return date_set_rfc_3339(d, arg);
    case 's': d->text = arg; return d->set = true;
    case 'u': *tz = "UTC0"; return true;
    case DATE_RESOLUTION: return d->resolution = true;
    default: return false;
    }
}

int cmd_date(int argc, char **argv)
{
    struct date d = {0};
    const char *tz = NULL, *moment = NULL;
    struct opts o = opts_begin(&cmd_date_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (!date_read_option(&d, c, o.arg, &tz))
            return 1;
    int sources =
        (d.text != NULL) + (d.file != NULL) + (d.reference != NULL) + d.resolution;
    if (sources > 1)
        return msg_usage(
            "the options to specify dates for printing are mutually exclusive");
    if (o.count && o.operands[0][0] == '+') {
        if (!date_set_format(&d, o.operands[0] + 1))
            return 1;
        if (o.count > 1)
            return msg_usage("extra operand %s", quoted(o.operands[1]));
    } else if (o.count > 1) {
        return msg_usage("extra operand %s", quoted(o.operands[1]));
    } else if (o.count && sources) {
        msg("the argument %s lacks a leading '+';\n"
            "when using an option to specify date(s), any non-option\n"
            "argument must be a format string beginning with '+'",
            quoted(o.operands[0]));
        return msg_try_help();
    } else {
        moment = o.operands[0];
    }
    if (!d.format)
        d.format = d.resolution ? "%s.%N" : "%a %b %e %H:%M:%S %Z %Y";
    d.zone = zone_open(tz);
    if (moment || d.set)
        return date_try_set(&d, moment ? moment : d.text, moment != NULL);
    if (d.reference)
        return date_show_reference(&d);
    if (d.file)
        return date_show_file(&d);
    if (d.resolution)
        return date_show(&d, (struct when){0, 1});
    return d.text ? date_show_text(&d, d.text) : date_show(&d, when_now());
}

/* touch.c: set the times of files, and make those that do not exist. Imitates GNU
 * coreutils touch. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "base/time.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/when.h"
#include "user/zone.h"

int cmd_touch(int argc, char **argv);

enum { TOUCH_TIME = 256 };

static const struct opt touch_opts[] = {
    {"time", TOUCH_TIME, OPT_ARG},
    {"no-create", 'c', OPT_PLAIN},
    {"date", 'd', OPT_ARG},
    {"reference", 'r', OPT_ARG},
    {"no-dereference", 'h', OPT_PLAIN},
    {NULL, 'a', OPT_PLAIN},
    {NULL, 'f', OPT_PLAIN},
    {NULL, 'm', OPT_PLAIN},
    {NULL, 't', OPT_ARG},
    {0},
};

const struct cmd cmd_touch_entry = {
    .name = "touch",
    .usage = "FILE...",
    .help =
        "Set the times of access and modification of each FILE to now; make it if it does not\n"
        "exist.\n"
        "\n"
        "  -a                    only the time of access\n"
        "  -c, --no-create       do not make files\n"
        "  -d, --date=STRING     the moment described by STRING, not now\n"
        "  -f                    (ignored)\n"
        "  -h, --no-dereference  of a symbolic link itself\n"
        "  -m                    only the time of modification\n"
        "  -r, --reference=FILE  the times of FILE\n"
        "  -t [[CC]YY]MMDDhhmm[.ss]  that moment\n"
        "      --time=WORD       access, atime or use as -a; modify or mtime as -m\n",
    .main = cmd_touch,
    .opts = touch_opts,
};

struct touch {
    bool access, modify, no_create, no_follow;
    const char *date, *reference, *stamp;
    int64_t atime_ns, mtime_ns; // perhaps SYS_TIME_NOW or SYS_TIME_OMIT
};

/* ---- -t --------------------------------------------------------------------------- */

static int touch_pair(const char *p) { return (p[0] - '0') * 10 + (p[1] - '0'); }

static bool touch_read_stamp(const char *text, const struct zone *zone, int64_t *ns)
{
    size_t len = strspn(text, "0123456789");
    struct time_parts now, t = {0};
    if (len != 8 && len != 10 && len != 12)
        return false;
    if (text[len] && (text[len] != '.' || strlen(text + len) != 3 ||
                      !char_is_digit(text[len + 1]) || !char_is_digit(text[len + 2])))
        return false;
    zone_split(zone, when_now().seconds, &now);
    const char *p = text + len - 8; // at the month
    t.year = len == 12   ? touch_pair(text) * 100 + touch_pair(text + 2)
             : len == 10 ? touch_pair(text) + (touch_pair(text) < 69 ? 2000 : 1900)
                         : now.year;
    t.month = touch_pair(p);
    t.day = touch_pair(p + 2);
    t.hour = touch_pair(p + 4);
    t.minute = touch_pair(p + 6);
    t.second = text[len] ? touch_pair(text + len + 1) : 0;
    struct when w = {0, 0};
    if (t.month < 1 || t.month > 12 || t.day < 1 ||
        t.day > time_days_in_month(t.year, t.month) || t.hour > 23 || t.minute > 59 ||
        t.second > 60 || zone_join(zone, &t, false, &w.seconds))
        return false;
    *ns = when_to_ns(w);
    return true;
}

/* ---- The times to be set ---------------------------------------------------------- */

static bool touch_read_date(const char *text, const struct zone *zone, struct when base,
                            int64_t *ns)
{
    struct when w;
    if (when_parse(text, zone, base, &w)) {
        msg("invalid date format %s", quoted(text));
        return false;
    }
    *ns = when_to_ns(w);
    return true;
}

static bool touch_find_times(struct touch *t)
{
    struct zone *zone = zone_open(NULL);
    t->atime_ns = t->mtime_ns = SYS_TIME_NOW;
    if (t->reference) {
        struct sys_stat st;
        int err =
            t->no_follow ? sys_lstat(t->reference, &st) : sys_stat(t->reference, &st);
        if (err) {
            msg_errno(err, "failed to get attributes of %s", quoted_path(t->reference));
            return false;
        }
        t->atime_ns = st.atime_ns;
        t->mtime_ns = st.mtime_ns;
        if (t->date)
            return touch_read_date(t->date, zone, when_from_ns(st.atime_ns),
                                   &t->atime_ns) &&
                   touch_read_date(t->date, zone, when_from_ns(st.mtime_ns),
                                   &t->mtime_ns);
        return true;
    }
    if (t->date) {
        if (!touch_read_date(t->date, zone, when_now(), &t->atime_ns))
            return false;
        t->mtime_ns = t->atime_ns;
    } else if (t->stamp) {
        if (!touch_read_stamp(t->stamp, zone, &t->atime_ns)) {
            msg("invalid date format %s", quoted(t->stamp));
            return false;
        }
        t->mtime_ns = t->atime_ns;
    }
    return true;
}

/* ---- Files ------------------------------------------------------------------------ */

static int touch_set(const struct touch *t, const char *name)
{
    int64_t atime = t->access ? t->atime_ns : SYS_TIME_OMIT;
    int64_t mtime = t->modify ? t->mtime_ns : SYS_TIME_OMIT;
    if (str_eq(name, "-"))
        return sys_futimes(1, atime, mtime);
    return sys_utimes(name, atime, mtime, !t->no_follow);
}

static int touch_file(const struct touch *t, const char *name)
{
    int opened = 0;
    if (!str_eq(name, "-") && !t->no_create && !t->no_follow) {
        opened = sys_open(name, SYS_WRONLY | SYS_CREAT | SYS_NONBLOCK, 0666);
        if (opened >= 0)
            sys_close(opened);
    }
    int err = touch_set(t, name);
    if (!err || (err == -ENOENT && t->no_create) ||
        (str_eq(name, "-") && err == -EBADF && t->no_create))
        return 0;
    if (err == -ENOENT && opened < 0)
        err = opened;
    if (opened < 0 && opened != -EISDIR)
        return msg_errno(opened, "cannot touch %s", quoted_path(name));
    return msg_errno(err, err == -ENOENT ? "cannot touch %s" : "setting times of %s",
                     quoted_path(name));
}

static bool touch_set_word(struct touch *t, const char *text)
{
    static const char *const names[] = {"atime", "access", "use",
                                        "mtime", "modify", NULL};
    static const int values[] = {0, 0, 0, 1, 1};
    int i = opts_match_arg("--time", text, names, values);
    if (i < 0)
        return false;
    if (values[i])
        t->modify = true;
    else
        t->access = true;
    return true;
}

static bool touch_read_option(struct touch *t, int c, const char *arg)
{
    switch (c) {
    case 'a': return t->access = true;
    case 'c': return t->no_create = true;
    case 'd': t->date = arg; return true;
    case 'f': return true;
    case 'h': return t->no_follow = true;
    case 'm': return t->modify = true;
    case 'r': t->reference = arg; return true;
    case 't': t->stamp = arg; return true;
    case TOUCH_TIME: return touch_set_word(t, arg);
    default: return false;
    }
}

int cmd_touch(int argc, char **argv)
{
    struct touch t = {0};
    struct opts o = opts_begin(&cmd_touch_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (!touch_read_option(&t, c, o.arg))
            return 1;
    if (!t.access && !t.modify)
        t.access = t.modify = true;
    if (t.stamp && (t.date || t.reference))
        return msg_usage("cannot specify times from more than one source");
    if (!touch_find_times(&t))
        return 1;
    if (!o.count)
        return msg_usage("missing file operand");
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= touch_file(&t, *name);
    return status;
}

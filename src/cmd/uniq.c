/* uniq.c: report or leave out repeated lines. Imitates GNU coreutils uniq. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/size.h"

int cmd_uniq(int argc, char **argv);

enum { UNIQ_GROUP = 256 };

static const struct opt uniq_opts[] = {
    {"count", 'c', OPT_PLAIN},
    {"repeated", 'd', OPT_PLAIN},
    {"all-repeated", 'D', OPT_MAYBE},
    {"group", UNIQ_GROUP, OPT_MAYBE},
    {"ignore-case", 'i', OPT_PLAIN},
    {"unique", 'u', OPT_PLAIN},
    {"skip-fields", 'f', OPT_ARG},
    {"skip-chars", 's', OPT_ARG},
    {"check-chars", 'w', OPT_ARG},
    {"zero-terminated", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_uniq_entry = {
    .name = "uniq",
    .usage = "[INPUT [OUTPUT]]",
    .help =
        "Write each run of equal lines as one.\n"
        "\n"
        "  -c, --count            with the number of lines before each\n"
        "  -d, --repeated         only lines that are repeated, one of each\n"
        "  -D                     all lines that are repeated\n"
        "      --all-repeated[=METHOD]  the same, with an empty line between groups:\n"
        "                         none (the default), prepend, separate\n"
        "  -f, --skip-fields=N    do not compare the first N fields\n"
        "      --group[=METHOD]   all lines, with an empty line between groups:\n"
        "                         separate (the default), prepend, append, both\n"
        "  -i, --ignore-case      compare without regard to case\n"
        "  -s, --skip-chars=N     do not compare the first N characters\n"
        "  -u, --unique           only lines that are not repeated\n"
        "  -w, --check-chars=N    compare no more than N characters\n"
        "  -z, --zero-terminated  lines end in NUL\n",
    .main = cmd_uniq,
    .opts = uniq_opts,
    .opts_flags = OPTS_DIGITS | OPTS_PLUS,
};

enum uniq_groups { UNIQ_NONE, UNIQ_PREPEND, UNIQ_APPEND, UNIQ_SEPARATE, UNIQ_BOTH };

struct uniq {
    bool count, first_repeated, unique, all_repeated, group, fold;
    enum uniq_groups method;
    uint64_t skip_fields, skip_chars, check_chars;
    char end;
    bool any_group;
    struct out *out;
};

/* The part of a line that is compared. */
static struct span uniq_key(const struct uniq *u, struct span line)
{
    const char *p = line.ptr, *end = line.ptr + line.len;
    for (uint64_t i = 0; i < u->skip_fields && p < end; i++) {
        while (p < end && (char_is_blank(*p) || *p == '\n'))
            p++;
        while (p < end && !(char_is_blank(*p) || *p == '\n'))
            p++;
    }
    uint64_t left = (uint64_t)(end - p);
    p += left < u->skip_chars ? left : u->skip_chars;
    left = (uint64_t)(end - p);
    return span_make(p, (size_t)(left < u->check_chars ? left : u->check_chars));
}

static bool uniq_same(const struct uniq *u, struct span a, struct span b)
{
    if (a.len != b.len || !u->fold)
        return span_eq(a, b);
    for (size_t i = 0; i < a.len; i++)
        if (char_upper((unsigned char)a.ptr[i]) != char_upper((unsigned char)b.ptr[i]))
            return false;
    return true;
}

static void uniq_put(const struct uniq *u, struct span line)
{
    out_add_span(u->out, line);
    out_add_char(u->out, u->end);
}

/* ---- One line for each run -------------------------------------------------------- */

static void uniq_put_run(const struct uniq *u, struct span line, uint64_t count)
{
    if (count > 1 ? u->unique : u->first_repeated)
        return;
    if (u->count)
        out_addf(u->out, "%7llu ", (unsigned long long)count);
    uniq_put(u, line);
}

/* ---- All lines of groups ---------------------------------------------------------- */

/* Before the first line of a group that is shown. */
static void uniq_begin_group(struct uniq *u)
{
    bool before =
        u->method == UNIQ_PREPEND || u->method == UNIQ_BOTH ||
        (u->any_group && (u->method == UNIQ_SEPARATE || u->method == UNIQ_APPEND));
    if (u->method == UNIQ_APPEND && !u->any_group)
        before = false;
    if (before)
        out_add_char(u->out, u->end);
    u->any_group = true;
}

static void uniq_end(struct uniq *u)
{
    if (u->any_group && (u->method == UNIQ_APPEND || u->method == UNIQ_BOTH))
        out_add_char(u->out, u->end);
}

/* A line of a run; number counts from 1. With -D the first is only written with the
 * second. */
static void uniq_put_member(struct uniq *u, struct span before, struct span line,
                            uint64_t number)
{
    if (u->group) {
        if (number == 1)
            uniq_begin_group(u);
        uniq_put(u, line);
    } else if (number > 1) {
        if (number == 2) {
            uniq_begin_group(u);
            uniq_put(u, before);
        }
        uniq_put(u, line);
    }
}

static void uniq_run(struct uniq *u, struct in *in)
{
    struct buf first = buf_make(sys_heap()); // of the run
    struct span line, key = {0};
    uint64_t count = 0;
    bool members = u->group || u->all_repeated;
    while (in_line(in, u->end, &line)) {
        if (line.ptr[line.len - 1] == u->end)
            line.len--;
        struct span next = uniq_key(u, line);
        if (count && uniq_same(u, key, next)) {
            count++;
            if (members)
                uniq_put_member(u, buf_span(&first), line, count);
            continue;
        }
        if (count && !members)
            uniq_put_run(u, buf_span(&first), count);
        buf_clear(&first);
        buf_add_span(&first, line);
        key = uniq_key(u, buf_span(&first));
        count = 1;
        if (members)
            uniq_put_member(u, buf_span(&first), buf_span(&first), count);
    }
    if (count && !members)
        uniq_put_run(u, buf_span(&first), count);
    uniq_end(u);
    buf_fini(&first);
}

/* ---- Options ---------------------------------------------------------------------- */

static bool uniq_set_number(uint64_t *n, const char *text, const char *what)
{
    int err = size_parse_of(text, "", n);
    if (err == -EINVAL) {
        msg("%s: invalid number of %s", text, what);
        return false;
    }
    return true;
}

static bool uniq_set_method(struct uniq *u, int c, const char *text)
{
    static const char *const repeated[] = {"none", "prepend", "separate", NULL};
    static const char *const group[] = {"prepend", "append", "separate", "both", NULL};
    static const enum uniq_groups repeated_values[] = {UNIQ_NONE, UNIQ_PREPEND,
                                                       UNIQ_SEPARATE};
    static const enum uniq_groups group_values[] = {UNIQ_PREPEND, UNIQ_APPEND,
                                                    UNIQ_SEPARATE, UNIQ_BOTH};
    int i;
    if (c == 'D') {
        u->all_repeated = true;
        i = text ? opts_match_arg("--all-repeated", text, repeated, NULL) : 0;
        u->method = i < 0 ? UNIQ_NONE : repeated_values[i];
    } else {
        u->group = true;
        i = text ? opts_match_arg("--group", text, group, NULL) : 2;
        u->method = i < 0 ? UNIQ_NONE : group_values[i];
    }
    return i >= 0;
}

/* -N: fields to be skipped, +N: characters. */
static bool uniq_set_obsolete(struct uniq *u, const char *text)
{
    bool plus = *text == '+';
    return uniq_set_number(plus ? &u->skip_chars : &u->skip_fields, text + plus,
                           plus ? "bytes to skip" : "fields to skip");
}

static bool uniq_read_option(struct uniq *u, int c, const char *arg)
{
    switch (c) {
    case 'c': return u->count = true;
    case 'd': return u->first_repeated = true;
    case 'D':
    case UNIQ_GROUP: return uniq_set_method(u, c, arg);
    case 'f': return uniq_set_number(&u->skip_fields, arg, "fields to skip");
    case 'i': return u->fold = true;
    case 's': return uniq_set_number(&u->skip_chars, arg, "bytes to skip");
    case 'u': return u->unique = true;
    case 'w': return uniq_set_number(&u->check_chars, arg, "bytes to compare");
    case 'z': u->end = '\0'; return true;
    case OPTS_NUMBER: return uniq_set_obsolete(u, arg);
    default: return false;
    }
}

int cmd_uniq(int argc, char **argv)
{
    struct uniq u = {.end = '\n', .check_chars = UINT64_MAX, .out = out_std()};
    struct opts o = opts_begin(&cmd_uniq_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (!uniq_read_option(&u, c, o.arg))
            return 1;
    if (o.count > 2)
        return msg_usage("extra operand %s", quoted(o.operands[2]));
    if (u.group && (u.count || u.first_repeated || u.unique || u.all_repeated))
        return msg_usage("--group is mutually exclusive with -c/-d/-D/-u");
    if (u.count && u.all_repeated)
        return msg_usage(
            "printing all duplicated lines and repeat counts is meaningless");

    struct in in;
    const char *name = o.count ? o.operands[0] : "-";
    int err = in_open(&in, name);
    if (err)
        return msg_errno(err, "%s", quoted_file(name));
    if (o.count == 2 && !str_eq(o.operands[1], "-")) {
        int fd = sys_open(o.operands[1], SYS_WRONLY | SYS_CREAT | SYS_TRUNC, 0666);
        if (fd < 0)
            return msg_errno(fd, "%s", quoted_file(o.operands[1]));
        err = sys_dup_to(fd, 1, 0);
        if (err < 0)
            return msg_errno(err, "%s", quoted_file(o.operands[1]));
        sys_close(fd);
    }
    if (u.all_repeated && u.unique)
        return 0; // nothing is both
    uniq_run(&u, &in);
    return in.err ? msg("error reading %s", quoted_path(name)) : 0;
}

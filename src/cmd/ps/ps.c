/* ps.c: show processes. Imitates ps of procps-ng: its Unix options (-ef), its BSD options
 * (aux) and its long ones; without threads and trees. */
#include "cmd/ps/ps.h"

#include <errno.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/sort.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/ids.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/procs.h"
#include "user/zone.h"

int cmd_ps(int argc, char **argv);

const struct cmd cmd_ps_entry = {
    .name = "ps",
    .usage = "[OPTION]...",
    .help =
        "Show processes: without options, your own.\n"
        "\n"
        "Which:   -A -e all, -a all but session leaders, -d the same, -N --deselect the others,\n"
        "         -p PIDS, -q PIDS, --ppid PIDS, -C NAMES, -u -U USERS, -g -s SESSIONS, -t TTYS,\n"
        "         -r only running, and BSD's a x p r t U\n"
        "Format:  -f full, -F more, -l long, -j jobs, -o FORMAT, -O FORMAT, --format FORMAT,\n"
        "         and BSD's u l j o O; FORMAT is a list of FIELD[:WIDTH][=HEADER]\n"
        "Other:   --sort [+-]FIELD,..., --no-headers, -w, --width N, BSD's h k w\n",
    .main = cmd_ps,
    .no_help = true,
};

/* A column of the output. */
struct ps_column {
    const struct ps_field *field;
    const char *header;
    int width;
};

enum ps_by {
    PS_BY_PID,
    PS_BY_PPID,
    PS_BY_NAME,
    PS_BY_UID,
    PS_BY_RUID,
    PS_BY_SID,
    PS_BY_TTY
};

/* One thing that selects processes. */
struct ps_choice {
    enum ps_by by;
    int64_t number;
    const char *name;
};

struct ps_sort {
    const struct ps_field *field;
    bool reverse;
};

enum { PS_SORTS = 16 };

struct ps {
    struct ps_column *columns;
    size_t column_count;
    const char *format; // a ready-made one
    bool user_format, full, bsd;
    bool all, all_but_leaders, negate, running; // -e, -a -d, -N, r
    bool bsd_all, bsd_x;                        // a, x
    bool headers;
    struct ps_choice *choices;
    size_t choice_count;
    struct ps_sort sorts[PS_SORTS];
    size_t sort_count;
    struct ps_world world;
    const struct proc *self;
};

/* ---- Errors ----------------------------------------------------------------------- */

static void ps_fail(const char *format, const char *text)
{
    char whole[128];
    size_t len = strlen(format);
    memcpy(whole, format, len + 1);
    msg_raw("error: ");
    msg_raw(whole, text);
    msg_raw("\n\nUsage:\n ps [options]\n\n"
            " Try 'ps --help <simple|list|output|threads|misc|all>'\n"
            "  or 'ps --help <s|l|o|t|m|a>'\n"
            " for additional help text.\n\n"
            "For more details see ps(1).\n");
    cmd_exit(1);
}

/* ---- Columns ---------------------------------------------------------------------- */

static void ps_add_column(struct ps *ps, struct ps_column c)
{
    ps->columns = sys_resize(ps->columns, (ps->column_count + 1) * sizeof *ps->columns);
    ps->columns[ps->column_count++] = c;
}

/* FIELD or FIELD:WIDTH. header NULL: the field's. */
static void ps_add_field(struct ps *ps, const char *text, size_t len, const char *header)
{
    size_t name = span_find(span_make(text, len), ':');
    const struct ps_field *f = ps_find_field(text, name);
    int64_t width = 0;
    if (!f) {
        struct buf b = buf_make(sys_heap());
        buf_add(&b, text, len);
        ps_fail("unknown user-defined format specifier \"%s\"", buf_str(&b));
    }
    if (name < len &&
        (num_to_i64(text + name + 1, &width, NULL) || width <= 0 || width > 10000))
        ps_fail("column widths must be unsigned decimal numbers%s", "");
    struct ps_column c = {f, header ? header : f->header, f->width};
    if (header && (int)strlen(header) > c.width)
        c.width = (int)strlen(header);
    if (width)
        c.width = (int)width;
    ps_add_column(ps, c);
}

static char *ps_copy(const char *ptr, size_t len)
{
    char *copy = sys_alloc(len + 1);
    memcpy(copy, ptr, len);
    copy[len] = '\0';
    return copy;
}

/* A list of fields, between commas or blanks, some with "=header". */
static void ps_add_format(struct ps *ps, const char *text)
{
    if (!*text)
        ps_fail("empty format list%s", "");
    while (*text) {
        size_t len = strcspn(text, ", \t\n="), end = strcspn(text, ", \t\n");
        char *header = text[len] == '=' ? ps_copy(text + len + 1, end - len - 1) : NULL;
        if (len)
            ps_add_field(ps, text, len, header);
        text += end + strspn(text + end, ", \t\n");
    }
}

static void ps_user_format(struct ps *ps, const char *text)
{
    ps->user_format = true;
    ps_add_format(ps, text);
}

/* -O: the default format with fields after the pid. */
static void ps_default_plus(struct ps *ps, const char *text)
{
    ps->user_format = true;
    ps_add_format(ps, "pid");
    ps_add_format(ps, text);
    ps_add_format(ps, "s,tty=TTY");
    ps_add_format(ps, "time,command");
}

/* ---- Selection -------------------------------------------------------------------- */

static void ps_add_choice(struct ps *ps, enum ps_by by, int64_t number, const char *name)
{
    ps->choices = sys_resize(ps->choices, (ps->choice_count + 1) * sizeof *ps->choices);
    ps->choices[ps->choice_count++] = (struct ps_choice){by, number, name};
}

static void ps_add_item(struct ps *ps, enum ps_by by, char *item)
{
    int64_t n = 0;
    const char *rest = "";
    bool number = char_is_digit(*item) && !num_to_i64(item, &n, &rest) && !*rest;
    uint32_t uid = 0;
    switch (by) {
    case PS_BY_NAME: ps_add_choice(ps, by, 0, item); return;
    case PS_BY_TTY: ps_add_choice(ps, by, 0, item); return;
    case PS_BY_UID:
    case PS_BY_RUID:
        if (!number && !ids_user(item, &uid, NULL))
            ps_fail("user name does not exist%s", "");
        ps_add_choice(ps, by, number ? n : uid, NULL);
        return;
    default:
        if (!number)
            ps_fail("process ID list syntax error%s", "");
        if (by != PS_BY_SID && (n < 1 || n > INT32_MAX))
            ps_fail("process ID out of range%s", "");
        ps_add_choice(ps, by, n, NULL);
    }
}

/* A list between commas or blanks. */
static void ps_add_list(struct ps *ps, enum ps_by by, const char *text)
{
    char *copy = sys_strdup(text);
    if (!*text)
        ps_fail("list of process IDs must follow %s", "-p");
    for (char *p = copy; *p;) {
        size_t len = strcspn(p, ", \t");
        bool last = !p[len];
        p[len] = '\0';
        if (*p)
            ps_add_item(ps, by, p);
        p += len + !last;
    }
}

static bool ps_is_chosen(const struct ps *ps, const struct proc *p)
{
    for (size_t i = 0; i < ps->choice_count; i++) {
        const struct ps_choice *c = &ps->choices[i];
        bool match = false;
        switch (c->by) {
        case PS_BY_PID: match = p->pid == c->number; break;
        case PS_BY_PPID: match = p->ppid == c->number; break;
        case PS_BY_NAME: match = str_eq(p->name, c->name); break;
        case PS_BY_UID: match = p->uid == (uint32_t)c->number; break;
        case PS_BY_RUID: match = p->ruid == (uint32_t)c->number; break;
        case PS_BY_SID: match = p->sid == c->number; break;
        case PS_BY_TTY:
            match = p->tty <= 0 && (str_eq(c->name, "?") || str_eq(c->name, "-"));
        }
        if (match)
            return true;
    }
    return false;
}

static bool ps_selects(const struct ps *ps, const struct proc *p)
{
    bool same_tty = p->tty == ps->self->tty, same_user = p->uid == ps->self->uid;
    if (ps->running && p->state != 'R' && p->state != 'D')
        return false;
    if (ps->all || (ps->bsd_all && ps->bsd_x))
        return true;
    if (ps->all_but_leaders && p->sid != p->pid)
        return true;
    if (ps->bsd_x && same_user)
        return true;
    if (ps->bsd_all && p->tty > 0)
        return true;
    if (ps->choice_count)
        return ps_is_chosen(ps, p);
    if (ps->all_but_leaders || ps->bsd_x || ps->bsd_all)
        return false;
    return same_tty && same_user;
}

/* ---- Order ------------------------------------------------------------------------ */

static void ps_add_sort(struct ps *ps, const char *text)
{
    while (*text) {
        bool reverse = *text == '-';
        text += *text == '-' || *text == '+';
        size_t len = strcspn(text, ",");
        const struct ps_field *f = ps_find_field(text, len);
        if (!f)
            ps_fail("unknown sort specifier%s", "");
        if (ps->sort_count < PS_SORTS)
            ps->sorts[ps->sort_count++] = (struct ps_sort){f, reverse};
        text += len + (text[len] == ',');
    }
}

static int ps_compare_field(const struct ps *ps, const struct ps_field *f,
                            const struct proc *a, const struct proc *b)
{
    if (f->value) {
        int64_t x = f->value(a, &ps->world), y = f->value(b, &ps->world);
        return x < y ? -1 : x > y;
    }
    struct buf x = buf_make(sys_heap()), y = buf_make(sys_heap());
    f->add(&x, a, &ps->world);
    f->add(&y, b, &ps->world);
    int order = strcmp(buf_str(&x), buf_str(&y));
    buf_fini(&x);
    buf_fini(&y);
    return order;
}

static int ps_compare(const void *a, const void *b, void *ctx)
{
    const struct ps *ps = ctx;
    for (size_t i = 0; i < ps->sort_count; i++) {
        int order = ps_compare_field(ps, ps->sorts[i].field, a, b);
        if (order)
            return ps->sorts[i].reverse ? -order : order;
    }
    return 0;
}

/* ---- Output ----------------------------------------------------------------------- */

static bool ps_has_headers(const struct ps *ps)
{
    for (size_t i = 0; i < ps->column_count; i++)
        if (*ps->columns[i].header)
            return ps->headers;
    return false;
}

static void ps_put_text(const struct ps_column *c, const char *text, bool last)
{
    bool right = c->field->flags & PS_RIGHT;
    if (last && !right)
        out_str(text);
    else if (!right && (c->field->flags & PS_LAST_FREE))
        outf("%-*.*s", c->width, c->width, text);
    else
        outf(right ? "%*s" : "%-*s", c->width, text);
}

static void ps_put_headers(const struct ps *ps)
{
    for (size_t i = 0; i < ps->column_count; i++) {
        if (i)
            out_char(' ');
        ps_put_text(&ps->columns[i], ps->columns[i].header, i + 1 == ps->column_count);
    }
    out_char('\n');
}

/* Text that is too wide takes its room from the columns after it. */
static void ps_put_process(const struct ps *ps, const struct proc *p)
{
    struct buf b = buf_make(sys_heap());
    int over = 0;
    for (size_t i = 0; i < ps->column_count; i++) {
        struct ps_column c = ps->columns[i];
        bool last = i + 1 == ps->column_count;
        buf_clear(&b);
        c.field->add(&b, p, &ps->world);
        if (i)
            out_char(' ');
        int width = c.width;
        c.width = width > over ? width - over : 0;
        if (!(c.field->flags & (PS_RIGHT | PS_LAST_FREE)) && !last &&
            (int)b.len > width) {
            if (str_eq(c.field->name, "user") || str_eq(c.field->name, "uname")) { // aut+
                buf_cut(&b, (size_t)width - 1);
                buf_add_char(&b, '+');
            }
        }
        ps_put_text(&c, buf_str(&b), last);
        int used = (int)b.len > c.width && !(c.field->flags & PS_LAST_FREE) ? (int)b.len
                                                                            : c.width;
        over = over + used - width > 0 ? over + used - width : 0;
    }
    out_char('\n');
    buf_fini(&b);
}

static uint64_t ps_total_memory(void)
{
    uint64_t n = sys_limit_value(SYS_LIMIT_MEMORY);
    return n == UINT64_MAX ? UINT64_C(8) << 30 : n;
}

static int ps_show(struct ps *ps)
{
    int64_t real = sys_clock(SYS_CLOCK_REAL), up = sys_clock(SYS_CLOCK_MONOTONIC);
    ps->world = (struct ps_world){real / 1000000000, (real - up) / 1000000000,
                                  ps_total_memory(), zone_open(NULL)};
    struct procs procs = procs_read();
    for (size_t i = 0; i < procs.count; i++)
        if (procs.items[i].pid == sys_getpid())
            ps->self = &procs.items[i];
    static const struct proc nobody = {0};
    if (!ps->self)
        ps->self = &nobody;
    void **chosen = sys_alloc((2 * procs.count + 1) * sizeof *chosen);
    size_t count = 0;
    for (size_t i = 0; i < procs.count; i++)
        if (ps_selects(ps, &procs.items[i]) != ps->negate)
            chosen[count++] = &procs.items[i];
    if (ps->sort_count)
        sort_pointers(chosen, count, ps_compare, ps, chosen + count, NULL);
    if (ps_has_headers(ps))
        ps_put_headers(ps);
    for (size_t i = 0; i < count; i++)
        ps_put_process(ps, chosen[i]);
    return !count;
}

/* ---- Options ---------------------------------------------------------------------- */

struct ps_args {
    char **next;
    const char *cluster; // the rest of the word, after the letter
};

static const char *ps_take_arg(struct ps_args *a, const char *what)
{
    if (*a->cluster) {
        const char *arg = a->cluster;
        a->cluster = "";
        return arg;
    }
    if (!*a->next)
        ps_fail("%s", what);
    return *a->next++;
}

static const char *ps_take_list(struct ps_args *a)
{
    return ps_take_arg(a, "list of process IDs must follow -p");
}

static const char *ps_take_format(struct ps_args *a)
{
    return ps_take_arg(a, "format specification must follow -o");
}

static void ps_unix_letter(struct ps *ps, char c, struct ps_args *a)
{
    switch (c) {
    case 'A':
    case 'e': ps->all = true; break;
    case 'a':
    case 'd': ps->all_but_leaders = true; break;
    case 'N': ps->negate = true; break;
    case 'f':
        ps->full = true;
        ps->format = "uid=UID";
        break;
    case 'F':
        ps->full = true;
        ps->format = "F";
        break;
    case 'l': ps->format = "l"; break;
    case 'j': ps->format = "j"; break;
    case 'y':
    case 'w':
    case 'm': break;
    case 'o': ps_user_format(ps, ps_take_format(a)); break;
    case 'O': ps_default_plus(ps, ps_take_format(a)); break;
    case 'p': ps_add_list(ps, PS_BY_PID, ps_take_list(a)); break;
    case 'q': ps_add_list(ps, PS_BY_PID, ps_take_list(a)); break;
    case 'C':
        ps_add_list(ps, PS_BY_NAME,
                    ps_take_arg(a, "list of command names must follow -C"));
        break;
    case 'u':
        ps_add_list(ps, PS_BY_UID, ps_take_arg(a, "list of users must follow -u"));
        break;
    case 'U':
        ps_add_list(ps, PS_BY_RUID, ps_take_arg(a, "list of real users must follow -U"));
        break;
    case 'g':
    case 's':
        ps_add_list(ps, PS_BY_SID,
                    ps_take_arg(a, "list of session leaders must follow -g"));
        break;
    case 't':
        ps_add_list(ps, PS_BY_TTY, ps_take_arg(a, "list of terminals must follow -t"));
        break;
    case 'n': break;
    case 'V': outf("ps (shoal), as of procps-ng 4\n"); cmd_exit(0);
    default: ps_fail("unsupported SysV option%s", "");
    }
}

static void ps_bsd_letter(struct ps *ps, char c, struct ps_args *a)
{
    ps->bsd = true;
    switch (c) {
    case 'a': ps->bsd_all = true; break;
    case 'x': ps->bsd_x = true; break;
    case 'u': ps->format = "u"; break;
    case 'l': ps->format = "bl"; break;
    case 'j': ps->format = "bj"; break;
    case 'r': ps->running = true; break;
    case 'h': ps->headers = false; break;
    case 'e':
    case 'c':
    case 'n':
    case 'w': break;
    case 'g': break;
    case 'A': ps->all = true; break;
    case 'o': ps_user_format(ps, ps_take_format(a)); break;
    case 'O': ps_default_plus(ps, ps_take_format(a)); break;
    case 'k':
        ps_add_sort(ps, ps_take_arg(a, "long sort specification must follow 'k'"));
        break;
    case 'p': ps_add_list(ps, PS_BY_PID, ps_take_list(a)); break;
    case 'q': ps_add_list(ps, PS_BY_PID, ps_take_list(a)); break;
    case 'U':
        ps_add_list(ps, PS_BY_UID, ps_take_arg(a, "list of users must follow U"));
        break;
    case 't':
        ps_add_list(ps, PS_BY_TTY, ps_take_arg(a, "list of terminals must follow t"));
        break;
    default: ps_fail("unsupported option (BSD syntax)%s", "");
    }
}

/* A long option; value: after "=", or the next word. */
static void ps_long(struct ps *ps, const char *word, struct ps_args *a)
{
    size_t len = strcspn(word, "=");
    struct span name = span_make(word, len);
    a->cluster = word[len] ? word + len + 1 : "";
    static const struct {
        const char *name;
        enum ps_by by;
    } lists[] = {{"pid", PS_BY_PID},  {"quick-pid", PS_BY_PID}, {"ppid", PS_BY_PPID},
                 {"user", PS_BY_UID}, {"User", PS_BY_RUID},     {"sid", PS_BY_SID},
                 {"tty", PS_BY_TTY}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (span_eq_str(name, lists[i].name)) {
            ps_add_list(ps, lists[i].by, ps_take_list(a));
            return;
        }
    if (span_eq_str(name, "format"))
        ps_user_format(ps, ps_take_format(a));
    else if (span_eq_str(name, "sort"))
        ps_add_sort(ps, ps_take_arg(a, "long sort specification must follow '--sort'"));
    else if (span_eq_str(name, "no-headers") || span_eq_str(name, "no-heading") ||
             span_eq_str(name, "noheaders"))
        ps->headers = false;
    else if (span_eq_str(name, "headers") || span_eq_str(name, "heading"))
        ps->headers = true;
    else if (span_eq_str(name, "deselect"))
        ps->negate = true;
    else if (span_eq_str(name, "cols") || span_eq_str(name, "columns") ||
             span_eq_str(name, "width") || span_eq_str(name, "rows") ||
             span_eq_str(name, "lines"))
        ps_take_arg(a, "columns must follow --cols, --width, or --columns");
    else if (span_eq_str(name, "version")) {
        outf("ps (shoal), as of procps-ng 4\n");
        cmd_exit(0);
    } else if (span_eq_str(name, "help")) {
        outf("\nUsage:\n ps [options]\n\n%s", cmd_ps_entry.help);
        cmd_exit(0);
    } else
        ps_fail("unknown gnu long option%s", "");
}

static void ps_read_options(struct ps *ps, char **argv)
{
    struct ps_args a = {.next = argv};
    while (*a.next) {
        const char *word = *a.next++;
        bool dash = *word == '-';
        if (dash && word[1] == '-' && word[2]) {
            ps_long(ps, word + 2, &a);
            continue;
        }
        if (char_is_digit(*word)) { // a list of pids
            ps->bsd = true;
            ps_add_list(ps, PS_BY_PID, word);
            continue;
        }
        for (a.cluster = word + dash; *a.cluster;) {
            char c = *a.cluster++;
            if (dash)
                ps_unix_letter(ps, c, &a);
            else
                ps_bsd_letter(ps, c, &a);
        }
    }
}

/* The columns of the format that the options chose. */
static void ps_choose_format(struct ps *ps)
{
    static const struct {
        const char *option, *format;
    } formats[] = {
        {"uid=UID", "user=UID pid ppid c stime tname time cmd"},
        {"F", "user=UID pid ppid c sz rss psr stime tname time cmd"},
        {"l", "f s uid pid ppid c opri=PRI ni addr_sz wchan tname time ucmd"},
        {"j", "pid pgid sid tname time ucmd"},
        {"u", "user pid %cpu %mem vsz rss tname stat start_time bsdtime args"},
        {"bl", "f uid pid ppid priority ni vsz rss wchan stat tname=TTY bsdtime args"},
        {"bj", "ppid pid pgid sid tname tpgid stat uid bsdtime args"},
    };
    if (ps->user_format)
        return;
    const char *format = ps->bsd ? "pid tname stat bsdtime args" : "pid tname time ucmd";
    for (size_t i = 0; ps->format && i < sizeof formats / sizeof *formats; i++)
        if (str_eq(ps->format, formats[i].option))
            format = formats[i].format;
    ps_add_format(ps, format);
}

int cmd_ps(int argc, char **argv)
{
    struct ps ps = {.headers = true};
    (void)argc;
    ps_read_options(&ps, argv + 1);
    ps_choose_format(&ps);
    return ps_show(&ps);
}

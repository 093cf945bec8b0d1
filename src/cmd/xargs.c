/* xargs.c: build command lines from input and run them. Imitates xargs of GNU findutils;
 * -p and -o are refused, for there is no terminal. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "base/str.h"
#include "base/vec.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/run.h"
#include "user/signame.h"

int cmd_xargs(int argc, char **argv);

enum { XARGS_SLOT = 256, XARGS_LIMITS, XARGS_CHARS = 131072 };

static const struct opt xargs_opts[] = {
    {"null", '0', OPT_PLAIN},
    {"arg-file", 'a', OPT_ARG},
    {"delimiter", 'd', OPT_ARG},
    {"eof", 'e', OPT_MAYBE},
    {"replace", 'i', OPT_MAYBE},
    {"max-lines", 'l', OPT_MAYBE},
    {"max-args", 'n', OPT_ARG},
    {"no-run-if-empty", 'r', OPT_PLAIN},
    {"max-chars", 's', OPT_ARG},
    {"verbose", 't', OPT_PLAIN},
    {"show-limits", XARGS_LIMITS, OPT_PLAIN},
    {"exit", 'x', OPT_PLAIN},
    {"max-procs", 'P', OPT_ARG},
    {"process-slot-var", XARGS_SLOT, OPT_ARG},
    {NULL, 'E', OPT_ARG},
    {NULL, 'I', OPT_ARG},
    {NULL, 'L', OPT_ARG},
    {0},
};

const struct cmd cmd_xargs_entry = {
    .name = "xargs",
    .usage = "[COMMAND [INITIAL-ARG]...]",
    .help =
        "Run COMMAND (default: echo) with INITIAL-ARGs and arguments read from input.\n"
        "\n"
        "  -0, --null               items end in NUL; no quotes\n"
        "  -a, --arg-file=FILE      read from FILE, not from standard input\n"
        "  -d, --delimiter=CHAR     items end in CHAR; no quotes\n"
        "  -E END, -e, --eof[=END]  stop at the item END\n"
        "  -I R, -i, --replace[=R]  replace R (default {}) in INITIAL-ARGs by each line\n"
        "  -L N, -l, --max-lines[=N]  at most N lines for each command\n"
        "  -n, --max-args=N         at most N arguments for each command\n"
        "  -P, --max-procs=N        up to N at the same time; 0: as many as possible\n"
        "      --process-slot-var=VAR  set VAR to a number of its own in each of them\n"
        "  -r, --no-run-if-empty    do not run COMMAND if there are no arguments\n"
        "  -s, --max-chars=N        length of command lines\n"
        "      --show-limits        show the limits on their length\n"
        "  -t, --verbose            show commands before they are run\n"
        "  -x, --exit               end if the length is exceeded\n",
    .main = cmd_xargs,
    .opts = xargs_opts,
    .opts_flags = OPTS_STOP,
};

struct xargs {
    struct in in;
    const char *file;                        // -a
    int delimiter;                           // -1: blanks and newlines, with quotes
    const char *end;                         // -E
    const char *replace;                     // -I
    uint64_t max_lines, max_args, max_chars; // 0: none
    uint64_t max_procs;
    bool verbose, no_run_if_empty, exit_if_long, limits;
    const char *slot_var;
    char **initial;
    size_t initial_count, initial_chars;

    struct strlist args; // of the next command, with the initial ones
    size_t chars;
    uint64_t lines;
    bool any_run;

    int *slots; // pid in each, 0 free
    size_t slot_count, running;
    int status;
    bool warned_nul;
};

/* ---- Running ---------------------------------------------------------------------- */

static void xargs_fail(struct xargs *x, int status)
{
    while (x->running) {
        struct sys_ended ended;
        if (sys_wait(-1, 0, &ended) < 0)
            break;
        x->running--;
    }
    cmd_exit(status);
}

static void xargs_check_status(struct xargs *x, const struct sys_ended *ended)
{
    const char *name = x->initial[0];
    if (ended->signal) {
        msg("%s: terminated by signal %d", name, ended->signal);
        xargs_fail(x, 125);
    }
    if (ended->status == 255) {
        msg("%s: exited with status 255; aborting", name);
        xargs_fail(x, 124);
    }
    if (ended->status)
        x->status = 123;
}

/* Waits for one of those that run; with `block` false only takes notice of what has
 * ended. */
static bool xargs_wait(struct xargs *x, bool block)
{
    struct sys_ended ended;
    int pid;
    do
        pid = sys_wait(-1, block ? 0 : SYS_NOHANG, &ended);
    while (pid == -EINTR);
    if (pid <= 0)
        return false;
    x->running--;
    for (size_t i = 0; i < x->slot_count; i++)
        if (x->slots[i] == pid)
            x->slots[i] = 0;
    xargs_check_status(x, &ended);
    return true;
}

static size_t xargs_free_slot(struct xargs *x)
{
    for (size_t i = 0; i < x->slot_count; i++)
        if (!x->slots[i])
            return i;
    x->slots = sys_resize(x->slots, (x->slot_count + 1) * sizeof *x->slots);
    x->slots[x->slot_count] = 0;
    return x->slot_count++;
}

static char **xargs_environ(const struct xargs *x, size_t slot, struct strlist *env)
{
    if (!x->slot_var)
        return sys_environ();
    char number[24];
    num_from_u64(number, slot);
    *env = env_list_copy();
    env_list_set(env, x->slot_var, number);
    return strlist_argv(env);
}

static void xargs_show(char **argv)
{
    struct buf b = buf_make(sys_heap());
    for (; *argv; argv++) {
        escape_add_gnu(&b, ESCAPE_GNU_SHELL_ESCAPE, span_of(*argv));
        buf_add_char(&b, argv[1] ? ' ' : '\n');
    }
    msg_raw("%s", buf_str(&b));
    buf_fini(&b);
}

static void xargs_start(struct xargs *x, char **argv)
{
    bool alone = x->max_procs == 1;
    while (x->max_procs && x->running >= x->max_procs)
        if (!xargs_wait(x, true))
            break;
    if (!alone)
        while (x->running && xargs_wait(x, false))
            continue;
    if (x->verbose)
        xargs_show(argv);
    size_t slot = xargs_free_slot(x);
    struct strlist env = strlist_make(sys_heap());
    struct sys_start start = {.place = alone ? SYS_RUN_NEXT : SYS_RUN_OFFER};
    int pid;
    while ((pid = run_start(argv, xargs_environ(x, slot, &env), &start)) == -EAGAIN &&
           x->running)
        xargs_wait(x, true);
    strlist_fini(&env);
    if (pid < 0) {
        msg_errno(pid, "%s", argv[0]);
        xargs_fail(x, run_fail_status(pid));
    }
    x->slots[slot] = pid;
    x->running++;
    x->any_run = true;
    if (alone)
        xargs_wait(x, true);
}

/* ---- Putting commands together ---------------------------------------------------- */

static void xargs_begin(struct xargs *x)
{
    strlist_clear(&x->args);
    for (char **arg = x->initial; *arg; arg++)
        strlist_add_str(&x->args, *arg);
    x->chars = x->initial_chars;
    x->lines = 0;
}

static void xargs_run(struct xargs *x)
{
    xargs_start(x, strlist_argv(&x->args));
    xargs_begin(x);
}

static size_t xargs_count(const struct xargs *x)
{
    return strlist_len(&x->args) - x->initial_count;
}

static void xargs_too_long(struct xargs *x, const char *what)
{
    msg("%s", what);
    xargs_fail(x, 1);
}

static void xargs_add(struct xargs *x, struct span item)
{
    if (x->initial_chars + item.len + 1 > x->max_chars) {
        if (!x->exit_if_long && xargs_count(x))
            xargs_run(x);
        xargs_too_long(x, "argument line too long");
    }
    if (x->chars + item.len + 1 > x->max_chars) {
        if (x->exit_if_long && (x->max_args || x->max_lines))
            xargs_too_long(x, "argument list too long");
        xargs_run(x);
    }
    strlist_add(&x->args, item);
    x->chars += item.len + 1;
    if (x->max_args && xargs_count(x) >= x->max_args)
        xargs_run(x);
}

/* ---- -I --------------------------------------------------------------------------- */

static void xargs_add_replaced(struct buf *b, const char *arg, struct span pattern,
                               struct span item)
{
    struct span rest = span_of(arg);
    while (rest.len) {
        size_t at = pattern.len ? span_find_span(rest, pattern) : rest.len;
        buf_add(b, rest.ptr, at);
        if (at == rest.len)
            return;
        buf_add_span(b, item);
        rest = span_from(rest, at + pattern.len);
    }
}

static void xargs_run_replaced(struct xargs *x, struct span item)
{
    struct strlist args = strlist_make(sys_heap());
    struct buf b = buf_make(sys_heap());
    size_t chars = 0;
    for (char **arg = x->initial; *arg; arg++) {
        buf_clear(&b);
        if (arg == x->initial)
            buf_add_str(&b, *arg);
        else
            xargs_add_replaced(&b, *arg, span_of(x->replace), item);
        chars += b.len + 1;
        strlist_add_str(&args, buf_str(&b));
    }
    if (chars > x->max_chars)
        xargs_too_long(x, "argument list too long");
    xargs_start(x, strlist_argv(&args));
    strlist_fini(&args);
    buf_fini(&b);
}

/* ---- Reading items ---------------------------------------------------------------- */

/* An item that a delimiter ends. */
static bool xargs_read_delimited(struct xargs *x, struct buf *item)
{
    struct span line;
    if (!in_line(&x->in, (char)x->delimiter, &line))
        return false;
    if (line.ptr[line.len - 1] == (char)x->delimiter)
        line.len--;
    buf_add_span(item, line);
    return true;
}

static void xargs_unmatched(struct xargs *x, char quote)
{
    if (xargs_count(x) && !x->replace)
        xargs_run(x);
    msg("unmatched %s quote; by default quotes are special to xargs unless you use the -0 option",
        quote == '"' ? "double" : "single");
    xargs_fail(x, 1);
}

static void xargs_warn_nul(struct xargs *x)
{
    if (!x->warned_nul)
        msg_warn(
            "WARNING: a NUL character occurred in the input.  It cannot be passed through in "
            "the argument list.  Did you mean to use the --null option?");
    x->warned_nul = true;
}

/* What came with a word. */
struct xargs_word {
    bool any;       // there was one, perhaps empty in quotes
    bool line_end;  // a newline ended it
    bool continues; // ... but blanks before it say that the line goes on
};

/* A word as quotes and blanks make it; with -I a line without the blanks in front. false:
 * the input has ended. */
static bool xargs_read_word(struct xargs *x, struct buf *item, struct xargs_word *w)
{
    char quote = '\0';
    bool blank_before = false;
    *w = (struct xargs_word){0};
    for (;;) {
        int c = in_char(&x->in);
        if (c < 0 || (c == '\n' && quote)) {
            if (quote)
                xargs_unmatched(x, quote);
            w->line_end = true;
            return w->any;
        }
        if (c == '\0')
            xargs_warn_nul(x);
        if (quote) {
            if (c == quote)
                quote = '\0';
            else
                buf_add_char(item, (char)c);
        } else if (c == '\n') {
            w->line_end = true;
            w->continues = blank_before && !x->replace;
            if (w->any || !x->replace)
                return true;
        } else if (char_is_blank(c) && (!x->replace || !w->any)) {
            blank_before = true;
            if (w->any) {
                int next = in_peek(&x->in);
                while (char_is_blank(next)) {
                    in_char(&x->in);
                    next = in_peek(&x->in);
                }
                if (next == '\n') {
                    in_char(&x->in);
                    w->line_end = w->continues = true;
                }
                return true;
            }
        } else if (c == '\'' || c == '"') {
            quote = (char)c;
            w->any = true;
        } else {
            if (c == '\\' && (c = in_char(&x->in)) < 0)
                c = '\\';
            buf_add_char(item, (char)c);
            w->any = true;
        }
    }
}

static void xargs_cut_at_nul(struct buf *item)
{
    size_t nul = span_find(buf_span(item), '\0');
    if (nul < item->len)
        buf_cut(item, nul);
}

static bool xargs_is_end(const struct xargs *x, const struct buf *item)
{
    return x->end && x->delimiter < 0 && str_eq(buf_str(item), x->end);
}

/* After a line's end: -L counts. */
static void xargs_line_ended(struct xargs *x, bool any_on_line, bool continues)
{
    if (!x->max_lines || continues || !any_on_line)
        return;
    if (++x->lines >= x->max_lines && xargs_count(x))
        xargs_run(x);
}

static void xargs_take(struct xargs *x, struct buf *item)
{
    xargs_cut_at_nul(item);
    if (x->replace)
        xargs_run_replaced(x, buf_span(item));
    else
        xargs_add(x, buf_span(item));
}

static void xargs_read_all(struct xargs *x)
{
    struct buf item = buf_make(sys_heap());
    bool any_on_line = false;
    for (;; sys_tick()) {
        struct xargs_word w = {.any = true, .line_end = true};
        buf_clear(&item);
        if (x->delimiter >= 0 ? !xargs_read_delimited(x, &item)
                              : !xargs_read_word(x, &item, &w))
            break;
        if (w.any && xargs_is_end(x, &item))
            break;
        if (w.any)
            xargs_take(x, &item);
        any_on_line |= w.any;
        if (w.line_end) {
            xargs_line_ended(x, any_on_line, w.continues);
            if (!w.continues)
                any_on_line = false;
        }
    }
    buf_fini(&item);
    if (x->in.err)
        msg_errno(x->in.err, "read error");
}

/* ---- Options ---------------------------------------------------------------------- */

static bool xargs_number(const char *text, char option, uint64_t least, uint64_t *n)
{
    const char *rest = text;
    int64_t value = 0;
    if (num_to_i64(text, &value, &rest) == -EINVAL || *rest) {
        msg_usage("invalid number \"%s\" for -%c option", text, option);
        return false;
    }
    if (value < (int64_t)least) {
        msg_usage("value %s for -%c option should be >= %llu", text, option,
                  (unsigned long long)least);
        return false;
    }
    *n = (uint64_t)value;
    return true;
}

static bool xargs_set_delimiter(struct xargs *x, const char *text)
{
    if (*text && !text[1]) {
        x->delimiter = (unsigned char)*text;
        return true;
    }
    struct escape e;
    if (*text == '\\' && text[1]) {
        size_t n = escape_read(ESCAPE_PRINTF, span_of(text + 1), &e);
        if (!text[1 + n] && e.len == 1 && !e.missing) {
            x->delimiter = (unsigned char)e.bytes[0];
            return true;
        }
        msg("Invalid escape sequence %s in input delimiter specification.", text);
        return false;
    }
    msg("Invalid input delimiter specification %s: the delimiter must be either a single "
        "character or an escape sequence starting with \\.",
        text);
    return false;
}

static void xargs_exclude(uint64_t *value, const char *loser, const char *winner)
{
    if (*value)
        msg_warn(
            "warning: options --%s and %s are mutually exclusive, ignoring previous --%s value",
            loser, winner, loser);
    *value = 0;
}

static void xargs_exclude_replace(struct xargs *x, const char *winner)
{
    if (x->replace)
        msg_warn(
            "warning: options --replace and %s are mutually exclusive, ignoring previous "
            "--replace value",
            winner);
    x->replace = NULL;
}

static void xargs_set_replace(struct xargs *x, const char *text)
{
    xargs_exclude(&x->max_args, "max-args", "--replace/-I/-i");
    xargs_exclude(&x->max_lines, "max-lines", "--replace/-I/-i");
    x->replace = text ? text : "{}";
}

static bool xargs_set_lines(struct xargs *x, const char *text, char option)
{
    xargs_exclude(&x->max_args, "max-args", option == 'L' ? "-L" : "--max-lines/-l");
    xargs_exclude_replace(x, option == 'L' ? "-L" : "--max-lines/-l");
    x->max_lines = 1;
    return !text || xargs_number(text, option, 1, &x->max_lines);
}

static bool xargs_set_args(struct xargs *x, const char *text)
{
    if (!xargs_number(text, 'n', 1, &x->max_args))
        return false;
    xargs_exclude(&x->max_lines, "max-lines", "--max-args/-n");
    if (x->replace && x->max_args == 1)
        x->max_args = 0; // POSIX: -I wins over -n 1
    else
        xargs_exclude_replace(x, "--max-args/-n");
    return true;
}

static bool xargs_set_chars(struct xargs *x, const char *text)
{
    if (!xargs_number(text, 's', 1, &x->max_chars))
        return false;
    if (x->max_chars > 2 * 1024 * 1024 - 2048) {
        msg_warn("value %s for -s option should be <= %d", text, 2 * 1024 * 1024 - 2048);
        x->max_chars = 2 * 1024 * 1024 - 2048;
    }
    return true;
}

static bool xargs_read_option(struct xargs *x, int c, const char *arg)
{
    switch (c) {
    case '0': x->delimiter = '\0'; return true;
    case 'a': x->file = arg; return true;
    case 'd': return xargs_set_delimiter(x, arg);
    case 'E': x->end = *arg ? arg : NULL; return true;
    case 'e': x->end = arg && *arg ? arg : NULL; return true;
    case 'I': xargs_set_replace(x, arg); return true;
    case 'i': xargs_set_replace(x, arg); return true;
    case 'L':
    case 'l': return xargs_set_lines(x, arg, (char)c);
    case 'n': return xargs_set_args(x, arg);
    case 's': return xargs_set_chars(x, arg);
    case 'P': return xargs_number(arg, 'P', 0, &x->max_procs);
    case 'r': return x->no_run_if_empty = true;
    case 't': return x->verbose = true;
    case 'x': return x->exit_if_long = true;
    case XARGS_LIMITS: return x->limits = true;
    case XARGS_SLOT:
        if (strchr(arg, '=')) {
            msg("option --process-slot-var may not be set to a value which includes `='");
            return false;
        }
        x->slot_var = arg;
        return true;
    default: return false;
    }
}

static void xargs_show_limits(const struct xargs *x)
{
    size_t env = 0;
    for (char **e = sys_environ(); *e; e++)
        env += strlen(*e) + 1;
    long most = 2 * 1024 * 1024;
    msg_raw(
        "Your environment variables take up %zu bytes\n"
        "POSIX upper limit on argument length (this system): %ld\n"
        "POSIX smallest allowable upper limit on argument length (all systems): 4096\n"
        "Maximum length of command we could actually use: %ld\n"
        "Size of command buffer we are actually using: %llu\n"
        "Maximum parallelism (--max-procs must be no greater): 2147483647\n",
        env, most - (long)env - 2048, most - 2 * (long)env - 2048,
        (unsigned long long)x->max_chars);
}

/* Input comes from a descriptor of its own, so that commands find nothing on theirs. */
static int xargs_open(struct xargs *x)
{
    if (x->file && !str_eq(x->file, "-")) {
        int err = in_open(&x->in, x->file);
        if (err)
            msg_errno(err, "Cannot open input file %s", quoted(x->file));
        return err;
    }
    int fd = sys_dup(0, 3, SYS_CLOEXEC), null = sys_open("/dev/null", SYS_RDONLY, 0);
    x->in = in_make(fd < 0 ? 0 : fd);
    if (null >= 0) {
        int err = sys_dup_to(null, 0, 0);
        (void)err;
        if (null)
            sys_close(null);
    }
    return 0;
}

static void xargs_set_command(struct xargs *x, char **words)
{
    static char *const echo[] = {"echo", NULL};
    x->initial = *words ? words : (char **)echo;
    for (char **arg = x->initial; *arg; arg++) {
        x->initial_count++;
        x->initial_chars += strlen(*arg) + 1;
    }
    if (x->initial_chars > x->max_chars) {
        msg("cannot fit single argument within argument list size limit");
        cmd_exit(1);
    }
    x->args = strlist_make(sys_heap());
    xargs_begin(x);
}

int cmd_xargs(int argc, char **argv)
{
    struct xargs x = {.delimiter = -1, .max_procs = 1, .max_chars = XARGS_CHARS};
    struct opts o = opts_begin(&cmd_xargs_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (!xargs_read_option(&x, c, o.arg))
            return 1;
    if (xargs_open(&x))
        return 1;
    if (x.limits)
        xargs_show_limits(&x);
    xargs_set_command(&x, o.operands);
    xargs_read_all(&x);
    if (!x.replace && (xargs_count(&x) || (!x.any_run && !x.no_run_if_empty)))
        xargs_run(&x);
    while (x.running && xargs_wait(&x, true))
        continue;
    return x.in.err ? 1 : x.status;
}

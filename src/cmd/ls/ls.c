/* ls.c: list files. Imitates GNU coreutils ls. Here: options, and the walk over operands
 * and folders. */
#include "cmd/ls/ls.h"

#include <errno.h>

#include "base/num.h"
#include "base/vec.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/match.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"
#include "user/walk.h"
#include "user/zone.h"

int cmd_ls(int argc, char **argv);

enum {
    LS_FAILED = 2,
    LS_O_AUTHOR = 256,
    LS_O_BLOCK_SIZE,
    LS_O_COLOR,
    LS_O_ARG_FOLDER,
    LS_O_FILE_TYPE,
    LS_O_FORMAT,
    LS_O_FULL_TIME,
    LS_O_FIRST,
    LS_O_HIDE,
    LS_O_INDICATOR,
    LS_O_QUOTING,
    LS_O_SHOW_CONTROL,
    LS_O_SI,
    LS_O_SORT,
    LS_O_TIME,
    LS_O_TIME_STYLE,
    LS_O_ZERO,
    LS_O_CLASSIFY,
};

static const struct opt ls_opts[] = {
    {"all", 'a', OPT_PLAIN},
    {"escape", 'b', OPT_PLAIN},
    {"directory", 'd', OPT_PLAIN},
    {"full-time", LS_O_FULL_TIME, OPT_PLAIN},
    {"group-directories-first", LS_O_FIRST, OPT_PLAIN},
    {"human-readable", 'h', OPT_PLAIN},
    {"inode", 'i', OPT_PLAIN},
    {"kibibytes", 'k', OPT_PLAIN},
    {"numeric-uid-gid", 'n', OPT_PLAIN},
    {"no-group", 'G', OPT_PLAIN},
    {"hide-control-chars", 'q', OPT_PLAIN},
    {"reverse", 'r', OPT_PLAIN},
    {"size", 's', OPT_PLAIN},
    {"width", 'w', OPT_ARG},
    {"almost-all", 'A', OPT_PLAIN},
    {"ignore-backups", 'B', OPT_PLAIN},
    {"classify", LS_O_CLASSIFY, OPT_MAYBE},
    {"file-type", LS_O_FILE_TYPE, OPT_PLAIN},
    {"si", LS_O_SI, OPT_PLAIN},
    {"dereference-command-line", 'H', OPT_PLAIN},
    {"dereference-command-line-symlink-to-dir", LS_O_ARG_FOLDER, OPT_PLAIN},
    {"hide", LS_O_HIDE, OPT_ARG},
    {"ignore", 'I', OPT_ARG},
    {"indicator-style", LS_O_INDICATOR, OPT_ARG},
    {"dereference", 'L', OPT_PLAIN},
    {"literal", 'N', OPT_PLAIN},
    {"quote-name", 'Q', OPT_PLAIN},
    {"quoting-style", LS_O_QUOTING, OPT_ARG},
    {"recursive", 'R', OPT_PLAIN},
    {"format", LS_O_FORMAT, OPT_ARG},
    {"show-control-chars", LS_O_SHOW_CONTROL, OPT_PLAIN},
    {"sort", LS_O_SORT, OPT_ARG},
    {"tabsize", 'T', OPT_ARG},
    {"time", LS_O_TIME, OPT_ARG},
    {"time-style", LS_O_TIME_STYLE, OPT_ARG},
    {"zero", LS_O_ZERO, OPT_PLAIN},
    {"color", LS_O_COLOR, OPT_MAYBE},
    {"block-size", LS_O_BLOCK_SIZE, OPT_ARG},
    {"author", LS_O_AUTHOR, OPT_PLAIN},
    {NULL, 'c', OPT_PLAIN},
    {NULL, 'C', OPT_PLAIN},
    {NULL, 'f', OPT_PLAIN},
    {NULL, 'F', OPT_PLAIN},
    {NULL, 'g', OPT_PLAIN},
    {NULL, 'l', OPT_PLAIN},
    {NULL, 'm', OPT_PLAIN},
    {NULL, 'o', OPT_PLAIN},
    {NULL, 'p', OPT_PLAIN},
    {NULL, 'S', OPT_PLAIN},
    {NULL, 't', OPT_PLAIN},
    {NULL, 'u', OPT_PLAIN},
    {NULL, 'U', OPT_PLAIN},
    {NULL, 'v', OPT_PLAIN},
    {NULL, 'x', OPT_PLAIN},
    {NULL, 'X', OPT_PLAIN},
    {NULL, '1', OPT_PLAIN},
    {0},
};

const struct cmd cmd_ls_entry = {
    .name = "ls",
    .usage = "[FILE]...",
    .help =
        "List the FILEs, and what is in those that are directories (without FILE: in this one).\n"
        "\n"
        "Which:      -a --all, -A --almost-all (not . and ..), -B --ignore-backups,\n"
        "            -d --directory (not what is in them), -I --ignore=PATTERN, --hide=PATTERN,\n"
        "            -R --recursive\n"
        "Links:      -H --dereference-command-line, -L --dereference,\n"
        "            --dereference-command-line-symlink-to-dir\n"
        "Order:      -r --reverse, -S by size, -t by time, -U not at all, -v by version,\n"
        "            -X by extension, --sort=WORD, --group-directories-first, -f (-aU)\n"
        "Times:      -c of the last change of status, -u of the last access,\n"
        "            --time=atime|ctime|birth, --time-style=full-iso|long-iso|iso|locale|+FORMAT,\n"
        "            --full-time\n"
        "Shape:      -l long, -C columns, -x across, -m commas, -1 one a line, --format=WORD,\n"
        "            -w --width=COLS, -T --tabsize=COLS, --zero\n"
        "Details:    -g no owner, -o no group, -G --no-group, -n --numeric-uid-gid, --author,\n"
        "            -i --inode, -s --size\n"
        "Sizes:      -h --human-readable, --si, -k --kibibytes, --block-size=SIZE\n"
        "Names:      -b --escape, -N --literal, -q --hide-control-chars, -Q --quote-name,\n"
        "            --quoting-style=WORD, --show-control-chars, -F --classify[=WHEN], -p,\n"
        "            --file-type, --indicator-style=WORD, --color[=WHEN]\n",
    .main = cmd_ls,
    .opts = ls_opts,
    .fail_status = LS_FAILED,
};

/* What is only needed while options are read. */
struct ls_given {
    struct ls *ls;
    bool format, sort, time, quoting, tab, width, kibibytes, block_size, control;
    const char *time_style;
};

/* ---- Options ---------------------------------------------------------------------- */

enum { LS_WHEN_NEVER, LS_WHEN_ALWAYS, LS_WHEN_AUTO };

static int ls_read_when(const char *what, const char *text)
{
    static const char *const names[] = {"always", "yes",  "force", "never",  "no",
                                        "none",   "auto", "tty",   "if-tty", NULL};
    static const int values[] = {1, 1, 1, 0, 0, 0, 2, 2, 2};
    int i = text ? opts_match_arg(what, text, names, values) : 0;
    if (i < 0)
        cmd_exit(1);
    return values[i] == 2 ? sys_isatty(1) : values[i];
}

static const char *const ls_quoting_names[] = {
    "literal", "shell",   "shell-always", "shell-escape", "shell-escape-always",
    "c",       "c-maybe", "escape",       "locale",       "clocale",
    NULL,
};
static const int ls_quoting_values[] = {
    LS_LITERAL,
    ESCAPE_GNU_SHELL,
    ESCAPE_GNU_SHELL_ALWAYS,
    ESCAPE_GNU_SHELL_ESCAPE,
    ESCAPE_GNU_SHELL_ESCAPE_ALWAYS,
    ESCAPE_GNU_C,
    ESCAPE_GNU_C,
    ESCAPE_GNU_ESCAPE,
    ESCAPE_GNU_LOCALE,
    ESCAPE_GNU_LOCALE,
};

static int ls_read_word(const char *what, const char *text, const char *const *names,
                        const int *values)
{
    bool each = values == ls_quoting_values; // GNU lists those one a line
    int i = opts_match_arg(what, text, names, each ? NULL : values);
    if (i < 0)
        cmd_exit(1);
    return values[i];
}

static enum ls_format ls_read_format(const char *text)
{
    static const char *const names[] = {"verbose",       "long",   "commas",
                                        "horizontal",    "across", "vertical",
                                        "single-column", NULL};
    static const int values[] = {LS_LONG,   LS_LONG,    LS_COMMAS, LS_ACROSS,
                                 LS_ACROSS, LS_COLUMNS, LS_SINGLE};
    return (enum ls_format)ls_read_word("--format", text, names, values);
}

static enum ls_sort ls_read_sort(const char *text)
{
    static const char *const names[] = {"none",    "time",  "size", "extension",
                                        "version", "width", NULL};
    static const int values[] = {LS_UNSORTED,     LS_BY_TIME,    LS_BY_SIZE,
                                 LS_BY_EXTENSION, LS_BY_VERSION, LS_BY_WIDTH};
    return (enum ls_sort)ls_read_word("--sort", text, names, values);
}

static enum ls_time ls_read_time(const char *text)
{
    static const char *const names[] = {"atime",  "access", "use",      "ctime",
                                        "status", "birth",  "creation", NULL};
    static const int values[] = {LS_ATIME, LS_ATIME, LS_ATIME, LS_CTIME,
                                 LS_CTIME, LS_BIRTH, LS_BIRTH};
    return (enum ls_time)ls_read_word("--time", text, names, values);
}

static enum ls_indicator ls_read_indicator(const char *text)
{
    static const char *const names[] = {"none", "slash", "file-type", "classify", NULL};
    static const int values[] = {LS_PLAIN, LS_SLASH, LS_FILE_TYPE, LS_CLASSIFY};
    return (enum ls_indicator)ls_read_word("--indicator-style", text, names, values);
}

static void ls_set_quoting(struct ls_given *g, int style)
{
    g->ls->quoting = style;
    g->quoting = true;
}

static size_t ls_read_size(const char *text, const char *what)
{
    uint64_t n = 0;
    const char *rest = text;
    int err = char_is_digit(*text) ? num_to_u64(text, &n, &rest) : -EINVAL;
    if (err == -EINVAL || *rest) {
        msg("invalid %s: %s", what, quoted(text));
        cmd_exit(LS_FAILED);
    }
    return n > 100000000 ? 0 : (size_t)n;
}

static void ls_set_block_size(struct ls_given *g, const char *text)
{
    struct human_how how;
    if (human_parse_block(text, &how)) {
        msg("invalid --block-size argument %s", quoted_path(text));
        cmd_exit(LS_FAILED);
    }
    g->ls->size_how = g->ls->block_how = how;
    g->block_size = true;
}

static void ls_add_pattern(const char ***list, size_t *count, const char *pattern)
{
    *list = sys_resize(*list, (*count + 1) * sizeof **list);
    (*list)[(*count)++] = pattern;
}

static void ls_set_format(struct ls_given *g, enum ls_format format)
{
    g->ls->format = format;
    g->format = true;
}

static void ls_set_unsorted_raw(struct ls_given *g)
{
    struct ls *ls = g->ls;
    ls->hide = LS_HIDE_NONE;
    ls->sort = LS_UNSORTED;
    g->sort = true;
    if (g->format && ls->format == LS_LONG)
        g->format = false;
    ls->blocks = ls->color = false;
}

static void ls_set_zero(struct ls_given *g)
{
    struct ls *ls = g->ls;
    ls->end = '\0';
    ls_set_quoting(g, LS_LITERAL);
    if (!g->format || ls->format != LS_LONG)
        ls_set_format(g, LS_SINGLE);
    ls->color = false;
    ls->hide_control = false;
    g->control = true;
}

/* Options about what is listed and in which order. false: not one of them. */
static bool ls_option_choice(struct ls_given *g, int c, const char *arg)
{
    struct ls *ls = g->ls;
    switch (c) {
    case 'a': ls->hide = LS_HIDE_NONE; return true;
    case 'A': ls->hide = LS_HIDE_DOT_AND_DOTDOT; return true;
    case 'B':
        ls_add_pattern(&ls->ignored, &ls->ignored_count, "*~");
        ls_add_pattern(&ls->ignored, &ls->ignored_count, ".*~");
        return true;
    case 'd': ls->as_files = true; return true;
    case 'f': ls_set_unsorted_raw(g); return true;
    case 'H': ls->follow = LS_FOLLOW_ARG; return true;
    case 'I': ls_add_pattern(&ls->ignored, &ls->ignored_count, arg); return true;
    case 'L': ls->follow = LS_FOLLOW_ALWAYS; return true;
    case 'r': ls->reverse = true; return true;
    case 'R': ls->recursive = true; return true;
    case 'S': ls->sort = LS_BY_SIZE; return g->sort = true;
    case 't': ls->sort = LS_BY_TIME; return g->sort = true;
    case 'U': ls->sort = LS_UNSORTED; return g->sort = true;
    case 'v': ls->sort = LS_BY_VERSION; return g->sort = true;
    case 'X': ls->sort = LS_BY_EXTENSION; return g->sort = true;
    case LS_O_SORT: ls->sort = ls_read_sort(arg); return g->sort = true;
    case LS_O_FIRST: ls->folders_first = true; return true;
    case LS_O_HIDE: ls_add_pattern(&ls->hidden, &ls->hidden_count, arg); return true;
    case LS_O_ARG_FOLDER: ls->follow = LS_FOLLOW_ARG_FOLDER; return true;
    default: return false;
    }
}

static bool ls_option_shape(struct ls_given *g, int c, const char *arg)
{
    struct ls *ls = g->ls;
    switch (c) {
    case 'C': ls_set_format(g, LS_COLUMNS); return true;
    case 'g':
        ls_set_format(g, LS_LONG);
        ls->owner = false;
        return true;
    case 'l': ls_set_format(g, LS_LONG); return true;
    case 'm': ls_set_format(g, LS_COMMAS); return true;
    case 'n': ls_set_format(g, LS_LONG); return ls->numeric = true;
    case 'o':
        ls_set_format(g, LS_LONG);
        ls->group = false;
        return true;
    case 'x': ls_set_format(g, LS_ACROSS); return true;
    case '1':
        if (!g->format || ls->format != LS_LONG)
            ls_set_format(g, LS_SINGLE);
        return true;
    case LS_O_FORMAT: ls_set_format(g, ls_read_format(arg)); return true;
    case LS_O_FULL_TIME:
        ls_set_format(g, LS_LONG);
        g->time_style = "full-iso";
        return true;
    case LS_O_TIME_STYLE: g->time_style = arg; return true;
    case LS_O_ZERO: ls_set_zero(g); return true;
    case LS_O_AUTHOR: return ls->author = true;
    case 'G': ls->group = false; return true;
    case 'i': return ls->inode = true;
    case 's': return ls->blocks = true;
    case 'T': ls->tab = ls_read_size(arg, "tab size"); return g->tab = true;
    case 'w': ls->width = ls_read_size(arg, "line width"); return g->width = true;
    case 'c': ls->time = LS_CTIME; return g->time = true;
    case 'u': ls->time = LS_ATIME; return g->time = true;
    case LS_O_TIME: ls->time = ls_read_time(arg); return g->time = true;
    default: return false;
    }
}

static bool ls_option_look(struct ls_given *g, int c, const char *arg)
{
    struct ls *ls = g->ls;
    switch (c) {
    case 'b': ls_set_quoting(g, ESCAPE_GNU_ESCAPE); return true;
    case 'N': ls_set_quoting(g, LS_LITERAL); return true;
    case 'Q': ls_set_quoting(g, ESCAPE_GNU_C); return true;
    case LS_O_QUOTING:
        ls_set_quoting(g, ls_read_word("--quoting-style", arg, ls_quoting_names,
                                       ls_quoting_values));
        return true;
    case 'q': ls->hide_control = true; return g->control = true;
    case LS_O_SHOW_CONTROL: ls->hide_control = false; return g->control = true;
    case 'F': ls->indicator = LS_CLASSIFY; return true;
    case LS_O_CLASSIFY:
        if (ls_read_when("--classify", arg))
            ls->indicator = LS_CLASSIFY;
        return true;
    case 'p': ls->indicator = LS_SLASH; return true;
    case LS_O_FILE_TYPE: ls->indicator = LS_FILE_TYPE; return true;
    case LS_O_INDICATOR: ls->indicator = ls_read_indicator(arg); return true;
    case LS_O_COLOR: ls->color = ls_read_when("--color", arg); return true;
    case 'h': ls_set_block_size(g, "human-readable"); return true;
    case LS_O_SI: ls_set_block_size(g, "si"); return true;
    case 'k': return g->kibibytes = true;
    case LS_O_BLOCK_SIZE: ls_set_block_size(g, arg); return true;
    default: return false;
    }
}

static void ls_bad_time_style(const char *text)
{
    msg("invalid argument %s for %s", quoted(text), quoted("time style"));
    msg_raw("Valid arguments are:\n"
            "  - [posix-]full-iso\n"
            "  - [posix-]long-iso\n"
            "  - [posix-]iso\n"
            "  - [posix-]locale\n"
            "  - +FORMAT (e.g., +%%H:%%M) for a 'date'-style format\n");
    cmd_exit((msg_try_help(), LS_FAILED));
}

static void ls_set_custom_time(struct ls *ls, const char *format)
{
    char *copy = sys_strdup(format), *newline = strchr(copy, '\n');
    ls->old_time_format = ls->new_time_format = copy;
    if (!newline)
        return;
    if (strchr(newline + 1, '\n')) {
        msg("invalid time style format %s", quoted(format));
        cmd_exit(LS_FAILED);
    }
    *newline = '\0';
    ls->new_time_format = newline + 1;
}

static void ls_set_time_style(struct ls *ls, const char *style)
{
    static const char *const names[] = {"full-iso", "long-iso", "iso", "locale", NULL};
    ls->old_time_format = "%b %e  %Y";
    ls->new_time_format = "%b %e %H:%M";
    if (!style)
        style = env_get("TIME_STYLE");
    if (!style || !*style)
        return;
    if (str_starts(style,
                   "posix-")) // in the POSIX locale, which this one is as far as dates go
        return;
    if (*style == '+') {
        ls_set_custom_time(ls, style + 1);
        return;
    }
    switch (opts_match(style, names, NULL)) {
    case 0: ls->old_time_format = ls->new_time_format = "%Y-%m-%d %H:%M:%S.%N %z"; break;
    case 1: ls->old_time_format = ls->new_time_format = "%Y-%m-%d %H:%M"; break;
    case 2:
        ls->old_time_format = "%Y-%m-%d ";
        ls->new_time_format = "%m-%d %H:%M";
        break;
    case 3: break;
    default: ls_bad_time_style(style);
    }
}

/* Whether LS_COLORS, COLORTERM or TERM speak of colours. */
static bool ls_has_color_terminal(void)
{
    static const char *const known[] = {
        "Eterm",   "ansi",       "*color*", "con[0-9]*x[0-9]*",
        "cons25",  "console",    "cygwin",  "*direct*",
        "dtterm",  "gnome",      "hurd",    "jfbterm",
        "konsole", "kterm",      "linux",   "linux-c",
        "mlterm",  "putty",      "rxvt*",   "screen*",
        "st",      "terminator", "tmux*",   "vt100",
        "xterm*",
    };
    const char *colors = env_get("LS_COLORS"), *any = env_get("COLORTERM"),
               *term = env_get("TERM");
    if ((colors && *colors) || (any && *any))
        return true;
    for (size_t i = 0; term && i < COUNT_OF(known); i++)
        if (match_pattern(known[i], term, 0))
            return true;
    return false;
}

/* What follows from the terminal and the environment where no option said it. */
static void ls_finish_options(struct ls_given *g)
{
    struct ls *ls = g->ls;
    bool terminal = sys_isatty(1);
    const char *columns = env_get("COLUMNS"), *style = env_get("QUOTING_STYLE");
    uint64_t n;
    if (!g->format)
        ls->format = terminal ? LS_COLUMNS : LS_SINGLE;
    if (!g->control)
        ls->hide_control = terminal;
    if (!g->width)
        ls->width =
            columns && !num_to_u64(columns, &n, NULL) && n < 100000 ? (size_t)n : 80;
    if (!g->quoting) {
        int i = style ? opts_match(style, ls_quoting_names, ls_quoting_values) : -1;
        ls->quoting = i >= 0     ? ls_quoting_values[i]
                      : terminal ? ESCAPE_GNU_SHELL_ESCAPE
                                 : LS_LITERAL;
    }
    if (ls->quoting != LS_LITERAL && ls->quoting != ESCAPE_GNU_SHELL)
        ls->hide_control = false; // they show what it would hide
    ls->align_quotes =
        (ls->quoting == ESCAPE_GNU_SHELL_ESCAPE || ls->quoting == ESCAPE_GNU_SHELL) &&
        (ls->format == LS_LONG ||
         ((ls->format == LS_COLUMNS || ls->format == LS_ACROSS) && ls->width));
    if (g->kibibytes && !g->block_size)
        ls->block_how = (struct human_how){.block = 1024};
    if (!g->sort)
        ls->sort = g->time && ls->format != LS_LONG ? LS_BY_TIME : LS_BY_NAME;
    if (ls->follow == LS_FOLLOW_UNSET)
        ls->follow = ls->as_files || ls->indicator == LS_CLASSIFY || ls->format == LS_LONG
                         ? LS_FOLLOW_NEVER
                         : LS_FOLLOW_ARG_FOLDER;
    if (ls->color && !ls_has_color_terminal())
        ls->color = false;
    if (ls->color) {
        ls_read_colors(ls, env_get("LS_COLORS"));
        ls->tab = 0; // tabs would be coloured
    }
    if (ls->format == LS_LONG) {
        ls_set_time_style(ls, g->time_style);
        ls->zone = zone_open(NULL);
        ls->now_s = sys_clock(SYS_CLOCK_REAL) / 1000000000;
    }
}

/* ---- Looking at files ------------------------------------------------------------- */

static bool ls_needs_stat(const struct ls *ls)
{
    return ls->format == LS_LONG || ls->sort == LS_BY_TIME || ls->sort == LS_BY_SIZE ||
           ls->blocks || ls->color || ls->indicator == LS_CLASSIFY;
}

static bool ls_needs_type(const struct ls *ls)
{
    return ls->recursive || ls->indicator != LS_PLAIN || ls->folders_first;
}

static void ls_failed(struct ls *ls, bool is_arg)
{
    if (is_arg)
        ls->status = LS_FAILED;
    else if (!ls->status)
        ls->status = 1;
}

static void ls_read_link(struct ls *ls, struct ls_file *f, const char *path, bool is_arg)
{
    struct sys_stat st;
    if (ls->format == LS_LONG) {
        size_t size =
            f->st.size > 0 && f->st.size < 65536 ? (size_t)f->st.size + 1 : 4097;
        char *target = sys_alloc(size);
        int64_t len = sys_readlink(path, target, size - 1);
        if (len < 0) {
            msg_errno((int)len, "cannot read symbolic link %s", quoted_path(path));
            ls_failed(ls, is_arg);
            sys_free(target);
            return;
        }
        target[len] = '\0';
        f->link = target;
    }
    f->link_broken = sys_stat(path, &st) != 0;
    if (!f->link_broken)
        f->link_mode = st.mode;
}

/* By stat or lstat, as the options have it. */
static int ls_stat(const struct ls *ls, struct ls_file *f, const char *path, bool is_arg)
{
    if (ls->follow == LS_FOLLOW_ALWAYS || (is_arg && ls->follow == LS_FOLLOW_ARG))
        return sys_stat(path, &f->st);
    if (is_arg && ls->follow == LS_FOLLOW_ARG_FOLDER) {
        int err = sys_stat(path, &f->st);
        if (!err && (f->st.mode & SYS_IFMT) == SYS_IFDIR)
            return 0;
    }
    return sys_lstat(path, &f->st);
}

/* Fills in what the options need. false: a file named on the command line is not
 * there. */
static bool ls_look(struct ls *ls, struct ls_file *f, const char *path, bool is_arg)
{
    bool unknown =
        (!f->type || (f->type == SYS_IFLNK &&
                      (ls->follow == LS_FOLLOW_ALWAYS || ls->folders_first))) &&
        ls_needs_type(ls);
    if (is_arg || ls_needs_stat(ls) || unknown ||
        (ls->inode && ls->follow == LS_FOLLOW_ALWAYS)) {
        int err = ls_stat(ls, f, path, is_arg);
        if (err) {
            msg_errno(err, "cannot access %s", quoted_path(path));
            ls_failed(ls, is_arg);
            f->stat_failed = true;
            return !is_arg;
        }
        f->stat_ok = true;
        f->type = f->st.mode & SYS_IFMT;
        f->ino = f->st.ino;
    }
    if (f->type == SYS_IFLNK && (ls->format == LS_LONG || ls->color || ls->folders_first))
        ls_read_link(ls, f, path, is_arg);
    return true;
}

static void ls_measure_name(const struct ls *ls, struct ls_list *l, struct ls_file *f)
{
    struct buf b = buf_make(sys_heap());
    f->columns = ls_add_name(ls, &b, f->name, &f->quoted);
    l->any_quoted |= f->quoted;
    buf_fini(&b);
}

static void ls_show_list(struct ls *ls, struct ls_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        ls_measure_name(ls, l, &l->files[i]);
    ls_sort(ls, l);
    ls_show(ls, l);
}

/* ---- Folders ---------------------------------------------------------------------- */

/* A folder that is still to be listed; path NULL: leave the folder that was entered
 * last. */
struct ls_pending {
    struct ls_pending *next;
    char *path;
    bool is_arg;
};

/* A folder that is being listed with what is below it, for -RL. */
struct ls_active {
    struct ls_active *above;
    uint64_t dev, ino;
};

struct ls_walk {
    struct ls *ls;
    struct ls_pending *pending;
    struct ls_active *active;
    bool headers; // with "path:" before each
    bool any_output;
};

static bool ls_is_hidden(const struct ls *ls, const char *name)
{
    if (*name == '.') {
        if (ls->hide == LS_HIDE_DOTS)
            return true;
        bool special = !name[1] || (name[1] == '.' && !name[2]);
        if (special && ls->hide == LS_HIDE_DOT_AND_DOTDOT)
            return true;
    }
    if (ls->hide == LS_HIDE_DOTS)
        for (size_t i = 0; i < ls->hidden_count; i++)
            if (match_pattern(ls->hidden[i], name, MATCH_PERIOD))
                return true;
    for (size_t i = 0; i < ls->ignored_count; i++)
        if (match_pattern(ls->ignored[i], name, MATCH_PERIOD))
            return true;
    return false;
}

/* Puts the folders of a list before what is pending, in the list's order. */
static void ls_push_folders(struct ls_walk *w, const struct ls_list *l, const char *above,
                            bool is_arg)
{
    struct ls_pending **place = &w->pending, *rest = w->pending;
    for (size_t i = 0; i < l->count; i++) {
        const struct ls_file *f = l->order[i];
        if (f->type != SYS_IFDIR ||
            (above && (str_eq(f->name, ".") || str_eq(f->name, ".."))))
            continue;
        struct ls_pending *p = sys_alloc(sizeof *p);
        p->path = above ? path_join(above, f->name) : sys_strdup(f->name);
        p->is_arg = is_arg;
        *place = p;
        place = &p->next;
    }
    *place = rest;
}

/* Takes the folders out of the files named on the command line. */
static void ls_drop_folders(struct ls_list *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++)
        if (l->files[i].type != SYS_IFDIR)
            l->files[kept++] = l->files[i];
    l->count = kept;
}

/* Whether the folder is listed within itself; else it counts as being listed from now
 * on. */
static bool ls_enter(struct ls_walk *w, const char *path)
{
    struct sys_stat st;
    if (!w->ls->recursive || w->ls->follow != LS_FOLLOW_ALWAYS)
        return true;
    if (sys_stat(path, &st))
        return true;
    for (struct ls_active *a = w->active; a; a = a->above)
        if (a->ino == st.ino && a->dev == st.dev) {
            msg("%s: not listing already-listed directory", quoted_file(path));
            ls_failed(w->ls, true);
            return false;
        }
    struct ls_active *a = sys_alloc(sizeof *a);
    *a = (struct ls_active){w->active, st.dev, st.ino};
    w->active = a;
    struct ls_pending *leave = sys_alloc(sizeof *leave);
    *leave = (struct ls_pending){w->pending, NULL, false};
    w->pending = leave;
    return true;
}

static void ls_put_header(struct ls_walk *w, const char *path)
{
    bool quoted;
    struct buf b = buf_make(sys_heap());
    if (!w->headers)
        return;
    if (w->any_output)
        out_char('\n');
    ls_add_name(w->ls, &b, path, &quoted);
    out_span(buf_span(&b));
    out_str(":\n");
    buf_fini(&b);
}

static void ls_folder(struct ls_walk *w, const char *path, bool is_arg)
{
    struct ls *ls = w->ls;
    struct walk_names names;
    int err = walk_read_folder(path, true, &names);
    if (err) {
        msg_errno(err, "cannot open directory %s", quoted_path(path));
        ls_failed(ls, is_arg);
        return;
    }
    if (!ls_enter(w, path)) {
        walk_free_names(&names);
        return;
    }
    ls_put_header(w, path);
    w->any_output = true;
    struct ls_list l = {0};
    for (size_t i = 0; i < names.count; i++) {
        if (ls_is_hidden(ls, names.items[i].name))
            continue;
        struct ls_file *f =
            ls_add(&l, names.items[i].name, names.items[i].type, names.items[i].ino);
        char *full = path_join(str_eq(path, ".") ? "" : path, f->name);
        ls_look(ls, f, full, false);
        sys_free(full);
    }
    walk_free_names(&names);
    if (ls->format == LS_LONG || ls->blocks) {
        char total[HUMAN_LEN];
        human_blocks(total, ls_total_blocks(&l), &ls->block_how);
        outf("total %s%c", total, ls->end);
    }
    ls_show_list(ls, &l);
    if (ls->recursive)
        ls_push_folders(w, &l, path, false);
    ls_free(&l);
}

static void ls_pending_all(struct ls_walk *w)
{
    while (w->pending) {
        struct ls_pending *p = w->pending;
        w->pending = p->next;
        if (p->path) {
            ls_folder(w, p->path, p->is_arg);
        } else {
            struct ls_active *a = w->active;
            w->active = a->above;
            sys_free(a);
        }
        sys_free(p->path);
        sys_free(p);
    }
}

static void ls_operands(struct ls *ls, char **names)
{
    char *here[] = {".", NULL};
    struct ls_walk w = {.ls = ls};
    struct ls_list l = {0};
    int count = 0;
    char **all = *names ? names : here;
    for (char **name = all; *name; name++, count++) {
        struct ls_file *f = ls_add(&l, *name, 0, 0);
        if (!ls_look(ls, f, *name, true))
            l.count--;
    }
    if (!ls->as_files) {
        ls_sort(ls, &l);
        ls_push_folders(&w, &l, NULL, true);
        sys_free(l.order);
        l.order = NULL;
        ls_drop_folders(&l);
    }
    w.headers = ls->recursive || count > 1;
    w.any_output = l.count > 0;
    if (l.count)
        ls_show_list(ls, &l);
    ls_pending_all(&w);
}

int cmd_ls(int argc, char **argv)
{
    struct ls ls = {.owner = true,
                    .group = true,
                    .end = '\n',
                    .tab = 8,
                    .size_how.block = 1,
                    .block_how.block = 1024};
    struct ls_given g = {.ls = &ls};
    const char *block_size = env_get("LS_BLOCK_SIZE");
    if (!block_size)
        block_size = env_get("BLOCK_SIZE");
    struct human_how how;
    if (block_size && !human_parse_block(block_size, &how))
        ls.size_how = ls.block_how = how;
    struct opts o = opts_begin(&cmd_ls_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR ||
            !(ls_option_choice(&g, c, o.arg) || ls_option_shape(&g, c, o.arg) ||
              ls_option_look(&g, c, o.arg)))
            return LS_FAILED;
    ls_finish_options(&g);
    ls_operands(&ls, o.operands);
    return ls.status;
}

/* grep.c: print lines that match patterns: the command line of grep, egrep and fgrep.
 * Imitates GNU grep 3.8. */
#include "cmd/grep/grep.h"

#include "base/num.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/locale.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_grep(int argc, char **argv);
int cmd_egrep(int argc, char **argv);
int cmd_fgrep(int argc, char **argv);

enum {
    GREP_BINARY_FILES = 256,
    GREP_COLOR,
    GREP_EXCLUDE,
    GREP_EXCLUDE_DIR,
    GREP_EXCLUDE_FROM,
    GREP_INCLUDE,
    GREP_LABEL,
    GREP_LINE_BUFFERED,
    GREP_NO_ICASE,
    GREP_SEPARATOR,
    GREP_NO_SEPARATOR,
};

static const struct opt grep_opts[] = {
    {"basic-regexp", 'G', OPT_PLAIN},
    {"extended-regexp", 'E', OPT_PLAIN},
    {"fixed-regexp", 'F', OPT_PLAIN},
    {"fixed-strings", 'F', OPT_PLAIN},
    {"perl-regexp", 'P', OPT_PLAIN},
    {NULL, 'X', OPT_ARG},
    {"after-context", 'A', OPT_ARG},
    {"before-context", 'B', OPT_ARG},
    {"binary-files", GREP_BINARY_FILES, OPT_ARG},
    {"line-buffered", GREP_LINE_BUFFERED, OPT_PLAIN},
    {"byte-offset", 'b', OPT_PLAIN},
    {"context", 'C', OPT_ARG},
    {"color", GREP_COLOR, OPT_MAYBE},
    {"colour", GREP_COLOR, OPT_MAYBE},
    {"count", 'c', OPT_PLAIN},
    {"devices", 'D', OPT_ARG},
    {"directories", 'd', OPT_ARG},
    {"exclude", GREP_EXCLUDE, OPT_ARG},
    {"exclude-from", GREP_EXCLUDE_FROM, OPT_ARG},
    {"exclude-dir", GREP_EXCLUDE_DIR, OPT_ARG},
    {"file", 'f', OPT_ARG},
    {"files-with-matches", 'l', OPT_PLAIN},
    {"files-without-match", 'L', OPT_PLAIN},
    {"group-separator", GREP_SEPARATOR, OPT_ARG},
    {"ignore-case", 'i', OPT_PLAIN},
    {"no-ignore-case", GREP_NO_ICASE, OPT_PLAIN},
    {"include", GREP_INCLUDE, OPT_ARG},
    {"initial-tab", 'T', OPT_PLAIN},
    {"label", GREP_LABEL, OPT_ARG},
    {"line-number", 'n', OPT_PLAIN},
    {"line-regexp", 'x', OPT_PLAIN},
    {"max-count", 'm', OPT_ARG},
    {"no-filename", 'h', OPT_PLAIN},
    {"no-group-separator", GREP_NO_SEPARATOR, OPT_PLAIN},
    {"no-messages", 's', OPT_PLAIN},
    {"null", 'Z', OPT_PLAIN},
    {"null-data", 'z', OPT_PLAIN},
    {"only-matching", 'o', OPT_PLAIN},
    {"quiet", 'q', OPT_PLAIN},
    {"recursive", 'r', OPT_PLAIN},
    {"dereference-recursive", 'R', OPT_PLAIN},
    {"regexp", 'e', OPT_ARG},
    {"invert-match", 'v', OPT_PLAIN},
    {"silent", 'q', OPT_PLAIN},
    {"text", 'a', OPT_PLAIN},
    {"binary", 'U', OPT_PLAIN},
    {"unix-byte-offsets", 'u', OPT_PLAIN},
    {"with-filename", 'H', OPT_PLAIN},
    {"word-regexp", 'w', OPT_PLAIN},
    {NULL, 'I', OPT_PLAIN},
    {NULL, 'V', OPT_PLAIN},
    {NULL, 'y', OPT_PLAIN},
    {NULL, '0', OPT_PLAIN},
    {NULL, '1', OPT_PLAIN},
    {NULL, '2', OPT_PLAIN},
    {NULL, '3', OPT_PLAIN},
    {NULL, '4', OPT_PLAIN},
    {NULL, '5', OPT_PLAIN},
    {NULL, '6', OPT_PLAIN},
    {NULL, '7', OPT_PLAIN},
    {NULL, '8', OPT_PLAIN},
    {NULL, '9', OPT_PLAIN},
    {0},
};

#define GREP_HELP                                                                              \
    "Print the lines of each FILE that match PATTERNS, which are separated by newlines.\n"     \
    "Without FILE: the working directory with -r, else standard input, as for -.\n"            \
    "\n"                                                                                       \
    "Patterns:\n"                                                                              \
    "  -E, --extended-regexp     extended regular expressions\n"                               \
    "  -F, --fixed-strings       strings\n"                                                    \
    "  -G, --basic-regexp        basic regular expressions (default)\n"                        \
    "  -P, --perl-regexp         Perl regular expressions\n"                                   \
    "  -e, --regexp=PATTERNS     look for PATTERNS\n"                                          \
    "  -f, --file=FILE           take PATTERNS from FILE\n"                                    \
    "  -i, --ignore-case         upper and lower case are equal (--no-ignore-case)\n"          \
    "  -w, --word-regexp         match only whole words\n"                                     \
    "  -x, --line-regexp         match only whole lines\n"                                     \
    "  -z, --null-data           a line ends in a 0 byte\n"                                    \
    "  -v, --invert-match        select the lines that do not match\n"                         \
    "\n"                                                                                       \
    "Output:\n"                                                                                \
    "  -m, --max-count=NUM       stop after NUM selected lines of a file\n"                    \
    "  -b, --byte-offset         show the byte offset\n"                                       \
    "  -n, --line-number         show the line number\n"                                       \
    "  -H, --with-filename       show the file name; -h, --no-filename: do not\n"              \
    "      --label=LABEL         as the name of standard input\n"                              \
    "  -o, --only-matching       show the matches alone\n"                                     \
    "  -c, --count               show how many lines are selected\n"                           \
    "  -l, --files-with-matches  show the names of files with selected lines\n"                \
    "  -L, --files-without-match  show those of the others\n"                                  \
    "  -q, --quiet, --silent     show nothing\n"                                               \
    "  -s, --no-messages         say nothing of files that cannot be read\n"                   \
    "  -T, --initial-tab         line up the text\n"                                           \
    "  -Z, --null                a 0 byte follows a file name\n"                               \
    "  -A, -B, -C NUM, -NUM      show NUM lines after, before, around (--after-context,\n"     \
    "                            --before-context, --context)\n"                               \
    "      --group-separator=SEP, --no-group-separator  what stands between groups of lines\n" \
    "      --color[=WHEN]        always, never or auto; colours from GREP_COLORS\n"            \
    "      --line-buffered       write each line at once\n"                                    \
    "\n"                                                                                       \
    "Files:\n"                                                                                 \
    "  -a, --text                as --binary-files=text\n"                                     \
    "  -I                        as --binary-files=without-match\n"                            \
    "      --binary-files=TYPE   binary, text or without-match\n"                              \
    "  -d, --directories=ACTION  read, recurse or skip\n"                                      \
    "  -D, --devices=ACTION      read or skip\n"                                               \
    "  -r, --recursive           search folders; -R: and follow all symbolic links\n"          \
    "      --include=GLOB, --exclude=GLOB, --exclude-from=FILE, --exclude-dir=GLOB\n"          \
    "  -U, --binary              (ignored)\n"                                                  \
    "\n"                                                                                       \
    "The status is 0 if a line was selected, 1 if none was, 2 after an error.\n"

const struct cmd cmd_grep_entry = {
    .name = "grep",
    .usage = "PATTERNS [FILE]...",
    .help = GREP_HELP,
    .main = cmd_grep,
    .opts = grep_opts,
    .fail_status = 2,
    .try_usage = true,
};

const struct cmd cmd_egrep_entry = {
    .name = "egrep",
    .usage = "PATTERNS [FILE]...",
    .help = GREP_HELP,
    .main = cmd_egrep,
    .opts = grep_opts,
    .fail_status = 2,
    .try_usage = true,
};

const struct cmd cmd_fgrep_entry = {
    .name = "fgrep",
    .usage = "PATTERNS [FILE]...",
    .help = GREP_HELP,
    .main = cmd_fgrep,
    .opts = grep_opts,
    .fail_status = 2,
    .try_usage = true,
};

_Noreturn static void grep_fail(const char *text)
{
    msg("%s", text);
    cmd_exit(2);
}

static void grep_set_matcher(struct grep *g, enum grep_matcher matcher)
{
    if (g->has_matcher && g->matcher != matcher)
        grep_fail("conflicting matchers specified");
    g->matcher = matcher;
    g->has_matcher = true;
}

static void grep_set_matcher_by_name(struct grep *g, const char *name)
{
    static const char *const names[] = {"grep", "egrep", "fgrep", "perl"};
    for (int i = 0; i < 4; i++)
        if (str_eq(name, names[i])) {
            grep_set_matcher(g, (enum grep_matcher)i);
            return;
        }
    msg("invalid matcher %s", name);
    cmd_exit(2);
}

static int64_t grep_context(const char *text)
{
    int64_t n;
    const char *rest;
    int err = num_to_i64(text, &n, &rest);
    if (err == -22 || *rest || n < 0) {
        msg("%s: invalid context length argument", text);
        cmd_exit(2);
    }
    return n;
}

static int64_t grep_max_count(const char *text)
{
    uint64_t n;
    bool minus = *text == '-';
    const char *rest;
    int err = num_to_size(text + minus, &n, &rest);
    if ((err && err != -34) || *rest)
        grep_fail("invalid max count");
    return minus || n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static void grep_read_patterns(struct grep *g, const char *name)
{
    struct in in;
    char *data;
    size_t len;
    int err = in_open(&in, name);
    if (!err) {
        err = in_all(&in, &data, &len);
        in_close(&in);
    }
    if (err) {
        msg_errno(err, "%s", name);
        cmd_exit(2);
    }
    grep_add_patterns(g, span_make(data, len),
                      str_eq(name, "-") ? "(standard input)" : name);
    sys_free(data);
}

static void grep_add_glob(struct grep *g, const char *pattern, bool include, bool folder)
{
    if (g->glob_count == g->glob_cap) {
        g->glob_cap = g->glob_cap ? g->glob_cap * 2 : 8;
        g->globs = sys_resize(g->globs, g->glob_cap * sizeof *g->globs);
    }
    char *copy = sys_strdup(pattern);
    size_t len = strlen(copy);
    while (folder && len > 1 && copy[len - 1] == '/')
        copy[--len] = '\0';
    g->globs[g->glob_count++] = (struct grep_glob){copy, include, folder};
}

static void grep_read_globs(struct grep *g, const char *name)
{
    struct in in;
    struct span line;
    int err = in_open(&in, name);
    if (!err) {
        while (in_line(&in, '\n', &line)) {
            struct buf text = buf_make(sys_heap());
            while (line.len && char_is_space((unsigned char)line.ptr[line.len - 1]))
                line.len--;
            buf_add_span(&text, line);
            if (line.len)
                grep_add_glob(g, buf_str(&text), false, false);
            buf_fini(&text);
        }
        err = in.err;
        in_close(&in);
    }
    if (err) {
        msg_errno(err, "%s", name);
        cmd_exit(2);
    }
}

static void grep_set_folders(struct grep *g, const char *text)
{
    static const char *const names[] = {"read", "recurse", "skip", NULL};
    int i = opts_match_arg("--directories", text, names, NULL);
    if (i < 0)
        cmd_exit(1); // not 2, as in GNU's
    g->folders = (enum grep_folders)i;
}

static void grep_set_devices(struct grep *g, const char *text)
{
    if (!str_eq(text, "read") && !str_eq(text, "skip"))
        grep_fail("unknown devices method");
    g->read_devices = str_eq(text, "read");
    g->skip_devices = !g->read_devices;
}

static void grep_set_binary(struct grep *g, const char *text)
{
    if (str_eq(text, "binary"))
        g->binary = GREP_BINARY;
    else if (str_eq(text, "text"))
        g->binary = GREP_TEXT;
    else if (str_eq(text, "without-match"))
        g->binary = GREP_WITHOUT_MATCH;
    else
        grep_fail("unknown binary-files type");
}

/* --color without WHEN is auto: that of a terminal. */
static bool grep_wants_color(const char *when)
{
    static const char *const always[] = {"always", "yes", "force"};
    static const char *const never[] = {"never", "no", "none"};
    for (size_t i = 0; when && i < 3; i++)
        if (str_eq(when, always[i]))
            return true;
        else if (str_eq(when, never[i]))
            return false;
    if (when && !str_eq(when, "auto") && !str_eq(when, "tty") &&
        !str_eq(when, "if-tty")) {
        outf("Usage: %s [OPTION]... %s\n%s", msg_prefix(), cmd_self()->usage,
             cmd_self()->help);
        cmd_exit(0); // GNU's says so too
    }
    return sys_isatty(1);
}

_Noreturn static void grep_show_version(void)
{
    char *argv[] = {"grep", "--version", NULL};
    struct opts o = opts_begin(cmd_self(), 2, argv);
    int end = opts_next(&o);
    cmd_exit(end == OPTS_END ? 0 : 2);
}

/* Digits of one word make one number: -15, but not -1 -5. */
struct grep_digits {
    int64_t n; // -1: none
    int word;
};

static void grep_add_digit(struct grep_digits *d, int digit, int word)
{
    if (d->n < 0 || d->word != word)
        d->n = 0;
    d->n = d->n > INT64_MAX / 10 - 1 ? INT64_MAX : d->n * 10 + digit;
    d->word = word;
}

/* Options about output and files. */
static void grep_set_more(struct grep *g, int letter, const char *arg, bool *color)
{
    switch (letter) {
    case 'a': g->binary = GREP_TEXT; break;
    case 'I': g->binary = GREP_WITHOUT_MATCH; break;
    case 'D': grep_set_devices(g, arg); break;
    case 'd': grep_set_folders(g, arg); break;
    case 'R':
    case 'r':
        g->folders = GREP_RECURSE;
        g->dereference = letter == 'R';
        break;
    case GREP_BINARY_FILES: grep_set_binary(g, arg); break;
    case GREP_COLOR: *color = grep_wants_color(arg); break;
    case GREP_EXCLUDE: grep_add_glob(g, arg, false, false); break;
    case GREP_EXCLUDE_DIR: grep_add_glob(g, arg, false, true); break;
    case GREP_EXCLUDE_FROM: grep_read_globs(g, arg); break;
    case GREP_INCLUDE: grep_add_glob(g, arg, true, false); break;
    case GREP_LABEL: g->label = arg; break;
    case GREP_LINE_BUFFERED: g->line_buffered = true; break;
    case GREP_SEPARATOR: g->group_separator = arg; break;
    case GREP_NO_SEPARATOR: g->group_separator = NULL; break;
    case 'u': msg_warn("warning: --unix-byte-offsets (-u) is obsolete"); break;
    case 'V': grep_show_version();
    case 'X': grep_set_matcher_by_name(g, arg); break;
    default: break;
    }
}

static void grep_set(struct grep *g, int letter, const char *arg, bool *color)
{
    switch (letter) {
    case 'G': grep_set_matcher(g, GREP_BASIC); break;
    case 'E': grep_set_matcher(g, GREP_EXTENDED); break;
    case 'F': grep_set_matcher(g, GREP_FIXED); break;
    case 'P': grep_set_matcher(g, GREP_PERL); break;
    case 'e': grep_add_patterns(g, span_of(arg), NULL); break;
    case 'f': grep_read_patterns(g, arg); break;
    case 'i':
    case 'y': g->icase = true; break;
    case GREP_NO_ICASE: g->icase = false; break;
    case 'w': g->words = true; break;
    case 'x': g->whole = true; break;
    case 'z': g->eol = '\0'; break;
    case 'v': g->invert = true; break;
    case 'm': g->max = grep_max_count(arg); break;
    case 'b': g->show_byte = true; break;
    case 'n': g->show_line = true; break;
    case 'H': g->with_name = 1; break;
    case 'h': g->with_name = 0; break;
    case 'o': g->only = true; break;
    case 'c': g->count = true; break;
    case 'l': g->list = GREP_LIST_MATCHING; break;
    case 'L': g->list = GREP_LIST_OTHERS; break;
    case 'q': g->quiet = true; break;
    case 's': g->no_messages = true; break;
    case 'T': g->align = true; break;
    case 'Z': g->null_name = true; break;
    default: grep_set_more(g, letter, arg, color); break;
    }
}

static void grep_read_options(struct grep *g, struct opts *o)
{
    struct grep_digits digits = {-1, 0};
    int64_t before = -1, after = -1, around = -1;
    bool color = false;
    for (int c; (c = opts_next(o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            cmd_exit(2);
        if (c == 'A')
            after = grep_context(o->arg);
        else if (c == 'B')
            before = grep_context(o->arg);
        else if (c == 'C')
            around = grep_context(o->arg);
        else if (c >= '0' && c <= '9')
            grep_add_digit(&digits, c - '0', o->next);
        else
            grep_set(g, c, o->arg, &color);
    }
    if (digits.n >= 0)
        around = digits.n;
    g->before = before >= 0 ? before : around;
    g->after = after >= 0 ? after : around;
    if (color)
        grep_set_colors(&g->colors);
}

static void grep_look_at_output(struct grep *g)
{
    struct sys_stat null;
    if (sys_fstat(1, &g->out))
        return;
    g->out_is_file = (g->out.mode & SYS_IFMT) == SYS_IFREG;
    g->out_is_null = (g->out.mode & SYS_IFMT) == SYS_IFCHR &&
                     !sys_stat("/dev/null", &null) && null.rdev == g->out.rdev &&
                     null.ino == g->out.ino && null.dev == g->out.dev;
}

/* What options say together. */
static void grep_settle(struct grep *g, const struct opts *o)
{
    bool many = o->count > 1 || (g->folders == GREP_RECURSE && o->count == 0);
    if (g->folders == GREP_RECURSE && o->count == 1) {
        struct sys_stat st;
        many = !sys_stat(o->operands[0], &st) && (st.mode & SYS_IFMT) == SYS_IFDIR;
    }
    g->show_name = g->with_name < 0 ? many : g->with_name;
    if (g->list)
        g->count = g->only = false;
    if (g->count || g->list || g->quiet)
        g->before = g->after = -1;
    if (g->quiet)
        g->list = GREP_LIST_NONE;
    if (g->only && g->invert && !g->count)
        g->before = g->after = -1;
    g->utf8 = locale_is_utf8();
    grep_look_at_output(g);
}

static int grep_run(struct grep *g, struct opts *o)
{
    char **names = o->operands;
    if (!g->has_patterns) {
        if (!*names)
            return msg_try_help() + 1;
        grep_add_patterns(g, span_of(*names++), NULL);
        o->operands++;
        o->count--;
    }
    grep_settle(g, o);
    bool none = g->max == 0 || (!g->patterns.len && !g->invert);
    if (none && g->list != GREP_LIST_OTHERS) // grep-select.test: nothing is even opened
        return 1;
    int err = grep_compile(g);
    if (err)
        return err;
    grep_operands(g, names);
    pattern_give(&g->pattern);
    if (g->any_error && !(g->quiet && g->any_selected))
        return 2;
    return g->any_selected ? 0 : 1;
}

static int grep_main(int argc, char **argv, enum grep_matcher matcher)
{
    struct grep *g = sys_alloc_zero(sizeof *g);
    g->matcher = matcher;
    g->has_matcher = matcher != GREP_BASIC;
    g->patterns = buf_make(sys_heap());
    g->pattern_files = vec_make(sys_heap());
    g->max = INT64_MAX;
    g->eol = '\n';
    g->with_name = -1;
    g->before = g->after = -1;
    g->group_separator = "--";
    struct opts o = opts_begin(cmd_self(), argc, argv);
    grep_read_options(g, &o);
    return grep_run(g, &o);
}

int cmd_grep(int argc, char **argv) { return grep_main(argc, argv, GREP_BASIC); }
int cmd_egrep(int argc, char **argv) { return grep_main(argc, argv, GREP_EXTENDED); }
int cmd_fgrep(int argc, char **argv) { return grep_main(argc, argv, GREP_FIXED); }

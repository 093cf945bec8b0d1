/* sed.c: edit a stream: the command line. Imitates GNU sed 4.9, but for e and s///e,
 * which are refused. */
#include "cmd/sed/sed.h"

#include <errno.h>

#include "base/num.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/locale.h"
#include "user/msg.h"
#include "user/opts.h"

int cmd_sed(int argc, char **argv);

enum { SED_OPT_DEBUG = 256, SED_OPT_FOLLOW, SED_OPT_POSIX, SED_OPT_SANDBOX };

static const struct opt sed_opts[] = {
    {"quiet", 'n', OPT_PLAIN},
    {"silent", 'n', OPT_PLAIN},
    {"debug", SED_OPT_DEBUG, OPT_PLAIN},
    {"expression", 'e', OPT_ARG},
    {"file", 'f', OPT_ARG},
    {"regexp-extended", 'E', OPT_PLAIN},
    {NULL, 'r', OPT_PLAIN},
    {"in-place", 'i', OPT_MAYBE},
    {"follow-symlinks", SED_OPT_FOLLOW, OPT_PLAIN},
    {"line-length", 'l', OPT_ARG},
    {"posix", SED_OPT_POSIX, OPT_PLAIN},
    {"sandbox", SED_OPT_SANDBOX, OPT_PLAIN},
    {"separate", 's', OPT_PLAIN},
    {"unbuffered", 'u', OPT_PLAIN},
    {"binary", 'b', OPT_PLAIN},
    {"null-data", 'z', OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_sed_entry = {
    .name = "sed",
    .usage = "{script-only-if-no-other-script} [input-file]...",
    .help =
        "Edit the lines of the files, or of standard input, as the script says.\n"
        "\n"
        "  -n, --quiet, --silent      print only what the script prints\n"
        "      --debug                show the program and its steps\n"
        "  -e, --expression=SCRIPT    add SCRIPT to the program\n"
        "  -f, --file=FILE            add what FILE holds\n"
        "  -E, -r, --regexp-extended  extended regular expressions\n"
        "  -i[SUFFIX], --in-place[=SUFFIX]  edit files in place, with a copy of the old one\n"
        "      --follow-symlinks      and edit what a symbolic link leads to\n"
        "  -l, --line-length=N        where the `l' command breaks lines\n"
        "      --posix                without GNU's additions\n"
        "  -s, --separate             line numbers and $ are those of each file\n"
        "      --sandbox              refuse e, r and w\n"
        "  -u, --unbuffered           write each line at once\n"
        "  -z, --null-data            lines end in a 0 byte\n"
        "  -b, --binary               (ignored)\n"
        "\n"
        "Commands: { } = a b c d D F g G h H i l n N p P q Q r R s t T v w W x y z # :\n"
        "The first operand is the script where there is no -e or -f.\n",
    .main = cmd_sed,
    .opts = sed_opts,
    .fail_status = SED_BAD_USAGE,
    .try_usage = true,
};

static void sed_add_file(struct sed_parser *p, const char *name)
{
    struct in in;
    char *data;
    size_t len;
    int err = in_open(&in, name);
    if (!err)
        err = in_all(&in, &data, &len);
    if (err == -EISDIR) // has nothing
        return;
    if (err) {
        msg_errno(err, "couldn't open file %s", name);
        cmd_exit(SED_PANIC);
    }
    sed_parse(p, span_make(data, len), 0, name); // the program points into it
}

/* What is no number is 0, as GNU has it. */
static uint64_t sed_line_length(const char *text)
{
    uint64_t n = 0;
    return num_to_u64(text, &n, NULL) ? 0 : n;
}

/* Where l breaks lines unless told: the width of the screen, if COLS gives it. */
static uint64_t sed_default_length(void)
{
    const char *columns = env_get("COLS"), *rest;
    int64_t n = 0;
    if (columns && num_to_i64(columns, &n, &rest))
        n = 0;
    return n > 1 && n <= INT32_MAX ? (uint64_t)n - 1 : 70;
}

static void sed_set(struct sed *s, int letter, const char *arg)
{
    switch (letter) {
    case 'n': s->quiet = true; break;
    case 'E':
    case 'r': s->extended = true; break;
    case 'i':
        s->in_place = s->separate = true;
        s->suffix = arg && *arg ? arg : s->suffix;
        break;
    case 'l': s->line_width = sed_line_length(arg); break;
    case 's': s->separate = true; break;
    case 'u': s->unbuffered = true; break;
    case 'z': s->delimiter = '\0'; break;
    case SED_OPT_DEBUG: s->debug = true; break;
    case SED_OPT_FOLLOW: s->follow = true; break;
    case SED_OPT_POSIX: s->posix = s->correct = true; break;
    case SED_OPT_SANDBOX: s->sandbox = true; break;
    default: break; // b
    }
}

/* A part of the program is read with the options that were given before it. */
static void sed_add_script(struct sed_parser *p, const char *arg, bool is_file,
                           int *expression)
{
    if (is_file)
        sed_add_file(p, arg);
    else
        sed_parse(p, span_of(arg), ++*expression, NULL);
}

static void sed_give_regexes(const struct sed *s)
{
    for (size_t i = 0; i < s->regexes.len; i++) {
        struct sed_regex *r = s->regexes.items[i];
        pattern_give(&r->pattern);
    }
}

int cmd_sed(int argc, char **argv)
{
    struct sed *s = sys_alloc_zero(sizeof *s);
    s->delimiter = '\n';
    s->correct = env_get("POSIXLY_CORRECT") != NULL;
    s->line_width = sed_default_length();
    s->utf8 = locale_is_utf8();
    s->files = vec_make(sys_heap());
    s->regexes = vec_make(sys_heap());
    struct sed_parser p = {.sed = s, .text = buf_make(sys_heap())};
    int expressions = 0;
    bool has_script = false;
    struct opts o = opts_begin(&cmd_sed_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return SED_BAD_USAGE;
        if (c != 'e' && c != 'f') {
            sed_set(s, c, o.arg);
            continue;
        }
        sed_add_script(&p, o.arg, c == 'f', &expressions);
        has_script = true;
    }
    char **names = o.operands;
    if (!has_script) {
        if (!*names) {
            msg_try_help();
            return SED_BAD_USAGE;
        }
        sed_add_script(&p, *names++, false, &expressions);
    }
    sed_parse_end(&p);
    if (s->in_place && !*names) {
        msg("no input files");
        return SED_PANIC;
    }
    if (s->debug)
        sed_print_program(s);
    int status = sed_run(s, names);
    sed_give_regexes(s);
    return status;
}

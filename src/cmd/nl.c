/* nl.c: number lines. Imitates GNU coreutils nl. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "regex/regex.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_nl(int argc, char **argv);

static const struct opt nl_opts[] = {
    {"header-numbering", 'h', OPT_ARG},  {"body-numbering", 'b', OPT_ARG},
    {"footer-numbering", 'f', OPT_ARG},  {"starting-line-number", 'v', OPT_ARG},
    {"line-increment", 'i', OPT_ARG},    {"no-renumber", 'p', OPT_PLAIN},
    {"join-blank-lines", 'l', OPT_ARG},  {"number-separator", 's', OPT_ARG},
    {"number-width", 'w', OPT_ARG},      {"number-format", 'n', OPT_ARG},
    {"section-delimiter", 'd', OPT_ARG}, {0},
};

const struct cmd cmd_nl_entry = {
    .name = "nl",
    .usage = "[FILE]...",
    .help =
        "Write each FILE with numbers before the lines.\n"
        "\n"
        "  -b, --body-numbering=STYLE    which lines of the body are numbered\n"
        "  -d, --section-delimiter=CC    what logical pages are marked with (default \\:)\n"
        "  -f, --footer-numbering=STYLE, -h, --header-numbering=STYLE\n"
        "  -i, --line-increment=N        from number to number\n"
        "  -l, --join-blank-lines=N      N empty lines in a row count as one\n"
        "  -n, --number-format=FORMAT    ln left, rn right, rz right with zeros\n"
        "  -p, --no-renumber             do not begin again with each page\n"
        "  -s, --number-separator=STRING after the number\n"
        "  -v, --starting-line-number=N  the first number\n"
        "  -w, --number-width=N          columns for numbers\n"
        "\n"
        "STYLE is a all lines, t lines that are not empty, n none, pBRE lines that match BRE.\n",
    .main = cmd_nl,
    .opts = nl_opts,
};

/* Which lines of a section are numbered. */
struct nl_style {
    char kind; // a t n p
    struct regex *regex;
};

enum { NL_HEADER, NL_BODY, NL_FOOTER, NL_SECTIONS };

struct nl {
    struct nl_style style[NL_SECTIONS];
    int64_t start, step, number;
    bool overflow;
    bool keep_numbers;
    int64_t blanks, blank_count; // -l, and blank lines since
    const char *separator, *format;
    int width;
    char delimiter[8]; // repeated once to three times: the mark of a section
    int section;
};

static bool nl_set_style(struct nl_style *s, const char *text, const char *section)
{
    if (*text && strchr("atn", *text) && !text[1]) {
        s->kind = *text;
        return true;
    }
    if (*text != 'p') {
        msg_usage("invalid %s numbering style: %s", section, quoted(text));
        return false;
    }
    struct regex_options o = {.alloc = sys_heap(),
                              .tick = sys_ticks,
                              .syntax = REGEX_BASIC,
                              .flags = REGEX_UTF8};
    enum regex_error err = regex_compile(&s->regex, &o, span_of(text + 1));
    s->kind = 'p';
    if (err)
        msg("Invalid regular expression");
    return !err;
}

static bool nl_is_numbered(struct nl *n, struct span line)
{
    struct nl_style *s = &n->style[n->section];
    switch (s->kind) {
    case 'a':
        if (n->blanks > 1) {
            if (line.len || ++n->blank_count == n->blanks) {
                n->blank_count = 0;
                return true;
            }
            return false;
        }
        return true;
    case 't': return line.len > 0;
    case 'p': return regex_search(s->regex, line, 0, 0, NULL, 0) > 0;
    default: return false;
    }
}

static void nl_put_number(struct nl *n)
{
    char digits[24];
    if (n->overflow) {
        msg("line number overflow");
        cmd_exit(1);
    }
    num_from_i64(digits, n->number);
    if (str_eq(n->format, "ln"))
        outf("%-*s", n->width, digits);
    else if (str_eq(n->format, "rn"))
        outf("%*s", n->width, digits);
    else
        outf("%0*lld", n->width, (long long)n->number);
    out_str(n->separator);
    n->overflow = __builtin_add_overflow(n->number, n->step, &n->number);
}

/* The section that the line begins, or -1: it is text. */
static int nl_find_section(const struct nl *n, struct span line)
{
    size_t len = strlen(n->delimiter);
    if (!len || line.len % len || line.len > 3 * len || !line.len)
        return -1;
    for (size_t i = 0; i < line.len; i += len)
        if (memcmp(line.ptr + i, n->delimiter, len) != 0)
            return -1;
    return NL_SECTIONS - (int)(line.len / len); // one: footer
}

static void nl_line(struct nl *n, struct span line)
{
    int section = nl_find_section(n, line);
    if (section >= 0) {
        n->section = section;
        n->blank_count = 0;
        if (!n->keep_numbers) {
            n->number = n->start;
            n->overflow = false;
        }
        out_char('\n');
        return;
    }
    if (nl_is_numbered(n, line)) {
        nl_put_number(n);
    } else {
        struct buf b = buf_make(sys_heap());
        buf_add_repeated(&b, ' ', (size_t)n->width + strlen(n->separator));
        out_span(buf_span(&b));
        buf_fini(&b);
    }
    out_span(line);
    out_char('\n');
}

static bool nl_read_number(const char *text, int64_t least, int64_t most,
                           const char *what, int64_t *n)
{
    const char *rest = text;
    int err = num_to_i64(text, n, &rest);
    if (err == -EINVAL || *rest) {
        msg("invalid %s: %s", what, quoted(text));
        return false;
    }
    if (err || *n < least || *n > most) {
        msg_errno(err && *n > 0 && most == INT64_MAX ? EOVERFLOW : ERANGE,
                  "invalid %s: %s", what, quoted(text));
        return false;
    }
    return true;
}

static bool nl_set_width(struct nl *n, const char *text)
{
    int64_t width;
    if (!nl_read_number(text, 1, INT32_MAX, "line number field width", &width))
        return false;
    n->width = (int)width;
    return true;
}

static bool nl_set_format(struct nl *n, const char *text)
{
    n->format = text;
    if (str_eq(text, "ln") || str_eq(text, "rn") || str_eq(text, "rz"))
        return true;
    msg_usage("invalid line numbering format: %s", quoted(text));
    return false;
}

static void nl_set_delimiter(struct nl *n, const char *text)
{
    size_t len = strlen(text);
    if (len > 2 || !len) {
        n->delimiter[0] = '\0';
        if (len < sizeof n->delimiter)
            memcpy(n->delimiter, text, len + 1);
        return;
    }
    n->delimiter[0] = text[0];
    n->delimiter[1] = len > 1 ? text[1] : ':';
    n->delimiter[2] = '\0';
}

static bool nl_read_option(struct nl *n, int c, const char *arg)
{
    switch (c) {
    case 'b': return nl_set_style(&n->style[NL_BODY], arg, "body");
    case 'd': nl_set_delimiter(n, arg); return true;
    case 'f': return nl_set_style(&n->style[NL_FOOTER], arg, "footer");
    case 'h': return nl_set_style(&n->style[NL_HEADER], arg, "header");
    case 'i':
        return nl_read_number(arg, INT64_MIN, INT64_MAX, "line number increment",
                              &n->step);
    case 'l':
        return nl_read_number(arg, 1, INT64_MAX, "line number of blank lines",
                              &n->blanks);
    case 'n': return nl_set_format(n, arg);
    case 'p': return n->keep_numbers = true;
    case 's': n->separator = arg; return true;
    case 'v':
        return nl_read_number(arg, INT64_MIN, INT64_MAX, "starting line number",
                              &n->start);
    case 'w': return nl_set_width(n, arg);
    default: return false;
    }
}

int cmd_nl(int argc, char **argv)
{
    struct nl n = {.style = {{'n', NULL}, {'t', NULL}, {'n', NULL}},
                   .start = 1,
                   .step = 1,
                   .blanks = 1,
                   .separator = "\t",
                   .format = "rn",
                   .width = 6,
                   .delimiter = "\\:",
                   .section = NL_BODY};
    struct opts o = opts_begin(&cmd_nl_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !nl_read_option(&n, c, o.arg))
            return 1;
    n.number = n.start;
    struct in in;
    struct span line;
    struct in_files files = in_files_make(o.operands);
    while (in_next_file(&files, &in))
        while (in_line(&in, '\n', &line)) {
            if (line.ptr[line.len - 1] == '\n')
                line.len--;
            nl_line(&n, line);
        }
    return files.status;
}

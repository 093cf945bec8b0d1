/* cat.c: copy files to standard output, perhaps with marks. Imitates GNU coreutils
 * cat. */
#include <stdint.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_cat(int argc, char **argv);

static const struct opt cat_opts[] = {
    {"number-nonblank", 'b', OPT_PLAIN},
    {"number", 'n', OPT_PLAIN},
    {"squeeze-blank", 's', OPT_PLAIN},
    {"show-nonprinting", 'v', OPT_PLAIN},
    {"show-ends", 'E', OPT_PLAIN},
    {"show-tabs", 'T', OPT_PLAIN},
    {"show-all", 'A', OPT_PLAIN},
    {NULL, 'e', OPT_PLAIN},
    {NULL, 't', OPT_PLAIN},
    {NULL, 'u', OPT_PLAIN},
    {0},
};

const struct cmd cmd_cat_entry = {
    .name = "cat",
    .usage = "[FILE]...",
    .help =
        "Concatenate FILEs to standard output. Without FILE, or for -, read standard input.\n"
        "\n"
        "  -A, --show-all          as -vET\n"
        "  -b, --number-nonblank   number the lines that are not empty\n"
        "  -e                      as -vE\n"
        "  -E, --show-ends         show $ at the end of each line\n"
        "  -n, --number            number all lines\n"
        "  -s, --squeeze-blank     no more than one empty line in a row\n"
        "  -t                      as -vT\n"
        "  -T, --show-tabs         show a tab as ^I\n"
        "  -u                      (ignored)\n"
        "  -v, --show-nonprinting  show control characters as ^X, others above 127 as M-X\n",
    .main = cmd_cat,
    .opts = cat_opts,
};

enum { CAT_DIGITS = 20 };

struct cat {
    bool ends, number, nonblank, squeeze, tabs, visible;
    bool special[256];     // bytes that are not copied as they are
    char line[CAT_DIGITS]; // the number of the line, counted as text, with blanks before
                           // it
    size_t line_width;     // of what is shown of it: 6 at least
    unsigned newlines;     // in a row, before the next byte; 2: an empty line was seen
    bool pending_cr;       // a \r that -E shows as ^M if a newline follows
    struct sys_stat out;
};

static void cat_set(struct cat *c, int letter)
{
    switch (letter) {
    case 'A': c->visible = c->ends = c->tabs = true; break;
    case 'b': c->number = c->nonblank = true; break;
    case 'e': c->visible = c->ends = true; break;
    case 'E': c->ends = true; break;
    case 'n': c->number = true; break;
    case 's': c->squeeze = true; break;
    case 't': c->visible = c->tabs = true; break;
    case 'T': c->tabs = true; break;
    case 'v': c->visible = true; break;
    }
}

static void cat_plain(struct in *in)
{
    struct span block;
    while (in_block(in, &block)) {
        int err = out_write_all(1, block.ptr, block.len);
        if (err) {
            msg_errno(err, "write error");
            cmd_exit(1);
        }
    }
}

/* A byte that is not shown as it is. */
static void cat_show(struct out *o, unsigned char c)
{
    if (c >= 128) {
        out_add(o, "M-", 2);
        c -= 128;
    }
    if (c < 32 || c == 127) {
        out_add_char(o, '^');
        c ^= 64;
    }
    out_add_char(o, (char)c);
}

static bool cat_is_special(const struct cat *c, unsigned char b)
{
    if (b == '\t')
        return c->tabs;
    return b == '\n' || (c->visible && (b < 32 || b > 126)) || (c->ends && b == '\r');
}

static void cat_count_line(struct cat *c)
{
    size_t i = CAT_DIGITS;
    while (i && c->line[i - 1] == '9')
        c->line[--i] = '0';
    if (!i)
        return; // after 10^20 lines
    c->line[i - 1] = c->line[i - 1] == ' ' ? '1' : (char)(c->line[i - 1] + 1);
    c->line_width = size_max(c->line_width, CAT_DIGITS - i + 1);
}

static void cat_begin_line(struct cat *c, struct out *o, bool empty)
{
    if (!c->number || (c->nonblank && empty))
        return;
    cat_count_line(c);
    out_add(o, c->line + CAT_DIGITS - c->line_width, c->line_width);
    out_add_char(o, '\t');
}

static void cat_newline(struct cat *c, struct out *o)
{
    if (c->newlines >= 1) { // an empty line
        c->newlines = 2;
        cat_begin_line(c, o, true);
    } else {
        c->newlines = 1;
    }
    if (c->pending_cr)
        out_add(o, "^M", 2);
    c->pending_cr = false;
    if (c->ends)
        out_add_char(o, '$');
    out_add_char(o, '\n');
}

static void cat_marked_block(struct cat *c, struct out *o, const unsigned char *p,
                             size_t len)
{
    const unsigned char *end = p + len;
    while (p < end) {
        if (*p == '\n') {
            p++;
            if (!(c->squeeze && c->newlines == 2))
                cat_newline(c, o);
            continue;
        }
        if (c->newlines)
            cat_begin_line(c, o, false);
        c->newlines = 0;
        if (c->pending_cr)
            out_add_char(o, '\r');
        c->pending_cr = false;
        const unsigned char *run = p;
        while (p < end && !c->special[*p])
            p++;
        out_add(o, run, (size_t)(p - run));
        if (p == end || *p == '\n')
            continue;
        if (*p == '\r' && c->ends && !c->visible)
            c->pending_cr = true;
        else
            cat_show(o, *p);
        p++;
    }
}

static void cat_marked(struct cat *c, struct in *in)
{
    struct out *o = out_std();
    struct span block;
    while (in_block(in, &block))
        cat_marked_block(c, o, (const unsigned char *)block.ptr, block.len);
}

/* Whether copying would go on for ever: the input is the output, and grows. */
static bool cat_feeds_itself(const struct cat *c, const struct in *in)
{
    struct sys_stat st;
    if ((c->out.mode & SYS_IFMT) != SYS_IFREG || sys_fstat(in->fd, &st) ||
        st.ino != c->out.ino || st.dev != c->out.dev)
        return false;
    int64_t at = sys_seek(in->fd, 0, SYS_SEEK_CUR);
    return at >= 0 && at < st.size;
}

int cmd_cat(int argc, char **argv)
{
    struct cat c = {.newlines = 1};
    struct opts o = opts_begin(&cmd_cat_entry, argc, argv);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;) {
        if (letter == OPTS_ERROR)
            return 1;
        cat_set(&c, letter);
    }
    for (int b = 0; b < 256; b++)
        c.special[b] = cat_is_special(&c, (unsigned char)b);
    memset(c.line, ' ', sizeof c.line);
    c.line_width = 6;
    bool plain = !(c.ends || c.number || c.squeeze || c.tabs || c.visible);
    int err = sys_fstat(1, &c.out);
    if (err) {
        msg_errno(err, "standard output");
        return 1;
    }

    struct in in;
    struct in_files files = in_files_make(o.operands);
    while (in_next_file(&files, &in)) {
        if (cat_feeds_itself(&c, &in))
            files.status = msg("%s: input file is output file", quoted_file(files.name));
        else if (plain)
            cat_plain(&in);
        else
            cat_marked(&c, &in);
    }
    if (c.pending_cr)
        out_char('\r');
    return files.status;
}

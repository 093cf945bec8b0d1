/* expand.c: tabs to spaces. Imitates GNU coreutils expand. */
#include <stddef.h>

#include "base/str.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/tabs.h"

int cmd_expand(int argc, char **argv);

static const struct opt expand_opts[] = {
    {"tabs", 't', OPT_ARG},
    {"initial", 'i', OPT_PLAIN},
    {0},
};

const struct cmd cmd_expand_entry = {
    .name = "expand",
    .usage = "[FILE]...",
    .help =
        "Write each FILE with spaces in place of tabs.\n"
        "\n"
        "  -i, --initial    only those before other characters\n"
        "  -t, --tabs=N     tab stops N columns apart, not 8\n"
        "  -t, --tabs=LIST  tab stops at these columns; /N multiples of N, +N every N after\n",
    .main = cmd_expand,
    .opts = expand_opts,
    .opts_flags = OPTS_DIGITS,
};

/* Where a line stands. */
struct expand {
    struct tabs tabs;
    bool only_initial, convert;
    uint64_t column;
};

static void expand_byte(struct expand *e, struct out *o, char c)
{
    bool last;
    if (c == '\n') {
        e->column = 0;
        e->convert = true;
    } else if (e->convert && c == '\t') {
        uint64_t next = tabs_next(&e->tabs, e->column, &last);
        for (; e->column < next; e->column++)
            out_add_char(o, ' ');
        return;
    } else if (e->convert) {
        if (c == '\b')
            e->column -= e->column > 0;
        else
            e->column++;
        e->convert = !e->only_initial || char_is_blank(c);
    }
    out_add_char(o, c);
}

/* The length of what is only copied. */
static size_t expand_plain_run(const struct expand *e, struct span s)
{
    size_t i = 0;
    if (!e->convert) { // up to the end of the line
        size_t newline = span_find(s, '\n');
        return newline;
    }
    while (!e->only_initial && i < s.len && s.ptr[i] != '\t' && s.ptr[i] != '\n' &&
           s.ptr[i] != '\b')
        i++;
    return i;
}

static void expand_block(struct expand *e, struct out *o, struct span s)
{
    while (s.len) {
        size_t run = expand_plain_run(e, s);
        out_add(o, s.ptr, run);
        e->column += run;
        s = span_from(s, run);
        if (s.len)
            expand_byte(e, o, *s.ptr);
        s = span_from(s, 1);
    }
}

int cmd_expand(int argc, char **argv)
{
    struct expand e = {.convert = true};
    struct opts o = opts_begin(&cmd_expand_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'i': e.only_initial = true; break;
        case 't':
        case OPTS_NUMBER:
            if (!tabs_add(&e.tabs, o.arg))
                return 1;
            break;
        default: return 1;
        }
    if (!tabs_finish(&e.tabs))
        return 1;
    struct in in;
    struct span block;
    struct in_files files = in_files_make(o.operands);
    while (in_next_file(&files, &in))
        while (in_block(&in, &block))
            expand_block(&e, out_std(), block);
    return files.status;
}

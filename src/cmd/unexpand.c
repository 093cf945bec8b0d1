/* unexpand.c: spaces to tabs. Imitates GNU coreutils unexpand. */
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/tabs.h"

int cmd_unexpand(int argc, char **argv);

enum { UNEXPAND_FIRST = 256 };

static const struct opt unexpand_opts[] = {
    {"tabs", 't', OPT_ARG},
    {"all", 'a', OPT_PLAIN},
    {"first-only", UNEXPAND_FIRST, OPT_PLAIN},
    {0},
};

const struct cmd cmd_unexpand_entry = {
    .name = "unexpand",
    .usage = "[FILE]...",
    .help =
        "Write each FILE with tabs in place of blanks at the beginning of lines.\n"
        "\n"
        "  -a, --all         all blanks, not only those\n"
        "      --first-only  only those (also with -t)\n"
        "  -t, --tabs=N      tab stops N columns apart, not 8 (implies -a)\n"
        "  -t, --tabs=LIST   tab stops at these columns; /N multiples of N, +N every N after\n",
    .main = cmd_unexpand,
    .opts = unexpand_opts,
    .opts_flags = OPTS_DIGITS,
};

struct unexpand {
    struct tabs tabs;
    bool all;
    bool convert; // blanks of this place in the line are changed
    uint64_t column;
    struct buf blanks;   // held back: perhaps they become a tab
    bool after_tab_stop; // one blank before a tab stop is held
    bool previous_blank;
};

static void unexpand_flush(struct unexpand *u, struct out *o)
{
    // a blank that ends at a tab stop becomes a tab only with another before or behind it
    if (u->blanks.len > 1 && u->after_tab_stop)
        u->blanks.data[0] = '\t';
    out_add_span(o, buf_span(&u->blanks));
    buf_clear(&u->blanks);
    u->after_tab_stop = false;
}

/* A blank within what is changed. true: it was dealt with. */
static bool unexpand_blank(struct unexpand *u, char c)
{
    bool last;
    uint64_t next = tabs_next(&u->tabs, u->column, &last);
    if (last)
        u->convert = false;
    if (!u->convert)
        return false;
    if (c == '\t') {
        u->column = next;
        if (u->blanks.len)
            u->blanks.data[0] = '\t';
        buf_cut(&u->blanks, u->after_tab_stop && u->blanks.len ? 1 : 0);
        u->after_tab_stop = false;
        buf_add_char(&u->blanks, '\t');
        return true;
    }
    u->column++;
    if (!(u->previous_blank && u->column == next)) {
        if (u->column == next) // not yet a tab: it may be a single space
            u->after_tab_stop = true;
        buf_add_char(&u->blanks, c);
        return true;
    }
    // the blanks up to this stop become one tab, after one that is held from the stop
    // before
    bool kept = u->after_tab_stop;
    if (u->blanks.len)
        u->blanks.data[0] = '\t';
    buf_cut(&u->blanks, kept ? 1 : 0);
    u->after_tab_stop = false;
    buf_add_char(&u->blanks, '\t');
    return true;
}

static void unexpand_byte(struct unexpand *u, struct out *o, char c)
{
    bool blank = char_is_blank(c);
    if (u->convert && blank && unexpand_blank(u, c)) {
        u->previous_blank = true;
        return;
    }
    if (u->convert && c == '\b')
        u->column -= u->column > 0;
    else if (u->convert)
        u->column++;
    unexpand_flush(u, o);
    u->previous_blank = blank;
    u->convert &= u->all || blank;
    out_add_char(o, c);
    if (c == '\n') {
        u->column = 0;
        u->convert = true;
        u->previous_blank = true;
    }
}

int cmd_unexpand(int argc, char **argv)
{
    struct unexpand u = {
        .convert = true, .previous_blank = true, .blanks = buf_make(sys_heap())};
    bool first_only = false;
    struct opts o = opts_begin(&cmd_unexpand_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'a': u.all = true; break;
        case UNEXPAND_FIRST: first_only = true; break;
        case 't':
        case OPTS_NUMBER:
            u.all = true;
            if (!tabs_add(&u.tabs, o.arg))
                return 1;
            break;
        default: return 1;
        }
    if (!tabs_finish(&u.tabs))
        return 1;
    if (first_only)
        u.all = false;
    struct in in;
    struct span block;
    struct in_files files = in_files_make(o.operands);
    while (in_next_file(&files, &in))
        while (in_block(&in, &block))
            for (size_t i = 0; i < block.len; i++) {
                if (!u.convert) { // the rest of the line is only copied
                    size_t n = span_find(span_from(block, i), '\n');
                    out_bytes(block.ptr + i, n);
                    i += n;
                    if (i == block.len)
                        break;
                }
                unexpand_byte(&u, out_std(), block.ptr[i]);
            }
    unexpand_flush(&u, out_std());
    return files.status;
}

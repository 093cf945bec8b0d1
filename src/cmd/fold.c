/* fold.c: cut lines to a width. Imitates GNU coreutils fold, which counts bytes as
 * columns. */
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

int cmd_fold(int argc, char **argv);

static const struct opt fold_opts[] = {
    {"bytes", 'b', OPT_PLAIN},
    {"spaces", 's', OPT_PLAIN},
    {"width", 'w', OPT_ARG},
    {0},
};

const struct cmd cmd_fold_entry = {
    .name = "fold",
    .usage = "[FILE]...",
    .help = "Write the lines of each FILE cut to a width.\n"
            "\n"
            "  -b, --bytes        count bytes, not columns\n"
            "  -s, --spaces       cut after blanks\n"
            "  -w, --width=WIDTH  columns (default 80)\n",
    .main = cmd_fold,
    .opts = fold_opts,
    .opts_flags = OPTS_DIGITS,
};

struct fold {
    bool bytes, spaces;
    uint64_t width;
};

/* The column after the byte c at a column. */
static uint64_t fold_column(const struct fold *f, uint64_t column, char c)
{
    if (f->bytes)
        return column + 1;
    switch (c) {
    case '\b': return column ? column - 1 : 0;
    case '\r': return 0;
    case '\t': return column + 8 - column % 8;
    default: return column + 1;
    }
}

static uint64_t fold_column_of(const struct fold *f, struct span text)
{
    uint64_t column = 0;
    for (size_t i = 0; i < text.len; i++)
        column = fold_column(f, column, text.ptr[i]);
    return column;
}

/* The place after the last blank; 0: there is none. */
static size_t fold_last_blank(struct span text)
{
    for (size_t i = text.len; i > 0; i--)
        if (char_is_blank(text.ptr[i - 1]))
            return i;
    return 0;
}

/* One byte of a line that is put together in b. */
static void fold_add(const struct fold *f, struct buf *b, uint64_t *column, char c)
{
    if (c == '\n') {
        buf_add_char(b, c);
        out_span(buf_span(b));
        buf_clear(b);
        *column = 0;
        return;
    }
    for (;;) {
        uint64_t next = fold_column(f, *column, c);
        if (next <= f->width || !b->len) {
            buf_add_char(b, c);
            *column = next;
            return;
        }
        size_t cut = f->spaces ? fold_last_blank(buf_span(b)) : 0;
        if (!cut)
            cut = b->len;
        out_bytes(b->data, cut);
        out_char('\n');
        memmove(b->data, b->data + cut, b->len - cut);
        buf_cut(b, b->len - cut);
        *column = fold_column_of(f, buf_span(b));
    }
}

static void fold_file(const struct fold *f, struct in *in)
{
    struct buf b = buf_make(sys_heap());
    struct span block;
    uint64_t column = 0;
    while (in_block(in, &block))
        for (size_t i = 0; i < block.len; i++)
            fold_add(f, &b, &column, block.ptr[i]);
    out_span(buf_span(&b));
    buf_fini(&b);
}

int cmd_fold(int argc, char **argv)
{
    struct fold f = {.width = 80};
    struct opts o = opts_begin(&cmd_fold_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'b': f.bytes = true; break;
        case 's': f.spaces = true; break;
        case 'w':
        case OPTS_NUMBER:
            if (size_parse_of(o.arg, "", &f.width) == -EINVAL)
                return msg("invalid number of columns: %s", quoted(o.arg));
            if (!f.width)
                return msg_errno(ERANGE, "invalid number of columns: %s", quoted(o.arg));
            break;
        default: return 1;
        }
    struct in in;
    struct in_files files = in_files_make(o.operands);
    while (in_next_file(&files, &in))
        fold_file(&f, &in);
    return files.status;
}

/* wc.c: count lines, words, characters and bytes. Imitates GNU coreutils wc in
 * C.UTF-8. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/scan.h"
#include "user/width.h"

int cmd_wc(int argc, char **argv);

enum { WC_FILES0 = 256 };

static const struct opt wc_opts[] = {
    {"bytes", 'c', OPT_PLAIN},
    {"chars", 'm', OPT_PLAIN},
    {"lines", 'l', OPT_PLAIN},
    {"words", 'w', OPT_PLAIN},
    {"files0-from", WC_FILES0, OPT_ARG},
    {"max-line-length", 'L', OPT_PLAIN},
    {0},
};

const struct cmd cmd_wc_entry = {
    .name = "wc",
    .usage = "[FILE]...",
    .help =
        "Write line, word and byte counts for each FILE, and their sum if there are several.\n"
        "Without FILE, or for -, read standard input. The order is always: lines, words,\n"
        "characters, bytes, longest line.\n"
        "\n"
        "  -c, --bytes            the bytes\n"
        "  -m, --chars            the characters\n"
        "  -l, --lines            the newlines\n"
        "      --files0-from=F    read the names, which end in NUL, from F\n"
        "  -L, --max-line-length  the width of the widest line\n"
        "  -w, --words            the words\n",
    .main = cmd_wc,
    .opts = wc_opts,
};

struct wc_counts {
    uint64_t lines, words, chars, bytes, longest;
};

struct wc {
    bool lines, words, chars, bytes, longest; // which to show
    int width;
    struct wc_counts total;
    int status;
    unsigned files;
};

/* ---- Counting --------------------------------------------------------------------- */

struct wc_state {
    struct wc_counts *n;
    uint64_t column;
    bool in_word;
};

static void wc_end_line(struct wc_state *s)
{
    if (s->column > s->n->longest)
        s->n->longest = s->column;
    s->column = 0;
}

static void wc_char(struct wc_state *s, uint32_t c)
{
    switch (c) {
    case '\n': s->n->lines++; // fall through
    case '\r':
    case '\f':
        wc_end_line(s);
        s->in_word = false;
        return;
    case '\t':
        s->column += 8 - s->column % 8;
        s->in_word = false;
        return;
    case ' ':
        s->column++;
        s->in_word = false;
        return;
    case '\v': s->in_word = false; return;
    }
    int width = width_of(c);
    if (width < 0)
        return;
    s->column += (unsigned)width;
    bool space = c >= 128 && (width_is_space(c) || c == 0xa0 || c == 0x2007 ||
                              c == 0x202f || c == 0x2060);
    s->n->words += !s->in_word && !space;
    s->in_word = !space;
}

/* Every character by itself. Gives the bytes used: an incomplete character at the end is
 * left. */
static size_t wc_block_slow(struct wc_state *s, struct span block, bool last)
{
    size_t at = 0;
    while (at < block.len) {
        uint32_t c;
        int len = utf8_decode(block.ptr + at, block.len - at, &c);
        if (len == 0 && !last)
            break;
        if (len > 0) {
            s->n->chars++;
            wc_char(s, c);
        }
        at += len > 0 ? (size_t)len : 1;
    }
    return at;
}

/* Lines and words; ASCII is done by vectors. */
static size_t wc_block_words(struct wc_state *s, struct span block, bool last)
{
    size_t at = 0;
    while (at < block.len) {
        struct span rest = span_from(block, at);
        size_t ascii = scan_words(rest, &s->n->words, &s->in_word);
        s->n->lines += scan_count(span_make(rest.ptr, ascii), '\n');
        at += ascii;
        // what is not ASCII comes in runs
        rest = span_from(block, at);
        size_t run = 0;
        while (run < rest.len && (unsigned char)rest.ptr[run] >= 128)
            run++;
        size_t used = wc_block_slow(s, span_make(rest.ptr, run), last || run < rest.len);
        at += used;
        if (used < run)
            break;
    }
    return at;
}

/* Characters in a block that is perhaps all valid. */
static size_t wc_block_chars(struct wc_state *s, struct span block, bool last)
{
    size_t at = 0;
    while (at < block.len) {
        size_t valid = utf8_valid_run(span_from(block, at));
        s->n->chars += utf8_count(span_make(block.ptr + at, valid));
        at += valid;
        uint32_t c;
        if (at < block.len && !last &&
            utf8_decode(block.ptr + at, block.len - at, &c) == 0)
            break;
        at += at < block.len; // an invalid byte is no character
    }
    return at;
}

static size_t wc_block(const struct wc *w, struct wc_state *s, struct span block,
                       bool last)
{
    if (w->longest || (w->chars && w->words))
        return wc_block_slow(s, block, last);
    if (w->words)
        return wc_block_words(s, block, last);
    if (w->chars) {
        size_t used = wc_block_chars(s, block, last);
        if (w->lines)
            s->n->lines += scan_count(span_make(block.ptr, used), '\n');
        return used;
    }
    s->n->lines += scan_count(block, '\n');
    return block.len;
}

/* The bytes of a regular file need not be read. */
static bool wc_bytes_by_size(struct in *in, struct wc_counts *n)
{
    struct sys_stat st;
    if (sys_fstat(in->fd, &st) || (st.mode & SYS_IFMT) != SYS_IFREG || st.size == 0)
        return false;
    int64_t at = sys_seek(in->fd, 0, SYS_SEEK_CUR);
    if (at < 0)
        return false;
    n->bytes = (uint64_t)int64_max(st.size - at, 0);
    return sys_seek(in->fd, 0, SYS_SEEK_END) >= 0;
}

static void wc_count(const struct wc *w, struct in *in, struct wc_counts *n)
{
    bool only_bytes = w->bytes && !(w->lines || w->words || w->chars || w->longest);
    if (only_bytes && wc_bytes_by_size(in, n))
        return;
    struct wc_state s = {.n = n};
    int64_t len;
    while ((len = in_fill(in)) > 0) {
        n->bytes += (uint64_t)len;
        struct span block = span_make(in->buf + in->pos, in->len - in->pos);
        in->pos += only_bytes ? block.len : wc_block(w, &s, block, false);
        sys_tick();
    }
    struct span rest = span_make(in->buf + in->pos, in->len - in->pos);
    if (rest.len)
        wc_block(w, &s, rest, true);
    wc_end_line(&s);
}

/* ---- Showing ---------------------------------------------------------------------- */

static void wc_show(const struct wc *w, const struct wc_counts *n, const char *name)
{
    const struct {
        bool wanted;
        uint64_t n;
    } columns[] = {{w->lines, n->lines},
                   {w->words, n->words},
                   {w->chars, n->chars},
                   {w->bytes, n->bytes},
                   {w->longest, n->longest}};
    const char *space = "";
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        if (columns[i].wanted) {
            outf("%s%*llu", space, w->width, (unsigned long long)columns[i].n);
            space = " ";
        }
    if (name) {
        out_char(' ');
        out_str(strchr(name, '\n') ? quoted_file(name) : name);
    }
    out_char('\n');
}

static void wc_add(struct wc *w, const struct wc_counts *n)
{
    w->total.lines += n->lines;
    w->total.words += n->words;
    w->total.chars += n->chars;
    w->total.bytes += n->bytes;
    if (n->longest > w->total.longest)
        w->total.longest = n->longest;
    w->files++;
}

/* name NULL: standard input, unnamed. */
static void wc_file(struct wc *w, const char *name)
{
    struct in in;
    int err = in_open(&in, name ? name : "-");
    if (err) {
        w->status = msg_errno(err, "%s", quoted_file(name));
        w->files++;
        return;
    }
    struct wc_counts n = {0};
    wc_count(w, &in, &n);
    if (in.err)
        w->status = msg_errno(in.err, "%s", quoted_file(name ? name : "-"));
    wc_show(w, &n, name);
    wc_add(w, &n);
    in_close(&in);
}

/* ---- The width of the columns: that of the sum of all sizes ----------------------- */

static int wc_width_of(uint64_t n)
{
    char digits[24];
    return (int)num_from_u64(digits, n);
}

/* names NULL: standard input only. */
static int wc_find_width(const struct wc *w, char *const *names, int count)
{
    int shown = w->lines + w->words + w->chars + w->bytes + w->longest;
    if (count <= 1 && shown == 1)
        return 1;
    uint64_t total = 0;
    int least = 1;
    for (int i = 0; i < (count ? count : 1); i++) {
        struct sys_stat st;
        const char *name = count ? names[i] : "-";
        if (str_eq(name, "-") ? sys_fstat(0, &st) : sys_stat(name, &st)) {
            if (!i)
                return 1; // GNU gives up if the first cannot be seen
            continue;
        }
        if ((st.mode & SYS_IFMT) == SYS_IFREG)
            total += (uint64_t)st.size;
        else
            least = 7;
    }
    int width = wc_width_of(total);
    return width > least ? width : least;
}

/* ---- Names from a file ------------------------------------------------------------ */

static int wc_files0(struct wc *w, const char *list)
{
    struct in in;
    int err = in_open(&in, list);
    if (err)
        return msg_errno(err, "cannot open %s for reading", quoted_path(list));
    char *text;
    size_t len;
    err = in_all(&in, &text, &len);
    if (err)
        return msg_errno(err, "%s: read error", quoted_file(list));
    size_t count = 0, names_len = scan_count(span_make(text, len), '\0') + 1;
    char **names = sys_alloc(names_len * sizeof *names);
    for (char *p = text; p < text + len; p += strlen(p) + 1)
        names[count++] = p;

    bool regular = !str_eq(list, "-");
    w->width = regular ? wc_find_width(w, names, (int)count) : 1;
    for (size_t i = 0; i < count; i++) {
        if (!*names[i])
            w->status =
                msg("%s:%zu: invalid zero-length file name", quoted_file(list), i + 1);
        else if (str_eq(list, "-") && str_eq(names[i], "-"))
            w->status =
                msg("when reading file names from stdin, no file name of %s allowed",
                    quoted_path("-"));
        else
            wc_file(w, names[i]);
    }
    if (count > 1)
        wc_show(w, &w->total, "total");
    return w->status;
}

int cmd_wc(int argc, char **argv)
{
    struct wc w = {0};
    const char *list = NULL;
    struct opts o = opts_begin(&cmd_wc_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'c': w.bytes = true; break;
        case 'm': w.chars = true; break;
        case 'l': w.lines = true; break;
        case 'w': w.words = true; break;
        case 'L': w.longest = true; break;
        case WC_FILES0: list = o.arg; break;
        default: return 1;
        }
    if (!(w.bytes || w.chars || w.lines || w.words || w.longest))
        w.bytes = w.lines = w.words = true;
    if (list && o.count) {
        msg("extra operand %s", quoted_path(o.operands[0]));
        msg_raw("file operands cannot be combined with --files0-from\n");
        return msg_try_help();
    }
    if (list)
        return wc_files0(&w, list);

    w.width = wc_find_width(&w, o.operands, o.count);
    if (!o.count)
        wc_file(&w, NULL);
    for (char **name = o.operands; *name; name++)
        wc_file(&w, *name);
    if (o.count > 1)
        wc_show(&w, &w.total, "total");
    return w.status;
}

/* head.c: the first part of files. Imitates GNU coreutils head. */
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

int cmd_head(int argc, char **argv);

static const struct opt head_opts[] = {
    {"bytes", 'c', OPT_ARG},
    {"lines", 'n', OPT_ARG},
    {"quiet", 'q', OPT_PLAIN},
    {"silent", 'q', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_head_entry = {
    .name = "head",
    .usage = "[FILE]...",
    .help = "Write the first 10 lines of each FILE, with a header if there are several.\n"
            "\n"
            "  -c, --bytes=[-]NUM     the first NUM bytes; with -, all but the last NUM\n"
            "  -n, --lines=[-]NUM     the first NUM lines; with -, all but the last NUM\n"
            "  -q, --quiet, --silent  no headers\n"
            "  -v, --verbose          always headers\n"
            "  -z, --zero-terminated  lines end in NUL\n"
            "\n"
            "NUM may have a suffix: b 512, kB 1000, K 1024, MB, M, GB, G and so on.\n",
    .main = cmd_head,
    .opts = head_opts,
    .opts_flags = OPTS_DIGITS,
};

struct head {
    uint64_t count;
    bool bytes, all_but, quiet, verbose;
    char delimiter;
    int files; // shown so far
};

static void head_bad_number(const struct head *h, const char *text, int err)
{
    const char *what = h->bytes ? "bytes" : "lines";
    if (err == -EOVERFLOW)
        msg_errno(err, "invalid number of %s: %s", what, quoted(text));
    else
        msg("invalid number of %s: %s", what, quoted(text));
    cmd_exit(1);
}

static void head_set_count(struct head *h, const char *text)
{
    h->all_but = *text == '-';
    int err = size_parse(text + h->all_but, &h->count);
    if (err)
        head_bad_number(h, text + h->all_but, err);
}

/* The obsolete form -NUM[bkm][cqvlz]. */
static void head_set_obsolete(struct head *h, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    struct buf number = buf_make(sys_heap());
    buf_add(&number, text, digits);
    h->bytes = false;
    for (const char *p = text + digits; *p; p++)
        switch (*p) {
        case 'c': h->bytes = true; break;
        case 'b':
        case 'k':
        case 'm':
            h->bytes = true;
            buf_cut(&number, digits);
            buf_add_char(&number, *p);
            break;
        case 'l': h->bytes = false; break;
        case 'q': h->quiet = true; break;
        case 'v': h->verbose = true; break;
        case 'z': h->delimiter = '\0'; break;
        default: msg("invalid trailing option -- %c", *p); cmd_exit(msg_try_help());
        }
    head_set_count(h, buf_str(&number));
    buf_fini(&number);
}

/* ---- The first NUM ---------------------------------------------------------------- */

static void head_first_bytes(struct in *in, uint64_t count)
{
    struct span block;
    while (count && in_block(in, &block)) {
        size_t n = block.len < count ? block.len : (size_t)count;
        out_bytes(block.ptr, n);
        count -= n;
        in->pos -= block.len - n;
    }
}

static void head_first_lines(struct in *in, uint64_t count, char delimiter)
{
    struct span block;
    while (count && in_block(in, &block)) {
        const char *p = block.ptr, *end = block.ptr + block.len;
        while (count && p < end) {
            const char *found = memchr(p, delimiter, (size_t)(end - p));
            p = found ? found + 1 : end;
            count -= found != NULL;
        }
        out_bytes(block.ptr, (size_t)(p - block.ptr));
        in->pos -= (size_t)(end - p);
    }
}

/* ---- All but the last NUM: they are held back until more has come ----------------- */

static void head_but_bytes(struct in *in, uint64_t count)
{
    struct buf held = buf_make(sys_heap());
    struct span block;
    while (in_block(in, &block)) {
        buf_add_span(&held, block);
        if (held.len <= count || (held.len - count < OUT_MAX && held.len < 2 * count))
            continue; // moved in large pieces
        size_t n = held.len - (size_t)count;
        out_bytes(held.data, n);
        memmove(held.data, held.data + n, (size_t)count);
        buf_cut(&held, (size_t)count);
    }
    if (held.len > count)
        out_bytes(held.data, held.len - (size_t)count);
    buf_fini(&held);
}

static uint64_t head_count_lines(struct span s, char delimiter)
{
    uint64_t lines = 0;
    const char *end = s.ptr + s.len;
    for (const char *p = s.ptr; p < end && (p = memchr(p, delimiter, (size_t)(end - p)));
         p++)
        lines++;
    return lines;
}

/* The place behind the first count lines. */
static size_t head_skip_lines(struct span s, uint64_t count, char delimiter)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    for (; count && p < end; count--)
        p = (const char *)memchr(p, delimiter, (size_t)(end - p)) + 1;
    return (size_t)(p - s.ptr);
}

static void head_but_lines(struct in *in, uint64_t count, char delimiter)
{
    struct buf held = buf_make(sys_heap());
    uint64_t lines = 0; // complete ones in held
    struct span block;
    if (!count) {
        while (in_block(in, &block))
            out_span(block);
        return;
    }
    while (in_block(in, &block)) {
        buf_add_span(&held, block);
        lines += head_count_lines(block, delimiter);
        bool part = held.data[held.len - 1] != delimiter;
        if (lines + part <= count)
            continue;
        size_t n = head_skip_lines(buf_span(&held), lines + part - count, delimiter);
        out_bytes(held.data, n);
        memmove(held.data, held.data + n, held.len - n);
        buf_cut(&held, held.len - n);
        lines = count - part;
    }
    buf_fini(&held);
}

static void head_show(const struct head *h, struct in *in)
{
    if (h->all_but && h->bytes)
        head_but_bytes(in, h->count);
    else if (h->all_but)
        head_but_lines(in, h->count, h->delimiter);
    else if (h->bytes)
        head_first_bytes(in, h->count);
    else
        head_first_lines(in, h->count, h->delimiter);
}

static int head_file(struct head *h, const char *name)
{
    struct in in;
    int err = in_open(&in, name);
    const char *shown = str_eq(name, "-") ? "standard input" : name;
    if (err)
        return msg_errno(err, "cannot open %s for reading", quoted_path(name));
    if (h->verbose)
        outf("%s==> %s <==\n", h->files++ ? "\n" : "", shown);
    head_show(h, &in);
    err = in.err;
    if (in.is_stdin)
        in_give_back(&in);
    in_close(&in);
    return err ? msg_errno(err, "error reading %s", quoted_path(shown)) : 0;
}

int cmd_head(int argc, char **argv)
{
    struct head h = {.count = 10, .delimiter = '\n'};
    struct opts o = opts_begin(&cmd_head_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'c':
        case 'n':
            h.bytes = c == 'c';
            head_set_count(&h, o.arg);
            break;
        case 'q': h.quiet = true, h.verbose = false; break;
        case 'v': h.verbose = true, h.quiet = false; break;
        case 'z': h.delimiter = '\0'; break;
        case OPTS_NUMBER:
            if (o.arg != argv[1] + 1) {
                msg("invalid trailing option -- %c", *o.arg);
                return msg_try_help();
            }
            head_set_obsolete(&h, o.arg);
            break;
        default: return 1;
        }

    h.verbose |= o.count > 1 && !h.quiet;
    static char *const input[] = {"-", NULL};
    int status = 0;
    for (char *const *name = o.count ? o.operands : input; *name; name++)
        status |= head_file(&h, *name);
    return status;
}

/* cmp.c: compare two files byte by byte. Imitates cmp of GNU diffutils. */
#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/scan.h"

int cmd_cmp(int argc, char **argv);

enum { CMP_TROUBLE = 2 };

static const struct opt cmp_opts[] = {
    {"print-bytes", 'b', OPT_PLAIN},  {"print-chars", 'c', OPT_PLAIN},
    {"ignore-initial", 'i', OPT_ARG}, {"verbose", 'l', OPT_PLAIN},
    {"bytes", 'n', OPT_ARG},          {"silent", 's', OPT_PLAIN},
    {"quiet", 's', OPT_PLAIN},        {0},
};

const struct cmd cmd_cmp_entry = {
    .name = "cmp",
    .usage = "FILE1 [FILE2 [SKIP1 [SKIP2]]]",
    .help =
        "Compare two files byte by byte. The status is 0 if they are the same, 1 if different,\n"
        "2 in trouble.\n"
        "\n"
        "  -b, --print-bytes         show the bytes that differ\n"
        "  -i, --ignore-initial=SKIP[:SKIP2]  skip so many bytes at the beginning\n"
        "  -l, --verbose             show all bytes that differ, with their numbers\n"
        "  -n, --bytes=LIMIT         compare no more bytes than that\n"
        "  -s, --quiet, --silent     say nothing\n",
    .main = cmd_cmp,
    .opts = cmp_opts,
    .fail_status = CMP_TROUBLE,
    .try_prefixed = true,
};

struct cmp_file {
    const char *name;
    struct in in;
    uint64_t skip;
};

struct cmp {
    struct cmp_file file[2];
    bool bytes, verbose, quiet;
    uint64_t limit;
    uint64_t at, lines; // bytes and newlines that were the same
    bool last_newline;  // the last of them was a newline
    int number_width;
    bool different;
};

/* ---- Numbers ---------------------------------------------------------------------- */

static const char *cmp_read_number(const char *text, uint64_t *n, bool *good)
{
    const char *rest = text;
    int err =
        char_is_digit(*text) ? num_to_size_of(text, "kKMGTPEZY0", n, &rest) : -EINVAL;
    *good = err != -EINVAL;
    return rest;
}

static bool cmp_set_skip(struct cmp *c, const char *text)
{
    bool good;
    const char *rest = cmp_read_number(text, &c->file[0].skip, &good);
    c->file[1].skip = c->file[0].skip;
    if (good && *rest == ':')
        rest = cmp_read_number(rest + 1, &c->file[1].skip, &good);
    if (good && !*rest)
        return true;
    msg_usage("invalid --ignore-initial value '%s'", text);
    return false;
}

static bool cmp_set_operand_skip(struct cmp_file *f, const char *text)
{
    bool good;
    const char *rest = cmp_read_number(text, &f->skip, &good);
    if (good && !*rest)
        return true;
    msg_usage("invalid --ignore-initial value '%s'", text);
    return false;
}

static bool cmp_set_limit(struct cmp *c, const char *text)
{
    bool good;
    uint64_t n = 0;
    const char *rest = cmp_read_number(text, &n, &good);
    if (!good || *rest) {
        msg_usage("invalid --bytes value '%s'", text);
        return false;
    }
    c->limit = n < c->limit ? n : c->limit;
    return true;
}

/* ---- Showing ---------------------------------------------------------------------- */

/* A byte as ^X, M-x. */
static const char *cmp_visible(char dst[8], unsigned char c)
{
    char *p = dst;
    if (c >= 128) {
        *p++ = 'M';
        *p++ = '-';
        c -= 128;
    }
    if (c < 32 || c == 127) {
        *p++ = '^';
        c ^= 64;
    }
    *p++ = (char)c;
    *p = '\0';
    return dst;
}

static void cmp_show_first(const struct cmp *c, unsigned char x, unsigned char y)
{
    char a[8], b[8];
    outf("%s %s differ: %s %llu, line %llu", c->file[0].name, c->file[1].name,
         c->bytes ? "byte" : "byte", (unsigned long long)c->at + 1,
         (unsigned long long)c->lines + 1);
    if (c->bytes)
        outf(" is %3o %s %3o %s", x, cmp_visible(a, x), y, cmp_visible(b, y));
    out_char('\n');
}

static void cmp_show_all(const struct cmp *c, unsigned char x, unsigned char y)
{
    char a[8], b[8];
    outf("%*llu %3o ", c->number_width, (unsigned long long)c->at + 1, x);
    if (c->bytes)
        outf("%-4s %3o %s\n", cmp_visible(a, x), y, cmp_visible(b, y));
    else
        outf("%3o\n", y);
}

/* One file has ended before the other. */
static void cmp_show_end(const struct cmp *c, const char *name)
{
    if (c->quiet)
        return;
    if (!c->at)
        msg_raw("%s: EOF on %s which is empty\n", msg_prefix(), name);
    else if (c->verbose)
        msg_raw("%s: EOF on %s after byte %llu\n", msg_prefix(), name,
                (unsigned long long)c->at);
    else
        msg_raw("%s: EOF on %s after byte %llu, %sline %llu\n", msg_prefix(), name,
                (unsigned long long)c->at, c->last_newline ? "" : "in ",
                (unsigned long long)(c->last_newline ? c->lines : c->lines + 1));
}

/* ---- Comparing -------------------------------------------------------------------- */

/* The number of bytes that are the same. */
static size_t cmp_same(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    for (; i + 256 <= len && memcmp(a + i, b + i, 256) == 0; i += 256)
        continue;
    while (i < len && a[i] == b[i])
        i++;
    return i;
}

static void cmp_pass(struct cmp *c, struct span same)
{
    if (!same.len)
        return;
    c->at += same.len;
    if (!c->quiet && !c->verbose)
        c->lines += scan_count(same, '\n');
    c->last_newline = same.ptr[same.len - 1] == '\n';
}

/* Compares two blocks of equal length. false: that is all. */
static bool cmp_blocks(struct cmp *c, const char *a, const char *b, size_t len)
{
    while (len) {
        size_t n = cmp_same(a, b, len);
        cmp_pass(c, span_make(a, n));
        if (n == len)
            return true;
        c->different = true;
        if (c->quiet)
            return false;
        if (!c->verbose) {
            cmp_show_first(c, (unsigned char)a[n], (unsigned char)b[n]);
            return false;
        }
        cmp_show_all(c, (unsigned char)a[n], (unsigned char)b[n]);
        c->at++;
        c->last_newline = a[n] == '\n';
        a += n + 1;
        b += n + 1;
        len -= n + 1;
    }
    return true;
}

static size_t cmp_held(struct in *in)
{
    return in->len > in->pos || in_fill(in) > 0 ? in->len - in->pos : 0;
}

static void cmp_compare(struct cmp *c)
{
    struct in *a = &c->file[0].in, *b = &c->file[1].in;
    while (c->limit) {
        size_t m = cmp_held(a), n = cmp_held(b);
        if (a->err || b->err || (!m && !n))
            return;
        if (!m || !n) {
            c->different = true;
            cmp_show_end(c, c->file[!m ? 0 : 1].name);
            return;
        }
        size_t len = size_min(m, n);
        len = len < c->limit ? len : (size_t)c->limit;
        c->limit -= len;
        if (!cmp_blocks(c, a->buf + a->pos, b->buf + b->pos, len))
            return;
        a->pos += len;
        b->pos += len;
    }
}

/* ---- Opening ---------------------------------------------------------------------- */

static void cmp_skip(struct cmp_file *f)
{
    uint64_t left = f->skip;
    if (left && left <= INT64_MAX && sys_seek(f->in.fd, (int64_t)left, SYS_SEEK_CUR) >= 0)
        return;
    while (left) {
        size_t n = cmp_held(&f->in);
        if (!n)
            return;
        n = n < left ? n : (size_t)left;
        f->in.pos += n;
        left -= n;
    }
}

static bool cmp_open(struct cmp *c)
{
    for (int i = 0; i < 2; i++) {
        struct cmp_file *f = &c->file[i];
        int err = in_open(&f->in, f->name);
        if (err) {
            if (!c->quiet || err != -ENOENT)
                msg_errno(err, "%s", f->name);
            return false;
        }
    }
    return true;
}

/* The width of the numbers of -l: that of the size of the shorter file. */
static int cmp_find_width(const struct cmp *c)
{
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 2; i++) {
        struct sys_stat st;
        if (!sys_fstat(c->file[i].in.fd, &st) && (st.mode & SYS_IFMT) == SYS_IFREG) {
            uint64_t left = (uint64_t)st.size > c->file[i].skip
                                ? (uint64_t)st.size - c->file[i].skip
                                : 0;
            least = left < least ? left : least;
        }
    }
    least = c->limit < least ? c->limit : least;
    char digits[24];
    return (int)num_from_u64(digits, least == UINT64_MAX ? INT64_MAX : least);
}

static bool cmp_is_same_file(const struct cmp *c)
{
    struct sys_stat a, b;
    return !sys_fstat(c->file[0].in.fd, &a) && !sys_fstat(c->file[1].in.fd, &b) &&
           a.ino == b.ino && a.dev == b.dev && (a.mode & SYS_IFMT) == SYS_IFREG &&
           c->file[0].skip == c->file[1].skip &&
           sys_seek(c->file[0].in.fd, 0, SYS_SEEK_CUR) ==
               sys_seek(c->file[1].in.fd, 0, SYS_SEEK_CUR);
}

static int cmp_run(struct cmp *c)
{
    if (!cmp_open(c))
        return CMP_TROUBLE;
    if (cmp_is_same_file(c))
        return 0;
    c->number_width = cmp_find_width(c);
    cmp_skip(&c->file[0]);
    cmp_skip(&c->file[1]);
    cmp_compare(c);
    for (int i = 0; i < 2; i++)
        if (c->file[i].in.err) {
            msg_errno(c->file[i].in.err, "%s", c->file[i].name);
            return CMP_TROUBLE;
        }
    return c->different;
}

int cmd_cmp(int argc, char **argv)
{
    struct cmp c = {.limit = UINT64_MAX};
    struct opts o = opts_begin(&cmd_cmp_entry, argc, argv);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;) {
        bool good = true;
        switch (letter) {
        case 'b':
        case 'c': c.bytes = true; break;
        case 'i': good = cmp_set_skip(&c, o.arg); break;
        case 'l': c.verbose = true; break;
        case 'n': good = cmp_set_limit(&c, o.arg); break;
        case 's': c.quiet = true; break;
        default: good = false;
        }
        if (!good)
            return CMP_TROUBLE;
    }
    if (c.verbose && c.quiet) {
        msg_usage("options -l and -s are incompatible");
        return CMP_TROUBLE;
    }
    if (!o.count) {
        msg_usage("missing operand after '%s'", argv[argc - 1]);
        return CMP_TROUBLE;
    }
    if (o.count > 4) {
        msg_usage("extra operand '%s'", o.operands[4]);
        return CMP_TROUBLE;
    }
    c.file[0].name = o.operands[0];
    c.file[1].name = o.count > 1 ? o.operands[1] : "-";
    for (int i = 0; i < 2 && o.count > 2 + i; i++)
        if (!cmp_set_operand_skip(&c.file[i], o.operands[2 + i]))
            return CMP_TROUBLE;
    return cmp_run(&c);
}

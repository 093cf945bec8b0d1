/* cut.c: parts of lines. Imitates GNU coreutils cut; characters are bytes, as there. */
#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/sort.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_cut(int argc, char **argv);

enum { CUT_COMPLEMENT = 256, CUT_OUTPUT };

static const struct opt cut_opts[] = {
    {"bytes", 'b', OPT_ARG},
    {"characters", 'c', OPT_ARG},
    {"fields", 'f', OPT_ARG},
    {"delimiter", 'd', OPT_ARG},
    {"only-delimited", 's', OPT_PLAIN},
    {"output-delimiter", CUT_OUTPUT, OPT_ARG},
    {"complement", CUT_COMPLEMENT, OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {NULL, 'n', OPT_PLAIN},
    {0},
};

const struct cmd cmd_cut_entry = {
    .name = "cut",
    .usage = "[FILE]...",
    .help =
        "Write the chosen parts of each line.\n"
        "\n"
        "  -b, --bytes=LIST        these bytes\n"
        "  -c, --characters=LIST   these characters\n"
        "  -d, --delimiter=DELIM   what is between fields, in place of TAB\n"
        "  -f, --fields=LIST       these fields, and lines without delimiter\n"
        "  -n                      (ignored)\n"
        "      --complement        what is not in LIST\n"
        "  -s, --only-delimited    no lines without delimiter\n"
        "      --output-delimiter=STRING  in place of the input's\n"
        "  -z, --zero-terminated   lines end in NUL\n"
        "\n"
        "LIST is N, N-, N-M or -M, and several of them with commas; counted from 1.\n",
    .main = cmd_cut,
    .opts = cut_opts,
};

struct cut_range {
    uint64_t first, last; // from 1; both are in it
};

struct cut {
    char kind; // 'b' or 'f'
    // in order, apart from each other; ended by one at UINT64_MAX
    struct cut_range *ranges;
    size_t count;
    char delimiter, end;
    bool only_delimited, complement, has_output;
    const char *output;
    size_t output_len;
};

/* ---- Lists ------------------------------------------------------------------------ */

static void cut_fail(const struct cut *c, const char *bytes, const char *fields)
{
    msg_usage("%s", c->kind == 'f' ? fields : bytes);
    cmd_exit(1);
}

static void cut_add(struct cut *c, uint64_t first, uint64_t last)
{
    c->ranges = sys_resize(c->ranges, (c->count + 2) * sizeof *c->ranges);
    c->ranges[c->count++] = (struct cut_range){first, last};
}

static const char *cut_read_number(const struct cut *c, const char *p, uint64_t *n,
                                   bool is_end)
{
    size_t len = strspn(p, "0123456789");
    int err = num_to_u64(p, n, NULL);
    if (err == -ERANGE || *n == UINT64_MAX) {
        char text[32];
        size_t shown = size_min(len, sizeof text - 1);
        memcpy(text, p, shown);
        text[shown] = '\0';
        msg(c->kind == 'f' ? "field number %s is too large"
                           : "byte/character offset %s is too large",
            quoted(text));
        cmd_exit(msg_try_help());
    }
    if (!*n && !is_end)
        cut_fail(c, "byte/character positions are numbered from 1",
                 "fields are numbered from 1");
    return p + len;
}

static void cut_bad(const struct cut *c, const char *at)
{
    if (c->kind == 'f' && *at != '-')
        msg("invalid field value %s", quoted(at));
    else if (c->kind == 'f')
        msg("invalid field range");
    else if (*at != '-')
        msg("invalid byte/character position %s", quoted(at));
    else
        msg("invalid byte or character range");
    cmd_exit(msg_try_help());
}

static const char *cut_read_range(struct cut *c, const char *p)
{
    uint64_t first = 1, last = UINT64_MAX - 1;
    bool has_first = char_is_digit(*p), has_last = false, dash = false;
    if (has_first)
        p = cut_read_number(c, p, &first, false);
    if (*p == '-') {
        dash = true;
        p++;
        has_last = char_is_digit(*p);
        if (has_last)
            p = cut_read_number(c, p, &last, true);
    } else {
        last = first;
    }
    if (!has_first && !has_last) {
        if (dash && (!*p || *p == ',' || char_is_blank(*p))) {
            msg("invalid range with no endpoint: -");
            cmd_exit(msg_try_help());
        }
        if (!*p || *p == ',' || char_is_blank(*p))
            cut_fail(c, "byte/character positions are numbered from 1",
                     "fields are numbered from 1");
    }
    if (*p && *p != ',' && !char_is_blank(*p))
        cut_bad(c, p);
    if (last < first)
        cut_fail(c, "invalid decreasing range", "invalid decreasing range");
    cut_add(c, first, last);
    return p;
}

static int cut_compare(const void *a, const void *b, void *ctx)
{
    const struct cut_range *x = a, *y = b;
    (void)ctx;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* Puts the ranges in order and those that overlap together. */
static void cut_merge_ranges(struct cut *c)
{
    struct cut_range *old = c->ranges;
    size_t count = c->count;
    void **items = sys_alloc(2 * count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = &old[i];
    sort_pointers(items, count, cut_compare, NULL, items + count, NULL);
    c->ranges = NULL;
    c->count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cut_range *r = items[i];
        struct cut_range *last = c->count ? &c->ranges[c->count - 1] : NULL;
        if (!last || r->first > last->last)
            cut_add(c, r->first, r->last);
        else if (r->last > last->last)
            last->last = r->last;
    }
    sys_free(items);
    sys_free(old);
}

static void cut_invert_ranges(struct cut *c)
{
    struct cut_range *old = c->ranges;
    size_t count = c->count;
    uint64_t next = 1;
    c->ranges = NULL;
    c->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (old[i].first > next)
            cut_add(c, next, old[i].first - 1);
        next = old[i].last + 1;
    }
    if (next < UINT64_MAX)
        cut_add(c, next, UINT64_MAX - 1);
    sys_free(old);
}

static void cut_read_list(struct cut *c, const char *text)
{
    const char *p = text;
    for (;;) {
        p = cut_read_range(c, p);
        if (!*p)
            break;
        p++;
    }
    cut_merge_ranges(c);
    if (c->complement)
        cut_invert_ranges(c);
    if (!c->ranges)
        c->ranges = sys_alloc(sizeof *c->ranges);
    c->ranges[c->count] = (struct cut_range){UINT64_MAX, UINT64_MAX};
}

/* ---- Bytes ------------------------------------------------------------------------ */

static void cut_bytes(const struct cut *c, struct out *o, struct span line)
{
    bool any = false;
    for (const struct cut_range *r = c->ranges; r->first <= line.len; r++) {
        size_t from = (size_t)r->first - 1, to = size_min(line.len, (size_t)r->last);
        if (any && c->has_output)
            out_add(o, c->output, c->output_len);
        out_add(o, line.ptr + from, to - from);
        any = true;
    }
}

/* ---- Fields ----------------------------------------------------------------------- */

/* The place after the delimiter that ends the field at p, or NULL: the line ends it. */
static inline const char *cut_next_field(const struct cut *c, const char *p,
                                         const char *end)
{
    const char *found = memchr(p, c->delimiter, (size_t)(end - p));
    return found ? found + 1 : NULL;
}

/* The fields of a line that has a delimiter. */
static void cut_chosen_fields(const struct cut *c, struct out *o, const char *p,
                              const char *end, const char *second)
{
    uint64_t field = 1;
    bool any = false;
    const char *next = second; // the field after p; NULL: p's is the last
    for (const struct cut_range *r = c->ranges; r->first != UINT64_MAX; r++) {
        for (; field < r->first && next; field++) {
            p = next;
            next = cut_next_field(c, p, end);
        }
        if (field < r->first)
            return;
        if (r->last >= UINT64_MAX - 1 && !c->has_output) { // all the rest as it is
            if (any)
                out_add(o, c->output, c->output_len);
            out_add(o, p, (size_t)(end - p));
            return;
        }
        for (;; field++) {
            const char *stop = next ? next - 1 : end;
            if (any)
                out_add(o, c->output, c->output_len);
            out_add(o, p, (size_t)(stop - p));
            any = true;
            if (field == r->last || !next)
                break;
            p = next;
            next = cut_next_field(c, p, end);
        }
        if (!next)
            return;
    }
}

/* false: nothing is written of this line. */
static bool cut_fields(const struct cut *c, struct out *o, struct span line)
{
    const char *end = line.ptr + line.len;
    const char *second = cut_next_field(c, line.ptr, end);
    if (second) {
        cut_chosen_fields(c, o, line.ptr, end, second);
        return true;
    }
    if (c->only_delimited)
        return false;
    out_add_span(o, line);
    return true;
}

/* Where the delimiter ends lines as well, the whole input is one line of fields. */
static void cut_whole(const struct cut *c, struct in *in)
{
    char *data;
    size_t len;
    struct out *o = out_std();
    if (in_all(in, &data, &len) || !len)
        return;
    if (data[len - 1] == c->end)
        len--;
    if (cut_fields(c, o, span_make(data, len)))
        out_add_char(o, c->end);
    sys_free(data);
}

static void cut_file(const struct cut *c, struct in *in)
{
    struct out *o = out_std();
    struct span line;
    if (c->kind == 'f' && c->delimiter == c->end) {
        cut_whole(c, in);
        return;
    }
    while (in_line(in, c->end, &line)) {
        if (line.ptr[line.len - 1] == c->end)
            line.len--;
        if (c->kind == 'b')
            cut_bytes(c, o, line);
        else if (!cut_fields(c, o, line))
            continue;
        out_add_char(o, c->end);
    }
}

int cmd_cut(int argc, char **argv)
{
    struct cut c = {.delimiter = '\t', .end = '\n'};
    const char *list = NULL;
    bool has_delimiter = false;
    struct opts o = opts_begin(&cmd_cut_entry, argc, argv);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;)
        switch (letter) {
        case 'b':
        case 'c':
        case 'f':
            if (list)
                return msg_usage("only one list may be specified");
            list = o.arg;
            c.kind = letter == 'f' ? 'f' : 'b';
            break;
        case 'd':
            if (*o.arg && o.arg[1])
                return msg_usage("the delimiter must be a single character");
            c.delimiter = *o.arg;
            has_delimiter = true;
            break;
        case 'n': break;
        case 's': c.only_delimited = true; break;
        case 'z': c.end = '\0'; break;
        case CUT_COMPLEMENT: c.complement = true; break;
        case CUT_OUTPUT:
            c.has_output = true;
            c.output = o.arg;
            c.output_len = *o.arg ? strlen(o.arg) : 1; // empty: a NUL
            break;
        default: return 1;
        }
    if (!list)
        return msg_usage("you must specify a list of bytes, characters, or fields");
    if (has_delimiter && c.kind != 'f')
        return msg_usage(
            "an input delimiter may be specified only when operating on fields");
    if (c.only_delimited && c.kind != 'f')
        return msg_usage("suppressing non-delimited lines makes sense\n"
                         "\tonly when operating on fields");
    cut_read_list(&c, list);
    if (!c.has_output) {
        c.output = &c.delimiter;
        c.output_len = 1;
    }
    struct in in;
    struct in_files files = in_files_make(o.operands);
    while (in_next_file(&files, &in))
        cut_file(&c, &in);
    return files.status;
}

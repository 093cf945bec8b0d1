/* join.c: join the lines of two files on a common field. Imitates GNU coreutils join. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_join(int argc, char **argv);

enum { JOIN_CHECK = 256, JOIN_NO_CHECK, JOIN_HEADER };

static const struct opt join_opts[] = {
    {"ignore-case", 'i', OPT_PLAIN},
    {"check-order", JOIN_CHECK, OPT_PLAIN},
    {"nocheck-order", JOIN_NO_CHECK, OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {"header", JOIN_HEADER, OPT_PLAIN},
    {NULL, 'a', OPT_ARG},
    {NULL, 'e', OPT_ARG},
    {NULL, 'j', OPT_ARG},
    {NULL, 'o', OPT_ARG},
    {NULL, 't', OPT_ARG},
    {NULL, 'v', OPT_ARG},
    {NULL, '1', OPT_ARG},
    {NULL, '2', OPT_ARG},
    {0},
};

const struct cmd cmd_join_entry = {
    .name = "join",
    .usage = "FILE1 FILE2",
    .help =
        "For each pair of lines with the same join field write a line of both. The files must be\n"
        "sorted on it; it is the first field by default.\n"
        "\n"
        "  -a FILENUM             also lines of that file (1 or 2) that have no partner\n"
        "  -e STRING              in place of fields that are missing\n"
        "  -i, --ignore-case      compare without regard to case\n"
        "  -j FIELD               as -1 FIELD -2 FIELD\n"
        "  -o FORMAT              fields of the output: 0 the join field, FILENUM.FIELD; or auto\n"
        "  -t CHAR                what is between fields\n"
        "  -v FILENUM             as -a, without the lines that have a partner\n"
        "  -1 FIELD, -2 FIELD     the join field of that file\n"
        "      --check-order, --nocheck-order  whether to fail if a file is not sorted\n"
        "      --header           the first lines are headers\n"
        "  -z, --zero-terminated  lines end in NUL\n",
    .main = cmd_join,
    .opts = join_opts,
};

struct join_line {
    struct buf text;
    struct span *fields;
    size_t count, cap;
};

/* The lines of a file that have the same key. */
struct join_group {
    struct join_line **lines;
    size_t count, cap;
};

struct join_file {
    const char *name;
    struct in in;
    size_t field; // from 0
    bool field_given;
    struct join_line *before; // the line that was read last, to see that order is kept
    uint64_t line_number;
    bool said_disorder;
    size_t auto_count; // fields of the first line, for -o auto
};

struct join_output {
    int file; // 0: the join field
    size_t field;
};

struct join {
    struct join_file file[2];
    bool show_unpaired[2], hide_paired, fold, header, auto_format;
    enum { JOIN_SOMETIMES, JOIN_ALWAYS, JOIN_NEVER } order;
    bool unpairable, disorder;
    int tab; // -1: blanks; -2: the whole line is one field
    char end, separator;
    const char *empty;
    struct join_output *outputs;
    size_t output_count;
};

/* ---- Lines ------------------------------------------------------------------------ */

static void join_add_field(struct join_line *l, const char *ptr, size_t len)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 8;
        l->fields = sys_resize(l->fields, l->cap * sizeof *l->fields);
    }
    l->fields[l->count++] = span_make(ptr, len);
}

static bool join_is_blank(char c) { return char_is_blank(c) || c == '\n'; }

static void join_split(const struct join *j, struct join_line *l)
{
    const char *p = buf_str(&l->text), *end = p + l->text.len;
    l->count = 0;
    if (p == end)
        return;
    if (j->tab >= 0) {
        const char *tab;
        while ((tab = memchr(p, j->tab, (size_t)(end - p))) != NULL) {
            join_add_field(l, p, (size_t)(tab - p));
            p = tab + 1;
        }
    } else if (j->tab == -1) {
        while (p < end && join_is_blank(*p))
            p++;
        while (p < end) {
            const char *stop = p;
            while (stop < end && !join_is_blank(*stop))
                stop++;
            join_add_field(l, p, (size_t)(stop - p));
            if (stop == end)
                return;
            for (p = stop; p < end && join_is_blank(*p); p++)
                continue; // at the end they make an empty field, as in GNU join
        }
        if (!l->count)
            return;
    }
    join_add_field(l, p, (size_t)(end - p));
}

static void join_free_line(struct join_line *l)
{
    if (!l)
        return;
    buf_fini(&l->text);
    sys_free(l->fields);
    sys_free(l);
}

static struct span join_field(const struct join_line *l, size_t field)
{
    return l && field < l->count ? l->fields[field] : span_make("", 0);
}

static int join_compare_text(const struct join *j, struct span a, struct span b)
{
    if (!j->fold)
        return span_cmp(a, b);
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int x = char_upper((unsigned char)a.ptr[i]),
            y = char_upper((unsigned char)b.ptr[i]);
        if (x != y)
            return x - y;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static int join_compare(const struct join *j, const struct join_line *a, int a_file,
                        const struct join_line *b, int b_file)
{
    return join_compare_text(j, join_field(a, j->file[a_file].field),
                             join_field(b, j->file[b_file].field));
}

static void join_check_order(struct join *j, int which, const struct join_line *l)
{
    struct join_file *f = &j->file[which];
    if (j->order == JOIN_NEVER || !f->before || f->said_disorder ||
        (j->order == JOIN_SOMETIMES && !j->unpairable))
        return;
    if (join_compare(j, f->before, which, l, which) <= 0)
        return;
    f->said_disorder = j->disorder = true;
    msg("%s:%llu: is not sorted: %s", f->name, (unsigned long long)f->line_number,
        buf_str(&l->text));
    if (j->order == JOIN_ALWAYS)
        cmd_exit(1);
}

/* The next line, to be freed with join_free_line; NULL at the end. */
static struct join_line *join_read(struct join *j, int which)
{
    struct join_file *f = &j->file[which];
    struct span line;
    if (!in_line(&f->in, j->end, &line)) {
        if (f->in.err) {
            msg_errno(f->in.err, "read error");
            cmd_exit(1);
        }
        return NULL;
    }
    if (line.ptr[line.len - 1] == j->end)
        line.len--;
    struct join_line *l = sys_alloc_zero(sizeof *l);
    l->text = buf_make(sys_heap());
    buf_add_span(&l->text, line);
    join_split(j, l);
    f->line_number++;
    return l;
}

/* ---- Output ----------------------------------------------------------------------- */

static void join_put_field(const struct join *j, const struct join_line *l, size_t field)
{
    struct span text = join_field(l, field);
    if (text.len)
        out_span(text);
    else if (j->empty)
        out_str(j->empty);
}

static void join_put_others(const struct join *j, const struct join_line *l, int which)
{
    const struct join_file *f = &j->file[which];
    size_t count = j->auto_format ? f->auto_count : l ? l->count : 0;
    for (size_t i = 0; i < count; i++) {
        if (i == f->field)
            continue;
        out_char(j->separator);
        join_put_field(j, l, i);
    }
}

/* A line of one or both. NULL: the file has no line for it. */
static void join_put(const struct join *j, const struct join_line *a,
                     const struct join_line *b)
{
    if (j->output_count) {
        for (size_t i = 0; i < j->output_count; i++) {
            const struct join_output *o = &j->outputs[i];
            if (i)
                out_char(j->separator);
            if (o->file == 0)
                join_put_field(j, a ? a : b, j->file[a ? 0 : 1].field);
            else
                join_put_field(j, o->file == 1 ? a : b, o->field);
        }
    } else {
        join_put_field(j, a ? a : b, j->file[a ? 0 : 1].field);
        join_put_others(j, a, 0);
        join_put_others(j, b, 1);
    }
    out_char(j->end);
}

static void join_put_unpaired(struct join *j, const struct join_line *l, int which)
{
    j->unpairable = true;
    if (j->show_unpaired[which])
        join_put(j, which == 0 ? l : NULL, which == 1 ? l : NULL);
}

/* ---- Joining ---------------------------------------------------------------------- */

static void join_group_add(struct join_group *g, struct join_line *l)
{
    if (g->count == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 8;
        g->lines = sys_resize(g->lines, g->cap * sizeof *g->lines);
    }
    g->lines[g->count++] = l;
}

static void join_group_clear(struct join_group *g)
{
    for (size_t i = 0; i < g->count; i++)
        join_free_line(g->lines[i]);
    g->count = 0;
}

/* The current line of a file, which becomes the one before. */
static struct join_line *join_advance(struct join *j, int which, struct join_line *old,
                                      bool keep)
{
    struct join_file *f = &j->file[which];
    struct join_line *l = join_read(j, which);
    if (old) {
        f->before = old;
        if (l)
            join_check_order(j, which, l);
        f->before = NULL;
        if (!keep)
            join_free_line(old);
    }
    return l;
}

/* All lines that have the key of l, which is the first of them; gives the line after. */
static struct join_line *join_collect(struct join *j, int which, struct join_line *l,
                                      struct join_group *g)
{
    join_group_add(g, l);
    for (;;) {
        struct join_line *next = join_advance(j, which, l, true);
        if (!next || join_compare(j, l, which, next, which) != 0)
            return next;
        join_group_add(g, next);
        l = next;
    }
}

static void join_put_product(const struct join *j, const struct join_group *a,
                             const struct join_group *b)
{
    if (j->hide_paired)
        return;
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++) {
            join_put(j, a->lines[i], b->lines[k]);
            sys_tick();
        }
}

static void join_rest(struct join *j, int which, struct join_line *l)
{
    while (l) {
        join_put_unpaired(j, l, which);
        l = join_advance(j, which, l, false);
    }
}

static void join_headers(struct join *j, struct join_line **a, struct join_line **b)
{
    if (*a || *b)
        join_put(j, *a, *b);
    join_free_line(*a);
    join_free_line(*b);
    *a = join_read(j, 0);
    *b = join_read(j, 1);
}

static void join_run(struct join *j)
{
    struct join_group group[2] = {{0}};
    struct join_line *a = join_read(j, 0), *b = join_read(j, 1);
    j->file[0].auto_count = a ? a->count : 0;
    j->file[1].auto_count = b ? b->count : 0;
    if (j->header)
        join_headers(j, &a, &b);
    while (a && b) {
        int order = join_compare(j, a, 0, b, 1);
        if (order < 0) {
            join_put_unpaired(j, a, 0);
            a = join_advance(j, 0, a, false);
        } else if (order > 0) {
            join_put_unpaired(j, b, 1);
            b = join_advance(j, 1, b, false);
        } else {
            a = join_collect(j, 0, a, &group[0]);
            b = join_collect(j, 1, b, &group[1]);
            join_put_product(j, &group[0], &group[1]);
            join_group_clear(&group[0]);
            join_group_clear(&group[1]);
        }
    }
    join_rest(j, 0, a);
    join_rest(j, 1, b);
}

/* ---- Options ---------------------------------------------------------------------- */

static bool join_read_field(const char *text, size_t *field)
{
    uint64_t n;
    const char *rest = text;
    int err = char_is_digit(*text) ? num_to_u64(text, &n, &rest) : -EINVAL;
    if (err == -EINVAL || *rest || !n) {
        msg("invalid field number: %s", quoted(text));
        return false;
    }
    *field = n > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)n - 1;
    return true;
}

static bool join_set_field(struct join *j, int which, const char *text)
{
    struct join_file *f = &j->file[which];
    size_t field;
    if (!join_read_field(text, &field))
        return false;
    if (f->field_given && f->field != field) {
        msg("incompatible join fields %zu, %zu", f->field + 1, field + 1);
        return false;
    }
    f->field = field;
    f->field_given = true;
    return true;
}

static bool join_add_output(struct join *j, const char *text)
{
    struct join_output o = {0, 0};
    if (!str_eq(text, "0")) {
        if ((*text != '1' && *text != '2') || text[1] != '.') {
            if (char_is_digit(*text) && text[1] == '.')
                msg("invalid file number in field spec: %s", quoted(text));
            else
                msg("invalid field specifier: %s", quoted(text));
            return false;
        }
        o.file = *text - '0';
        if (!join_read_field(text + 2, &o.field))
            return false;
    }
    j->outputs = sys_resize(j->outputs, (j->output_count + 1) * sizeof *j->outputs);
    j->outputs[j->output_count++] = o;
    return true;
}

static bool join_set_outputs(struct join *j, const char *list)
{
    if (str_eq(list, "auto"))
        return j->auto_format = true;
    char *copy = sys_strdup(list);
    for (char *p = copy; p;) {
        char *end = p + strcspn(p, ", \t");
        char *next = *end ? end + 1 : NULL;
        *end = '\0';
        if (*p && !join_add_output(j, p))
            return false;
        p = next;
    }
    return true;
}

static bool join_set_tab(struct join *j, const char *text)
{
    int tab = *text ? (unsigned char)*text : -2;
    if (str_eq(text, "\\0"))
        tab = 0;
    else if (*text && text[1]) {
        msg("multi-character tab %s", quoted(text));
        return false;
    }
    if (j->tab != -1 && j->tab != tab) {
        msg("incompatible tabs");
        return false;
    }
    j->tab = tab;
    j->separator = tab >= 0 ? (char)tab : '\n';
    return true;
}

static bool join_set_unpaired(struct join *j, const char *text)
{
    if (!str_eq(text, "1") && !str_eq(text, "2")) {
        msg("invalid field number: %s", quoted(text));
        return false;
    }
    return j->show_unpaired[*text - '1'] = true;
}

static bool join_read_option(struct join *j, int c, const char *arg)
{
    switch (c) {
    case 'a': return join_set_unpaired(j, arg);
    case 'v': j->hide_paired = true; return join_set_unpaired(j, arg);
    case 'e':
        if (j->empty && !str_eq(j->empty, arg)) {
            msg("conflicting empty-field replacement strings");
            return false;
        }
        j->empty = arg;
        return true;
    case 'i': return j->fold = true;
    case 'j': return join_set_field(j, 0, arg) && join_set_field(j, 1, arg);
    case 'o': return join_set_outputs(j, arg);
    case 't': return join_set_tab(j, arg);
    case 'z': j->end = '\0'; return true;
    case '1':
    case '2': return join_set_field(j, c - '1', arg);
    case JOIN_CHECK: j->order = JOIN_ALWAYS; return true;
    case JOIN_NO_CHECK: j->order = JOIN_NEVER; return true;
    case JOIN_HEADER: return j->header = true;
    default: return false;
    }
}

static int join_open(struct join *j, char **names)
{
    if (str_eq(names[0], "-") && str_eq(names[1], "-"))
        return msg("both files cannot be standard input");
    for (int i = 0; i < 2; i++) {
        j->file[i].name = names[i];
        int err = in_open(&j->file[i].in, names[i]);
        if (err)
            return msg_errno(err, "%s", quoted_file(names[i]));
    }
    return 0;
}

int cmd_join(int argc, char **argv)
{
    struct join j = {.tab = -1, .end = '\n', .separator = ' '};
    struct opts o = opts_begin(&cmd_join_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !join_read_option(&j, c, o.arg))
            return 1;
    if (o.count < 2) {
        if (!o.count)
            return msg_usage("missing operand");
        return msg_usage("missing operand after %s", quoted(argv[argc - 1]));
    }
    if (o.count > 2)
        return msg_usage("extra operand %s", quoted_path(o.operands[2]));
    if (join_open(&j, o.operands))
        return 1;
    join_run(&j);
    return j.disorder ? msg("input is not in sorted order") : 0;
}

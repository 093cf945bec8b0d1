/* comm.c: compare two sorted files line by line. Imitates GNU coreutils comm. */
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

int cmd_comm(int argc, char **argv);

enum { COMM_CHECK = 256, COMM_NO_CHECK, COMM_OUTPUT, COMM_TOTAL };

static const struct opt comm_opts[] = {
    {"check-order", COMM_CHECK, OPT_PLAIN},
    {"nocheck-order", COMM_NO_CHECK, OPT_PLAIN},
    {"output-delimiter", COMM_OUTPUT, OPT_ARG},
    {"total", COMM_TOTAL, OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {NULL, '1', OPT_PLAIN},
    {NULL, '2', OPT_PLAIN},
    {NULL, '3', OPT_PLAIN},
    {0},
};

const struct cmd cmd_comm_entry = {
    .name = "comm",
    .usage = "FILE1 FILE2",
    .help =
        "Compare two sorted files: column one has the lines only in FILE1, column two those only\n"
        "in FILE2, column three those in both.\n"
        "\n"
        "  -1, -2, -3               without that column\n"
        "      --check-order        fail if a file is not sorted\n"
        "      --nocheck-order      do not look whether they are\n"
        "      --output-delimiter=STR  between columns\n"
        "      --total              add the counts\n"
        "  -z, --zero-terminated    lines end in NUL\n",
    .main = cmd_comm,
    .opts = comm_opts,
};

enum comm_order { COMM_SOMETIMES, COMM_ALWAYS, COMM_NEVER };

struct comm_file {
    const char *name;
    struct in in;
    struct buf line, before; // without end
    bool has_line, has_before, said_disorder;
};

struct comm {
    struct comm_file file[2];
    bool hidden[3];
    enum comm_order order;
    bool unpairable, disorder;
    struct span delimiter;
    const char *delimiter_given;
    char end;
    uint64_t count[3];
};

static void comm_check_order(struct comm *c, int which)
{
    struct comm_file *f = &c->file[which];
    if (c->order == COMM_NEVER || !f->has_before || f->said_disorder)
        return;
    if (c->order == COMM_SOMETIMES && !c->unpairable)
        return;
    if (span_cmp(buf_span(&f->before), buf_span(&f->line)) <= 0)
        return;
    f->said_disorder = c->disorder = true;
    msg("file %d is not in sorted order", which + 1);
    if (c->order == COMM_ALWAYS)
        cmd_exit(1);
}

static void comm_next(struct comm *c, int which)
{
    struct comm_file *f = &c->file[which];
    struct span line;
    if (!in_line(&f->in, c->end, &line)) {
        if (f->in.err) {
            msg_errno(f->in.err, "%s", quoted_file(f->name));
            cmd_exit(1);
        }
        comm_check_order(c,
                         which); // again: now it may be known that lines have no partner
        f->has_line = f->has_before = false;
        return;
    }
    struct buf old = f->before;
    f->before = f->line;
    f->line = old;
    f->has_before = f->has_line;
    f->has_line = true;
    buf_clear(&f->line);
    if (line.ptr[line.len - 1] == c->end)
        line.len--;
    buf_add_span(&f->line, line);
    comm_check_order(c, which);
}

static void comm_put(struct comm *c, int column, struct span line)
{
    c->count[column]++;
    if (c->hidden[column])
        return;
    for (int i = 0; i < column; i++)
        if (!c->hidden[i])
            out_span(c->delimiter);
    out_span(line);
    out_char(c->end);
}

static void comm_run(struct comm *c)
{
    comm_next(c, 0);
    comm_next(c, 1);
    while (c->file[0].has_line || c->file[1].has_line) {
        int order = !c->file[0].has_line   ? 1
                    : !c->file[1].has_line ? -1
                                           : span_cmp(buf_span(&c->file[0].line),
                                                      buf_span(&c->file[1].line));
        if (order)
            c->unpairable = true;
        comm_put(c,
                 order < 0   ? 0
                 : order > 0 ? 1
                             : 2,
                 buf_span(&c->file[order > 0 ? 1 : 0].line));
        if (order <= 0)
            comm_next(c, 0);
        if (order >= 0)
            comm_next(c, 1);
    }
}

static void comm_put_total(const struct comm *c)
{
    for (int i = 0; i < 3; i++) {
        outf("%llu", (unsigned long long)c->count[i]);
        out_span(c->delimiter);
    }
    outf("total%c", c->end);
}

static bool comm_open(struct comm *c, char **names)
{
    for (int i = 0; i < 2; i++) {
        struct comm_file *f = &c->file[i];
        f->name = names[i];
        f->line = f->before = buf_make(sys_heap());
        int err = in_open(&f->in, names[i]);
        if (err) {
            msg_errno(err, "%s", quoted_file(names[i]));
            return false;
        }
    }
    return true;
}

static bool comm_set_delimiter(struct comm *c, const char *text)
{
    if (c->delimiter_given && !str_eq(c->delimiter_given, text)) {
        msg("multiple output delimiters specified");
        return false;
    }
    c->delimiter_given = text;
    c->delimiter = span_make(text, *text ? strlen(text) : 1);
    return true;
}

int cmd_comm(int argc, char **argv)
{
    struct comm c = {.end = '\n', .delimiter = {"\t", 1}};
    bool total = false;
    struct opts o = opts_begin(&cmd_comm_entry, argc, argv);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;)
        switch (letter) {
        case '1':
        case '2':
        case '3': c.hidden[letter - '1'] = true; break;
        case 'z': c.end = '\0'; break;
        case COMM_CHECK: c.order = COMM_ALWAYS; break;
        case COMM_NO_CHECK: c.order = COMM_NEVER; break;
        case COMM_TOTAL: total = true; break;
        case COMM_OUTPUT:
            if (!comm_set_delimiter(&c, o.arg))
                return 1;
            break;
        default: return 1;
        }
    if (o.count < 2) {
        if (!o.count)
            return msg_usage("missing operand");
        return msg_usage("missing operand after %s", quoted(o.operands[0]));
    }
    if (o.count > 2)
        return msg_usage("extra operand %s", quoted(o.operands[2]));
    if (!comm_open(&c, o.operands))
        return 1;
    comm_run(&c);
    if (total)
        comm_put_total(&c);
    if (c.disorder)
        return msg("input is not in sorted order");
    return 0;
}

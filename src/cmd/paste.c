/* paste.c: lines of several files side by side. Imitates GNU coreutils paste. */
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

int cmd_paste(int argc, char **argv);

static const struct opt paste_opts[] = {
    {"serial", 's', OPT_PLAIN},
    {"delimiters", 'd', OPT_ARG},
    {"zero-terminated", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_paste_entry = {
    .name = "paste",
    .usage = "[FILE]...",
    .help =
        "Write lines that consist of the lines of each FILE, with a TAB between them.\n"
        "\n"
        "  -d, --delimiters=LIST  use the characters of LIST in turn, not TABs\n"
        "  -s, --serial           one file at a time: its lines become one\n"
        "  -z, --zero-terminated  lines end in NUL\n",
    .main = cmd_paste,
    .opts = paste_opts,
};

struct paste {
    char *delimiters; // bytes; an empty one ("\0") has empty[i] set
    bool *empty;
    size_t delimiter_count;
    char end;
};

/* One of the files that are read side by side. */
struct paste_file {
    const char *name;
    struct in in;
    struct in *shared; // standard input may be named more than once
    bool open;
};

/* Reads the list with its escapes. false: it ends in a backslash. */
static bool paste_read_delimiters(struct paste *p, const char *text)
{
    static const char letters[] = "bfnrtv\\", bytes[] = "\b\f\n\r\t\v\\";
    p->delimiters = sys_alloc(strlen(text) + 1);
    p->empty = sys_alloc_zero(strlen(text) + 1);
    p->delimiter_count = 0;
    for (; *text; text++) {
        size_t i = p->delimiter_count++;
        p->delimiters[i] = *text;
        if (*text != '\\')
            continue;
        if (!*++text)
            return false;
        const char *letter = strchr(letters, *text);
        p->empty[i] = *text == '0';
        p->delimiters[i] = letter ? bytes[letter - letters] : *text;
    }
    if (!p->delimiter_count)
        p->empty[p->delimiter_count++] = true;
    return true;
}

static void paste_put_delimiter(const struct paste *p, size_t number)
{
    size_t i = number % p->delimiter_count;
    if (!p->empty[i])
        out_char(p->delimiters[i]);
}

/* The next line without its end. false: there is none. */
static bool paste_line(const struct paste *p, struct in *in, struct span *line)
{
    if (!in_line(in, p->end, line))
        return false;
    if (line->ptr[line->len - 1] == p->end)
        line->len--;
    return true;
}

/* ---- Side by side ----------------------------------------------------------------- */

static bool paste_open(struct paste_file *files, size_t count, char **names)
{
    struct in *input = NULL;
    for (size_t i = 0; i < count; i++) {
        struct paste_file *f = &files[i];
        f->name = names[i];
        if (str_eq(names[i], "-") && input) {
            f->shared = input;
        } else {
            int err = in_open(&f->in, names[i]);
            if (err) {
                msg_errno(err, "%s", quoted_file(names[i]));
                return false;
            }
            f->shared = &f->in;
            if (str_eq(names[i], "-"))
                input = &f->in;
        }
        f->open = true;
    }
    return true;
}

/* Puts the next line of each file into b. false: none has one. */
static bool paste_row(const struct paste *p, struct paste_file *files, size_t count,
                      struct buf *b, int *status)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        struct paste_file *f = &files[i];
        struct span line;
        if (f->open && paste_line(p, f->shared, &line)) {
            buf_add_span(b, line);
            any = true;
        } else if (f->open) {
            f->open = false;
            if (f->shared->err && f->shared == &f->in)
                *status = msg_errno(f->in.err, "%s", quoted_file(f->name));
        }
        size_t d = i % p->delimiter_count;
        if (i + 1 < count && !p->empty[d])
            buf_add_char(b, p->delimiters[d]);
    }
    return any;
}

static int paste_parallel(const struct paste *p, char **names, size_t count)
{
    struct paste_file *files = sys_alloc_zero(count * sizeof *files);
    struct buf row = buf_make(sys_heap());
    int status = 0;
    if (!paste_open(files, count, names))
        return 1;
    while (paste_row(p, files, count, &row, &status)) {
        buf_add_char(&row, p->end);
        out_span(buf_span(&row));
        buf_clear(&row);
    }
    return status;
}

/* ---- One after another ------------------------------------------------------------ */

static int paste_serial(const struct paste *p, const char *name)
{
    struct in in;
    struct span line;
    int err = in_open(&in, name);
    if (err)
        return msg_errno(err, "%s", quoted_file(name));
    for (size_t i = 0; paste_line(p, &in, &line); i++) {
        if (i)
            paste_put_delimiter(p, i - 1);
        out_span(line);
    }
    out_char(p->end);
    err = in.err;
    in_close(&in);
    return err ? msg_errno(err, "%s", quoted_file(name)) : 0;
}

int cmd_paste(int argc, char **argv)
{
    char *input[] = {"-", NULL};
    struct paste p = {.end = '\n'};
    const char *delimiters = "\t";
    bool serial = false;
    struct opts o = opts_begin(&cmd_paste_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'd': delimiters = o.arg; break;
        case 's': serial = true; break;
        case 'z': p.end = '\0'; break;
        default: return 1;
        }
    if (!paste_read_delimiters(&p, delimiters))
        return msg("delimiter list ends with an unescaped backslash: %s", delimiters);
    char **names = o.count ? o.operands : input;
    size_t count = o.count ? (size_t)o.count : 1;
    if (!serial)
        return paste_parallel(&p, names, count);
    int status = 0;
    for (; *names; names++)
        status |= paste_serial(&p, *names);
    return status;
}

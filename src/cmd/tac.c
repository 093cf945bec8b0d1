/* tac.c: lines in reverse order. Imitates GNU coreutils tac. Files are read whole. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "regex/regex.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_tac(int argc, char **argv);

static const struct opt tac_opts[] = {
    {"before", 'b', OPT_PLAIN},
    {"regex", 'r', OPT_PLAIN},
    {"separator", 's', OPT_ARG},
    {0},
};

const struct cmd cmd_tac_entry = {
    .name = "tac",
    .usage = "[FILE]...",
    .help = "Write each FILE, last line first.\n"
            "\n"
            "  -b, --before            the separator belongs to the line after it\n"
            "  -r, --regex             the separator is a regular expression\n"
            "  -s, --separator=STRING  in place of a newline\n",
    .main = cmd_tac,
    .opts = tac_opts,
};

struct tac {
    bool before;
    struct regex *regex; // NULL: a plain separator
    struct span separator;
};

/* Where separators begin and end, in the order of the text. */
struct tac_marks {
    size_t *at; // pairs
    size_t count, cap;
};

static void tac_add_mark(struct tac_marks *m, size_t start, size_t end)
{
    if (m->count == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 256;
        m->at = sys_resize(m->at, 2 * m->cap * sizeof *m->at);
    }
    m->at[2 * m->count] = start;
    m->at[2 * m->count + 1] = end;
    m->count++;
}

static void tac_find_plain(const struct tac *t, struct span text, struct tac_marks *m)
{
    for (size_t at = 0; at < text.len;) {
        struct span rest = span_from(text, at);
        size_t found = span_find_span(rest, t->separator);
        if (found == rest.len)
            return;
        tac_add_mark(m, at + found, at + found + t->separator.len);
        at += found + t->separator.len;
    }
}

static void tac_find_regex(const struct tac *t, struct span text, struct tac_marks *m)
{
    struct regex_span found;
    for (size_t at = 0; at <= text.len;) {
        if (regex_search(t->regex, text, at, 0, &found, 1) <= 0)
            return;
        if (found.end > found.start)
            tac_add_mark(m, found.start, found.end);
        at = found.end > found.start ? found.end : found.end + 1;
        sys_tick();
    }
}

static void tac_put(struct span text, size_t from, size_t to)
{
    out_bytes(text.ptr + from, to - from);
}

/* A separator of one byte is looked for from the end. */
static void tac_by_byte(const struct tac *t, struct span text)
{
    size_t end = text.len;
    for (struct span rest = text; rest.len;) {
        size_t at = span_find_last(rest, *t->separator.ptr);
        if (at == rest.len)
            break;
        size_t cut = at + !t->before;
        tac_put(text, cut, end);
        end = cut;
        rest.len = at;
    }
    tac_put(text, 0, end);
}

static void tac_text(const struct tac *t, struct span text)
{
    struct tac_marks m = {0};
    if (!t->regex && t->separator.len == 1) {
        tac_by_byte(t, text);
        return;
    }
    if (t->regex)
        tac_find_regex(t, text, &m);
    else
        tac_find_plain(t, text, &m);
    size_t end = text.len;
    for (size_t i = m.count; i-- > 0;) {
        size_t cut = t->before ? m.at[2 * i] : m.at[2 * i + 1];
        tac_put(text, cut, end);
        end = cut;
    }
    tac_put(text, 0, end);
    sys_free(m.at);
}

static int tac_file(const struct tac *t, const char *name)
{
    struct in in;
    char *data;
    size_t len;
    int err = in_open(&in, name);
    if (err)
        return msg_errno(err, "failed to open %s for reading", quoted_path(name));
    err = in_all(&in, &data, &len);
    in_close(&in);
    if (err)
        return msg_errno(err, "%s: read error", quoted_file(name));
    tac_text(t, span_make(data, len));
    sys_free(data);
    return 0;
}

static int tac_set_regex(struct tac *t, const char *text)
{
    struct regex_options o = {.alloc = sys_heap(),
                              .tick = sys_ticks,
                              .syntax = REGEX_BASIC,
                              .flags = REGEX_NEWLINE};
    enum regex_error err = regex_compile(&t->regex, &o, span_of(text));
    return err ? msg("%s", regex_error_text(err)) : 0;
}

int cmd_tac(int argc, char **argv)
{
    char *input[] = {"-", NULL};
    struct tac t = {0};
    const char *separator = "\n";
    bool regex = false;
    struct opts o = opts_begin(&cmd_tac_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'b': t.before = true; break;
        case 'r': regex = true; break;
        case 's': separator = o.arg; break;
        default: return 1;
        }
    t.separator = span_make(separator, *separator ? strlen(separator) : 1); // "": a NUL
    if (regex && !*separator)
        return msg("separator cannot be empty");
    if (regex && tac_set_regex(&t, separator))
        return 1;
    int status = 0;
    for (char **name = o.count ? o.operands : input; *name; name++)
        status |= tac_file(&t, *name);
    return status;
}

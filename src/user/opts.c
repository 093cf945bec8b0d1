/* opts.c: see opts.h. Operands that come before options are collected in an array of
 * their own, so that argv stays as /proc shows it. */
#include "user/opts.h"

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/out.h"

enum { OPTS_HELP = 0x10000, OPTS_VERSION };

static const struct opt opts_common[] = {
    {"help", OPTS_HELP, OPT_PLAIN},
    {"version", OPTS_VERSION, OPT_PLAIN},
    {0},
};

#ifndef SHOAL_VERSION
#define SHOAL_VERSION "0.1.0"
#endif

struct opts opts_make(const struct opt *table, unsigned flags, int argc, char **argv)
{
    struct opts o = {
        .table = table, .flags = flags, .argv = argv, .argc = argc, .next = 1};
    if (argc < 1)
        o.next = 0;
    o.operands = argv + o.next;
    return o;
}

struct opts opts_begin(const struct cmd *entry, int argc, char **argv)
{
    struct opts o = opts_make(entry->opts, entry->opts_flags, argc, argv);
    o.help = !entry->no_help;
    return o;
}

/* ---- Errors ----------------------------------------------------------------------- */

static int opts_bad(void)
{
    msg_try_help();
    return OPTS_ERROR;
}

/* ---- Operands --------------------------------------------------------------------- */

/* argv[next] is an operand with options perhaps after it. */
static void opts_keep(struct opts *o)
{
    if (!o->copied) {
        o->operands = sys_alloc(((size_t)(o->argc - o->next) + 1) * sizeof *o->operands);
        o->copied = true;
    }
    o->operands[o->count++] = o->argv[o->next++];
}

/* All from argv[next] on are operands. */
static int opts_finish(struct opts *o)
{
    if (o->ended)
        return OPTS_END;
    o->ended = true;
    if (!o->copied) {
        o->operands = o->argv + o->next;
        o->count = o->argc - o->next;
        return OPTS_END;
    }
    while (o->next < o->argc)
        o->operands[o->count++] = o->argv[o->next++];
    o->operands[o->count] = NULL;
    return OPTS_END;
}

/* ---- --help and --version --------------------------------------------------------- */

static int opts_show_help(void)
{
    const struct cmd *c = cmd_self();
    if (!c)
        return opts_bad();
    bool has_options = c->opts && (c->opts->id || c->opts->name);
    outf("Usage: %s%s%s%s\n", msg_prefix(), has_options ? " [OPTION]..." : "",
         c->usage && *c->usage ? " " : "", c->usage ? c->usage : "");
    out_str(c->help ? c->help : "");
    cmd_exit(0);
}

static int opts_show_version(void)
{
    const struct cmd *c = cmd_self();
    if (!c)
        return opts_bad();
    outf("%s (shoal) %s\n", c->name, SHOAL_VERSION);
    cmd_exit(0);
}

void opts_answer_help(const struct cmd *entry, int argc, char **argv)
{
    if (argc != 2 || cmd_self() != entry)
        return;
    if (str_eq(argv[1], "--help"))
        opts_show_help();
    if (str_eq(argv[1], "--version"))
        opts_show_version();
}

/* ---- Long options ----------------------------------------------------------------- */

struct opts_search {
    const struct opt *found;
    int others; // with another meaning
    bool exact;
};

static void opts_search_table(const struct opt *table, struct span name,
                              struct opts_search *s)
{
    for (; table && (table->id || table->name); table++) {
        if (!table->name || s->exact || !span_starts(span_of(table->name), name))
            continue;
        s->exact = strlen(table->name) == name.len;
        if (s->exact || !s->found)
            s->found = table;
        else if (s->found->id != table->id || s->found->arg != table->arg)
            s->others++;
    }
}

static void opts_list_matches(struct buf *b, const struct opt *table, struct span name)
{
    for (; table && (table->id || table->name); table++)
        if (table->name && span_starts(span_of(table->name), name))
            buf_addf(b, " '--%s'", table->name);
}

static int opts_ambiguous(const struct opts *o, const char *text, struct span name)
{
    struct buf b = buf_make(sys_heap());
    opts_list_matches(&b, o->table, name);
    if (o->help)
        opts_list_matches(&b, opts_common, name);
    msg("option '--%s' is ambiguous; possibilities:%s", text, buf_str(&b));
    buf_fini(&b);
    return opts_bad();
}

static int opts_give(struct opts *o, const struct opt *opt)
{
    if (opt->id == OPTS_HELP)
        return opts_show_help();
    if (opt->id == OPTS_VERSION)
        return opts_show_version();
    (void)o;
    return opt->id;
}

static int opts_long(struct opts *o)
{
    const char *text = o->argv[o->next++] + 2;
    const char *value = strchr(text, '=');
    struct span name = value ? span_make(text, (size_t)(value - text)) : span_of(text);
    struct opts_search s = {0};
    opts_search_table(o->table, name, &s);
    if (o->help)
        opts_search_table(opts_common, name, &s);
    if (!s.found) {
        msg("unrecognized option '--%s'", text);
        return opts_bad();
    }
    if (s.others && !s.exact)
        return opts_ambiguous(o, text, name);
    o->long_name = s.found->name;
    o->arg = value ? value + 1 : NULL;
    if (value && s.found->arg == OPT_PLAIN) {
        msg("option '--%s' doesn't allow an argument", s.found->name);
        return opts_bad();
    }
    if (!value && s.found->arg == OPT_ARG) {
        if (o->next >= o->argc) {
            msg("option '--%s' requires an argument", s.found->name);
            return opts_bad();
        }
        o->arg = o->argv[o->next++];
    }
    return opts_give(o, s.found);
}

/* ---- Letters ---------------------------------------------------------------------- */

static const struct opt *opts_find_letter(const struct opts *o, char c)
{
    for (const struct opt *opt = o->table; opt && (opt->id || opt->name); opt++)
        if (opt->id == (unsigned char)c)
            return opt;
    return NULL;
}

static int opts_letter(struct opts *o)
{
    char c = *o->cluster++;
    const char *rest = *o->cluster ? o->cluster : NULL;
    if ((o->flags & OPTS_DIGITS) && char_is_digit(c)) {
        o->arg = o->cluster - 1;
        o->cluster = NULL;
        return OPTS_NUMBER;
    }
    if (!rest)
        o->cluster = NULL;
    const struct opt *opt = opts_find_letter(o, c);
    if (!opt) {
        msg("invalid option -- '%c'", c);
        return opts_bad();
    }
    o->arg = NULL;
    o->long_name = NULL;
    if (opt->arg == OPT_PLAIN)
        return opts_give(o, opt);
    o->arg = rest;
    o->cluster = NULL;
    if (!rest && opt->arg == OPT_ARG) {
        if (o->next >= o->argc) {
            msg("option requires an argument -- '%c'", c);
            return opts_bad();
        }
        o->arg = o->argv[o->next++];
    }
    return opts_give(o, opt);
}

/* Takes argv[next], which is no option. OPTS_END: it ends them. 0: go on. */
static int opts_operand(struct opts *o)
{
    char *word = o->argv[o->next];
    if ((o->flags & OPTS_PLUS) && word[0] == '+' && word[1]) {
        o->arg = word;
        o->next++;
        return OPTS_NUMBER;
    }
    if (o->flags & OPTS_INORDER) {
        o->arg = word;
        o->next++;
        return OPTS_OPERAND;
    }
    if ((o->flags & OPTS_STOP) || (o->next + 1 < o->argc && env_get("POSIXLY_CORRECT")))
        return opts_finish(o);
    opts_keep(o);
    return 0;
}

int opts_next(struct opts *o)
{
    o->arg = NULL;
    o->long_name = NULL;
    if (o->ended)
        return OPTS_END;
    while (!o->cluster) {
        if (o->next >= o->argc)
            return opts_finish(o);
        char *word = o->argv[o->next];
        if (word[0] != '-' || !word[1]) {
            int result = opts_operand(o);
            if (result)
                return result;
            continue;
        }
        if (word[1] == '-') {
            if (word[2])
                return opts_long(o);
            o->next++;
            return opts_finish(o);
        }
        o->next++;
        o->cluster = word + 1;
    }
    return opts_letter(o);
}

/* ---- Words as arguments ----------------------------------------------------------- */

int opts_match(const char *text, const char *const *list, const int *values)
{
    int found = -1;
    bool ambiguous = false;
    for (int i = 0; list[i]; i++) {
        if (!str_starts(list[i], text))
            continue;
        if (str_eq(list[i], text))
            return i;
        if (found < 0)
            found = i;
        else if (!values || values[i] != values[found])
            ambiguous = true;
    }
    return ambiguous ? -2 : found;
}

int opts_match_arg(const char *what, const char *text, const char *const *list,
                   const int *values)
{
    int found = opts_match(text, list, values);
    if (found >= 0)
        return found;
    msg("%s argument %s for %s", found == -2 ? "ambiguous" : "invalid", quoted(text),
        quoted(what));
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, "Valid arguments are:");
    for (int i = 0; list[i]; i++) {
        bool same = values && i && values[i] == values[i - 1];
        buf_addf(&b, "%s%s", same ? ", " : "\n  - ", quoted(list[i]));
    }
    msg_raw("%s\n", buf_str(&b));
    buf_fini(&b);
    msg_try_help();
    return -1;
}

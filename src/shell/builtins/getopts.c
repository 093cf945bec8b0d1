/* getopts.c: getopts. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "user/msg.h"

/* One call. index counts from 1 as OPTIND does; at: the position in that word, 0: before
 * it. */
struct getopts {
    struct shell *sh;
    const char *letters;
    bool quiet; // the option string begins with ":", or OPTERR is 0
    int argc, index, at;
    char *const *argv; // the first one is number 1
    const char *name;
};

enum { GETOPTS_END = -1 };

static const char *getopts_word(const struct getopts *g)
{
    return g->index <= g->argc ? g->argv[g->index - 1] : NULL;
}

/* (A readonly OPTARG or OPTIND is reported and nothing else comes of it.) */
static void getopts_set_arg(struct getopts *g, const char *arg)
{
    int err = arg ? var_set_str(g->sh, NAME_OPTARG, arg)
                  : var_unset(g->sh, NAME_OPTARG, VAR_OP_FORCE);
    (void)err;
}

/* An option without argument leaves OPTARG declared. */
static void getopts_no_arg(struct getopts *g)
{
    unsigned attrs = var_attrs(g->sh, NAME_OPTARG);
    if (attrs & VAR_READONLY) {
        shell_error(g->sh, "OPTARG: readonly variable");
        return;
    }
    getopts_set_arg(g, NULL);
    int err = var_change(g->sh, NAME_OPTARG, attrs, 0, 0);
    (void)err;
}

static void getopts_complain(const struct getopts *g, const char *what, char letter)
{
    if (!g->quiet && *g->letters != ':')
        msg_raw("%s: %s -- %c\n", g->sh->name->text, what, letter);
}

/* A letter that is not known, or lacks its argument. */
static int getopts_bad(struct getopts *g, char letter, bool needs_arg)
{
    char text[] = {letter, '\0'};
    bool colon = *g->letters == ':';
    getopts_complain(g, needs_arg ? "option requires an argument" : "illegal option",
                     letter);
    getopts_set_arg(g, colon ? text : NULL);
    return colon && needs_arg ? ':' : '?';
}

/* The option's argument: the rest of the word or the next one. */
static int getopts_take_arg(struct getopts *g, char letter, const char *rest)
{
    g->at = 0;
    g->index++;
    if (!*rest) {
        rest = getopts_word(g);
        if (!rest)
            return getopts_bad(g, letter, true);
        g->index++;
    }
    getopts_set_arg(g, rest);
    return letter;
}

/* The letter of the next option, '?' or ':', GETOPTS_END. */
static int getopts_next(struct getopts *g)
{
    const char *word = getopts_word(g);
    if (g->at == 0 || !word || strlen(word) <= (size_t)g->at) {
        g->at = 0;
        if (!word || *word != '-' || !word[1])
            return GETOPTS_END;
        if (str_eq(word, "--")) {
            g->index++;
            return GETOPTS_END;
        }
        g->at = 1;
    }
    char letter = word[g->at++];
    const char *rest = word + g->at;
    const char *found = letter == ':' ? NULL : strchr(g->letters, letter);
    if (found && found[1] == ':')
        return getopts_take_arg(g, letter, rest);
    if (!*rest) {
        g->index++;
        g->at = 0;
    }
    if (!found)
        return getopts_bad(g, letter, false);
    getopts_no_arg(g);
    return letter;
}

/* What the last call left in the shell, unless OPTIND was assigned to since. */
static void getopts_load(struct getopts *g)
{
    struct shell *sh = g->sh;
    int64_t index = var_get_int(sh, NAME_OPTIND);
    bool same = sh->getopts.changes == vars_optind_changes(sh);
    g->index = index < 1 || index > INT32_MAX ? 1 : (int)index;
    g->at = same && g->index == sh->getopts.index ? sh->getopts.at : 0;
}

static void getopts_store(struct getopts *g)
{
    struct shell *sh = g->sh;
    int err = var_set_int(sh, NAME_OPTIND, g->index);
    (void)err;
    sh->getopts.index = g->index;
    sh->getopts.at = g->at;
    sh->getopts.changes = vars_optind_changes(sh);
}

static int getopts_run(struct getopts *g)
{
    getopts_load(g);
    int c = getopts_next(g);
    if (c == GETOPTS_END)
        getopts_set_arg(g, NULL);
    getopts_store(g);
    if (g->sh->flow != FLOW_NORMAL)
        return 1;
    char text[] = {c == GETOPTS_END ? '?' : (char)c, '\0'};
    unsigned id = name_intern(span_of(g->name));
    if (!id)
        return shell_builtin_error(g->sh, "`%s': not a valid identifier", g->name);
    int err = var_set_str(g->sh, id, text);
    return err ? 2 : c == GETOPTS_END;
}

int builtin_getopts(struct shell *sh, int argc, char **argv)
{
    int first = builtin_no_options(sh, argc, argv);
    if (first < 0)
        return 2;
    if (argc - first < 2)
        return builtin_usage(sh);
    struct getopts g = {.sh = sh, .letters = argv[first], .name = argv[first + 1]};
    struct span opterr = var_get(sh, NAME_OPTERR);
    g.quiet = opterr.ptr && var_get_int(sh, NAME_OPTERR) == 0;
    if (argc - first > 2) {
        g.argc = argc - first - 2;
        g.argv = argv + first + 2;
    } else {
        const struct params *params = params_of(sh);
        g.argc = params->count;
        g.argv = params->argv;
    }
    return getopts_run(&g);
}

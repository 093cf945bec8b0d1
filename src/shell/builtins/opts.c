/* opts.c: options and their messages as bash's builtins have them. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "user/msg.h"
#include "user/out.h"

int builtin_usage(struct shell *sh)
{
    msg_raw("%s: usage: %s\n", sh->cmd, sh->builtin->usage);
    return BUILTIN_MISUSED;
}

int builtin_bad_option(struct shell *sh, const char *option)
{
    shell_builtin_error(sh, "%s: invalid option", option);
    return builtin_usage(sh);
}

int builtin_needs_arg(struct shell *sh, const char *option)
{
    shell_builtin_error(sh, "%s: option requires an argument", option);
    return builtin_usage(sh);
}

struct builtin_opts builtin_opts_begin(struct shell *sh, int argc, char **argv,
                                       const char *letters)
{
    return (struct builtin_opts){
        .sh = sh, .argc = argc, .argv = argv, .next = 1, .letters = letters};
}

/* Begins with the next word. False: it is no option. */
static bool builtin_opts_word(struct builtin_opts *o)
{
    const char *word = o->next < o->argc ? o->argv[o->next] : NULL;
    bool plus = o->letters[0] == '+';
    if (!word || !word[1] || (word[0] != '-' && !(plus && word[0] == '+')))
        return false;
    o->next++;
    if (str_eq(word, "--"))
        return false;
    o->plus = word[0] == '+';
    o->cluster = word + 1;
    return true;
}

static int builtin_opts_bad(struct builtin_opts *o, char letter)
{
    char option[] = {o->plus ? '+' : '-', letter, '\0'};
    builtin_bad_option(o->sh, option);
    return '?';
}

/* The argument of an option: the rest of the word, or the next one. */
static int builtin_opts_take(struct builtin_opts *o, char letter)
{
    if (*o->cluster)
        o->arg = o->cluster;
    else
        o->arg = o->next < o->argc ? o->argv[o->next++] : NULL;
    o->cluster = NULL;
    if (o->arg)
        return letter;
    char option[] = {'-', letter, '\0'};
    builtin_needs_arg(o->sh, option);
    return '?';
}

int builtin_opts_next(struct builtin_opts *o)
{
    o->arg = NULL;
    if (!o->cluster || !*o->cluster) {
        if (!o->sh->builtin || !(o->sh->builtin->flags & BUILTIN_NO_HELP)) {
            const char *word = o->next < o->argc ? o->argv[o->next] : "";
            if (str_eq(word, "--help")) {
                builtin_show_help(o->sh, o->sh->builtin);
                return 'H';
            }
        }
        if (!builtin_opts_word(o))
            return -1;
    }
    char letter = *o->cluster++;
    const char *known = o->letters[0] == '+' ? o->letters + 1 : o->letters;
    size_t len = strlen(known), i = 0;
    while (i < len && (known[i] != letter || letter == ':'))
        i++;
    if (i == len)
        return builtin_opts_bad(o, letter);
    return i + 1 < len && known[i + 1] == ':' ? builtin_opts_take(o, letter) : letter;
}

const char *builtin_opts_optional(struct builtin_opts *o)
{
    const char *arg = NULL;
    if (o->cluster && *o->cluster) {
        arg = o->cluster;
        o->cluster = NULL;
    } else if (o->next < o->argc && o->argv[o->next][0] != '-') {
        arg = o->argv[o->next++];
    }
    return arg;
}

int builtin_bad_number(struct shell *sh, const char *text)
{
    const char *kind = *text != '0'             ? ""
                       : char_is_digit(text[1]) ? "octal "
                       : text[1] == 'x'         ? "hex "
                                                : "";
    return shell_builtin_error(sh, "%s: invalid %snumber", text, kind);
}

int builtin_no_options(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "");
    return builtin_opts_next(&o) == -1 ? o.next : -1;
}

/* set.c: set: options and positional parameters. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/builtins/describe.h"
#include "shell/builtins/options.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/functions.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

/* ---- Showing ---------------------------------------------------------------------- */

void builtin_print_set_option(const struct shell *sh, enum set_option id, bool reusable)
{
    bool on = shell_set(sh, id);
    if (reusable)
        outf("set %co %s\n", on ? '-' : '+', options_set_name(id));
    else
        outf("%-15s\t%s\n", options_set_name(id), on ? "on" : "off");
}

static void set_show_options(const struct shell *sh, bool reusable)
{
    for (int id = 0; id < SET_OPTIONS; id++)
        builtin_print_set_option(sh, (enum set_option)id, reusable);
}

static void set_show_functions(struct shell *sh)
{
    unsigned *ids;
    size_t count = function_list(sh, 0, &ids);
    for (size_t i = 0; i < count; i++)
        describe_function(sh, ids[i]);
}

static void set_show_variables(struct shell *sh)
{
    unsigned *ids;
    scope_swap_if(sh, sh->builtin_scoped);
    size_t count = vars_list(sh, 0, span_make(NULL, 0), VARS_VISIBLE, &ids);
    for (size_t i = 0; i < count; i++) {
        struct scratch_mark each = scratch_mark(sh->scratch);
        if (var_listed(sh, ids[i])->kind != VALUE_NONE) {
            struct buf b = buf_make(sys_heap());
            buf_addf(&b, "%s=", sys_interned(ids[i]));
            var_add_quoted_value(sh, ids[i], &b);
            outf("%s\n", buf_str(&b));
            buf_fini(&b);
        }
        scratch_release(sh->scratch, each);
    }
    scope_swap_if(sh, sh->builtin_scoped);
}

static int set_show_all(struct shell *sh)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    set_show_variables(sh);
    if (!shell_set(sh, SET_POSIX))
        set_show_functions(sh);
    scratch_release(sh->scratch, mark);
    return 0;
}

/* ---- set -------------------------------------------------------------------------- */

static int set_bad_letter(struct shell *sh, char sign, char letter)
{
    shell_builtin_error(sh, "%c%c: invalid option", sign, letter);
    return builtin_usage(sh);
}

/* "-o" with the next word, if there is one, as the option's name. Gives the words taken;
 * -1: reported. */
static int set_named(struct shell *sh, bool on, const char *name)
{
    if (!name || *name == '-' || *name == '+') {
        set_show_options(sh, !on);
        return 0;
    }
    int id = options_find_set(name);
    if (id < 0) {
        shell_builtin_error(sh, "%s: invalid option name", name);
        return -1;
    }
    shell_option_set(sh, (enum set_option)id, on);
    return 1;
}

/* Checks the letters of all option words before anything is changed. 0, or a status. */
static int set_check(struct shell *sh, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if ((*word != '-' && *word != '+') || !word[1] || str_eq(word, "--"))
            return 0;
        for (const char *c = word + 1; *c; c++)
            if (*c == 'o')
                i += i + 1 < argc;
            else if (options_find_letter(*c) < 0 && *c != 'r')
                return set_bad_letter(sh, *word, *c);
    }
    return 0;
}

/* One word of letters at argv[i]. Gives the words it took beyond itself; -1 - status on
 * failure. */
static int set_letters(struct shell *sh, char **argv, int i)
{
    const char *word = argv[i];
    bool on = *word == '-';
    int taken = 0;
    for (const char *c = word + 1; *c; c++) {
        if (*c == 'r') { // for good
            if (on)
                shell_shopt_set(sh, SHOPT_RESTRICTED_SHELL, true);
            else if (shell_shopt(sh, SHOPT_RESTRICTED_SHELL))
                return set_bad_letter(sh, '+', 'r'), -1 - 1;
            continue;
        }
        if (*c != 'o') {
            shell_option_set(sh, (enum set_option)options_find_letter(*c), on);
            continue;
        }
        int words = set_named(sh, on, argv[i + 1 + taken]);
        if (words < 0)
            return -1 - BUILTIN_MISUSED;
        taken += words;
    }
    return taken;
}

int builtin_set(struct shell *sh, int argc, char **argv)
{
    int i = 1;
    bool replace = false;
    if (argc == 1)
        return set_show_all(sh);
    if (str_eq(argv[1], "--help")) {
        builtin_show_help(sh, sh->builtin);
        return BUILTIN_MISUSED;
    }
    int status = set_check(sh, argc, argv);
    if (status)
        return status;
    for (; i < argc; i++) {
        const char *word = argv[i];
        if (str_eq(word, "--") || str_eq(word, "-")) {
            replace = word[1] == '-' || i + 1 < argc;
            if (!word[1]) {
                shell_option_set(sh, SET_XTRACE, false);
                shell_option_set(sh, SET_VERBOSE, false);
            }
            i++;
            break;
        }
        if ((*word != '-' && *word != '+') || !word[1])
            break;
        int taken = set_letters(sh, argv, i);
        if (taken < 0)
            return -1 - taken;
        i += taken;
    }
    if (replace || i < argc)
        params_set(sh, argc - i, argv + i);
    return 0;
}

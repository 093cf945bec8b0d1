/* test.c: the builtins test and [, a front on user/test.h. */
#include "user/test.h"

#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/arrays.h"
#include "shell/vars/vars.h"

static bool builtin_test_var_is_set(void *ctx, const char *name)
{
    struct shell *sh = ctx;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    bool is = place_text_is_set(sh, span_of(name));
    scratch_release(sh->scratch, mark);
    return is;
}

static bool builtin_test_var_is_ref(void *ctx, const char *name)
{
    unsigned id = name_intern(span_of(name));
    const struct value *v = id ? var_find(ctx, id, VAR_OP_NO_REF) : NULL;
    return v && v->attrs & VAR_NAMEREF && v->kind != VALUE_NONE;
}

static bool builtin_test_option(void *ctx, const char *name)
{
    int id = options_find_set(name);
    return id >= 0 && shell_set(ctx, (enum set_option)id);
}

int builtin_test(struct shell *sh, int argc, char **argv)
{
    struct test_hooks hooks = {
        .bash = true,
        .name = argv[0],
        .var_is_set = builtin_test_var_is_set,
        .var_is_ref = builtin_test_var_is_ref,
        .option_is_on = builtin_test_option,
        .ctx = sh,
    };
    return test_run(&hooks, argc - 1, argv + 1);
}

int builtin_bracket(struct shell *sh, int argc, char **argv)
{
    if (!str_eq(argv[argc - 1], "]") || argc == 1) {
        shell_builtin_error(sh, "missing `]'");
        return 2;
    }
    char *last = argv[argc - 1];
    argv[argc - 1] = NULL;
    int status = builtin_test(sh, argc - 1, argv);
    argv[argc - 1] = last;
    return status;
}

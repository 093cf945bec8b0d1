/* let.c: let: each argument an arithmetic expression. */
#include "shell/builtins/builtin.h"
#include "shell/expand/expand.h"
#include "shell/shell.h"

int builtin_let(struct shell *sh, int argc, char **argv)
{
    int first = argc > 1 && str_eq(argv[1], "--") ? 2 : 1;
    int64_t n = 0;
    if (first >= argc)
        return shell_builtin_error(sh, "expression expected");
    for (int i = first; i < argc; i++)
        if (arith_eval_text(sh, span_of(argv[i]), &n))
            return 1;
    return n == 0;
}

/* history.c: history and fc as they answer in a script, where no history is kept. */
#include <string.h>

#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "user/out.h"

int builtin_history(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "acd:npsrw");
    bool print = false, drop = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'p': print = true; break;
        case 'd': drop = true; break;
        case 'a': case 'c': case 'n': case 's': case 'r': case 'w': break;
        default: return 2;
        }
    if (drop)
        return shell_builtin_error(sh, "%s: history position out of range",
                                   argv[o.next - 1]);
    if (print) {
        for (int i = o.next; i < argc; i++)
            outf("%s\n", argv[i]);
        return 0;
    }
    int64_t n;
    const char *rest;
    if (o.next < argc && argc == o.next + 1 && o.next == 1
        && (num_to_i64(argv[o.next], &n, &rest) || *rest))
        return shell_builtin_error(sh, "%s: numeric argument required", argv[o.next]);
    return 0;
}

int builtin_fc(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "e:lnrs");
    bool rerun = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 's': rerun = true; break;
        case 'e': case 'l': case 'n': case 'r': break;
        default: return 2;
        }
    return rerun ? shell_builtin_error(sh, "no command found") : 0;
}

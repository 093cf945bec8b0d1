/* enable.c: builtin and enable. */
#include "shell/builtins/builtin.h"
#include "shell/exec/exec.h"
#include "shell/shell.h"
#include "user/out.h"

int builtin_builtin(struct shell *sh, int argc, char **argv)
{
    int first = builtin_no_options(sh, argc, argv);
    if (first < 0)
        return 2;
    if (first >= argc)
        return 0;
    if (!builtin_find(sh, span_of(argv[first])))
        return shell_builtin_error(sh, "%s: not a shell builtin", argv[first]);
    return exec_argv(sh, argc - first, argv + first,
                     EXEC_NO_FUNCTIONS | EXEC_ONLY_BUILTINS);
}

/* Lists builtins: on and off ones, or special ones only. */
static void enable_list(struct shell *sh, bool on, bool off, bool special)
{
    size_t count;
    const struct builtin *table = builtin_table(&count);
    for (size_t i = 0; i < count; i++) {
        bool is_on = builtin_is_on(sh, &table[i]);
        if ((is_on ? on : off) && (!special || table[i].flags & BUILTIN_SPECIAL))
            outf("enable %s%s\n", is_on ? "" : "-n ", table[i].name);
    }
}

int builtin_enable(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "adnpsf:");
    bool all = false, off = false, print = false, special = false, drop = false;
    const char *file = NULL;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'a': all = true; break;
        case 'd': drop = true; break;
        case 'n': off = true; break;
        case 'p': print = true; break;
        case 's': special = true; break;
        case 'f': file = o.arg; break;
        default: return 2;
        }
    if ((file || drop) && shell_refuses(sh, NULL))
        return 1;
    if (file)
        return shell_builtin_error(sh,
                                   "cannot open shared object %s: %s: cannot open shared "
                                   "object file: No such file or directory",
                                   file, file);
    if (o.next >= argc || print) {
        enable_list(sh, all || !off, all || off, special);
        return 0;
    }
    int status = 0;
    for (int i = o.next; i < argc; i++) {
        const struct builtin *b = builtin_find_any(span_of(argv[i]));
        if (!b)
            status = shell_builtin_error(sh, "%s: not a shell builtin", argv[i]);
        else if (drop)
            status = shell_builtin_error(sh, "%s: not dynamically loaded", argv[i]);
        else if (!off && !builtin_is_on(sh, b) && shell_refuses(sh, NULL))
            status = 1;
        else
            builtin_switch(sh, b, !off);
    }
    return status;
}

/* exec.c: exec: becoming another program, or keeping redirections. */
#include <errno.h>
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/exec/external.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "user/path.h"
#include "sys.h"

/* What exec sees as argv[0] of the program; NULL: its own name. */
static const char *exec_name(struct shell *sh, const char *program, const char *name,
                             bool login)
{
    if (!login)
        return name;
    const char *base = name ? name : program;
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_char(&t, '-');
    scratch_text_add(&t, base, strlen(base));
    return scratch_text_end(&t).ptr;
}

int builtin_exec(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "cla:");
    static char *const none[] = {NULL};
    bool clear = false, login = false;
    const char *name = NULL;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'c': clear = true; break;
        case 'l': login = true; break;
        case 'a': name = o.arg; break;
        default: return BUILTIN_MISUSED;
        }
    if (o.next == argc) {
        sh->keep_redirects = true;
        return 0;
    }
    if (shell_refuses(sh, NULL))
        return 1;
    char **words = argv + o.next;
    if (!sh->subshell)
        external_lower_level(sh);
    int status = external_become(sh, words, exec_name(sh, words[0], name, login),
                                 clear ? (char **)none : NULL);
    if (!shell_shopt(sh, SHOPT_EXECFAIL) || sh->subshell) {
        sh->status = status;
        sh->flow = FLOW_EXIT;
    }
    return status;
}

/* flow.c: exit, return, break, continue, logout, shift. */
#include <stdint.h>

#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/exec.h"
#include "shell/exec/traps.h"
#include "shell/shell.h"
#include "shell/vars/params.h"
#include "user/out.h"

/* The number that a builtin takes; the default if it is left out. false: a message was
 * given. */
static bool flow_number(struct shell *sh, int argc, char **argv, int64_t *n)
{
    int at = 1;
    if (at < argc && str_eq(argv[at], "--"))
        at++;
    if (at >= argc)
        return true;
    if (num_to_i64_whole(argv[at], n)) {
        shell_builtin_error(sh, "%s: numeric argument required", argv[at]);
        sh->status = 2;
        return false;
    }
    if (at + 1 < argc) {
        shell_builtin_error(sh, "too many arguments");
        shell_discard_far(sh, 1);
        return false;
    }
    return true;
}

static bool flow_help(struct shell *sh, int argc, char **argv)
{
    if (argc != 2 || !str_eq(argv[1], "--help"))
        return false;
    builtin_show_help(sh, sh->builtin);
    return true;
}

/* A login shell says good-bye. */
static void flow_run_logout(struct shell *sh)
{
    options_shopt_set(&sh->options, SHOPT_LOGIN_SHELL, false); // once
    int status = sh->status;
    exec_source_if_there(sh, "~/.bash_logout");
    sh->status = status;
}

int builtin_exit(struct shell *sh, int argc, char **argv)
{
    int64_t status = sh->in_trap ? sh->trap_status : sh->status;
    if (flow_help(sh, argc, argv))
        return BUILTIN_MISUSED;
    if (!flow_number(sh, argc, argv, &status)) {
        if (sh->flow == FLOW_DISCARD)
            return 1;
        status = 2;
    }
    sh->status = (int)(status & 255);
    int err = out_flush();
    (void)err;
    if (UNLIKELY(shell_shopt(sh, SHOPT_LOGIN_SHELL)) && !sh->functions && !sh->subshell)
        flow_run_logout(sh);
    sh->flow = FLOW_EXIT;
    traps_run_exit(sh); // which sees the locals and redirections of here
    sh->flow = FLOW_EXIT;
    return sh->status;
}

int builtin_logout(struct shell *sh, int argc, char **argv)
{
    if (!shell_shopt(sh, SHOPT_LOGIN_SHELL))
        return shell_builtin_error(sh, "not login shell: use `exit'");
    return builtin_exit(sh, argc, argv);
}

int builtin_return(struct shell *sh, int argc, char **argv)
{
    int64_t status = sh->status;
    if (flow_help(sh, argc, argv))
        return BUILTIN_MISUSED;
    if (!flow_number(sh, argc, argv, &status)) {
        if (sh->flow == FLOW_DISCARD)
            return 1;
        status = 2;
    }
    if (!sh->functions && !sh->sources) {
        shell_builtin_error(sh, "can only `return' from a function or sourced script");
        return BUILTIN_MISUSED;
    }
    sh->flow = FLOW_RETURN;
    sh->return_before = sh->status;
    return sh->status = (int)(status & 255);
}

static int flow_leave(struct shell *sh, int argc, char **argv, enum flow flow)
{
    int64_t levels = 1;
    int before = sh->status;
    if (flow_help(sh, argc, argv))
        return BUILTIN_MISUSED;
    if (!sh->loops && shell_set(sh, SET_POSIX))
        return 0;
    if (!sh->loops) {
        shell_builtin_error(sh, "only meaningful in a `for', `while', or `until' loop");
        return 0;
    }
    if (!flow_number(sh, argc, argv, &levels))
        return sh->flow == FLOW_DISCARD ? 1 : shell_abort(sh, before | 128);
    if (levels <= 0) {
        shell_builtin_error(sh, "%s: loop count out of range", argv[argc - 1]);
        sh->flow = FLOW_BREAK;
        sh->flow_levels = sh->loops;
        return 1;
    }
    sh->flow = flow;
    sh->flow_levels = levels < sh->loops ? (int)levels : sh->loops;
    return 0;
}

int builtin_break(struct shell *sh, int argc, char **argv)
{
    return flow_leave(sh, argc, argv, FLOW_BREAK);
}

int builtin_continue(struct shell *sh, int argc, char **argv)
{
    return flow_leave(sh, argc, argv, FLOW_CONTINUE);
}

int builtin_shift(struct shell *sh, int argc, char **argv)
{
    int64_t count = 1;
    if (flow_help(sh, argc, argv))
        return BUILTIN_MISUSED;
    if (!flow_number(sh, argc, argv, &count))
        return 1;
    if (count < 0)
        return shell_builtin_error(sh, "%s: shift count out of range", argv[argc - 1]);
    if (count > INT32_MAX || params_shift(sh, (int)count)) {
        if (shell_shopt(sh, SHOPT_SHIFT_VERBOSE))
            shell_builtin_error(sh, "%s%sshift count out of range",
                                argc > 1 ? argv[argc - 1] : "", argc > 1 ? ": " : "");
        return 1;
    }
    return 0;
}

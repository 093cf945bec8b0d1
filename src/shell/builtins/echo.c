/* echo.c: the builtin echo, a front on user/echo.h. */
#include "user/echo.h"

#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "user/out.h"

int builtin_echo(struct shell *sh, int argc, char **argv)
{
    (void)argc;
    bool xpg = shell_shopt(sh, SHOPT_XPG_ECHO);
    echo_write(out_std(), argv + 1, xpg && shell_set(sh, SET_POSIX), xpg,
               !vars_is_utf8(sh));
    return 0;
}

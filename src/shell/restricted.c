/* restricted.c: what a restricted shell refuses (set -r, bash -r, rbash). See shell.h and
 * the bash manual, 6.10. */
#include <string.h>

#include "shell/shell.h"
#include "shell/vars/vars.h"

bool shell_refuses(struct shell *sh, const char *what)
{
    if (LIKELY(!shell_shopt(sh, SHOPT_RESTRICTED_SHELL)))
        return false;
    shell_builtin_error(sh, "%s%srestricted", what ? what : "", what ? ": " : "");
    return true;
}

bool shell_refuses_path(struct shell *sh, const char *path)
{
    return path && strchr(path, '/') && shell_refuses(sh, path);
}

void shell_restrict(struct shell *sh)
{
    static const unsigned names[] = {NAME_SHELL, NAME_PATH, NAME_HISTFILE, NAME_ENV,
                                     NAME_BASH_ENV};
    shell_shopt_set(sh, SHOPT_RESTRICTED_SHELL, true);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int err = var_change(sh, names[i], VAR_READONLY, 0, 0);
        (void)err; // it is reported
    }
}

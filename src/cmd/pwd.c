/* pwd.c: the working directory. Imitates GNU coreutils pwd. */
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"

int cmd_pwd(int argc, char **argv);

static const struct opt pwd_opts[] = {
    {"logical", 'L', OPT_PLAIN},
    {"physical", 'P', OPT_PLAIN},
    {0},
};

const struct cmd cmd_pwd_entry = {
    .name = "pwd",
    .usage = "",
    .help =
        "Write the full name of the working directory.\n"
        "\n"
        "  -L, --logical   use PWD of the environment, even if it has symbolic links\n"
        "  -P, --physical  without symbolic links (the default)\n",
    .main = cmd_pwd,
    .opts = pwd_opts,
};

/* PWD, if it names the working directory without "." and "..". */
static const char *pwd_logical(void)
{
    const char *path = env_get("PWD");
    struct sys_stat there, here;
    if (!path || *path != '/' || strstr(path, "/./") || strstr(path, "/../") ||
        str_ends(path, "/.") || str_ends(path, "/.."))
        return NULL;
    if (sys_stat(path, &there) || sys_stat(".", &here) || there.ino != here.ino ||
        there.dev != here.dev)
        return NULL;
    return path;
}

int cmd_pwd(int argc, char **argv)
{
    bool logical = env_get("POSIXLY_CORRECT") != NULL;
    struct opts o = opts_begin(&cmd_pwd_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return 1;
        logical = c == 'L';
    }
    if (o.count)
        msg_warn("ignoring non-option arguments");
    const char *path = logical ? pwd_logical() : NULL;
    if (!path)
        path = path_cwd();
    if (!path)
        return msg("cannot find the working directory");
    outf("%s\n", path);
    return 0;
}

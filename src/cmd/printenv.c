/* printenv.c: show variables of the environment. Imitates GNU coreutils printenv. */
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_printenv(int argc, char **argv);

enum { PRINTENV_FAILED = 2 };

static const struct opt printenv_opts[] = {
    {"null", '0', OPT_PLAIN},
    {0},
};

const struct cmd cmd_printenv_entry = {
    .name = "printenv",
    .usage = "[VARIABLE]...",
    .help =
        "Write the values of the VARIABLEs of the environment; without any, all of them.\n"
        "\n"
        "  -0, --null  end each line with NUL\n",
    .main = cmd_printenv,
    .opts = printenv_opts,
    .opts_flags = OPTS_STOP,
    .fail_status = PRINTENV_FAILED,
};

int cmd_printenv(int argc, char **argv)
{
    char end = '\n';
    struct opts o = opts_begin(&cmd_printenv_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return PRINTENV_FAILED;
        end = '\0';
    }
    int status = 0;
    if (!o.count)
        for (char **e = sys_environ(); *e; e++) {
            out_str(*e);
            out_char(end);
        }
    for (char **name = o.operands; *name; name++) {
        const char *value = strchr(*name, '=') ? NULL : env_get(*name);
        if (value) {
            out_str(value);
            out_char(end);
        } else {
            status = 1;
        }
    }
    return status;
}

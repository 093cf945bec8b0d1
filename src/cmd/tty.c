/* tty.c: whether standard input is a terminal. Imitates GNU coreutils tty. */
#include <stddef.h>

#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_tty(int argc, char **argv);

enum { TTY_NONE = 1, TTY_USAGE, TTY_WRITE };

static const struct opt tty_opts[] = {
    {"silent", 's', OPT_PLAIN},
    {"quiet", 's', OPT_PLAIN},
    {0},
};

const struct cmd cmd_tty_entry = {
    .name = "tty",
    .usage = "",
    .help = "Write the name of the terminal on standard input.\n"
            "\n"
            "  -s, --silent, --quiet  write nothing, only exit with 0 or 1\n",
    .main = cmd_tty,
    .opts = tty_opts,
    .fail_status = TTY_WRITE,
};

int cmd_tty(int argc, char **argv)
{
    bool silent = false;
    struct opts o = opts_begin(&cmd_tty_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return TTY_USAGE;
        silent = true;
    }
    if (o.count) {
        msg_usage("extra operand %s", quoted(o.operands[0]));
        return TTY_USAGE;
    }
    bool terminal = sys_isatty(0);
    if (!silent)
        out_str(terminal ? "/dev/tty\n" : "not a tty\n");
    return terminal ? 0 : TTY_NONE;
}

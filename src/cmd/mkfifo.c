/* mkfifo.c: make named pipes. Imitates GNU coreutils mkfifo. */
#include <stddef.h>

#include "sys.h"
#include "user/cmd.h"
#include "user/mode.h"
#include "user/msg.h"
#include "user/opts.h"

int cmd_mkfifo(int argc, char **argv);

static const struct opt mkfifo_opts[] = {
    {"mode", 'm', OPT_ARG},
    {0},
};

const struct cmd cmd_mkfifo_entry = {
    .name = "mkfifo",
    .usage = "NAME...",
    .help =
        "Make named pipes.\n"
        "\n"
        "  -m, --mode=MODE  set their permissions as chmod would, not rw less the umask\n",
    .main = cmd_mkfifo,
    .opts = mkfifo_opts,
};

int cmd_mkfifo(int argc, char **argv)
{
    const char *text = NULL;
    struct opts o = opts_begin(&cmd_mkfifo_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'm': text = o.arg; break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("missing operand");
    uint32_t mode = 0666;
    if (text) {
        unsigned umask = sys_umask(0);
        sys_umask(umask);
        if (mode_change(text, SYS_IFIFO | (0666 & ~umask), umask, &mode))
            return msg("invalid mode");
        if (mode & 07000)
            return msg("mode must specify only file permission bits");
        mode &= 0777;
    }
    int status = 0;
    for (char **name = o.operands; *name; name++) {
        int err = sys_mkfifo(*name, mode);
        if (err)
            status = msg_errno(err, "cannot create fifo %s", quoted_path(*name));
        else if (text && (err = sys_chmod(*name, mode)) != 0)
            status = msg_errno(err, "cannot set permissions of %s", quoted_path(*name));
    }
    return status;
}

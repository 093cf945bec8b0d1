/* nohup.c: run a command that ignores SIGHUP. Imitates GNU coreutils nohup. */
#include <errno.h>
#include <stddef.h>

#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/path.h"
#include "user/run.h"

int cmd_nohup(int argc, char **argv);

enum { NOHUP_FAILED = 125 };

const struct cmd cmd_nohup_entry = {
    .name = "nohup",
    .usage = "COMMAND [ARG]...",
    .help =
        "Run COMMAND, ignoring SIGHUP. What would go to a terminal goes to nohup.out.\n",
    .main = cmd_nohup,
    .opts_flags = OPTS_STOP,
    .fail_status = NOHUP_FAILED,
};

static int nohup_open(const char **name)
{
    unsigned flags = SYS_WRONLY | SYS_CREAT | SYS_APPEND;
    int fd = sys_open("nohup.out", flags, 0600);
    *name = "nohup.out";
    const char *home = env_get("HOME");
    if (fd < 0 && home) {
        *name = path_join(home, "nohup.out");
        fd = sys_open(*name, flags, 0600);
    }
    return fd;
}

/* Standard output and error go to a file where they are terminals. */
static int nohup_redirect(void)
{
    bool out = sys_isatty(1), error = sys_isatty(2);
    if (sys_isatty(0)) {
        int null = sys_open("/dev/null", SYS_WRONLY, 0),
            err = null < 0 ? null : sys_dup_to(null, 0, 0);
        if (err < 0)
            return err;
    }
    int fd = 1;
    if (out) {
        const char *name;
        fd = nohup_open(&name);
        if (fd < 0)
            return msg_errno(fd, "failed to open %s", quoted_path(name)), fd;
        msg_warn("ignoring input and appending output to %s", quoted_path(name));
        int err = sys_dup_to(fd, 1, 0);
        if (err < 0)
            return err;
    }
    if (!error)
        return 0;
    if (!out)
        msg_warn("redirecting stderr to stdout");
    int err = sys_dup_to(1, 2, 0);
    return err < 0 ? err : 0;
}

int cmd_nohup(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_nohup_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return NOHUP_FAILED;
    if (!o.count) {
        msg_usage("missing operand");
        return NOHUP_FAILED;
    }
    if (nohup_redirect())
        return NOHUP_FAILED;
    int err = sys_signal_set(SYS_SIGHUP, SYS_IGNORE);
    err = err ? err : run_exec(o.operands, sys_environ());
    msg_errno(err, "failed to run command %s", quoted_path(o.operands[0]));
    return run_fail_status(err);
}

/* setsid.c: run a program in a new session. Imitates setsid of util-linux. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/run.h"

int cmd_setsid(int argc, char **argv);

static const struct opt setsid_opts[] = {
    {"ctty", 'c', OPT_PLAIN},
    {"fork", 'f', OPT_PLAIN},
    {"wait", 'w', OPT_PLAIN},
    {0},
};

const struct cmd cmd_setsid_entry = {
    .name = "setsid",
    .usage = "PROGRAM [ARG]...",
    .help = "Run PROGRAM in a session of its own.\n"
            "\n"
            "  -c, --ctty  make the terminal the controlling one\n"
            "  -f, --fork  always as a child\n"
            "  -w, --wait  wait for it, and exit with its status\n",
    .main = cmd_setsid,
    .opts = setsid_opts,
    .opts_flags = OPTS_STOP,
};

/* Exec, or the status of what could not be run. */
static int setsid_exec(char **args)
{
    int err = sys_setsid();
    (void)err; // a new process leads no group yet
    err = run_exec(args, sys_environ());
    msg_errno(err, "failed to execute %s", args[0]);
    return run_fail_status(err);
}

/* The child has words of its own: the parent may be gone. */
static int setsid_child(void *skip) { return setsid_exec(sys_argv() + (uintptr_t)skip); }

static int setsid_wait(int pid)
{
    struct sys_ended ended;
    int got;
    do
        got = sys_wait(pid, 0, &ended);
    while (got == -EINTR);
    return got < 0 ? msg_errno(got, "waitpid failed") : ended.status;
}

int cmd_setsid(int argc, char **argv)
{
    bool fork = false, wait = false, terminal = false;
    struct opts o = opts_begin(&cmd_setsid_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'c': terminal = true; break;
        case 'f': fork = true; break;
        case 'w': wait = true; break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("no command specified");
    if (terminal && !sys_isatty(0))
        return msg_errno(ENOTTY, "failed to set the controlling terminal");
    void *skip = (void *)(uintptr_t)(o.operands - argv); // options are not reordered
    if (fork || sys_getpgid(0) == sys_getpid()) {
        struct sys_start start = {.place = wait ? SYS_RUN_NEXT : SYS_RUN_OFFER};
        int pid = sys_clone(setsid_child, skip, &start);
        if (pid < 0)
            return msg_errno(pid, "fork");
        return wait ? setsid_wait(pid) : 0;
    }
    return setsid_exec(o.operands);
}

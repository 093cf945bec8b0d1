/* timeout.c: run a command with a time limit. Imitates GNU coreutils timeout.
 *
 * Signals end the wait: SIGCHLD when the command has ended, others are passed on to
 * it. */
#include <errno.h>
#include <math.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/interval.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/run.h"
#include "user/signame.h"

int cmd_timeout(int argc, char **argv);

enum {
    TIMEOUT_TIMED_OUT = 124,
    TIMEOUT_FAILED = 125,
    TIMEOUT_FOREGROUND = 256,
    TIMEOUT_PRESERVE
};

static const struct opt timeout_opts[] = {
    {"kill-after", 'k', OPT_ARG},
    {"signal", 's', OPT_ARG},
    {"verbose", 'v', OPT_PLAIN},
    {"foreground", TIMEOUT_FOREGROUND, OPT_PLAIN},
    {"preserve-status", TIMEOUT_PRESERVE, OPT_PLAIN},
    {0},
};

const struct cmd cmd_timeout_entry = {
    .name = "timeout",
    .usage = "DURATION COMMAND [ARG]...",
    .help =
        "Run COMMAND, and end it if it is still running after DURATION (0: never).\n"
        "\n"
        "      --preserve-status     exit with the command's status even if it timed out\n"
        "      --foreground          signal the command only, not its children\n"
        "  -k, --kill-after=DURATION  send KILL if it is still running so long after\n"
        "  -s, --signal=SIGNAL       what to send on timeout (default TERM)\n"
        "  -v, --verbose             say which signal is sent\n"
        "\n"
        "DURATION is a number with suffix s (default), m, h or d. The status is 124 after a\n"
        "timeout, 125 if timeout fails, 126 and 127 if the command cannot be run or found.\n",
    .main = cmd_timeout,
    .opts = timeout_opts,
    .opts_flags = OPTS_STOP,
    .fail_status = TIMEOUT_FAILED,
};

struct timeout {
    double limit_s, kill_after_s;
    int signal;
    bool foreground, preserve, verbose, timed_out;
    const char *command;
    int pid;
};

static bool timeout_read_interval(const char *text, double *seconds)
{
    if (!interval_parse(text, seconds))
        return true;
    msg_usage("invalid time interval %s", quoted(text));
    return false;
}

static void timeout_send(const struct timeout *t, int sig)
{
    int err = sys_kill(t->pid, sig);
    if (!t->foreground) {
        if (sig != SYS_SIGKILL)
            err |= sys_signal_set(sig, SYS_IGNORE); // the group has us in it
        err |= sys_kill(0, sig);
    }
    (void)err; // it may have ended
}

static void timeout_expire(struct timeout *t, int sig)
{
    t->timed_out = true;
    if (t->verbose)
        msg_warn("sending signal %s to command %s", signame_of(sig), quoted(t->command));
    timeout_send(t, sig);
}

static int64_t timeout_deadline(double seconds)
{
    int64_t now = sys_clock(SYS_CLOCK_MONOTONIC);
    if (seconds <= 0 || seconds > 9e9)
        return INT64_MAX;
    return now + (int64_t)(seconds * 1e9);
}

/* Passes signals on, but for SIGCHLD. */
static void timeout_take_signals(const struct timeout *t)
{
    for (int sig; (sig = sys_signal_take()) != 0;)
        if (sig != SYS_SIGCHLD)
            timeout_send(t, sig);
}

static int timeout_sleep(int64_t deadline)
{
    return deadline == INT64_MAX ? sys_sleep((double)INFINITY)
                                 : sys_sleep_until(deadline);
}

static int timeout_wait(struct timeout *t, struct sys_ended *ended)
{
    int64_t deadline = timeout_deadline(t->limit_s);
    int sig = t->signal;
    for (;;) {
        int pid = sys_wait(t->pid, SYS_NOHANG, ended);
        if (pid)
            return pid < 0 ? pid : 0;
        if (timeout_sleep(deadline) == 0) {
            timeout_expire(t, sig);
            sig = SYS_SIGKILL;
            deadline = timeout_deadline(t->kill_after_s);
        }
        timeout_take_signals(t);
    }
}

static int timeout_status(const struct timeout *t, const struct sys_ended *ended)
{
    if (ended->signal && !t->timed_out)
        sys_exit_signal(ended->signal);
    bool killed = ended->signal == SYS_SIGKILL;
    return t->timed_out && !t->preserve && !killed ? TIMEOUT_TIMED_OUT : ended->status;
}

static void timeout_catch(int sig)
{
    int err = sys_signal_get(sig) == SYS_IGNORE && sig != SYS_SIGCHLD
                  ? 0
                  : sys_signal_set(sig, SYS_CATCH);
    (void)err; // KILL cannot be caught
}

static int timeout_run(struct timeout *t, char **args)
{
    static const int passed[] = {SYS_SIGALRM, SYS_SIGINT, SYS_SIGQUIT, SYS_SIGHUP,
                                 SYS_SIGTERM};
    if (!t->foreground) {
        int err = sys_setpgid(0, 0);
        (void)err; // a group leader already
    }
    struct sys_start start = {.place = SYS_RUN_NEXT};
    t->command = args[0];
    t->pid = run_start(args, sys_environ(), &start);
    if (t->pid < 0) {
        msg_errno(t->pid, "failed to run command %s", quoted(args[0]));
        return run_fail_status(t->pid);
    }
    for (size_t i = 0; i < COUNT_OF(passed); i++)
        timeout_catch(passed[i]);
    timeout_catch(t->signal);
    timeout_catch(SYS_SIGCHLD);
    struct sys_ended ended;
    int err = timeout_wait(t, &ended);
    if (err) {
        msg_errno(err, "error waiting for command");
        return TIMEOUT_FAILED;
    }
    return timeout_status(t, &ended);
}

int cmd_timeout(int argc, char **argv)
{
    struct timeout t = {.signal = SYS_SIGTERM};
    struct opts o = opts_begin(&cmd_timeout_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'k':
            if (!timeout_read_interval(o.arg, &t.kill_after_s))
                return TIMEOUT_FAILED;
            break;
        case 's':
            t.signal = signame_parse(o.arg);
            if (t.signal <= 0) {
                msg_usage("%s: invalid signal", quoted(o.arg));
                return TIMEOUT_FAILED;
            }
            break;
        case 'v': t.verbose = true; break;
        case TIMEOUT_FOREGROUND: t.foreground = true; break;
        case TIMEOUT_PRESERVE: t.preserve = true; break;
        default: return TIMEOUT_FAILED;
        }
    if (o.count < 2) {
        msg_try_help();
        return TIMEOUT_FAILED;
    }
    if (!timeout_read_interval(o.operands[0], &t.limit_s))
        return TIMEOUT_FAILED;
    return timeout_run(&t, o.operands + 1);
}

/* flock.c: run a command while holding a lock, or lock an open descriptor. Imitates flock
 * of util-linux. */
#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/str.h"
#include "base/vec.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/run.h"

int cmd_flock(int argc, char **argv);

enum {
    FLOCK_VERBOSE = 256,
    FLOCK_NB,
    FLOCK_USAGE = 64,
    FLOCK_BAD_DATA = 65,
    FLOCK_NO_INPUT = 66,
    FLOCK_OS_ERROR = 71,
    FLOCK_UNAVAILABLE = 69
};

static const struct opt flock_opts[] = {
    {"shared", 's', OPT_PLAIN},
    {"exclusive", 'x', OPT_PLAIN},
    {"unlock", 'u', OPT_PLAIN},
    {"nonblocking", FLOCK_NB, OPT_PLAIN},
    {"nb", FLOCK_NB, OPT_PLAIN},
    {"nonblock", 'n', OPT_PLAIN},
    {"timeout", 'w', OPT_ARG},
    {"wait", 'w', OPT_ARG},
    {"conflict-exit-code", 'E', OPT_ARG},
    {"close", 'o', OPT_PLAIN},
    {"no-fork", 'F', OPT_PLAIN},
    {"verbose", FLOCK_VERBOSE, OPT_PLAIN},
    {NULL, 'e', OPT_PLAIN},
    {0},
};

const struct cmd cmd_flock_entry = {
    .name = "flock",
    .usage = "FILE|DIRECTORY COMMAND [ARG]... | FILE|DIRECTORY -c COMMAND | NUMBER",
    .help =
        "Hold a lock on a file while COMMAND runs, or lock the open descriptor NUMBER.\n"
        "\n"
        "  -s, --shared                  a lock that many can have\n"
        "  -x, -e, --exclusive           a lock that one can have (the default)\n"
        "  -u, --unlock                  take a lock away\n"
        "  -n, --nonblock                fail rather than wait\n"
        "  -w, --timeout SECONDS         wait no longer than that\n"
        "  -E, --conflict-exit-code N    status if the lock is not to be had (default 1)\n"
        "  -o, --close                   close the descriptor before COMMAND runs\n"
        "  -c, --command COMMAND         run COMMAND by the shell\n"
        "  -F, --no-fork                 become COMMAND, do not wait for it\n"
        "      --verbose                 say what is done\n",
    .main = cmd_flock,
    .opts = flock_opts,
    .opts_flags = OPTS_STOP,
};

struct flock {
    int operation; // SYS_LOCK_*
    bool verbose, close, no_fork, has_timeout;
    double timeout_s;
    int conflict_status;
    const char *name;
};

/* ---- Locking ---------------------------------------------------------------------- */

/* Waits at most timeout_s, by trying again and again. */
static int flock_wait_until(const struct flock *f, int fd)
{
    int64_t deadline = f->timeout_s > 9e9 ? INT64_MAX
                                          : sys_clock(SYS_CLOCK_MONOTONIC) +
                                                (int64_t)(f->timeout_s * 1e9);
    int64_t pause = 500000; // ns
    for (;;) {
        int err = sys_flock(fd, f->operation | SYS_LOCK_NB);
        int64_t now = sys_clock(SYS_CLOCK_MONOTONIC);
        if (err != -EWOULDBLOCK || now >= deadline)
            return err;
        pause = int64_min(pause * 2, 50000000);
        err = sys_sleep_until(int64_min(deadline, now + pause));
        if (err && err != -EINTR)
            return err;
    }
}

static int flock_lock(const struct flock *f, int fd)
{
    int err;
    if (f->has_timeout && !(f->operation & SYS_LOCK_NB))
        return flock_wait_until(f, fd);
    do
        err = sys_flock(fd, f->operation);
    while (err == -EINTR);
    return err;
}

/* Gives 0 with the lock, or ends the process. */
static void flock_get(const struct flock *f, int fd)
{
    int64_t start = sys_clock(SYS_CLOCK_MONOTONIC);
    int err = flock_lock(f, fd);
    if (err == -EWOULDBLOCK) {
        bool timed_out = f->has_timeout && !(f->operation & SYS_LOCK_NB);
        if (f->verbose)
            msg(timed_out ? "timeout while waiting to get lock" : "failed to get lock");
        cmd_exit(f->conflict_status);
    }
    if (err) {
        msg_errno(err, "%s", f->name);
        cmd_exit(err == -EBADF ? FLOCK_BAD_DATA : FLOCK_OS_ERROR);
    }
    if (f->verbose) {
        int64_t us = (sys_clock(SYS_CLOCK_MONOTONIC) - start) / 1000;
        outf("%s: getting lock took %lld.%06lld seconds\n", msg_prefix(),
             (long long)(us / 1000000), (long long)(us % 1000000));
    }
}

/* ---- With a file and a command ---------------------------------------------------- */

static int flock_open(const struct flock *f)
{
    int fd = sys_open(f->name, SYS_RDONLY | SYS_CREAT, 0666);
    if (fd == -EISDIR)
        fd = sys_open(f->name, SYS_RDONLY, 0);
    if (fd >= 0)
        return fd;
    msg_errno(fd, "cannot open lock file %s", f->name);
    bool system = fd == -ENOMEM || fd == -EMFILE || fd == -ENFILE;
    cmd_exit(system                          ? FLOCK_OS_ERROR
             : fd == -EROFS || fd == -ENOSPC ? 73
                                             : FLOCK_NO_INPUT);
}

static int flock_failed(char **args, int err)
{
    msg_errno(err, "failed to execute %s", args[0]);
    return err == -ENOMEM ? FLOCK_OS_ERROR : FLOCK_UNAVAILABLE;
}

static int flock_run(const struct flock *f, char **args)
{
    int fd = flock_open(f);
    flock_get(f, fd);
    if (f->verbose)
        outf("%s: executing %s\n", msg_prefix(), args[0]);
    out_flush();
    int err;
    if (f->no_fork) {
        err = run_exec(args, sys_environ());
    } else {
        if (f->close) {
            err = sys_fd_set_flags(fd, SYS_CLOEXEC); // we still hold it
            (void)err;
        }
        err = run_wait(args, sys_environ());
    }
    return err < 0 ? flock_failed(args, err) : err;
}

/* The command of -c, for the shell. */
static char **flock_shell_args(const char *command)
{
    const char *shell = env_get("SHELL");
    struct strlist args = strlist_make(sys_heap());
    strlist_add_str(&args, shell && *shell ? shell : "/bin/sh");
    strlist_add_str(&args, "-c");
    strlist_add_str(&args, command);
    return strlist_argv(&args); // for the rest of the process's life
}

/* ---- Options ---------------------------------------------------------------------- */

static bool flock_read_number(struct flock *f, int c, const char *arg)
{
    const char *rest = "";
    if (c == 'w') {
        f->has_timeout = true;
        if (num_to_double(arg, &f->timeout_s, &rest) || *rest) {
            msg("invalid timeout value: '%s'", arg);
            return false;
        }
        if (f->timeout_s < 0) {
            msg_errno(EINVAL, "cannot set up timer");
            cmd_exit(FLOCK_OS_ERROR);
        }
        return true;
    }
    if (num_to_int(arg, &f->conflict_status)) {
        msg("invalid exit code: '%s'", arg);
        return false;
    }
    if (f->conflict_status < 0 || f->conflict_status > 255) {
        msg("exit code out of range (expected 0 to 255)");
        return false;
    }
    return true;
}

static int flock_read_options(struct flock *f, struct opts *o)
{
    int nonblock = 0;
    for (int c; (c = opts_next(o)) != OPTS_END;)
        switch (c) {
        case 's': f->operation = SYS_LOCK_SH; break;
        case 'x':
        case 'e': f->operation = SYS_LOCK_EX; break;
        case 'u': f->operation = SYS_LOCK_UN; break;
        case FLOCK_NB:
        case 'n': nonblock = SYS_LOCK_NB; break;
        case 'o': f->close = true; break;
        case 'F': f->no_fork = true; break;
        case FLOCK_VERBOSE: f->verbose = true; break;
        case 'w':
        case 'E':
            if (!flock_read_number(f, c, o->arg))
                return FLOCK_USAGE;
            break;
        default: return FLOCK_USAGE;
        }
    f->operation |= nonblock;
    return 0;
}

static int flock_descriptor(const struct flock *f)
{
    int fd;
    if (num_to_int(f->name, &fd) || fd < 0) {
        msg("bad file descriptor: '%s'", f->name);
        return FLOCK_USAGE;
    }
    flock_get(f, fd);
    return 0;
}

int cmd_flock(int argc, char **argv)
{
    struct flock f = {.operation = SYS_LOCK_EX, .conflict_status = 1};
    if (argc < 2) {
        msg_usage("not enough arguments");
        return FLOCK_USAGE;
    }
    struct opts o = opts_begin(&cmd_flock_entry, argc, argv);
    int status = flock_read_options(&f, &o);
    if (status)
        return status;
    if (f.no_fork && f.close) {
        msg("the --no-fork and --close options are incompatible");
        return FLOCK_USAGE;
    }
    char **args = o.operands;
    f.name = args[0];
    if (!o.count) {
        msg("requires file descriptor, file or directory");
        return FLOCK_USAGE;
    }
    if (o.count == 1)
        return flock_descriptor(&f);
    if (!str_eq(args[1], "-c") && !str_eq(args[1], "--command"))
        return flock_run(&f, args + 1);
    if (o.count != 3) {
        msg("%s requires exactly one command argument", args[1]);
        return FLOCK_USAGE;
    }
    return flock_run(&f, flock_shell_args(args[2]));
}

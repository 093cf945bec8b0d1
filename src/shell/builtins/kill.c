/* kill.c: kill. */
#include <errno.h>

#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/jobs.h"
#include "shell/exec/traps.h"
#include "shell/exec/waiting.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/out.h"
#include "user/signame.h"

static int kill_bad_signal(struct shell *sh, const char *text)
{
    return shell_builtin_error(sh, "%s: invalid signal specification", text);
}

/* ---- kill -l ---------------------------------------------------------------------- */

/* A number is answered by a name, a name by a number; a status is taken as that of a
 * signal's end. */
static int kill_list_one(struct shell *sh, const char *text)
{
    int n;
    if (num_to_int(text, &n)) {
        int sig = signame_find(text);
        if (sig < 0)
            return kill_bad_signal(sh, text);
        outf("%d\n", sig);
        return 0;
    }
    if (n > 128)
        n -= 128;
    if (n < 0 || n >= SYS_SIGNALS)
        return kill_bad_signal(sh, text);
    const char *name = signame_of(n);
    if (name)
        outf("%s\n", name);
    return 0;
}

/* All names in one line, as posix mode has it. */
static void kill_list_names(void)
{
    for (int sig = 1; sig < SYS_SIGNALS; sig++)
        if (signame_of(sig))
            outf("%s%s", sig > 1 ? " " : "", signame_of(sig));
    out_char('\n');
}

static int kill_list(struct shell *sh, int count, char **words)
{
    int status = 0;
    if (!count && shell_set(sh, SET_POSIX))
        kill_list_names();
    else if (!count)
        signame_write_table(out_std());
    for (int i = 0; i < count; i++)
        if (kill_list_one(sh, words[i]))
            status = 1;
    return status;
}

/* ---- Sending ---------------------------------------------------------------------- */

static int kill_pid(struct shell *sh, int pid, int sig)
{
    int err = sys_kill(pid, sig);
    return err ? shell_builtin_error(sh, "(%d) - %s", pid, errtext(err)) : 0;
}

/* All processes of a job. */
static int kill_job(struct shell *sh, const struct job *job, int sig)
{
    int status = 1;
    if (job->pgid)
        return kill_pid(sh, -job->pgid, sig);
    for (unsigned i = 0; i < job->count; i++)
        if (!job->processes[i].done && !sys_kill(job->processes[i].pid, sig))
            status = 0;
    return status
               ? shell_builtin_error(sh, "(%d) - %s", job_last_pid(job), errtext(ESRCH))
               : 0;
}

static int kill_one(struct shell *sh, const char *text, int sig)
{
    int pid, err = -1;
    if (*text == '%') {
        struct job *job = jobs_find_spec(sh, text, &err);
        if (job)
            return kill_job(sh, job, sig);
        if (err == -2)
            return shell_builtin_error(sh, "%s: ambiguous job spec", text + 1);
        return shell_builtin_error(sh, "%s: no such job", text);
    }
    if (!*text)
        return shell_builtin_error(sh, "`%s': not a pid or valid job spec", text);
    if (num_to_int(text, &pid))
        return shell_builtin_error(sh, "%s: arguments must be process or job IDs", text);
    return kill_pid(sh, pid, sig);
}

/* The signal that the options name; -1: an error was reported, -2: with the usage.
 * *at: the first operand. -l is answered through *list. */
static int kill_options(struct shell *sh, int argc, char **argv, int *at, bool *list)
{
    int sig = SYS_SIGTERM;
    for (; *at < argc; ++*at) {
        const char *word = argv[*at], *name = word + 1;
        if (str_eq(word, "-l") || str_eq(word, "-L")) {
            *list = true;
            continue;
        }
        if (str_eq(word, "--")) {
            ++*at;
            return sig;
        }
        if (word[0] != '-' || !word[1])
            return sig;
        if (word[1] == 's' || word[1] == 'n') {
            name = word[2] ? word + 2 : argv[++*at];
            if (!name) {
                shell_builtin_error(sh, "%.2s: option requires an argument", word);
                return -1;
            }
        }
        sig = signame_parse(name);
        if (sig < 0) {
            kill_bad_signal(sh, name);
            return -1;
        }
    }
    return sig;
}

int builtin_kill(struct shell *sh, int argc, char **argv)
{
    int at = 1;
    bool list = false;
    if (argc < 2)
        return builtin_usage(sh);
    if (str_eq(argv[1], "--help")) {
        builtin_show_help(sh, sh->builtin);
        return 2;
    }
    int sig = kill_options(sh, argc, argv, &at, &list);
    if (sig < 0)
        return 1;
    if (list)
        return kill_list(sh, argc - at, argv + at);
    if (at >= argc)
        return builtin_usage(sh);
    wait_reap(sh);
    int status = 1;
    for (int i = at; i < argc; i++)
        if (!kill_one(sh, argv[i], sig))
            status = 0;
    return status;
}

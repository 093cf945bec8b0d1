/* jobs.c: jobs, disown, fg, bg, suspend. */
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/exec.h"
#include "shell/exec/jobs.h"
#include "shell/exec/waiting.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/out.h"

/* ---- jobs ------------------------------------------------------------------------- */

struct jobs_how {
    enum job_form form;
    bool running, stopped, changed; // -r, -s, -n
};

static void jobs_show(struct shell *sh, struct job *job, const struct jobs_how *how)
{
    if ((how->running && !job->left) || how->stopped || (how->changed && !job->changed))
        return;
    struct buf b = buf_make(sys_heap());
    job_add_text(sh, job, how->form, &b);
    out_span(buf_span(&b));
    buf_fini(&b);
    job->changed = false;
    if (!job->left && how->form != JOB_PIDS)
        jobs_mark_reported(sh, job);
}

static int jobs_bad(struct shell *sh, const char *text, int err)
{
    if (err == -2)
        shell_builtin_error(sh, "%s: ambiguous job spec", *text == '%' ? text + 1 : text);
    return shell_builtin_error(sh, "%s: no such job", text);
}

static int jobs_show_some(struct shell *sh, int count, char **specs,
                          const struct jobs_how *how)
{
    int status = 0;
    for (int i = 0; i < count; i++) {
        int err;
        struct job *job = jobs_find_spec(sh, specs[i], &err);
        if (job)
            jobs_show(sh, job, how);
        else
            status = jobs_bad(sh, specs[i], err);
    }
    return status;
}

/* jobs -x cmd %1: with the process group in place of each job; without job control
 * that is the shell's. */
static int jobs_run(struct shell *sh, int count, char **words)
{
    if (!count)
        return 0;
    char **argv = scratch_alloc(sh->scratch, ((size_t)count + 1) * sizeof *argv);
    for (int i = 0; i < count; i++) {
        int err;
        struct job *job = *words[i] == '%' ? jobs_find_spec(sh, words[i], &err) : NULL;
        argv[i] = words[i];
        if (job) {
            argv[i] = scratch_alloc(sh->scratch, 24);
            num_from_i64(argv[i], job->pgid ? job->pgid : sys_getpgid(0));
        }
    }
    argv[count] = NULL;
    return exec_argv(sh, count, argv, 0);
}

int builtin_jobs(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "lpnxrs");
    struct jobs_how how = {.form = JOB_PLAIN};
    bool run = false;
    for (int c; !run && (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'l': how.form = JOB_LONG; break;
        case 'p': how.form = JOB_PIDS; break;
        case 'n': how.changed = true; break;
        case 'r': how.running = true; break;
        case 's': how.stopped = true; break;
        case 'x': run = true; break;
        default: return 2;
        }
    int count = argc - o.next;
    char **words = argv + o.next;
    if (run)
        return jobs_run(sh, count, words);
    jobs_drop_reported(sh);
    wait_notify(sh);
    if (count)
        return jobs_show_some(sh, count, words, &how);
    struct job *next;
    for (struct job *job = jobs_next(sh, 1); job; job = next) {
        next = jobs_next(sh, job->number + 1);
        jobs_show(sh, job, &how);
    }
    return 0;
}

/* ---- disown ----------------------------------------------------------------------- */

static struct job *jobs_of_word(struct shell *sh, const char *text, int *err)
{
    int pid;
    if (*text != '%' && char_is_digit(*text) && !num_to_int(text, &pid))
        return jobs_find_pid(sh, pid);
    return jobs_find_spec(sh, text, err);
}

static void disown_one(struct shell *sh, struct job *job, bool mark)
{
    if (mark)
        job->no_hangup = true;
    else
        jobs_remove(sh, job, true);
}

static void disown_all(struct shell *sh, bool mark, bool running)
{
    struct job *next;
    for (struct job *job = jobs_next(sh, 1); job; job = next) {
        next = jobs_next(sh, job->number + 1);
        if (!running || job->left)
            disown_one(sh, job, mark);
    }
}

int builtin_disown(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "ahr");
    bool all = false, mark = false, running = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'a': all = true; break;
        case 'h': mark = true; break;
        case 'r': running = true; break;
        default: return 2;
        }
    int status = 0, err = -1;
    wait_reap(sh);
    if (o.next == argc && (all || running)) {
        disown_all(sh, mark, running);
        return 0;
    }
    if (o.next == argc) {
        struct job *job = jobs_find_spec(sh, "%", &err);
        if (!job || !job->left)
            return shell_builtin_error(sh, "current: no such job");
        disown_one(sh, job, mark);
    }
    for (int i = o.next; i < argc; i++) {
        struct job *job = jobs_of_word(sh, argv[i], &err);
        if (job)
            disown_one(sh, job, mark);
        else
            status = jobs_bad(sh, argv[i], err);
    }
    return status;
}

/* ---- What needs job control ------------------------------------------------------- */

static int jobs_no_control(struct shell *sh, int argc, char **argv)
{
    if (builtin_no_options(sh, argc, argv) < 0)
        return 2;
    return shell_builtin_error(sh, "no job control");
}

int builtin_fg(struct shell *sh, int argc, char **argv)
{
    return jobs_no_control(sh, argc, argv);
}
int builtin_bg(struct shell *sh, int argc, char **argv)
{
    return jobs_no_control(sh, argc, argv);
}

int builtin_suspend(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "f");
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        if (c != 'f')
            return 2;
    return shell_builtin_error(sh, "cannot suspend: no job control");
}

/* wait.c: wait. */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/jobs.h"
#include "shell/exec/traps.h"
#include "shell/exec/waiting.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"

enum { WAIT_NONE = 127 };

struct wait {
    bool next;       // -n
    const char *var; // -p
    int pid;         // that the status is of, for -p; 0: none
};

/* A trapped signal ended the wait: 128 + its number; its action runs after the
 * builtin. */
static int wait_interrupted(const struct shell *sh)
{
    return 128 + __builtin_ctzll(sh->signals) + 1;
}

/* Blocks until some child ends. False: interrupted, or there is none left. */
static bool wait_once(struct shell *sh, int *status)
{
    int err = wait_any(sh);
    if (!err)
        traps_run_children(sh); // as each child ends
    traps_fetch(sh);
    if (sh->signals) {
        *status = wait_interrupted(sh);
        return false;
    }
    return !err && sh->flow == FLOW_NORMAL;
}

/* ---- wait ------------------------------------------------------------------------- */

static int wait_all(struct shell *sh)
{
    int status = 0;
    jobs_forget_remembered(sh);
    while (jobs_running(sh))
        if (!wait_once(sh, &status))
            break;
    wait_notify(sh);
    if (status)
        return status;
    struct job *next;
    for (struct job *job = jobs_next(sh, 1); job; job = next) {
        next = jobs_next(sh, job->number + 1);
        if (!job->left)
            jobs_remove(sh, job, false);
    }
    return sh->flow == FLOW_NORMAL ? 0 : sh->status;
}

/* ---- wait ID... ------------------------------------------------------------------- */

/* A job until it is done. Its status, or that of an interruption. */
static int wait_for_job(struct shell *sh, struct job *job, struct wait *w)
{
    int status = WAIT_NONE, number = job->number, pid = job_last_pid(job);
    job->ours = true;
    while (job->left)
        if (!wait_once(sh, &status)) {
            job->ours = false;
            return status;
        }
    if (number && job->died)
        wait_report_background(sh, job);
    w->pid = pid;
    status = job_status(job);
    jobs_remove(sh, job, true);
    return status;
}

/* One process, which may not be the last of its pipeline. */
static int wait_for_process(struct shell *sh, struct job *job, int pid, struct wait *w)
{
    int status = WAIT_NONE;
    if (pid == job_last_pid(job))
        return wait_for_job(sh, job, w);
    for (unsigned i = 0; i < job->count; i++) {
        if (job->processes[i].pid != pid)
            continue;
        while (!job->processes[i].done)
            if (!wait_once(sh, &status))
                return status;
        w->pid = pid;
        return job->processes[i].status;
    }
    return status;
}

static int wait_for_pid(struct shell *sh, int pid, struct wait *w)
{
    int status;
    struct job *job = jobs_find_pid(sh, pid);
    if (job)
        return wait_for_process(sh, job, pid, w);
    if (jobs_remembered(sh, pid, &status)) {
        w->pid = pid;
        return status;
    }
    job = jobs_find_disowned(sh, pid);
    if (job) {
        status = wait_for_job(sh, job, w);
        // as bash, which has lost the status
        return status > 128 && sh->signals ? status : 0;
    }
    shell_builtin_error(sh, "pid %d is not a child of this shell", pid);
    return WAIT_NONE;
}

static int wait_for(struct shell *sh, const char *text, struct wait *w)
{
    int pid, err;
    if (*text == '%') {
        struct job *job = jobs_find_spec(sh, text, &err);
        if (job)
            return wait_for_job(sh, job, w);
        if (err == -2)
            shell_builtin_error(sh, "%s: ambiguous job spec", text + 1);
        else
            shell_builtin_error(sh, "%s: no such job", text);
        return WAIT_NONE;
    }
    if (!char_is_digit(*text) || num_to_int(text, &pid))
        return shell_builtin_error(sh, "`%s': not a pid or valid job spec", text);
    return wait_for_pid(sh, pid, w);
}

/* ---- wait -n ---------------------------------------------------------------------- */

/* The jobs that ids mean, in scratch memory; those that mean none are reported. */
static size_t wait_find_jobs(struct shell *sh, char **ids, int count, struct job **jobs)
{
    size_t found = 0;
    for (int i = 0; i < count; i++) {
        int pid, err;
        struct job *job = NULL;
        if (*ids[i] == '%')
            job = jobs_find_spec(sh, ids[i], &err);
        else if (char_is_digit(*ids[i]) && !num_to_int(ids[i], &pid))
            job = jobs_find_pid(sh, pid);
        if (job)
            jobs[found++] = job;
        else
            shell_builtin_error(sh, "%s: no such job", ids[i]);
    }
    return found;
}

static struct job *wait_ended_of(struct job *const *jobs, size_t count)
{
    struct job *first = NULL;
    for (size_t i = 0; i < count; i++)
        if (!jobs[i]->left && (!first || jobs[i]->number < first->number))
            first = jobs[i];
    return first;
}

static int wait_take(struct shell *sh, struct job *job, struct wait *w)
{
    int status = job_status(job);
    w->pid = job_last_pid(job);
    if (job->died)
        wait_report_background(sh, job);
    jobs_remove(sh, job, true);
    return status;
}

static int wait_next_of(struct shell *sh, char **ids, int count, struct wait *w)
{
    struct job **jobs = scratch_alloc(sh->scratch, (size_t)count * sizeof(struct job *));
    size_t found = wait_find_jobs(sh, ids, count, jobs);
    int status = WAIT_NONE;
    struct job *job;
    if (!found)
        return status;
    wait_reap(sh);
    while (!(job = wait_ended_of(jobs, found)))
        if (!wait_once(sh, &status))
            return status;
    return wait_take(sh, job, w);
}

static int wait_next(struct shell *sh, struct wait *w)
{
    int status = WAIT_NONE;
    struct job *job;
    wait_reap(sh);
    while (!(job = jobs_first_ended(sh))) {
        if (!jobs_running(sh) || !wait_once(sh, &status))
            return status;
    }
    return wait_take(sh, job, w);
}

/* ---- The builtin ------------------------------------------------------------------ */

static int wait_run(struct shell *sh, struct wait *w, int count, char **ids)
{
    if (w->next)
        return count ? wait_next_of(sh, ids, count, w) : wait_next(sh, w);
    if (!count)
        return wait_all(sh);
    int status = 0;
    for (int i = 0; i < count && !sh->signals && sh->flow == FLOW_NORMAL; i++)
        status = wait_for(sh, ids[i], w);
    wait_notify(sh);
    return status;
}

static int wait_set_var(struct shell *sh, const struct wait *w)
{
    char text[24];
    if (!w->pid)
        return 0;
    size_t len = num_from_i64(text, w->pid);
    return place_set_text(sh, span_of(w->var), span_make(text, len));
}

int builtin_wait(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "fnp:");
    struct wait w = {0};
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'f': break; // without job control a wait is always for the end
        case 'n': w.next = true; break;
        case 'p': w.var = o.arg; break;
        default: return 2;
        }
    if (w.var) {
        struct place place;
        if (place_parse(sh, span_of(w.var), &place))
            return shell_builtin_error(sh, "`%s': not a valid identifier", w.var);
        if (place_unset(sh, &place))
            return 1;
    }
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int status = wait_run(sh, &w, argc - o.next, argv + o.next);
    if (w.var && wait_set_var(sh, &w))
        status = 1;
    scratch_release(sh->scratch, mark);
    return sh->flow == FLOW_NORMAL ? status : sh->status;
}

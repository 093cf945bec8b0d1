/* jobs_print.c: jobs as text, as `jobs` and messages show them. */
#include <stddef.h>

#include "base/buf.h"
#include "shell/exec/jobs.h"
#include "shell/shell.h"
#include "shell/syntax/print.h"
#include "sys.h"
#include "user/signame.h"

enum { JOB_STATE_WIDTH = 24 };

void job_add_command(struct shell *sh, const struct job *job, struct buf *b)
{
    (void)sh;
    if (job->node)
        print_command(b, job->node);
}

/* "Running", "Done", "Exit 3", "Killed"; not padded. */
static void job_add_state(const struct job *job, const struct job_process *p, bool own,
                          struct buf *b)
{
    if (job->left && !own)
        buf_add_str(b, "Running");
    else if (p->signal)
        buf_add_str(b, signame_text(p->signal));
    else if (p->status)
        buf_addf(b, "Exit %d", p->status);
    else
        buf_add_str(b, "Done");
}

static void job_add_padded_state(const struct job *job, const struct job_process *p,
                                 bool own, struct buf *b)
{
    size_t from = b->len;
    job_add_state(job, p, own, b);
    size_t len = b->len - from;
    buf_add_repeated(b, ' ', len < JOB_STATE_WIDTH ? JOB_STATE_WIDTH - len : 0);
}

static bool job_same_state(const struct job_process *a, const struct job_process *b)
{
    return a->done == b->done &&
           (!a->done || (a->status == b->status && a->signal == b->signal));
}

/* One line for each process. */
static void job_add_processes(const struct job *job, enum job_form form, struct buf *b)
{
    for (unsigned i = 0; i < job->count; i++) {
        const struct job_process *p = &job->processes[i];
        if (i)
            buf_add_str(b, "     ");
        buf_addf(b, "%5d ", p->pid);
        if (i && job_same_state(p, &job->processes[0]))
            buf_add_repeated(b, ' ', JOB_STATE_WIDTH);
        else
            job_add_padded_state(job, p, form == JOB_DIED, b);
        if (i)
            buf_add_str(b, "| ");
        if (p->node)
            print_command(b, p->node);
        if (i + 1 < job->count)
            buf_add_char(b, '\n');
    }
}

void job_add_text(struct shell *sh, const struct job *job, enum job_form form,
                  struct buf *b)
{
    if (form == JOB_PIDS) {
        buf_addf(b, "%d\n", job->processes[0].pid);
        return;
    }
    if (form != JOB_DIED)
        buf_addf(b, "[%d]%c ", job->number, job_mark(sh, job));
    if (form == JOB_PLAIN) {
        buf_add_char(b, ' ');
        job_add_padded_state(job, &job->processes[job->count - 1], false, b);
        job_add_command(sh, job, b);
    } else {
        job_add_processes(job, form, b);
    }
    if (job->left)
        buf_add_str(b, " &");
    buf_add_char(b, '\n');
}

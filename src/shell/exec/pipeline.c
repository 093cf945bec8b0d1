/* pipeline.c: pipelines, in the foreground and as jobs.
 *
 * All stages are started before any is waited for. Each is a process; with lastpipe
 * the last one of a foreground pipeline is this shell. */
#include "shell/exec/pipeline.h"

#include "shell/exec/exec.h"
#include "shell/exec/jobs.h"
#include "shell/exec/redirect.h"
#include "shell/exec/simple.h"
#include "shell/exec/subshell.h"
#include "shell/exec/timing.h"
#include "shell/exec/traps.h"
#include "shell/exec/waiting.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "sys.h"

/* A pipeline while its stages are started. */
struct pipeline {
    const struct node_pipeline *tree;
    struct job *job;
    unsigned started;
    int input; // read end for the next stage; -1: standard input
    bool background;
};

static int pipeline_group(struct shell *sh, const struct pipeline *p)
{
    if (!p->background || !shell_set(sh, SET_MONITOR))
        return 0;
    return p->job->pgid ? p->job->pgid : -1;
}

/* A simple command is about to run in a process of its own: the shell is where DEBUG's
 * action runs. */
static void pipeline_note(struct shell *sh, const struct node *node)
{
    if (!node || node->kind != NODE_SIMPLE || sh->in_trap)
        return;
    sh->line = (int)node->line;
    shell_note_command(sh, node);
    if (UNLIKELY(sh->traps != NULL))
        traps_run_debug(sh);
}

/* Starts the next stage with its standard output at `output` (-1: as it is). `other`
 * is the end of that pipe that it is to close. */
static int pipeline_start_stage(struct shell *sh, struct pipeline *p, int output,
                                int other)
{
    const struct node *node = p->tree->stages[p->started];
    pipeline_note(sh, node);
    struct child child =
        subshell_child(p->background ? CHILD_BACKGROUND : CHILD_STAGE, node);
    child.in = p->input;
    child.out = output;
    child.close = &other;
    child.close_count = 1;
    enum sys_place place = p->background ? SYS_RUN_OFFER : SYS_RUN_LOCAL;
    int pid = subshell_start(sh, &child, NULL, place, pipeline_group(sh, p));
    if (pid < 0)
        return pid;
    jobs_add_process(sh, p->job, pid, node);
    if (p->background && shell_set(sh, SET_MONITOR) && !p->job->pgid)
        p->job->pgid = pid;
    p->started++;
    return 0;
}

static void pipeline_drop_input(struct pipeline *p)
{
    if (p->input >= 0)
        sys_close(p->input);
    p->input = -1;
}

/* Starts count stages; p->input is what the one after them would read. */
static int pipeline_start(struct shell *sh, struct pipeline *p, unsigned count)
{
    while (p->started < count) {
        int fds[2] = {-1, -1};
        bool last = p->started + 1 == p->tree->count;
        int err = last ? 0 : sys_pipe(fds, 0);
        if (err) {
            shell_errno(sh, err, "pipe error");
            shell_abort(sh, 254);
        } else {
            err = pipeline_start_stage(sh, p, fds[1], fds[0]);
        }
        if (fds[1] >= 0)
            sys_close(fds[1]);
        pipeline_drop_input(p);
        p->input = fds[0];
        if (err) {
            pipeline_drop_input(p);
            return err;
        }
    }
    return 0;
}

/* The status of the whole by the statuses of its parts. */
static int pipeline_status(struct shell *sh, const int *statuses, size_t count)
{
    size_t i = count - 1;
    if (shell_set(sh, SET_PIPEFAIL))
        while (i && !statuses[i])
            i--;
    return shell_set(sh, SET_PIPEFAIL) && !statuses[i] ? 0 : statuses[i];
}

/* A ( ) at the end that failed: ERR's action for it comes before the pipeline's own. */
static void pipeline_note_subshell(struct shell *sh, const struct pipeline *p)
{
    const struct node *last = p->tree->stages[p->tree->count - 1];
    if (last->kind != NODE_SUBSHELL || sh->quiet || p->tree->flags & PIPELINE_NOT)
        return;
    int status = sh->status;
    sh->status = p->job->processes[p->job->count - 1].status;
    if (sh->status)
        traps_run_error(sh);
    sh->status = status;
}

static void pipeline_finish(struct shell *sh, struct pipeline *p, const int *own)
{
    struct job *job = p->job;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    wait_job(sh, job);
    size_t count = job->count + (own ? 1u : 0u);
    int *statuses = scratch_alloc(sh->scratch, count * sizeof *statuses);
    for (unsigned i = 0; i < job->count; i++)
        statuses[i] = job->processes[i].status;
    if (own)
        statuses[job->count] = *own;
    sh->status = pipeline_status(sh, statuses, count);
    shell_set_pipestatuses(sh, statuses, count);
    scratch_release(sh->scratch, mark);
    if (!own) {
        pipeline_note_subshell(sh, p);
        wait_report_foreground(sh, job);
    }
    jobs_remove(sh, job, false);
    wait_notify(sh);
}

/* The last stage in this shell: lastpipe. */
static void pipeline_run_last(struct shell *sh, struct pipeline *p)
{
    size_t mark = redirect_mark(sh);
    int err = redirect_move(sh, p->input, 0);
    p->input = -1;
    if (err)
        shell_errno(sh, err, "lastpipe");
    else
        exec_node(sh, p->tree->stages[p->tree->count - 1]);
    redirect_undo(sh, mark);
    int status = sh->status;
    enum flow flow = sh->flow;
    pipeline_finish(sh, p, &status);
    if (flow != FLOW_NORMAL) {
        sh->flow = flow;
        sh->status = status;
    }
}

/* Some stages could not be started: those that were get the end of their input, and
 * are waited for. */
static int pipeline_give_up(struct shell *sh, struct pipeline *p)
{
    int status = sh->status;
    if (p->job->count) {
        wait_job(sh, p->job);
        jobs_remove(sh, p->job, false);
    } else {
        jobs_discard(sh, p->job);
    }
    return sh->status = status;
}

static int pipeline_run(struct shell *sh, const struct node *node)
{
    const struct node_pipeline *tree = &node->pipeline;
    bool lastpipe = shell_shopt(sh, SHOPT_LASTPIPE) && !shell_set(sh, SET_MONITOR);
    struct pipeline p = {.tree = tree, .input = -1};
    p.job = jobs_new(sh, tree->count, node, sh->script, false);
    if (pipeline_start(sh, &p, tree->count - (lastpipe ? 1 : 0)))
        return pipeline_give_up(sh, &p);
    if (lastpipe)
        pipeline_run_last(sh, &p);
    else
        pipeline_finish(sh, &p, NULL);
    return sh->status;
}

/* With flags, or of one stage that has them. */
static int pipeline_run_stages(struct shell *sh, const struct node *node)
{
    if (node->pipeline.count > 1)
        return pipeline_run(sh, node);
    if (node->pipeline.count == 1)
        return exec_node(sh, node->pipeline.stages[0]);
    return sh->status = 0; // time alone
}

static int pipeline_run_negated(struct shell *sh, const struct node *node)
{
    if (!(node->pipeline.flags & PIPELINE_NOT))
        return pipeline_run_stages(sh, node);
    const struct node *outer = sh->inverted;
    bool quiet = shell_set(sh, SET_ERREXIT); // bash looks at it only here
    sh->inverted = node->pipeline.count == 1 ? node->pipeline.stages[0] : NULL;
    sh->quiet += quiet;
    pipeline_run_stages(sh, node);
    sh->quiet -= quiet;
    sh->inverted = outer;
    if (sh->flow == FLOW_NORMAL)
        sh->status = !sh->status;
    return sh->status;
}

int exec_pipeline(struct shell *sh, const struct node *node)
{
    sh->line = (int)node->line;
    if (LIKELY(!(node->pipeline.flags & (PIPELINE_TIME | PIPELINE_TIME_POSIX))))
        return pipeline_run_negated(sh, node);
    struct timing t = timing_begin();
    pipeline_run_negated(sh, node);
    timing_report(sh, &t, node->pipeline.flags & PIPELINE_TIME_POSIX);
    return sh->status;
}

/* ---- Background ------------------------------------------------------------------- */

/* One process for the whole command. */
static int background_single(struct shell *sh, const struct node *body)
{
    pipeline_note(sh, body);
    struct child child = subshell_child(CHILD_BACKGROUND, body);
    child.null_input = !shell_set(sh, SET_MONITOR) && !sh->input_given &&
                       !redirect_has_input(body->redirects);
    int pid = subshell_start(sh, &child, NULL, SYS_RUN_OFFER,
                             shell_set(sh, SET_MONITOR) ? -1 : 0);
    if (pid < 0)
        return sh->status;
    struct job *job = jobs_new(sh, 1, body, sh->script, true);
    job->pgid = shell_set(sh, SET_MONITOR) ? pid : 0;
    jobs_add_process(sh, job, pid, body);
    sh->last_job_pid = pid;
    return sh->status = 0;
}

static int background_pipeline(struct shell *sh, const struct node *body)
{
    struct pipeline p = {.tree = &body->pipeline, .input = -1, .background = true};
    p.job = jobs_new(sh, body->pipeline.count, body, sh->script, true);
    if (pipeline_start(sh, &p, body->pipeline.count))
        return pipeline_give_up(sh, &p);
    sh->last_job_pid = job_last_pid(p.job);
    return sh->status = 0;
}

/* %1 & */
static bool background_resumes(const struct node *body)
{
    return body->kind == NODE_SIMPLE && body->simple.word_count &&
           !body->simple.assign_count && body->simple.words[0].raw.ptr[0] == '%';
}

int exec_background(struct shell *sh, const struct node *node)
{
    const struct node *body = node->body;
    sh->line = (int)node->line;
    if (jobs_any(sh))
        wait_reap(sh);
    bool timed = body->kind == NODE_PIPELINE &&
                 (body->pipeline.flags & (PIPELINE_TIME | PIPELINE_TIME_POSIX));
    if (body->kind == NODE_PIPELINE && !timed && body->pipeline.count == 1)
        body = body->pipeline.stages[0]; // as bash: `! cmd &` does not invert
    if (UNLIKELY(background_resumes(body))) {
        bool inverted = body != node->body && node->body->pipeline.flags & PIPELINE_NOT;
        int status = exec_simple(sh, body, LAST_RESUMES);
        return inverted ? (sh->status = !status) : status;
    }
    bool stages = body->kind == NODE_PIPELINE && !timed;
    return stages ? background_pipeline(sh, body) : background_single(sh, body);
}

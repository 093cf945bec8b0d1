/* waiting.c: see waiting.h. */
#include "shell/exec/waiting.h"

#include <errno.h>

#include "base/buf.h"
#include "shell/exec/jobs.h"
#include "shell/exec/traps.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/signame.h"

/* Signals that end a command without a word, in a shell that is not interactive. */
static bool wait_is_quiet(struct shell *sh, int sig)
{
    bool trapped = trap_action(sh, sig) && !sh->traps_stale;
    return sig == SYS_SIGINT || sig == SYS_SIGTERM || sig == SYS_SIGPIPE || trapped;
}

static void wait_say(struct buf *b)
{
    int err = out_write_all(2, b->data, b->len);
    (void)err; // nowhere to say it
    buf_fini(b);
}

static void wait_report(struct shell *sh, const struct job *job)
{
    struct buf b = buf_make(sys_heap());
    shell_add_prefix(sh, NULL, &b);
    job_add_text(sh, job, JOB_DIED, &b);
    wait_say(&b);
}

void wait_report_foreground(struct shell *sh, const struct job *job)
{
    int sig = job->processes[job->count - 1].signal;
    if (!sig || sh->in_capture)
        return;
    if (!wait_is_quiet(sh, sig))
        wait_report(sh, job);
    else if (sig != SYS_SIGINT && sig != SYS_SIGPIPE)
        msg_raw("%s\n", signame_text(sig));
}

static void wait_report_child(struct shell *sh, const struct sys_ended *ended,
                              const struct node *node)
{
    union {
        struct job job;
        char room[sizeof(struct job) + sizeof(struct job_process)];
    } one = {.job = {.count = 1, .node = node}};
    one.job.processes[0] = (struct job_process){.pid = ended->pid,
                                                .status = ended->status,
                                                .signal = (uint8_t)ended->signal,
                                                .done = true,
                                                .node = node};
    wait_report_foreground(sh, &one.job);
}

int wait_child(struct shell *sh, int pid, const struct node *node)
{
    struct sys_ended ended = {.status = 127};
    int got;
    while ((got = sys_wait(pid, 0, &ended)) == -EINTR)
        traps_fetch(sh);
    if (got < 0) { // taken already by wait_reap
        jobs_remembered(sh, pid, &ended.status);
        return ended.status;
    }
    traps_child_ended(sh);
    if (UNLIKELY(ended.signal)) {
        if (node)
            wait_report_child(sh, &ended, node);
        sh->child_signal = ended.signal;
    }
    return ended.status;
}

static int wait_one(struct shell *sh, int which, unsigned flags)
{
    struct sys_ended ended;
    int got = sys_wait(which, flags, &ended);
    if (got > 0)
        jobs_ended(sh, &ended);
    return got;
}

void wait_job(struct shell *sh, struct job *job)
{
    for (unsigned i = 0; i < job->count; i++)
        while (!job->processes[i].done) {
            int got = wait_one(sh, job->processes[i].pid, 0);
            if (got == -EINTR)
                traps_fetch(sh);
            else if (got < 0)
                return; // gone: exec'd away
        }
}

int wait_any(struct shell *sh)
{
    for (;;) {
        if (traps_fetch(sh) && sh->signals)
            return -EINTR;
        int got = wait_one(sh, -1, 0);
        if (got != -EINTR)
            return got < 0 ? got : 0;
        if (sh->children_ended) // the action of CHLD does not end a wait
            return 0;
    }
}

void wait_reap(struct shell *sh)
{
    while (wait_one(sh, -1, SYS_NOHANG) > 0)
        ;
}

void wait_report_background(struct shell *sh, struct job *job)
{
    int sig = job->processes[job->count - 1].signal;
    jobs_mark_told(sh, job);
    if (sig && !sh->in_capture && !wait_is_quiet(sh, sig))
        wait_report(sh, job);
}

void wait_notify(struct shell *sh)
{
    if (LIKELY(!jobs_any(sh)))
        return;
    wait_reap(sh);
    if (LIKELY(!jobs_died(sh)))
        return;
    struct job *next;
    for (struct job *job = jobs_next(sh, 1); job; job = next) {
        next = jobs_next(sh, job->number + 1);
        if (!job->died)
            continue;
        wait_report_background(sh, job);
        jobs_remove(sh, job, true);
    }
}

/* jobs.h: the children of a shell: jobs with their numbers, and the statuses of those
 * that are gone.
 *
 * Every child that the shell started and has not waited for in the same step is a
 * process of a job. Background jobs have numbers (%1 ...); pipelines in the
 * foreground, process substitutions and coprocesses have entries too, so that whoever
 * reaps first keeps the status for whoever asks. A job leaves the table when its end
 * was reported (wait, jobs); its last process's status is remembered then (up to
 * JOBS_REMEMBERED, POSIX's CHILD_MAX) for `wait PID`.
 * Invariants: slots[n - 1] is the job with number n or NULL; slot_count is the highest
 * number in use.
 * Must not know: how processes are started, traps' actions. */
#ifndef SHELL_EXEC_JOBS_H
#define SHELL_EXEC_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

struct buf;
struct job;
struct jobs;
struct jobs_copy;
struct node;
struct script;
struct shell;
struct sys_ended;

enum { JOBS_REMEMBERED = 32768 };

struct job_process {
    int pid;
    int status;     // 0-255 once done
    uint8_t signal; // that ended it; 0: none
    bool done;
    const struct node *node; // for its text; in the job's script
};

struct job {
    // %N; 0: no background job (a foreground pipeline, a substitution)
    int number;
    unsigned count; // processes
    unsigned left;  // not yet done
    bool changed;   // its end was not yet reported to the user
    bool hidden;    // by disown: gone from the table, forgotten when it ends
    bool detached;  // a substitution's process: remembered when it ends
    bool no_hangup; // disown -h
    bool own_group; // set -m
    bool pipefail;  // was on when it was started
    bool died;      // counted in jobs->died
    bool ours;      // somebody waits for it: whoever that is removes it
    bool reported;  // shown as done by `jobs`: goes when it is next looked through
    struct job *next, *prev; // all entries
    int pgid;
    const struct node *node; // the whole command, for its text
    struct script *script;   // counted
    struct job_process processes[];
};

void jobs_release(struct jobs *jobs); // drops its counts only

/* Enters a job of count processes, whose pids are filled in by the caller with
 * jobs_add_process. background: it gets a number and becomes the current job. Borrows
 * node, counts script. */
struct job *jobs_new(struct shell *sh, unsigned count, const struct node *node,
                     struct script *script, bool background);
// one of which no process could be started
void jobs_discard(struct shell *sh, struct job *job);
void jobs_add_process(struct shell *sh, struct job *job, int pid,
                      const struct node *node);

/* A child ended as *ended says: enters it. Also for children nobody knows (adopted by
 * exec). */
void jobs_ended(struct shell *sh, const struct sys_ended *ended);

/* Takes a job out of the table. remember: for later `wait PID`. */
void jobs_remove(struct shell *sh, struct job *job, bool remember);

/* `jobs` has shown its end: it leaves the table the next time that is looked through
 * (jobs_drop_reported). */
void jobs_mark_reported(struct shell *sh, struct job *job);
void jobs_drop_reported(struct shell *sh);

/* A job that a signal ended is no longer to be reported. */
void jobs_mark_told(struct shell *sh, struct job *job);

// NULL also for a job that was disowned
struct job *jobs_find_pid(struct shell *sh, int pid);
// still a child, of which wait gives 0
struct job *jobs_find_disowned(struct shell *sh, int pid);
struct job *jobs_find_number(struct shell *sh, int number);
bool jobs_remembered(struct shell *sh, int pid, int *status);
void jobs_forget_remembered(struct shell *sh); // `wait` without arguments

// jobs that a signal ended and of which nothing was said yet
unsigned jobs_died(struct shell *sh);
bool jobs_any(struct shell *sh); // whether there is any entry

/* The job that text ("%1", "%+", "%%", "%-", "%name", "%?part", "1" with plain) means.
 * NULL: none, -1 in *err; ambiguous, -2. */
struct job *jobs_find_spec(struct shell *sh, const char *text, int *err);

/* Numbered jobs by number from `from` on; NULL: no more. */
struct job *jobs_next(struct shell *sh, int from);
int jobs_running(struct shell *sh); // numbered jobs that still run
// lowest numbered job that has ended and was not waited for
struct job *jobs_first_ended(struct shell *sh);

int job_status(const struct job *job); // of a job that is done: with pipefail
int job_last_pid(const struct job *job);
char job_mark(struct shell *sh, const struct job *job); // '+', '-' or ' '

/* The numbered jobs for a substitution's subshell, whose `jobs` and `kill` know them:
 * a block of the sandbox heap. NULL: there are none. The process it is for imports it,
 * and keeps it until it dies. */
struct jobs_copy *jobs_export(struct shell *sh);
void jobs_import(struct shell *sh, const struct jobs_copy *copy);
void jobs_copy_free(struct jobs_copy *copy); // NULL: nothing

/* Adds the command's text; a job's lines as `jobs` prints them (exec/jobs_print.c). */
enum job_form { JOB_PLAIN, JOB_LONG, JOB_PIDS, JOB_DIED };
void job_add_command(struct shell *sh, const struct job *job, struct buf *b);
void job_add_text(struct shell *sh, const struct job *job, enum job_form form,
                  struct buf *b);

#endif

/* jobs.c: the table behind jobs.h.
 *
 * One hash table from pid to its job, or to the status that is remembered of it.
 * Memory is the process heap's; only the scripts of jobs are counted. */
#include "shell/exec/jobs.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "shell/exec/coproc.h"
#include "shell/exec/traps.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "sys.h"

struct jobs_pid {
    int pid;         // 0: free
    int status;      // remembered, where job is NULL
    struct job *job; // whose process it is
};

struct jobs {
    struct job **slots;
    int slot_count, slot_cap; // highest number in use; room
    int current, previous;    // numbers; 0: none
    bool previous_stale;      // previous is to be looked for
    struct job *all;          // every entry
    unsigned running;         // numbered jobs that still run
    unsigned reported;        // jobs with that mark
    unsigned died;            // entries ended by a signal of which nothing was said yet
    uint64_t *ended;          // bit n - 1: job n has ended
    size_t ended_words, ended_from; // no bit is set before word ended_from
    struct jobs_pid *pids;          // open addressing, pid_cap a power of two
    size_t pid_count, pid_cap;
    int *remembered; // pids in the order of their end: a ring
    size_t remembered_from, remembered_count, remembered_cap;
};

static struct jobs *jobs_of(struct shell *sh)
{
    if (LIKELY(sh->jobs != NULL))
        return sh->jobs;
    return sh->jobs = sys_alloc_zero(sizeof *sh->jobs);
}

void jobs_release(struct jobs *jobs)
{
    for (struct job *job = jobs->all; job; job = job->next)
        script_put(job->script);
}

/* ---- Pids ------------------------------------------------------------------------- */

static size_t jobs_pid_home(const struct jobs *j, int pid)
{
    return ((uint32_t)pid * UINT32_C(2654435769)) >> 7 & (j->pid_cap - 1);
}

static struct jobs_pid *jobs_pid_find(const struct jobs *j, int pid)
{
    if (!j->pid_cap)
        return NULL;
    for (size_t i = jobs_pid_home(j, pid); j->pids[i].pid; i = (i + 1) & (j->pid_cap - 1))
        if (j->pids[i].pid == pid)
            return &j->pids[i];
    return NULL;
}

static void jobs_pid_insert(struct jobs *j, struct jobs_pid entry)
{
    size_t i = jobs_pid_home(j, entry.pid);
    while (j->pids[i].pid)
        i = (i + 1) & (j->pid_cap - 1);
    j->pids[i] = entry;
    j->pid_count++;
}

static void jobs_pid_grow(struct jobs *j)
{
    struct jobs_pid *old = j->pids;
    size_t old_cap = j->pid_cap;
    j->pid_cap = old_cap ? old_cap * 2 : 16;
    j->pids = sys_alloc_zero(j->pid_cap * sizeof *j->pids);
    j->pid_count = 0;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].pid)
            jobs_pid_insert(j, old[i]);
    sys_free(old);
}

static struct jobs_pid *jobs_pid_add(struct jobs *j, int pid)
{
    struct jobs_pid *entry = jobs_pid_find(j, pid);
    if (entry)
        return entry;
    if ((j->pid_count + 1) * 2 > j->pid_cap)
        jobs_pid_grow(j);
    jobs_pid_insert(j, (struct jobs_pid){.pid = pid});
    return jobs_pid_find(j, pid);
}

static void jobs_pid_remove(struct jobs *j, int pid)
{
    struct jobs_pid *entry = jobs_pid_find(j, pid);
    if (!entry)
        return;
    size_t hole = (size_t)(entry - j->pids), mask = j->pid_cap - 1;
    for (size_t i = (hole + 1) & mask; j->pids[i].pid; i = (i + 1) & mask) {
        size_t home = jobs_pid_home(j, j->pids[i].pid);
        // it may move back into the hole
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            j->pids[hole] = j->pids[i];
            hole = i;
        }
    }
    j->pids[hole] = (struct jobs_pid){0};
    j->pid_count--;
}

/* ---- Remembered statuses ---------------------------------------------------------- */

static int jobs_forget_oldest(struct jobs *j)
{
    int pid = j->remembered[j->remembered_from];
    j->remembered_from = (j->remembered_from + 1) % j->remembered_cap;
    j->remembered_count--;
    return pid;
}

static void jobs_remember_grow(struct jobs *j)
{
    size_t cap = j->remembered_cap ? j->remembered_cap * 2 : 16;
    int *ring = sys_alloc(cap * sizeof *ring);
    for (size_t i = 0; i < j->remembered_count; i++)
        ring[i] = j->remembered[(j->remembered_from + i) % j->remembered_cap];
    sys_free(j->remembered);
    j->remembered = ring;
    j->remembered_cap = cap;
    j->remembered_from = 0;
}

static void jobs_remember(struct jobs *j, int pid, int status)
{
    if (j->remembered_count >= JOBS_REMEMBERED) {
        int old = jobs_forget_oldest(j);
        struct jobs_pid *entry = jobs_pid_find(j, old);
        if (entry && !entry->job)
            jobs_pid_remove(j, old);
    }
    if (j->remembered_count == j->remembered_cap)
        jobs_remember_grow(j);
    size_t at = (j->remembered_from + j->remembered_count++) % j->remembered_cap;
    j->remembered[at] = pid;
    struct jobs_pid *entry = jobs_pid_add(j, pid);
    entry->job = NULL;
    entry->status = status;
}

bool jobs_remembered(struct shell *sh, int pid, int *status)
{
    struct jobs_pid *entry = jobs_pid_find(jobs_of(sh), pid);
    if (!entry || entry->job)
        return false;
    *status = entry->status;
    return true;
}

void jobs_forget_remembered(struct shell *sh)
{
    struct jobs *j = jobs_of(sh);
    while (j->remembered_count) {
        int pid = jobs_forget_oldest(j);
        struct jobs_pid *entry = jobs_pid_find(j, pid);
        if (entry && !entry->job)
            jobs_pid_remove(j, pid);
    }
}

/* ---- Entries ---------------------------------------------------------------------- */

static void jobs_mark_ended(struct jobs *j, int number, bool ended)
{
    size_t word = (size_t)(number - 1) / 64;
    uint64_t bit = UINT64_C(1) << (number - 1) % 64;
    if (ended) {
        j->ended[word] |= bit;
        j->ended_from = size_min(j->ended_from, word);
    } else {
        j->ended[word] &= ~bit;
    }
}

static void jobs_slots_grow(struct jobs *j)
{
    int cap = j->slot_cap ? j->slot_cap * 2 : 64;
    j->slots = sys_resize(j->slots, (size_t)cap * sizeof(struct job *));
    memset(j->slots + j->slot_cap, 0, (size_t)(cap - j->slot_cap) * sizeof(struct job *));
    j->ended_words = (size_t)cap / 64;
    j->ended = sys_resize(j->ended, j->ended_words * sizeof *j->ended);
    size_t had = (size_t)j->slot_cap / 64;
    memset(j->ended + had, 0, (j->ended_words - had) * sizeof *j->ended);
    j->slot_cap = cap;
}

/* A job that has ended becomes no previous job; whichever does is found when somebody
 * asks. */
static void jobs_set_previous(struct jobs *j, int number)
{
    const struct job *job = number ? j->slots[number - 1] : NULL;
    j->previous = job && job->left ? number : 0;
    j->previous_stale = !j->previous;
}

static void jobs_number(struct jobs *j, struct job *job)
{
    if (j->slot_count == j->slot_cap)
        jobs_slots_grow(j);
    job->number = ++j->slot_count;
    j->slots[job->number - 1] = job;
    jobs_set_previous(j, j->current);
    j->current = job->number;
    j->running++;
    job->changed = true;
}

struct job *jobs_new(struct shell *sh, unsigned count, const struct node *node,
                     struct script *script, bool background)
{
    jobs_drop_reported(sh);
    struct jobs *j = jobs_of(sh);
    struct job *job = sys_alloc_zero(sizeof *job + count * sizeof job->processes[0]);
    job->node = node;
    job->pipefail = shell_set(sh, SET_PIPEFAIL);
    job->script = script ? script_get(script) : NULL;
    job->next = j->all;
    if (j->all)
        j->all->prev = job;
    j->all = job;
    if (background)
        jobs_number(j, job);
    return job;
}

void jobs_add_process(struct shell *sh, struct job *job, int pid, const struct node *node)
{
    struct jobs *j = jobs_of(sh);
    job->processes[job->count++] = (struct job_process){.pid = pid, .node = node};
    job->left++;
    if (pid) // 0: of a pipeline that could not be started
        jobs_pid_add(j, pid)->job = job;
}

/* The highest numbered job below `below` that runs; 0: none. */
static int jobs_last_running(const struct jobs *j, int below)
{
    for (int n = below - 1; n >= 1; n--)
        if (j->slots[n - 1] && j->slots[n - 1]->left)
            return n;
    return 0;
}

static int jobs_previous(struct jobs *j)
{
    if (j->previous_stale) {
        j->previous = jobs_last_running(j, j->current);
        if (!j->previous)
            j->previous = j->current;
        j->previous_stale = false;
    }
    return j->previous;
}

static void jobs_choose_current(struct jobs *j)
{
    j->current = jobs_last_running(j, j->slot_count + 1);
    j->previous_stale = true;
}

static void jobs_unnumber(struct jobs *j, struct job *job)
{
    int number = job->number;
    jobs_mark_ended(j, number, false);
    if (job->left)
        j->running--;
    j->slots[number - 1] = NULL;
    while (j->slot_count && !j->slots[j->slot_count - 1])
        j->slot_count--;
    job->number = 0;
    if (number == j->current)
        jobs_choose_current(j);
    else if (number == j->previous)
        j->previous_stale = true;
}

static void jobs_free(struct jobs *j, struct job *job)
{
    if (job->died)
        j->died--;
    if (job->reported)
        j->reported--;
    if (job->next)
        job->next->prev = job->prev;
    if (job->prev)
        job->prev->next = job->next;
    else
        j->all = job->next;
    struct script *script = job->script;
    sys_free(job);
    script_put(script);
}

void jobs_remove(struct shell *sh, struct job *job, bool remember)
{
    struct jobs *j = jobs_of(sh);
    if (job->number)
        jobs_unnumber(j, job);
    if (job->left) { // disown: its processes are unknown from now on
        job->hidden = true;
        return;
    }
    int last = job_last_pid(job), status = job->hidden ? 0 : job_status(job); // as bash
    for (unsigned i = 0; i < job->count; i++)
        jobs_pid_remove(j, job->processes[i].pid);
    jobs_free(j, job);
    if (remember)
        jobs_remember(j, last, status);
}

void jobs_discard(struct shell *sh, struct job *job)
{
    struct jobs *j = jobs_of(sh);
    if (job->number) {
        job->left = 1; // counted as running
        jobs_unnumber(j, job);
    }
    jobs_free(j, job);
}

void jobs_mark_reported(struct shell *sh, struct job *job)
{
    if (!job->reported)
        jobs_of(sh)->reported++;
    job->reported = true;
    jobs_mark_told(sh, job);
}

void jobs_mark_told(struct shell *sh, struct job *job)
{
    if (job->died)
        jobs_of(sh)->died--;
    job->died = false;
}

void jobs_drop_reported(struct shell *sh)
{
    struct job *next;
    if (!sh->jobs || !sh->jobs->reported)
        return;
    for (struct job *job = jobs_next(sh, 1); job; job = next) {
        next = jobs_next(sh, job->number + 1);
        if (job->reported)
            jobs_remove(sh, job, true);
    }
}

/* A process of a job is done. */
static void jobs_process_ended(struct shell *sh, struct job *job,
                               const struct sys_ended *ended)
{
    struct jobs *j = jobs_of(sh);
    for (unsigned i = 0; i < job->count; i++)
        if (job->processes[i].pid == ended->pid) {
            job->processes[i].status = ended->status;
            job->processes[i].signal = (uint8_t)ended->signal;
            job->processes[i].done = true;
        }
    if (--job->left)
        return;
    if (job->number) {
        j->running--;
        jobs_mark_ended(j, job->number, true);
        job->changed = true;
    }
    if ((job->hidden || job->detached) && !job->ours) {
        jobs_remove(sh, job, true);
        return;
    }
    if (job->number && job->processes[job->count - 1].signal) {
        job->died = true;
        j->died++;
    }
}

void jobs_ended(struct shell *sh, const struct sys_ended *ended)
{
    struct jobs *j = jobs_of(sh);
    traps_child_ended(sh);
    if (UNLIKELY(sh->coprocs != NULL))
        coproc_ended(sh, ended->pid);
    struct jobs_pid *entry = jobs_pid_find(j, ended->pid);
    if (entry && entry->job)
        jobs_process_ended(sh, entry->job, ended);
    else
        jobs_remember(j, ended->pid, ended->status);
}

/* ---- Finding ---------------------------------------------------------------------- */

struct job *jobs_find_pid(struct shell *sh, int pid)
{
    struct jobs_pid *entry = jobs_pid_find(jobs_of(sh), pid);
    return entry && entry->job && !entry->job->hidden ? entry->job : NULL;
}

struct job *jobs_find_disowned(struct shell *sh, int pid)
{
    struct jobs_pid *entry = jobs_pid_find(jobs_of(sh), pid);
    return entry && entry->job && entry->job->hidden ? entry->job : NULL;
}

struct job *jobs_find_number(struct shell *sh, int number)
{
    struct jobs *j = jobs_of(sh);
    return number >= 1 && number <= j->slot_count ? j->slots[number - 1] : NULL;
}

struct job *jobs_next(struct shell *sh, int from)
{
    struct jobs *j = jobs_of(sh);
    for (int n = from < 1 ? 1 : from; n <= j->slot_count; n++)
        if (j->slots[n - 1])
            return j->slots[n - 1];
    return NULL;
}

int jobs_running(struct shell *sh) { return (int)jobs_of(sh)->running; }

struct job *jobs_first_ended(struct shell *sh)
{
    struct jobs *j = jobs_of(sh);
    for (; j->ended_from < j->ended_words; j->ended_from++)
        if (j->ended[j->ended_from]) {
            int bit = __builtin_ctzll(j->ended[j->ended_from]);
            return j->slots[j->ended_from * 64 + (size_t)bit];
        }
    return NULL;
}

/* Whether the text of a job begins with (within: holds) part. */
static bool jobs_text_matches(struct shell *sh, const struct job *job, struct span part,
                              bool within)
{
    struct buf b = buf_make(sys_heap());
    job_add_command(sh, job, &b);
    struct span text = buf_span(&b);
    bool found = within ? !part.len || span_find_span(text, part) < text.len
                        : span_starts(text, part);
    buf_fini(&b);
    return found;
}

static struct job *jobs_find_text(struct shell *sh, struct span part, bool within,
                                  int *err)
{
    struct job *found = NULL;
    *err = -1;
    for (struct job *job = jobs_next(sh, 1); job; job = jobs_next(sh, job->number + 1)) {
        if (!jobs_text_matches(sh, job, part, within))
            continue;
        if (found) {
            *err = -2;
            return NULL;
        }
        found = job;
    }
    return found;
}

struct job *jobs_find_spec(struct shell *sh, const char *text, int *err)
{
    struct jobs *j = jobs_of(sh);
    int number;
    *err = -1;
    if (*text == '%')
        text++;
    if (!*text || str_eq(text, "%") || str_eq(text, "+"))
        return jobs_find_number(sh, j->current);
    if (str_eq(text, "-"))
        return jobs_find_number(sh, jobs_previous(j));
    if (char_is_digit(*text) && !num_to_int(text, &number))
        return jobs_find_number(sh, number);
    bool within = *text == '?';
    return jobs_find_text(sh, span_of(text + within), within, err);
}

int job_last_pid(const struct job *job)
{
    ASSERT(job->count > 0);
    return job->processes[job->count - 1].pid;
}

int job_status(const struct job *job)
{
    unsigned i = job->count - 1;
    if (job->pipefail)
        while (i && !job->processes[i].status)
            i--;
    int status = job->processes[i].status;
    return job->pipefail && !status ? 0 : status;
}

char job_mark(struct shell *sh, const struct job *job)
{
    struct jobs *j = jobs_of(sh);
    if (job->number == j->current)
        return '+';
    return job->number == jobs_previous(j) ? '-' : ' ';
}

unsigned jobs_died(struct shell *sh) { return sh->jobs ? sh->jobs->died : 0; }
bool jobs_any(struct shell *sh) { return sh->jobs && sh->jobs->all; }

/* ---- Copies for substitutions ----------------------------------------------------- */

struct jobs_copied {
    int number;
    bool no_hangup, pipefail;
    int pgid;
    const struct node *node;
    struct script *script; // counted
    unsigned first, count; // in processes
};

struct jobs_copy {
    int current, previous;
    unsigned count;
    struct job_process *processes;
    struct jobs_copied jobs[];
};

static struct jobs_copy *jobs_copy_new(const struct jobs *j)
{
    unsigned count = 0, processes = 0;
    for (int i = 0; i < j->slot_count; i++)
        if (j->slots[i]) {
            count++;
            processes += j->slots[i]->count;
        }
    struct jobs_copy *copy = sys_share_alloc(sizeof *copy + count * sizeof copy->jobs[0]);
    copy->current = j->current;
    copy->previous = j->previous_stale ? 0 : j->previous;
    copy->count = 0;
    copy->processes = sys_share_alloc(processes * sizeof *copy->processes);
    return copy;
}

struct jobs_copy *jobs_export(struct shell *sh)
{
    const struct jobs *j = sh->jobs;
    if (!j || !j->slot_count)
        return NULL;
    struct jobs_copy *copy = jobs_copy_new(j);
    unsigned first = 0;
    for (int i = 0; i < j->slot_count; i++) {
        const struct job *job = j->slots[i];
        if (!job)
            continue;
        copy->jobs[copy->count++] = (struct jobs_copied){
            job->number, job->no_hangup, job->pipefail,
            job->pgid,   job->node,      job->script ? script_get(job->script) : NULL,
            first,       job->count};
        memcpy(copy->processes + first, job->processes,
               job->count * sizeof job->processes[0]);
        first += job->count;
    }
    return copy;
}

void jobs_copy_free(struct jobs_copy *copy)
{
    if (!copy)
        return;
    for (unsigned i = 0; i < copy->count; i++)
        script_put(copy->jobs[i].script);
    sys_share_free(copy->processes);
    sys_share_free(copy);
}

void jobs_import(struct shell *sh, const struct jobs_copy *copy)
{
    struct jobs *j = jobs_of(sh);
    for (unsigned i = 0; i < copy->count; i++) {
        const struct jobs_copied *from = &copy->jobs[i];
        j->slot_count = from->number - 1;
        while (j->slot_cap < from->number)
            jobs_slots_grow(j);
        struct job *job = jobs_new(sh, from->count, from->node, NULL, true);
        job->no_hangup = from->no_hangup;
        job->pipefail = from->pipefail;
        job->pgid = from->pgid;
        for (unsigned k = 0; k < from->count; k++) {
            const struct job_process *p = &copy->processes[from->first + k];
            jobs_add_process(sh, job, p->pid, p->node);
            job->processes[k] = *p;
            job->left -= p->done;
        }
        if (!job->left) {
            j->running--;
            jobs_mark_ended(j, job->number, true);
        }
    }
    j->current = copy->current;
    j->previous = copy->previous;
    j->previous_stale = !j->previous;
}

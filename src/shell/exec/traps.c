/* traps.c: see traps.h. */
#include "shell/exec/traps.h"

#include <stdatomic.h>
#include <string.h>

#include "shell/exec/exec.h"
#include "shell/exec/jobs.h"
#include "shell/exec/waiting.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "user/signame.h"

struct traps {
    atomic_uint count;
    struct shared_text *actions[TRAPS];
};

enum { HIDE_DEBUG = 1, HIDE_ERR = 2, HIDE_RETURN = 4, HIDE_ALL = 7 };

/* Signals that end a shell by default and after which EXIT's action still runs. */
#define TRAPS_FATAL                                                                \
    (BIT(SYS_SIGHUP) | BIT(SYS_SIGINT) | BIT(SYS_SIGILL) | BIT(SYS_SIGTRAP) |      \
     BIT(SYS_SIGABRT) | BIT(SYS_SIGFPE) | BIT(SYS_SIGBUS) | BIT(SYS_SIGSEGV) |     \
     BIT(SYS_SIGSYS) | BIT(SYS_SIGPIPE) | BIT(SYS_SIGALRM) | BIT(SYS_SIGTERM) |    \
     BIT(SYS_SIGXCPU) | BIT(SYS_SIGXFSZ) | BIT(SYS_SIGVTALRM) | BIT(SYS_SIGUSR1) | \
     BIT(SYS_SIGUSR2))
#define BIT(sig) (UINT64_C(1) << ((sig)-1))

struct traps *traps_get(struct traps *t)
{
    if (t)
        atomic_fetch_add_explicit(&t->count, 1, memory_order_relaxed);
    return t;
}

void traps_put(struct traps *t)
{
    if (!t || atomic_fetch_sub_explicit(&t->count, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < TRAPS; i++)
        shared_text_put(t->actions[i]);
    sys_share_free(t);
}

/* ---- Names ------------------------------------------------------------------------ */

static const char *const traps_pseudo[] = {"DEBUG", "ERR", "RETURN"};

/* Whether text is name, in any case. */
static bool traps_name_is(const char *text, const char *name)
{
    while (*text && char_upper(*text) == *name) {
        text++;
        name++;
    }
    return !*text && !*name;
}

int trap_parse(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(traps_pseudo); i++)
        if (traps_name_is(text, traps_pseudo[i]))
            return TRAP_DEBUG + (int)i;
    return signame_parse(text);
}

const char *trap_name(int number)
{
    if (number >= TRAP_DEBUG)
        return number < TRAPS ? traps_pseudo[number - TRAP_DEBUG] : NULL;
    return signame_of(number);
}

/* ---- Actions ---------------------------------------------------------------------- */

const char *trap_action(const struct shell *sh, int number)
{
    const struct shared_text *action = sh->traps ? sh->traps->actions[number] : NULL;
    return action ? action->text : NULL;
}

static unsigned traps_hide_bit(int number)
{
    return number == TRAP_DEBUG    ? HIDE_DEBUG
           : number == TRAP_ERR    ? HIDE_ERR
           : number == TRAP_RETURN ? HIDE_RETURN
                                   : 0;
}

bool trap_is_listed(const struct shell *sh, int number)
{
    const char *action = trap_action(sh, number);
    return action && (!*action || !(sh->traps_unlisted & traps_hide_bit(number)));
}

const char *trap_active(const struct shell *sh, int number)
{
    if (LIKELY(!sh->traps))
        return NULL;
    const struct shared_text *action = sh->traps->actions[number];
    if (!action || !*action->text || (sh->traps_hidden & traps_hide_bit(number)))
        return NULL;
    if (sh->traps_stale && !(number >= TRAP_DEBUG))
        return NULL;
    return action->text;
}

/* The shell's set, made its own; the actions of a parent that are only shown go,
 * ignored ones stay. */
static struct traps *traps_own(struct shell *sh)
{
    struct traps *old = sh->traps;
    if (old && !sh->traps_stale &&
        atomic_load_explicit(&old->count, memory_order_acquire) == 1)
        return old;
    struct traps *t = sys_share_alloc(sizeof *t);
    memset(t, 0, sizeof *t);
    atomic_init(&t->count, 1);
    for (int i = 0; old && i < TRAPS; i++) {
        struct shared_text *action = old->actions[i];
        bool hidden = sh->traps_hidden & traps_hide_bit(i);
        bool keep = action &&
                    (!sh->traps_stale || !*action->text || (i >= TRAP_DEBUG && !hidden));
        t->actions[i] = keep ? shared_text_get(action) : NULL;
    }
    sh->traps = t;
    sh->traps_stale = false;
    traps_put(old);
    return t;
}

static void traps_dispose(int sig, enum sys_disposition disposition)
{
    int err = sys_signal_set(sig, disposition);
    (void)err; // KILL and STOP: bash takes the action and it never runs
}

static bool traps_has_action(const struct shell *sh, int number)
{
    return trap_active(sh, number) != NULL;
}

/* What the process does with a signal, by its action. */
static void traps_arm(struct shell *sh, int sig)
{
    const char *action = trap_action(sh, sig);
    bool fatal = sig <= 64 && (TRAPS_FATAL & BIT(sig)) && traps_has_action(sh, TRAP_EXIT);
    if ((sh->ignored_entry | sh->ignored_job) & BIT(sig))
        return;
    if (action)
        traps_dispose(sig, *action ? SYS_CATCH : SYS_IGNORE);
    else
        traps_dispose(sig, fatal ? SYS_CATCH : SYS_DEFAULT);
}

/* EXIT got or lost its action. */
static void traps_arm_fatal(struct shell *sh)
{
    for (int sig = 1; sig <= 64; sig++)
        if ((TRAPS_FATAL & BIT(sig)) && !trap_action(sh, sig))
            traps_arm(sh, sig);
}

void trap_set(struct shell *sh, int number, const char *action)
{
    if (number >= 1 && number <= 64 && (sh->ignored_entry & BIT(number)))
        return;
    if (number >= 1 && number <= 64 && (sh->ignored_job & BIT(number))) {
        sh->ignored_job &= ~BIT(number);
        traps_dispose(number, SYS_DEFAULT);
    }
    if (!action && (!sh->traps || sh->traps_hidden & traps_hide_bit(number)))
        return; // `trap - ERR` in a function that does not see ERR's
    struct shared_text *text = action ? shared_text_new(span_of(action)) : NULL;
    struct traps *t = traps_own(sh);
    shared_text_put(t->actions[number]);
    t->actions[number] = text;
    sh->traps_hidden &= (uint8_t)~traps_hide_bit(number);
    sh->traps_unlisted &= (uint8_t)~traps_hide_bit(number);
    if (number == TRAP_EXIT)
        traps_arm_fatal(sh);
    else if (number < TRAP_DEBUG)
        traps_arm(sh, number);
}

/* Puts the signals that were caught back to their default: in a subshell, before exec. */
static void traps_disarm(struct shell *sh)
{
    bool exits = sh->traps->actions[TRAP_EXIT] != NULL;
    for (int sig = 1; sig <= 64; sig++) {
        const struct shared_text *action = sh->traps->actions[sig];
        bool caught = action ? *action->text != '\0' : exits && (TRAPS_FATAL & BIT(sig));
        if (caught && !((sh->ignored_entry | sh->ignored_job) & BIT(sig)))
            traps_dispose(sig, SYS_DEFAULT);
    }
}

static void traps_ignore_for_job(struct shell *sh)
{
    traps_dispose(SYS_SIGINT, SYS_IGNORE);
    traps_dispose(SYS_SIGQUIT, SYS_IGNORE);
    sh->ignored_job = BIT(SYS_SIGINT) | BIT(SYS_SIGQUIT);
}

/* A subshell of a job ignores only what a `trap` of the job has shown, as in bash. */
static void traps_leave_job(struct shell *sh)
{
    uint64_t left = sh->ignored_job & ~sh->ignored_entry;
    sh->ignored_job &= ~left;
    for (int sig = 1; left >> (sig - 1); sig++)
        if (left & BIT(sig))
            traps_dispose(sig, SYS_DEFAULT);
}

void traps_enter_subshell(struct shell *sh, bool background)
{
    if (sh->traps && !sh->traps_stale)
        traps_disarm(sh);
    sh->traps_stale = sh->traps != NULL;
    sh->signals = 0;
    sh->children_ended = 0;
    sh->in_trap = false;
    if (!shell_set(sh, SET_FUNCTRACE))
        sh->traps_hidden |= HIDE_DEBUG | HIDE_RETURN;
    if (!shell_set(sh, SET_ERRTRACE))
        sh->traps_hidden |= HIDE_ERR;
    if (background)
        traps_ignore_for_job(sh);
    else if (UNLIKELY(sh->ignored_job & ~sh->ignored_entry))
        traps_leave_job(sh);
}

/* ---- Running ---------------------------------------------------------------------- */

/* Runs an action with $? as it is; it is put back afterwards unless the action leaves
 * the shell or function. */
static void traps_run(struct shell *sh, int number, const char *action)
{
    int status = sh->status, line = sh->line;
    enum flow flow = sh->flow;
    bool outer = sh->in_trap;
    char *text = sys_strdup(action); // the action may replace itself
    size_t count = sh->pipestatus_count;
    int *statuses = sys_alloc((count + 1) * sizeof *statuses);
    memcpy(statuses, sh->pipestatus, count * sizeof *statuses);
    sh->in_trap = true;
    sh->trap_status = status;
    sh->flow = FLOW_NORMAL;
    static const char *const names[] = {"debug trap", "error trap", "return trap"};
    bool pseudo = number >= TRAP_DEBUG;
    exec_text(sh, span_of(text), pseudo ? names[number - TRAP_DEBUG] : "trap",
              pseudo ? line : 1);
    sys_free(text);
    shell_set_pipestatuses(sh, statuses, count);
    sys_free(statuses);
    sh->in_trap = outer;
    if (number == TRAP_DEBUG)
        sh->debug_status = sh->status;
    if (sh->flow == FLOW_NORMAL) {
        sh->flow = flow;
        sh->status = status;
    }
    sh->line = line;
}

/* Runs one that does not run inside itself. */
static void traps_run_pseudo(struct shell *sh, int number)
{
    const char *action = trap_active(sh, number);
    if (!action || sh->flow != FLOW_NORMAL)
        return;
    uint8_t hidden = sh->traps_hidden;
    sh->traps_hidden |= (uint8_t)traps_hide_bit(number);
    traps_run(sh, number, action);
    if (sh->traps_hidden & traps_hide_bit(number))
        sh->traps_hidden = hidden;
}

void traps_run_error(struct shell *sh) { traps_run_pseudo(sh, TRAP_ERR); }
void traps_run_return(struct shell *sh)
{
    enum flow flow = sh->flow;
    int status = sh->status;
    if (!trap_active(sh, TRAP_RETURN) || flow > FLOW_RETURN)
        return;
    sh->flow = FLOW_NORMAL;
    if (flow == FLOW_RETURN)
        sh->status = sh->return_before;
    traps_run_pseudo(sh, TRAP_RETURN);
    if (sh->flow == FLOW_NORMAL) {
        sh->flow = flow;
        sh->status = status;
    }
}

bool traps_run_debug(struct shell *sh)
{
    if (sh->traps_hidden & HIDE_DEBUG)
        return true;
    int status = sh->status;
    sh->debug_status = 0;
    traps_run_pseudo(sh, TRAP_DEBUG);
    if (LIKELY(!shell_shopt(sh, SHOPT_EXTDEBUG)) || !sh->debug_status ||
        sh->flow != FLOW_NORMAL)
        return true;
    sh->status = sh->debug_status == 2 && (sh->functions || sh->sources) ? 0 : status;
    if (sh->debug_status == 2 && (sh->functions || sh->sources)) {
        sh->return_before = sh->status;
        sh->flow = FLOW_RETURN;
    }
    return false;
}

void traps_run_exit(struct shell *sh)
{
    const char *action = trap_active(sh, TRAP_EXIT);
    if (!action)
        return;
    char *text = sys_strdup(action);
    trap_set(sh, TRAP_EXIT, NULL);
    int status = sh->status, level = sh->trace_level;
    const struct node *node = sh->child.node;
    bool left = node && node->kind == NODE_SIMPLE && sh->flow != FLOW_NORMAL;
    sh->flow = FLOW_NORMAL;
    sh->quiet = 0;
    sh->loops = 0;
    sh->trap_status = status;
    sh->in_trap = true;
    sh->trace_level = sh->trace_exit - left - 1; // what exec_text adds to
    exec_text(sh, span_of(text), "exit trap", 1);
    sh->trace_level = level;
    sh->in_trap = false;
    if (sh->flow != FLOW_EXIT)
        sh->status = status;
    sys_free(text);
}

/* A signal without action that ends the shell; EXIT's runs first. */
static void traps_die(struct shell *sh, int sig)
{
    sh->trace_exit += sh->own_pid == sh->pid;
    traps_run_exit(sh);
    sys_exit_signal(sig);
}

bool traps_fetch(struct shell *sh)
{
    while (sys_signal_waiting()) {
        int sig = sys_signal_take();
        if (!sig)
            break;
        if (sig == SYS_SIGCHLD)
            wait_reap(sh);
        else if (trap_active(sh, sig))
            sh->signals |= BIT(sig);
        else if (TRAPS_FATAL & BIT(sig))
            traps_die(sh, sig);
    }
    return sh->signals || sh->children_ended;
}

void traps_child_ended(struct shell *sh)
{
    if (trap_active(sh, SYS_SIGCHLD))
        sh->children_ended++;
}

void traps_run_children(struct shell *sh)
{
    while (sh->flow == FLOW_NORMAL && sh->children_ended) {
        const char *action = trap_active(sh, SYS_SIGCHLD);
        sh->children_ended--;
        if (action)
            traps_run(sh, SYS_SIGCHLD, action);
    }
}

void traps_run_pending(struct shell *sh)
{
    while (sh->flow == FLOW_NORMAL && traps_fetch(sh)) {
        int sig = SYS_SIGCHLD;
        if (sh->signals) {
            sig = __builtin_ctzll(sh->signals) + 1;
            sh->signals &= ~BIT(sig);
        } else {
            sh->children_ended--;
        }
        const char *action = trap_active(sh, sig);
        if (action)
            traps_run(sh, sig, action);
    }
}

unsigned traps_enter_function(struct shell *sh, bool trace)
{
    unsigned before = sh->traps_hidden | (unsigned)sh->traps_unlisted << 8;
    if (LIKELY(!sh->traps))
        return before;
    uint8_t hide = 0;
    if (!trace && !shell_set(sh, SET_FUNCTRACE))
        hide |= HIDE_DEBUG | HIDE_RETURN;
    if (!shell_set(sh, SET_ERRTRACE))
        hide |= HIDE_ERR;
    sh->traps_hidden |= hide;
    sh->traps_unlisted |= hide;
    return before;
}

void traps_leave_function(struct shell *sh, unsigned before)
{
    sh->traps_hidden &= (uint8_t)before; // one that was set in it stays
    sh->traps_unlisted &= (uint8_t)(before >> 8);
}

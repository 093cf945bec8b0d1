/* subshell.c: see subshell.h. */
#include "shell/exec/subshell.h"

#include <errno.h>
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/exec/coproc.h"
#include "shell/exec/exec.h"
#include "shell/exec/external.h"
#include "shell/exec/jobs.h"
#include "shell/exec/node.h"
#include "shell/exec/redirect.h"
#include "shell/exec/simple.h"
#include "shell/exec/traps.h"
#include "shell/syntax/tree.h"
#include "shell/vars/functions.h"
#include "user/out.h"

/* INT and QUIT, which a job ignores: they are held back while it has not come to say
 * so. */
#define SUBSHELL_HELD (UINT64_C(1) << (SYS_SIGINT - 1) | UINT64_C(1) << (SYS_SIGQUIT - 1))

static bool subshell_is_job(enum child_kind kind)
{
    return kind == CHILD_BACKGROUND || kind == CHILD_COPROC;
}

/* ---- In the child ----------------------------------------------------------------- */

static void subshell_null_input(void)
{
    sys_close(0);
    int fd = sys_open("/dev/null", SYS_RDONLY, 0); // the lowest free one is 0
    (void)fd;
}

static void subshell_put_fd(int fd, int to)
{
    if (fd < 0 || fd == to)
        return;
    int err = sys_dup_to(fd, to, 0);
    (void)err; // both are valid
    sys_close(fd);
}

static void subshell_plumb(struct child *c)
{
    for (size_t i = 0; i < c->close_count; i++)
        sys_close(c->close[i]);
    sys_share_free(c->close);
    c->close = NULL;
    subshell_put_fd(c->in, 0);
    subshell_put_fd(c->out, 1);
    if (c->null_input)
        subshell_null_input();
}

/* bash runs no EXIT trap at the end of a stage or job that is a compound command, but for
 * groups. */
static bool subshell_is_compound(const struct child *c)
{
    if (!c->node || (c->kind != CHILD_STAGE && c->kind != CHILD_BACKGROUND))
        return false;
    switch ((enum node_kind)c->node->kind) {
    case NODE_IF:
    case NODE_WHILE:
    case NODE_UNTIL:
    case NODE_FOR:
    case NODE_SELECT:
    case NODE_FOR_ARITH:
    case NODE_CASE: return true;
    default: return false;
    }
}

int subshell_finish(struct shell *sh)
{
    if (!subshell_is_compound(&sh->child))
        traps_run_exit(sh);
    int err = out_flush();
    (void)err;
    return sh->status & 255;
}

/* Runs the body of ( ) or $( ): the last external command needs no process of its own. */
static void subshell_run_body(struct shell *sh, const struct node *node)
{
    bool alone = node->kind != NODE_LIST;
    while (node->kind == NODE_LIST && node->list.count && sh->flow == FLOW_NORMAL) {
        for (unsigned i = 0; i + 1 < node->list.count && sh->flow == FLOW_NORMAL; i++)
            exec_node(sh, node->list.items[i]);
        node = node->list.items[node->list.count - 1];
    }
    if (sh->flow != FLOW_NORMAL)
        return;
    exec_last(sh, node, alone);
}

/* ( ) that is a process already: a stage, a job. */
static void subshell_run_parens(struct shell *sh, const struct node *node)
{
    sh->line = sh->outer_line = (int)node->line;
    if (redirect_apply(sh, node->redirects, true))
        sh->status = sh->flow == FLOW_NORMAL ? 1 : sh->status;
    else
        subshell_run_body(sh, node->body);
}

static void subshell_run(struct shell *sh, const struct child *c)
{
    const struct node *node = c->node;
    bool whole = c->kind == CHILD_CAPTURE || c->kind == CHILD_PROCESS;
    if (whole) {
        subshell_run_body(sh, node);
        if (sh->flow == FLOW_DISCARD)
            sh->status = 1;
    } else if (node->kind == NODE_SUBSHELL) {
        subshell_run_parens(sh, node);
    } else if (node->kind == NODE_SIMPLE) {
        exec_simple(sh, node, LAST);
    } else {
        exec_node(sh, node);
    }
}

static int subshell_main(void *arg)
{
    struct shell *sh = arg;
    shell_adopt(sh);
    struct child *c = &sh->child;
    subshell_plumb(c);
    bool job = subshell_is_job(c->kind) && !shell_set(sh, SET_MONITOR);
    traps_enter_subshell(sh, job);
    if (job)
        sys_signal_block(c->mask);
    if (UNLIKELY(c->jobs != NULL))
        jobs_import(sh, c->jobs);
    if (c->kind == CHILD_HANDLER)
        external_run_handler(sh);
    else if (c->kind == CHILD_COMMAND)
        exec_simple_words(sh, c->node, c->words);
    else if (c->node)
        subshell_run(sh, c);
    else
        sh->status = 0;
    return subshell_finish(sh);
}

/* ---- In the parent ---------------------------------------------------------------- */

/* Lists what the child is to close: the ends of pipes that are not its own, copies of
 * redirected descriptors, and those of coprocesses, which only substitutions inherit. */
static void subshell_list_close(struct shell *sh, struct child *c, const int *extra,
                                size_t count)
{
    bool coprocs =
        c->kind != CHILD_CAPTURE && c->kind != CHILD_PROCESS && c->kind != CHILD_COMMAND;
    size_t room = count + redirect_mark(sh) + (coprocs ? coproc_fd_count(sh) : 0);
    c->close_count = 0;
    c->close = NULL;
    if (!room)
        return;
    c->close = sys_share_alloc(room * sizeof *c->close);
    for (size_t i = 0; i < count; i++)
        if (extra[i] >= 0)
            c->close[c->close_count++] = extra[i];
    c->close_count += redirect_saved(sh, c->close + c->close_count);
    if (coprocs)
        c->close_count += coproc_fds(sh, c->close + c->close_count);
}

/* A copy of words in one block of the sandbox heap. */
static char **subshell_copy_words(char **words)
{
    size_t count = 0, size = sizeof(char *);
    if (!words)
        return NULL;
    for (; words[count]; count++)
        size += sizeof(char *) + strlen(words[count]) + 1;
    char **copy = sys_share_alloc(size);
    char *text = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(words[i]) + 1;
        memcpy(text, words[i], len);
        copy[i] = text;
        text += len;
    }
    copy[count] = NULL;
    return copy;
}

/* Whether a command may look at the parent's jobs: what is no plain other command is
 * taken to. */
static bool subshell_looks_at_jobs(struct shell *sh, const struct node *node)
{
    static const char *const others[] = {"echo", "printf", "read", "test",
                                         "[",    "true",   "cat",  "wait"};
    bool looks = false;
    switch (node ? (int)node->kind : -1) {
    case -1: return false;
    case NODE_SIMPLE:
        if (!node->simple.word_count)
            return false;
        for (size_t i = 0; i < COUNT_OF(others); i++)
            if (node->simple.name && str_eq(sys_interned(node->simple.name), others[i]))
                return false;
        return !node->simple.name || builtin_of_name(sh, node->simple.name) ||
               function_find(sh, node->simple.name);
    case NODE_LIST:
        for (unsigned i = 0; i < node->list.count && !looks; i++)
            looks = subshell_looks_at_jobs(sh, node->list.items[i]);
        return looks;
    default: return true;
    }
}

/* A substitution knows its parent's jobs, and so does `jobs` alone in a pipeline. */
static bool subshell_shows_jobs(struct shell *sh, const struct child *c)
{
    if (c->kind == CHILD_CAPTURE)
        return subshell_looks_at_jobs(sh, c->node);
    return c->kind == CHILD_STAGE && c->node && c->node->kind == NODE_SIMPLE &&
           c->node->simple.name && str_eq(sys_interned(c->node->simple.name), "jobs");
}

/* errexit does not reach into $( ) unless asked to. A substitution and a
 * simple command are in the loops around them: `break` ends them. */
static void subshell_adjust(struct shell *clone, enum child_kind kind)
{
    clone->flow = FLOW_NORMAL;
    clone->cmd = NULL;
    bool simple = clone->child.node && clone->child.node->kind == NODE_SIMPLE;
    bool part = kind == CHILD_STAGE || kind == CHILD_BACKGROUND;
    clone->debug_done = part && simple;
    if (kind != CHILD_CAPTURE && kind != CHILD_PROCESS && !(part && simple))
        clone->loops = 0;
    if (kind == CHILD_STAGE && clone->child.node &&
        clone->child.node->kind == NODE_SIMPLE) {
        clone->subshell--; // as bash, which expands the words of an element first
        clone->subshell_late = true;
    }
    if (kind == CHILD_COMMAND)
        clone->subshell--;
    clone->input_given = kind == CHILD_SUBSHELL
                             ? redirect_has_input(clone->child.node->redirects)
                             : clone->child.in >= 0 && kind != CHILD_PROCESS;
    clone->trace_exit = clone->trace_level + 1;
    if (kind == CHILD_CAPTURE || kind == CHILD_PROCESS)
        clone->trace_level++;
    if (kind != CHILD_CAPTURE)
        return;
    clone->in_capture = true;
    if (!shell_shopt(clone, SHOPT_INHERIT_ERREXIT))
        options_set(&clone->options, SET_ERREXIT, false);
}

int subshell_fork_failed(struct shell *sh, int err)
{
    shell_errno(sh, err, "fork");
    return shell_abort(sh, 254);
}

int subshell_start(struct shell *sh, const struct child *child, struct script *script,
                   enum sys_place place, int pgid)
{
    int flushed = out_flush();
    (void)flushed; // whoever wrote it has looked
    bool hold = subshell_is_job(child->kind) && !shell_set(sh, SET_MONITOR);
    // a shell blocks nothing else
    uint64_t mask = hold ? sys_signal_block(SUBSHELL_HELD) : 0;
    // no call that is a door from here to sys_clone
    struct shell *clone = shell_clone(sh);
    if (script && script != sh->script)
        shell_push_script(clone, script_get(script));
    clone->child = *child;
    clone->child.words = subshell_copy_words(child->words);
    subshell_list_close(sh, &clone->child, child->close, child->close_count);
    if (UNLIKELY(jobs_any(sh)) && subshell_shows_jobs(sh, child))
        clone->child.jobs = jobs_export(sh);
    subshell_adjust(clone, child->kind);
    struct sys_start start = {.place = place, .pgid = pgid, .release = shell_release};
    clone->child.mask = mask;
    int pid = sys_clone(subshell_main, clone, &start);
    if (hold)
        sys_signal_block(mask);
    if (pid < 0)
        subshell_fork_failed(sh, pid);
    return pid;
}

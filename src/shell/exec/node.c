/* node.c: what is done for each kind of node; errexit.
 *
 * exec_node recurses with the tree, so it and what it calls in turn keep small frames. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/exec/cond.h"
#include "shell/exec/coproc.h"
#include "shell/exec/exec.h"
#include "shell/exec/loops.h"
#include "shell/exec/node.h"
#include "shell/exec/pipeline.h"
#include "shell/exec/procsubst.h"
#include "shell/exec/redirect.h"
#include "shell/exec/simple.h"
#include "shell/exec/subshell.h"
#include "shell/exec/trace.h"
#include "shell/exec/traps.h"
#include "shell/exec/waiting.h"
#include "shell/expand/expand.h"
#include "shell/expand/pattern.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"

void exec_take_signals(struct shell *sh)
{
    if (UNLIKELY(sys_signal_waiting() || sh->signals || sh->children_ended))
        if (sh->flow == FLOW_NORMAL)
            traps_run_pending(sh);
}

/* ---- errexit ---------------------------------------------------------------------- */

/* A command failed where that counts: ERR's action, and the end under errexit. */
static NO_INLINE void node_failed(struct shell *sh, bool trap)
{
    int status = sh->status;
    if (trap)
        traps_run_error(sh);
    if (shell_set(sh, SET_ERREXIT) && sh->flow == FLOW_NORMAL) {
        sh->status = status;
        sh->flow = FLOW_EXIT;
        traps_run_exit(sh); // which sees the locals and redirections of here
        sh->flow = FLOW_EXIT;
    }
}

/* After a command that is no list: errexit, and traps of signals that came meanwhile.
 * trapped: ERR had an action before it; one that the command set itself is not for it. */
static inline void node_check_trapped(struct shell *sh, const struct node *node,
                                      bool trapped)
{
    if (UNLIKELY(sh->status) && !sh->quiet && sh->flow == FLOW_NORMAL &&
        node != sh->inverted)
        node_failed(sh, trapped);
    exec_take_signals(sh);
}

static inline void node_check(struct shell *sh, const struct node *node)
{
    node_check_trapped(sh, node, true);
}

RECURSIVE static void node_simple(struct shell *sh, const struct node *node,
                                  enum simple_last last)
{
    bool trapped = UNLIKELY(sh->traps != NULL) && trap_active(sh, TRAP_ERR);
    exec_simple(sh, node, last);
    shell_set_pipestatus(sh, sh->status);
    node_check_trapped(sh, node, trapped);
}

/* ---- Lists ------------------------------------------------------------------------ */

static NO_INLINE void node_list(struct shell *sh, const struct node *node)
{
    for (unsigned i = 0; i < node->list.count; i++) {
        exec_node(sh, node->list.items[i]);
        if (sh->flow != FLOW_NORMAL || UNLIKELY(shell_set(sh, SET_NOEXEC)))
            return;
    }
}

/* a && b || c: only the failure of the last one that is written counts for errexit. */
static NO_INLINE void node_and_or(struct shell *sh, const struct node *node)
{
    unsigned last = node->and_or.count - 1;
    for (unsigned i = 0; i <= last; i++) {
        const struct and_or_item *item = &node->and_or.items[i];
        if ((item->op == AND_OR_AND && sh->status) ||
            (item->op == AND_OR_OR && !sh->status))
            continue;
        if (i < last)
            sh->quiet++;
        exec_node(sh, item->node);
        if (i < last)
            sh->quiet--;
        if (sh->flow != FLOW_NORMAL)
            return;
    }
}

/* ---- Conditions ------------------------------------------------------------------- */

static NO_INLINE void node_if(struct shell *sh, const struct node *node)
{
    for (unsigned i = 0; i < node->branch.count; i++) {
        sh->quiet++;
        int status = exec_node(sh, node->branch.clauses[i].test);
        sh->quiet--;
        if (sh->flow != FLOW_NORMAL)
            return;
        if (!status) {
            exec_node(sh, node->branch.clauses[i].body);
            return;
        }
    }
    if (node->branch.otherwise)
        exec_node(sh, node->branch.otherwise); // $? is still the condition's
    else
        sh->status = 0;
}

static void node_trace_case(struct shell *sh, const struct node *node)
{
    if (!trace_begin(sh))
        return;
    buf_add_str(&sh->trace, "case ");
    buf_add_span(&sh->trace, node->choose.subject->raw);
    buf_add_str(&sh->trace, " in");
    trace_end(sh);
}

/* Whether a clause matches; -1: an error. */
static int node_case_matches(struct shell *sh, const struct case_clause *clause,
                             struct span subject)
{
    unsigned flags = expand_match_flags(sh);
    for (unsigned i = 0; i < clause->count; i++) {
        const struct word *word = &clause->patterns[i];
        struct span pattern;
        if (word->flags == WORD_LITERAL && !flags) {
            if (span_eq(word->text, subject))
                return 1;
            continue;
        }
        struct scratch_mark mark = scratch_mark(sh->scratch);
        if (expand_pattern(sh, word, &pattern))
            return -1;
        bool match = pattern_match(pattern, subject, flags);
        scratch_release(sh->scratch, mark);
        if (match)
            return 1;
    }
    return 0;
}

static NO_INLINE void node_case(struct shell *sh, const struct node *node)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct span subject;
    sh->line = (int)node->line;
    if (UNLIKELY(shell_set(sh, SET_XTRACE)))
        node_trace_case(sh, node);
    shell_note_command(sh, node);
    if (UNLIKELY(sh->traps != NULL) && !traps_run_debug(sh)) {
        scratch_release(sh->scratch, mark);
        return;
    }
    if (expand_string(sh, node->choose.subject, 0, &subject)) {
        scratch_release(sh->scratch, mark);
        return;
    }
    bool falls = false, ran = false; // $? is the one before until a body runs
    for (unsigned i = 0; i < node->choose.count; i++) {
        const struct case_clause *clause = &node->choose.clauses[i];
        int match = falls ? 1 : node_case_matches(sh, clause, subject);
        if (match < 0) {
            ran = true;
            break;
        }
        if (!match)
            continue;
        if (clause->body) {
            exec_node(sh, clause->body);
            ran = true;
        } else if (!ran) {
            sh->status = 0;
        }
        if (clause->end == CASE_BREAK || sh->flow != FLOW_NORMAL)
            break;
        falls = clause->end == CASE_FALL;
    }
    if (!ran)
        sh->status = 0;
    scratch_release(sh->scratch, mark);
}

/* The same with set -x, which shows what the expression expands to. */
static int node_traced_arith(struct shell *sh, const struct expr *expr, int64_t *n)
{
    struct span text = span_of("1"); // for ((;;))
    if (expr->word && arith_text(sh, expr, &text))
        return 1;
    if (trace_begin(sh)) {
        buf_add_str(&sh->trace, "(( ");
        buf_add_span(&sh->trace, text);
        buf_add_str(&sh->trace, " ))");
        trace_end(sh);
    }
    return arith_eval_text(sh, text, n);
}

int node_arith(struct shell *sh, const struct expr *expr, int64_t *n)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int err = 0;
    if (UNLIKELY(shell_set(sh, SET_XTRACE)))
        err = node_traced_arith(sh, expr, n);
    else if (expr->word)
        err = arith_eval(sh, expr, n);
    scratch_release(sh->scratch, mark);
    return err;
}

static NO_INLINE void node_arith_command(struct shell *sh, const struct node *node)
{
    int64_t n;
    sys_charge(SYS_LIMIT_COMMANDS, 1);
    sh->line = (int)node->line;
    shell_note_command(sh, node);
    if (UNLIKELY(sh->traps != NULL) && !traps_run_debug(sh))
        return;
    const char *outer = sh->cmd;
    sh->cmd = "((";
    int err = node_arith(sh, &node->arith, &n);
    sh->cmd = outer;
    sh->status = err || !n ? 1 : 0;
}

static NO_INLINE void node_cond(struct shell *sh, const struct node *node)
{
    sys_charge(SYS_LIMIT_COMMANDS, 1);
    sh->line = (int)node->line;
    shell_note_command(sh, node);
    if (UNLIKELY(sh->traps != NULL) && !traps_run_debug(sh))
        return;
    const char *outer = sh->cmd;
    sh->cmd = "[[";
    exec_cond(sh, node->cond);
    sh->cmd = outer;
}

/* ---- Subshells, functions --------------------------------------------------------- */

static NO_INLINE void node_subshell(struct shell *sh, const struct node *node)
{
    struct child child = subshell_child(CHILD_SUBSHELL, node);
    if (trap_active(sh, TRAP_ERR)) // bash notes it for that alone
        shell_note_command(sh, node);
    sys_nest_enter();
    sh->line = (int)node->line;
    int pid = subshell_start(sh, &child, NULL, SYS_RUN_NEXT, 0);
    if (pid > 0) {
        sh->status = wait_child(sh, pid, node);
        wait_notify(sh);
    }
    sys_nest_leave();
}

/* What the parser takes for a name may have quotes or expansions in it. */
static bool node_is_function_name(struct shell *sh, const char *name)
{
    if (shell_set(sh, SET_POSIX))
        return name_is_valid(span_of(name));
    return !name[strcspn(name, "$\"'`\\")];
}

static bool node_is_special_builtin(unsigned name)
{
    const struct builtin *b = builtin_find_any(span_of(sys_interned(name)));
    return b && b->flags & BUILTIN_SPECIAL;
}

static NO_INLINE void node_define(struct shell *sh, const struct node *node)
{
    const char *name = sys_interned(node->function.name);
    if (shell_set(sh, SET_POSIX) && node_is_special_builtin(node->function.name)) {
        sh->line = (int)node->line;
        shell_error(sh, "`%s': is a special builtin", name);
        sh->flow = FLOW_EXIT;
        sh->status = 2;
        return;
    }
    if (!node_is_function_name(sh, name)) {
        sh->line = (int)node->line;
        shell_error(sh, "`%s': not a valid identifier", name);
        sh->status = 1;
        return;
    }
    const struct frame *f = shell_frame(sh, 0);
    struct function function = {
        .body = node,
        .script = node->function.script,
        .source = f && *f->source ? f->source : "environment",
        .line = (int)node->line,
    };
    sh->status = 0;
    if (function_set(sh, node->function.name, &function)) {
        shell_error(sh, "%s: readonly function", name);
        sh->status = 1;
    }
}

/* ---- All -------------------------------------------------------------------------- */

/* Those whose line is that of what they contain. */
RECURSIVE static void node_with_line(struct shell *sh, const struct node *node)
{
    int line = sh->outer_line;
    sh->outer_line = (int)node->line;
    if (node->kind == NODE_FOR)
        loop_for(sh, node);
    else if (node->kind == NODE_SELECT)
        loop_select(sh, node);
    else
        node_case(sh, node);
    sh->outer_line = line;
}

RECURSIVE static void node_compound(struct shell *sh, const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_GROUP: exec_node(sh, node->body); break;
    case NODE_IF: node_if(sh, node); break;
    case NODE_WHILE: loop_while(sh, node, false); break;
    case NODE_UNTIL: loop_while(sh, node, true); break;
    case NODE_FOR:
    case NODE_SELECT:
    case NODE_CASE: node_with_line(sh, node); break;
    case NODE_FOR_ARITH: loop_for_arith(sh, node); break;
    case NODE_FUNCTION: node_define(sh, node); break;
    case NODE_TEXT:
        exec_text(sh, node->text, "command substitution", (int)node->line);
        break;
    case NODE_ARITH:
        node_arith_command(sh, node);
        shell_set_pipestatus(sh, sh->status);
        node_check(sh, node);
        break;
    case NODE_COND:
        node_cond(sh, node);
        shell_set_pipestatus(sh, sh->status);
        node_check(sh, node);
        break;
    default: break;
    }
}

/* The line that bash counts the redirections of a compound command to: most have none of
 * their own. */
static int node_redirect_line(const struct shell *sh, const struct node *node)
{
    bool own = node->kind == NODE_FOR_ARITH || node->kind == NODE_ARITH ||
               node->kind == NODE_COND;
    return own ? (int)node->line : sh->outer_line;
}

/* A compound command with its redirections around it. */
static NO_INLINE void node_redirected(struct shell *sh, const struct node *node)
{
    struct scratch_mark memory = scratch_mark(sh->scratch);
    size_t mark = redirect_mark(sh);
    int line = sh->line;
    sh->line = node_redirect_line(sh, node);
    if (redirect_apply(sh, node->redirects, false)) {
        sh->status = sh->status && sh->flow != FLOW_NORMAL ? sh->status : 1;
        redirect_undo(sh, mark);
        if (sh->flow == FLOW_NORMAL)
            sh->line = line; // for ERR's action it was no command
        node_check(sh, node);
    } else {
        bool given = sh->input_given;
        sh->input_given = given || redirect_has_input(node->redirects);
        node_compound(sh, node);
        sh->input_given = given;
        redirect_undo(sh, mark);
    }
    scratch_release(sh->scratch, memory);
}

void exec_last(struct shell *sh, const struct node *node, bool alone)
{
    if (alone && node->kind == NODE_SUBSHELL) { // bash makes no process of its own for it
        node_subshell(sh, node);
    } else if (node->kind == NODE_SIMPLE) {
        node_simple(sh, node, alone ? LAST_ALONE : LAST);
    } else {
        exec_node(sh, node);
    }
}

RECURSIVE int exec_node(struct shell *sh, const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_SIMPLE: node_simple(sh, node, LAST_NO); return sh->status;
    case NODE_LIST: node_list(sh, node); return sh->status;
    case NODE_AND_OR: node_and_or(sh, node); return sh->status;
    case NODE_PIPELINE:
        exec_pipeline(sh, node);
        if (node->pipeline.flags & PIPELINE_NOT)
            exec_take_signals(sh);
        else
            node_check(sh, node);
        return sh->status;
    case NODE_BACKGROUND:
        exec_background(sh, node);
        exec_take_signals(sh);
        return sh->status;
    case NODE_SUBSHELL: // applies its redirections itself
        node_subshell(sh, node);
        shell_set_pipestatus(sh, sh->status);
        node_check(sh, node);
        return sh->status;
    case NODE_COPROC: return exec_coproc(sh, node);
    default: break;
    }
    struct procsub *procsubs = sh->procsubs; // of a loop's or case's own words
    if (UNLIKELY(node->redirects != NULL))
        node_redirected(sh, node);
    else
        node_compound(sh, node);
    if (UNLIKELY(sh->procsubs != procsubs))
        procsub_close(sh, procsubs);
    return sh->status;
}

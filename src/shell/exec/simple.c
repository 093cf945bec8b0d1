/* simple.c: see simple.h.
 *
 * Order, as bash has it: words are expanded, then redirections made, then assignments
 * before the command (of a builtin or function: in a scope of its own), then it runs;
 * all is taken back in reverse. */
#include "shell/exec/simple.h"

#include <errno.h>
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/builtins/declare.h"
#include "shell/exec/exec.h"
#include "shell/exec/external.h"
#include "shell/exec/function.h"
#include "shell/exec/keyword.h"
#include "shell/exec/procsubst.h"
#include "shell/exec/redirect.h"
#include "shell/exec/subshell.h"
#include "shell/exec/trace.h"
#include "shell/exec/traps.h"
#include "shell/expand/expand.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

/* What is at hand while one command runs. */
struct simple {
    const struct node *node;
    const struct node_simple *tree; // its words and assignments; with set -k sorted
    struct args args;
    enum simple_last last;
    bool scoped; // assignments before it lie in a scope of its own
};

/* ---- Words ------------------------------------------------------------------------ */

/* What is before the value: a subscript is expanded like the rest of the word, and again
 * by the builtin. */
static int simple_add_left(struct shell *sh, const struct assign *a,
                           struct scratch_text *text)
{
    struct span sub, name = span_of(sys_interned(a->name));
    if (LIKELY(!a->has_subscript)) {
        scratch_text_add_span(text,
                              span_make(a->raw.ptr, a->raw.len - a->value->raw.len));
        return 0;
    }
    if (expand_string(sh, a->subscript.word, 0, &sub))
        return 1;
    scratch_text_add_span(text, name);
    scratch_text_add_char(text, '[');
    scratch_text_add_span(text, sub);
    scratch_text_add_span(text, span_of(a->append ? "]+=" : "]="));
    return 0;
}

/* The word NAME=VALUE of a declaration builtin: not split. An array's value is assigned
 * here. */
static int simple_add_declaration(struct shell *sh, struct simple *s,
                                  const struct word *word)
{
    const struct assign *a = word->assign;
    if (a->array) {
        int err = declare_array_word(sh, s->args.items, s->args.count, a);
        struct span name = span_of(sys_interned(a->name));
        args_add(sh, &s->args, scratch_copy(sh->scratch, name));
        return err && sh->flow != FLOW_NORMAL;
    }
    struct scratch_text text = scratch_text_make(sh->scratch);
    struct span value;
    struct word whole = *a->value;
    whole.raw = a->raw; // what messages show
    if (simple_add_left(sh, a, &text) || expand_string(sh, &whole, EXPAND_ASSIGN, &value))
        return 1;
    scratch_text_add_span(&text, value);
    args_add(sh, &s->args, (char *)scratch_text_end(&text).ptr);
    return 0;
}

static int simple_expand(struct shell *sh, struct simple *s)
{
    const struct node_simple *c = s->tree;
    for (unsigned i = 0; i < c->word_count; i++) {
        const struct word *word = &c->words[i];
        int err = UNLIKELY(word->assign != NULL) ? simple_add_declaration(sh, s, word)
                                                 : expand_word(sh, word, &s->args);
        if (UNLIKELY(err))
            return err;
    }
    return expand_files(sh, &s->args);
}

/* ---- Assignments ------------------------------------------------------------------ */

/* x=1 y=2 without a command: for this shell. The status is that of the last $(...). */
static int simple_assign(struct shell *sh, const struct node_simple *c)
{
    for (unsigned i = 0; i < c->assign_count; i++) {
        if (expand_assign(sh, &c->assigns[i]))
            return sh->status ? sh->status : (sh->status = 1);
    }
    return sh->status = sh->capture_status >= 0 ? sh->capture_status : 0;
}

/* Nothing but assignments and redirections. */
static int simple_null(struct shell *sh, const struct simple *s)
{
    const struct node *node = s->node;
    int status = simple_assign(sh, s->tree);
    if (!node->redirects || sh->flow != FLOW_NORMAL)
        return status;
    size_t mark = redirect_mark(sh);
    int err = redirect_apply(sh, node->redirects, false);
    redirect_undo(sh, mark);
    return sh->status = err ? 1 : status;
}

/* x=1 cmd, in the scope just pushed. 0, or 1 after a message. */
static int simple_assign_temporary(struct shell *sh, const struct node_simple *c)
{
    for (unsigned i = 0; i < c->assign_count; i++) {
        if (expand_assign_temporary(sh, &c->assigns[i]))
            return 1;
    }
    return 0;
}

static int simple_redirect(struct shell *sh, const struct node *node, bool scoped,
                           bool keep)
{
    if (LIKELY(!node->redirects))
        return 0;
    scope_swap_if(sh, scoped); // x=1 is for the command, not for its redirections
    int err = redirect_apply(sh, node->redirects, keep);
    scope_swap_if(sh, scoped);
    return err;
}

/* ---- Builtins --------------------------------------------------------------------- */

/* Runs a builtin. Gives what it gave: BUILTIN_FAILED, BUILTIN_MISUSED or the status. */
static int simple_run_builtin(struct shell *sh, const struct builtin *builtin, int argc,
                              char **argv, bool scoped)
{
    const struct builtin *outer = sh->builtin;
    bool outer_scoped = sh->builtin_scoped;
    const char *outer_cmd = sh->cmd;
    sh->builtin = builtin;
    sh->builtin_scoped = scoped;
    sh->cmd = builtin->name;
    int status = builtin->run(sh, argc, argv);
    struct out *out = out_std();
    if (out->len || UNLIKELY(out->err)) {
        int err = out_flush();
        if (UNLIKELY(err)) {
            sh->cmd = builtin->name;
            if (err != -EINTR)
                shell_builtin_errno(sh, err, "write error");
            status = 1;
            out_reset();
        }
    }
    sh->builtin = outer;
    sh->builtin_scoped = outer_scoped;
    sh->cmd = outer_cmd;
    if (UNLIKELY(sh->flow == FLOW_DISCARD))
        return sh->status;
    sh->status = status & BUILTIN_STATUS;
    return status;
}

int exec_builtin(struct shell *sh, const struct builtin *builtin, int argc, char **argv)
{
    return simple_run_builtin(sh, builtin, argc, argv, sh->builtin_scoped) &
           BUILTIN_STATUS;
}

/* The status after a redirection failed. */
static int simple_not_redirected(struct shell *sh)
{
    return sh->flow == FLOW_DISCARD ? sh->status : (sh->status = 1);
}

/* A special builtin was called wrongly, where its status counts, or failed. */
static void simple_end_posix(struct shell *sh, const struct simple *s, int status)
{
    bool counts = !sh->quiet && s->node != sh->inverted;
    if (shell_set(sh, SET_POSIX) && sh->flow == FLOW_NORMAL &&
        (counts || status == BUILTIN_FAILED))
        sh->flow = FLOW_EXIT;
}

static int simple_builtin(struct shell *sh, struct simple *s,
                          const struct builtin *builtin)
{
    size_t mark = redirect_mark(sh);
    if (simple_redirect(sh, s->node, s->scoped, false)) {
        redirect_undo(sh, mark);
        if ((builtin->flags & BUILTIN_SPECIAL) && shell_set(sh, SET_POSIX))
            sh->flow = FLOW_EXIT;
        return simple_not_redirected(sh);
    }
    int status =
        simple_run_builtin(sh, builtin, (int)s->args.count, s->args.items, s->scoped);
    if (UNLIKELY(status > BUILTIN_STATUS) && (builtin->flags & BUILTIN_SPECIAL))
        simple_end_posix(sh, s, status);
    if (UNLIKELY(sh->keep_redirects)) { // exec without a command
        sh->keep_redirects = false;
        redirect_commit(sh, mark);
    } else if (s->node->redirects) {
        redirect_undo(sh, mark);
    }
    return sh->status;
}

/* ---- Functions -------------------------------------------------------------------- */

static int simple_function(struct shell *sh, struct simple *s, const struct function *f,
                           unsigned id)
{
    size_t mark = redirect_mark(sh);
    if (simple_redirect(sh, s->node, s->scoped, false)) {
        redirect_undo(sh, mark);
        return simple_not_redirected(sh);
    }
    exec_function(sh, f, id, (int)s->args.count, s->args.items);
    if (s->node->redirects)
        redirect_undo(sh, mark);
    return sh->status;
}

/* ---- Programs --------------------------------------------------------------------- */

/* This process is done after the command: it becomes the program. */
static int simple_become(struct shell *sh, const struct node *node, char **words)
{
    if (simple_redirect(sh, node, node->simple.assign_count > 0, true))
        return simple_not_redirected(sh);
    if (sh->child.kind != CHILD_STAGE && sh->child.kind != CHILD_COMMAND)
        external_lower_level(sh);
    return sh->status = external_become(sh, words, NULL, NULL);
}

void exec_simple_words(struct shell *sh, const struct node *node, char **words)
{
    simple_become(sh, node, words);
}

/* A program whose redirections change variables or may fail: bash expands them in the
 * program's process, where it has no effect on the shell. */
static int simple_external_apart(struct shell *sh, struct simple *s)
{
    struct child child = subshell_child(CHILD_COMMAND, s->node);
    child.words = s->args.items;
    int pid = subshell_start(sh, &child, NULL, SYS_RUN_NEXT, 0);
    return pid < 0 ? sh->status : (sh->status = external_finish(sh, pid, s->node));
}

static int simple_external(struct shell *sh, struct simple *s)
{
    if (s->last && external_may_become(sh, s->last == LAST_ALONE))
        return simple_become(sh, s->node, s->args.items);
    if (UNLIKELY(redirect_changes(sh, s->node->redirects)))
        return simple_external_apart(sh, s);
    if (!s->node->redirects) {
        int pid = external_start(sh, s->args.items);
        return sh->status = external_finish(sh, pid, s->node);
    }
    size_t mark = redirect_mark(sh);
    int err = simple_redirect(sh, s->node, s->scoped, false);
    int pid = err ? 0 : external_start(sh, s->args.items);
    redirect_undo(sh, mark);
    return sh->status = err ? 1 : external_finish(sh, pid, s->node);
}

/* ---- What the first word means ---------------------------------------------------- */

struct simple_target {
    unsigned id; // of the name, interned; 0: it has a slash
    const struct builtin *builtin;
    const struct function *function;
};

static struct simple_target simple_find(struct shell *sh, const struct simple *s)
{
    struct simple_target t = {.id = s->tree->name};
    const char *name = s->args.items[0];
    if (UNLIKELY(!t.id || s->tree->words[0].flags != WORD_LITERAL))
        t.id = strchr(name, '/') ? 0 : sys_intern(name, strlen(name));
    if (UNLIKELY(!t.id))
        return t;
    t.builtin = builtin_of_name(sh, t.id);
    if (!t.builtin || !(t.builtin->flags & BUILTIN_SPECIAL) || !shell_set(sh, SET_POSIX))
        t.function = function_find(sh, t.id);
    return t;
}

static void simple_call(struct shell *sh, struct simple *s, const struct simple_target *t)
{
    if (t->function)
        simple_function(sh, s, t->function, t->id);
    else if (t->builtin)
        simple_builtin(sh, s, t->builtin);
    else
        simple_external(sh, s);
}

static void simple_trace(struct shell *sh, const struct simple *s)
{
    if (LIKELY(!shell_set(sh, SET_XTRACE)))
        return;
    scope_swap_if(sh, s->scoped);
    exec_trace_command(sh, s->args.items, s->args.count);
    scope_swap_if(sh, s->scoped);
}

static bool simple_is_special(const struct simple_target *t)
{
    return t->builtin && !t->function && (t->builtin->flags & BUILTIN_SPECIAL);
}

/* What was assigned before a special builtin stays. Messages name it, or after eval and
 * source what these have run. */
static void simple_keep(struct shell *sh, const struct builtin *builtin)
{
    bool text = builtin->flags & BUILTIN_TEXT;
    const char *cmd = sh->cmd;
    sh->cmd = text ? NULL : builtin->name;
    scope_keep(sh, !text);
    sh->cmd = cmd;
}

/* x=1 cmd: in a scope of its own. Before special builtins in POSIX mode it stays: the
 * mode must be on before the builtin and after it, of eval and source only after it. */
static void simple_call_assigned(struct shell *sh, struct simple *s,
                                 const struct simple_target *t)
{
    bool special = simple_is_special(t), posix = shell_set(sh, SET_POSIX);
    bool text = special && t->builtin->flags & BUILTIN_TEXT;
    scope_push(sh, SCOPE_TEMPORARY);
    s->scoped = true;
    bool fails = simple_assign_temporary(sh, s->tree) || sh->flow != FLOW_NORMAL;
    posix = text || shell_set(sh, SET_POSIX);
    if (UNLIKELY(fails)) {
        sh->status = sh->status ? sh->status : 1;
    } else {
        simple_trace(sh, s);
        simple_call(sh, s, t);
    }
    posix = posix && shell_set(sh, SET_POSIX);
    if (UNLIKELY(special && posix && !fails))
        simple_keep(sh, t->builtin);
    else
        scope_pop(sh);
    if (special && posix && fails)
        shell_abort(sh, 1);
}

/* %1 as a command is `fg %1`, and %1 & is `bg %1`. */
static int simple_resume(struct shell *sh, const struct simple *s)
{
    struct args words = {0};
    simple_trace(sh, s);
    struct span name = span_of(s->last == LAST_RESUMES ? "bg" : "fg");
    args_add(sh, &words, scratch_copy(sh->scratch, name));
    for (size_t i = 0; i < s->args.count; i++)
        args_add(sh, &words, s->args.items[i]);
    return exec_builtin(sh, builtin_find_any(name), (int)words.count, words.items);
}

static int simple_run(struct shell *sh, struct simple *s)
{
    if (simple_expand(sh, s))
        return sh->status ? sh->status : (sh->status = 1);
    if (UNLIKELY(sh->subshell_late)) {
        sh->subshell_late = false;
        sh->subshell++;
    }
    if (!s->args.count) {
        simple_null(sh, s);
        if (sh->flow != FLOW_DISCARD)
            shell_set_last_arg(sh, "");
        return sh->status;
    }
    struct simple_target t = simple_find(sh, s);
    if (UNLIKELY(s->args.items[0][0] == '%') && sh->child.node != s->node)
        return simple_resume(sh, s);
    if (LIKELY(!s->tree->assign_count)) {
        simple_trace(sh, s);
        simple_call(sh, s, &t);
    } else {
        simple_call_assigned(sh, s, &t);
    }
    if (sh->flow != FLOW_DISCARD)
        shell_set_last_arg(sh, s->args.items[s->args.count - 1]);
    return sh->status;
}

int exec_simple(struct shell *sh, const struct node *node, enum simple_last last)
{
    sys_charge(SYS_LIMIT_COMMANDS, 1);
    sh->line = (int)node->line;
    shell_note_command(sh, node);
    bool skip = UNLIKELY(trap_active(sh, TRAP_DEBUG) != NULL) && !sh->debug_done &&
                !traps_run_debug(sh);
    sh->debug_done = false;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct procsub *procsubs = sh->procsubs;
    struct simple s = {.node = node, .tree = &node->simple, .last = last};
    if (UNLIKELY(shell_set(sh, SET_KEYWORD)))
        s.tree = keyword_sort(sh, s.tree);
    sh->capture_status = -1;
    if (LIKELY(sh->flow == FLOW_NORMAL && !skip))
        simple_run(sh, &s);
    if (UNLIKELY(sh->procsubs != procsubs))
        procsub_close(sh, procsubs);
    scratch_release(sh->scratch, mark);
    return sh->status;
}

int exec_argv(struct shell *sh, int argc, char **argv, unsigned flags)
{
    size_t len = strlen(argv[0]);
    unsigned id = sys_intern(argv[0], len);
    const struct function *f = flags & EXEC_NO_FUNCTIONS ? NULL : function_find(sh, id);
    if (f)
        return exec_function(sh, f, id, argc, argv);
    const struct builtin *builtin =
        flags & EXEC_NO_BUILTINS ? NULL : builtin_of_name(sh, id);
    if (builtin)
        return exec_builtin(sh, builtin, argc, argv);
    return sh->status = external_run(sh, argv, (flags & EXEC_DEFAULT_PATH) != 0);
}

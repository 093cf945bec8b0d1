/* loops.c: see loops.h. Every turn is charged and passes the door. */
#include "shell/exec/loops.h"

#include <string.h>

#include "base/num.h"
#include "shell/exec/exec.h"
#include "shell/exec/node.h"
#include "shell/exec/trace.h"
#include "shell/exec/traps.h"
#include "shell/expand/expand.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/in.h"
#include "user/out.h"

static inline void loop_turn(void)
{
    sys_charge(SYS_LIMIT_LOOPS, 1);
    sys_tick();
}

/* After a part of the loop ended with flow: whether the loop ends. */
static NO_INLINE bool loop_ends(struct shell *sh)
{
    enum flow flow = sh->flow;
    if (flow != FLOW_BREAK && flow != FLOW_CONTINUE)
        return true;
    if (--sh->flow_levels > 0)
        return true;
    sh->flow = FLOW_NORMAL;
    return flow == FLOW_BREAK;
}

void loop_while(struct shell *sh, const struct node *node, bool until)
{
    int status = 0;
    sh->loops++;
    for (;;) {
        loop_turn();
        sh->quiet++;
        int test = exec_node(sh, node->loop.test);
        sh->quiet--;
        if (sh->flow != FLOW_NORMAL) {
            status = sh->status;
            if (loop_ends(sh))
                break;
            continue;
        }
        if ((test != 0) != until)
            break;
        status = exec_node(sh, node->loop.body);
        if (UNLIKELY(sh->flow != FLOW_NORMAL)) {
            status = sh->status;
            if (loop_ends(sh))
                break;
        }
    }
    sh->loops--;
    sh->status = status;
}

/* ---- for -------------------------------------------------------------------------- */

static void loop_trace_words(struct shell *sh, const struct node *node, const char *what)
{
    if (!trace_begin(sh))
        return;
    struct buf *b = &sh->trace;
    buf_addf(b, "%s %s", what, sys_interned(node->each.name));
    buf_add_str(b, " in");
    for (unsigned i = 0; i < node->each.count; i++) {
        buf_add_char(b, ' ');
        buf_add_span(b, node->each.words[i].raw);
    }
    if (!node->each.has_in)
        buf_add_str(b, " \"$@\"");
    trace_end(sh);
}

static int loop_expand(struct shell *sh, const struct node *node, struct args *args)
{
    if (!node->each.has_in) {
        struct params *p = params_of(sh);
        for (int i = 0; i < p->count; i++)
            args_add(sh, args, scratch_copy(sh->scratch, span_of(p->argv[i])));
        return 0;
    }
    for (unsigned i = 0; i < node->each.count; i++)
        if (expand_word(sh, &node->each.words[i], args))
            return 1;
    return expand_files(sh, args);
}

static bool loop_name_is_valid(struct shell *sh, unsigned name)
{
    const char *text = sys_interned(name);
    if (LIKELY(name_is_valid(span_of(text))))
        return true;
    shell_error(sh, "`%s': not a valid identifier", text);
    sh->status = 1;
    return false;
}

/* The variable is readonly, which ends a shell in posix mode, or an integer and the word
 * is none, which has ended the command line. */
static void loop_not_set(struct shell *sh)
{
    if (sh->flow == FLOW_NORMAL)
        sh->status = 1;
    if (shell_set(sh, SET_POSIX))
        shell_abort(sh, 1);
}

/* Runs the body for each of args. */
static void loop_each(struct shell *sh, const struct node *node, const struct args *args)
{
    bool trace = shell_set(sh, SET_XTRACE);
    if (!args->count)
        sh->status = 0;
    for (size_t i = 0; i < args->count; i++) {
        loop_turn();
        sh->line = (int)node->line;
        if (UNLIKELY(trace || shell_set(sh, SET_XTRACE)))
            loop_trace_words(sh, node, "for");
        shell_note_command(sh, node);
        if (UNLIKELY(sh->traps != NULL) && !traps_run_debug(sh))
            continue;
        // a nameref is set itself
        unsigned name = node->each.name;
        unsigned flags = var_is_circle(sh, name) ? 0 : VAR_OP_NO_REF;
        if (var_set(sh, name, span_of(args->items[i]), flags)) {
            loop_not_set(sh);
            return;
        }
        exec_node(sh, node->each.body);
        if (UNLIKELY(sh->flow != FLOW_NORMAL) && loop_ends(sh))
            return;
    }
}

void loop_for(struct shell *sh, const struct node *node)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct args args = {0};
    sh->line = (int)node->line;
    if (!loop_name_is_valid(sh, node->each.name))
        return;
    sh->loops++;
    if (!loop_expand(sh, node, &args))
        loop_each(sh, node, &args);
    else if (!sh->status)
        sh->status = 1;
    sh->loops--;
    scratch_release(sh->scratch, mark);
}

/* ---- for (( )) -------------------------------------------------------------------- */

/* Evaluates a part; one that is left out is 1. False: an error. */
static bool loop_part(struct shell *sh, const struct node *node, const struct expr *expr,
                      int64_t *n)
{
    *n = 1;
    sh->line = (int)node->line;
    shell_note_command(sh, node);
    if (!sh->in_trap)
        sh->command_part = expr;
    if (UNLIKELY(sh->traps != NULL))
        traps_run_debug(sh);
    const char *outer = sh->cmd;
    sh->cmd = "((";
    int err = node_arith(sh, expr, n);
    sh->cmd = outer;
    if (!err)
        return true;
    sh->status = 1;
    return false;
}

static void loop_count(struct shell *sh, const struct node *node)
{
    int64_t n;
    if (!loop_part(sh, node, &node->count.init, &n))
        return;
    int status = 0;
    for (;;) {
        loop_turn();
        if (!loop_part(sh, node, &node->count.test, &n))
            return;
        if (!n)
            break;
        status = exec_node(sh, node->count.body);
        if (UNLIKELY(sh->flow != FLOW_NORMAL)) {
            status = sh->status;
            if (loop_ends(sh))
                break;
        }
        if (!loop_part(sh, node, &node->count.step, &n))
            return;
    }
    sh->status = status;
}

void loop_for_arith(struct shell *sh, const struct node *node)
{
    sh->loops++;
    loop_count(sh, node);
    sh->loops--;
}

/* ---- select ----------------------------------------------------------------------- */

enum { SELECT_WIDTH = 80, SELECT_TAB = 8 };

static size_t select_digits(size_t n)
{
    size_t digits = 1;
    while (n >= 10) {
        n /= 10;
        digits++;
    }
    return digits;
}

/* Fills from column `from` to column `to` with tabs and spaces. */
static void select_pad(struct buf *b, size_t from, size_t to)
{
    while (from < to) {
        if (to / SELECT_TAB > from / SELECT_TAB) {
            buf_add_char(b, '\t');
            from += SELECT_TAB - from % SELECT_TAB;
        } else {
            buf_add_char(b, ' ');
            from++;
        }
    }
}

/* The menu, in as many columns as fit. */
static void select_show(struct shell *sh, const struct args *args)
{
    struct buf b = buf_make(sys_heap());
    size_t count = args->count, digits = select_digits(count), widest = 0;
    for (size_t i = 0; i < count; i++)
        widest = size_max(widest, strlen(args->items[i]));
    int64_t wide = var_get_int(sh, NAME_COLUMNS);
    size_t width = wide > 0 ? (size_t)wide : SELECT_WIDTH;
    size_t cell = widest + digits + 2 + 2;
    size_t columns = size_max(width / cell, 1);
    size_t rows = (count + columns - 1) / columns;
    if (rows == 1) { // as bash: one below the other rather than in one line
        rows = columns < count ? rows : count;
        columns = 1;
    }
    for (size_t row = 0; row < rows; row++) {
        size_t column = 0;
        for (size_t i = row; i < count; i += rows) {
            size_t len = strlen(args->items[i]);
            buf_addf(&b, "%*zu) %s", (int)digits, i + 1, args->items[i]);
            if (i + rows < count)
                select_pad(&b, column + digits + 2 + len, column + cell);
            column += cell;
        }
        buf_add_char(&b, '\n');
    }
    int err = out_write_all(2, b.data, b.len);
    (void)err;
    buf_fini(&b);
}

/* Reads a line into REPLY through the read builtin. False: the end. */
static bool select_read(struct shell *sh)
{
    char name[] = "read";
    char *argv[] = {name, NULL};
    int before = sh->status; // what $? is in the body
    bool read = exec_argv(sh, 1, argv, EXEC_NO_FUNCTIONS) == 0 && sh->flow == FLOW_NORMAL;
    if (read)
        sh->status = before;
    return read;
}

/* first: the menu is shown; later ones only after an empty reply. */
static bool select_choose(struct shell *sh, const struct node *node,
                          const struct args *args, bool first)
{
    const char *prompt = var_is_set(sh, NAME_PS3) ? var_get_str(sh, NAME_PS3) : "#? ";
    struct span reply;
    for (bool show = first;; show = true) {
        if (show)
            select_show(sh, args);
        int err = out_write_all(2, prompt, strlen(prompt));
        if (err || !select_read(sh)) {
            err = out_write_all(1, "\n", 1);
            return false;
        }
        reply = var_get(sh, NAME_REPLY);
        if (reply.len)
            break;
    }
    int n;
    bool chosen = !num_to_int(reply.ptr, &n) && n >= 1 && (size_t)n <= args->count;
    struct span text = chosen ? span_of(args->items[n - 1]) : span_of("");
    if (!var_set(sh, node->each.name, text, 0))
        return true;
    loop_not_set(sh);
    return false;
}

void loop_select(struct shell *sh, const struct node *node)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct args args = {0};
    sh->line = (int)node->line;
    if (!loop_name_is_valid(sh, node->each.name))
        return;
    shell_note_command(sh, node);
    if (UNLIKELY(sh->traps != NULL) && !traps_run_debug(sh))
        return;
    if (!loop_expand(sh, node, &args) && args.count) {
        if (shell_set(sh, SET_XTRACE))
            loop_trace_words(sh, node, "select");
        sh->loops++;
        int status = 0;
        for (bool first = true;; first = false) {
            loop_turn();
            if (!select_choose(sh, node, &args, first)) {
                status = sh->flow == FLOW_NORMAL ? 1 : sh->status;
                break;
            }
            status = exec_node(sh, node->each.body);
            if (sh->flow != FLOW_NORMAL) {
                status = sh->status;
                if (loop_ends(sh))
                    break;
            }
        }
        sh->loops--;
        sh->status = status;
    }
    scratch_release(sh->scratch, mark);
}

/* function.c: calling functions. */
#include "shell/exec/function.h"

#include "shell/exec/exec.h"
#include "shell/exec/traps.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/functions.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "sys.h"

/* FUNCNEST is exceeded: the whole command line ends. */
static bool function_nests_too_deep(struct shell *sh, unsigned name)
{
    if (LIKELY(!var_is_set(sh, NAME_FUNCNEST)))
        return false;
    int64_t max = var_get_int(sh, NAME_FUNCNEST);
    if (max <= 0 || sh->functions < max)
        return false;
    shell_error(sh, "%s: maximum function nesting level exceeded (%d)",
                sys_interned(name), (int)max);
    shell_discard(sh, 1);
    return true;
}

static void function_run_body(struct shell *sh, const struct node *body)
{
    // a traced function has DEBUG's action before its body too
    if (UNLIKELY(sh->traps != NULL))
        sh->line = sh->outer_line;
    bool skip = UNLIKELY(trap_active(sh, TRAP_DEBUG) != NULL) && !traps_run_debug(sh);
    if (LIKELY(!skip))
        exec_node(sh, body);
    if (UNLIKELY(sh->traps != NULL))
        traps_run_return(sh);
    if (sh->flow == FLOW_RETURN)
        sh->flow = FLOW_NORMAL;
    else if (sh->flow == FLOW_BREAK || sh->flow == FLOW_CONTINUE)
        sh->flow = FLOW_NORMAL;
}

int exec_function(struct shell *sh, const struct function *f, unsigned name, int argc,
                  char **argv)
{
    if (function_nests_too_deep(sh, name))
        return sh->status;
    const struct node *body = f->body->function.body;
    bool trace = f->attrs & FUNCTION_TRACE;
    struct params saved;
    int outer_line = sh->outer_line;
    sys_nest_enter();
    shell_reserve_script(sh);
    shell_push_script(sh, script_get(f->script));
    shell_push_frame(sh, FRAME_FUNCTION, sys_interned(name), f->source);
    if (UNLIKELY(shell_shopt(sh, SHOPT_EXTDEBUG)))
        shell_frame_note_args(sh, argc - 1, argv + 1);
    scope_push(sh, SCOPE_FUNCTION);
    unsigned hidden = traps_enter_function(sh, trace);
    params_push(sh, &saved, argc - 1, argv + 1);
    sh->functions++;
    sh->outer_line = (int)(f->body->function.line ? f->body->function.line : body->line);
    function_run_body(sh, body);
    sh->functions--;
    sh->discarded_function = sh->flow == FLOW_DISCARD;
    params_pop(sh, &saved);
    traps_leave_function(sh, hidden);
    scope_pop(sh);
    shell_pop_frame(sh);
    shell_pop_script(sh);
    sys_nest_leave();
    sh->outer_line = outer_line;
    return sh->status;
}

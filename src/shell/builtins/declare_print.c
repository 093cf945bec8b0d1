/* declare_print.c: what declare, export and readonly print: variables and functions as
 * commands that make them again. */
#include <string.h>

#include "base/buf.h"
#include "shell/builtins/declare.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/describe.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

static void declare_out(struct buf *b)
{
    out_span(buf_span(b));
    buf_fini(b);
}

void declare_print_function_attrs(struct shell *sh, unsigned id)
{
    const struct function *f = function_find(sh, id);
    outf("declare -f%s%s%s %s\n", f->attrs & FUNCTION_READONLY ? "r" : "",
         f->attrs & FUNCTION_TRACE ? "t" : "", f->attrs & FUNCTION_EXPORT ? "x" : "",
         sys_interned(id));
}

unsigned declare_function_attrs(unsigned attrs)
{
    return (attrs & VAR_EXPORT ? FUNCTION_EXPORT : 0) |
           (attrs & VAR_READONLY ? FUNCTION_READONLY : 0) |
           (attrs & VAR_TRACE ? FUNCTION_TRACE : 0);
}

void declare_print_function(const struct declare *d, unsigned id, bool listed)
{
    const struct function *f = function_find(d->sh, id);
    if (d->names && !listed && !d->print) {
        if (shell_shopt(d->sh, SHOPT_EXTDEBUG))
            outf("%s %d %s\n", sys_interned(id), f->line, f->source);
        else
            outf("%s\n", sys_interned(id));
        return;
    }
    if (!d->names)
        describe_function(d->sh, id);
    if (d->names || (f->attrs && (listed || d->print)))
        declare_print_function_attrs(d->sh, id);
}

static bool declare_kind_matches(const struct declare *d, const struct value *v)
{
    return (!d->indexed || v->kind == VALUE_INDEXED) &&
           (!d->assoc || v->kind == VALUE_ASSOC);
}

/* What export and readonly list begins with in POSIX mode: their own name. */
static const char *declare_word(const struct declare *d)
{
    if (!d->silent || !shell_set(d->sh, SET_POSIX))
        return NULL;
    return d->add & VAR_EXPORT ? "export" : "readonly";
}

static void declare_print_functions(struct declare *d)
{
    unsigned *ids;
    size_t count = function_list(d->sh, declare_function_attrs(d->add), &ids);
    for (size_t i = 0; i < count; i++)
        if (declare_word(d))
            outf("%s -f %s\n", declare_word(d), sys_interned(ids[i]));
        else
            declare_print_function(d, ids[i], true);
}

void declare_print_matching(struct declare *d)
{
    struct shell *sh = d->sh;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    scope_swap_if(sh, sh->builtin_scoped);
    if (d->functions || d->names) {
        declare_print_functions(d);
    } else {
        unsigned *ids;
        bool locals =
            d->local && scope_in_function(sh) && sh->cmd && str_eq(sh->cmd, "local");
        if (locals && scope_saves_options(sh))
            outf("local -\n");
        size_t count = vars_list(sh, locals ? 0 : d->add, (struct span){0},
                                 locals ? VARS_LOCALS : 0, &ids);
        for (size_t i = 0; i < count; i++) {
            struct buf b = buf_make(sys_heap());
            const struct value *v = var_listed(sh, ids[i]);
            if (locals || declare_kind_matches(d, v)) // local -i lists all, too
                var_add_listed(sh, ids[i], v, declare_word(d), &b);
            declare_out(&b);
        }
    }
    scope_swap_if(sh, sh->builtin_scoped);
    scratch_release(sh->scratch, mark);
}

int declare_print_one(struct declare *d, const char *name)
{
    struct shell *sh = d->sh;
    struct buf b = buf_make(sys_heap());
    unsigned id = name_intern(span_of(name));
    struct scratch_mark mark = scratch_mark(sh->scratch);
    bool other = str_eq(sh->cmd, "local") && !var_is_local(sh, id);
    bool found = id && !other && var_add_declaration(sh, id, &b);
    scratch_release(sh->scratch, mark);
    declare_out(&b);
    return found ? 0 : shell_builtin_error(sh, "%s: not found", name);
}

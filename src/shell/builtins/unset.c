/* unset.c: unset. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/arrays.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"

static int unset_function(struct shell *sh, const char *name)
{
    unsigned id = sys_intern(name, strlen(name));
    if (function_find(sh, id) && function_unset(sh, id))
        return shell_builtin_error(sh, "%s: cannot unset: readonly function", name);
    return 0;
}

/* What a reference stands for, in messages. */
static const char *unset_shown(struct shell *sh, unsigned id)
{
    struct span sub;
    unsigned target = var_resolve(sh, id, &sub);
    return sys_interned(target ? target : id);
}

/* NAME[subscript] or NAME. (The subscript is cut off then, as $_ shows.) */
static int unset_variable(struct shell *sh, char **word, unsigned id)
{
    struct span text = span_of(*word), subscript = span_from(text, span_find(text, '['));
    if (!subscript.len)
        return var_unset(sh, id, 0);
    if (subscript.ptr[subscript.len - 1] != ']')
        return 0;
    struct span inside = span_make(subscript.ptr + 1, subscript.len - 2);
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct place place;
    const struct value *v = var_find(sh, id, 0);
    bool all = span_eq_str(inside, "@") || span_eq_str(inside, "*");
    int err = 0;
    if (!v || !inside.len)
        err = 0;
    else if (v->attrs & VAR_READONLY && (all || !var_is_array(sh, id)))
        err = var_unset(sh, id, 0); // to say so
    else if (all && v->kind == VALUE_INDEXED)
        err = v->array ? array_clear(sh, id) : 0;
    else if (all && !var_is_array(sh, id))
        err = shell_builtin_error(sh, "%s: not an array variable", unset_shown(sh, id));
    else if (place_parse_for(sh, text, PLACE_UNSETS, &place) == 0)
        err = place_unset(sh, &place);
    else
        err = 1;
    scratch_release(sh->scratch, mark);
    if (inside.len)
        *word = scratch_copy(sh->scratch, span_make(text.ptr, span_find(text, '[')));
    return err != 0;
}

/* Without -f and -v: a variable, or else a function. */
static int unset_either(struct shell *sh, char **word, bool variables_only)
{
    const char *name = *word;
    struct span text = span_of(name), base = span_make(name, span_find(text, '['));
    unsigned id = name_intern(base);
    if (id == NAME_POSIXLY_CORRECT) // off again, also where it was
        shell_set_posix(sh, false);
    if (!id && variables_only)
        return shell_builtin_error(sh, "`%s': not a valid identifier", name);
    if (id && (variables_only || base.len < text.len || var_find(sh, id, VAR_OP_NO_REF)))
        return unset_variable(sh, word, id);
    return variables_only ? 0 : unset_function(sh, name);
}

/* Of another variable, or none, bash takes no notice, unless it is readonly. */
static int unset_reference(struct shell *sh, const char *name)
{
    unsigned id = name_intern(span_of(name));
    const struct value *v = id ? var_find(sh, id, VAR_OP_NO_REF) : NULL;
    return v && (v->attrs & (VAR_NAMEREF | VAR_READONLY))
               ? var_unset(sh, id, VAR_OP_NO_REF)
               : 0;
}

int builtin_unset(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "fnv");
    bool functions = false, variables = false, references = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'f': functions = true; break;
        case 'n': references = true; break;
        case 'v': variables = true; break;
        default: return BUILTIN_MISUSED;
        }
    if (functions && variables)
        return shell_builtin_error(
            sh, "cannot simultaneously unset a function and a variable");
    int status = 0;
    for (int i = o.next; i < argc; i++)
        status |= functions    ? unset_function(sh, argv[i])
                  : references ? unset_reference(sh, argv[i])
                               : unset_either(sh, &argv[i], variables);
    return status;
}

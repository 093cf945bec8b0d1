/* unset.c: unset. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/expand/place.h"
#include "shell/shell.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"

struct unset {
    bool functions, variables, references;
};

static int unset_function(struct shell *sh, const char *name)
{
    if (function_unset(sh, name_intern(span_of(name))))
        return shell_builtin_error(sh, "%s: cannot unset: readonly function", name);
    return 0;
}

static int unset_element(struct shell *sh, const char *text)
{
    struct place place;
    int err = place_parse(sh, span_of(text), &place);
    if (err < 0)
        return shell_builtin_error(sh, "`%s': not a valid identifier", text);
    return err ? 1 : place_unset(sh, &place);
}

/* Functions may have names that are no variables': those are looked for as well. */
static int unset_name(struct shell *sh, const struct unset *u, const char *name)
{
    if (u->functions)
        return unset_function(sh, name);
    unsigned id = name_intern(span_of(name));
    if (!id) {
        if (strchr(name, '[') || u->variables)
            return unset_element(sh, name);
        unsigned odd = sys_intern(name, strlen(name));
        if (function_find(sh, odd))
            return function_unset(sh, odd) ? 1 : 0;
        return unset_element(sh, name);
    }
    bool is_variable = var_find(sh, id, VAR_OP_NO_REF) != NULL;
    if (!u->variables && !is_variable && function_find(sh, id))
        return unset_function(sh, name);
    return var_unset(sh, id, u->references ? VAR_OP_NO_REF : 0);
}

int builtin_unset(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "fnv");
    struct unset u = {0};
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'f': u.functions = true; break;
        case 'n': u.references = true; break;
        case 'v': u.variables = true; break;
        default: return 2;
        }
    if (u.functions && u.variables)
        return shell_builtin_error(sh, "cannot simultaneously unset a function and a variable");
    int status = 0;
    for (char **name = argv + o.next; *name; name++)
        if (unset_name(sh, &u, *name))
            status = 1;
    return status;
}

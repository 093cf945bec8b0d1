/* export.c: export and readonly. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/builtins/declare.h"
#include "shell/exec/trace.h"
#include "shell/shell.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"

static int export_function(struct declare *d, const char *name)
{
    unsigned id = sys_intern(name, strlen(name));
    if (!function_find(d->sh, id))
        return shell_builtin_error(d->sh, "%s: not a function", name);
    unsigned attr =
        (d->add | d->remove) & VAR_EXPORT ? FUNCTION_EXPORT : FUNCTION_READONLY;
    function_change(d->sh, id, d->add ? attr : 0, d->add ? 0 : attr);
    return 0;
}

/* With set -x bash shows the assignment after the command. */
static int export_variable(struct declare *d, char **word)
{
    struct shell *sh = d->sh;
    const char *text = *word;
    struct span name = span_make(text, strcspn(text, "+="));
    unsigned id = name_is_valid(name) ? name_intern(name) : 0;
    bool assigns = strchr(text, '=') != NULL;
    if (id && !assigns && !d->add && !var_find(sh, id, 0))
        return 0; // export -n makes no variable
    if (id && assigns)
        exec_trace_argument(sh, span_of(text));
    int err = declare_variable(d, word);
    if (id && !err && d->add)
        var_keep_temporary(sh, id, sh->builtin_scoped);
    if (id && err && assigns && sh->flow == FLOW_NORMAL)
        d->refused |= (var_attrs(sh, id) & VAR_READONLY) != 0;
    return err;
}

static int export_run(struct declare *d, int argc, char **argv, const char *letters)
{
    struct shell *sh = d->sh;
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, letters);
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'a': d->indexed = true; break;
        case 'A': d->assoc = true; break;
        case 'f': d->functions = true; break;
        case 'n':
            d->remove = d->add;
            d->add = 0;
            break;
        case 'p': d->print = true; break;
        default: return BUILTIN_MISUSED;
        }
    d->silent = true;
    if (o.next >= argc) {
        d->add |= d->remove;
        declare_print_matching(d);
        return 0;
    }
    int status = 0;
    d->remove &= VAR_EXPORT; // readonly -n only assigns
    for (int i = o.next; i < argc && sh->flow == FLOW_NORMAL; i++)
        status |=
            d->functions ? export_function(d, argv[i]) : export_variable(d, &argv[i]);
    return d->refused ? BUILTIN_FAILED : status;
}

int builtin_export(struct shell *sh, int argc, char **argv)
{
    struct declare d = {.sh = sh, .add = VAR_EXPORT};
    return export_run(&d, argc, argv, "aAfnp");
}

int builtin_readonly(struct shell *sh, int argc, char **argv)
{
    struct declare d = {.sh = sh, .add = VAR_READONLY};
    return export_run(&d, argc, argv, "aAfnp");
}

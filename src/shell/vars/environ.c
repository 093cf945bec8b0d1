/* environ.c: the variables of a new shell, and the environment of its children. */
#include <string.h>

#include "shell/scratch.h"
#include "shell/vars/functions.h"
#include "shell/vars/slot.h"
#include "shell/vars/special.h"
#include "shell/vars/state.h"
#include "sys.h"
#include "user/find.h"
#include "user/path.h"

/* Whether an entry is neither a variable nor a function. */
static bool foreign_is(const char *entry)
{
    size_t name = span_find(span_of(entry), '=');
    return !name_is_valid(span_make(entry, name)) && !exported_is_function(entry);
}

static void vars_keep_foreign(struct vars *v, char **env)
{
    size_t count = 0, size = 0;
    for (char **e = env; *e; e++)
        if (foreign_is(*e)) {
            count++;
            size += strlen(*e) + 1;
        }
    if (!count)
        return;
    struct foreign *f = sys_share_alloc(sizeof *f + count * sizeof(char *) + size);
    char *text = (char *)(f->entries + count);
    atomic_init(&f->count, 1);
    f->len = 0;
    for (char **e = env; *e; e++)
        if (foreign_is(*e)) {
            size_t len = strlen(*e) + 1;
            memcpy(text, *e, len);
            f->entries[f->len++] = text;
            text += len;
        }
    v->foreign = f;
}

void foreign_put(struct foreign *f)
{
    if (f && atomic_fetch_sub_explicit(&f->count, 1, memory_order_acq_rel) == 1)
        sys_share_free(f);
}

/* SHELLOPTS and BASHOPTS of the environment switch their options on, and stay exported.
 */
static void vars_import_options(struct shell *sh, struct span list, bool shopts)
{
    vars_own(sh->vars, shopts ? NAME_BASHOPTS : NAME_SHELLOPTS)->attrs |= VAR_EXPORT;
    while (list.len) {
        char name[40];
        size_t len = span_find(list, ':'), take = size_min(len, sizeof name - 1);
        memcpy(name, list.ptr, take);
        name[take] = '\0';
        int id = shopts ? options_find_shopt(name) : options_find_set(name);
        if (id >= 0 && shopts)
            options_shopt_set(&sh->options, (enum shopt_option)id, true);
        else if (id >= 0)
            shell_option_set(sh, (enum set_option)id, true);
        list = span_from(list, len + 1);
    }
}

static void vars_import(struct shell *sh, char **env)
{
    for (char **e = env; *e; e++) {
        struct span entry = span_of(*e);
        size_t name = span_find(entry, '=');
        if (exported_is_function(*e))
            exported_import(sh, *e);
        else if (str_starts(*e, "SHELLOPTS=") || str_starts(*e, "BASHOPTS="))
            vars_import_options(sh, span_from(entry, name + 1), **e == 'B');
        unsigned id = name < entry.len ? name_intern(span_make(*e, name)) : 0;
        if (!id || (vars_slot(sh->vars, id)->attrs & (VAR_READONLY | VAR_DYNAMIC)))
            continue;
        struct value *v = vars_own(sh->vars, id);
        slot_clear(v);
        value_set(v, span_from(entry, name + 1));
        v->attrs = VAR_EXPORT;
        vars_changed(sh, id, VAR_EXPORT);
    }
}

static void vars_default(struct shell *sh, unsigned id, const char *text, unsigned attrs)
{
    const struct value *old = vars_slot(sh->vars, id);
    if (old->kind != VALUE_NONE)
        return;
    struct value *v = vars_own(sh->vars, id);
    value_set(v, span_of(text));
    v->attrs = (uint16_t)attrs;
}

/* Whether PWD of the environment is the working directory. */
static bool vars_pwd_is_right(const char *pwd)
{
    struct sys_stat named, here;
    return *pwd == '/' && !sys_stat(pwd, &named) && !sys_stat(".", &here) &&
           named.ino == here.ino && named.dev == here.dev;
}

static void vars_start_pwd(struct shell *sh)
{
    if (!vars_pwd_is_right(var_get_str(sh, NAME_PWD))) {
        char *cwd = path_cwd();
        if (cwd)
            value_set(vars_own(sh->vars, NAME_PWD), span_of(cwd));
        sys_free(cwd);
    }
    vars_own(sh->vars, NAME_PWD)->attrs |= VAR_EXPORT;
    vars_own(sh->vars, NAME_OLDPWD)->attrs |= VAR_EXPORT | VAR_DECLARED;
}

static void vars_warn_level(struct shell *sh, int64_t level)
{
    sh->msg_line_off = true;
    shell_error(sh, "warning: shell level (%lld) too high, resetting to 1",
                (long long)level);
    sh->msg_line_off = false;
}

static void vars_start_level(struct shell *sh)
{
    int64_t level = var_get_int(sh, NAME_SHLVL);
    if (level >= 999)
        vars_warn_level(sh, level + 1);
    struct value *v = vars_own(sh->vars, NAME_SHLVL);
    slot_clear(v);
    value_set_num(v, level >= 0 && level < 999 ? level + 1 : level < 0 ? 0 : 1);
    v->attrs = VAR_EXPORT;
}

struct vars *vars_new(struct shell *sh)
{
    struct vars *v = sys_share_alloc(sizeof *v);
    memset(v, 0, sizeof *v);
    v->aliases = map_make(sys_share());
    sh->vars = v;
    special_start(sh);
    char **env = sys_environ();
    vars_keep_foreign(v, env);
    vars_import(sh, env);
    // What these are is the shell's own affair, whatever the environment says.
    value_set(vars_own(v, NAME_IFS), span_of(" \t\n"));
    vars_own(v, NAME_IFS)->attrs = 0;
    vars_default(sh, NAME_PATH,
                 "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:.", 0);
    vars_default(sh, NAME_SHELL, "/bin/bash", 0);
    vars_default(sh, NAME_TERM, "dumb", 0);
    vars_start_pwd(sh);
    vars_start_level(sh);
    vars_changed(sh, NAME_LANG, VAR_EXPORT);
    return v;
}

/* ---- The environment of children -------------------------------------------------- */

static bool vars_is_exported(const struct value *v)
{
    return (v->attrs & VAR_EXPORT) && v->kind != VALUE_NONE && v->kind < VALUE_INDEXED;
}

static char *environ_put(char *to, unsigned id, struct span text)
{
    const char *name = sys_interned(id);
    size_t len = strlen(name);
    memcpy(to, name, len);
    to[len] = '=';
    if (text.len)
        memcpy(to + len + 1, text.ptr, text.len);
    to[len + 1 + text.len] = '\0';
    return to + len + text.len + 2;
}

/* The entries of the exported functions; gives their number and adds to *size. */
static size_t environ_functions(struct shell *sh, struct span **entries, size_t *size)
{
    unsigned *ids;
    size_t count = function_list(sh, FUNCTION_EXPORT, &ids);
    struct span *list = scratch_alloc(sh->scratch, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i] = exported_text(sh, ids[i]);
        *size += list[i].len + 1;
    }
    *entries = list;
    return count;
}

static size_t environ_variables(struct shell *sh, size_t *size)
{
    const struct vars *v = sh->vars;
    size_t count = 0;
    for (unsigned id = 1; id < v->page_count * VARS_PAGE; id++) {
        char buf[24];
        if (UNLIKELY(vars_slot(v, id)->attrs & VAR_DYNAMIC) &&
            vars_slot(v, id)->attrs & VAR_EXPORT)
            special_refresh(sh, id);
        const struct value *value = vars_slot(v, id);
        if (!vars_is_exported(value))
            continue;
        count++;
        *size += strlen(sys_interned(id)) + value_text(value, buf).len + 2;
    }
    return count;
}

static char **environ_make(struct shell *sh)
{
    struct vars *v = sh->vars;
    struct span *functions;
    size_t size = 0, foreign = v->foreign ? v->foreign->len : 0, at = 0;
    size_t function_count = environ_functions(sh, &functions, &size);
    size_t count = environ_variables(sh, &size) + function_count + foreign;
    char **env = sys_alloc((count + 1) * sizeof(char *) + size);
    char *text = (char *)(env + count + 1);
    for (unsigned id = 1; id < v->page_count * VARS_PAGE; id++) {
        const struct value *value = vars_slot(v, id);
        char buf[24];
        if (!vars_is_exported(value))
            continue;
        env[at++] = text;
        text = environ_put(text, id, value_text(value, buf));
    }
    for (size_t i = 0; i < function_count; i++) {
        memcpy(text, functions[i].ptr, functions[i].len + 1);
        env[at++] = text;
        text += functions[i].len + 1;
    }
    for (size_t i = 0; i < foreign; i++)
        env[at++] = v->foreign->entries[i];
    env[at] = NULL;
    return env;
}

char **vars_environ(struct shell *sh)
{
    if (!sh->vars->environ) {
        struct scratch_mark mark = scratch_mark(sh->scratch);
        sh->vars->environ = environ_make(sh);
        scratch_release(sh->scratch, mark);
    }
    return sh->vars->environ;
}

/* environ.c: the variables of a new shell, and the environment of its children. */
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/vec.h"
#include "shell/scratch.h"
#include "shell/vars/cells.h"
#include "shell/vars/special.h"
#include "shell/vars/state.h"
#include "sys.h"
#include "user/find.h"
#include "user/path.h"

/* Entries that are no variables ("A-B=1", a function in bash's form) are handed on as they are. */
static void vars_keep_foreign(struct vars *v, char **env)
{
    size_t count = 0, size = 0;
    for (char **e = env; *e; e++) {
        size_t name = span_find(span_of(*e), '=');
        if (name_is_valid(span_make(*e, name)))
            continue;
        count++;
        size += strlen(*e) + 1;
    }
    if (!count)
        return;
    v->foreign = sys_share_alloc((count + 1) * sizeof(char *) + size);
    char *text = (char *)(v->foreign + count + 1);
    size_t at = 0;
    for (char **e = env; *e; e++) {
        size_t name = span_find(span_of(*e), '=');
        if (name_is_valid(span_make(*e, name)))
            continue;
        size_t len = strlen(*e) + 1;
        memcpy(text, *e, len);
        v->foreign[at++] = text;
        text += len;
    }
    v->foreign[at] = NULL;
}

static void vars_import(struct shell *sh, char **env)
{
    for (char **e = env; *e; e++) {
        struct span entry = span_of(*e);
        size_t name = span_find(entry, '=');
        unsigned id = name < entry.len ? name_intern(span_make(*e, name)) : 0;
        if (!id || (vars_slot(sh->vars, id)->attrs & (VAR_READONLY | VAR_DYNAMIC)))
            continue;
        struct value *v = vars_own(sh->vars, id);
        value_clear(v);
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
    return *pwd == '/' && !sys_stat(pwd, &named) && !sys_stat(".", &here) && named.ino == here.ino
        && named.dev == here.dev;
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

static void vars_start_level(struct shell *sh)
{
    int64_t level = var_get_int(sh, NAME_SHLVL);
    struct value *v = vars_own(sh->vars, NAME_SHLVL);
    value_clear(v);
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
    vars_default(sh, NAME_PATH, FIND_DEFAULT_PATH, 0);
    vars_default(sh, NAME_SHELL, "/bin/bash", 0);
    vars_default(sh, NAME_TERM, "dumb", 0);
    vars_start_pwd(sh);
    vars_start_level(sh);
    vars_changed(sh, NAME_LANG, VAR_EXPORT);
    return v;
}

/* ---- The environment of children ----*/

static size_t vars_count_exported(const struct vars *v, size_t *size)
{
    size_t count = 0;
    *size = 0;
    for (unsigned id = 1; id < v->page_count * VARS_PAGE; id++) {
        const struct value *value = vars_slot(v, id);
        if (!(value->attrs & VAR_EXPORT) || value->kind == VALUE_NONE
            || value->kind >= VALUE_INDEXED || (value->attrs & VAR_NAMEREF))
            continue;
        char buf[24];
        count++;
        *size += strlen(sys_interned(id)) + value_text(value, buf).len + 2;
    }
    return count;
}

static char *vars_put_entry(char *to, unsigned id, struct span text)
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

static size_t vars_foreign_count(const struct vars *v)
{
    size_t count = 0;
    while (v->foreign && v->foreign[count])
        count++;
    return count;
}

char **vars_environ(struct shell *sh)
{
    struct vars *v = sh->vars;
    if (v->environ)
        return v->environ;
    size_t size, foreign = vars_foreign_count(v);
    size_t count = vars_count_exported(v, &size);
    char **env = sys_alloc((count + foreign + 1) * sizeof(char *) + size);
    char *text = (char *)(env + count + foreign + 1);
    size_t at = 0;
    for (unsigned id = 1; id < v->page_count * VARS_PAGE; id++) {
        const struct value *value = vars_slot(v, id);
        if (!(value->attrs & VAR_EXPORT) || value->kind == VALUE_NONE
            || value->kind >= VALUE_INDEXED || (value->attrs & VAR_NAMEREF))
            continue;
        char buf[24];
        env[at++] = text;
        text = vars_put_entry(text, id, value_text(value, buf));
    }
    for (size_t i = 0; i < foreign; i++)
        env[at++] = v->foreign[i];
    env[at] = NULL;
    v->environ = env;
    return env;
}

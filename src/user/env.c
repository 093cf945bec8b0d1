/* env.c: see env.h. */
#include "user/env.h"

#include "base/buf.h"
#include "base/vec.h"
#include "sys.h"

/* The value of an entry if it is NAME=..., or NULL. */
static const char *env_value_of(const char *entry, const char *name, size_t len)
{
    return strncmp(entry, name, len) == 0 && entry[len] == '=' ? entry + len + 1 : NULL;
}

const char *env_find(char *const *env, const char *name)
{
    size_t len = strlen(name);
    for (; env && *env; env++) {
        const char *value = env_value_of(*env, name, len);
        if (value)
            return value;
    }
    return NULL;
}

const char *env_get(const char *name) { return env_find(sys_environ(), name); }

void env_list_put(struct strlist *env, const char *assignment)
{
    const char *eq = strchr(assignment, '=');
    size_t len = eq ? (size_t)(eq - assignment) : strlen(assignment);
    for (size_t i = 0; i < strlist_len(env); i++)
        if (env_value_of(strlist_at(env, i), assignment, len)) {
            sys_free(env->vec.items[i]);
            env->vec.items[i] = sys_strdup(assignment);
            return;
        }
    strlist_add_str(env, assignment);
}

void env_list_set(struct strlist *env, const char *name, const char *value)
{
    struct buf b = buf_make(sys_heap());
    buf_addf(&b, "%s=%s", name, value);
    env_list_put(env, buf_str(&b));
    buf_fini(&b);
}

void env_list_unset(struct strlist *env, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < strlist_len(env);)
        if (env_value_of(strlist_at(env, i), name, len))
            strlist_remove(env, i);
        else
            i++;
}

struct strlist env_list_copy(void)
{
    struct strlist env = strlist_make(sys_heap());
    for (char **e = sys_environ(); e && *e; e++)
        strlist_add_str(&env, *e);
    return env;
}

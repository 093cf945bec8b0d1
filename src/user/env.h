/* env.h: the environment: looking up, and building one for another program. */
#ifndef USER_ENV_H
#define USER_ENV_H

#include "base/str.h"

struct strlist;

/* The value of name in this process's environment as given at exec, or NULL. (A shell has
 * variables of its own; see env_set_lookup.) */
const char *env_get(const char *name);

/* The value of name in a list of "NAME=VALUE" ended by NULL, or NULL. */
const char *env_find(char *const *env, const char *name);

/* Set or remove name in a list of "NAME=VALUE". env_list_put takes the whole
 * "NAME=VALUE". */
void env_list_set(struct strlist *env, const char *name, const char *value);
void env_list_put(struct strlist *env, const char *assignment);
void env_list_unset(struct strlist *env, const char *name);

/* A list with a copy of this process's environment. */
struct strlist env_list_copy(void);

#endif

/* aliases.c: the alias table: a map to counted texts. See aliases.h. */
#include "shell/vars/aliases.h"

#include <string.h>

#include "base/sort.h"
#include "shell/scratch.h"
#include "shell/vars/state.h"
#include "sys.h"

static void alias_put(struct text *t)
{
    if (t && atomic_fetch_sub_explicit(&t->count, 1, memory_order_acq_rel) == 1)
        sys_share_free(t);
}

const char *alias_find(struct shell *sh, struct span name)
{
    struct text *t = map_find(&sh->vars->aliases, name);
    return t ? t->data : NULL;
}

void alias_set(struct shell *sh, struct span name, struct span text)
{
    struct map_entry *e = map_add_entry(&sh->vars->aliases, name);
    struct text *t = sys_share_alloc(sizeof *t + text.len + 1);
    atomic_init(&t->count, 1);
    t->len = t->cap = text.len;
    if (text.len)
        memcpy(t->data, text.ptr, text.len);
    t->data[text.len] = '\0';
    alias_put(e->value);
    e->value = t;
}

bool alias_unset(struct shell *sh, struct span name)
{
    struct text *t = map_remove(&sh->vars->aliases, name);
    alias_put(t);
    return t != NULL;
}

void alias_unset_all(struct shell *sh)
{
    aliases_release(sh->vars);
    sh->vars->aliases = map_make(sys_share());
}

static int alias_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(a, b);
}

size_t alias_list(struct shell *sh, const char ***names)
{
    const struct map *m = &sh->vars->aliases;
    size_t count = 0, at = 0;
    const char **list = scratch_alloc(sh->scratch, (m->count + 1) * sizeof *list);
    void **room = scratch_alloc(sh->scratch, (m->count + 1) * sizeof *room);
    for (const struct map_entry *e; (e = map_next(m, &at)) != NULL;)
        if (e->value)
            list[count++] = e->key;
    sort_pointers((void **)list, count, alias_compare, NULL, room, NULL);
    *names = list;
    return count;
}

void aliases_release(struct vars *v)
{
    size_t at = 0;
    for (struct map_entry *e; (e = map_next(&v->aliases, &at)) != NULL;)
        alias_put(e->value);
    map_fini(&v->aliases);
}

void aliases_clone(struct vars *dst, const struct vars *src)
{
    size_t at = 0;
    dst->aliases = map_make(sys_share());
    for (const struct map_entry *e; (e = map_next(&src->aliases, &at)) != NULL;) {
        struct map_entry *copy = map_add_entry(&dst->aliases, map_entry_key(e));
        copy->value = e->value;
        if (e->value)
            atomic_fetch_add_explicit(&((struct text *)e->value)->count, 1,
                                      memory_order_relaxed);
    }
}

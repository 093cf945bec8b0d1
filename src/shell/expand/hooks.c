/* hooks.c: the state of expansion, and what variables need of it (vars/hooks.h). */
#include "shell/vars/hooks.h"

#include <string.h>

#include "shell/exec/lookup.h"
#include "shell/expand/place.h"
#include "shell/expand/state.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "sys.h"

struct expand *expand_state(struct shell *sh)
{
    if (!sh->vars->expand) {
        struct expand *e = sys_share_alloc(sizeof *e);
        memset(e, 0, sizeof *e);
        sh->vars->expand = e;
    }
    return sh->vars->expand;
}

static void expand_release(void *expand)
{
    struct expand *e = expand;
    for (struct arith_entry *entry = e->live, *next; entry; entry = next) {
        next = entry->next;
        arena_free_all(&entry->arena);
        sys_share_free(entry);
    }
    sys_share_free(e);
}

static struct span expand_get_element(struct shell *sh, unsigned id,
                                      struct span subscript)
{
    struct place place;
    if (place_of(sh, id, subscript, 0, &place))
        return span_make(NULL, 0);
    return place_get(sh, &place);
}

static int expand_set_element(struct shell *sh, unsigned id, struct span subscript,
                              struct span text, unsigned flags)
{
    struct place place;
    if (place_of(sh, id, subscript, 0, &place))
        return 1;
    return place_set(sh, &place, text, flags);
}

static int expand_unset_element(struct shell *sh, unsigned id, struct span subscript)
{
    struct place place;
    if (place_of(sh, id, subscript, 0, &place))
        return 1;
    return place_unset(sh, &place);
}

static bool expand_next_command(struct shell *sh, size_t *at, struct span *name,
                                struct span *path)
{
    struct lookup_entry entry;
    if (!lookup_next(sh, at, &entry))
        return false;
    *name = span_of(entry.name);
    *path = span_of(entry.path);
    return true;
}

static void expand_set_command(struct shell *sh, struct span name, struct span path)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    lookup_set(sh, scratch_copy(sh->scratch, name), scratch_copy(sh->scratch, path));
    scratch_release(sh->scratch, mark);
}

const struct var_hooks var_hooks = {
    .arith = arith_eval_text,
    .get_element = expand_get_element,
    .set_element = expand_set_element,
    .unset_element = expand_unset_element,
    .next_command = expand_next_command,
    .set_command = expand_set_command,
    .release = expand_release,
};

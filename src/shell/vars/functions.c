/* functions.c: the functions of a shell. See functions.h.
 *
 * Pages of counted pages as for variables; a page holds counted cells. */
#include "shell/vars/functions.h"

#include <string.h>

#include "base/sort.h"
#include "shell/scratch.h"
#include "shell/syntax/tree.h"
#include "shell/vars/state.h"
#include "sys.h"

enum { FUNCTIONS_PAGE = 32 };

struct function_cell {
    _Atomic unsigned count;
    struct function function;
};

struct function_page {
    _Atomic unsigned count;
    struct function_cell *cells[FUNCTIONS_PAGE];
};

static void function_put(struct function_cell *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->count, 1, memory_order_acq_rel) != 1)
        return;
    script_put(c->function.script);
    sys_share_free(c);
}

static void function_put_page(struct function_page *p)
{
    if (!p || atomic_fetch_sub_explicit(&p->count, 1, memory_order_acq_rel) != 1)
        return;
    for (unsigned i = 0; i < FUNCTIONS_PAGE; i++)
        function_put(p->cells[i]);
    sys_share_free(p);
}

const struct function *function_find(struct shell *sh, unsigned id)
{
    const struct vars *v = sh->vars;
    unsigned at = id / FUNCTIONS_PAGE;
    if (at >= v->function_pages || !v->functions[at])
        return NULL;
    const struct function_cell *c = v->functions[at]->cells[id % FUNCTIONS_PAGE];
    return c ? &c->function : NULL;
}

static void function_grow(struct vars *v, unsigned pages)
{
    v->functions = sys_share_resize(v->functions, pages * sizeof(struct function_page *));
    while (v->function_pages < pages)
        v->functions[v->function_pages++] = NULL;
}

/* The place of a function that may be changed. */
static struct function_cell **function_own(struct vars *v, unsigned id)
{
    unsigned at = id / FUNCTIONS_PAGE;
    if (at >= v->function_pages)
        function_grow(v, at + 1);
    struct function_page *old = v->functions[at];
    if (!old || atomic_load_explicit(&old->count, memory_order_acquire) != 1) {
        struct function_page *p = sys_share_alloc(sizeof *p);
        memset(p, 0, sizeof *p);
        atomic_init(&p->count, 1);
        for (unsigned i = 0; old && i < FUNCTIONS_PAGE; i++)
            if ((p->cells[i] = old->cells[i]) != NULL)
                atomic_fetch_add_explicit(&p->cells[i]->count, 1, memory_order_relaxed);
        v->functions[at] = p;
        function_put_page(old);
    }
    return &v->functions[at]->cells[id % FUNCTIONS_PAGE];
}

int function_set(struct shell *sh, unsigned id, const struct function *f)
{
    const struct function *old = function_find(sh, id);
    if (old && (old->attrs & FUNCTION_READONLY))
        return 1;
    struct function_cell **place = function_own(sh->vars, id);
    struct function_cell *c = sys_share_alloc(sizeof *c);
    atomic_init(&c->count, 1);
    c->function = *f;
    script_get(f->script);
    if (*place)
        c->function.attrs |= (*place)->function.attrs;
    function_put(*place);
    *place = c;
    if (c->function.attrs & FUNCTION_EXPORT)
        vars_changed(sh, 0, VAR_EXPORT);
    return 0;
}

int function_unset(struct shell *sh, unsigned id)
{
    const struct function *old = function_find(sh, id);
    if (!old)
        return 0;
    if (old->attrs & FUNCTION_READONLY)
        return 1;
    struct function_cell **place = function_own(sh->vars, id);
    function_put(*place);
    *place = NULL;
    vars_changed(sh, 0, VAR_EXPORT);
    return 0;
}

void function_change(struct shell *sh, unsigned id, unsigned add, unsigned remove)
{
    const struct function *old = function_find(sh, id);
    if (!old)
        return;
    struct function_cell **place = function_own(sh->vars, id);
    struct function_cell *c = sys_share_alloc(sizeof *c);
    atomic_init(&c->count, 1);
    c->function = (*place)->function;
    c->function.attrs = (c->function.attrs & ~remove) | add;
    script_get(c->function.script);
    function_put(*place);
    *place = c;
    vars_changed(sh, 0, VAR_EXPORT);
}

static int function_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(sys_interned(*(const unsigned *)a), sys_interned(*(const unsigned *)b));
}

/* Sorts ids by their names. */
static void function_sort(struct shell *sh, unsigned *ids, size_t count)
{
    unsigned *copy = scratch_alloc(sh->scratch, (count + 1) * sizeof *copy);
    void **items = scratch_alloc(sh->scratch, (count + 1) * sizeof *items);
    void **room = scratch_alloc(sh->scratch, (count + 1) * sizeof *room);
    for (size_t i = 0; i < count; i++) {
        copy[i] = ids[i];
        items[i] = &copy[i];
    }
    sort_pointers(items, count, function_compare, NULL, room, NULL);
    for (size_t i = 0; i < count; i++)
        ids[i] = *(unsigned *)items[i];
}

size_t function_list(struct shell *sh, unsigned attrs, unsigned **ids)
{
    struct vars *v = sh->vars;
    unsigned *list = NULL;
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            list = scratch_alloc(sh->scratch, (count + 1) * sizeof *list);
        count = 0;
        for (unsigned id = 0; id < v->function_pages * FUNCTIONS_PAGE; id++) {
            const struct function *f = function_find(sh, id);
            if (!f || (attrs && !(f->attrs & attrs)))
                continue;
            if (pass)
                list[count] = id;
            count++;
        }
    }
    function_sort(sh, list, count);
    *ids = list;
    return count;
}

void functions_release(struct vars *v)
{
    for (unsigned i = 0; i < v->function_pages; i++)
        function_put_page(v->functions[i]);
    sys_share_free(v->functions);
}

void functions_clone(struct vars *dst, const struct vars *src)
{
    if (!src->function_pages) {
        dst->functions = NULL;
        return;
    }
    size_t size = src->function_pages * sizeof(struct function_page *);
    dst->functions = sys_share_alloc(size);
    memcpy(dst->functions, src->functions, size);
    for (unsigned i = 0; i < dst->function_pages; i++)
        if (dst->functions[i])
            atomic_fetch_add_explicit(&dst->functions[i]->count, 1, memory_order_relaxed);
}

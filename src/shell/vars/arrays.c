/* arrays.c: arrays as values of variables. See arrays.h. */
#include "shell/vars/arrays.h"

#include <string.h>

#include "base/num.h"
#include "shell/scratch.h"
#include "shell/vars/cells.h"
#include "shell/vars/keyed.h"
#include "shell/vars/state.h"
#include "sys.h"

/* The variable for reading, through namerefs; an element as target counts as unset. */
static const struct value *array_read(struct shell *sh, unsigned id)
{
    if (UNLIKELY(vars_slot(sh->vars, id)->attrs & VAR_NAMEREF)) {
        struct span sub;
        unsigned target = var_resolve(sh, id, &sub);
        const struct value *behind = target ? NULL : var_behind_circle(sh, id);
        if (!target || sub.ptr)
            return behind ? behind : &vars_no_page.slots[0];
        id = target;
    }
    return vars_read(sh, id);
}

/* Whether the global variable behind a circle of namerefs was put in place of the
 * reference: var_swap_global() puts it back. */
static bool array_enter_circle(struct shell *sh, unsigned id)
{
    return UNLIKELY(vars_slot(sh->vars, id)->attrs & VAR_NAMEREF) &&
           var_behind_circle(sh, id) && var_swap_global(sh, id);
}

static int array_leave_circle(struct shell *sh, unsigned id, int err)
{
    var_swap_global(sh, id);
    return err;
}

static struct span array_text(struct shell *sh, const struct value *e)
{
    if (!e)
        return span_make(NULL, 0);
    char buf[24];
    struct span text = value_text(e, buf);
    if (text.ptr == buf)
        text.ptr = scratch_copy(sh->scratch, text);
    return text;
}

/* The slot of an array that is to lose an element. NULL after a message. */
static struct value *array_open_unset(struct shell *sh, unsigned *id)
{
    struct span sub;
    unsigned target = var_resolve(sh, *id, &sub);
    *id = target ? target : *id;
    if (vars_slot(sh->vars, *id)->attrs & VAR_READONLY) {
        shell_builtin_error(sh, "%s: cannot unset: readonly variable", sys_interned(*id));
        return NULL;
    }
    return vars_own(sh->vars, *id);
}

/* The slot of a variable that is to be changed as an indexed array. NULL after a message.
 */
static struct value *array_open(struct shell *sh, unsigned *id)
{
    struct value *v = var_open(sh, id);
    if (!v || v->kind == VALUE_INDEXED)
        return v;
    return var_make_indexed(sh, *id) ? NULL : vars_own(sh->vars, *id);
}

static struct value *assoc_open(struct shell *sh, unsigned *id)
{
    struct value *v = var_open(sh, id);
    if (!v || v->kind == VALUE_ASSOC)
        return v;
    return var_make_assoc(sh, *id) ? NULL : vars_own(sh->vars, *id);
}

/* ---- Indexed ---------------------------------------------------------------------- */

struct span array_get(struct shell *sh, unsigned id, int64_t index)
{
    const struct value *v = array_read(sh, id);
    if (v->kind == VALUE_INDEXED)
        return array_text(sh, cells_find(v->array, index));
    if (v->kind == VALUE_ASSOC) {
        char key[24];
        size_t len = num_from_i64(key, index);
        return array_text(sh, keyed_find(v->assoc, span_make(key, len)));
    }
    return index == 0 ? array_text(sh, v->kind ? v : NULL) : span_make(NULL, 0);
}

int array_set(struct shell *sh, unsigned id, int64_t index, struct span text,
              unsigned flags)
{
    if (array_enter_circle(sh, id))
        return array_leave_circle(sh, id, array_set(sh, id, index, text, flags));
    struct value *v = array_open(sh, &id);
    if (!v)
        return 1;
    unsigned attrs = v->attrs;
    if (attrs & VAR_DYNAMIC) {
        special_set_index(sh, id, index, text, (flags & VAR_OP_APPEND) != 0);
        return 0;
    }
    struct var_new new = {.text = text};
    if (UNLIKELY(attrs & VAR_SLOW)) {
        const struct value *old =
            flags & VAR_OP_APPEND ? cells_find(v->array, index) : NULL;
        if (var_prepare(sh, attrs, old, text, &new))
            return 1;
        v = vars_own(sh->vars, id);
    }
    var_store(cells_add(cells_own(&v->array), index), &new, flags);
    return 0;
}

int array_set_num(struct shell *sh, unsigned id, int64_t index, int64_t n)
{
    const struct value *v = vars_slot(sh->vars, id);
    if (LIKELY(v->kind == VALUE_INDEXED && !(v->attrs & VAR_SLOW))) {
        struct value *own = vars_own(sh->vars, id);
        value_set_num(cells_add(cells_own(&own->array), index), n);
        return 0;
    }
    char text[24];
    size_t len = num_from_i64(text, n);
    return array_set(sh, id, index, span_make(text, len), 0);
}

int64_t array_next_index(struct shell *sh, unsigned id)
{
    const struct value *v = array_read(sh, id);
    if (v->kind == VALUE_INDEXED)
        return cells_end(v->array);
    return v->kind != VALUE_NONE && v->kind != VALUE_ASSOC;
}

int64_t array_end_index(struct shell *sh, unsigned id)
{
    const struct value *v = array_read(sh, id);
    bool declared = v->kind == VALUE_NONE && var_exists(v);
    return declared ? 1 : array_next_index(sh, id);
}

int array_append(struct shell *sh, unsigned id, struct span text)
{
    return array_set(sh, id, array_next_index(sh, id), text, 0);
}

int array_unset(struct shell *sh, unsigned id, int64_t index)
{
    struct value *v = array_open_unset(sh, &id);
    if (!v)
        return 1;
    if (v->kind == VALUE_INDEXED && v->array)
        cells_remove(cells_own(&v->array), index);
    else if (index == 0 && v->kind != VALUE_INDEXED)
        return var_unset(sh, id, 0);
    return 0;
}

int array_clear(struct shell *sh, unsigned id)
{
    if (array_enter_circle(sh, id))
        return array_leave_circle(sh, id, array_clear(sh, id));
    struct value *v = array_open(sh, &id);
    if (!v)
        return 1;
    struct cells *cells = cells_new();
    cells_put(v->array);
    v->array = cells;
    return 0;
}

int var_make_indexed_checked(struct shell *sh, unsigned id)
{
    if (array_enter_circle(sh, id))
        return array_leave_circle(sh, id, var_make_indexed_checked(sh, id));
    return array_open(sh, &id) ? 0 : 1;
}

int array_assign(struct shell *sh, unsigned id, const struct span *values, size_t count)
{
    if (array_clear(sh, id))
        return 1;
    for (size_t i = 0; i < count; i++)
        if (array_set(sh, id, (int64_t)i, values[i], 0))
            return 1;
    return 0;
}

/* ---- Associative ------------------------------------------------------------------ */

struct span assoc_get(struct shell *sh, unsigned id, struct span key)
{
    const struct value *v = array_read(sh, id);
    return array_text(sh, v->kind == VALUE_ASSOC ? keyed_find(v->assoc, key) : NULL);
}

int assoc_set(struct shell *sh, unsigned id, struct span key, struct span text,
              unsigned flags)
{
    struct value *v = assoc_open(sh, &id);
    if (!v)
        return 1;
    unsigned attrs = v->attrs;
    if ((attrs & VAR_DYNAMIC) && special_set_key(sh, id, key, text))
        return 0;
    struct var_new new = {.text = text};
    if (UNLIKELY(attrs & VAR_SLOW)) {
        const struct value *old =
            flags & VAR_OP_APPEND ? keyed_find(v->assoc, key) : NULL;
        if (var_prepare(sh, attrs, old, text, &new))
            return 1;
        v = vars_own(sh->vars, id);
    }
    var_store(keyed_add(keyed_own(&v->assoc), key), &new, flags);
    return 0;
}

int assoc_unset(struct shell *sh, unsigned id, struct span key)
{
    struct value *v = array_open_unset(sh, &id);
    if (!v)
        return 1;
    if (v->attrs & VAR_DYNAMIC)
        return 0; // bash takes the element away and keeps the alias or command
    if (v->kind == VALUE_ASSOC && v->assoc)
        keyed_remove(keyed_own(&v->assoc), key);
    return 0;
}

int assoc_clear(struct shell *sh, unsigned id)
{
    struct value *v = assoc_open(sh, &id);
    if (!v)
        return 1;
    struct keyed *keyed = NULL;
    keyed_own(&keyed); // an empty one: declare -p prints =()
    keyed_put(v->assoc);
    v->assoc = keyed;
    return 0;
}

/* ---- Either ----------------------------------------------------------------------- */

size_t array_count(struct shell *sh, unsigned id)
{
    const struct value *v = array_read(sh, id);
    if (v->kind == VALUE_INDEXED)
        return v->array ? v->array->set : 0;
    if (v->kind == VALUE_ASSOC)
        return v->assoc ? v->assoc->set : 0;
    return var_get(sh, id).ptr != NULL;
}

bool var_is_array(struct shell *sh, unsigned id)
{
    return array_read(sh, id)->kind >= VALUE_INDEXED;
}

bool var_is_assoc(struct shell *sh, unsigned id)
{
    return array_read(sh, id)->kind == VALUE_ASSOC;
}

bool var_is_array_set(struct shell *sh, unsigned id)
{
    const struct value *v = var_find(sh, id, 0);
    return v && v->kind != VALUE_NONE && (v->kind < VALUE_INDEXED || v->array);
}

static struct span array_key(struct shell *sh, int64_t index)
{
    char text[24];
    size_t len = num_from_i64(text, index);
    struct span key = span_make(text, len);
    key.ptr = scratch_copy(sh->scratch, key);
    return key;
}

static void array_list_cells(struct shell *sh, const struct cells *c, struct span *keys,
                             struct span *values)
{
    size_t at = 0;
    int64_t index;
    const struct value *e;
    for (size_t i = 0; (e = cells_next(c, &at, &index)) != NULL; i++) {
        if (keys)
            keys[i] = array_key(sh, index);
        if (values)
            values[i] = array_text(sh, e);
    }
}

static void array_list_keyed(struct shell *sh, const struct keyed *k, struct span *keys,
                             struct span *values)
{
    const struct keyed_entry **entries =
        scratch_alloc(sh->scratch, k->set * sizeof(struct keyed_entry *));
    keyed_order(k, entries);
    for (size_t i = 0; i < k->set; i++) {
        if (keys)
            keys[i] = span_make(entries[i]->key->data, entries[i]->key->len);
        if (values)
            values[i] = array_text(sh, &entries[i]->value);
    }
}

size_t array_list(struct shell *sh, unsigned id, struct span **keys, struct span **values)
{
    size_t count = array_count(sh, id);
    struct span *k = keys ? scratch_alloc(sh->scratch, count * sizeof *k) : NULL;
    struct span *t = values ? scratch_alloc(sh->scratch, count * sizeof *t) : NULL;
    const struct value *v = array_read(sh, id);
    if (!count)
        ;
    else if (v->kind == VALUE_INDEXED)
        array_list_cells(sh, v->array, k, t);
    else if (v->kind == VALUE_ASSOC)
        array_list_keyed(sh, v->assoc, k, t);
    else {
        if (k)
            k[0] = span_of("0");
        if (t)
            t[0] = var_get(sh, id);
    }
    if (keys)
        *keys = k;
    if (values)
        *values = t;
    return count;
}

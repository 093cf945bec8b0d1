/* vars.c: looking up and changing variables. See vars.h, and state.h for the layout. */
#include "shell/vars/slot.h"
#include "shell/vars/vars.h"

#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "shell/scratch.h"
#include "shell/vars/cells.h"
#include "shell/vars/hooks.h"
#include "shell/vars/keyed.h"
#include "shell/vars/state.h"
#include "sys.h"

enum { VARS_REF_DEPTH = 16 };

const struct var_page vars_no_page;

static void vars_grow(struct vars *v, unsigned count)
{
    count = (count + 7) & ~7u;
    v->pages = sys_share_resize(v->pages, count * sizeof(struct var_page *));
    while (v->page_count < count)
        v->pages[v->page_count++] = (struct var_page *)&vars_no_page;
}

static struct var_page *vars_copy_page(const struct var_page *src)
{
    struct var_page *p = sys_share_alloc(sizeof *p);
    for (unsigned i = 0; i < VARS_PAGE; i++)
        slot_copy(&p->slots[i], &src->slots[i]);
    atomic_init(&p->count, 1);
    return p;
}

static void vars_put_page(struct var_page *p)
{
    if (p == &vars_no_page ||
        atomic_fetch_sub_explicit(&p->count, 1, memory_order_acq_rel) != 1)
        return;
    for (unsigned i = 0; i < VARS_PAGE; i++)
        slot_clear(&p->slots[i]);
    sys_share_free(p);
}

struct value *vars_own_slow(struct vars *v, unsigned id)
{
    unsigned at = id / VARS_PAGE;
    if (at >= v->page_count)
        vars_grow(v, at + 1);
    struct var_page *old = v->pages[at];
    if (atomic_load_explicit(&old->count, memory_order_acquire) != 1) {
        v->pages[at] = vars_copy_page(old);
        vars_put_page(old);
    }
    return &v->pages[at]->slots[id % VARS_PAGE];
}

/* ---- Reading ---------------------------------------------------------------------- */

static void var_warn_circle(struct shell *sh, unsigned id)
{
    shell_error(sh, "warning: %s: circular name reference", sys_interned(id));
}

unsigned var_resolve(struct shell *sh, unsigned id, struct span *sub)
{
    unsigned start = id;
    *sub = span_make(NULL, 0);
    for (int depth = 0; depth < VARS_REF_DEPTH; depth++) {
        const struct value *v = vars_slot(sh->vars, id);
        if (!(v->attrs & VAR_NAMEREF))
            return id;
        char buf[24];
        struct span target = value_text(v, buf);
        if (!target.len)
            return 0;
        size_t bracket = span_find(target, '[');
        id = sys_intern(target.ptr, bracket);
        if (bracket < target.len) {
            *sub = span_make(target.ptr + bracket + 1, target.len - bracket - 2);
            return id;
        }
        if (id == start)
            break;
    }
    var_warn_circle(sh, start);
    return 0;
}

bool var_is_circle(struct shell *sh, unsigned id)
{
    unsigned at = id;
    for (int depth = 0; depth < VARS_REF_DEPTH; depth++) {
        const struct value *v = vars_slot(sh->vars, at);
        char buf[24];
        if (!(v->attrs & VAR_NAMEREF))
            return false;
        struct span target = value_text(v, buf);
        if (!target.len || span_find(target, '[') < target.len)
            return false;
        at = sys_intern(target.ptr, target.len);
        if (at == id)
            break;
    }
    return true;
}

struct value *var_behind_circle(struct shell *sh, unsigned id)
{
    bool local = vars_slot(sh->vars, id)->attrs & VAR_LOCAL;
    return local && var_is_circle(sh, id) ? scope_global(sh, id) : NULL;
}

/* The text of element 0 of an array. */
static struct span var_first(const struct value *v, char buf[24])
{
    const struct value *e;
    if (v->kind == VALUE_INDEXED)
        e = cells_find(v->array, 0);
    else
        e = keyed_find(v->assoc, span_of("0"));
    return e ? value_text(e, buf) : span_make(NULL, 0);
}

/* Text that may lie in buf is moved to scratch memory. */
static struct span var_keep(struct shell *sh, struct span text, const char buf[24])
{
    if (text.ptr == buf)
        text.ptr = scratch_copy(sh->scratch, text);
    return text;
}

static struct span var_get_slow(struct shell *sh, unsigned id)
{
    struct span sub;
    unsigned start = id;
    id = var_resolve(sh, id, &sub);
    if (id && sub.ptr)
        return var_hooks.get_element(sh, id, sub);
    const struct value *v = id ? vars_read(sh, id) : var_behind_circle(sh, start);
    char buf[24];
    if (!v)
        return span_make(NULL, 0);
    if (v->kind >= VALUE_INDEXED)
        return var_keep(sh, var_first(v, buf), buf);
    if (id && v->kind == VALUE_NUM && !v->len && vars_owns(sh->vars, id)) {
        struct value *own = vars_own(sh->vars, id);
        value_write_text(own);
        return span_make(own->text, own->len);
    }
    return var_keep(sh, value_text(v, buf), buf);
}

struct span var_get(struct shell *sh, unsigned id)
{
    const struct value *v = vars_slot(sh->vars, id);
    if (LIKELY(!(v->attrs & (VAR_DYNAMIC | VAR_NAMEREF)))) {
        if (v->kind == VALUE_SHORT || (v->kind == VALUE_NUM && v->len))
            return span_make(v->text, v->len);
        if (v->kind == VALUE_LONG)
            return span_make(v->block->data, v->block->len);
        if (v->kind == VALUE_NONE)
            return span_make(NULL, 0);
    }
    return var_get_slow(sh, id);
}

const char *var_get_str(struct shell *sh, unsigned id)
{
    struct span text = var_get(sh, id);
    return text.ptr ? text.ptr : "";
}

int64_t var_get_int(struct shell *sh, unsigned id)
{
    int64_t n = 0;
    const struct value *v = vars_read(sh, id);
    if (!value_number(v, &n) && num_to_i64(var_get_str(sh, id), &n, NULL))
        n = 0;
    return n;
}

const struct value *var_find(struct shell *sh, unsigned id, unsigned flags)
{
    if (!(flags & VAR_OP_NO_REF) && (vars_slot(sh->vars, id)->attrs & VAR_NAMEREF)) {
        struct span sub;
        id = var_resolve(sh, id, &sub);
        if (!id)
            return NULL;
    }
    const struct value *v = vars_read(sh, id);
    return var_exists(v) ? v : NULL;
}

unsigned var_attrs(struct shell *sh, unsigned id)
{
    const struct value *v = var_find(sh, id, 0);
    return v ? v->attrs : 0;
}

bool var_is_set(struct shell *sh, unsigned id) { return var_get(sh, id).ptr != NULL; }

/* ---- Assigning -------------------------------------------------------------------- */

/* What is added to in `n+=text`: the old text counts as an expression too. */
static int var_old_number(struct shell *sh, const struct value *old, int64_t *n)
{
    char buf[24];
    *n = 0;
    if (!old || old->kind == VALUE_NONE || value_number(old, n))
        return 0;
    struct span text = value_text(old, buf);
    return var_hooks.arith(sh, span_make(scratch_copy(sh->scratch, text), text.len), n);
}

int var_discard(struct shell *sh)
{
    int status = sh->capture_status >= 0 ? sh->capture_status : sh->status;
    if (sh->flow == FLOW_NORMAL)
        shell_discard_far(sh, status ? status : 1); // in builtins too
    return 1;
}

static int var_prepare_number(struct shell *sh, const struct value *old,
                              struct var_new *new)
{
    int64_t before = 0;
    new->is_num = true;
    if (!var_old_number(sh, old, &before) && !var_hooks.arith(sh, new->text, &new->num)) {
        new->num = (int64_t)((uint64_t)before + (uint64_t) new->num);
        return 0;
    }
    return var_discard(sh);
}

static struct span var_join(struct shell *sh, const struct value *old, struct span text)
{
    char buf[24];
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_span(&t, value_text(old, buf));
    scratch_text_add_span(&t, text);
    return scratch_text_end(&t);
}

int var_prepare(struct shell *sh, unsigned attrs, const struct value *old,
                struct span text, struct var_new *new)
{
    *new = (struct var_new){.text = text};
    if (attrs & VAR_INTEGER)
        return var_prepare_number(sh, old, new);
    if (attrs & (VAR_LOWER | VAR_UPPER | VAR_CAPITAL)) {
        new->whole = old && old->kind != VALUE_NONE;
        if (new->whole)
            new->text = var_join(sh, old, text);
        new->text = letters_change(sh, attrs, new->text);
    }
    return 0;
}

void var_store(struct value *v, const struct var_new *new, unsigned flags)
{
    if (new->is_num)
        value_set_num(v, new->num);
    else if ((flags & VAR_OP_APPEND) && !new->whole)
        value_append(v, new->text);
    else
        value_set(v, new->text);
}

/* (Without the builtin's name, as in bash; declare puts its own before.) */
static int var_refuse(struct shell *sh, unsigned id)
{
    return shell_report(sh, "%s: readonly variable", sys_interned(id));
}

struct value *var_scalar(struct value *v)
{
    if (v->kind == VALUE_INDEXED)
        return cells_add(cells_own(&v->array), 0);
    if (v->kind == VALUE_ASSOC)
        return keyed_add(keyed_own(&v->assoc), span_of("0"));
    return v;
}

/* var_scalar for reading, as it is now: NULL if there is none. */
static const struct value *var_scalar_old(const struct value *v)
{
    if (v->kind == VALUE_INDEXED)
        return cells_find(v->array, 0);
    return v->kind == VALUE_ASSOC ? keyed_find(v->assoc, span_of("0")) : v;
}

int var_sum(struct shell *sh, unsigned id, struct span text, struct span *sum)
{
    const struct value *old = var_scalar_old(vars_read(sh, id));
    struct var_new new;
    char buf[24];
    if (var_prepare(sh, vars_slot(sh->vars, id)->attrs, old, text, &new))
        return 1;
    old = var_scalar_old(vars_slot(sh->vars, id));
    if (new.is_num) {
        size_t len = num_from_i64(buf, new.num);
        *sum = span_make(scratch_copy(sh->scratch, span_make(buf, len)), len);
    } else {
        *sum = old && !new.whole ? var_join(sh, old, new.text) : new.text;
    }
    return 0;
}

/* An array that is only declared is set, though it is empty, once a value for it failed.
 */
static void var_make_set(struct value *v)
{
    if (v->kind == VALUE_INDEXED)
        cells_own(&v->array);
    else if (v->kind == VALUE_ASSOC)
        keyed_own(&v->assoc);
}

/* Assigns to a variable that is no nameref any more. */
static int var_set_here(struct shell *sh, unsigned id, struct span text, unsigned flags)
{
    unsigned attrs = vars_slot(sh->vars, id)->attrs;
    if (flags & VAR_OP_FORCE)
        attrs &= VAR_EXPORT;
    if (attrs & VAR_READONLY)
        return var_refuse(sh, id);
    if ((attrs & VAR_DYNAMIC) && special_set(sh, id, text))
        return 0;
    struct var_new new;
    const struct value *old =
        flags & VAR_OP_APPEND ? var_scalar_old(vars_slot(sh->vars, id)) : NULL;
    int err = var_prepare(sh, attrs, old, text, &new);
    struct value *v = vars_own(sh->vars, id);
    if (UNLIKELY(err)) {
        var_make_set(v);
        return 1;
    }
    var_store(var_scalar(v), &new, flags);
    if (shell_set(sh, SET_ALLEXPORT))
        v->attrs |= VAR_EXPORT;
    vars_changed(sh, id, v->attrs);
    return 0;
}

static int var_set_behind_circle(struct shell *sh, unsigned id, struct span text,
                                 unsigned flags)
{
    if (!var_behind_circle(sh, id))
        return 1;
    var_warn_circle(sh, id); // bash looks twice
    var_swap_global(sh, id);
    int err = var_set_here(sh, id, text, flags);
    var_swap_global(sh, id);
    return err;
}

static int var_set_reference(struct shell *sh, unsigned id, struct span text,
                             unsigned flags)
{
    char buf[24];
    if (!value_text(vars_slot(sh->vars, id), buf).len) { // declare -n r; r=x
        size_t bracket = span_find(text, '[');
        if (name_is_valid(span_make(text.ptr, bracket)))
            return var_set_nameref(sh, id, text);
        return shell_error(sh, "`%.*s': not a valid identifier", (int)text.len, text.ptr);
    }
    struct span sub;
    unsigned target = var_resolve(sh, id, &sub);
    if (!target)
        return var_set_behind_circle(sh, id, text, flags);
    if (sub.ptr)
        return var_hooks.set_element(sh, target, sub, text, flags);
    return var_set_here(sh, target, text, flags);
}

int var_set(struct shell *sh, unsigned id, struct span text, unsigned flags)
{
    struct value *v = vars_own(sh->vars, id);
    if (LIKELY(id > NAME_WATCHED && !flags && !(v->attrs & VAR_SLOW) &&
               v->kind < VALUE_INDEXED && !shell_set(sh, SET_ALLEXPORT))) {
        value_set(v, text);
        return 0;
    }
    if ((v->attrs & VAR_NAMEREF) && !(flags & VAR_OP_NO_REF))
        return var_set_reference(sh, id, text, flags);
    return var_set_here(sh, id, text, flags);
}

int var_set_int(struct shell *sh, unsigned id, int64_t n)
{
    struct value *v = vars_own(sh->vars, id);
    if (LIKELY(id > NAME_WATCHED && !(v->attrs & VAR_SLOW) && v->kind < VALUE_INDEXED &&
               !shell_set(sh, SET_ALLEXPORT))) {
        value_set_num(v, n);
        return 0;
    }
    char text[24];
    size_t len = num_from_i64(text, n);
    return var_set(sh, id, span_make(text, len), 0);
}

struct value *var_open(struct shell *sh, unsigned *id)
{
    if (vars_slot(sh->vars, *id)->attrs & VAR_NAMEREF) {
        struct span sub;
        *id = var_resolve(sh, *id, &sub);
        if (!*id)
            return NULL;
    }
    const struct value *v = vars_read(sh, *id);
    if (v->attrs & VAR_READONLY) {
        var_refuse(sh, *id);
        return NULL;
    }
    return vars_own(sh->vars, *id);
}

int var_check_writable(struct shell *sh, unsigned id)
{
    return var_open(sh, &id) ? 0 : 1;
}

/* The name in a nameref's target. */
static struct span var_target_name(struct span target)
{
    size_t bracket = span_find(target, '[');
    bool element = bracket < target.len && target.ptr[target.len - 1] == ']';
    return element ? span_make(target.ptr, bracket) : target;
}

bool var_is_target(struct span target) { return name_is_valid(var_target_name(target)); }

int var_check_nameref(struct shell *sh, struct span target)
{
    if (!target.len)
        return shell_builtin_error(sh, "`': not a valid identifier");
    if (!var_is_target(target))
        return shell_builtin_error(sh, "`%.*s': invalid variable name for name reference",
                                   (int)target.len, target.ptr);
    return 0;
}

int var_set_nameref(struct shell *sh, unsigned id, struct span target)
{
    if (var_check_nameref(sh, target))
        return 1;
    bool self = span_eq_str(var_target_name(target), sys_interned(id));
    if (self && !sh->functions)
        return shell_builtin_error(sh, "%s: nameref variable self references not allowed",
                                   sys_interned(id));
    if (self)
        shell_builtin_error(sh, "warning: %s: circular name reference", sys_interned(id));
    struct value *v = vars_own(sh->vars, id);
    if (v->attrs & VAR_READONLY)
        return var_refuse(sh, id);
    value_set(v, target);
    v->attrs |= VAR_NAMEREF;
    return 0;
}

/* ---- Attributes ------------------------------------------------------------------- */

int var_change(struct shell *sh, unsigned id, unsigned add, unsigned remove,
               unsigned flags)
{
    if (!(flags & VAR_OP_NO_REF) && (vars_slot(sh->vars, id)->attrs & VAR_NAMEREF)) {
        struct span sub;
        unsigned target = var_resolve(sh, id, &sub);
        if (!target)
            return 1;
        id = target;
    }
    struct value *v = vars_own(sh->vars, id);
    if ((v->attrs & VAR_READONLY & remove) ||
        ((v->attrs & VAR_READONLY) && (add & VAR_NAMEREF)))
        return shell_builtin_error(sh, "%s: readonly variable", sys_interned(id));
    const unsigned cases = VAR_LOWER | VAR_UPPER | VAR_CAPITAL;
    if (add & cases)
        remove |= cases & ~add;
    unsigned old = v->attrs;
    v->attrs = (uint16_t)((old & ~remove) | add | VAR_DECLARED);
    vars_changed(sh, 0, old | v->attrs); // its value stays
    return 0;
}

/* Turns a scalar into an array with that text as element 0 (key "0"). */
int var_make_indexed(struct shell *sh, unsigned id)
{
    struct value *v = vars_own(sh->vars, id);
    if (v->kind == VALUE_INDEXED)
        return 0;
    if (v->kind == VALUE_ASSOC)
        return shell_builtin_error(sh, "%s: cannot convert associative to indexed array",
                                   sys_interned(id));
    struct cells *cells = NULL;
    if (v->kind != VALUE_NONE) {
        cells = cells_new();
        struct value *e = cells_add(cells, 0);
        v = vars_own(sh->vars, id);
        uint16_t attrs = v->attrs;
        *e = *v; // moves it
        e->attrs = 0;
        v->attrs = attrs;
    }
    v->kind = VALUE_INDEXED;
    v->array = cells;
    return 0;
}

int var_make_assoc(struct shell *sh, unsigned id)
{
    struct value *v = vars_own(sh->vars, id);
    if (v->kind == VALUE_ASSOC)
        return 0;
    if (v->kind == VALUE_INDEXED)
        return shell_builtin_error(sh, "%s: cannot convert indexed to associative array",
                                   sys_interned(id));
    struct keyed *keyed = NULL;
    if (v->kind != VALUE_NONE) {
        struct value *e = keyed_add(keyed_own(&keyed), span_of("0"));
        v = vars_own(sh->vars, id);
        *e = *v;
        e->attrs = 0;
    }
    v->kind = VALUE_ASSOC;
    v->assoc = keyed;
    return 0;
}

bool name_is_valid(struct span text)
{
    if (!text.len || char_is_digit(text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!char_is_name((unsigned char)text.ptr[i]))
            return false;
    return true;
}

unsigned name_intern(struct span text)
{
    return name_is_valid(text) ? sys_intern(text.ptr, text.len) : 0;
}

/* ---- The whole -------------------------------------------------------------------- */

struct vars *vars_clone(struct shell *parent)
{
    const struct vars *src = parent->vars;
    struct vars *v = sys_share_alloc(sizeof *v);
    *v = *src;
    v->pages = sys_share_alloc(size_max(v->page_count, 1) * sizeof(struct var_page *));
    for (unsigned i = 0; i < v->page_count; i++) {
        v->pages[i] = src->pages[i];
        if (v->pages[i] != &vars_no_page)
            atomic_fetch_add_explicit(&v->pages[i]->count, 1, memory_order_relaxed);
    }
    v->undo_cap = v->undo_len;
    v->undo = v->undo_len ? sys_share_alloc(v->undo_len * sizeof *v->undo) : NULL;
    for (size_t i = 0; i < v->undo_len; i++) {
        v->undo[i].id = src->undo[i].id;
        slot_copy(&v->undo[i].saved, &src->undo[i].saved);
    }
    v->scope_cap = v->scope_len;
    v->scopes = v->scope_len ? sys_share_alloc(v->scope_len * sizeof *v->scopes) : NULL;
    if (v->scope_len)
        memcpy(v->scopes, src->scopes, v->scope_len * sizeof *v->scopes);
    params_copy(&v->params, &src->params);
    functions_clone(v, src);
    aliases_clone(v, src);
    v->ifs.valid = false;
    v->random_stale = true;
    v->environ = NULL;
    v->expand = NULL;
    if (v->foreign)
        atomic_fetch_add_explicit(&v->foreign->count, 1, memory_order_relaxed);
    return v;
}

void vars_release(struct vars *v)
{
    if (v->expand)
        var_hooks.release(v->expand);
    for (size_t i = 0; i < v->undo_len; i++)
        slot_clear(&v->undo[i].saved);
    for (unsigned i = 0; i < v->page_count; i++)
        vars_put_page(v->pages[i]);
    params_fini(&v->params);
    functions_release(v);
    aliases_release(v);
    sys_share_free(v->undo);
    sys_share_free(v->scopes);
    sys_share_free(v->pages);
    foreign_put(v->foreign);
    sys_share_free(v);
}

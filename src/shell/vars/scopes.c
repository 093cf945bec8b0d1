/* scopes.c: local variables and assignments before a command: the undo stack of
 * vars/state.h. */
#include <string.h>

#include "shell/scratch.h"
#include "shell/vars/hooks.h"
#include "shell/vars/slot.h"
#include "shell/vars/state.h"
#include "sys.h"

void scope_push(struct shell *sh, enum scope_kind kind)
{
    struct vars *v = sh->vars;
    if (v->scope_len == v->scope_cap) {
        size_t cap = v->scope_cap ? v->scope_cap * 2 : 8;
        v->scopes = sys_share_resize(v->scopes, cap * sizeof *v->scopes);
        v->scope_cap = cap;
    }
    v->scopes[v->scope_len++] = (struct scope){kind, v->undo_len};
}

/* What was assigned before a command stays; where that hid an array, as its element 0. */
static void scope_stay(struct value *v, struct value *saved)
{
    char buf[24];
    unsigned attrs = (v->attrs & ~(unsigned)(VAR_LOCAL | VAR_TEMPORARY)) |
                     (saved->attrs & ~(unsigned)(VAR_DYNAMIC | VAR_NAMEREF));
    if (saved->kind >= VALUE_INDEXED && v->kind < VALUE_INDEXED) {
        value_set(var_scalar(saved), value_text(v, buf));
        struct value inner = *v;
        *v = *saved;
        *saved = inner;
    }
    v->attrs = (uint16_t)attrs;
    slot_clear(saved);
}

static void scope_undo(struct shell *sh, struct var_undo *u)
{
    struct value *v = vars_own(sh->vars, u->id);
    unsigned attrs = v->attrs | u->saved.attrs;
    if (u->stays) {
        scope_stay(v, &u->saved);
    } else {
        slot_clear(v);
        *v = u->saved;
    }
    u->saved = (struct value){0};
    vars_changed(sh, u->id, attrs);
}

void scope_pop(struct shell *sh)
{
    struct vars *v = sh->vars;
    ASSERT(v->scope_len > 0);
    size_t start = v->scopes[v->scope_len - 1].start;
    const struct var_undo *options = NULL;
    while (v->undo_len > start) {
        struct var_undo *u = &v->undo[v->undo_len - 1];
        if (u->id)
            scope_undo(sh, u);
        else
            options = u;
        v->undo_len--;
    }
    v->scope_len--;
    if (UNLIKELY(options != NULL)) // after POSIXLY_CORRECT, say
        shell_options_restore(sh, (uint64_t)options->saved.num);
}

void scope_swap(struct shell *sh)
{
    struct vars *v = sh->vars;
    ASSERT(v->scope_len > 0);
    for (size_t i = v->scopes[v->scope_len - 1].start; i < v->undo_len; i++) {
        struct value *own = vars_own(v, v->undo[i].id);
        struct value inner = *own;
        *own = v->undo[i].saved;
        v->undo[i].saved = inner;
        vars_changed(sh, v->undo[i].id, own->attrs | inner.attrs);
    }
}

/* The number of the innermost FUNCTION scope, or -1. */
static long scope_function(const struct vars *v)
{
    for (size_t i = v->scope_len; i > 0; i--)
        if (v->scopes[i - 1].kind == SCOPE_FUNCTION)
            return (long)i - 1;
    return -1;
}

static size_t scope_end(const struct vars *v, size_t scope)
{
    return scope + 1 < v->scope_len ? v->scopes[scope + 1].start : v->undo_len;
}

/* The entry of id in a scope, or NULL. */
static struct var_undo *scope_find(struct vars *v, size_t scope, unsigned id)
{
    for (size_t i = scope_end(v, scope); i > v->scopes[scope].start; i--)
        if (v->undo[i - 1].id == id)
            return &v->undo[i - 1];
    return NULL;
}

/* Makes room for an entry at the end of a scope, which need not be the innermost. */
static struct var_undo *scope_add(struct vars *v, size_t scope, unsigned id)
{
    if (v->undo_len == v->undo_cap) {
        size_t cap = v->undo_cap ? v->undo_cap * 2 : 16;
        v->undo = sys_share_resize(v->undo, cap * sizeof *v->undo);
        v->undo_cap = cap;
    }
    size_t at = scope_end(v, scope);
    memmove(&v->undo[at + 1], &v->undo[at], (v->undo_len - at) * sizeof *v->undo);
    for (size_t i = scope + 1; i < v->scope_len; i++)
        v->scopes[i].start++;
    v->undo_len++;
    v->undo[at] = (struct var_undo){.id = id};
    return &v->undo[at];
}

/* Takes an entry out, after its value was moved elsewhere. */
static void scope_remove(struct vars *v, struct var_undo *u)
{
    size_t at = (size_t)(u - v->undo);
    v->undo_len--;
    memmove(u, u + 1, (v->undo_len - at) * sizeof *u);
    for (size_t i = 0; i < v->scope_len; i++)
        if (v->scopes[i].start > at)
            v->scopes[i].start--;
}

bool scope_in_function(struct shell *sh) { return scope_function(sh->vars) >= 0; }

bool var_is_local(struct shell *sh, unsigned id)
{
    long scope = scope_function(sh->vars);
    return scope >= 0 && scope_find(sh->vars, (size_t)scope, id);
}

/* Moves the visible variable to the undo stack of a scope and leaves an empty slot. */
static struct value *scope_hide(struct shell *sh, size_t scope, unsigned id)
{
    struct value *v = vars_own(sh->vars, id);
    struct var_undo *u = scope_add(sh->vars, scope, id);
    u->saved = *v;
    *v = (struct value){0};
    return v;
}

/* The innermost entry of id in any scope, with the scope's number. */
static struct var_undo *scope_find_any(struct vars *v, unsigned id, size_t *scope)
{
    for (size_t i = v->scope_len; i > 0; i--) {
        struct var_undo *u = scope_find(v, i - 1, id);
        if (u) {
            *scope = i - 1;
            return u;
        }
    }
    return NULL;
}

/* x=1 local x: the variable of the command becomes that of the function. Within eval it
 * is local to that. False: there is none. */
static bool scope_adopt(struct shell *sh, size_t function, unsigned id)
{
    struct vars *vars = sh->vars;
    size_t scope = 0;
    if (LIKELY(!(vars_slot(vars, id)->attrs & VAR_TEMPORARY)))
        return false;
    struct var_undo *u = scope_find_any(vars, id, &scope);
    if (scope <= function)
        return false;
    if (scope + 1 == vars->scope_len && sh->builtin_scoped) {
        struct value outer = u->saved;
        scope_remove(vars, u);
        if (scope_find(vars, function, id))
            slot_clear(&outer);
        else
            scope_add(vars, function, id)->saved = outer;
    }
    struct value *v = vars_own(vars, id);
    v->attrs = (uint16_t)((v->attrs & ~VAR_TEMPORARY) | VAR_DECLARED);
    return true;
}

int var_make_local(struct shell *sh, unsigned id, bool inherit)
{
    long scope = scope_function(sh->vars);
    if (scope < 0 || scope_adopt(sh, (size_t)scope, id) ||
        scope_find(sh->vars, (size_t)scope, id))
        return 0;
    const struct value *old = vars_slot(sh->vars, id);
    if (old->attrs & VAR_READONLY)
        return shell_builtin_error(sh, "%s: readonly variable", sys_interned(id));
    inherit = inherit || (old->attrs & VAR_TEMPORARY) ||
              shell_shopt(sh, SHOPT_LOCALVAR_INHERIT);
    struct value *v = scope_hide(sh, (size_t)scope, id);
    const struct value *saved = &scope_find(sh->vars, (size_t)scope, id)->saved;
    if (inherit && !(saved->attrs & VAR_NAMEREF)) {
        slot_copy(v, saved);
        v->attrs = (uint16_t)((saved->attrs & ~VAR_TEMPORARY) | VAR_LOCAL | VAR_DECLARED);
    } else {
        v->attrs = (uint16_t)((saved->attrs & VAR_EXPORT) | VAR_LOCAL | VAR_DECLARED);
    }
    vars_changed(sh, id, saved->attrs | v->attrs);
    return 0;
}

/* The variable that an assignment before a command hides: a reference to an element, or
 * to nothing, is hidden itself. 0: a circle. */
static unsigned scope_target(struct shell *sh, unsigned id)
{
    struct span sub;
    char buf[24];
    const struct value *v = vars_slot(sh->vars, id);
    if (!(v->attrs & VAR_NAMEREF) || !value_text(v, buf).len)
        return id;
    unsigned target = var_resolve(sh, id, &sub);
    return sub.ptr ? id : target;
}

int var_set_temporary(struct shell *sh, unsigned id, struct span text, unsigned flags,
                      struct span *shown)
{
    struct vars *vars = sh->vars;
    ASSERT(vars->scope_len > 0);
    shown->ptr = NULL;
    id = scope_target(sh, id);
    if (!id || (vars_slot(vars, id)->attrs & VAR_READONLY)) {
        if (id)
            shell_report(sh, "%s: readonly variable", sys_interned(id));
        return shell_set(sh, SET_POSIX) ? shell_discard(sh, 1)
                                        : 0; // the command runs without it
    }
    if ((flags & VAR_OP_APPEND) && var_sum(sh, id, text, &text))
        return 1;
    size_t scope = vars->scope_len - 1;
    struct value *v = vars_own(vars, id);
    if (!scope_find(vars, scope, id)) {
        v = scope_hide(sh, scope, id);
        v->attrs = 0;
    }
    value_set(v, text);
    v->attrs |= VAR_LOCAL | VAR_EXPORT | VAR_TEMPORARY;
    vars_changed(sh, id, v->attrs);
    *shown = text;
    return 0;
}

void scope_save_options(struct shell *sh)
{
    long scope = scope_function(sh->vars);
    if (scope < 0 || scope_find(sh->vars, (size_t)scope, 0))
        return;
    struct var_undo *u = scope_add(sh->vars, (size_t)scope, 0);
    u->saved = (struct value){.kind = VALUE_NUM, .num = (int64_t)shell_options_save(sh)};
}

bool scope_saves_options(struct shell *sh)
{
    long scope = scope_function(sh->vars);
    return scope >= 0 && scope_find(sh->vars, (size_t)scope, 0);
}

/* To a variable that was assigned before a function too: bash hands what is kept on
 * through all functions. */
static void scope_hand_on(struct shell *sh, unsigned id)
{
    size_t scope;
    for (struct var_undo *u; (u = scope_find_any(sh->vars, id, &scope)) != NULL;) {
        slot_clear(&u->saved);
        scope_remove(sh->vars, u);
    }
    vars_own(sh->vars, id)->attrs &= (uint16_t) ~(VAR_LOCAL | VAR_TEMPORARY);
}

/* A variable of the scope that ended, with what it had there. The value of an integer
 * that is no expression stays text. */
static void scope_keep_variable(struct shell *sh, unsigned id, struct value *inner,
                                bool hand_on)
{
    char buf[24];
    int status = sh->status;
    bool array = inner->kind >= VALUE_INDEXED;
    hand_on = hand_on && (vars_slot(sh->vars, id)->attrs & VAR_TEMPORARY);
    if (!array && var_set(sh, id, value_text(inner, buf), 0)) {
        sh->flow = FLOW_NORMAL;
        sh->status = status;
        value_set(vars_own(sh->vars, id), value_text(inner, buf));
    }
    if (hand_on)
        scope_hand_on(sh, id);
    struct value *v = vars_own(sh->vars, id);
    unsigned attrs = v->attrs | (inner->attrs & ~(VAR_LOCAL | VAR_TEMPORARY));
    if (array) {
        slot_clear(v);
        slot_copy(v, inner);
    }
    v->attrs = (uint16_t)attrs;
    vars_changed(sh, id, attrs);
}

void scope_keep(struct shell *sh, bool hand_on)
{
    struct vars *v = sh->vars;
    size_t start = v->scopes[v->scope_len - 1].start, count = v->undo_len - start;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct var_undo *kept = scratch_alloc(sh->scratch, (count + 1) * sizeof *kept);
    for (size_t i = 0; i < count; i++) {
        unsigned id = v->undo[start + i].id;
        kept[i] = (struct var_undo){.id = id};
        slot_copy(&kept[i].saved, vars_slot(v, id));
        kept[i].saved.attrs = vars_slot(v, id)->attrs;
    }
    scope_pop(sh);
    for (size_t i = 0; i < count; i++) {
        scope_keep_variable(sh, kept[i].id, &kept[i].saved, hand_on);
        slot_clear(&kept[i].saved);
    }
    scratch_release(sh->scratch, mark);
}

/* Whether unset leaves the variable local: it is of the innermost function. */
static bool scope_keeps(struct shell *sh, size_t scope)
{
    return (long)scope == scope_function(sh->vars) ||
           shell_shopt(sh, SHOPT_LOCALVAR_UNSET);
}

static void var_unset_here(struct shell *sh, unsigned id)
{
    struct value *v = vars_own(sh->vars, id);
    unsigned attrs = v->attrs;
    size_t scope = 0;
    struct var_undo *u =
        (attrs & VAR_LOCAL) ? scope_find_any(sh->vars, id, &scope) : NULL;
    slot_clear(v);
    v->attrs = u ? VAR_LOCAL | VAR_DECLARED : 0;
    if (u && !scope_keeps(sh, scope)) {
        attrs |= u->saved.attrs;
        *v = u->saved;
        scope_remove(sh->vars, u);
    }
    vars_changed(sh, id, attrs);
}

void var_keep_temporary(struct shell *sh, unsigned id, bool own)
{
    struct vars *vars = sh->vars;
    size_t scope = 0;
    if (!(vars_slot(vars, id)->attrs & VAR_TEMPORARY))
        return;
    struct var_undo *u = scope_find_any(vars, id, &scope);
    bool last = scope + 1 == vars->scope_len;
    if (!u || !(last ? own : vars->scopes[scope + 1].kind == SCOPE_FUNCTION))
        return;
    u->stays = true;
}

bool var_keep_declared(struct shell *sh, unsigned id)
{
    struct vars *vars = sh->vars;
    size_t scope = 0;
    if (LIKELY(!(vars_slot(vars, id)->attrs & VAR_TEMPORARY)))
        return false;
    struct var_undo *u = scope_find_any(vars, id, &scope);
    long function = scope_function(vars);
    bool own = scope + 1 == vars->scope_len && sh->builtin_scoped;
    if (!u || (function >= 0 && ((long)scope + 1 < function || own)))
        return false;
    u->stays = true;
    return true;
}

int var_unset(struct shell *sh, unsigned id, unsigned flags)
{
    if (!(flags & VAR_OP_NO_REF) && (vars_slot(sh->vars, id)->attrs & VAR_NAMEREF)) {
        struct span sub;
        id = var_resolve(sh, id, &sub);
        if (!id)
            return 0;
        if (sub.ptr)
            return var_hooks.unset_element(sh, id, sub);
    }
    if ((vars_slot(sh->vars, id)->attrs & VAR_READONLY) && !(flags & VAR_OP_FORCE))
        return shell_builtin_error(sh, "%s: cannot unset: readonly variable",
                                   sys_interned(id));
    var_unset_here(sh, id);
    return 0;
}

struct value *scope_global(struct shell *sh, unsigned id)
{
    struct vars *vars = sh->vars;
    for (size_t i = 0; i < vars->undo_len; i++)
        if (vars->undo[i].id == id)
            return &vars->undo[i].saved;
    return NULL;
}

bool var_swap_global(struct shell *sh, unsigned id)
{
    struct value *global = scope_global(sh, id);
    if (!global)
        return false;
    struct value *v = vars_own(sh->vars, id);
    struct value local = *v;
    *v = *global;
    *global = local;
    vars_changed(sh, id, v->attrs | local.attrs);
    return true;
}

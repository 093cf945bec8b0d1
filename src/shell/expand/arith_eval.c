/* arith_eval.c: evaluating arithmetic trees. See arith_run.h, syntax/arith.h.
 *
 * Signed arithmetic wraps around in 64 bits. */
#include <string.h>

#include "shell/expand/arith_run.h"
#include "shell/expand/place.h"
#include "shell/vars/arrays.h"
#include "shell/vars/hooks.h"
#include "sys.h"

/* Whether an expression within this one, that n stands for, would be nested too deeply.
 */
static bool arith_is_deep(struct arith_run *r, const struct arith_node *n)
{
    if (expand_state(r->sh)->arith_depth + r->compiled < ARITH_DEPTH)
        return false;
    arith_fail(r, n, "expression recursion level exceeded");
    return true;
}

/* The value of a variable or an element is an expression. */
static bool arith_value(struct arith_run *r, const struct arith_node *n, struct span text,
                        int64_t *out)
{
    *out = 0;
    size_t blanks = 0;
    while (blanks < text.len && arith_is_space(text.ptr[blanks]))
        blanks++;
    if (blanks == text.len)
        return true;
    if (arith_is_deep(r, n))
        return false;
    struct expand *state = expand_state(r->sh);
    state->arith_depth += r->compiled;
    int err = arith_eval_text(r->sh, text, out);
    state->arith_depth -= r->compiled;
    return !err;
}

static bool arith_name_slow(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    struct shell *sh = r->sh;
    const unsigned name = n->name;
    const struct value *v = vars_read(sh, name);
    if (!(v->attrs & VAR_NAMEREF) && value_number(v, out)) {
        if (v->kind == VALUE_SHORT && vars_owns(sh->vars, name)) {
            struct value *own = vars_own(sh->vars, name);
            own->kind = VALUE_NUM; // its text stays as it is
            own->num = *out;
        }
        return true;
    }
    struct span text = var_get(sh, name);
    if (!text.ptr && shell_set(sh, SET_NOUNSET)) {
        expand_unbound(sh, span_of(sys_interned(name)));
        return false;
    }
    return arith_value(r, n, text, out);
}

static inline bool arith_name(struct arith_run *r, const struct arith_node *n,
                              int64_t *out)
{
    const struct value *v = vars_slot(r->sh->vars, n->name);
    if (LIKELY(v->kind == VALUE_NUM && !(v->attrs & VAR_DYNAMIC))) {
        *out = v->num;
        return true;
    }
    return arith_name_slow(r, n, out);
}

static inline bool arith_operand(struct arith_run *r, const struct arith_node *n,
                                 int64_t *out)
{
    if (n->op == ARITH_NUMBER) {
        *out = n->value;
        return true;
    }
    if (n->op == ARITH_NAME)
        return arith_name(r, n, out);
    return arith_run(r, n, out);
}

/* ---- Elements --------------------------------------------------------------------- */

/* An index as it was before arith_expand quoted it; brackets keep their backslash, as in
 * bash. false: nothing is quoted. */
static bool arith_unquote_index(struct shell *sh, struct span *text)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    bool any = false;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->ptr[i], next = i + 1 < text->len ? text->ptr[i + 1] : '\0';
        if (c == '\\' && next && strchr("$`\"\\", next)) {
            any = true;
            c = text->ptr[++i];
        }
        scratch_text_add_char(&t, c);
    }
    if (any)
        *text = scratch_text_end(&t);
    return any;
}

/* The index that an indexed array is given. */
static int arith_index_value(struct shell *sh, const struct arith_node *n, int64_t *out)
{
    struct span text = n->sub_text;
    if (UNLIKELY(memchr(text.ptr, '\\', text.len) != NULL) &&
        arith_unquote_index(sh, &text))
        return arith_eval_index_text(sh, text, out);
    if (n->sub->arith)
        return arith_eval_index(sh, n->sub, out);
    return expand_subscript(sh, text, &text) || arith_eval_index_text(sh, text, out);
}

/* set -u: of a variable without a value no subscript is looked at. */
static bool arith_is_unbound(struct arith_run *r, const struct arith_node *n)
{
    struct shell *sh = r->sh;
    if (LIKELY(!shell_set(sh, SET_NOUNSET)) || var_is_array_set(sh, n->name))
        return false;
    expand_unbound(sh, span_of(sys_interned(n->name)));
    return true;
}

/* Reading what has no place gives 0, with a message. Assigning to it does nothing. */
static void arith_report_read(struct arith_run *r, const struct arith_node *n)
{
    const char *name = sys_interned(n->name);
    struct span sub = n->sub_text;
    bool all = span_eq_str(sub, "@") || span_eq_str(sub, "*");
    for (int i = 0; i < 2 && !sub.len && r->sh->flow == FLOW_NORMAL;
         i++) // bash looks twice
        shell_report(r->sh, "%s[]: bad array subscript", name);
    if (all)
        shell_report(r->sh, "%s[%c]: bad array subscript", name, sub.ptr[0]);
    else if (sub.len)
        shell_report(r->sh, "%s: bad array subscript", name);
}

static void arith_report_store(struct arith_run *r, const struct arith_node *n)
{
    const char *name = sys_interned(n->name);
    struct span sub = n->sub_text;
    if (sub.len)
        shell_error(r->sh, "%s[%.*s]: bad array subscript", name, (int)sub.len, sub.ptr);
    else
        shell_error(r->sh, "`%s[]': not a valid identifier", name);
}

/* The place that name[sub] means. 1: there is none. -1: failed. */
static int arith_place(struct arith_run *r, const struct arith_node *n,
                       struct place *place)
{
    struct shell *sh = r->sh;
    *place = (struct place){.kind = PLACE_INDEX, .id = n->name};
    if (var_is_assoc(sh, n->name)) {
        if (place_key(sh, n->sub_text, place_once(sh, PLACE_PLAIN), place))
            return -1;
        return place->key.len ? 0 : 1;
    }
    struct span text = n->sub_text;
    if (!text.len || span_eq_str(text, "@") || span_eq_str(text, "*"))
        return 1;
    if (arith_is_deep(r, n))
        return -1;
    struct expand *state = expand_state(sh);
    state->arith_depth += r->compiled;
    int err = arith_index_value(sh, n, &place->index);
    state->arith_depth -= r->compiled;
    if (err)
        return -1;
    place->from_end = place->index < 0;
    if (place->from_end)
        place->index += array_end_index(sh, n->name);
    return place->index < 0 ? 1 : 0;
}

static bool arith_place_get(struct arith_run *r, const struct arith_node *n,
                            const struct place *place, int64_t *out)
{
    struct shell *sh = r->sh;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct span text = place_get(sh, place);
    *out = 0;
    bool ok = arith_value(r, n, text, out);
    scratch_release(sh->scratch, mark);
    return ok;
}

static bool arith_index(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    struct scratch_mark mark = scratch_mark(r->sh->scratch);
    struct place place;
    *out = 0;
    if (arith_is_unbound(r, n))
        return false;
    int err = arith_place(r, n, &place);
    if (!err && place.from_end && !var_is_array(r->sh, n->name))
        err = 1; // what is no array has no last element
    if (err == 1)
        arith_report_read(r, n);
    bool ok = err == 1 ? r->sh->flow == FLOW_NORMAL
                       : !err && arith_place_get(r, n, &place, out);
    scratch_release(r->sh->scratch, mark);
    return ok;
}

/* ---- Operators -------------------------------------------------------------------- */

int64_t arith_power(int64_t base, int64_t exponent)
{
    uint64_t result = 1, factor = (uint64_t)base;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            result *= factor;
        factor *= factor;
    }
    return (int64_t)result;
}

/* Division and remainder; `n` is the node that an error names. */
static bool arith_divide(struct arith_run *r, const struct arith_node *n, unsigned op,
                         int64_t a, int64_t b, int64_t *out)
{
    if (b == 0)
        return arith_fail(r, n, "division by 0");
    if (b == -1)
        *out =
            op == ARITH_DIV ? (int64_t)(0 - (uint64_t)a) : 0; // the smallest / -1 wraps
    else
        *out = op == ARITH_DIV ? a / b : a % b;
    return true;
}

static inline bool arith_binary(struct arith_run *r, const struct arith_node *n,
                                unsigned op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case ARITH_ADD: *out = (int64_t)((uint64_t)a + (uint64_t)b); break;
    case ARITH_SUB: *out = (int64_t)((uint64_t)a - (uint64_t)b); break;
    case ARITH_MUL: *out = (int64_t)((uint64_t)a * (uint64_t)b); break;
    case ARITH_DIV:
    case ARITH_MOD: return arith_divide(r, n, op, a, b, out);
    case ARITH_POWER:
        if (b < 0)
            return arith_fail(r, n, "exponent less than 0");
        *out = arith_power(a, b);
        break;
    case ARITH_SHIFT_LEFT: *out = (int64_t)((uint64_t)a << (b & 63)); break;
    case ARITH_SHIFT_RIGHT: *out = a >> (b & 63); break;
    case ARITH_LT: *out = a < b; break;
    case ARITH_LE: *out = a <= b; break;
    case ARITH_GT: *out = a > b; break;
    case ARITH_GE: *out = a >= b; break;
    case ARITH_EQ: *out = a == b; break;
    case ARITH_NE: *out = a != b; break;
    case ARITH_BIT_AND: *out = a & b; break;
    case ARITH_BIT_XOR: *out = a ^ b; break;
    case ARITH_BIT_OR: *out = a | b; break;
    default: *out = b; break; // ARITH_COMMA
    }
    return true;
}

static bool arith_store_element(struct arith_run *r, const struct arith_node *n,
                                const struct arith_node *value, int64_t *out)
{
    struct scratch_mark mark = scratch_mark(r->sh->scratch);
    const struct arith_node *left = n->left;
    struct place place;
    int64_t old = 0, right = 0;
    bool plain = n->op == ARITH_ASSIGN && n->with == ARITH_ASSIGN;
    if (!plain && arith_is_unbound(r, left))
        return false;
    int err = arith_place(r, left, &place);
    bool ok = err >= 0;
    *out = 0;
    bool no_last = !err && place.from_end && !var_is_array(r->sh, left->name);
    if ((err == 1 || no_last) && !plain)
        arith_report_read(r, left);
    if (ok && !err && !no_last && !plain)
        ok = arith_place_get(r, left, &place, &old);
    if (ok && n->op != ARITH_ASSIGN) { // ++ and --
        bool up = n->op == ARITH_PRE_INC || n->op == ARITH_POST_INC;
        right = (int64_t)((uint64_t)old + (up ? 1u : UINT64_MAX));
        *out = n->op == ARITH_PRE_INC || n->op == ARITH_PRE_DEC ? right : old;
    } else if (ok) {
        ok = arith_operand(r, value, &right);
        if (ok && !plain)
            ok = arith_binary(r, n, n->with, old, right, &right);
        *out = right;
    }
    if (ok && err)
        arith_report_store(r, left);
    else if (ok)
        ok = !place_set_int(r->sh, &place, right);
    scratch_release(r->sh->scratch, mark);
    return ok;
}

static bool arith_set(struct arith_run *r, unsigned name, int64_t n)
{
    return LIKELY(!var_set_int(r->sh, name, n));
}

static bool arith_assign(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    if (n->left->op == ARITH_INDEX)
        return arith_store_element(r, n, n->right, out);
    int64_t old = 0, right;
    if (n->with != ARITH_ASSIGN && !arith_name(r, n->left, &old))
        return false;
    if (!arith_operand(r, n->right, &right))
        return false;
    if (n->with != ARITH_ASSIGN && !arith_binary(r, n, n->with, old, right, &right))
        return false;
    *out = right;
    return arith_set(r, n->left->name, right);
}

static bool arith_step(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    if (n->left->op == ARITH_INDEX)
        return arith_store_element(r, n, NULL, out);
    int64_t old;
    if (!arith_name(r, n->left, &old))
        return false;
    bool up = n->op == ARITH_PRE_INC || n->op == ARITH_POST_INC;
    int64_t new = (int64_t)((uint64_t)old + (up ? 1u : UINT64_MAX));
    *out = n->op == ARITH_PRE_INC || n->op == ARITH_PRE_DEC ? new : old;
    return arith_set(r, n->left->name, new);
}

static bool arith_unary(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    int64_t a;
    if (!arith_operand(r, n->left, &a))
        return false;
    switch (n->op) {
    case ARITH_NEGATE: *out = (int64_t)(0 - (uint64_t)a); break;
    case ARITH_NOT: *out = !a; break;
    case ARITH_INVERT: *out = ~a; break;
    default: *out = a; break;
    }
    return true;
}

bool arith_run(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    int64_t a, b;
    switch (n->op) {
    case ARITH_NUMBER: *out = n->value; return true;
    case ARITH_PARAM: *out = r->params[n->value]; return true;
    case ARITH_NAME: return arith_name(r, n, out);
    case ARITH_INDEX: return arith_index(r, n, out);
    case ARITH_NEGATE:
    case ARITH_PLUS:
    case ARITH_NOT:
    case ARITH_INVERT: return arith_unary(r, n, out);
    case ARITH_PRE_INC:
    case ARITH_PRE_DEC:
    case ARITH_POST_INC:
    case ARITH_POST_DEC: return arith_step(r, n, out);
    case ARITH_ASSIGN: return arith_assign(r, n, out);
    case ARITH_PEEK:
        return arith_operand(r, n->left, out) && arith_operand(r, n->right, &b);
    case ARITH_ERROR: return arith_fail(r, n, n->error->what);
    case ARITH_AND:
    case ARITH_OR:
        if (!arith_operand(r, n->left, &a))
            return false;
        if ((a != 0) == (n->op == ARITH_OR)) {
            *out = a != 0;
            return arith_skip(r, n->right);
        }
        if (!arith_operand(r, n->right, &b))
            return false;
        *out = b != 0;
        return true;
    case ARITH_COND:
        if (!arith_operand(r, n->left, &a))
            return false;
        if (!a && !arith_skip(r, n->right))
            return false;
        return arith_operand(r, a ? n->right : n->third, out) &&
               (!a || arith_skip(r, n->third));
    default:
        return arith_operand(r, n->left, &a) && arith_operand(r, n->right, &b) &&
               arith_binary(r, n, n->op, a, b, out);
    }
}

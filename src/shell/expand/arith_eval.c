/* arith_eval.c: evaluating arithmetic trees. See expand.h, syntax/arith.h.
 *
 * Signed arithmetic wraps around in 64 bits. Texts that are met at run time are parsed
 * once and kept (state.h). */
#include <string.h>

#include "base/hash.h"
#include "base/num.h"
#include "shell/expand/place.h"
#include "shell/expand/state.h"
#include "shell/vars/arrays.h"
#include "shell/vars/hooks.h"
#include "sys.h"

enum { ARITH_DEPTH = 1024 }; // of values that are expressions themselves

struct arith_run {
    struct shell *sh;
    const struct arith *tree;
    bool compiled; // not a text that was met at run time (arith_depth counts those)
    const struct arith_node *failed; // where; NULL: elsewhere, reported already
    const char *what;
    int64_t params[ARITH_PARAMS];
};

static bool arith_run(struct arith_run *r, const struct arith_node *n, int64_t *out);

static bool arith_fail(struct arith_run *r, const struct arith_node *n, const char *what)
{
    r->failed = n;
    r->what = what;
    return false;
}

/* Whether an expression within this one, that n stands for, would be nested too deeply. */
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
    if (!text.len)
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

/* The subscript of a text that came at run time: it is expanded once more. */
static int arith_expand_subscript(struct shell *sh, struct span *text)
{
    if (!place_has_expansion(*text))
        return 0;
    return expand_text(sh, *text, text);
}

/* An index as it was before arith_expand quoted it; brackets keep their backslash, as in bash.
 * false: nothing is quoted. */
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
    return arith_expand_subscript(sh, &text) || arith_eval_index_text(sh, text, out);
}

/* Reading what has no place gives 0, with a message. Assigning to it does nothing. */
static void arith_report_read(struct arith_run *r, const struct arith_node *n)
{
    const char *name = sys_interned(n->name);
    struct span sub = n->sub_text;
    bool all = span_eq_str(sub, "@") || span_eq_str(sub, "*");
    for (int i = 0; i < 2 && !sub.len; i++) // bash looks at it twice
        shell_error(r->sh, "%s[]: bad array subscript", name);
    if (all)
        shell_error(r->sh, "%s[%c]: bad array subscript", name, sub.ptr[0]);
    else if (sub.len)
        shell_error(r->sh, "%s: bad array subscript", name);
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
        place->index += array_next_index(sh, n->name);
    return place->index < 0 ? 1 : 0;
}

static bool arith_place_get(struct arith_run *r, const struct arith_node *n,
                            const struct place *place, int64_t *out)
{
    struct shell *sh = r->sh;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct span text = place_get(sh, place);
    *out = 0;
    if (!text.ptr && shell_set(sh, SET_NOUNSET) && !var_is_array_set(sh, place->id)) {
        expand_unbound(sh, span_of(sys_interned(place->id)));
        return false;
    }
    bool ok = arith_value(r, n, text, out);
    scratch_release(sh->scratch, mark);
    return ok;
}

static bool arith_index(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    struct scratch_mark mark = scratch_mark(r->sh->scratch);
    struct place place;
    int err = arith_place(r, n, &place);
    *out = 0;
    if (!err && place.from_end && !var_is_array(r->sh, n->name))
        err = 1; // what is no array has no last element
    if (err == 1)
        arith_report_read(r, n);
    bool ok = err == 1 || (!err && arith_place_get(r, n, &place, out));
    scratch_release(r->sh->scratch, mark);
    return ok;
}

/* ---- Operators -------------------------------------------------------------------- */

static int64_t arith_power(int64_t base, int64_t exponent)
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
    int err = arith_place(r, left, &place);
    bool ok = err >= 0;
    bool plain = n->op == ARITH_ASSIGN && n->with == ARITH_ASSIGN;
    *out = 0;
    if (err == 1 && !plain)
        arith_report_read(r, left);
    if (ok && !err && !plain)
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

/* What is not evaluated may be no expression. */
static bool arith_skip(struct arith_run *r, const struct arith_node *n)
{
    if (LIKELY(!n->broken))
        return true;
    while (n->op != ARITH_ERROR)
        n = n->left && n->left->broken     ? n->left
            : n->right && n->right->broken ? n->right
                                           : n->third;
    return arith_fail(r, n, n->error->what);
}

static bool arith_run(struct arith_run *r, const struct arith_node *n, int64_t *out)
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

/* ---- Errors ----------------------------------------------------------------------- */

static int arith_report(struct shell *sh, struct span text, const char *what,
                        struct span token)
{
    while (text.len && char_is_space((unsigned char)text.ptr[0]))
        text = span_from(text, 1);
    shell_builtin_error(sh, "%.*s: %s (error token is \"%.*s\")", (int)text.len, text.ptr,
                        what, (int)token.len, token.ptr);
    return 1;
}

/* The node of tree b that stands where `node` stands in tree a, which has the same shape.
 */
static const struct arith_node *arith_counterpart(const struct arith_node *a,
                                                  const struct arith_node *b,
                                                  const struct arith_node *node)
{
    if (a == node || !a || !b)
        return a == node ? b : NULL;
    const struct arith_node *found = arith_counterpart(a->left, b->left, node);
    if (!found)
        found = arith_counterpart(a->right, b->right, node);
    return found ? found : arith_counterpart(a->third, b->third, node);
}

static int arith_report_run(const struct arith_run *r, struct span text)
{
    if (!r->failed)
        return 1; // reported where it happened
    const struct arith_node *at = r->failed;
    struct arena arena = {0};
    if (at->error)
        return arith_report(r->sh, at->error->text, r->what, at->error->token);
    if (r->tree->param_count) { // the message shows the text with the parameters' values
                                // in it
        const struct arith *again = arith_parse(&arena, text);
        at = arith_counterpart(r->tree->root, again->root, at);
    }
    struct span token = at && at->at <= text.len ? span_from(text, at->at) : text;
    arith_report(r->sh, text, r->what, token);
    arena_free_all(&arena);
    return 1;
}

/* ---- Texts ------------------------------------------------------------------------ */

static void arith_drop(struct expand *state, struct arith_entry *e)
{
    if (e->prev)
        e->prev->next = e->next;
    else
        state->live = e->next;
    if (e->next)
        e->next->prev = e->prev;
    arena_free_all(&e->arena);
    sys_share_free(e);
}

/* A new entry for text, on the list. */
static struct arith_entry *arith_add(struct expand *state, struct span text)
{
    struct arith_entry *e = sys_share_alloc(sizeof *e);
    *e = (struct arith_entry){.next = state->live};
    if (state->live)
        state->live->prev = e;
    state->live = e;
    e->text = arena_copy_span(&e->arena, text);
    e->tree = arith_parse(&e->arena, e->text);
    return e;
}

static struct arith_entry *arith_find(struct shell *sh, struct span text)
{
    struct expand *state = expand_state(sh);
    struct arith_entry **slot = &state->slots[hash_span(text, 0) % EXPAND_ARITH_SLOTS];
    struct arith_entry *e = *slot;
    if (e && span_eq(e->text, text))
        return e;
    *slot = NULL;
    if (e && e->busy)
        e->orphan = true;
    else if (e)
        arith_drop(state, e);
    *slot = e = arith_add(state, text);
    return e;
}

static int arith_eval_parsed(struct shell *sh, struct span text, int64_t *n)
{
    struct expand *state = expand_state(sh);
    struct arith_entry *e = arith_find(sh, text);
    struct arith_run r = {.sh = sh, .tree = e->tree};
    sys_nest_enter();
    state->arith_depth++;
    e->busy++;
    *n = 0;
    int err = e->tree->root && !arith_run(&r, e->tree->root, n);
    if (err)
        arith_report_run(&r, e->text);
    state->arith_depth--;
    if (!--e->busy && e->orphan)
        arith_drop(state, e);
    sys_nest_leave();
    return err;
}

/* A text that is a plain number needs no tree. */
static bool arith_is_plain(struct span text, int64_t *n)
{
    size_t i = text.len && text.ptr[0] == '-';
    if (i == text.len || text.len - i > 18 || (text.ptr[i] == '0' && text.len - i > 1))
        return false;
    int64_t value = 0;
    for (size_t at = i; at < text.len; at++) {
        if (!char_is_digit((unsigned char)text.ptr[at]))
            return false;
        value = value * 10 + (text.ptr[at] - '0');
    }
    *n = i ? -value : value;
    return true;
}

int arith_eval_text(struct shell *sh, struct span text, int64_t *n)
{
    if (arith_is_plain(text, n))
        return 0;
    return arith_eval_parsed(sh, text, n);
}

/* ---- Compiled expressions --------------------------------------------------------- */

/* The value of an operand $x; -1: failed; 1: it is no plain number. */
static int arith_param(struct shell *sh, const struct part *part, int64_t *n)
{
    if (part->kind == PART_PARAM && part->param->what == PARAM_NAME &&
        part->param->op == PARAM_PLAIN && !part->param->subscript_kind &&
        !part->param->indirect) {
        const struct value *v = vars_slot(sh->vars, part->param->name);
        if (v->kind == VALUE_NUM && !(v->attrs & VAR_DYNAMIC)) {
            *n = v->num;
            return 0;
        }
    }
    struct span text;
    if (expand_part_text(sh, part, &text))
        return -1;
    return arith_is_plain(text, n) ? 0 : 1;
}

/* Whether the word has a subscript. */
static bool arith_has_bracket(const struct word *word)
{
    for (unsigned i = 0; i < word->count; i++)
        if (word->parts[i].kind == PART_TEXT &&
            span_find(word->parts[i].text, '[') < word->parts[i].text.len)
            return true;
    return false;
}

/* Expands a word with subscripts. What comes out of an expansion between brackets is part
 * of a key, whatever it is: brackets, quotes and $ get a backslash. */
static int arith_expand(struct shell *sh, const struct word *word, struct span *text)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    unsigned depth = 0;
    for (unsigned i = 0; i < word->count; i++) {
        const struct part *part = &word->parts[i];
        bool written = part->kind == PART_TEXT;
        struct span s = written ? part->text : span_make(NULL, 0);
        if (!written && expand_part_text(sh, part, &s))
            return 1;
        for (size_t at = 0; at < s.len; at++) {
            char c = s.ptr[at];
            if (written)
                depth = depth + (c == '[') - (c == ']' && depth);
            else if (depth && c && strchr("[]$`\"'\\", c))
                scratch_text_add_char(&t, '\\');
            scratch_text_add_char(&t, c);
        }
    }
    *text = scratch_text_end(&t);
    return 0;
}

static int arith_eval_word(struct shell *sh, const struct word *word, int64_t *n)
{
    struct span text;
    if (arith_has_bracket(word) ? arith_expand(sh, word, &text)
                                : expand_to(sh, word, ESCAPE_NOTHING, false, &text))
        return 1;
    return arith_eval_text(sh, text, n);
}

/* The text of a compiled expression with the values that its operands had. */
static struct span arith_shown_text(const struct arith_run *r, const struct word *word)
{
    struct scratch_text t = scratch_text_make(r->sh->scratch);
    unsigned param = 0;
    if (!r->tree->param_count)
        return r->tree->text;
    for (unsigned i = 0; i < word->count; i++) {
        const struct part *part = &word->parts[i];
        char digits[24];
        if (part->kind == PART_TEXT)
            scratch_text_add_span(&t, part->text);
        else if (param < r->tree->param_count)
            scratch_text_add(&t, digits, num_from_i64(digits, r->params[param++]));
    }
    return scratch_text_end(&t);
}

/* "z-$y" with y=-4 is the text "z--4", which is no subtraction. */
static bool arith_follows_minus(const struct word *word, const struct part *part)
{
    for (unsigned i = 1; i < word->count; i++)
        if (&word->parts[i] == part) {
            const struct part *before = part - 1;
            return before->kind == PART_TEXT && before->text.len &&
                   before->text.ptr[before->text.len - 1] == '-';
        }
    return false;
}

/* An error in a subscript ends the command line. */
static int arith_end_index(struct shell *sh, int err)
{
    if (err && sh->flow == FLOW_NORMAL)
        shell_discard(sh, 1);
    return err;
}

int arith_eval_index(struct shell *sh, const struct expr *expr, int64_t *n)
{
    const char *cmd = sh->cmd;
    sh->cmd = NULL;
    int err = arith_eval(sh, expr, n);
    sh->cmd = cmd;
    return arith_end_index(sh, err);
}

int arith_eval_index_text(struct shell *sh, struct span text, int64_t *n)
{
    const char *cmd = sh->cmd;
    sh->cmd = NULL;
    int err = arith_eval_text(sh, text, n);
    sh->cmd = cmd;
    return arith_end_index(sh, err);
}

int arith_eval(struct shell *sh, const struct expr *expr, int64_t *n)
{
    const struct arith *tree = expr->arith;
    const struct word *word = expr->kept ? expr->kept : expr->word;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct arith_run r = {.sh = sh, .tree = tree, .compiled = true};
    int err = tree ? 0 : 1;
    for (unsigned i = 0; !err && i < tree->param_count; i++) {
        err = arith_param(sh, tree->params[i], &r.params[i]);
        if (!err && r.params[i] < 0 && arith_follows_minus(word, tree->params[i]))
            err = 1;
    }
    if (err == 1) {
        err = arith_eval_word(sh, word, n);
    } else if (!err) {
        *n = 0;
        err = tree->root && !arith_run(&r, tree->root, n);
        if (err && r.failed)
            arith_report_run(&r, arith_shown_text(&r, word));
    }
    scratch_release(sh->scratch, mark);
    return err ? 1 : 0;
}

/* param_default.c: the operators for a parameter that is unset or empty: - = ? + */
#include "shell/expand/param.h"
#include "shell/vars/arrays.h"

/* Whether a list is one empty string: alone, or "$*" with an IFS that joins to nothing.
 */
static bool param_is_empty_list(struct shell *sh, const struct param_value *v)
{
    if (v->count > 1 && (!v->star || *vars_ifs(sh)->join))
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].len)
            return false;
    return true;
}

/* Where a list that is not in quotes is something even if it is one empty string: in the
 * value of an assignment; and "$*" or ${a[*]} that an empty IFS joins. */
static bool param_list_stays(const struct field *f, const struct param_target *t,
                             const struct param_value *v)
{
    bool named = t->what == PARAM_NAME;
    if (named && !var_is_array(f->sh, t->name))
        return false;
    if (v->star && !*vars_ifs(f->sh)->join)
        return f->out ? v->count > 1 : named && !f->here;
    return f->assign && !f->element;
}

static bool param_is_missing(const struct field *f, const struct param *param,
                             const struct param_target *t, const struct param_value *v,
                             bool quoted)
{
    if (v->list && v->count && param->colon && !quoted && param_list_stays(f, t, v))
        return false;
    if (v->list)
        return v->count == 0 || (param->colon && param_is_empty_list(f->sh, v));
    return !v->one.ptr || (param->colon && !v->one.len);
}

/* The element that is assigned to: bash evaluates the subscript again. */
static int param_relocate(struct shell *sh, const struct param *param,
                          struct param_target *t)
{
    struct place *place = &t->place;
    if (place->kind == PLACE_KEY)
        return expand_to(sh, param->subscript.word, ESCAPE_NOTHING, 0, &place->key);
    if (arith_eval_index(sh, &param->subscript, &place->index))
        return 1;
    if (place->index < 0 && var_is_array(sh, param->name))
        place->index += array_next_index(sh, param->name);
    return 0;
}

static int param_assign(struct field *f, const struct param *param,
                        struct param_target *t, bool quoted)
{
    struct shell *sh = f->sh;
    struct span text;
    if (param->indirect && (t->subscript || t->what != PARAM_NAME)) {
        struct span target = var_get(sh, param->name);
        return expand_fail(sh, "%.*s: invalid variable name", (int)target.len,
                           target.ptr);
    }
    if (expand_to(sh, param->word, ESCAPE_NOTHING, EXPAND_ASSIGN, &text))
        return 1;
    bool list = t->subscript == SUBSCRIPT_AT || t->subscript == SUBSCRIPT_STAR;
    if (t->what == PARAM_NAME && list && var_is_assoc(sh, t->name)) { // the element "@"
        struct span key = span_of(t->subscript == SUBSCRIPT_AT ? "@" : "*");
        t->place = (struct place){.kind = PLACE_KEY, .id = t->name, .key = key};
        t->subscript = SUBSCRIPT_EXPR;
    } else if (t->what != PARAM_NAME || list) {
        struct span name = param_name(sh, param, t);
        if (t->what == PARAM_NAME) {
            shell_report(sh, "%.*s: bad array subscript", (int)name.len, name.ptr);
            return shell_fail_expansion(sh, 2);
        }
        return expand_fail(sh, "%.*s: cannot assign in this way", (int)name.len,
                           name.ptr);
    }
    struct span name = param_name(sh, param, t);
    int err;
    if (t->subscript == SUBSCRIPT_EXPR && !param->indirect && !list &&
        param_relocate(sh, param, t))
        return 1;
    if (t->subscript == SUBSCRIPT_EXPR &&
        (t->place.kind == PLACE_INDEX ? t->place.index < 0 : !t->place.key.len))
        err = shell_error(sh, "%.*s: bad array subscript", (int)name.len, name.ptr);
    else
        err = t->subscript == SUBSCRIPT_EXPR ? place_set(sh, &t->place, text, 0)
                                             : var_set(sh, t->name, text, 0);
    if (err) // an error of arithmetic has ended the line already
        return sh->flow == FLOW_DISCARD ? 1 : shell_fail_expansion(sh, 2);
    struct param_value v;
    param_get(sh, t, &v);
    v.keeps = true;
    param_emit(f, &v, quoted);
    return 0;
}

static int param_error(struct shell *sh, const struct param *param,
                       const struct param_target *t)
{
    struct span text,
        name = param->indirect ? param_own_name(sh, param) : param_name(sh, param, t);
    sh->status = 1; // $? in the word
    if (expand_joined(sh, param->word, &text))
        return 1;
    if (name.len && name.ptr[0] == '$')
        name = span_from(name, 1);
    if (text.len || param->word->count)
        shell_error(sh, "%.*s: %.*s", (int)name.len, name.ptr, (int)text.len, text.ptr);
    else
        shell_error(sh, "%.*s: parameter %snot set", (int)name.len, name.ptr,
                    param->colon ? "null or " : "");
    shell_abort(sh, 1);
    return 1;
}

int param_conditional(struct field *f, const struct param *param, struct param_target *t,
                      const struct param_value *v, bool quoted)
{
    bool missing = param_is_missing(f, param, t, v, quoted);
    if (param->op == PARAM_ALTERNATE) {
        if (!missing)
            return param_emit_word(f, param->word, quoted);
        if (quoted && v->list && !v->star && !v->count)
            f->dropped = true;
        else if (quoted)
            field_add_empty(f);
        return 0;
    }
    if (!missing) {
        param_emit(f, v, quoted);
        return 0;
    }
    if (param->op == PARAM_DEFAULT)
        return param_emit_word(f, param->word, quoted);
    if (param->op == PARAM_ASSIGN)
        return param_assign(f, param, t, quoted);
    return param_error(f->sh, param, t);
}

/* ---- Lists beside others ---------------------------------------------------------- */

/* Whether the word of a conditional operator takes the parameter's place. Elements, whose
 * subscripts may have effects, and ${!x} are not looked at. */
static bool param_takes_word(const struct field *f, const struct param *param)
{
    struct param_target t = param_target_of(param);
    struct param_value v;
    if ((param->op != PARAM_DEFAULT && param->op != PARAM_ALTERNATE) || param->indirect ||
        param->subscript_kind == SUBSCRIPT_EXPR)
        return false;
    param_get(f->sh, &t, &v);
    return param_is_missing(f, param, &t, &v, true) == (param->op == PARAM_DEFAULT);
}

/* Whether a part is a "$@", or has one in the word that takes its place. */
static bool param_is_at(const struct field *f, const struct part *part)
{
    if (part->kind != PART_PARAM)
        return false;
    const struct param *param = part->param;
    if (!param_takes_word(f, param))
        return part_is_at(part) ||
               (param->op == PARAM_ALTERNATE &&
                (param->what == PARAM_AT || param->subscript_kind == SUBSCRIPT_AT));
    for (unsigned i = 0; i < param->word->count; i++)
        if (param->word->parts[i].flags & PART_QUOTED &&
            param_is_at(f, &param->word->parts[i]))
            return true;
    return false;
}

bool param_is_beside_at(const struct field *f)
{
    for (unsigned i = 0; f->out && f->of && i < f->of->count; i++)
        if ((f->of->parts[i].flags & (PART_QUOTED | PART_GROUP)) == f->group &&
            param_is_at(f, &f->of->parts[i]))
            return true;
    return false;
}

/* param.c: parameter expansion: $x and all forms of ${...}. See expand.h; the operators
 * on values are in param_ops.c. */
#include <string.h>

#include "base/num.h"
#include "shell/expand/param.h"
#include "shell/expand/pattern.h"
#include "shell/expand/place.h"
#include "shell/expand/state.h"
#include "shell/vars/arrays.h"
#include "sys.h"

/* ---- Special parameters ----------------------------------------------------------- */

static size_t param_options(const struct shell *sh, char *dst)
{
    size_t len = 0;
    static const char order[] = "abefhkmnprtuvxBCEHPT";
    for (const char *c = order; *c; c++) {
        int id = options_find_letter(*c);
        if (*c == 'r' ? shell_shopt(sh, SHOPT_RESTRICTED_SHELL)
                      : shell_set(sh, (enum set_option)id))
            dst[len++] = *c;
    }
    if (sh->is_command)
        dst[len++] = 'c';
    if (sh->from_stdin)
        dst[len++] = 's';
    return len;
}

/* Writes the value of a special parameter that is a number or short; ptr NULL: unset. */
static struct span param_special(struct shell *sh, unsigned what, char dst[32])
{
    int64_t n;
    switch (what) {
    case PARAM_ZERO: return span_of(sh->name ? sh->name->text : "");
    case PARAM_OPTIONS: return span_make(dst, param_options(sh, dst));
    case PARAM_COUNT: n = params_of(sh)->count; break;
    case PARAM_STATUS: n = sh->status; break;
    case PARAM_PID: n = sh->pid; break;
    default:
        if (!sh->last_job_pid)
            return span_make(NULL, 0);
        n = sh->last_job_pid;
    }
    return span_make(dst, num_from_i64(dst, n));
}

/* ---- Which parameter -------------------------------------------------------------- */

struct param_target param_target_of(const struct param *param)
{
    return (struct param_target){.what = param->what,
                                 .subscript = param->subscript_kind,
                                 .name = param->name,
                                 .number = param->number};
}

/* The value is that of an unset element, unless the shell ends. */
static int param_report_subscript(struct shell *sh, const struct param *param)
{
    shell_report(sh, "%s: bad array subscript", sys_interned(param->name));
    return sh->flow != FLOW_NORMAL;
}

/* Finds the element that ${a[sub]} means. */
static int param_locate_once(struct shell *sh, const struct param *param,
                             struct param_target *t)
{
    struct place *place = &t->place;
    *place = (struct place){.kind = PLACE_INDEX, .id = param->name};
    if (var_is_assoc(sh, param->name)) {
        place->kind = PLACE_KEY;
        if (expand_to(sh, param->subscript.word, ESCAPE_NOTHING, 0, &place->key))
            return 1;
        if (!place->key.len && param->op == PARAM_LENGTH &&
            array_count(sh, param->name)) {
            struct span raw = param->subscript.word->raw;
            return expand_fail(sh, "%.*s]: bad array subscript", (int)raw.len, raw.ptr);
        }
        return !place->key.len && param->op != PARAM_LENGTH &&
               param_report_subscript(sh, param);
    }
    if (param->op == PARAM_LENGTH && !var_find(sh, param->name, 0))
        return 0; // bash does not look at the subscript
    if (arith_eval_index(sh, &param->subscript, &place->index))
        return 1;
    if (place->index < 0) {
        if (var_is_array(sh, param->name)) // else there is no last element
            place->index += array_next_index(sh, param->name);
        struct span raw = param->subscript.word->raw;
        if (place->index < 0 && param->op == PARAM_LENGTH)
            return expand_fail(sh, "%.*s]: bad array subscript", (int)raw.len, raw.ptr);
        return place->index < 0 && param_report_subscript(sh, param);
    }
    return 0;
}

static int param_locate(struct shell *sh, const struct param *param,
                        struct param_target *t)
{
    if (param_locate_once(sh, param, t))
        return 1;
    bool declares =
        param->op == PARAM_TRANSFORM && (param->letter == 'a' || param->letter == 'A');
    if (!declares || place_get(sh, &t->place).ptr)
        return 0;
    return param_locate_once(sh, param, t); // as bash does
}

/* The target of ${!x}: what the value of x names. */
static int param_follow(struct shell *sh, struct span text, struct param_target *t)
{
    *t = (struct param_target){.what = PARAM_NAME};
    if (text.len && char_is_digit((unsigned char)text.ptr[0])) {
        int n;
        if (num_to_int(text.ptr, &n))
            return expand_fail(sh, "%.*s: invalid variable name", (int)text.len,
                               text.ptr);
        t->what = n ? PARAM_POSITIONAL : PARAM_ZERO;
        t->number = (unsigned)n;
        return 0;
    }
    static const char specials[] = "@*#?-$!";
    const char *c = text.len == 1 ? strchr(specials, text.ptr[0]) : NULL;
    if (c) {
        t->what = (uint8_t)(PARAM_AT + (c - specials));
        return 0;
    }
    int err = place_parse(sh, text, &t->place);
    if (err < 0)
        return expand_fail(sh, "%.*s: invalid variable name", (int)text.len, text.ptr);
    if (err)
        return 1;
    t->name = t->place.id;
    switch (t->place.kind) {
    case PLACE_VAR: break;
    case PLACE_ALL: t->subscript = SUBSCRIPT_AT; break;
    case PLACE_STAR: t->subscript = SUBSCRIPT_STAR; break;
    default: t->subscript = SUBSCRIPT_EXPR; break;
    }
    return 0;
}

/* ---- Values ----------------------------------------------------------------------- */

static void param_get_positional(struct shell *sh, bool star, struct param_value *v)
{
    const struct params *p = params_of(sh);
    v->list = true;
    v->star = star;
    v->joins = star ? JOINS_QUOTED : JOINS_SPACE;
    v->count = (size_t)p->count;
    v->items = scratch_alloc(sh->scratch, (v->count + 1) * sizeof *v->items);
    for (size_t i = 0; i < v->count; i++)
        v->items[i] = span_of(p->argv[i]);
}

void param_get(struct shell *sh, const struct param_target *t, struct param_value *v)
{
    *v = (struct param_value){.list = false};
    switch (t->what) {
    case PARAM_NAME:
        if (t->subscript == SUBSCRIPT_NONE) {
            v->one = var_get(sh, t->name);
        } else if (t->subscript == SUBSCRIPT_EXPR) {
            v->one = place_get(sh, &t->place);
        } else {
            v->list = true;
            v->star = t->subscript == SUBSCRIPT_STAR;
            v->count = array_list(sh, t->name, NULL, &v->items);
        }
        break;
    case PARAM_POSITIONAL: {
        const struct params *p = params_of(sh);
        if (t->number <= (unsigned)p->count)
            v->one = span_of(p->argv[t->number - 1]);
        break;
    }
    case PARAM_AT:
    case PARAM_STAR: param_get_positional(sh, t->what == PARAM_STAR, v); break;
    default: {
        char *text = scratch_alloc(sh->scratch, 32);
        v->one = param_special(sh, t->what, text);
    }
    }
}

/* The parameter as messages name it: x, a[5], 1, @. */
struct span param_name(struct shell *sh, const struct param *param,
                       const struct param_target *t)
{
    struct scratch_text text = scratch_text_make(sh->scratch);
    static const char specials[] = "@*#?-$!0";
    if (t->what == PARAM_NAME) {
        const char *name = sys_interned(t->name);
        scratch_text_add(&text, name, strlen(name));
    } else if (t->what == PARAM_POSITIONAL) {
        char digits[24];
        scratch_text_add_char(&text, '$');
        scratch_text_add(&text, digits, num_from_u64(digits, t->number));
    } else {
        scratch_text_add_char(&text, '$');
        scratch_text_add_char(&text, specials[t->what - PARAM_AT]);
    }
    if (t->subscript == SUBSCRIPT_AT || t->subscript == SUBSCRIPT_STAR) {
        scratch_text_add_span(&text,
                              span_of(t->subscript == SUBSCRIPT_AT ? "[@]" : "[*]"));
    } else if (t->subscript == SUBSCRIPT_EXPR && param->subscript.word) {
        scratch_text_add_char(&text, '[');
        scratch_text_add_span(&text, param->subscript.word->raw);
        scratch_text_add_char(&text, ']');
    }
    return scratch_text_end(&text);
}

/* ---- Into fields ------------------------------------------------------------------ */

struct span expand_join(struct shell *sh, const struct param_value *v)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    const struct ifs *ifs = vars_ifs(sh);
    const char *join =
        v->star || (v->joins == JOINS_STAR && !ifs->empty) ? ifs->join : " ";
    for (size_t i = 0; i < v->count; i++) {
        if (i)
            scratch_text_add(&t, join, strlen(join));
        scratch_text_add_span(&t, v->items[i]);
    }
    return scratch_text_end(&t);
}

/* One string of a list: in an assignment, a here-document, "$*". */
static int param_emit_joined(struct field *f, const struct param_value *v, bool quoted)
{
    struct param_value joined = *v;
    bool target = UNLIKELY(f->target) && !(quoted && v->star);
    if (f->here && v->joins != JOINS_SPACE) { // all but ${a[*]}
        joined.star = false;
        joined.joins = JOINS_SPACE;
    } else if (target) {
        joined.star = false;
        joined.joins = JOINS_STAR;
    } else if (f->element && (quoted || !f->word)) {
        joined.joins = JOINS_STAR;
    } else if (quoted && v->joins == JOINS_QUOTED) {
        joined.joins = JOINS_STAR;
    }
    struct span text = expand_join(f->sh, &joined);
    if (text.len)
        field_add(f, text, quoted);
    else if (quoted && (!target || v->count))
        field_add_empty(f);
    return 0;
}

static int param_emit_spaced(struct field *f, const struct param_value *v)
{
    struct param_value joined = {.items = v->items, .count = v->count};
    return param_emit_joined(f, &joined, false);
}

/* The start of the first item that is split even in quotes, without an IFS at its spaces.
 * Gives what is left of the item. */
static struct span param_emit_loose(struct field *f, const struct param_value *v)
{
    struct span start = span_make(v->items[0].ptr, v->loose);
    if (!f->ifs->empty)
        field_add_split(f, start);
    while (f->ifs->empty && start.len) {
        size_t len = span_find(start, ' ');
        field_add(f, span_make(start.ptr, len), false);
        if (len < start.len)
            field_separate(f);
        start = span_from(start, size_min(len + 1, start.len));
    }
    return span_from(v->items[0], v->loose);
}

/* Items that stay together, with separators between them that do not. */
static int param_emit_split(struct field *f, const struct param_value *v)
{
    for (size_t i = 0; i < v->count; i++) {
        bool dropped = f->dropped;
        if (i && !f->ifs->empty)
            field_separate(f);
        f->dropped = dropped; // as the quotes go on
        if (!i && v->loose)
            field_add(f, param_emit_loose(f, v), true);
        else if (v->items[i].len)
            field_add(f, v->items[i], true);
        sys_tick();
    }
    return f->failed;
}

static int param_emit_text(struct field *f, const struct param_value *v)
{
    struct param_value plain = {.items = v->items, .count = v->count};
    field_add_value(f, expand_join(f->sh, &plain), false);
    return f->failed;
}

static int param_emit_list(struct field *f, const struct param_value *v, bool quoted)
{
    if (f->out && quoted && v->splits)
        return param_emit_split(f, v);
    if (!f->out || (quoted && v->star))
        return param_emit_joined(f, v, quoted);
    if (!quoted && v->spaced && f->ifs->empty)
        return param_emit_spaced(f, v);
    if (quoted && !v->count)
        f->dropped = true;
    if (f->word && !quoted && !v->star && !f->ifs->empty) // ${x-$@}: one text
        return param_emit_text(f, v);
    for (size_t i = 0; i < v->count; i++) {
        if (i && quoted) {
            f->has = true;
            field_end(f);
        } else if (i) {
            field_separate(f);
        }
        field_add_value(f, !i && v->loose ? param_emit_loose(f, v) : v->items[i], quoted);
        sys_tick();
    }
    return f->failed;
}

static int param_emit(struct field *f, const struct param_value *v, bool quoted)
{
    f->ifs = vars_ifs(f->sh);
    if (v->list)
        return param_emit_list(f, v, quoted);
    if (v->one.ptr)
        field_add_value(f, v->one, quoted);
    else if (quoted)
        field_add_empty(f);
    f->has |= quoted && v->keeps;
    return f->failed;
}

/* The word of an operator in the place of the parameter. */
static int param_emit_word(struct field *f, const struct word *word, bool quoted)
{
    bool outer = f->word;
    bool dropped = f->dropped, in_quotes = f->in_quotes;
    if (quoted && !word->count)
        field_add_empty(f);
    f->word = !quoted;
    f->in_quotes = quoted;
    int err = expand_parts(f, word);
    f->word = outer;
    f->in_quotes = in_quotes;
    if (quoted && f->dropped && !dropped) { // a "$@" of nothing in it
        f->dropped = false;
        field_add_empty(f);
    }
    return err;
}

/* ---- - = ? + ---------------------------------------------------------------------- */

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

static bool param_is_missing(struct shell *sh, const struct param *param,
                             const struct param_value *v)
{
    if (v->list)
        return v->count == 0 || (param->colon && param_is_empty_list(sh, v));
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
    if (expand_to(sh, param->word, ESCAPE_NOTHING, 0, &text))
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
    return param_emit(f, &v, quoted);
}

/* ${!x} as messages name it: !x, whatever it means. */
static struct span param_own_name(struct shell *sh, const struct param *param)
{
    struct param_target own = param_target_of(param);
    struct scratch_text text = scratch_text_make(sh->scratch);
    struct span name = param_name(sh, param, &own);
    scratch_text_add_char(&text, '!');
    scratch_text_add_span(&text, span_from(name, name.ptr[0] == '$'));
    return scratch_text_end(&text);
}

static int param_error(struct shell *sh, const struct param *param,
                       const struct param_target *t)
{
    struct span text,
        name = param->indirect ? param_own_name(sh, param) : param_name(sh, param, t);
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

static int param_conditional(struct field *f, const struct param *param,
                             struct param_target *t, const struct param_value *v,
                             bool quoted)
{
    bool missing = param_is_missing(f->sh, param, v);
    if (param->op == PARAM_ALTERNATE) {
        if (!missing)
            return param_emit_word(f, param->word, quoted);
        if (quoted && v->list && !v->star)
            f->dropped = true;
        else if (quoted)
            field_add_empty(f);
        return 0;
    }
    if (!missing)
        return param_emit(f, v, quoted);
    if (param->op == PARAM_DEFAULT)
        return param_emit_word(f, param->word, quoted);
    if (param->op == PARAM_ASSIGN)
        return param_assign(f, param, t, quoted);
    return param_error(f->sh, param, t);
}

/* "${*^}$@": the joining characters of what an operator made of "$*" are not in quotes
 * beside a "$@". */
static bool param_is_beside_at(const struct field *f)
{
    for (unsigned i = 0; f->out && f->of && i < f->of->count; i++)
        if ((f->of->parts[i].flags & (PART_QUOTED | PART_GROUP)) == f->group &&
            part_is_at(&f->of->parts[i]) && f->of->parts[i].param->op != PARAM_LENGTH)
            return true;
    return false;
}

/* ---- Lists of names --------------------------------------------------------------- */

static int param_names(struct field *f, const struct param *param, bool quoted)
{
    struct shell *sh = f->sh;
    unsigned *ids;
    size_t count =
        vars_list(sh, 0, span_of(sys_interned(param->name)), VARS_VISIBLE, &ids);
    struct param_value v = {.list = true,
                            .star = param->letter == '*',
                            .joins = f->assign ? JOINS_STAR : JOINS_SPACE,
                            .count = count};
    v.items = scratch_alloc(sh->scratch, (count + 1) * sizeof *v.items);
    for (size_t i = 0; i < count; i++)
        v.items[i] = span_of(sys_interned(ids[i]));
    return param_emit(f, &v, quoted);
}

static int param_keys(struct field *f, const struct param *param, bool quoted)
{
    struct param_value v = {.list = true,
                            .star = param->subscript_kind == SUBSCRIPT_STAR};
    v.count = array_list(f->sh, param->name, &v.items, NULL);
    v.joins = v.star || f->assign || f->here ? JOINS_QUOTED : JOINS_SPACE;
    v.splits = v.star && param_is_beside_at(f);
    v.spaced = v.star;
    return param_emit(f, &v, quoted);
}

/* ---- All -------------------------------------------------------------------------- */

/* ${!x...}: the target is what the value of x names. 2: x is a nameref, whose target's
 * name is the result. */
static int param_indirect(struct shell *sh, const struct param *param,
                          struct param_target *t, struct param_value *v)
{
    if (t->what == PARAM_NAME && !t->subscript &&
        (vars_slot(sh->vars, t->name)->attrs & VAR_NAMEREF)) {
        struct scratch_text text = scratch_text_make(sh->scratch);
        struct span sub;
        const char *name = sys_interned(var_resolve(sh, t->name, &sub));
        scratch_text_add(&text, name, strlen(name));
        if (sub.ptr) {
            scratch_text_add_char(&text, '[');
            scratch_text_add_span(&text, sub);
            scratch_text_add_char(&text, ']');
        }
        *v = (struct param_value){.one = scratch_text_end(&text)};
        return 2;
    }
    param_get(sh, t, v);
    v->joins = JOINS_STAR;
    struct span text = v->list ? expand_join(sh, v) : v->one;
    if (!text.ptr || (v->list && !v->count)) {
        if (t->what != PARAM_NAME) {
            *v = (struct param_value){.list = false};
            return 2;
        }
        bool one = !t->subscript || t->subscript == SUBSCRIPT_EXPR;
        if (one && var_find(sh, t->name, 0)) { // declared, without a value
            *v = (struct param_value){.list = false};
            return 2;
        }
        struct span name = param_name(sh, param, t);
        return expand_fail(sh, "%.*s: invalid indirect expansion", (int)name.len,
                           name.ptr);
    }
    text.ptr = scratch_copy(sh->scratch, text);
    return param_follow(sh, text, t);
}

static bool param_checks_unset(const struct param *param)
{
    return param->op != PARAM_DEFAULT && param->op != PARAM_ASSIGN &&
           param->op != PARAM_ERROR && param->op != PARAM_ALTERNATE;
}

/* set -u. An empty $@ or an array without elements is no error, except for the length of
 * what was never assigned. */
static bool param_is_unbound(struct shell *sh, const struct param *param,
                             const struct param_target *t, const struct param_value *v)
{
    if (param->op == PARAM_LENGTH && t->what == PARAM_NAME && t->subscript)
        return !var_is_array_set(sh, t->name);
    bool number = t->what == PARAM_NAME || t->what == PARAM_POSITIONAL;
    return !v->list && !v->one.ptr && (param->op != PARAM_LENGTH || number); // not ${#!}
}

/* set -u. ${!p} is named as it is written. The length of an element ends the line only.
 */
static int param_unbound(struct shell *sh, const struct param *param,
                         const struct param_target *t, bool indirect)
{
    if (!indirect && param->op == PARAM_LENGTH && t->what == PARAM_NAME && t->subscript)
        return expand_fail(sh, "%s: unbound variable", sys_interned(t->name));
    struct span name = param_name(sh, param, t);
    if (!indirect)
        return expand_unbound(sh, span_from(name, param->braces && name.ptr[0] == '$'));
    return expand_unbound(sh, param_own_name(sh, param));
}

static bool param_takes_operands(enum param_op op)
{
    return op != PARAM_PLAIN && op != PARAM_LENGTH && op != PARAM_TRANSFORM;
}

/* The value, and the operands where there are any. */
static int param_read(struct shell *sh, const struct param *param,
                      const struct param_target *t, bool quoted, struct param_args *args,
                      struct param_value *v)
{
    if (param_takes_operands(param->op) && param_checks_unset(param))
        return param_prepare(sh, param, t, quoted, args, v);
    if (param->op == PARAM_LENGTH && t->what == PARAM_NAME && t->subscript &&
        t->subscript != SUBSCRIPT_EXPR)
        *v = (struct param_value){.list = true, .count = array_count(sh, t->name)};
    else
        param_get(sh, t, v);
    return 0;
}

static bool param_is_cut(const struct param *param)
{
    return param->op == PARAM_CUT_PREFIX || param->op == PARAM_CUT_PREFIX_LONG ||
           param->op == PARAM_CUT_SUFFIX || param->op == PARAM_CUT_SUFFIX_LONG;
}

static int param_no_target(struct shell *sh, const struct param *param)
{
    struct span name = param_own_name(sh, param);
    return expand_fail(sh, "%.*s: invalid indirect expansion", (int)name.len, name.ptr);
}

static int param_general(struct field *f, const struct param *param, bool quoted)
{
    struct shell *sh = f->sh;
    struct param_target t = param_target_of(param);
    struct param_args args = {0};
    struct param_value v;
    int err = 0;
    bool text = param->op == PARAM_SUBSTRING && t.subscript &&
                t.subscript != SUBSCRIPT_EXPR && !var_is_array(sh, t.name);
    if (text) // ${x[@]:1} of what is no array
        t.subscript = SUBSCRIPT_NONE;
    if (param->subscript_kind == SUBSCRIPT_EXPR && param_locate(sh, param, &t))
        return 1;
    if (param->indirect)
        err = param_indirect(sh, param, &t, &v);
    if (err == 2)
        err = v.one.ptr && param_checks_unset(param) && param_evaluate(sh, param, &args)
                  ? 1
                  : 2;
    else if (!err)
        err = param_read(sh, param, &t, quoted, &args, &v);
    if (err == 1)
        return 1;
    if (UNLIKELY(shell_set(sh, SET_NOUNSET)) && !text && param_checks_unset(param) &&
        param_is_unbound(sh, param, &t, &v))
        return param_unbound(sh, param, &t, param->indirect);
    if (err == 2 && param->op == PARAM_ASSIGN && !v.one.ptr)
        return param_no_target(sh, param);
    if (!param_checks_unset(param))
        return param_conditional(f, param, &t, &v, quoted);
    if (param_apply(sh, param, &t, &args, &v))
        return 1;
    if (text && !v.keeps) // outside of it there is nothing
        v = (struct param_value){.list = true,
                                 .star = param->subscript_kind == SUBSCRIPT_STAR};
    v.splits = v.star && param->op != PARAM_PLAIN &&
               (!param_is_cut(param) || args.pattern.len) && param_is_beside_at(f);
    v.spaced = param_is_cut(param) && t.subscript && (v.star || param->word->count);
    return param_emit(f, &v, quoted);
}

/* Whether raw[at] is a plain ", after the ${ and } up to there were counted in *depth. */
static bool param_is_quote(struct span raw, size_t at, unsigned *depth)
{
    if (raw.ptr[at] == '{' && at && raw.ptr[at - 1] == '$')
        ++*depth;
    else if (raw.ptr[at] == '}' && *depth)
        --*depth;
    return raw.ptr[at] == '"' && !*depth;
}

/* Where the text in double quotes begins that holds raw[at]; 0: none does. */
static size_t param_quotes_at(struct span raw, size_t at)
{
    size_t open = 0;
    unsigned depth = 0;
    for (size_t i = 0; i < at; i++) {
        if (raw.ptr[i] == '\\')
            i++;
        else if (param_is_quote(raw, i, &depth))
            open = open ? 0 : i + 1;
        else if (raw.ptr[i] == '\'' && !open)
            i += 1 + span_find(span_from(raw, i + 1), '\'');
    }
    return open;
}

/* From there to the end of the quotes, with \" as ". */
static struct span param_quoted_text(struct shell *sh, struct span raw, size_t at)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    unsigned depth = 0;
    for (; at < raw.len && !param_is_quote(raw, at, &depth); at++) {
        if (raw.ptr[at] == '\\' && at + 1 < raw.len) {
            if (raw.ptr[at + 1] != '"')
                scratch_text_add_char(&t, '\\');
            at++;
        }
        scratch_text_add_char(&t, raw.ptr[at]);
    }
    return scratch_text_end(&t);
}

/* The text that bash expands at once: the word that the parameter is in, or the quotes.
 */
static struct span param_surroundings(const struct field *f, const struct param *param,
                                      bool quoted)
{
    if (!f->of || !f->of->raw.len)
        return param->raw;
    struct span raw = f->of->raw;
    const char *found = memmem(raw.ptr, raw.len, param->raw.ptr, param->raw.len);
    if (!found)
        return param->raw;
    size_t open = quoted ? param_quotes_at(raw, (size_t)(found - raw.ptr)) : 0;
    return open ? param_quoted_text(f->sh, raw, open) : raw;
}

static int param_bad(const struct field *f, const struct param *param, bool quoted)
{
    struct span text = param_surroundings(f, param, quoted);
    return expand_bad(f->sh, "%.*s: bad substitution", (int)text.len, text.ptr);
}

int expand_param(struct field *f, const struct param *param, bool quoted)
{
    struct shell *sh = f->sh;
    if (param->op == PARAM_PLAIN && !param->indirect && !param->subscript_kind) {
        struct span text;
        if (param->what == PARAM_NAME) {
            text = var_get(sh, param->name);
        } else if (param->what == PARAM_POSITIONAL) {
            const struct params *p = params_of(sh);
            text = param->number <= (unsigned)p->count
                       ? span_of(p->argv[param->number - 1])
                       : span_make(NULL, 0);
        } else {
            return param_general(f, param, quoted);
        }
        if (text.ptr) {
            field_add_value(f, text, quoted);
            return f->failed;
        }
    }
    switch (param->op) {
    case PARAM_BAD: return param_bad(f, param, quoted);
    case PARAM_NAMES: return param_names(f, param, quoted);
    case PARAM_KEYS: return param_keys(f, param, quoted);
    default: return param_general(f, param, quoted);
    }
}

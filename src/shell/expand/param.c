/* param.c: parameter expansion: $x and all forms of ${...}. See expand.h; the parameter
 * that is meant is in param_target.c, the operators in param_default.c and param_ops.c,
 * what becomes of the value in param_emit.c. */
#include <string.h>

#include "shell/expand/param.h"
#include "shell/vars/arrays.h"
#include "sys.h"

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
    param_emit(f, &v, quoted);
    return 0;
}

static int param_keys(struct field *f, const struct param *param, bool quoted)
{
    struct param_value v = {.list = true,
                            .star = param->subscript_kind == SUBSCRIPT_STAR};
    v.count = array_list(f->sh, param->name, &v.items, NULL);
    v.joins = v.star || f->assign || f->here ? JOINS_QUOTED : JOINS_SPACE;
    v.splits = v.star && param_is_beside_at(f);
    v.spaced = v.star;
    param_emit(f, &v, quoted);
    return 0;
}

/* ---- Bad substitutions ------------------------------------------------------------ */

static size_t param_skip(struct span raw, size_t at);

/* The same where single quotes count. */
static size_t param_skip_outside(struct span raw, size_t at)
{
    if (raw.ptr[at] != '\'')
        return param_skip(raw, at);
    return size_min(at + 2 + span_find(span_from(raw, at + 1), '\''), raw.len);
}

/* Behind the first `close` from `at` on that is not nested in anything; raw.len: none is.
 */
static size_t param_skip_to(struct span raw, size_t at, char close)
{
    while (at < raw.len && raw.ptr[at] != close)
        at = close == ')' ? param_skip_outside(raw, at) : param_skip(raw, at);
    return size_min(at + 1, raw.len);
}

/* Behind what begins at `at` in the text of a word: a character, with its backslash; text
 * in double quotes; ` ` $( ) ${ }. */
static size_t param_skip(struct span raw, size_t at)
{
    char c = raw.ptr[at], next = at + 1 < raw.len ? raw.ptr[at + 1] : '\0';
    sys_tick();
    if (c == '\\')
        return size_min(at + 2, raw.len);
    bool opens = c == '$' && (next == '(' || next == '{');
    if (c != '"' && c != '`' && c != '(' && !opens)
        return at + 1;
    sys_nest_enter();
    char close = c == '"' || c == '`' ? c : next == '{' && opens ? '}' : ')';
    at = param_skip_to(raw, at + 1 + opens, close);
    sys_nest_leave();
    return at;
}

/* Where the text in double quotes begins that holds raw[at]; 0: none does. */
static size_t param_quotes_at(struct span raw, size_t at)
{
    for (size_t i = 0, end; i < at; i = end) {
        end = param_skip_outside(raw, i);
        if (raw.ptr[i] == '"' && end > at)
            return i + 1;
    }
    return 0;
}

/* From there to the end of the quotes, with \" as ". */
static struct span param_quoted_text(struct shell *sh, struct span raw, size_t at)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    for (size_t end; at < raw.len && raw.ptr[at] != '"'; at = end) {
        end = param_skip(raw, at);
        bool quote = raw.ptr[at] == '\\' && end > at + 1 && raw.ptr[at + 1] == '"';
        scratch_text_add(&t, raw.ptr + at + quote, end - at - quote);
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

static void param_report_bad(const struct field *f, const struct param *param,
                             bool quoted)
{
    struct span text = param_surroundings(f, param, quoted);
    shell_report(f->sh, "%.*s: bad substitution", (int)text.len, text.ptr);
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
    if (param_takes_operands(param->op) && !param_is_conditional(param->op))
        return param_prepare(sh, param, t, quoted, args, v);
    if (param->op == PARAM_LENGTH && t->what == PARAM_NAME && t->subscript &&
        t->subscript != SUBSCRIPT_EXPR)
        *v = (struct param_value){.list = true, .count = array_count(sh, t->name)};
    else
        param_get(sh, t, v);
    return 0;
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
        err = v.one.ptr && !param_is_conditional(param->op) &&
                      param_evaluate(sh, param, &args)
                  ? 1
                  : 2;
    else if (!err)
        err = param_read(sh, param, &t, quoted, &args, &v);
    if (err == 1)
        return 1;
    if (UNLIKELY(shell_set(sh, SET_NOUNSET)) && !text &&
        !param_is_conditional(param->op) && param_is_unbound(sh, param, &t, &v))
        return param_unbound(sh, param, &t, param->indirect);
    if (err == 2 && param->op == PARAM_ASSIGN && !v.one.ptr)
        return param_no_target(sh, param);
    if (param_is_conditional(param->op))
        return param_conditional(f, param, &t, &v, quoted);
    if (param->op == PARAM_TRANSFORM && !param_transforms(param, &v)) {
        param_report_bad(f, param, quoted);
        shell_abort(sh, 1);
        return 1;
    }
    if (param_apply(sh, param, &t, &args, &v))
        return 1;
    if (text && !v.keeps) // outside of it there is nothing
        v = (struct param_value){.list = true,
                                 .star = param->subscript_kind == SUBSCRIPT_STAR};
    v.splits = v.star && param->op != PARAM_PLAIN &&
               (!param_cuts(param->op) || args.pattern.len) && param_is_beside_at(f);
    v.spaced = param_cuts(param->op) && t.subscript && (v.star || param->word->count);
    param_emit(f, &v, quoted);
    return 0;
}

/* What can be read up to the mistake is looked at before it. */
static int param_bad(const struct field *f, const struct param *param, bool quoted)
{
    struct param_target t = param_target_of(param);
    if (param->subscript_kind == SUBSCRIPT_EXPR && param_locate(f->sh, param, &t))
        return 1;
    param_report_bad(f, param, quoted);
    shell_fail_expansion(f->sh, 1);
    return 1;
}

/* ${!#}: in posix mode $!, of which # removes nothing. */
static int param_last(struct field *f, const struct param *param, bool quoted)
{
    struct param job = *param;
    if (shell_set(f->sh, SET_POSIX)) {
        job.what = PARAM_JOB;
        job.indirect = false;
    }
    return param_general(f, &job, quoted);
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
            return 0;
        }
    }
    switch (param->op) {
    case PARAM_BAD: return param_bad(f, param, quoted);
    case PARAM_NAMES: return param_names(f, param, quoted);
    case PARAM_KEYS: return param_keys(f, param, quoted);
    default: break;
    }
    if (UNLIKELY(param->indirect) && param->what == PARAM_COUNT &&
        param->op == PARAM_PLAIN)
        return param_last(f, param, quoted);
    return param_general(f, param, quoted);
}

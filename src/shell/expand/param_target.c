/* param_target.c: the parameter that is meant, with its subscript evaluated, its value
 * and its name. */
#include <string.h>

#include "base/num.h"
#include "shell/expand/param.h"
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
    if (param->op == PARAM_LENGTH && !var_is_array_set(sh, param->name))
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

int param_locate(struct shell *sh, const struct param *param, struct param_target *t)
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
int param_follow(struct shell *sh, struct span text, struct param_target *t)
{
    *t = (struct param_target){.what = PARAM_NAME};
    if (text.len && char_is_digit((unsigned char)text.ptr[0])) {
        unsigned n = 0;
        for (size_t i = 0; i < text.len; i++) {
            if (!char_is_digit((unsigned char)text.ptr[i]))
                return expand_fail(sh, "%.*s: invalid variable name", (int)text.len,
                                   text.ptr);
            n = n < 100000000 ? n * 10 + (unsigned)(text.ptr[i] - '0') : n;
        }
        t->what = n ? PARAM_POSITIONAL : PARAM_ZERO;
        t->number = n;
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
    v->keeps = star && v->count;
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
            v->keeps = v->star && v->count;
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

/* ${!x} as messages name it: !x, whatever it means. */
struct span param_own_name(struct shell *sh, const struct param *param)
{
    struct param_target own = param_target_of(param);
    struct scratch_text text = scratch_text_make(sh->scratch);
    struct span name = param_name(sh, param, &own);
    scratch_text_add_char(&text, '!');
    scratch_text_add_span(&text, span_from(name, name.ptr[0] == '$'));
    return scratch_text_end(&text);
}

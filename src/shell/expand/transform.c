/* transform.c: ${x@Q} and the other transformations of bash. */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "shell/expand/param.h"
#include "shell/vars/arrays.h"
#include "sys.h"

/* Moves what was built to scratch memory. */
static struct span transform_take(struct shell *sh, struct buf *b)
{
    struct span text = span_make(scratch_copy(sh->scratch, buf_span(b)), b->len);
    buf_fini(b);
    return text;
}

static struct span transform_quote(struct shell *sh, struct span text)
{
    struct buf b = buf_make(sys_heap());
    escape_add_single(&b, text, vars_is_utf8(sh));
    return transform_take(sh, &b);
}

static struct span transform_decode(struct shell *sh, struct span text)
{
    struct buf b = buf_make(sys_heap());
    escape_add_decoded(&b, ESCAPE_DOLLAR | (sh->vars->utf8 ? 0 : ESCAPE_ASCII), text);
    return transform_take(sh, &b);
}

static struct span transform_flags(struct shell *sh, unsigned id)
{
    struct buf b = buf_make(sys_heap());
    const struct value *v = var_find(sh, id, 0);
    if (v)
        var_add_flags(v, &b);
    if (b.len == 1 && b.data[0] == '-')
        buf_clear(&b);
    return transform_take(sh, &b);
}

/* A on one value: "declare -x x='5'", or "x='5'" without attributes. */
static struct span transform_assignment(struct shell *sh, unsigned id, struct span text)
{
    struct span flags = transform_flags(sh, id), sub;
    unsigned target = var_resolve(sh, id, &sub);
    struct buf b = buf_make(sys_heap());
    if (flags.len)
        buf_addf(&b, "declare -%s ", flags.ptr);
    else if (!text.ptr)
        return span_make(NULL, 0);
    buf_add_str(&b, sys_interned(target ? target : id));
    if (text.ptr) {
        buf_add_char(&b, '=');
        escape_add_single(&b, text, vars_is_utf8(sh));
    }
    return transform_take(sh, &b);
}

/* a and A on all elements of what has none: what is known of the variable, once. */
static void transform_declared(struct shell *sh, unsigned id, char letter,
                               struct param_value *v)
{
    v->items = scratch_alloc(sh->scratch, sizeof *v->items);
    v->items[0] = letter == 'a' ? transform_flags(sh, id)
                                : transform_assignment(sh, id, span_make(NULL, 0));
    v->count = v->items[0].len > 0;
}

/* A on a whole array: as declare -p prints it. Up to the ( it is split even in quotes. */
static void transform_declaration(struct shell *sh, unsigned id, struct param_value *v)
{
    struct span sub;
    unsigned target = var_resolve(sh, id, &sub);
    struct buf b = buf_make(sys_heap());
    v->count = 0;
    if (!target || !var_add_declaration(sh, target, &b))
        return;
    buf_cut(&b, b.len - 1);
    v->items = scratch_alloc(sh->scratch, sizeof *v->items);
    v->items[0] = transform_take(sh, &b);
    v->count = 1;
    v->loose = span_find(v->items[0], '(');
}

/* A on "$@": a command that sets them. */
static void transform_set(struct shell *sh, struct param_value *v)
{
    if (!v->count)
        return;
    struct scratch_text t = scratch_text_make(sh->scratch);
    for (size_t i = 0; i < v->count; i++)
        v->items[i] = transform_quote(sh, v->items[i]);
    scratch_text_add_span(&t, span_of("set -- "));
    v->loose = t.len;
    scratch_text_add_span(&t, v->items[0]);
    v->items[0] = scratch_text_end(&t);
}

/* K: keys and quoted values in one text; k: as separate words. */
static void transform_pairs(struct shell *sh, unsigned id, bool words,
                            struct param_value *v)
{
    struct span *keys, *values;
    size_t count = array_list(sh, id, &keys, &values);
    if (words || !count) {
        v->items = scratch_alloc(sh->scratch, (2 * count + 1) * sizeof *v->items);
        v->count = 2 * count;
        for (size_t i = 0; i < count; i++) {
            v->items[2 * i] = keys[i];
            v->items[2 * i + 1] = values[i];
        }
        return;
    }
    struct buf b = buf_make(sys_heap());
    bool assoc = var_is_assoc(sh, id);
    for (size_t i = 0; i < count; i++) {
        if (i && !assoc)
            buf_add_char(&b, ' ');
        if (assoc)
            var_add_key(sh, keys[i], &b);
        else
            buf_add_span(&b, keys[i]);
        buf_add_char(&b, ' ');
        escape_add_double(&b, values[i], vars_is_utf8(sh));
        if (assoc)
            buf_add_char(&b, ' ');
    }
    v->list = false;
    v->one = transform_take(sh, &b);
}

static int transform_one(struct shell *sh, char letter, const struct param_target *t,
                         struct span *text)
{
    bool named = t->what == PARAM_NAME;
    switch (letter) {
    case 'Q':
    case 'K':
    case 'k': *text = transform_quote(sh, *text); return 0;
    case 'E': *text = transform_decode(sh, *text); return 0;
    case 'P': return expand_prompt(sh, *text, text);
    case 'A':
        *text = named ? transform_assignment(sh, t->name, *text) : span_make("", 0);
        return 0;
    case 'a': *text = named ? transform_flags(sh, t->name) : span_make("", 0); return 0;
    default: return 0;
    }
}

bool param_transforms(const struct param *param, const struct param_value *v)
{
    return (param->letter && strchr("QEPAKkaUuL", param->letter)) ||
           !(v->list ? v->count : v->one.ptr != NULL);
}

static bool transform_is_case(char letter, enum param_op *op)
{
    *op = letter == 'U' ? PARAM_UPPER : letter == 'u' ? PARAM_UPPER_FIRST : PARAM_LOWER;
    return letter == 'U' || letter == 'u' || letter == 'L';
}

int param_transform(struct shell *sh, const struct param *param,
                    const struct param_target *t, struct param_value *v)
{
    char letter = param->letter;
    enum param_op op;
    if (!v->list && !v->one.ptr && letter != 'A' && letter != 'a')
        return 0;
    if (transform_is_case(letter, &op)) {
        expand_case(sh, v, op, span_make("", 0));
        return 0;
    }
    bool array = v->list && t->what == PARAM_NAME;
    if (array && strchr("AKk", letter) && v->count && !var_is_array(sh, t->name)) {
        v->list = false; // ${x[@]@A} is ${x@A}
        v->one = v->items[0];
    }
    array = array && v->list;
    if (array && !v->count && !var_is_array_set(sh, t->name) &&
        (letter == 'a' || (letter == 'A' && !var_is_array(sh, t->name)))) {
        transform_declared(sh, t->name, letter, v);
        return 0;
    }
    if (array && (letter == 'K' || letter == 'k')) {
        transform_pairs(sh, t->name, letter == 'k', v);
        return 0;
    }
    if (v->list && letter == 'A') {
        if (array)
            transform_declaration(sh, t->name, v);
        else
            transform_set(sh, v);
        v->joins = JOINS_SPACE;
        return 0;
    }
    if (!v->list)
        return transform_one(sh, letter, t, &v->one);
    for (size_t i = 0; i < v->count; i++)
        if (transform_one(sh, letter, t, &v->items[i]))
            return 1;
    return 0;
}

/* param_emit.c: values of parameters into fields: a text, a list, an operator's word. */
#include <string.h>

#include "shell/expand/param.h"
#include "sys.h"

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

/* Whether a space separates nothing, though there is an IFS. */
static bool param_keeps_spaces(const struct ifs *ifs)
{
    return !ifs->empty && !(ifs->class[' '] & IFS_CLASS);
}

/* One string of what an operator made of "$@", outside of assignments: a list that is not
 * in quotes is split all the same, and its fields are joined. */
static struct span param_split_joined(struct field *f, const struct param_value *v)
{
    struct args args = {0};
    struct field fields = {.sh = f->sh, .out = &args, .ifs = f->ifs};
    struct param_value star = {.items = v->items, .count = v->count, .star = true};
    fields.text.scratch = f->sh->scratch;
    field_add_split(&fields, expand_join(f->sh, &star));
    field_end(&fields);
    return args_join(f->sh, &args);
}

/* One string of a list: in an assignment, a here-document, "$*". */
static void param_emit_joined(struct field *f, const struct param_value *v, bool quoted)
{
    struct param_value joined = *v;
    bool target = UNLIKELY(f->target) && !(quoted && v->star);
    bool plain = !f->here && !f->assign && !f->target && !v->star;
    bool splits = plain && !quoted && v->joins != JOINS_SPACE && !f->out;
    if (plain || (f->here && v->joins != JOINS_SPACE)) { // all but ${a[*]}
        joined.star = false;
        joined.joins = JOINS_SPACE;
    } else if (target) {
        joined.star = false;
        joined.joins = JOINS_STAR;
    } else if (f->element && !quoted && f->ifs->empty) {
        joined.star = false;
    } else if (f->element && (quoted || !f->word)) {
        joined.joins = JOINS_STAR;
    } else if (quoted && v->joins == JOINS_QUOTED) {
        joined.joins = JOINS_STAR;
    }
    struct span text = splits && param_keeps_spaces(f->ifs) ? param_split_joined(f, v)
                                                            : expand_join(f->sh, &joined);
    if (text.len)
        field_add(f, text, quoted);
    else if (quoted && (!target || v->count))
        field_add_empty(f);
    f->has |= quoted && v->keeps;
}

static void param_emit_spaced(struct field *f, const struct param_value *v)
{
    struct param_value joined = {.items = v->items, .count = v->count};
    param_emit_joined(f, &joined, false);
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
static void param_emit_split(struct field *f, const struct param_value *v)
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
}

static void param_emit_text(struct field *f, const struct param_value *v)
{
    struct param_value plain = {.items = v->items, .count = v->count};
    bool splits = v->joins != JOINS_SPACE && param_keeps_spaces(f->ifs);
    struct span text = splits ? param_split_joined(f, v) : expand_join(f->sh, &plain);
    if (text.len || !param_keeps_spaces(f->ifs))
        field_add_value(f, text, param_keeps_spaces(f->ifs));
}

/* Items that are fields of their own in quotes, and are split outside of them. */
static void param_emit_items(struct field *f, const struct param_value *v, bool quoted)
{
    if (quoted && !v->count)
        f->dropped = true;
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
    f->has |= quoted && v->count;
}

static void param_emit_list(struct field *f, const struct param_value *v, bool quoted)
{
    if (f->out && quoted && v->splits)
        param_emit_split(f, v);
    else if (!f->out || (quoted && v->star))
        param_emit_joined(f, v, quoted);
    else if (!quoted && v->spaced && f->ifs->empty)
        param_emit_spaced(f, v);
    else if (f->word && !quoted && !v->star && !f->ifs->empty) // ${x-$@}: one text
        param_emit_text(f, v);
    else
        param_emit_items(f, v, quoted);
}

void param_emit(struct field *f, const struct param_value *v, bool quoted)
{
    f->ifs = vars_ifs(f->sh);
    if (v->list)
        param_emit_list(f, v, quoted);
    else if (v->one.ptr)
        field_add_value(f, v->one, quoted);
    else if (quoted)
        field_add_empty(f);
    f->has |= quoted && !v->list && v->keeps;
}

/* Whether an unquoted "$@" or the like is in an operator's word, or in one within it. */
static bool param_word_has_list(const struct word *word)
{
    for (unsigned i = 0; i < word->count; i++) {
        const struct part *part = &word->parts[i];
        if (part->flags & PART_QUOTED || part->kind != PART_PARAM)
            continue;
        const struct param *param = part->param;
        bool inner = param->op == PARAM_DEFAULT || param->op == PARAM_ALTERNATE;
        if (part_is_at(part) || (inner && param_word_has_list(param->word)))
            return true;
    }
    return false;
}

/* ${x-a,$@}: the fields of such a word become one text, which is not split again. */
static int param_emit_word_joined(struct field *f, const struct word *word)
{
    struct args args = {0};
    if (expand_unmatched(f->sh, word, true, &args))
        return 1;
    if (args.count)
        field_add(f, args_join(f->sh, &args), true);
    return 0;
}

/* The word of an operator in the place of the parameter. */
int param_emit_word(struct field *f, const struct word *word, bool quoted)
{
    bool outer = f->word, dropped = f->dropped, in_quotes = f->in_quotes;
    if (UNLIKELY(f->out && !quoted && param_keeps_spaces(vars_ifs(f->sh))) &&
        param_word_has_list(word))
        return param_emit_word_joined(f, word);
    if (quoted && !word->count)
        field_add_empty(f);
    f->word = !quoted;
    f->in_quotes = quoted;
    f->dropped &= !quoted;
    int err = expand_parts(f, word);
    f->word = outer;
    f->in_quotes = in_quotes;
    if (quoted) {
        f->has |= f->dropped; // a "$@" of nothing in it
        f->dropped = dropped;
    } else {
        field_settle(f);
    }
    return err;
}

/* assign.c: assignments from the tree: x=1, a[i]+=2, m=([k]=v ...). */
#include <string.h>

#include "base/num.h"
#include "shell/expand/place.h"
#include "shell/expand/state.h"
#include "shell/vars/arrays.h"
#include "sys.h"

/* An error in an assignment ends the command line. */
static int assign_fail(struct shell *sh)
{
    if (sh->flow == FLOW_NORMAL)
        shell_discard(sh, 1);
    return 1;
}

/* The value as a string. One variable alone is not copied: it is stored at once. */
static int assign_value(struct shell *sh, const struct word *word, struct span *text)
{
    if (word->flags & WORD_LITERAL) {
        *text = word->text;
        return 0;
    }
    if (word->flags & (WORD_SINGLE | WORD_QUOTED_SINGLE)) {
        const struct param *p = word->parts[0].param;
        if (p->what == PARAM_NAME && p->op == PARAM_PLAIN && !p->subscript_kind &&
            !p->indirect) {
            *text = var_get(sh, p->name);
            if (text->ptr)
                return 0;
        }
    }
    return expand_to(sh, word, ESCAPE_NOTHING, true, text);
}

static int assign_bad_subscript(struct shell *sh, unsigned name, struct span text)
{
    return shell_report(sh, "%s[%.*s]: bad array subscript", sys_interned(name),
                        (int)text.len, text.ptr);
}

/* ---- Elements --------------------------------------------------------------------- */

static int assign_index(struct shell *sh, unsigned name, const struct expr *sub,
                        int64_t *index)
{
    struct span raw = sub->word->raw;
    if (!raw.len || span_eq_str(raw, "@") || span_eq_str(raw, "*"))
        return assign_bad_subscript(sh, name, raw);
    if (arith_eval_index(sh, sub, index))
        return 1;
    if (*index < 0)
        *index += array_next_index(sh, name);
    return *index < 0 ? assign_bad_subscript(sh, name, raw) : 0;
}

static int assign_key(struct shell *sh, unsigned name, const struct expr *sub,
                      struct span *key)
{
    if (expand_to(sh, sub->word, ESCAPE_NOTHING, false, key))
        return 1;
    return key->len ? 0 : assign_bad_subscript(sh, name, sub->word->raw);
}

static int assign_element(struct shell *sh, const struct assign *a)
{
    struct span text, key;
    int64_t index = 0;
    unsigned flags = a->append ? VAR_OP_APPEND : 0;
    if (expand_to(sh, a->value, ESCAPE_NOTHING, true, &text))
        return 1;
    if (var_is_assoc(sh, a->name))
        return assign_key(sh, a->name, &a->subscript, &key) ||
               assoc_set(sh, a->name, key, text, flags);
    return assign_index(sh, a->name, &a->subscript, &index) ||
           array_set(sh, a->name, index, text, flags);
}

/* ---- Compound values -------------------------------------------------------------- */

/* The value of [key]=value of an associative array: in it bash leaves a ~ alone. */
static const struct word *assign_without_tilde(struct shell *sh, const struct word *word)
{
    if (!(word->flags & WORD_TILDE))
        return word;
    struct word *copy = scratch_alloc(sh->scratch, sizeof *copy);
    struct part *parts = scratch_alloc(sh->scratch, word->count * sizeof *parts);
    *copy = *word;
    copy->parts = parts;
    for (unsigned i = 0; i < word->count; i++) {
        parts[i] = word->parts[i];
        if (parts[i].kind != PART_TILDE)
            continue;
        struct scratch_text text = scratch_text_make(sh->scratch);
        scratch_text_add_char(&text, '~');
        scratch_text_add_span(&text, parts[i].text);
        parts[i].kind = PART_TEXT;
        parts[i].text = scratch_text_end(&text);
    }
    return copy;
}

/* An element after expansion. */
struct assign_item {
    const struct expr *sub; // [sub]=: of an indexed array evaluated when it is stored
    bool append;
    struct span key; // of an associative array; of an indexed one, as written
    struct span text;
};

struct assign_items {
    struct assign_item *items;
    size_t count, cap;
};

static struct assign_item *assign_add(struct shell *sh, struct assign_items *list)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        list->items =
            scratch_resize(sh->scratch, list->items, list->cap * sizeof *list->items,
                           cap * sizeof *list->items);
        list->cap = cap;
    }
    struct assign_item *item = &list->items[list->count++];
    *item = (struct assign_item){.sub = NULL};
    return item;
}

static int assign_expand_keyed(struct shell *sh, const struct element *e, bool assoc,
                               struct assign_items *list)
{
    struct assign_item item = {
        .sub = &e->key, .append = e->append, .key = e->key.word->raw};
    if (assoc ? expand_to(sh, e->key.word, ESCAPE_NOTHING, false, &item.key) : 0)
        return 1;
    const struct word *value = assoc ? assign_without_tilde(sh, e->value) : e->value;
    if (expand_to(sh, value, ESCAPE_NOTHING, true, &item.text))
        return 1;
    *assign_add(sh, list) = item;
    return 0;
}

/* [k]=v among pairs is a word like others. */
static int assign_expand_plain(struct shell *sh, const struct element *e,
                               struct assign_items *list)
{
    struct span key, value;
    if (expand_to(sh, e->key.word, ESCAPE_NOTHING, false, &key) ||
        expand_to(sh, e->value, ESCAPE_NOTHING, true, &value))
        return 1;
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_char(&t, '[');
    scratch_text_add_span(&t, key);
    scratch_text_add(&t, e->append ? "]+=" : "]=", e->append ? 3 : 2);
    scratch_text_add_span(&t, value);
    struct span text = scratch_text_end(&t);
    assign_add(sh, list)->text = text;
    return 0;
}

static int assign_expand(struct shell *sh, const struct assign *a, bool assoc, bool pairs,
                         struct assign_items *list)
{
    for (unsigned i = 0; i < a->count; i++) {
        const struct element *e = &a->elements[i];
        if (e->has_key) {
            if (pairs ? assign_expand_plain(sh, e, list)
                      : assign_expand_keyed(sh, e, assoc, list))
                return 1;
            continue;
        }
        struct args args = {0};
        if (expand_word(sh, e->value, &args))
            return 1;
        for (size_t k = 0; k < args.count; k++)
            assign_add(sh, list)->text = span_of(args.items[k]);
        sys_tick();
    }
    return 0;
}

static int assign_store_indexed(struct shell *sh, unsigned id,
                                const struct assign_items *list, bool append)
{
    if (!append ? array_clear(sh, id) : var_make_indexed_checked(sh, id))
        return 1;
    int64_t next = array_next_index(sh, id);
    for (size_t i = 0; i < list->count; i++) {
        const struct assign_item *item = &list->items[i];
        int64_t index = next;
        if (item->sub && arith_eval_index(sh, item->sub, &index))
            return 1;
        if (index < 0)
            index += array_next_index(sh, id);
        if (index < 0)
            return shell_report(sh, "[%.*s]: bad array subscript", (int)item->key.len,
                                item->key.ptr);
        if (array_set(sh, id, index, item->text, item->append ? VAR_OP_APPEND : 0))
            return 1;
        next = index + 1;
        sys_tick();
    }
    return 0;
}

static int assign_store_pairs(struct shell *sh, unsigned id,
                              const struct assign_items *list)
{
    for (size_t i = 0; i < list->count; i += 2) {
        struct span text = i + 1 < list->count ? list->items[i + 1].text : span_of("");
        if (!list->items[i].text.len) {
            shell_error(sh, "[]: bad array subscript"); // and go on
            continue;
        }
        if (assoc_set(sh, id, list->items[i].text, text, 0))
            return 1;
    }
    return 0;
}

static int assign_store_keyed(struct shell *sh, unsigned id,
                              const struct assign_items *list, bool append, bool pairs)
{
    if (!append && assoc_clear(sh, id))
        return 1;
    if (pairs)
        return assign_store_pairs(sh, id, list);
    for (size_t i = 0; i < list->count; i++) {
        const struct assign_item *item = &list->items[i];
        if (!item->sub) {
            const char *quote = sh->arg_assigns ? "'" : ""; // declare has quoted it
            shell_error(
                sh, "%s: %s%.*s%s: must use subscript when assigning associative array",
                sys_interned(id), quote, (int)item->text.len, item->text.ptr, quote);
            continue;
        }
        if (!item->key.len) {
            shell_error(sh, "[]: bad array subscript");
            continue;
        }
        if (assoc_set(sh, id, item->key, item->text, item->append ? VAR_OP_APPEND : 0))
            return 1;
        sys_tick();
    }
    return 0;
}

/* a[0]=(1 2) */
static int assign_refuse_list(struct shell *sh, const struct assign *a)
{
    struct span sub = a->subscript.word->raw;
    shell_error(sh, "%s[%.*s]: cannot assign list to array member", sys_interned(a->name),
                (int)sub.len, sub.ptr);
    shell_discard(sh, 1);
    return 1;
}

int expand_assign_array(struct shell *sh, unsigned id, const struct assign *assign)
{
    struct assign_items list = {0};
    if (assign->has_subscript)
        return assign_refuse_list(sh, assign);
    struct span sub;
    if (vars_slot(sh->vars, id)->attrs & VAR_NAMEREF && var_resolve(sh, id, &sub) &&
        sub.ptr) // the target is an element, or all of them
        return shell_error(sh, "`%s[%.*s]': not a valid identifier",
                           sys_interned(var_resolve(sh, id, &sub)), (int)sub.len,
                           sub.ptr);
    bool assoc = var_is_assoc(sh, id);
    bool pairs = assoc && assign->count && !assign->elements[0].has_key;
    const char *cmd = sh->cmd;
    sh->cmd = NULL; // bash has expanded this before declare runs
    int err = assign_expand(sh, assign, assoc, pairs, &list);
    sh->cmd = cmd;
    if (err)
        return 1;
    if (assoc)
        return assign_store_keyed(sh, id, &list, assign->append, pairs);
    return assign_store_indexed(sh, id, &list, assign->append);
}

/* ---- All -------------------------------------------------------------------------- */

int expand_assign(struct shell *sh, const struct assign *a)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int err;
    if (a->array) {
        err = expand_assign_array(sh, a->name, a);
    } else if (a->has_subscript) {
        err = assign_element(sh, a);
    } else {
        struct span text;
        err = assign_value(sh, a->value, &text) ||
              var_set(sh, a->name, text, a->append ? VAR_OP_APPEND : 0);
    }
    scratch_release(sh->scratch, mark);
    return err ? assign_fail(sh) : 0;
}

int expand_assign_temporary(struct shell *sh, const struct assign *a)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct span text;
    int err = 0;
    if (a->array) // exported as it is written
        text = span_from(a->raw, span_find(a->raw, '=') + 1);
    else
        err = expand_to(sh, a->value, ESCAPE_NOTHING, true, &text);
    if (!err && !a->has_subscript)
        err = var_set_temporary(sh, a->name, text, a->append ? VAR_OP_APPEND : 0);
    scratch_release(sh->scratch, mark);
    return err;
}

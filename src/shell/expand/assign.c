/* assign.c: assignments from the tree: x=1, a[i]+=2, m=([k]=v ...). */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "shell/exec/exec.h"
#include "shell/expand/place.h"
#include "shell/expand/state.h"
#include "shell/syntax/parse.h"
#include "shell/vars/arrays.h"
#include "sys.h"

/* An error in an assignment ends the command line (POSIX 2.8.1: the shell). */
static int assign_fail(struct shell *sh)
{
    if (sh->flow == FLOW_NORMAL)
        shell_fail_expansion(sh, 1);
    return 1;
}

/* set -x: the line of the assignment, which bash prints before it makes it. */
static inline void assign_trace(struct shell *sh, const struct assign *a,
                                struct span *value)
{
    if (LIKELY(!shell_set(sh, SET_XTRACE)))
        return;
    *value = span_make(scratch_copy(sh->scratch, *value), value->len); // from PS4
    exec_trace_assign(sh, span_make(a->raw.ptr, a->raw.len - a->value->raw.len), *value);
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
    return expand_to(sh, word, ESCAPE_NOTHING, EXPAND_ASSIGN, text);
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
        *index += array_end_index(sh, name);
    return *index < 0 ? assign_bad_subscript(sh, name, raw) : 0;
}

static int assign_key(struct shell *sh, unsigned name, const struct expr *sub,
                      struct span *key)
{
    if (expand_to(sh, sub->word, ESCAPE_NOTHING, 0, key))
        return 1;
    return key->len ? 0 : assign_bad_subscript(sh, name, sub->word->raw);
}

static int assign_element(struct shell *sh, const struct assign *a)
{
    struct span text, key;
    int64_t index = 0;
    unsigned flags = a->append ? VAR_OP_APPEND : 0;
    if (expand_to(sh, a->value, ESCAPE_NOTHING, EXPAND_ASSIGN, &text))
        return 1;
    assign_trace(sh, a, &text);
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
        expand_no_tilde(sh, &parts[i]);
    }
    return copy;
}

/* An element after expansion. */
struct assign_item {
    const struct element *element;
    bool keyed;      // [sub]=: of an indexed array evaluated when it is stored
    bool append;     // [sub]+=
    bool bad;        // of an associative array: there is no key
    struct span key; // of an associative array, or declared
    struct span text;
    const struct args_glob *glob; // files come into its place
};

struct assign_items {
    struct assign_item *items;
    size_t count, cap;
    bool globs;                   // of some items
    bool assoc, declared, fields; // ARRAY_*
    bool pairs;                   // of an associative array: key value key value
};

static struct assign_item *assign_add(struct shell *sh, struct assign_items *list,
                                      const struct element *e)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        list->items =
            scratch_resize(sh->scratch, list->items, list->cap * sizeof *list->items,
                           cap * sizeof *list->items);
        list->cap = cap;
    }
    struct assign_item *item = &list->items[list->count++];
    *item = (struct assign_item){.element = e};
    return item;
}

/* The value of [key]=value, as it is expanded. */
static const struct word *assign_keyed_value(struct shell *sh, const struct element *e,
                                             const struct assign_items *list)
{
    bool keeps = list->assoc && !list->fields;
    return keeps ? assign_without_tilde(sh, e->value) : e->value;
}

static int assign_expand_keyed(struct shell *sh, const struct element *e,
                               struct assign_items *list)
{
    struct assign_item item = {.element = e, .keyed = true, .append = e->append};
    bool literal = e->key.word->flags & WORD_LITERAL && !e->key.kept;
    if ((list->assoc || list->declared || !literal) &&
        expand_to(sh, e->key.word, ESCAPE_NOTHING, 0, &item.key))
        return 1;
    const struct word *value = assign_keyed_value(sh, e, list);
    bool skip = list->assoc && !list->declared && !item.key.len;
    unsigned flags = list->assoc ? 0 : EXPAND_ASSIGN | EXPAND_ELEMENT;
    if (!skip && expand_to(sh, value, ESCAPE_NOTHING, flags, &item.text))
        return 1;
    *assign_add(sh, list, e) = item;
    return 0;
}

/* [key]=value as one text. */
static struct span assign_join(struct shell *sh, const struct element *e, struct span key,
                               struct span value)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_char(&t, '[');
    scratch_text_add_span(&t, key);
    scratch_text_add(&t, e->append ? "]+=" : "]=", e->append ? 3 : 2);
    scratch_text_add_span(&t, value);
    return scratch_text_end(&t);
}

/* [k]=v among pairs is a word like others. */
static int assign_expand_plain(struct shell *sh, const struct element *e,
                               struct assign_items *list)
{
    struct span key, value;
    if (expand_to(sh, e->key.word, ESCAPE_NOTHING, 0, &key) ||
        expand_to(sh, assign_keyed_value(sh, e, list), ESCAPE_NOTHING, EXPAND_ASSIGN,
                  &value))
        return 1;
    struct span text = assign_join(sh, e, key, value);
    assign_add(sh, list, e)->text = text;
    return 0;
}

/* A word of an associative array: among pairs one string; among [k]=v an error that shows
 * it. */
static int assign_expand_single(struct shell *sh, const struct element *e,
                                struct assign_items *list)
{
    struct span text = e->value->raw;
    bool literal = list->declared && text.len && text.ptr[0] == '[';
    if (list->pairs && !literal &&
        expand_to(sh, assign_without_tilde(sh, e->value), ESCAPE_NOTHING, 0, &text))
        return 1;
    assign_add(sh, list, e)->text = text;
    return 0;
}

static int assign_expand_fields(struct shell *sh, const struct element *e,
                                struct assign_items *list)
{
    struct args args = {0};
    if (expand_word(sh, e->braced ? e->braced : e->value, &args))
        return 1;
    const struct args_glob *glob = args.globs;
    list->globs |= glob != NULL;
    for (size_t k = 0; k < args.count; k++) {
        struct assign_item *item = assign_add(sh, list, e);
        item->text = span_of(args.items[k]);
        item->glob = glob && glob->at == k ? glob : NULL;
        if (item->glob)
            glob = glob->next;
    }
    return 0;
}

/* Once all elements are expanded: the files that their patterns match. */
static int assign_expand_files(struct shell *sh, struct assign_items *list)
{
    struct assign_items old = *list;
    list->items = NULL;
    list->count = list->cap = 0;
    for (size_t i = 0; i < old.count; i++) {
        const struct assign_item *item = &old.items[i];
        struct args files = {0};
        if (!item->glob)
            *assign_add(sh, list, item->element) = *item;
        else if (expand_glob(sh, item->glob->pattern, (char *)item->text.ptr, &files))
            return 1;
        for (size_t k = 0; k < files.count; k++)
            assign_add(sh, list, item->element)->text = span_of(files.items[k]);
        sys_tick();
    }
    return 0;
}

/* Whether [key]=value is that, and not words: [key]={a,b}. */
static bool assign_is_keyed(struct shell *sh, const struct assign_items *list,
                            const struct element *e)
{
    bool fields = !list->assoc || list->fields;
    return e->has_key && !(e->braced && fields && shell_set(sh, SET_BRACEEXPAND));
}

/* Whether the first element begins pairs of words. One like [a]b makes all of them wrong,
 * but not for declare, which takes it as it is written. */
static bool assign_begins_pairs(struct shell *sh, const struct assign_items *list,
                                const struct element *first)
{
    return !assign_is_keyed(sh, list, first) &&
           (list->declared || first->value->raw.ptr[0] != '[' || !first->value->raw.len);
}

static int assign_expand_element(struct shell *sh, const struct element *e,
                                 struct assign_items *list)
{
    if (assign_is_keyed(sh, list, e))
        return list->pairs ? assign_expand_plain(sh, e, list)
                           : assign_expand_keyed(sh, e, list);
    return list->assoc && !list->fields ? assign_expand_single(sh, e, list)
                                        : assign_expand_fields(sh, e, list);
}

static struct assign_items *assign_items_make(struct shell *sh, const struct assign *a,
                                              unsigned flags)
{
    struct assign_items *list = scratch_alloc(sh->scratch, sizeof *list);
    *list = (struct assign_items){.assoc = flags & ARRAY_ASSOC,
                                  .declared = flags & ARRAY_DECLARED,
                                  .fields = flags & ARRAY_FIELDS};
    list->pairs =
        list->assoc && a->count && assign_begins_pairs(sh, list, &a->elements[0]);
    return list;
}

struct assign_items *expand_array(struct shell *sh, const struct assign *a,
                                  unsigned flags)
{
    struct assign_items *list = assign_items_make(sh, a, flags);
    for (unsigned i = 0; i < a->count; i++) {
        if (list->fields && !list->count) // words that came to nothing do not count
            list->pairs = assign_begins_pairs(sh, list, &a->elements[i]);
        if (assign_expand_element(sh, &a->elements[i], list))
            return NULL;
        sys_tick();
    }
    return list->globs && assign_expand_files(sh, list) ? NULL : list;
}

/* ---- Compound values: storing ----------------------------------------------------- */

/* Text of a key or value of declare, which bash has expanded and quoted before. */
static void assign_quote(struct scratch_text *t, struct span text)
{
    struct buf b = buf_make(sys_heap());
    escape_add_plain_single(&b, text);
    scratch_text_add_span(t, buf_span(&b));
    buf_fini(&b);
}

/* An element as it is told of: as written, or as declare has quoted it. */
static void assign_add_shown(struct scratch_text *t, const struct assign_items *list,
                             const struct assign_item *item)
{
    const struct element *e = item->element;
    if (item->keyed) {
        scratch_text_add_char(t, '[');
        if (list->declared)
            assign_quote(t, item->key);
        else
            scratch_text_add_span(t, e->key.word->raw);
        scratch_text_add(t, e->append ? "]+=" : "]=", e->append ? 3 : 2);
    }
    if (list->declared)
        assign_quote(t, item->text);
    else
        scratch_text_add_span(t, e->value->raw);
}

static struct span assign_shown(struct shell *sh, const struct assign_items *list,
                                const struct assign_item *item)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    assign_add_shown(&t, list, item);
    return scratch_text_end(&t);
}

struct span expand_array_shown(struct shell *sh, const struct assign_items *list)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_char(&t, '(');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            scratch_text_add_char(&t, ' ');
        assign_add_shown(&t, list, &list->items[i]);
    }
    scratch_text_add_char(&t, ')');
    return scratch_text_end(&t);
}

/* Where the key came of expansions, its end is looked for in what came out, and it is
 * expanded again: a value may have quotes and $. Without an end all is a plain element.
 */
static void assign_reread(struct shell *sh, struct assign_item *item)
{
    if (!item->keyed || !item->key.ptr || !place_has(item->key, "[]\\'\"`$"))
        return;
    struct span text = assign_join(sh, item->element, item->key, item->text);
    size_t close = parse_find_bracket(span_from(text, 1));
    struct span rest = close == SIZE_MAX ? span_of("") : span_from(text, close + 2);
    bool append = span_starts(rest, span_of("+="));
    item->keyed = append || span_starts(rest, span_of("="));
    item->append = append;
    item->text = item->keyed ? span_from(rest, append ? 2 : 1) : text;
    item->key = span_make(text.ptr + 1, close);
}

/* The index that [sub]= means, below 0 if there is none, and sub as expanded. */
static int assign_evaluate(struct shell *sh, unsigned id, const struct assign_item *item,
                           struct span *sub, int64_t *index)
{
    const struct element *e = item->element;
    *index = -1;
    bool literal = e->key.word->flags & WORD_LITERAL && !e->key.kept;
    *sub = item->key;
    if (!sub->ptr && expand_to(sh, e->key.word, ESCAPE_NOTHING, 0, sub))
        return 1;
    if (!sub->len || span_eq_str(*sub, "*") || span_eq_str(*sub, "@"))
        return 0;
    struct span text;
    if (literal
            ? arith_eval_index(sh, &e->key, index)
            : expand_subscript(sh, *sub, &text) || arith_eval_index_text(sh, text, index))
        return 1;
    if (*index < 0)
        *index += array_next_index(sh, id);
    return 0;
}

static int assign_store_indexed(struct shell *sh, unsigned id,
                                const struct assign_items *list, bool append)
{
    // what declare has just made stays unset until the first element
    bool fresh = list->declared && list->count && !var_is_array_set(sh, id);
    bool adds = append && (list->count || var_is_array_set(sh, id));
    if (adds || fresh ? var_make_indexed_checked(sh, id) : array_clear(sh, id))
        return 1;
    int64_t next = append ? array_next_index(sh, id) : 0;
    for (size_t i = 0; i < list->count; i++) {
        struct assign_item *item = &list->items[i];
        struct span raw = span_of("");
        int64_t index = next;
        assign_reread(sh, item);
        if (item->keyed && assign_evaluate(sh, id, item, &raw, &index))
            return 1;
        if (index < 0) { // and go on
            bool all = span_eq_str(raw, "*") || span_eq_str(raw, "@");
            shell_report(sh, "[%.*s]%s%.*s: %s", (int)raw.len, raw.ptr,
                         item->append ? "+=" : "=", (int)item->text.len, item->text.ptr,
                         all ? "cannot assign to non-numeric index"
                             : "bad array subscript");
            if (fresh && !var_is_array_set(sh, id) && array_clear(sh, id))
                return 1;
            if (all && sh->capture_status >= 0)
                sh->capture_status = 1; // the status, where there is one of $(...)
            if (sh->flow != FLOW_NORMAL)
                return 1;
            continue;
        }
        if (array_set(sh, id, index, item->text, item->append ? VAR_OP_APPEND : 0))
            return 1;
        next = (int64_t)((uint64_t)index + 1);
        sys_tick();
    }
    return 0;
}

/* ---- Compound values: storing associative ones ------------------------------------ */

/* An entry is one item, or two: a key and a text. */
static size_t assign_stride(const struct assign_items *list)
{
    return list->pairs ? 2 : 1;
}

static struct span assign_entry_key(const struct assign_items *list, size_t at)
{
    return list->pairs ? list->items[at].text : list->items[at].key;
}

static struct span *assign_entry_text(const struct assign_items *list, size_t at)
{
    return &list->items[at + list->pairs].text;
}

/* Whether the entry has a key; a message if not, and bash goes on without it. */
static bool assign_has_key(struct shell *sh, unsigned id, struct assign_items *list,
                           size_t at)
{
    struct assign_item *item = &list->items[at];
    bool word = !item->keyed && !list->pairs;
    item->bad = word || !assign_entry_key(list, at).len;
    if (!item->bad)
        return true;
    struct span shown = assign_shown(sh, list, item);
    if (word)
        shell_error(sh, "%s: %.*s: must use subscript when assigning associative array",
                    sys_interned(id), (int)shown.len, shown.ptr);
    else
        shell_error(sh, "%.*s: bad array subscript", (int)shown.len, shown.ptr);
    return false;
}

/* In m=([k]+=v) bash appends to what m[k] was before. */
static struct span assign_old(struct shell *sh, unsigned id,
                              const struct assign_item *item)
{
    struct span old = item->append ? assoc_get(sh, id, item->key) : span_of("");
    return span_make(scratch_copy(sh->scratch, old), old.len);
}

static void assign_append_to_old(struct shell *sh, unsigned id, struct assign_item *item)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_span(&t, assign_old(sh, id, item));
    scratch_text_add_span(&t, item->text);
    item->text = scratch_text_end(&t);
}

/* The text that an entry of a new array will have: an error in the value of an integer
 * leaves the array as it is. */
static int assign_settle_entry(struct shell *sh, unsigned id,
                               const struct assign_items *list, size_t at)
{
    int64_t n, before = 0;
    char digits[24];
    struct assign_item *item = &list->items[at];
    struct span *text = assign_entry_text(list, at);
    if (!(var_attrs(sh, id) & VAR_INTEGER)) {
        if (item->append)
            assign_append_to_old(sh, id, item);
        return 0;
    }
    if (arith_eval_text(sh, assign_old(sh, id, item), &before) ||
        arith_eval_text(sh, *text, &n))
        return var_discard(sh);
    size_t len = num_from_i64(digits, (int64_t)((uint64_t)before + (uint64_t)n));
    *text = span_make(scratch_copy(sh->scratch, span_make(digits, len)), len);
    return 0;
}

static int assign_store_entry(struct shell *sh, unsigned id,
                              const struct assign_items *list, size_t at, bool append)
{
    const struct assign_item *item = &list->items[at];
    bool adds = append && item->append;
    return assoc_set(sh, id, assign_entry_key(list, at), *assign_entry_text(list, at),
                     adds ? VAR_OP_APPEND : 0);
}

/* The entries of m=(...) take the place of the old ones. */
static int assign_replace(struct shell *sh, unsigned id, const struct assign_items *list)
{
    if (assoc_clear(sh, id))
        return 1;
    for (size_t at = 0; at < list->count; at += assign_stride(list)) {
        if (!list->items[at].bad && assign_store_entry(sh, id, list, at, false))
            return 1;
        sys_tick();
    }
    return 0;
}

/* The array value of a declaration builtin, which is expanded as a whole. */
static int assign_store_keyed(struct shell *sh, unsigned id, struct assign_items *list,
                              bool append)
{
    if (list->pairs && list->count % 2)
        assign_add(sh, list, list->items[0].element)->text = span_of("");
    for (size_t at = 0; at < list->count; at += assign_stride(list)) {
        if (assign_has_key(sh, id, list, at) &&
            (append ? assign_store_entry(sh, id, list, at, true)
                    : assign_settle_entry(sh, id, list, at)))
            return 1;
        sys_tick();
    }
    bool adds = append && (list->count || var_is_array_set(sh, id));
    return adds ? 0 : assign_replace(sh, id, list);
}

/* One entry of m+=(...) is stored before the next one is expanded; of m=(...) they are
 * kept until all are known. */
static int assign_keyed_entry(struct shell *sh, unsigned id, const struct assign *a,
                              unsigned i, struct assign_items *list)
{
    size_t at = list->count;
    if (assign_expand_element(sh, &a->elements[i], list))
        return 1;
    if (!assign_has_key(sh, id, list, at)) {
        list->count = at;
        return 0;
    }
    if (list->pairs && i + 1 == a->count)
        assign_add(sh, list, &a->elements[i])->text = span_of("");
    else if (list->pairs && assign_expand_element(sh, &a->elements[i + 1], list))
        return 1;
    if (!a->append)
        return assign_settle_entry(sh, id, list, at);
    list->count = at;
    return assign_store_entry(sh, id, list, at, true);
}

static int assign_keyed(struct shell *sh, unsigned id, const struct assign *a)
{
    struct assign_items *list = assign_items_make(sh, a, ARRAY_ASSOC);
    for (unsigned i = 0; i < a->count; i += (unsigned)assign_stride(list)) {
        if (assign_keyed_entry(sh, id, a, i, list))
            return 1;
        sys_tick();
    }
    return a->append ? 0 : assign_replace(sh, id, list);
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

/* Whether an array value can be stored in the variable. */
static int assign_check_list(struct shell *sh, unsigned id, const struct assign *assign)
{
    if (assign->has_subscript)
        return assign_refuse_list(sh, assign);
    struct span sub;
    if (vars_slot(sh->vars, id)->attrs & VAR_NAMEREF && var_resolve(sh, id, &sub) &&
        sub.ptr) // the target is an element, or all of them
        return shell_error(sh, "`%s[%.*s]': not a valid identifier",
                           sys_interned(var_resolve(sh, id, &sub)), (int)sub.len,
                           sub.ptr);
    return 0;
}

int expand_store_array(struct shell *sh, unsigned id, const struct assign *assign,
                       struct assign_items *items)
{
    if (assign_check_list(sh, id, assign))
        return 1;
    return var_is_assoc(sh, id) ? assign_store_keyed(sh, id, items, assign->append)
                                : assign_store_indexed(sh, id, items, assign->append);
}

int expand_assign_array(struct shell *sh, unsigned id, const struct assign *assign)
{
    if (var_is_assoc(sh, id))
        return assign_keyed(sh, id, assign);
    struct assign_items *items = expand_array(sh, assign, 0);
    return items ? assign_store_indexed(sh, id, items, assign->append) : 1;
}

/* The variable is an array, and may be written, before the values are expanded. */
static int assign_make_array(struct shell *sh, const struct assign *a)
{
    bool set = var_is_set(sh, a->name) || var_is_array_set(sh, a->name);
    if (var_is_assoc(sh, a->name))
        return var_check_writable(sh, a->name);
    if (var_make_indexed_checked(sh, a->name))
        return 1;
    return set ? 0 : array_clear(sh, a->name);
}

static int assign_array(struct shell *sh, const struct assign *a)
{
    if (UNLIKELY(shell_set(sh, SET_XTRACE)) && !a->has_subscript)
        exec_trace_assign(sh, a->raw, span_of(""));
    return assign_check_list(sh, a->name, a) || assign_make_array(sh, a) ||
           expand_assign_array(sh, a->name, a);
}

/* ---- All -------------------------------------------------------------------------- */

int expand_assign(struct shell *sh, const struct assign *a)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int err;
    if (a->array) {
        err = assign_array(sh, a);
    } else if (a->has_subscript) {
        err = assign_element(sh, a);
    } else {
        struct span text;
        err = assign_value(sh, a->value, &text);
        if (LIKELY(!err)) {
            assign_trace(sh, a, &text);
            err = var_set(sh, a->name, text, a->append ? VAR_OP_APPEND : 0);
        }
    }
    scratch_release(sh->scratch, mark);
    return err ? assign_fail(sh) : 0;
}

/* a[0]=x cmd: the command runs without it. */
static int assign_refuse_element(struct shell *sh, const struct assign *a)
{
    shell_error(sh, "`%s[%.*s]': not a valid identifier", sys_interned(a->name),
                (int)a->subscript.word->raw.len, a->subscript.word->raw.ptr);
    return shell_set(sh, SET_POSIX) ? shell_discard(sh, 1) : 0;
}

/* The line of set -x has the sum that += came to. */
static void assign_trace_temporary(struct shell *sh, const struct assign *a,
                                   struct span value)
{
    struct scratch_text left = scratch_text_make(sh->scratch);
    scratch_text_add_span(&left, span_make(a->raw.ptr, span_find(a->raw, '=')));
    if (a->append)
        left.len--;
    scratch_text_add_char(&left, '=');
    exec_trace_assign(sh, scratch_text_end(&left), value);
}

int expand_assign_temporary(struct shell *sh, const struct assign *a)
{
    if (a->has_subscript)
        return assign_refuse_element(sh, a);
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct span text, shown = {NULL, 0};
    int err = 0;
    if (a->array) // exported as it is written
        text = span_from(a->raw, span_find(a->raw, '=') + 1);
    else
        err = expand_to(sh, a->value, ESCAPE_NOTHING, EXPAND_ASSIGN, &text);
    if (!err)
        err = var_set_temporary(sh, a->name, text, a->append ? VAR_OP_APPEND : 0, &shown);
    if (UNLIKELY(shell_set(sh, SET_XTRACE)) && shown.ptr)
        assign_trace_temporary(sh, a, shown);
    scratch_release(sh->scratch, mark);
    return err;
}

/* list.c: all variables by name, and variables as text that a shell reads back: declare
 * -p, set. */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "base/sort.h"
#include "shell/scratch.h"
#include "shell/vars/cells.h"
#include "shell/vars/keyed.h"
#include "shell/vars/special.h"
#include "shell/vars/state.h"
#include "sys.h"

const struct value *var_listed(struct shell *sh, unsigned id)
{
    bool fresh = special_list(sh, id);
    return fresh ? vars_read(sh, id) : vars_slot(sh->vars, id);
}

/* Whether it is more than declared. */
static bool var_is_visible(struct shell *sh, unsigned id)
{
    const struct value *v = var_listed(sh, id);
    if (v->attrs & VAR_DYNAMIC && id != NAME_FUNCNAME)
        return true;
    return v->kind != VALUE_NONE && (v->kind < VALUE_INDEXED || v->array);
}

static bool vars_list_has(struct shell *sh, unsigned id, unsigned attrs,
                          struct span prefix, unsigned flags)
{
    const struct value *v = vars_slot(sh->vars, id);
    if (!var_exists(v) || (attrs && !(v->attrs & attrs)))
        return false;
    if (prefix.ptr && !span_starts(span_of(sys_interned(id)), prefix))
        return false;
    if (id == NAME_PIPESTATUS && v->attrs & VAR_DYNAMIC && !sh->pipestatus_count)
        return false;
    if (flags & VARS_VISIBLE && !var_is_visible(sh, id))
        return false;
    return !(flags & VARS_LOCALS) || var_is_local(sh, id);
}

static int vars_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(sys_interned(*(const unsigned *)a), sys_interned(*(const unsigned *)b));
}

static void vars_sort(struct shell *sh, unsigned *ids, size_t count)
{
    unsigned *copy = scratch_alloc(sh->scratch, (count + 1) * sizeof *copy);
    void **items = scratch_alloc(sh->scratch, (count + 1) * sizeof *items);
    void **room = scratch_alloc(sh->scratch, (count + 1) * sizeof *room);
    for (size_t i = 0; i < count; i++) {
        copy[i] = ids[i];
        items[i] = &copy[i];
    }
    sort_pointers(items, count, vars_compare, NULL, room, NULL);
    for (size_t i = 0; i < count; i++)
        ids[i] = *(unsigned *)items[i];
}

size_t vars_list(struct shell *sh, unsigned attrs, struct span prefix, unsigned flags,
                 unsigned **ids)
{
    unsigned end = sh->vars->page_count * VARS_PAGE, *list = NULL;
    size_t count = 0;
    for (unsigned id = 1; id < end; id++)
        count += vars_list_has(sh, id, attrs, prefix, flags);
    list = scratch_alloc(sh->scratch, (count + 1) * sizeof *list);
    count = 0;
    for (unsigned id = 1; id < end; id++)
        if (vars_list_has(sh, id, attrs, prefix, flags))
            list[count++] = id;
    vars_sort(sh, list, count);
    *ids = list;
    return count;
}

void var_add_flags(const struct value *v, struct buf *b)
{
    static const struct {
        unsigned attr;
        char letter;
    } flags[] = {
        {VAR_INTEGER, 'i'}, {VAR_NAMEREF, 'n'}, {VAR_READONLY, 'r'}, {VAR_TRACE, 't'},
        {VAR_EXPORT, 'x'},  {VAR_CAPITAL, 'c'}, {VAR_LOWER, 'l'},    {VAR_UPPER, 'u'},
    };
    size_t start = b->len;
    if (v->kind == VALUE_INDEXED)
        buf_add_char(b, 'a');
    if (v->kind == VALUE_ASSOC)
        buf_add_char(b, 'A');
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (v->attrs & flags[i].attr)
            buf_add_char(b, flags[i].letter);
    if (b->len == start)
        buf_add_char(b, '-');
}

static void var_add_cells(struct shell *sh, const struct cells *c, struct buf *b)
{
    size_t at = 0;
    int64_t index;
    const struct value *e;
    buf_add_char(b, '(');
    for (bool first = true; (e = cells_next(c, &at, &index)) != NULL; first = false) {
        char text[24];
        buf_addf(b, "%s[%lld]=", first ? "" : " ", (long long)index);
        escape_add_double(b, value_text(e, text), vars_is_utf8(sh));
    }
    buf_add_char(b, ')');
}

/* Whether a key can stand between brackets as it is. */
static bool var_key_is_plain(struct span key)
{
    if (!key.len || span_eq_str(key, "@"))
        return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (c == '~' && i && (key.ptr[i - 1] == ':' || key.ptr[i - 1] == '='))
            return false;
        if (char_is_space(c) || strchr("'\"\\|&;()<>!{}*[]?^$`", c))
            return false;
    }
    return key.ptr[0] != '#' && key.ptr[0] != '~';
}

void var_add_key(struct shell *sh, struct span key, struct buf *b)
{
    if (var_key_is_plain(key) && escape_is_printable(key, vars_is_utf8(sh)))
        buf_add_span(b, key);
    else
        escape_add_double(b, key, vars_is_utf8(sh));
}

static void var_add_keyed(struct shell *sh, const struct keyed *k, struct buf *b)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    size_t count = k->set;
    const struct keyed_entry **entries =
        scratch_alloc(sh->scratch, (count + 1) * sizeof(struct keyed_entry *));
    keyed_order(k, entries);
    buf_add_char(b, '(');
    for (size_t i = 0; i < count; i++) {
        char text[24];
        struct span key = span_make(entries[i]->key->data, entries[i]->key->len);
        buf_add_char(b, '[');
        var_add_key(sh, key, b);
        buf_add_str(b, "]=");
        escape_add_double(b, value_text(&entries[i]->value, text), vars_is_utf8(sh));
        buf_add_char(b, ' ');
    }
    buf_add_char(b, ')');
    scratch_release(sh->scratch, mark);
}

static void var_add_array(struct shell *sh, const struct value *v, struct buf *b)
{
    if (v->kind == VALUE_INDEXED)
        var_add_cells(sh, v->array, b);
    else if (v->assoc)
        var_add_keyed(sh, v->assoc, b);
    else
        buf_add_str(b, "()");
}

bool var_add_declaration(struct shell *sh, unsigned id, struct buf *b)
{
    const struct value *v = vars_read(sh, id);
    if (!var_exists(v))
        return false;
    var_add_listed(sh, id, v, NULL, b);
    return true;
}

/* "export", "readonly -a". */
static void var_add_word(const struct value *v, const char *word, struct buf *b)
{
    buf_add_str(b, word);
    if (v->kind >= VALUE_INDEXED)
        buf_add_str(b, v->kind == VALUE_INDEXED ? " -a" : " -A");
}

void var_add_listed(struct shell *sh, unsigned id, const struct value *v,
                    const char *word, struct buf *b)
{
    bool dynamic = v->attrs & VAR_DYNAMIC && id != NAME_FUNCNAME;
    if (word) {
        var_add_word(v, word, b);
    } else {
        buf_add_str(b, "declare -");
        var_add_flags(v, b);
    }
    buf_addf(b, " %s", sys_interned(id));
    if (v->kind >= VALUE_INDEXED && (v->array || dynamic)) {
        buf_add_char(b, '=');
        var_add_array(sh, v, b);
    } else if (v->kind != VALUE_NONE && v->kind < VALUE_INDEXED) {
        char text[24];
        buf_add_char(b, '=');
        escape_add_double(b, value_text(v, text), vars_is_utf8(sh));
    }
    buf_add_char(b, '\n');
}

/* Whether the shell would read the text as something else than it is. */
static bool var_needs_quotes(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 128 && strchr(" '\"\\|&;()<>!{}*[]?^$`", c))
            return true;
        if (c == '~' && (i == 0 || text.ptr[i - 1] == '=' || text.ptr[i - 1] == ':'))
            return true;
        if (c == '#' && i == 0)
            return true;
    }
    return false;
}

void var_add_quoted_value(struct shell *sh, unsigned id, struct buf *b)
{
    const struct value *v = var_listed(sh, id);
    char text[24];
    if (v->kind >= VALUE_INDEXED) {
        var_add_array(sh, v, b);
        return;
    }
    struct span s = value_text(v, text);
    if (var_needs_quotes(s) || !escape_is_printable(s, vars_is_utf8(sh)))
        escape_add_single(b, s, vars_is_utf8(sh));
    else
        buf_add_span(b, s);
}

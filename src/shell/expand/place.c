/* place.c: variables and elements named by text at run time. See place.h. */
#include "shell/expand/place.h"

#include <string.h>

#include "base/num.h"
#include "shell/expand/state.h"
#include "shell/vars/arrays.h"
#include "shell/vars/params.h"
#include "sys.h"

/* Takes quotes and backslashes away, as an unquoted word loses them. */
static struct span place_unquote(struct shell *sh, struct span text)
{
    char *to = scratch_alloc(sh->scratch, text.len + 1), quote = '\0';
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? '\0' : c;
        else if (c == '\\' && quote != '\'' && i + 1 < text.len)
            to[len++] = text.ptr[++i];
        else
            to[len++] = c;
    }
    to[len] = '\0';
    return span_make(to, len);
}

bool place_has(struct span text, const char *chars)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(chars, text.ptr[i]) && text.ptr[i])
            return true;
    return false;
}

bool place_has_expansion(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '$' || text.ptr[i] == '`')
            return true;
    return false;
}

unsigned place_once(const struct shell *sh, unsigned flags)
{
    return shell_shopt(sh, SHOPT_ASSOC_EXPAND_ONCE) ? flags : 0;
}

int place_key(struct shell *sh, struct span subscript, unsigned flags,
              struct place *place)
{
    place->kind = PLACE_KEY;
    place->key = subscript;
    if (flags & PLACE_EXPANDED)
        return 0;
    if (!(flags & PLACE_PLAIN) && place_has_expansion(subscript) &&
        expand_text(sh, subscript, &place->key))
        return 1;
    if (place_has(subscript, "'\"\\"))
        place->key = place_unquote(sh, place->key);
    return 0;
}

/* What a negative index is added to. For -v only an array has a last element. */
static int64_t place_end(struct shell *sh, unsigned id, unsigned flags)
{
    if (flags & PLACE_TESTS && !var_is_array(sh, id))
        return 0;
    return flags & (PLACE_UNSETS | PLACE_TESTS) ? array_next_index(sh, id)
                                                : array_end_index(sh, id);
}

static int place_index(struct shell *sh, struct span subscript, unsigned flags,
                       struct place *place)
{
    place->kind = PLACE_INDEX;
    struct span text = subscript;
    if (!(flags & PLACE_EXPANDED) && place_has_expansion(text) &&
        expand_text(sh, text, &text))
        return 1;
    if (!text.len)
        return shell_error(sh, "%s[]: bad array subscript", sys_interned(place->id));
    if (place_has(text, "'\""))
        text = place_unquote(sh, text);
    if (arith_eval_index_text(sh, text, &place->index))
        return 1;
    if (flags & PLACE_UNSETS && place->index && !var_is_array(sh, place->id))
        return shell_builtin_error(sh, "%s: not an array variable",
                                   sys_interned(place->id));
    if (place->index < 0)
        place->index += place_end(sh, place->id, flags);
    if (place->index >= 0)
        return 0;
    if (flags & PLACE_UNSETS)
        return shell_builtin_error(sh, "[%.*s]: bad array subscript", (int)subscript.len,
                                   subscript.ptr);
    if (flags & PLACE_TESTS)
        return shell_error(sh, "%s: bad array subscript", sys_interned(place->id));
    return shell_error(sh, "%s[%.*s]: bad array subscript", sys_interned(place->id),
                       (int)subscript.len, subscript.ptr);
}

int place_of(struct shell *sh, unsigned id, struct span subscript, unsigned flags,
             struct place *place)
{
    struct span sub;
    unsigned target = var_resolve(sh, id, &sub);
    *place = (struct place){.id = target ? target : id};
    if (span_eq_str(subscript, "@") || span_eq_str(subscript, "*")) {
        place->kind = subscript.ptr[0] == '@' ? PLACE_ALL : PLACE_STAR;
        place->key = subscript;
        return 0;
    }
    if (var_is_assoc(sh, place->id))
        return place_key(sh, subscript, flags, place);
    return place_index(sh, subscript, flags, place);
}

int place_parse(struct shell *sh, struct span text, struct place *place)
{
    return place_parse_for(sh, text, 0, place);
}

int place_parse_for(struct shell *sh, struct span text, unsigned flags,
                    struct place *place)
{
    size_t name = span_find(text, '[');
    unsigned id = name_intern(span_make(text.ptr, name));
    if (!id)
        return -1;
    if (name < text.len) {
        if (text.ptr[text.len - 1] != ']' || text.len - name < 3)
            return -1;
        return place_of(sh, id, span_make(text.ptr + name + 1, text.len - name - 2),
                        flags | place_once(sh, PLACE_EXPANDED), place);
    }
    *place = (struct place){.kind = PLACE_VAR, .id = id};
    return 0;
}

struct span place_get(struct shell *sh, const struct place *place)
{
    switch (place->kind) {
    case PLACE_VAR: return var_get(sh, place->id);
    case PLACE_INDEX: return array_get(sh, place->id, place->index);
    case PLACE_KEY: return assoc_get(sh, place->id, place->key);
    default: {
        struct param_value v = {.list = true, .star = place->kind == PLACE_STAR};
        v.count = array_list(sh, place->id, NULL, &v.items);
        return v.count ? expand_join(sh, &v) : span_make(NULL, 0);
    }
    }
}

int place_set(struct shell *sh, const struct place *place, struct span text,
              unsigned flags)
{
    switch (place->kind) {
    case PLACE_VAR: return var_set(sh, place->id, text, flags);
    case PLACE_INDEX: return array_set(sh, place->id, place->index, text, flags);
    case PLACE_KEY: return assoc_set(sh, place->id, place->key, text, flags);
    default:
        return shell_error(sh, "%s[%c]: bad array subscript", sys_interned(place->id),
                           place->kind == PLACE_ALL ? '@' : '*');
    }
}

int place_set_int(struct shell *sh, const struct place *place, int64_t n)
{
    if (place->kind == PLACE_INDEX)
        return array_set_num(sh, place->id, place->index, n);
    if (place->kind == PLACE_VAR)
        return var_set_int(sh, place->id, n);
    char text[24];
    size_t len = num_from_i64(text, n);
    return place_set(sh, place, span_make(text, len), 0);
}

int place_unset(struct shell *sh, const struct place *place)
{
    switch (place->kind) {
    case PLACE_INDEX: return array_unset(sh, place->id, place->index);
    case PLACE_KEY: return assoc_unset(sh, place->id, place->key);
    case PLACE_ALL:
    case PLACE_STAR:
        if (var_is_assoc(sh, place->id)) // the element "@"
            return assoc_unset(sh, place->id, place->key);
        return var_unset(sh, place->id, 0);
    default: return var_unset(sh, place->id, 0);
    }
}

bool place_is_set(struct shell *sh, const struct place *place)
{
    if (place->kind == PLACE_ALL || place->kind == PLACE_STAR) {
        if (var_is_assoc(sh, place->id))
            return assoc_get(sh, place->id, place->key).ptr != NULL;
        return array_count(sh, place->id) > 0;
    }
    return place_get(sh, place).ptr != NULL;
}

bool place_text_is_set(struct shell *sh, struct span text)
{
    int number;
    if (text.len && char_is_digit((unsigned char)text.ptr[0]))
        return !num_to_int(text.ptr, &number) && number <= params_of(sh)->count;
    struct place place;
    return !place_parse_for(sh, text, PLACE_TESTS, &place) && place_is_set(sh, &place);
}

int place_set_text(struct shell *sh, struct span name, struct span text)
{
    struct place place;
    int err = place_parse(sh, name, &place);
    if (err < 0)
        return shell_builtin_error(sh, "`%.*s': not a valid identifier", (int)name.len,
                                   name.ptr);
    return err ? 1 : place_set(sh, &place, text, 0);
}

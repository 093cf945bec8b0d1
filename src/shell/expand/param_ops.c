/* param_ops.c: the operators of ${x...} on values: length, cutting, replacing,
 * substrings, letter case. */
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"
#include "regex/ctype.h"
#include "shell/expand/param.h"
#include "shell/expand/pattern.h"
#include "shell/vars/arrays.h"
#include "sys.h"

/* ---- Characters ------------------------------------------------------------------- */

size_t expand_length(struct shell *sh, struct span text)
{
    return sh->vars->utf8 ? utf8_count(text) : text.len;
}

static size_t param_byte_index(struct shell *sh, struct span text, size_t chars)
{
    return sh->vars->utf8 ? utf8_index(text, chars) : size_min(chars, text.len);
}

/* ---- # ## % %% -------------------------------------------------------------------- */

static struct span param_cut(struct shell *sh, enum param_op op, struct span pattern,
                             struct span text)
{
    unsigned flags = expand_pattern_flags(sh);
    bool longest = op == PARAM_CUT_PREFIX_LONG || op == PARAM_CUT_SUFFIX_LONG;
    if (op == PARAM_CUT_PREFIX || op == PARAM_CUT_PREFIX_LONG) {
        long len = pattern_prefix(pattern, text, longest, flags);
        return len > 0 ? span_from(text, (size_t)len) : text;
    }
    long len = pattern_suffix(pattern, text, longest, flags);
    return len > 0 ? span_make(text.ptr, text.len - (size_t)len) : text;
}

/* ---- / // /# /% ------------------------------------------------------------------- */

/* The replacement with & standing for what was matched (patsub_replacement). */
static void param_add_replacement(struct shell *sh, struct scratch_text *t,
                                  struct span new, struct span match)
{
    if (!shell_shopt(sh, SHOPT_PATSUB_REPLACEMENT) || !memchr(new.ptr, '&', new.len)) {
        bool escaped = shell_shopt(sh, SHOPT_PATSUB_REPLACEMENT);
        for (size_t i = 0; i < new.len; i++) {
            if (escaped && new.ptr[i] == '\\' && i + 1 < new.len &&new.ptr[i + 1] == '\\')
                i++;
            scratch_text_add_char(t, new.ptr[i]);
        }
        return;
    }
    for (size_t i = 0; i < new.len; i++) {
        char c = new.ptr[i];
        if (c == '\\' && i + 1 < new.len &&
            (new.ptr[i + 1] == '&' || new.ptr[i + 1] == '\\'))
            scratch_text_add_char(t, new.ptr[++i]);
        else if (c == '&')
            scratch_text_add_span(t, match);
        else
            scratch_text_add_char(t, c);
    }
}

static bool param_find(struct shell *sh, enum param_op op, struct span pattern,
                       struct span text, size_t from, size_t *start, size_t *len)
{
    unsigned flags = expand_match_flags(sh);
    long n;
    switch (op) {
    case PARAM_REPLACE_PREFIX:
        n = from ? -1 : pattern_prefix(pattern, text, true, flags);
        *start = 0;
        break;
    case PARAM_REPLACE_SUFFIX:
        n = from ? -1 : pattern_suffix(pattern, text, true, flags);
        *start = n < 0 ? 0 : text.len - (size_t)n;
        break;
    default: return pattern.len && pattern_search(pattern, text, from, flags, start, len);
    }
    *len = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

/* A pattern "*...\*" bash takes for one that ends in "*", which it finds only where it
 * matches the whole text. */
static bool param_is_ended_by_star(enum param_op op, struct span pattern)
{
    return op != PARAM_REPLACE_SUFFIX && pattern.len >= 3 && pattern.ptr[0] == '*' &&
           pattern.ptr[1] != '(' && span_ends(pattern, span_of("\\*"));
}

static struct span param_replace(struct shell *sh, enum param_op op,
                                 const struct param_args *args, struct span text)
{
    size_t at = 0, start, len;
    unsigned flags = expand_pattern_flags(sh);
    struct scratch_text t = scratch_text_make(sh->scratch);
    if (!text.len && args->pattern.len && args->pattern.ptr[0] != '*' &&
        op != PARAM_REPLACE_SUFFIX)
        return text; // bash tries no other pattern on nothing
    if (param_is_ended_by_star(op, args->pattern) &&
        !pattern_match(args->pattern, text, flags))
        return text;
    while (at <= text.len && param_find(sh, op, args->pattern, text, at, &start, &len)) {
        scratch_text_add(&t, text.ptr + at, start - at);
        param_add_replacement(sh, &t, args->replacement,
                              span_make(text.ptr + start, len));
        at = start + len;
        if (len == 0 &&
            op == PARAM_REPLACE_ALL) { // an empty match: step over a character
            if (at == text.len)
                break;
            pattern_char(text.ptr + at, text.ptr + text.len, flags, &len);
            scratch_text_add(&t, text.ptr + at, len);
            at += len;
        }
        if (op != PARAM_REPLACE_ALL || at == text.len)
            break;
        sys_tick();
    }
    if (!at && !t.len)
        return text;
    scratch_text_add(&t, text.ptr + at, text.len - at);
    return scratch_text_end(&t);
}

/* ---- ^ , ~ ------------------------------------------------------------------------ */

static uint32_t param_change_char(enum param_op op, uint32_t c)
{
    uint32_t lower = ctype_to_lower(c);
    if (op == PARAM_LOWER_FIRST || op == PARAM_LOWER)
        return lower;
    if (op == PARAM_UPPER_FIRST || op == PARAM_UPPER || lower == c)
        return ctype_to_upper(c);
    return lower;
}

static struct span param_case(struct shell *sh, enum param_op op,
                              const struct param_args *args, struct span text)
{
    unsigned flags = expand_pattern_flags(sh);
    bool all = op == PARAM_UPPER || op == PARAM_LOWER || op == PARAM_TOGGLE;
    struct scratch_text t = scratch_text_make(sh->scratch);
    if (args->matches_nothing)
        return text;
    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t c = pattern_char(text.ptr + i, text.ptr + text.len, flags, &len);
        struct span old = span_make(text.ptr + i, len);
        bool change = (all || i == 0) && c < 0x110000 &&
                      (!args->pattern.len || pattern_match(args->pattern, old, flags));
        char new[4];
        int n = change && (c < 0x80 || len > 1)
                    ? utf8_encode(new, param_change_char(op, c))
                    : 0;
        scratch_text_add(&t, n ? new : old.ptr, n ? (size_t)n : len);
        if (!(i & 1023))
            sys_tick();
    }
    return scratch_text_end(&t);
}

void expand_case(struct shell *sh, struct param_value *v, enum param_op op,
                 struct span pattern)
{
    struct param_args args = {.pattern = pattern};
    if (v->list)
        for (size_t i = 0; i < v->count; i++)
            v->items[i] = param_case(sh, op, &args, v->items[i]);
    else if (v->one.ptr)
        v->one = param_case(sh, op, &args, v->one);
}

/* ---- Substrings ------------------------------------------------------------------- */

static int param_bad_length(struct shell *sh, const struct param *param)
{
    struct span text = param->length.word->raw;
    shell_error(sh, "%.*s: substring expression < 0", (int)text.len, text.ptr);
    shell_discard(sh, 1);
    return 1;
}

/* The length, which is looked at only where the offset lies inside. The value is read
 * again if that may have moved it. */
static int param_read_length(struct shell *sh, const struct param *param,
                             const struct param_target *t, struct param_args *args,
                             struct param_value *v)
{
    if (!args->has_length)
        return 0;
    if (param_number(sh, param, &param->length, &args->length))
        return 1;
    if (!args->copied && !param_is_number(&param->length))
        param_get(sh, t, v);
    return 0;
}

static int param_substring(struct shell *sh, const struct param *param,
                           const struct param_target *t, struct param_args *args,
                           struct param_value *v)
{
    const struct span before = v->one;
    if (!before.ptr)
        return 0;
    int64_t count = (int64_t)expand_length(sh, before);
    int64_t from = args->offset < 0 ? args->offset + count : args->offset;
    if (from < 0 || from > count) {
        v->one = span_make("", 0);
        return 0;
    }
    if (param_read_length(sh, param, t, args, v))
        return 1;
    v->keeps = true;
    struct span text = v->one;
    if (text.ptr != before.ptr || text.len != before.len) {
        count = text.ptr ? (int64_t)expand_length(sh, text) : 0;
        from = int64_min(from, count);
    }
    int64_t end = count;
    if (args->has_length && args->length < 0) {
        end = count + args->length;
        if (end < from)
            return param_bad_length(sh, param);
    } else if (args->has_length && args->length < count - from) {
        end = from + args->length;
    }
    size_t start = param_byte_index(sh, text, (size_t)from);
    struct span rest = span_from(text, start);
    v->one = span_make(rest.ptr, param_byte_index(sh, rest, (size_t)(end - from)));
    return 0;
}

/* "$@" from an offset that may be 0 ($0 comes first then). -1: outside. */
static int64_t param_slice_positional(struct shell *sh, const struct param_args *args,
                                      struct param_value *v)
{
    int64_t from = args->offset < 0 ? args->offset + (int64_t)v->count + 1 : args->offset;
    if (from != 0)
        return from < 0 || from > (int64_t)v->count + 1 ? -1 : from - 1;
    struct span *items = scratch_alloc(sh->scratch, (v->count + 2) * sizeof *items);
    items[0] = span_of(sh->name ? sh->name->text : "");
    if (v->count)
        memcpy(items + 1, v->items, v->count * sizeof *items);
    v->items = items;
    v->count++;
    return 0;
}

/* The position among the elements of the first whose index is at least the offset.
 * -1: outside. */
static int64_t param_slice_array(struct shell *sh, unsigned name,
                                 const struct param_args *args, struct param_value *v)
{
    if (var_is_assoc(sh, name)) {
        int64_t from =
            args->offset < 0 ? args->offset + (int64_t)v->count + 1 : args->offset;
        if (from > (int64_t)v->count)
            return -1;
        return from > 0 ? from - 1 : from;
    }
    int64_t from = args->offset;
    if (from < 0)
        from += array_next_index(sh, name);
    if (from < 0 || from >= array_next_index(sh, name))
        return -1;
    if (array_next_index(sh, name) == (int64_t)v->count)
        return from; // no holes
    struct span *keys;
    size_t count = array_list(sh, name, &keys, NULL), at = 0;
    for (int64_t key; at < count; at++)
        if (!num_to_i64(keys[at].ptr, &key, NULL) && key >= from)
            break;
    return (int64_t)at;
}

/* The first position of the slice; -1: outside. */
static int64_t param_slice_start(struct shell *sh, const struct param_target *t,
                                 const struct param_args *args, struct param_value *v)
{
    if (t->what == PARAM_NAME)
        return v->count ? param_slice_array(sh, t->name, args, v) : -1;
    return param_slice_positional(sh, args, v);
}

static int param_slice(struct shell *sh, const struct param *param,
                       const struct param_target *t, struct param_args *args,
                       struct param_value *v)
{
    struct param_value before = *v;
    int64_t from = param_slice_start(sh, t, args, v);
    if (from >= 0 && args->has_length && !param_is_number(&param->length)) {
        *v = before;
        if (param_read_length(sh, param, t, args, v))
            return 1;
        from = param_slice_start(sh, t, args, v);
    } else if (from >= 0 && param_read_length(sh, param, t, args, v)) {
        return 1;
    }
    if (from < 0) {
        v->count = 0;
        return 0;
    }
    if (args->has_length && args->length < 0)
        return param_bad_length(sh, param);
    from = int64_min(from, (int64_t)v->count);
    v->items += from;
    v->count -= (size_t)from;
    int64_t length = args->length;
    if (!length && t->what == PARAM_NAME && var_is_assoc(sh, t->name))
        length = 1; // as bash has it (assoc.test)
    if (args->has_length && (uint64_t)length < v->count)
        v->count = (size_t)length;
    return 0;
}

/* ---- All -------------------------------------------------------------------------- */

static int param_length(struct shell *sh, const struct param_target *t,
                        struct param_value *v)
{
    size_t n = v->list ? v->count : v->one.ptr ? expand_length(sh, v->one) : 0;
    char text[24];
    (void)t;
    size_t len = num_from_u64(text, n);
    v->one = span_make(scratch_copy(sh->scratch, span_make(text, len)), len);
    v->list = false;
    return 0;
}

static struct span param_apply_one(struct shell *sh, const struct param *param,
                                   const struct param_args *args, struct span text)
{
    switch (param->op) {
    case PARAM_CUT_PREFIX:
    case PARAM_CUT_PREFIX_LONG:
    case PARAM_CUT_SUFFIX:
    case PARAM_CUT_SUFFIX_LONG: return param_cut(sh, param->op, args->pattern, text);
    case PARAM_REPLACE:
    case PARAM_REPLACE_ALL:
    case PARAM_REPLACE_PREFIX:
    case PARAM_REPLACE_SUFFIX: return param_replace(sh, args->op, args, text);
    default: return param_case(sh, param->op, args, text);
    }
}

static enum param_joins param_joins(enum param_op op)
{
    switch (op) {
    case PARAM_CUT_PREFIX:
    case PARAM_CUT_PREFIX_LONG:
    case PARAM_CUT_SUFFIX:
    case PARAM_CUT_SUFFIX_LONG:
    case PARAM_TRANSFORM: return JOINS_STAR;
    default: return JOINS_QUOTED;
    }
}

/* Whether in quotes an empty result is a word even beside a "$@" of nothing. */
static bool param_keeps(const struct param *param, const struct param_value *v)
{
    switch (param->op) {
    case PARAM_CUT_PREFIX:
    case PARAM_CUT_PREFIX_LONG:
    case PARAM_CUT_SUFFIX:
    case PARAM_CUT_SUFFIX_LONG: return v->one.len > 0;
    case PARAM_TRANSFORM: return v->one.ptr && !strchr("Pa", param->letter);
    default: return v->one.ptr != NULL;
    }
}

int param_apply(struct shell *sh, const struct param *param, const struct param_target *t,
                struct param_args *args, struct param_value *v)
{
    if (param->op == PARAM_PLAIN)
        return 0;
    v->joins = (uint8_t)param_joins(param->op);
    v->keeps = !v->list && param->op != PARAM_SUBSTRING && param_keeps(param, v);
    switch (param->op) {
    case PARAM_LENGTH: return param_length(sh, t, v);
    case PARAM_SUBSTRING:
        return v->list ? param_slice(sh, param, t, args, v)
                       : param_substring(sh, param, t, args, v);
    case PARAM_TRANSFORM: return param_transform(sh, param, t, v);
    default: break;
    }
    for (size_t i = 0; v->list && i < v->count; i++) {
        v->items[i] = param_apply_one(sh, param, args, v->items[i]);
        sys_tick();
    }
    if (!v->list && v->one.ptr)
        v->one = param_apply_one(sh, param, args, v->one);
    return 0;
}

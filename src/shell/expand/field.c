/* field.c: fields in the making: text is added, split by IFS, and ended as a word or as
 * the files it matches. */
#include <string.h>

#include "shell/expand/pattern.h"
#include "shell/expand/state.h"
#include "sys.h"

enum { ARGS_MIN = 8 };

void args_add(struct shell *sh, struct args *args, char *text)
{
    if (UNLIKELY(args->count + 1 >= args->cap)) {
        size_t cap = args->cap ? args->cap * 2 : ARGS_MIN;
        sys_check_size(SYS_LIMIT_EXPANSION, cap * sizeof(char *));
        args->items = scratch_resize(sh->scratch, args->items, args->cap * sizeof(char *),
                                     cap * sizeof(char *));
        args->cap = cap;
    }
    args->items[args->count++] = text;
    args->items[args->count] = NULL;
}

struct span args_join(struct shell *sh, const struct args *args)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    for (size_t i = 0; i < args->count; i++) {
        if (i)
            scratch_text_add_char(&t, ' ');
        scratch_text_add_span(&t, span_of(args->items[i]));
        sys_tick();
    }
    return scratch_text_end(&t);
}

/* ---- Escaping --------------------------------------------------------------------- */

static bool field_escapes(uint8_t escape, char c)
{
    switch (escape) {
    case ESCAPE_PATTERN: return strchr("*?[]\\-!^()|@+.#%", c) && c;
    case ESCAPE_BYTES: return true;
    case ESCAPE_ALL: return ((unsigned char)c & 0xc0) != 0x80; // of UTF-8: the first byte
    case ESCAPE_REGEX: return strchr("*?[]\\()|+.{}^$", c) && c;
    case ESCAPE_REPLACEMENT: return c == '&' || c == '\\';
    default: return false;
    }
}

static void field_add_escaped(struct scratch_text *t, struct span text, uint8_t escape)
{
    for (size_t i = 0; i < text.len; i++) {
        if (field_escapes(escape, text.ptr[i]))
            scratch_text_add_char(t, '\\');
        scratch_text_add_char(t, text.ptr[i]);
    }
}

/* ---- Adding ----------------------------------------------------------------------- */

static bool field_has_glob(const struct ifs *ifs, struct span text)
{
    unsigned bits = 0;
    for (size_t i = 0; i < text.len; i++)
        bits |= ifs->class[(unsigned char)text.ptr[i]];
    return bits & IFS_GLOB;
}

/* From now on the field is kept as a pattern too. What is in it so far has no active
 * characters. */
static void field_start_glob(struct field *f)
{
    f->globbing = true;
    f->pattern = scratch_text_make(f->sh->scratch);
    field_add_escaped(&f->pattern, span_make(f->text.data, f->text.len), ESCAPE_PATTERN);
}

void field_add(struct field *f, struct span text, bool quoted)
{
    f->has = true;
    f->ended_space = false;
    if (f->glob) {
        if (!f->globbing && !quoted && field_has_glob(f->ifs, text))
            field_start_glob(f);
        if (f->globbing && quoted)
            field_add_escaped(&f->pattern, text, ESCAPE_PATTERN);
        else if (f->globbing)
            scratch_text_add_span(&f->pattern, text);
    }
    if (quoted && f->escape)
        field_add_escaped(&f->text, text, f->escape);
    else
        scratch_text_add_span(&f->text, text);
}

/* The field is a pattern: it is matched with files later, see expand_files. */
static void field_add_glob(struct field *f)
{
    struct shell *sh = f->sh;
    struct span pattern = scratch_text_end(&f->pattern);
    if (!pattern_is_special(pattern, expand_pattern_flags(sh)) ||
        sh->flow == FLOW_DISCARD)
        return;
    struct args *args = f->out;
    struct args_glob *glob = scratch_alloc(sh->scratch, sizeof *glob);
    *glob = (struct args_glob){.at = args->count, .pattern = pattern};
    *(args->globs ? &args->last->next : &args->globs) = glob;
    args->last = glob;
}

void field_end(struct field *f)
{
    if (!f->out)
        return;
    field_settle(f);
    if (!f->has)
        return;
    struct span raw = scratch_text_end(&f->text);
    if (f->globbing)
        field_add_glob(f);
    args_add(f->sh, f->out, (char *)raw.ptr);
    f->has = f->globbing = false;
    f->text = scratch_text_make(f->sh->scratch);
}

/* ---- Files ------------------------------------------------------------------------ */

int expand_glob(struct shell *sh, struct span pattern, char *raw, struct args *out)
{
    if (glob_add(sh, pattern, out) > 0)
        return 0;
    if (shell_shopt(sh, SHOPT_FAILGLOB))
        return expand_fail(sh, "no match: %s", raw);
    if (!shell_shopt(sh, SHOPT_NULLGLOB))
        args_add(sh, out, raw);
    return 0;
}

int expand_patterns(struct shell *sh, struct args *args)
{
    struct args all = {0};
    const struct args_glob *glob = args->globs;
    for (size_t i = 0; i < args->count; i++) {
        if (!glob || glob->at != i) {
            args_add(sh, &all, args->items[i]);
            continue;
        }
        if (expand_glob(sh, glob->pattern, args->items[i], &all))
            return 1;
        glob = glob->next;
    }
    *args = all;
    return 0;
}

/* ---- Splitting -------------------------------------------------------------------- */

/* The class of the character at i, and its length where it separates. */
static unsigned field_class(const struct ifs *ifs, struct span text, size_t i,
                            size_t *len)
{
    unsigned class = ifs->class[(unsigned char)text.ptr[i]] & IFS_CLASS;
    *len = 1;
    if (LIKELY(class != IFS_LEAD))
        return class;
    for (size_t at = 0; at < ifs->wide.len; at++) {
        size_t n;
        unsigned char byte = (unsigned char)ifs->wide.ptr[at];
        if (byte < 0xc0)
            continue;
        n = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        if (at + n <= ifs->wide.len && i + n <= text.len &&
            memcmp(ifs->wide.ptr + at, text.ptr + i, n) == 0) {
            *len = n;
            return IFS_OTHER;
        }
    }
    return IFS_NONE;
}

static void field_delimit(struct field *f, unsigned class)
{
    if (f->has || f->empty) {
        field_end(f);
        f->ended_space = class == IFS_SPACE;
    } else if (class == IFS_OTHER) {
        if (!f->ended_space) { // two delimiters: an empty field between them
            f->has = true;
            field_end(f);
        }
        f->ended_space = false;
    }
}

void field_add_split(struct field *f, struct span text)
{
    if (!f->out || f->ifs->empty) {
        if (text.len)
            field_add(f, text, false);
        return;
    }
    const struct ifs *ifs = f->ifs;
    for (size_t i = 0; i < text.len;) {
        size_t start = i, len = 1;
        unsigned class = IFS_NONE;
        while (i < text.len && (class = field_class(ifs, text, i, &len)) == IFS_NONE)
            i++;
        if (i > start)
            field_add(f, span_make(text.ptr + start, i - start), false);
        if (class != IFS_NONE) {
            field_delimit(f, class);
            i += len;
        }
        if (!(i & 1023))
            sys_tick();
    }
}

void field_add_value(struct field *f, struct span text, bool quoted)
{
    if (!quoted)
        field_add_split(f, text);
    else if (text.len)
        field_add(f, text, true);
    else
        field_add_empty(f);
}

void field_add_empty(struct field *f)
{
    f->empty = true;
    f->ended_space = false;
}

void field_separate(struct field *f)
{
    unsigned char join = (unsigned char)f->ifs->join[0];
    unsigned class = f->ifs->class[join] & IFS_CLASS;
    field_delimit(f, f->ifs->empty || class != IFS_OTHER ? IFS_SPACE : IFS_OTHER);
}

/* ---- The read builtin ------------------------------------------------------------- */

struct read_split {
    struct shell *sh;
    const struct ifs *ifs;
    struct span text;
    bool raw;
    size_t at;
};

/* The class of the character at s->at; *len its length with a backslash before it, *skip
 * that backslash's. */
static unsigned read_class(const struct read_split *s, size_t *skip, size_t *len)
{
    *skip = 0;
    if (!s->raw && s->text.ptr[s->at] == '\\') {
        *skip = 1;
        *len = s->at + 1 < s->text.len ? 2 : 1;
        return IFS_NONE;
    }
    return field_class(s->ifs, s->text, s->at, len);
}

static void read_skip_space(struct read_split *s)
{
    size_t skip, len;
    while (s->at < s->text.len && read_class(s, &skip, &len) == IFS_SPACE)
        s->at += len;
}

/* One field: up to a delimiter, with the delimiter and the white space around it taken
 * away. */
static char *read_field(struct read_split *s)
{
    struct scratch_text t = scratch_text_make(s->sh->scratch);
    size_t skip, len;
    unsigned class = IFS_NONE;
    while (s->at < s->text.len && (class = read_class(s, &skip, &len)) == IFS_NONE) {
        scratch_text_add(&t, s->text.ptr + s->at + skip, len - skip);
        s->at += len;
    }
    char *text = (char *)scratch_text_end(&t).ptr;
    if (s->at >= s->text.len)
        return text;
    s->at += len;
    read_skip_space(s);
    if (class == IFS_SPACE && s->at < s->text.len &&
        read_class(s, &skip, &len) == IFS_OTHER) {
        s->at += len;
        read_skip_space(s);
    }
    return text;
}

/* What is left, without IFS white space at its end; one delimiter at the end goes too if
 * nothing else is left that would be a second field. */
static char *read_rest(struct read_split *s)
{
    struct read_split probe = *s;
    struct scratch_mark mark = scratch_mark(s->sh->scratch);
    char *only = read_field(&probe);
    if (probe.at >= probe.text.len)
        return only;
    scratch_release(s->sh->scratch, mark);
    struct scratch_text t = scratch_text_make(s->sh->scratch);
    size_t skip, len, keep = 0;
    while (s->at < s->text.len) {
        unsigned class = read_class(s, &skip, &len);
        scratch_text_add(&t, s->text.ptr + s->at + skip, len - skip);
        s->at += len;
        if (class != IFS_SPACE)
            keep = t.len;
    }
    t.len = keep;
    return (char *)scratch_text_end(&t).ptr;
}

void expand_split_read(struct shell *sh, struct span text, bool raw, size_t max,
                       struct args *out)
{
    struct read_split s = {sh, vars_ifs(sh), text, raw, 0};
    read_skip_space(&s);
    while (s.at < s.text.len && max > 0) {
        args_add(sh, out, max == 1 ? read_rest(&s) : read_field(&s));
        max--;
        sys_tick();
    }
}

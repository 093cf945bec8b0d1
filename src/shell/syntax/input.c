/* input.c: the window on the text being parsed: lines added behind it, parts of it,
 * aliases put into it, and the search for a closing character. */
#include "shell/syntax/parser.h"

#include "sys.h"

/* Added to the ends of aliases in use while another text is read. */
#define INPUT_FAR (SIZE_MAX / 2)

/* Adds text behind the parser's own window. */
static void input_append(struct parser *p, struct span text)
{
    sys_check_size(SYS_LIMIT_SCRIPT, p->own.len + text.len);
    buf_add_span(&p->own, text);
    p->in.text = buf_str(&p->own);
    p->in.len = p->own.len;
}

/* Makes the window the parser's own: a copy of what is left of the line at `to` and
 * before; the rest is fed line by line. */
static void input_make_own(struct parser *p, size_t to)
{
    if (p->own.data && p->in.text == p->own.data)
        return;
    size_t end = to;
    while (end < p->in.len && p->in.text[end] != '\n')
        end++;
    if (end < p->in.len)
        end++;
    struct span before = span_make(p->in.text, end);
    p->rest = span_make(p->in.text + end, p->in.len - end);
    buf_clear(&p->own);
    input_append(p, before);
}

bool input_more(struct parser *p)
{
    if (p->in.closed || p->failed)
        return false;
    struct span line;
    if (p->rest.len) {
        size_t end = span_find(p->rest, '\n');
        line = span_make(p->rest.ptr, end < p->rest.len ? end + 1 : end);
        p->rest = span_from(p->rest, line.len);
    } else if (!p->hooks.line || !p->hooks.line(p->hooks.ctx, &line) || !line.len) {
        return false;
    }
    if (!p->own.data || p->in.text != p->own.data) {
        struct span before = span_make(p->in.text, p->in.len);
        buf_clear(&p->own);
        input_append(p, before);
    }
    input_append(p, line);
    return true;
}

void input_skip(struct parser *p, size_t to)
{
    const char *at = p->in.text + p->in.pos, *end = p->in.text + to;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        p->in.line++;
        at++;
    }
    p->in.pos = to;
}

const struct reread *input_find_reread(const struct parser *p, size_t from, size_t to)
{
    const struct reread *r = p->reread;
    while (r && (r->texts != p->texts || from < r->start || to > r->end))
        r = r->outer;
    return r;
}

/* pos becomes 0: aliases that were read are over. */
static void input_shift_aliases(struct parser *p)
{
    for (struct alias_use **at = &p->aliases; *at;) {
        struct alias_use *use = *at;
        if (use->end < p->in.pos) {
            *at = use->next;
            sys_free(use);
        } else {
            use->end -= p->in.pos;
            at = &use->next;
        }
    }
}

void input_begin_command(struct parser *p)
{
    if (p->own.data && p->in.text == p->own.data && p->in.pos) {
        size_t left = p->in.len - p->in.pos;
        if (!left && p->rest.len) { // back to the text that was given
            p->in.text = p->rest.ptr;
            p->in.len = p->rest.len;
            p->rest = (struct span){0};
        } else {
            memmove(p->own.data, p->own.data + p->in.pos, left);
            buf_cut(&p->own, left);
            p->in.text = p->own.data;
            p->in.len = left;
        }
        input_shift_aliases(p);
    } else {
        p->in.text += p->in.pos;
        p->in.len -= p->in.pos;
    }
    p->in.pos = p->in.replaced = 0;
}

/* ---- Other windows ---------------------------------------------------------------- */

struct input input_enter_part(struct parser *p, size_t end)
{
    struct input outer = p->in;
    p->in.len = end;
    p->in.closed = true;
    return outer;
}

void input_leave_part(struct parser *p, const struct input *outer, size_t end)
{
    unsigned line = p->in.line;
    p->in = *outer;
    p->in.pos = end;
    p->in.line = line;
}

struct input input_enter_text(struct parser *p, struct span text, unsigned line)
{
    struct input outer = p->in;
    p->texts++;
    p->in = (struct input){.text = text.ptr,
                           .len = text.len,
                           .line = line,
                           .closed = true,
                           .replaced = p->replaced_count};
    for (struct alias_use *use = p->aliases; use; use = use->next)
        use->end += INPUT_FAR;
    return outer;
}

void input_leave_text(struct parser *p, const struct input *outer)
{
    p->texts--;
    p->replaced_count = p->in.replaced;
    p->in = *outer;
    while (p->aliases && p->aliases->end < INPUT_FAR) {
        struct alias_use *use = p->aliases;
        p->aliases = use->next;
        sys_free(use);
    }
    for (struct alias_use *use = p->aliases; use; use = use->next)
        use->end -= INPUT_FAR;
}

/* ---- Aliases ---------------------------------------------------------------------- */

bool input_in_alias(struct parser *p, struct span name)
{
    struct alias_use **at = &p->aliases;
    while (*at) {
        struct alias_use *use = *at;
        if (p->in.pos > use->end && !use->blank) {
            *at = use->next;
            sys_free(use);
            continue;
        }
        if (span_eq(span_make(use->name, use->name_len), name))
            return true;
        at = &use->next;
    }
    return false;
}

bool input_behind_alias(struct parser *p, size_t at)
{
    bool behind = false;
    for (struct alias_use *use = p->aliases; use; use = use->next)
        if (use->blank && at >= use->end) {
            use->blank = false;
            behind = true;
        }
    return behind;
}

static void input_note_alias(struct parser *p, struct span name, size_t end, bool blank)
{
    struct alias_use *use = sys_alloc(sizeof *use + name.len + 1);
    use->end = end;
    use->blank = blank;
    use->name_len = name.len;
    memcpy(use->name, name.ptr, name.len);
    use->name[name.len] = '\0';
    use->next = p->aliases;
    p->aliases = use;
}

void input_splice(struct parser *p, size_t start, size_t end, struct span name,
                  struct span value)
{
    for (struct alias_use *use = p->aliases; use; use = use->next)
        if (use->end < INPUT_FAR)
            use->end = use->end + value.len + 1 - (end - start);
    bool blank = value.len && char_is_blank((unsigned char)value.ptr[value.len - 1]);
    input_note_alias(p, name, start + value.len, blank);

    if (p->in.closed) { // a text of its own: what is outside must not move
        size_t left = p->in.len - end;
        char *text = arena_alloc(p->arena, start + value.len + 1 + left + 1);
        memcpy(text, p->in.text, start);
        memcpy(text + start, value.ptr, value.len);
        text[start + value.len] = ' ';
        memcpy(text + start + value.len + 1, p->in.text + end, left);
        p->in.text = text;
        p->in.len = start + value.len + 1 + left;
    } else {
        input_make_own(p, end);
        memmove(p->own.data + start, p->own.data + end, p->own.len - end);
        buf_cut(&p->own, p->own.len - (end - start));
        buf_insert(&p->own, start, " ", 1);
        buf_insert(&p->own, start, value.ptr, value.len);
        p->in.text = p->own.data;
        p->in.len = p->own.len;
    }
    p->in.pos = start;
}

/* ---- Continued lines -------------------------------------------------------------- */

/* Makes the window's text one that may be changed, where it is. */
static char *input_writable(struct parser *p)
{
    if (!p->in.closed)
        input_make_own(p, p->in.len);
    if (p->own.data && p->in.text == p->own.data)
        return p->own.data;
    if (!p->in.copied)
        p->in.text = arena_copy_span(p->arena, span_make(p->in.text, p->in.len)).ptr;
    p->in.copied = true;
    return (char *)p->in.text;
}

size_t input_past_newlines(struct parser *p, size_t at)
{
    while (input_at(p, at) == '\\' && input_at(p, at + 1) == '\n')
        at += 2;
    return at;
}

void input_pull_newlines(struct parser *p, size_t end)
{
    char *text = input_writable(p);
    size_t to = end, start = p->in.pos;
    for (size_t at = end; at > start; at--) {
        if (text[at - 1] == '\n' && at - 1 > start && text[at - 2] == '\\')
            at--;
        else
            text[--to] = text[at - 1];
    }
    for (size_t at = start; at < to; at += 2)
        memcpy(text + at, "\\\n", 2);
}

/* ---- The end of something nested -------------------------------------------------- */

/* What ends with `close` and began at `start` is not closed. */
static size_t input_miss(struct parser *p, char close, size_t start)
{
    p->unclosed = close;
    p->unclosed_at = start;
    return SIZE_MAX;
}

/* If a substitution ($( ${ `) begins at `at`: behind its end. Else `at`. */
static size_t input_skip_substitution(struct parser *p, size_t at)
{
    int c = input_at(p, at);
    if (c == '`')
        return input_skip_quotes(p, at + 1, '`');
    if (c != '$')
        return at;
    int next = input_at(p, at + 1);
    if (next != '(' && next != '{')
        return at;
    sys_nest_enter();
    size_t end = next == '(' ? input_find_close(p, at + 2, '(', ')')
                             : input_find_close(p, at + 2, '\0', '}');
    sys_nest_leave();
    return end == SIZE_MAX ? end : end + 1;
}

size_t input_skip_quotes(struct parser *p, size_t at, char quote)
{
    size_t start = at;
    for (int c; (c = input_at(p, at)) >= 0;) {
        if (c == quote)
            return at + 1;
        if (c == '\\' && quote != '\'') {
            at += 2;
        } else if (quote == '"' && (c == '$' || c == '`')) {
            size_t end = input_skip_substitution(p, at);
            if (end == SIZE_MAX)
                return end;
            at = end == at ? at + 1 : end;
        } else {
            at++;
        }
    }
    return input_miss(p, quote, start);
}

/* Behind $'...' that begins at `at`. */
static size_t input_skip_dollar_quotes(struct parser *p, size_t at)
{
    size_t start = at;
    at += 2;
    for (int c; (c = input_at(p, at)) >= 0; at++) {
        if (c == '\'')
            return at + 1;
        if (c == '\\')
            at++;
    }
    return input_miss(p, '\'', start);
}

/* Behind what stands at `at`: a quoted string, a substitution, or a character. */
static size_t input_step(struct parser *p, size_t at, int c)
{
    size_t end = at;
    if (c == '\\')
        return at + 2;
    if (c == '\'' || c == '"')
        end = input_skip_quotes(p, at + 1, (char)c);
    else if (c == '$' && input_at(p, at + 1) == '\'')
        end = input_skip_dollar_quotes(p, at);
    else if (c == '$' || c == '`')
        end = input_skip_substitution(p, at);
    return end == at ? at + 1 : end;
}

bool input_has_meta(struct parser *p, size_t from, size_t to)
{
    for (size_t at = from; at < to;) {
        int c = input_at(p, at);
        if (lex_is_meta(c))
            return true;
        at = input_step(p, at, c);
    }
    return false;
}

size_t input_find_close(struct parser *p, size_t from, char open, char close)
{
    unsigned depth = 1;
    size_t at = from;
    for (int c; (c = input_at(p, at)) >= 0;) {
        if (c == close && --depth == 0)
            return at;
        depth += c == open;
        size_t end = c == close || c == open ? at + 1 : input_step(p, at, c);
        if (end == SIZE_MAX) {
            // bash names the innermost quote only; within a subscript, the substitution
            if (!memchr("'\"`", p->unclosed, 3) && close != ']')
                input_miss(p, close, from);
            return end;
        }
        at = end;
        if (!(at & 255))
            sys_tick();
    }
    return input_miss(p, close, from);
}

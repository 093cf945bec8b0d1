/* assign.c: assignments: name=value, name[subscript]+=value, name=(elements). */
#include "shell/syntax/parser.h"

#include "sys.h"

/* Whether a name goes on behind the \newline at `at`: it is before it then, and read. */
static bool assign_joins_lines(struct parser *p, size_t at)
{
    size_t end = 0, next;
    int c;
    while (c = input_at(p, next = input_past_newlines(p, at)), char_is_name(c))
        at = end = next + 1;
    if (next > at && (c == '=' || c == '+' || c == '['))
        end = next;
    if (!end)
        return false;
    input_pull_newlines(p, end);
    lex_skip_blanks(p);
    return true;
}

bool assign_find(struct parser *p, struct assign_place *place)
{
    size_t at = p->in.pos;
    int c = input_peek(p);
    *place = (struct assign_place){0};
    if (!char_is_name(c) || char_is_digit(c))
        return false;
    while (char_is_name(c = input_at(p, ++at)))
        ;
    if (UNLIKELY(c == '\\') && assign_joins_lines(p, at))
        return assign_find(p, place);
    if (c == '[') {
        place->open = at;
        place->close = at = input_find_close(p, at + 1, '[', ']');
        if (at == SIZE_MAX)
            return false;
        c = input_at(p, ++at);
    }
    place->equals = c == '=' || (c == '+' && input_at(p, at + 1) == '=') ? at : 0;
    return place->equals;
}

bool assign_find_argument(struct parser *p, struct assign_place *place)
{
    return assign_find(p, place) && !input_has_meta(p, place->open, place->close);
}

static struct word *assign_scan_value(struct parser *p, unsigned more)
{
    struct word *word = arena_alloc(p->arena, sizeof *word);
    unsigned flags = SCAN_META | SCAN_TILDE | SCAN_TILDE_ASSIGN | more;
    if (p->options & PARSE_EXTGLOB)
        flags |= SCAN_EXTGLOB;
    word_scan(p, flags, '\0', '\0', word);
    return word;
}

/* ---- name=( ... ) ----------------------------------------------------------------- */

/* Skips blanks, newlines and comments between elements. */
static int assign_skip_blanks(struct parser *p)
{
    for (int c;; p->in.pos++) {
        c = input_peek(p);
        if (c == '#') {
            while ((c = input_peek(p)) >= 0 && c != '\n')
                p->in.pos++;
        }
        if (c == '\n')
            p->in.line++;
        else if (c == '\\' && input_at(p, p->in.pos + 1) == '\n') {
            p->in.pos++;
            p->in.line++;
        } else if (c != ' ' && c != '\t')
            return c;
    }
}

/* [key]=value at pos. false: it is a plain element, which goes on behind the ]. */
static bool assign_scan_key(struct parser *p, struct element *e)
{
    size_t start = p->in.pos;
    size_t end = input_find_close(p, start + 1, '[', ']');
    if (end == SIZE_MAX) {
        parser_fail_unclosed(p);
        return true;
    }
    int c = input_at(p, end + 1);
    e->append = c == '+' && input_at(p, end + 2) == '=';
    if (c != '=' && !e->append) {
        p->guard = end + 1;
        return false;
    }
    p->in.pos = start + 1;
    word_scan_expr(p, end, 0, &e->key);
    e->has_key = true;
    p->in.pos = end + (e->append ? 3 : 2);
    e->value = assign_scan_value(p, 0);
    return true;
}

static struct word *assign_scan_word(struct parser *p)
{
    unsigned flags = SCAN_META | SCAN_TILDE;
    if (!(p->options & PARSE_NO_BRACES))
        flags |= SCAN_BRACES;
    if (p->options & PARSE_EXTGLOB)
        flags |= SCAN_EXTGLOB;
    struct word *word = arena_alloc(p->arena, sizeof *word);
    word_scan(p, flags, '\0', '\0', word);
    return word;
}

static void assign_push_text(struct parser *p, const char *text)
{
    struct part part = {.kind = PART_TEXT, .text = span_of(text)};
    parser_push(p, STACK_PARTS, &part, sizeof part);
}

/* A word as part of a text: no tilde is expanded in it. */
static void assign_push_word(struct parser *p, const struct word *word)
{
    for (unsigned i = 0; i < word->count; i++) {
        struct part part = word->parts[i];
        if (part.kind == PART_TILDE) {
            assign_push_text(p, "~");
            part.kind = PART_TEXT;
        }
        parser_push(p, STACK_PARTS, &part, sizeof part);
    }
}

/* An element as the parts of one word. */
static void assign_push_element(struct parser *p, const struct element *e)
{
    if (e->has_key) {
        assign_push_text(p, "[");
        assign_push_word(p, e->key.word);
        assign_push_text(p, e->append ? "]+=" : "]=");
    }
    assign_push_word(p, e->value);
}

/* [3]={a,b} is two words of an indexed array. */
static void assign_split_braces(struct parser *p, struct element *e)
{
    struct span key = e->key.word->raw, value = e->value->raw;
    bool any = memchr(key.ptr, '{', key.len) || memchr(value.ptr, '{', value.len);
    if (p->options & PARSE_NO_BRACES || !any)
        return;
    size_t mark = parser_mark(p, STACK_PARTS);
    assign_push_element(p, e);
    brace_split(p, mark);
    struct word *word = arena_alloc_zero(p->arena, sizeof *word);
    word->line = e->value->line;
    word->parts = parser_take(p, STACK_PARTS, mark, sizeof *word->parts, &word->count);
    word_classify(p, word);
    e->braced = word->flags & WORD_BRACE ? word : NULL;
}

static void assign_scan_element(struct parser *p)
{
    struct element e = {0};
    if (input_peek(p) != '[' || !assign_scan_key(p, &e))
        e.value = assign_scan_word(p);
    else if (!p->failed)
        assign_split_braces(p, &e);
    parser_push(p, STACK_ELEMENTS, &e, sizeof e);
}

/* The length of the number of a redirection at pos, which is no element. 0: it is none.
 */
static size_t assign_find_fd(struct parser *p)
{
    size_t start = p->in.pos, at = start;
    while (char_is_digit(input_at(p, at)))
        at++;
    int c = at > start ? input_at(p, at) : -1;
    return c == '<' || c == '>' ? at - start : 0;
}

/* An operator among the elements: the line is dropped, the script goes on. */
static void assign_fail(struct parser *p, size_t len)
{
    bool newline = p->in.text[p->in.pos] == '\n';
    p->token.start = p->in.pos;
    parser_fail_near(
        p, newline ? span_of("newline") : span_make(p->in.text + p->in.pos, len),
        p->in.line);
    p->fatal = false;
    p->status = 1;
}

/* Something inside was not closed: bash says so twice. */
static void assign_fail_end(struct parser *p)
{
    if (p->error_count != 1)
        return;
    unsigned line = p->in.line;
    for (size_t at = p->in.pos; at < p->in.len; at++)
        line += p->in.text[at] == '\n';
    line += p->in.len && p->in.text[p->in.len - 1] != '\n';
    parser_add_error(p, line, "syntax error: unexpected end of file");
}

void assign_scan_elements(struct parser *p, struct assign *assign, int end)
{
    size_t mark = parser_mark(p, STACK_ELEMENTS);
    unsigned line = p->in.line;
    int c;
    while ((c = assign_skip_blanks(p)) != end && !p->failed) {
        struct token t = {0};
        size_t len = lex_is_meta(c) && c >= 0 ? lex_operator(p, &t) : assign_find_fd(p);
        if (c < 0) {
            parser_fail_close(p, line, ')');
            p->status = 1;
        } else if (len) {
            assign_fail(p, len);
        } else {
            assign_scan_element(p);
            if (p->failed && p->at_end) {
                assign_fail_end(p);
                p->status = 1;
            }
        }
        sys_tick();
    }
    assign->elements =
        parser_take(p, STACK_ELEMENTS, mark, sizeof *assign->elements, &assign->count);
    p->in.pos += end == ')' && !p->failed;
}

/* What an array assignment is printed as: the elements with single blanks between
 * them. */
static struct span assign_array_raw(struct parser *p, const struct assign *assign)
{
    struct buf text = buf_make(sys_heap());
    buf_add_str(&text, sys_interned(assign->name));
    if (assign->has_subscript)
        buf_addf(&text, "[%s]", assign->subscript.word->raw.ptr);
    buf_add_str(&text, assign->append ? "+=(" : "=(");
    for (unsigned i = 0; i < assign->count; i++) {
        const struct element *e = &assign->elements[i];
        if (i)
            buf_add_char(&text, ' ');
        if (e->has_key)
            buf_addf(&text, "[%s]%s", e->key.word->raw.ptr, e->append ? "+=" : "=");
        buf_add_span(&text, e->value->raw);
    }
    buf_add_char(&text, ')');
    struct span copy = arena_copy_span(p->arena, span_make(buf_str(&text), text.len));
    buf_fini(&text);
    return copy;
}

/* name=(a b)x: what follows the parenthesis makes all of it one text. */
static void assign_scan_tail(struct parser *p, unsigned flags, struct assign *assign)
{
    struct word *tail = assign_scan_value(p, flags);
    if (p->failed)
        return;
    size_t mark = parser_mark(p, STACK_PARTS);
    assign_push_text(p, "(");
    for (unsigned i = 0; i < assign->count; i++) {
        if (i)
            assign_push_text(p, " ");
        assign_push_element(p, &assign->elements[i]);
    }
    assign_push_text(p, ")");
    assign_push_word(p, tail);
    struct word *word = arena_alloc_zero(p->arena, sizeof *word);
    word->line = tail->line;
    word->parts = parser_take(p, STACK_PARTS, mark, sizeof *word->parts, &word->count);
    word_classify(p, word);
    struct buf raw = buf_make(sys_heap());
    buf_add_span(&raw, assign->raw);
    buf_add_span(&raw, tail->raw);
    assign->raw = arena_copy_span(p->arena, span_make(buf_str(&raw), raw.len));
    buf_fini(&raw);
    word->raw = span_from(assign->raw, span_find(assign->raw, '('));
    assign->value = word;
    assign->array = false;
    assign->elements = NULL;
    assign->count = 0;
}

bool assign_scan(struct parser *p, unsigned flags, struct assign *assign)
{
    size_t start = p->in.pos;
    struct assign_place place;
    *assign = (struct assign){0};
    if (!assign_find(p, &place))
        return false;
    assign->append = p->in.text[place.equals] == '+';
    assign->has_subscript = place.open != 0;
    size_t name_end = place.open ? place.open : place.equals;
    assign->name = sys_intern(p->in.text + start, name_end - start);
    if (place.open) {
        p->in.pos = place.open + 1;
        word_scan_expr(p, place.close, 0, &assign->subscript);
    }
    p->in.pos = place.equals + (assign->append ? 2 : 1);
    if (input_peek(p) == '(') {
        p->in.pos++;
        assign->array = true;
        sys_nest_enter();
        assign_scan_elements(p, assign, ')');
        sys_nest_leave();
    } else {
        assign->value = assign_scan_value(p, flags);
    }
    if (p->failed)
        return true;
    assign->raw =
        assign->array ? assign_array_raw(p, assign) : word_raw(p, start, p->in.pos);
    if (assign->array && !lex_is_meta(input_peek(p)))
        assign_scan_tail(p, flags, assign);
    return true;
}

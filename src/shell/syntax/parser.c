/* parser.c: the parser's stacks and messages, and its entry points. */
#include "shell/syntax/parser.h"

#include <stdarg.h>

#include "shell/syntax/parse.h"
#include "sys.h"

void parser_push(struct parser *p, enum parser_stack which, const void *item, size_t size)
{
    struct stack *s = &p->stacks[which];
    if (s->cap - s->len < size) {
        size_t cap = size_max(s->cap * 2, size_max(256, s->len + size));
        s->data = sys_resize(s->data, cap);
        s->cap = cap;
    }
    memcpy(s->data + s->len, item, size);
    s->len += size;
}

void *parser_take(struct parser *p, enum parser_stack which, size_t mark, size_t size,
                  unsigned *count)
{
    struct stack *s = &p->stacks[which];
    size_t len = s->len - mark;
    *count = (unsigned)(len / size);
    s->len = mark;
    if (!len)
        return NULL;
    return memcpy(arena_alloc(p->arena, len), s->data + mark, len);
}

struct node *parser_new_node(struct parser *p, enum node_kind kind, unsigned line)
{
    struct node *n = arena_alloc_zero(p->arena, sizeof *n);
    n->kind = (uint8_t)kind;
    n->line = line;
    return n;
}

/* ---- Messages --------------------------------------------------------------------- */

static void parser_add_message(struct parse_message **list, size_t *count, unsigned line,
                               const char *format, va_list args)
{
    struct buf text = buf_make(sys_heap());
    buf_addv(&text, format, args);
    *list = sys_resize(*list, (*count + 1) * sizeof **list);
    (*list)[*count] = (struct parse_message){line, buf_take(&text)};
    ++*count;
}

static void parser_clear_messages(struct parse_message **list, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        sys_free((char *)(*list)[i].text);
    sys_free(*list);
    *list = NULL;
    *count = 0;
}

struct parser_try parser_try(const struct parser *p)
{
    struct parser_try try = {.text = p->text.len,
                             .errors = p->error_count,
                             .substitutions = p->substitutions,
                             .groups = p->groups,
                             .heredocs = p->heredocs,
                             .heredocs_end = p->heredocs_end};
    for (size_t i = 0; i < STACKS; i++)
        try.stacks[i] = p->stacks[i].len;
    return try;
}

void parser_drop_heredocs(struct parser *p, const struct parser_try *try)
{
    p->heredocs = try->heredocs;
    p->heredocs_end = try->heredocs ? try->heredocs_end : &p->heredocs;
}

bool parser_tried(struct parser *p, const struct parser_try *try)
{
    p->substitutions = try->substitutions;
    p->groups = try->groups;
    if (!p->failed)
        return true;
    parser_drop_heredocs(p, try);
    for (size_t i = 0; i < STACKS; i++)
        p->stacks[i].len = try->stacks[i];
    buf_cut(&p->text, try->text);
    while (p->error_count > try->errors)
        sys_free((char *)p->errors[--p->error_count].text);
    p->failed = p->fatal = p->at_end = false;
    return false;
}

void parser_add_error(struct parser *p, unsigned line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    parser_add_message(&p->errors, &p->error_count, line, format, args);
    va_end(args);
}

void *parser_fail(struct parser *p, unsigned line, const char *format, ...)
{
    if (p->failed)
        return NULL;
    va_list args;
    va_start(args, format);
    parser_add_message(&p->errors, &p->error_count, line, format, args);
    va_end(args);
    p->failed = p->fatal = true;
    p->status = 2;
    return NULL;
}

void parser_warn(struct parser *p, unsigned line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    parser_add_message(&p->warnings, &p->warning_count, line, format, args);
    va_end(args);
}

/* The line of the window that a token is in, without its newline. */
static struct span parser_line_at(const struct parser *p, size_t at, size_t len)
{
    size_t start = size_min(at, p->in.len), end = start;
    const struct reread *r = input_find_reread(p, at, at + len + 1);
    if (r) {
        start = r->start;
        end = r->end - (p->in.text[r->end - 1] == '\n');
        return span_make(p->in.text + start, end - start);
    }
    while (start > 0 && p->in.text[start - 1] != '\n')
        start--;
    while (end < p->in.len && p->in.text[end] != '\n')
        end++;
    return span_make(p->in.text + start, end - start);
}

void *parser_fail_near(struct parser *p, struct span token, unsigned line)
{
    if (p->failed)
        return NULL;
    size_t at = token.ptr >= p->in.text && token.ptr <= p->in.text + p->in.len
                    ? (size_t)(token.ptr - p->in.text)
                    : p->token.start;
    parser_fail(p, line, "syntax error near unexpected token `%.*s'", (int)token.len,
                token.ptr);
    struct span text = parser_line_at(p, at, token.len);
    parser_add_error(p, line, "`%.*s'", (int)text.len, text.ptr);
    return NULL;
}

void *parser_fail_unexpected(struct parser *p)
{
    if (p->failed)
        return NULL;
    const struct token *t = lex_peek(p, 0);
    if (p->failed)
        return NULL;
    if (t->kind == TOKEN_END) {
        p->at_end = true;
        if (p->substitutions) {
            parser_fail_close(p, t->line, ')');
            p->status = 2;
            return NULL;
        }
        return parser_fail(p, t->line, "syntax error: unexpected end of file");
    }
    if (t->kind == TOKEN_NEWLINE)
        return parser_fail_near(p, span_of("newline"), t->line);
    return parser_fail_near(p, span_make(p->in.text + t->start, t->end - t->start),
                            t->line);
}

void *parser_fail_close(struct parser *p, unsigned line, char wanted)
{
    if (p->failed)
        return NULL;
    p->at_end = true;
    parser_fail(p, line, "unexpected EOF while looking for matching `%c'", wanted);
    p->status = PARSE_STATUS_CUT_OFF;
    return NULL;
}

void *parser_fail_unclosed(struct parser *p)
{
    unsigned line = p->in.line;
    for (size_t at = p->in.pos; at < size_min(p->unclosed_at, p->in.len); at++)
        line += p->in.text[at] == '\n';
    return parser_fail_close(p, line, p->unclosed);
}

size_t parse_errors(const struct parser *p, const struct parse_message **messages)
{
    *messages = p->errors;
    return p->error_count;
}

size_t parse_warnings(const struct parser *p, const struct parse_message **messages)
{
    *messages = p->warnings;
    return p->warning_count;
}

int parse_status(const struct parser *p) { return p->status; }

/* ---- Life ------------------------------------------------------------------------- */

/* For sys_at_death: what is under construction. */
static void parser_release(void *parser)
{
    struct parser *p = parser;
    script_put(p->script);
    p->script = NULL;
}

struct parser *parse_new(struct span text, unsigned line, const struct parse_hooks *hooks)
{
    sys_check_size(SYS_LIMIT_SCRIPT, text.len);
    struct parser *p = sys_alloc_zero(sizeof *p);
    p->in = (struct input){.text = text.ptr, .len = text.len, .line = line};
    p->given = text.len;
    p->own = buf_make(sys_heap());
    p->text = buf_make(sys_heap());
    p->joins = buf_make(sys_heap());
    if (hooks)
        p->hooks = *hooks;
    p->heredocs_end = &p->heredocs;
    sys_at_death(parser_release, p);
    return p;
}

static void parser_forget_aliases(struct parser *p)
{
    while (p->aliases) {
        struct alias_use *use = p->aliases;
        p->aliases = use->next;
        sys_free(use);
    }
}

void parse_free(struct parser *p)
{
    sys_not_at_death(parser_release, p);
    parser_release(p);
    parser_clear_messages(&p->errors, &p->error_count);
    parser_clear_messages(&p->warnings, &p->warning_count);
    parser_forget_aliases(p);
    for (size_t i = 0; i < STACKS; i++)
        sys_free(p->stacks[i].data);
    sys_free(p->replaced);
    buf_fini(&p->own);
    buf_fini(&p->text);
    buf_fini(&p->joins);
    sys_free(p);
}

/* A tree that parser_release knows. */
static void parser_begin(struct parser *p)
{
    for (size_t i = 0; i < STACKS; i++)
        p->stacks[i].len = 0;
    buf_clear(&p->text);
    p->replaced_count = 0;
    p->heredocs = NULL;
    p->heredocs_end = &p->heredocs;
    p->failed = p->have = p->at_end = false;
    p->substitutions = p->groups = 0;
    p->guard = 0;
    p->reread = NULL;
    p->options = p->hooks.options ? p->hooks.options(p->hooks.ctx) : 0;

    struct script *s = sys_share_alloc(sizeof *s);
    *s = (struct script){.line = p->in.line};
    atomic_init(&s->count, 1);
    p->script = s;
    p->arena = &s->arena;
}

/* After PARSE_DISCARD: the rest of the line that was wrong is dropped. */
static void parser_skip_line(struct parser *p)
{
    while (p->in.pos < p->in.len && p->in.text[p->in.pos] != '\n')
        p->in.pos++;
    if (p->in.pos < p->in.len)
        input_skip(p, p->in.pos + 1);
}

enum parse_result parse_next(struct parser *p, struct script **script)
{
    parser_clear_messages(&p->errors, &p->error_count);
    parser_clear_messages(&p->warnings, &p->warning_count);
    buf_clear(&p->joins);
    if (p->fatal)
        return PARSE_END;
    for (p->blank_lines = 0; input_peek(p) == '\n'; p->blank_lines++) // at no cost
        input_skip(p, p->in.pos + 1);
    input_begin_command(p);
    if (input_peek(p) < 0)
        return PARSE_END;
    sys_nest_enter();
    parser_begin(p);
    p->script->root = command_parse_line(p);
    sys_nest_leave();
    if (!p->failed) {
        *script = p->script;
        p->script = NULL;
        return PARSE_OK;
    }
    parser_release(p);
    if (p->fatal)
        return PARSE_ERROR;
    parser_forget_aliases(p);
    parser_skip_line(p);
    return PARSE_DISCARD;
}

unsigned parse_line(const struct parser *p) { return p->in.line; }

unsigned parse_last_line(const struct parser *p)
{
    // at the end the lexer has counted a newline that is not there
    bool ended = p->in.ended || (p->in.pos && p->in.text[p->in.pos - 1] == '\n');
    return p->in.line - ended;
}

void parse_count_from(struct parser *p, unsigned line)
{
    if (line < p->in.line)
        p->in.line = line;
}

struct span parse_source(const struct parser *p)
{
    return span_make(p->in.text, p->in.pos);
}

void parse_add_echo(const struct parser *p, struct buf *b)
{
    struct span source = parse_source(p);
    size_t from = 0, at;
    for (unsigned i = 0; i < p->blank_lines; i++)
        buf_add_char(b, '\n');
    bool whole = !source.len || source.ptr[source.len - 1] == '\n';
    if (p->failed && !whole) { // behind it the rest of its line
        const char *end = memchr(p->in.text + p->in.pos, '\n', p->in.len - p->in.pos);
        source.len = end ? (size_t)(end - p->in.text) : p->in.len;
    }
    for (size_t i = 0; i < p->joins.len; i += sizeof at) {
        memcpy(&at, p->joins.data + i, sizeof at);
        buf_add(b, source.ptr + from, at - 1 - from);
        from = at + 1;
    }
    buf_add_span(b, span_from(source, from));
}

size_t parse_offset(const struct parser *p)
{
    size_t left = p->rest.len + (p->in.len - p->in.pos);
    return left > p->given ? 0 : p->given - left;
}

/* ---- Text at run time ------------------------------------------------------------- */

/* The first message of a parser as a block of the heap. */
static char *parser_error_text(struct parser *p)
{
    return sys_strdup(p->error_count ? p->errors[0].text : "syntax error");
}

static struct script *parser_end_text(struct parser *p, char **error)
{
    struct script *s = NULL;
    if (p->failed) {
        *error = parser_error_text(p);
    } else {
        s = p->script;
        p->script = NULL;
    }
    parse_free(p); // its release is taken back: the caller holds s now
    return s;
}

static struct script *parser_parse_text(struct span text, unsigned line, unsigned options,
                                        unsigned flags, struct word **word, char **error)
{
    struct parser *p = parse_new(text, line, NULL);
    parser_begin(p);
    p->options = options;
    p->in.closed = true;
    *word = word_scan_part(p, text.len, flags);
    return parser_end_text(p, error);
}

struct script *parse_unquoted(struct span text, unsigned line, unsigned options,
                              struct word **word, char **error)
{
    unsigned braces = options & PARSE_NO_BRACES ? 0 : SCAN_BRACES;
    return parser_parse_text(text, line, options, SCAN_TILDE | braces, word, error);
}

struct script *parse_dquoted(struct span text, unsigned line, unsigned options,
                             struct word **word, char **error)
{
    return parser_parse_text(text, line, options, SCAN_QUOTED | SCAN_HERE, word, error);
}

struct script *parse_arith(struct span text, unsigned line, unsigned options,
                           struct word **word, char **error)
{
    return parser_parse_text(text, line, options, SCAN_QUOTED | SCAN_DROP, word, error);
}

struct script *parse_array(struct span text, unsigned line, unsigned options,
                           struct assign **assign, struct parser **failed)
{
    struct parser *p = parse_new(text, line, NULL);
    parser_begin(p);
    p->options = options;
    p->in.closed = true;
    *assign = arena_alloc_zero(p->arena, sizeof **assign);
    (*assign)->array = true;
    assign_scan_elements(p, *assign, -1);
    if (p->failed) {
        *failed = p;
        return NULL;
    }
    return parser_end_text(p, NULL);
}

size_t parse_find_bracket(struct span text)
{
    struct parser *p = parse_new(text, 1, NULL);
    p->in.closed = true;
    size_t end = input_find_close(p, 0, '[', ']');
    parse_free(p);
    return end;
}

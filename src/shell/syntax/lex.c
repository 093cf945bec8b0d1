/* lex.c: tokens: operators, words, assignments, descriptors before redirections,
 * aliases. */
#include "shell/syntax/parser.h"

#include "sys.h"

#define META LEX_META
#define QUOTE LEX_QUOTE
const unsigned char lex_class[256] = {
    ['\t'] = META | LEX_BLANK,
    ['\n'] = META,
    [' '] = META | LEX_BLANK,
    ['&'] = META,
    ['('] = META,
    [')'] = META,
    [';'] = META,
    ['<'] = META,
    ['>'] = META,
    ['|'] = META,
    ['"'] = QUOTE,
    ['$'] = QUOTE,
    ['\''] = QUOTE,
    ['\\'] = QUOTE,
    ['`'] = QUOTE,
    ['*'] = LEX_GLOB,
    ['?'] = LEX_GLOB,
    ['['] = LEX_GLOB,
    [']'] = LEX_ODD,
    ['{'] = LEX_ODD,
    ['~'] = LEX_ODD,
    ['='] = LEX_ODD,
    ['+'] = LEX_ODD,
    ['@'] = LEX_ODD,
    ['!'] = LEX_ODD,
    ['#'] = LEX_ODD,
    ['}'] = LEX_ODD,
    ['/'] = 0,
};
#undef META
#undef QUOTE

const char *const parse_reserved_words[] = {
    "if",     "then",  "else",  "elif", "fi",   "case",   "esac",     "for",
    "select", "while", "until", "do",   "done", "in",     "function", "time",
    "{",      "}",     "!",     "[[",   "]]",   "coproc", NULL,
};

enum reserved lex_reserved(const struct token *t)
{
    struct span text = t->word.text;
    if (t->kind != TOKEN_WORD || !t->plain || !text.len || text.len > 8)
        return RESERVED_NONE;
    for (unsigned i = 0; i < RESERVED_NONE; i++)
        if (*text.ptr == *parse_reserved_words[i] &&
            span_eq_str(text, parse_reserved_words[i]))
            return (enum reserved)i;
    return RESERVED_NONE;
}

bool parse_is_reserved(const char *text)
{
    for (unsigned i = 0; i < RESERVED_NONE; i++)
        if (str_eq(text, parse_reserved_words[i]))
            return true;
    return false;
}

bool parse_is_name(struct span text)
{
    if (!text.len || char_is_digit(*text.ptr))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!char_is_name((unsigned char)text.ptr[i]))
            return false;
    return true;
}

/* ---- Blanks and operators --------------------------------------------------------- */

static inline void lex_skip_space(struct parser *p)
{
    for (;;) {
        int c = input_peek(p);
        if (c == ' ' || c == '\t') {
            p->in.pos++;
        } else if (c == '\\' && input_at(p, p->in.pos + 1) == '\n') {
            p->in.pos += 2;
            p->in.line++;
        } else if (c == '#') {
            const char *at = p->in.text + p->in.pos;
            const char *end = memchr(at, '\n', p->in.len - p->in.pos);
            p->in.pos = end ? (size_t)(end - p->in.text) : p->in.len;
        } else {
            return;
        }
    }
}

void lex_skip_blanks(struct parser *p) { lex_skip_space(p); }

static size_t lex_redirect(struct token *t, enum redirect_op op, size_t len)
{
    t->kind = TOKEN_REDIRECT;
    t->redirect = (uint8_t)op;
    return len;
}

static size_t lex_operator_less(struct parser *p, struct token *t)
{
    size_t at = p->in.pos;
    switch (input_at(p, at + 1)) {
    case '<':
        if (input_at(p, at + 2) == '<')
            return lex_redirect(t, REDIRECT_STRING, 3);
        t->strip_tabs = input_at(p, at + 2) == '-';
        return lex_redirect(t, REDIRECT_HERE, t->strip_tabs ? 3 : 2);
    case '>': return lex_redirect(t, REDIRECT_READ_WRITE, 2);
    case '&': return lex_redirect(t, REDIRECT_DUP_IN, 2);
    case '(': return 0; // <( is a word
    default: return lex_redirect(t, REDIRECT_READ, 1);
    }
}

static size_t lex_operator_greater(struct parser *p, struct token *t)
{
    switch (input_at(p, p->in.pos + 1)) {
    case '>': return lex_redirect(t, REDIRECT_APPEND, 2);
    case '&': return lex_redirect(t, REDIRECT_DUP_OUT, 2);
    case '|': return lex_redirect(t, REDIRECT_CLOBBER, 2);
    case '(': return 0;
    default: return lex_redirect(t, REDIRECT_WRITE, 1);
    }
}

static size_t lex_kind(struct token *t, enum token_kind kind, size_t len)
{
    t->kind = (uint8_t)kind;
    return len;
}

static size_t lex_operator_semi(struct parser *p, struct token *t)
{
    int next = input_at(p, p->in.pos + 1);
    if (next == '&')
        return lex_kind(t, TOKEN_SEMI_AND, 2);
    if (next != ';')
        return lex_kind(t, TOKEN_SEMI, 1);
    if (input_at(p, p->in.pos + 2) == '&')
        return lex_kind(t, TOKEN_SEMI_SEMI_AND, 3);
    return lex_kind(t, TOKEN_SEMI_SEMI, 2);
}

static size_t lex_operator_and(struct parser *p, struct token *t)
{
    int next = input_at(p, p->in.pos + 1);
    if (next == '&')
        return lex_kind(t, TOKEN_AND, 2);
    if (next != '>')
        return lex_kind(t, TOKEN_AMP, 1);
    if (input_at(p, p->in.pos + 2) == '>')
        return lex_redirect(t, REDIRECT_BOTH_APPEND, 3);
    return lex_redirect(t, REDIRECT_BOTH, 2);
}

/* Whether a \newline stood within the operator at pos. */
static bool lex_joins_lines(struct parser *p)
{
    size_t at = p->in.pos + 1;
    int first = input_peek(p), c;
    if (first == '\n' || first == '(' || first == ')')
        return false;
    c = input_at(p, at);
    if (c == '&' || c == ';' || c == '<' || c == '>') // there are operators of three
        c = input_at(p, ++at);
    if (LIKELY(c != '\\'))
        return false;
    size_t next = input_past_newlines(p, at);
    c = next > at ? input_at(p, next) : -1;
    if (c <= 0 || !strchr("&|;<>(-", c))
        return false;
    input_pull_newlines(p, next);
    lex_skip_blanks(p);
    return true;
}

size_t lex_operator(struct parser *p, struct token *t)
{
    int next;
    switch (input_peek(p)) {
    case '\n': return lex_kind(t, TOKEN_NEWLINE, 1);
    case '<': return lex_operator_less(p, t);
    case '>': return lex_operator_greater(p, t);
    case ';': return lex_operator_semi(p, t);
    case '&': return lex_operator_and(p, t);
    case '|':
        next = input_at(p, p->in.pos + 1);
        return next == '|'   ? lex_kind(t, TOKEN_OR, 2)
               : next == '&' ? lex_kind(t, TOKEN_PIPE_AMP, 2)
                             : lex_kind(t, TOKEN_PIPE, 1);
    case '(': return lex_kind(t, TOKEN_OPEN, 1);
    case ')': return lex_kind(t, TOKEN_CLOSE, 1);
    default: return 0;
    }
}

/* ---- Words ------------------------------------------------------------------------ */

/* A number that a redirection follows. */
static bool lex_fd_number(struct parser *p, struct token *t)
{
    size_t at = p->in.pos;
    int64_t n = 0;
    for (int c; char_is_digit(c = input_at(p, at)) && n <= INT32_MAX; at++)
        n = n * 10 + (c - '0');
    int c = input_at(p, at);
    if (at == p->in.pos || n > INT32_MAX || (c != '<' && c != '>') ||
        input_at(p, at + 1) == '(')
        return false;
    t->kind = TOKEN_FD;
    t->fd = (int)n;
    p->in.pos = at;
    return true;
}

/* {name} or {name[subscript]} that a redirection follows. */
static bool lex_fd_variable(struct parser *p, struct token *t)
{
    size_t start = p->in.pos + 1, at = start, bracket = 0;
    while (char_is_name(input_at(p, at)))
        at++;
    size_t end = at;
    if (!parse_is_name(span_make(p->in.text + start, end - start)))
        return false;
    if (input_at(p, at) == '[') {
        bracket = at + 1;
        at = input_find_close(p, bracket, '[', ']');
        if (at++ == SIZE_MAX)
            return false;
    }
    int c = input_at(p, at) == '}' ? input_at(p, at + 1) : -1;
    if ((c != '<' && c != '>') || input_at(p, at + 2) == '(')
        return false;
    t->kind = TOKEN_FD;
    t->fd = -1;
    t->var = sys_intern(p->in.text + start, end - start);
    if (bracket) {
        p->in.pos = bracket;
        word_scan_expr(p, at - 1, 0, &t->var_subscript);
    }
    p->in.pos = at + 1;
    return true;
}

/* The common case: a word without anything special. The end of it, or 0. */
static size_t lex_plain_end(struct parser *p)
{
    const unsigned char *text = (const unsigned char *)p->in.text;
    size_t at = p->in.pos, len = p->in.len;
    while (at < len && !lex_class[text[at]])
        at++;
    bool final = p->in.closed || (!p->hooks.line && !p->rest.len);
    if (at == len ? !final : !(lex_class[text[at]] & LEX_META))
        return 0;
    if (at < len && (text[at] == '<' || text[at] == '>' || text[at] == '('))
        return 0; // perhaps a<(...) or +(
    return at > p->in.pos ? at : 0;
}

static unsigned lex_scan_flags(const struct parser *p, unsigned flags)
{
    unsigned scan = SCAN_META | SCAN_TILDE;
    if (flags & LEX_STRING)
        scan |= SCAN_TILDE_ASSIGN;
    else if (!(p->options & PARSE_POSIX))
        scan |= SCAN_TILDE_MAYBE;
    if ((p->options & PARSE_EXTGLOB) || (flags & LEX_PATTERN))
        scan |= SCAN_EXTGLOB;
    if (flags & LEX_REGEX)
        scan |= SCAN_REGEX;
    if ((flags & LEX_BRACES) && !(p->options & PARSE_NO_BRACES))
        scan |= SCAN_BRACES;
    return scan;
}

static void lex_plain_word(struct parser *p, struct token *t, size_t end)
{
    word_make_literal(p, &t->word, span_make(p->in.text + p->in.pos, end - p->in.pos));
    t->word.line = t->line;
    t->kind = TOKEN_WORD;
    t->plain = true;
    p->in.pos = end;
}

static void lex_push_text(struct parser *p, struct span text)
{
    struct part part = {.kind = PART_TEXT, .text = arena_copy_span(p->arena, text)};
    parser_push(p, STACK_PARTS, &part, sizeof part);
}

static void lex_push_parts(struct parser *p, const struct word *word)
{
    for (unsigned i = 0; i < word->count; i++)
        parser_push(p, STACK_PARTS, &word->parts[i], sizeof word->parts[i]);
}

/* The word that an assignment without array is, from what was read of it. */
static void lex_assign_word(struct parser *p, const struct assign *assign,
                            struct word *word)
{
    size_t mark = parser_mark(p, STACK_PARTS);
    const char *equals = assign->append ? "+=" : "=";
    lex_push_text(p, span_of(sys_interned(assign->name)));
    if (assign->has_subscript) {
        lex_push_text(p, span_of("["));
        lex_push_parts(p, assign->subscript.word);
        lex_push_text(p, span_of(assign->append ? "]+=" : "]="));
    } else {
        lex_push_text(p, span_of(equals));
    }
    lex_push_parts(p, assign->value);
    word->parts = parser_take(p, STACK_PARTS, mark, sizeof *word->parts, &word->count);
    word_classify(p, word);
}

/* An argument of declare that is an assignment: the word, and with it the assignment. */
static bool lex_declare_word(struct parser *p, struct token *t, unsigned flags)
{
    struct assign assign;
    unsigned line = p->in.line;
    struct assign_place place;
    if (!assign_find_argument(p, &place))
        return false;
    size_t at = place.equals + (input_at(p, place.equals) == '+' ? 2 : 1);
    if ((flags & LEX_NO_ARRAY) && input_at(p, at) == '(')
        return false;
    if (!assign_scan(p, lex_scan_flags(p, flags) & SCAN_BRACES, &assign))
        return false;
    t->kind = TOKEN_WORD;
    t->word = (struct word){.raw = assign.raw, .line = line};
    if (p->failed)
        return true;
    if (!assign.array)
        lex_assign_word(p, &assign, &t->word);
    if (!(t->word.flags & WORD_BRACE)) {
        t->word.assign = arena_alloc(p->arena, sizeof assign);
        *t->word.assign = assign;
    }
    return true;
}

/* eval a=(1 2): one word up to the parenthesis and on. */
static bool lex_eval_word(struct parser *p, struct token *t)
{
    struct assign_place place;
    if (!assign_find_argument(p, &place))
        return false;
    size_t at = place.equals + (input_at(p, place.equals) == '+' ? 2 : 1);
    if (input_at(p, at) != '(')
        return false;
    size_t end = input_find_close(p, at + 1, '(', ')');
    if (end == SIZE_MAX) {
        parser_fail_close(p, p->in.line, ')');
        p->status = 1;
        return false;
    }
    t->kind = TOKEN_WORD;
    p->guard = end + 1;
    word_scan(p, SCAN_META | SCAN_EXTGLOB, '\0', '\0', &t->word);
    return true;
}

/* An assignment, or name[...]x, a word that nothing ends within the subscript. */
static bool lex_assignment(struct parser *p, struct token *t)
{
    struct assign_place place;
    if (assign_find(p, &place)) {
        t->kind = TOKEN_ASSIGN;
        return assign_scan(p, 0, &t->assign);
    }
    if (place.close == SIZE_MAX)
        parser_fail_unclosed(p);
    else if (place.open)
        p->guard = place.close + 1;
    return false;
}

static void lex_word(struct parser *p, struct token *t, unsigned flags)
{
    size_t end = flags & LEX_REGEX ? 0 : lex_plain_end(p);
    if (end) {
        lex_plain_word(p, t, end);
        return;
    }
    int c = input_peek(p);
    if (char_is_digit(c) && !(flags & LEX_NO_FD) && lex_fd_number(p, t))
        return;
    if (c == '{' && lex_fd_variable(p, t))
        return;
    if ((flags & LEX_COMMAND) && lex_assignment(p, t))
        return;
    if ((flags & LEX_DECLARE) && lex_declare_word(p, t, flags))
        return;
    if ((flags & LEX_EVAL) && lex_eval_word(p, t))
        return;
    t->kind = TOKEN_WORD;
    word_scan(p, lex_scan_flags(p, flags), '\0', '\0', &t->word);
    t->plain = (t->word.flags & WORD_LITERAL) && !(t->word.flags & WORD_QUOTED);
}

/* ---- Aliases ---------------------------------------------------------------------- */

/* Replaces an alias just read by its text. true: read again. */
static bool lex_alias(struct parser *p, const struct token *t, unsigned flags)
{
    if (!(p->options & PARSE_ALIASES) || t->kind != TOKEN_WORD || !p->hooks.alias)
        return false;
    if (t->word.flags & WORD_QUOTED)
        return false;
    bool behind = input_behind_alias(p, t->start);
    if (!t->word.count || t->word.parts[0].kind != PART_TEXT)
        return false;
    if ((!(flags & LEX_COMMAND) && !behind) || (flags & LEX_NO_ALIAS))
        return false;
    struct span name = t->word.raw;
    size_t after = p->in.pos;
    p->in.pos = t->start;
    bool active = input_in_alias(p, name);
    p->in.pos = after;
    const char *value = active ? NULL : p->hooks.alias(p->hooks.ctx, name);
    if (!value)
        return false;
    input_splice(p, t->start, t->end, name, span_of(value));
    p->in.line = t->line;
    return true;
}

/* ---- Tokens ----------------------------------------------------------------------- */

/* Whether the last line of the text has its newline. */
static bool lex_ends_line(const struct parser *p)
{
    return p->in.ended || !p->in.pos || p->in.text[p->in.pos - 1] == '\n';
}

static void lex_read(struct parser *p, unsigned flags, struct token *t)
{
    lex_skip_space(p);
    memset(t, 0, offsetof(struct token, word) + sizeof t->word); // the rest is assign's
    t->line = input_line(p);
    t->start = t->end = p->in.pos;
    t->kind = TOKEN_END;
    if (p->failed)
        return;
    int c = input_peek(p);
    if (c < 0) {
        if (p->heredocs)
            heredoc_read_all(p);
        if (!lex_ends_line(p)) { // the end of the text ends the last line
            t->line += p->in.closed && !p->texts; // but not that of a substitution
            p->in.line += !p->in.closed;
            p->in.ended = true;
            if (!p->in.closed && !p->failed) // by a here-document
                t->kind = TOKEN_NEWLINE;
        }
        return;
    }
    if (lex_class[c] & LEX_META && UNLIKELY(lex_joins_lines(p)))
        return lex_read(p, flags, t);
    size_t len = lex_class[c] & LEX_META ? lex_operator(p, t) : 0;
    if (len && !((flags & LEX_REGEX) && (c == '(' || c == '|'))) {
        p->in.pos += len;
        t->end = p->in.pos;
        if (t->kind == TOKEN_NEWLINE) {
            p->in.line++;
            if (p->heredocs)
                heredoc_read_all(p);
        }
        return;
    }
    lex_word(p, t, flags);
    t->end = p->in.pos;
}

struct token *lex_peek(struct parser *p, unsigned flags)
{
    if (p->have && !p->failed)
        return &p->token;
    struct token t;
    size_t mark = p->replaced_count;
    do {
        p->replaced_count = mark;
        lex_read(p, flags, &t);
    } while (!p->failed && lex_alias(p, &t, flags));
    p->replaced_count = mark;
    if (p->failed)
        t.kind = TOKEN_END;
    p->token = t;
    p->have = true;
    return &p->token;
}

bool lex_accept(struct parser *p, enum token_kind kind, unsigned flags)
{
    if (lex_peek(p, flags)->kind != kind)
        return false;
    lex_take(p);
    return true;
}

void lex_skip_newlines(struct parser *p, unsigned flags)
{
    while (lex_accept(p, TOKEN_NEWLINE, flags))
        ;
}

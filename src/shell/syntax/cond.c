/* cond.c: the expressions of [[ ]]. */
#include "shell/syntax/parser.h"

#include "sys.h"

/* Errors in [[ ]] end the parse without a status of their own: parse_status. */
static struct cond *cond_fail(struct parser *p)
{
    p->fatal = true;
    p->failed = true;
    bool at_end = p->token.kind == TOKEN_NEWLINE || p->token.kind == TOKEN_END;
    p->status = at_end && input_peek(p) < 0 ? PARSE_STATUS_CUT_OFF : PARSE_STATUS_LAST;
    return NULL;
}

/* The token as messages name it; empty for words. */
static struct span cond_token_text(const struct parser *p)
{
    const struct token *t = &p->token;
    if (t->kind == TOKEN_NEWLINE)
        return span_of("newline");
    if (t->kind == TOKEN_END)
        return span_of("EOF");
    if (t->kind == TOKEN_WORD && lex_reserved(t) != RESERVED_COND_END)
        return (struct span){0};
    return span_make(p->in.text + t->start, t->end - t->start);
}

/* With a token: first, then the token, then second; else only last. */
static struct cond *cond_fail_token(struct parser *p, const char *first,
                                    const char *second, const char *last)
{
    struct span token = cond_token_text(p);
    if (p->failed) { // the token was cut off, and that was reported
        const struct input *in = &p->in;
        bool newline = in->len && in->text[in->len - 1] == '\n';
        parser_add_error(p, in->line + !newline, "%s", last);
        return NULL;
    }
    if (token.len)
        parser_add_error(p, p->token.line, "%s `%.*s'%s", first, (int)token.len,
                         token.ptr, second);
    else
        parser_add_error(p, p->token.line, "%s", last);
    return cond_fail(p);
}

static struct cond *cond_new(struct parser *p, enum cond_op op)
{
    struct cond *c = arena_alloc_zero(p->arena, sizeof *c);
    c->op = (uint8_t)op;
    c->line = p->token.line;
    c->text = "";
    return c;
}

static struct word *cond_copy_word(struct parser *p, const struct word *word)
{
    struct word *copy = arena_alloc(p->arena, sizeof *copy);
    *copy = *word;
    return copy;
}

static bool cond_is_unary(const struct token *t)
{
    struct span text = t->word.text;
    return t->kind == TOKEN_WORD && t->plain && text.len == 2 && text.ptr[0] == '-' &&
           memchr("abcdefghknoprstuvwxzGLNOSR", text.ptr[1], 26);
}

static bool cond_is_end(const struct token *t)
{
    return lex_reserved(t) == RESERVED_COND_END || t->kind == TOKEN_AND ||
           t->kind == TOKEN_OR || t->kind == TOKEN_CLOSE;
}

/* The binary operator that a token is. */
static bool cond_binary_op(const struct token *t, enum cond_op *op, const char **text)
{
    static const struct {
        const char *text;
        enum cond_op op;
    } table[] = {
        {"==", COND_EQUAL}, {"=", COND_EQUAL},   {"!=", COND_NOT_EQUAL},
        {"=~", COND_MATCH}, {"-nt", COND_NEWER}, {"-ot", COND_OLDER},
        {"-ef", COND_SAME}, {"-eq", COND_EQ},    {"-ne", COND_NE},
        {"-lt", COND_LT},   {"-le", COND_LE},    {"-gt", COND_GT},
        {"-ge", COND_GE},
    };
    if (t->kind == TOKEN_REDIRECT &&
        (t->redirect == REDIRECT_READ || t->redirect == REDIRECT_WRITE)) {
        *op = t->redirect == REDIRECT_READ ? COND_BEFORE : COND_AFTER;
        *text = t->redirect == REDIRECT_READ ? "<" : ">";
        return true;
    }
    if (t->kind != TOKEN_WORD || !t->plain)
        return false;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (span_eq_str(t->word.text, table[i].text)) {
            *op = table[i].op;
            *text = table[i].text;
            return true;
        }
    return false;
}

static struct cond *cond_parse_or(struct parser *p);

static struct cond *cond_parse_group(struct parser *p)
{
    struct cond *c = cond_new(p, COND_GROUP);
    lex_take(p);
    c->left = cond_parse_or(p);
    if (!c->left) { // each parenthesis around an error is missed
        parser_add_error(p, c->line, "expected `)'");
        return NULL;
    }
    if (lex_peek(p, 0)->kind != TOKEN_CLOSE)
        return cond_fail_token(p, "unexpected token", ", expected `)'", "expected `)'");
    lex_take(p);
    lex_skip_newlines(p, 0);
    return c;
}

static struct cond *cond_parse_unary(struct parser *p)
{
    struct cond *c = cond_new(p, COND_UNARY);
    c->letter = p->token.word.text.ptr[1];
    c->text = p->token.word.text.ptr;
    lex_take(p);
    const struct token *t = lex_peek(p, 0);
    if (t->kind != TOKEN_WORD || lex_reserved(t) == RESERVED_COND_END)
        return cond_fail_token(p, "unexpected argument", " to conditional unary operator",
                               "unexpected argument to conditional unary operator");
    c->a = cond_copy_word(p, &t->word);
    lex_take(p);
    lex_skip_newlines(p, 0);
    return c;
}

static struct cond *cond_parse_binary(struct parser *p)
{
    struct cond *c = cond_new(p, COND_WORD);
    c->a = cond_copy_word(p, &p->token.word);
    lex_take(p);
    enum cond_op op;
    const struct token *t = lex_peek(p, 0);
    if (!cond_binary_op(t, &op, &c->text)) {
        if (cond_is_end(t))
            return c;
        return cond_fail_token(p, "unexpected token",
                               ", conditional binary operator expected",
                               "conditional binary operator expected");
    }
    c->op = (uint8_t)op;
    lex_take(p);
    unsigned flags = op == COND_MATCH                           ? LEX_REGEX
                     : op == COND_EQUAL || op == COND_NOT_EQUAL ? LEX_PATTERN
                                                                : 0;
    t = lex_peek(p, flags);
    if (t->kind != TOKEN_WORD || lex_reserved(t) == RESERVED_COND_END)
        return cond_fail_token(p, "unexpected argument",
                               " to conditional binary operator",
                               "unexpected argument to conditional binary operator");
    c->b = cond_copy_word(p, &t->word);
    lex_take(p);
    lex_skip_newlines(p, 0);
    return c;
}

static struct cond *cond_parse_term(struct parser *p)
{
    lex_skip_newlines(p, 0);
    const struct token *t = lex_peek(p, 0);
    if (t->kind == TOKEN_OPEN)
        return cond_parse_group(p);
    if (lex_reserved(t) == RESERVED_NOT) {
        struct cond *c = cond_new(p, COND_NOT);
        lex_take(p);
        sys_nest_enter();
        c->left = cond_parse_term(p);
        sys_nest_leave();
        if (!c->left)
            return NULL;
        if (c->left->op == COND_NOT) // two of them are none
            return (struct cond *)c->left->left;
        return c;
    }
    if (lex_reserved(t) == RESERVED_COND_END)
        return cond_fail(p); // bash says nothing
    if (t->kind != TOKEN_WORD)
        return cond_fail_token(p, "unexpected token", " in conditional command",
                               "unexpected token in conditional command");
    return cond_is_unary(t) ? cond_parse_unary(p) : cond_parse_binary(p);
}

static struct cond *cond_parse_chain(struct parser *p, enum token_kind kind)
{
    enum cond_op op = kind == TOKEN_OR ? COND_OR : COND_AND;
    struct cond *c =
        kind == TOKEN_OR ? cond_parse_chain(p, TOKEN_AND) : cond_parse_term(p);
    if (!c || lex_peek(p, 0)->kind != kind)
        return c;
    struct cond *both = cond_new(p, op);
    lex_take(p);
    both->left = c;
    sys_nest_enter();
    both->right = cond_parse_chain(p, kind);
    sys_nest_leave();
    return both->right ? both : NULL;
}

static struct cond *cond_parse_or(struct parser *p)
{
    sys_nest_enter();
    struct cond *c = cond_parse_chain(p, TOKEN_OR);
    sys_nest_leave();
    return c;
}

struct cond *cond_parse(struct parser *p)
{
    struct cond *c = cond_parse_or(p);
    if (!c)
        return NULL;
    const struct token *t = lex_peek(p, 0);
    if (p->failed)
        parser_add_error(p, c->line, "unexpected EOF while looking for `]]'");
    else if (lex_reserved(t) != RESERVED_COND_END)
        return cond_fail_token(p,
                               "syntax error in conditional expression: unexpected token",
                               "", "syntax error in conditional expression");
    if (p->failed)
        return NULL;
    lex_take(p);
    return c;
}

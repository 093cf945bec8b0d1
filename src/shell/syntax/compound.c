/* compound.c: compound commands, functions, coprocesses. */
#include "shell/syntax/parser.h"

#include "shell/syntax/arith.h"
#include "sys.h"

static bool compound_expect(struct parser *p, enum reserved word)
{
    const struct token *t = lex_peek(p, LEX_AFTER);
    if (p->failed || lex_reserved(t) != word) {
        parser_fail_unexpected(p);
        return false;
    }
    lex_take(p);
    return true;
}

/* A list between reserved words; the second is taken. */
static struct node *compound_parse_body(struct parser *p, enum reserved end)
{
    struct node *body = command_parse_list(p);
    return !p->failed && compound_expect(p, end) ? body : NULL;
}

/* `do list done`, or `{ list }`, which bash takes as well. */
static struct node *compound_parse_do(struct parser *p)
{
    enum reserved first = lex_reserved(lex_peek(p, LEX_AFTER));
    if (first == RESERVED_OPEN) {
        lex_take(p);
        return compound_parse_body(p, RESERVED_CLOSE);
    }
    return compound_expect(p, RESERVED_DO) ? compound_parse_body(p, RESERVED_DONE) : NULL;
}

/* ---- ( ) (( )) { } ---------------------------------------------------------------- */

static struct node *compound_parse_subshell(struct parser *p, unsigned line)
{
    struct node *n = parser_new_node(p, NODE_SUBSHELL, line);
    n->body = command_parse_list(p);
    n->line = lex_peek(p, LEX_AFTER)->line; // bash counts that of its end
    if (!p->failed && !lex_accept(p, TOKEN_CLOSE, LEX_AFTER))
        parser_fail_unexpected(p);
    return n;
}

/* Notes what was read for nothing, from pos to end. */
static void compound_reread(struct parser *p, size_t end)
{
    struct reread *r = arena_alloc(p->arena, sizeof *r);
    while (p->reread && p->reread->texts == p->texts && p->reread->end <= p->in.pos)
        p->reread = p->reread->outer; // it is over
    *r = (struct reread){p->in.pos, end, p->in.line, p->texts, p->reread};
    for (size_t at = r->start; at + 2 < end; at++)
        r->line += p->in.text[at] == '\n';
    p->reread = r;
}

/* Behind a "(" at pos: whether another one follows and makes ((...)); *end is then that
 * of the text. */
static bool compound_is_arith(struct parser *p, size_t *end)
{
    if (input_peek(p) != '(')
        return false;
    *end = input_find_close(p, p->in.pos + 1, '(', ')');
    if (*end == SIZE_MAX) {
        parser_fail_unclosed(p);
        return false;
    }
    if (input_at(p, *end + 1) == ')')
        return true;
    compound_reread(p, size_min(*end + 2, p->in.len));
    return false;
}

static struct node *compound_parse_open(struct parser *p, unsigned line)
{
    size_t end;
    if (!compound_is_arith(p, &end))
        return p->failed ? NULL : compound_parse_subshell(p, line);
    struct node *n = parser_new_node(p, NODE_ARITH, line);
    p->in.pos++;
    word_scan_expr(p, end, SCAN_QUOTED | SCAN_DROP, &n->arith);
    p->in.pos = end + 2;
    n->line = p->in.line;
    return n;
}

/* ---- if, while, until ------------------------------------------------------------- */

static struct node *compound_parse_if(struct parser *p, unsigned line)
{
    struct node *n = parser_new_node(p, NODE_IF, line);
    size_t mark = parser_mark(p, STACK_CLAUSES);
    enum reserved next;
    do {
        struct if_clause clause;
        clause.test = compound_parse_body(p, RESERVED_THEN);
        clause.body = p->failed ? NULL : command_parse_list(p);
        if (p->failed)
            return NULL;
        parser_push(p, STACK_CLAUSES, &clause, sizeof clause);
        next = lex_reserved(lex_peek(p, LEX_AFTER));
        if (next == RESERVED_ELIF)
            lex_take(p);
    } while (next == RESERVED_ELIF);
    n->branch.clauses =
        parser_take(p, STACK_CLAUSES, mark, sizeof *n->branch.clauses, &n->branch.count);
    if (next == RESERVED_ELSE) {
        lex_take(p);
        n->branch.otherwise = command_parse_list(p);
    }
    if (!p->failed)
        compound_expect(p, RESERVED_FI);
    return n;
}

static struct node *compound_parse_loop(struct parser *p, enum node_kind kind,
                                        unsigned line)
{
    struct node *n = parser_new_node(p, kind, line);
    n->loop.test = compound_parse_body(p, RESERVED_DO);
    if (!p->failed)
        n->loop.body = compound_parse_body(p, RESERVED_DONE);
    return n;
}

/* ---- for, select ------------------------------------------------------------------ */

/* The text of an expression up to end, blanks before it left out. */
static void compound_parse_expr(struct parser *p, size_t end, struct expr *expr)
{
    while (p->in.pos < end && char_is_space((unsigned char)p->in.text[p->in.pos]))
        input_skip(p, p->in.pos + 1);
    if (p->in.pos < end)
        word_scan_expr(p, end, SCAN_QUOTED | SCAN_DROP, expr);
}

static struct node *compound_fail_for(struct parser *p, size_t start, size_t end,
                                      bool more)
{
    unsigned line = p->in.line;
    parser_fail(p, line,
                more ? "syntax error: `;' unexpected"
                     : "syntax error: arithmetic expression required");
    parser_add_error(p, line, "syntax error: `((%.*s))'", (int)(end - start),
                     p->in.text + start);
    return NULL;
}

/* for (( without its )): bash says nothing. */
static struct node *compound_fail_silently(struct parser *p)
{
    if (!p->failed) {
        p->failed = p->fatal = true;
        p->status = p->substitutions ? 1 : PARSE_STATUS_LAST;
    }
    return NULL;
}

/* for ((init; test; step)), pos on the second "(". */
static struct node *compound_parse_for_arith(struct parser *p, size_t end, unsigned line)
{
    struct node *n = parser_new_node(p, NODE_FOR_ARITH, line);
    struct expr *exprs[] = {&n->count.init, &n->count.test, &n->count.step};
    size_t start = ++p->in.pos;
    for (size_t i = 0; i < 3; i++) {
        struct input outer = input_enter_part(p, end);
        size_t semi = input_find_close(p, p->in.pos, '\0', ';');
        input_leave_part(p, &outer, p->in.pos);
        if ((semi == SIZE_MAX) != (i == 2))
            return compound_fail_for(p, start, end, i == 2);
        compound_parse_expr(p, i == 2 ? end : semi, exprs[i]);
        p->in.pos = i == 2 ? end + 2 : semi + 1;
        if (p->failed)
            return NULL;
    }
    p->have = false;
    lex_accept(p, TOKEN_SEMI, LEX_AFTER);
    lex_skip_newlines(p, LEX_AFTER);
    n->count.body = compound_parse_do(p);
    return n;
}

/* The words behind `in`. */
static void compound_parse_words(struct parser *p, struct node *n)
{
    size_t mark = parser_mark(p, STACK_WORDS);
    const struct token *t;
    while ((t = lex_peek(p, LEX_ARGUMENT | LEX_NO_ALIAS))->kind == TOKEN_WORD) {
        parser_push(p, STACK_WORDS, &t->word, sizeof t->word);
        lex_take(p);
        sys_tick();
    }
    n->each.has_in = true;
    n->each.words =
        parser_take(p, STACK_WORDS, mark, sizeof *n->each.words, &n->each.count);
    if (!p->failed && t->kind != TOKEN_SEMI && t->kind != TOKEN_NEWLINE) {
        parser_fail_unexpected(p);
        return;
    }
    lex_take(p);
}

static struct node *compound_parse_each(struct parser *p, enum node_kind kind,
                                        unsigned line)
{
    struct node *n = parser_new_node(p, kind, line);
    const struct token *t = lex_peek(p, LEX_AFTER);
    size_t end;
    if (t->kind == TOKEN_OPEN && kind == NODE_FOR && input_peek(p) == '(')
        return compound_is_arith(p, &end) ? compound_parse_for_arith(p, end, line)
                                          : compound_fail_silently(p);
    if (t->kind != TOKEN_WORD)
        return parser_fail_unexpected(p);
    struct span name = t->word.raw;
    n->each.name = sys_intern(name.ptr, name.len);
    n->each.bad_name = !parse_is_name(name);
    lex_take(p);
    if (!lex_accept(p, TOKEN_SEMI, LEX_AFTER)) {
        lex_skip_newlines(p, LEX_AFTER);
        if (lex_reserved(lex_peek(p, LEX_AFTER)) == RESERVED_IN) {
            lex_take(p);
            compound_parse_words(p, n);
        }
    }
    lex_skip_newlines(p, LEX_AFTER);
    if (!p->failed)
        n->each.body = compound_parse_do(p);
    return n;
}

/* ---- case ------------------------------------------------------------------------- */

/* after_in: `in` stands right before. Else within { } a } is no pattern. */
static bool compound_parse_patterns(struct parser *p, struct case_clause *clause,
                                    bool after_in)
{
    size_t mark = parser_mark(p, STACK_WORDS);
    after_in &= !lex_accept(p, TOKEN_OPEN, LEX_NO_ALIAS);
    for (;; after_in = false) {
        const struct token *t = lex_peek(p, LEX_NO_ALIAS);
        bool closes = p->groups && !after_in && lex_reserved(t) == RESERVED_CLOSE;
        if (t->kind != TOKEN_WORD || closes)
            break;
        parser_push(p, STACK_WORDS, &t->word, sizeof t->word);
        lex_take(p);
        if (lex_accept(p, TOKEN_PIPE, LEX_NO_ALIAS))
            continue;
        if (!lex_accept(p, TOKEN_CLOSE, LEX_NO_ALIAS))
            break;
        clause->patterns =
            parser_take(p, STACK_WORDS, mark, sizeof *clause->patterns, &clause->count);
        return true;
    }
    parser_fail_unexpected(p);
    return false;
}

/* ;; ;& ;;& behind a clause. false: there is none. */
static bool compound_parse_clause_end(struct parser *p, struct case_clause *clause)
{
    switch ((enum token_kind)lex_peek(p, LEX_AFTER)->kind) {
    case TOKEN_SEMI_SEMI: clause->end = CASE_BREAK; break;
    case TOKEN_SEMI_AND: clause->end = CASE_FALL; break;
    case TOKEN_SEMI_SEMI_AND: clause->end = CASE_NEXT; break;
    default: return false;
    }
    lex_take(p);
    return true;
}

static struct node *compound_parse_case(struct parser *p, unsigned line)
{
    struct node *n = parser_new_node(p, NODE_CASE, line);
    const struct token *t = lex_peek(p, LEX_NO_ALIAS);
    if (t->kind != TOKEN_WORD)
        return parser_fail_unexpected(p);
    n->choose.subject = arena_alloc(p->arena, sizeof *n->choose.subject);
    *n->choose.subject = t->word;
    lex_take(p);
    lex_skip_newlines(p, LEX_NO_ALIAS);
    if (!compound_expect(p, RESERVED_IN))
        return NULL;
    size_t mark = parser_mark(p, STACK_CLAUSES);
    bool after_in = lex_peek(p, LEX_NO_ALIAS)->kind != TOKEN_NEWLINE;
    for (bool more = true; more; after_in = false) {
        lex_skip_newlines(p, LEX_NO_ALIAS);
        if (lex_reserved(lex_peek(p, LEX_NO_ALIAS)) == RESERVED_ESAC)
            break;
        struct case_clause clause = {0};
        if (!compound_parse_patterns(p, &clause, after_in))
            return NULL;
        clause.body = command_parse_list_or_none(p);
        if (p->failed)
            return NULL;
        more = compound_parse_clause_end(p, &clause);
        parser_push(p, STACK_CLAUSES, &clause, sizeof clause);
        sys_tick();
    }
    compound_expect(p, RESERVED_ESAC);
    n->choose.clauses =
        parser_take(p, STACK_CLAUSES, mark, sizeof *n->choose.clauses, &n->choose.count);
    return n;
}

/* ---- Functions, coprocesses ------------------------------------------------------- */

/* Whether "()" is at pos, blanks between allowed; moves behind it. */
static bool compound_accept_parens(struct parser *p)
{
    size_t at = p->in.pos;
    while (char_is_blank(input_at(p, at)))
        at++;
    if (input_at(p, at) != ')')
        return false;
    p->in.pos = at + 1;
    return true;
}

struct node *compound_parse_function(struct parser *p, const struct word *name,
                                     bool keyword)
{
    struct node *n = parser_new_node(p, NODE_FUNCTION, name->line);
    n->function.name = sys_intern(name->raw.ptr, name->raw.len);
    n->function.bad_name = !(name->flags & WORD_LITERAL) || name->flags & WORD_QUOTED;
    n->function.keyword = keyword;
    n->function.script = p->script;
    if (lex_peek(p, LEX_AFTER)->kind == TOKEN_OPEN) {
        if (compound_accept_parens(p)) {
            lex_take(p);
        } else if (!keyword) {
            lex_take(p);
            return parser_fail_unexpected(p);
        }
    }
    lex_skip_newlines(p, LEX_AFTER);
    const struct token *t = lex_peek(p, LEX_AFTER);
    if (!compound_starts(t))
        return parser_fail_unexpected(p);
    p->function_line = n->line;
    if (lex_reserved(t) == RESERVED_OPEN)
        p->brace_line = t->line;
    n->function.body = compound_parse(p);
    n->line = p->function_line;
    n->function.line = p->brace_line;
    return n;
}

static struct node *compound_parse_function_keyword(struct parser *p)
{
    const struct token *t = lex_peek(p, LEX_NO_ALIAS);
    if (t->kind != TOKEN_WORD)
        return parser_fail_unexpected(p);
    struct word name = t->word;
    lex_take(p);
    return compound_parse_function(p, &name, true);
}

struct node *compound_parse_coproc(struct parser *p)
{
    const struct token *t = lex_peek(p, LEX_FIRST);
    struct node *n = parser_new_node(p, NODE_COPROC, t->line);
    n->coproc.name = sys_intern("COPROC", 6);
    if (compound_starts(t)) {
        n->coproc.body = compound_parse(p);
        return n;
    }
    if (t->kind != TOKEN_WORD) {
        if (t->kind != TOKEN_ASSIGN && t->kind != TOKEN_REDIRECT && t->kind != TOKEN_FD)
            return parser_fail_unexpected(p);
        n->coproc.body = simple_parse(p, NULL);
        return n;
    }
    struct token first = *t;
    lex_take(p);
    if (compound_starts(lex_peek(p, LEX_ARGUMENT))) {
        n->coproc.name = sys_intern(first.word.raw.ptr, first.word.raw.len);
        n->coproc.bad_name = !parse_is_name(first.word.raw);
        n->coproc.body = compound_parse(p);
    } else {
        n->coproc.body = simple_parse(p, &first);
    }
    return n;
}

/* ---- All of them ------------------------------------------------------------------ */

bool compound_starts(const struct token *t)
{
    if (t->kind == TOKEN_OPEN)
        return true;
    switch (lex_reserved(t)) {
    case RESERVED_IF:
    case RESERVED_CASE:
    case RESERVED_FOR:
    case RESERVED_SELECT:
    case RESERVED_WHILE:
    case RESERVED_UNTIL:
    case RESERVED_FUNCTION:
    case RESERVED_OPEN:
    case RESERVED_COND: return true;
    default: return false;
    }
}

static struct node *compound_parse_group(struct parser *p, unsigned line)
{
    struct node *n = parser_new_node(p, NODE_GROUP, line);
    p->groups++;
    n->body = compound_parse_body(p, RESERVED_CLOSE);
    p->groups--;
    return n;
}

static struct node *compound_parse_cond(struct parser *p, unsigned line)
{
    struct node *n = parser_new_node(p, NODE_COND, line);
    n->cond = cond_parse(p);
    n->line = p->in.line;
    return n;
}

static struct node *compound_parse_kind(struct parser *p, const struct token *t)
{
    unsigned line = t->line;
    enum reserved word = lex_reserved(t);
    bool open = t->kind == TOKEN_OPEN;
    lex_take(p);
    if (open)
        return compound_parse_open(p, line);
    switch (word) {
    case RESERVED_IF: return compound_parse_if(p, line);
    case RESERVED_CASE: return compound_parse_case(p, line);
    case RESERVED_FOR: return compound_parse_each(p, NODE_FOR, line);
    case RESERVED_SELECT: return compound_parse_each(p, NODE_SELECT, line);
    case RESERVED_WHILE: return compound_parse_loop(p, NODE_WHILE, line);
    case RESERVED_UNTIL: return compound_parse_loop(p, NODE_UNTIL, line);
    case RESERVED_OPEN: return compound_parse_group(p, line);
    case RESERVED_COND: return compound_parse_cond(p, line);
    default: return compound_parse_function_keyword(p);
    }
}

struct node *compound_parse(struct parser *p)
{
    sys_nest_enter();
    struct node *n = compound_parse_kind(p, lex_peek(p, LEX_FIRST));
    sys_nest_leave();
    if (p->failed)
        return NULL;
    if (n->kind != NODE_FUNCTION)
        redirect_parse_all(p, &n->redirects, LEX_AFTER);
    return p->failed ? NULL : n;
}

/* command.c: the grammar from complete lines down to simple commands and redirections. */
#include "shell/syntax/parser.h"

#include "sys.h"

/* ---- Redirections ----------------------------------------------------------------- */

static void redirect_set_fd(struct redirect *r, const struct token *fd)
{
    static const unsigned char input[] = {
        [REDIRECT_READ] = 1, [REDIRECT_READ_WRITE] = 1, [REDIRECT_DUP_IN] = 1,
        [REDIRECT_HERE] = 1, [REDIRECT_STRING] = 1,
    };
    r->fd = r->op < COUNT_OF(input) && input[r->op] ? 0 : 1;
    if (!fd)
        return;
    r->fd_given = true;
    r->fd = fd->fd;
    r->var = fd->var;
    r->var_subscript = fd->var_subscript;
}

/* One redirection at the token looked at; added at *end. */
static struct redirect **redirect_parse(struct parser *p, struct redirect **end,
                                        unsigned flags)
{
    struct token fd = *lex_peek(p, flags), *t = &p->token;
    bool fd_given = fd.kind == TOKEN_FD;
    if (fd_given) {
        lex_take(p);
        t = lex_peek(p, flags);
    }
    struct redirect *r = arena_alloc_zero(p->arena, sizeof *r);
    r->op = t->redirect;
    r->strip_tabs = t->strip_tabs;
    redirect_set_fd(r, fd_given ? &fd : NULL);
    lex_take(p);
    bool dup = r->op == REDIRECT_DUP_IN || r->op == REDIRECT_DUP_OUT;
    t = lex_peek(p, LEX_ARGUMENT | LEX_NO_ALIAS | (dup ? LEX_NO_FD : 0) |
                        (r->op == REDIRECT_STRING ? LEX_STRING : 0));
    if (t->kind != TOKEN_WORD) {
        parser_fail_unexpected(p);
        return end;
    }
    r->word = arena_alloc(p->arena, sizeof *r->word);
    *r->word = t->word;
    lex_take(p);
    if (r->op == REDIRECT_HERE)
        heredoc_add(p, r);
    *end = r;
    return &r->next;
}

static bool redirect_starts(const struct token *t)
{
    return t->kind == TOKEN_REDIRECT || t->kind == TOKEN_FD;
}

struct redirect **redirect_parse_all(struct parser *p, struct redirect **end,
                                     unsigned flags)
{
    while (redirect_starts(lex_peek(p, flags)) && !p->failed)
        end = redirect_parse(p, end, flags);
    return end;
}

/* |& : 2>&1 at the end of a command's redirections. */
static void redirect_add_stderr(struct parser *p, struct node *n)
{
    struct redirect **end = &n->redirects;
    while (*end)
        end = &(*end)->next;
    struct redirect *r = arena_alloc_zero(p->arena, sizeof *r);
    r->op = REDIRECT_DUP_OUT;
    r->fd_given = true;
    r->fd = 2;
    r->word = arena_alloc(p->arena, sizeof *r->word);
    word_make_literal(p, r->word, span_of("1"));
    *end = r;
}

/* ---- Simple commands -------------------------------------------------------------- */

/* How the words behind this one are to be read; 0: as ever. */
static unsigned simple_argument_flags(const struct word *word, unsigned flags)
{
    static const char *const declare[] = {"declare", "typeset",  "local",
                                          "export",  "readonly", "alias"};
    if (!(word->flags & WORD_LITERAL) || word->flags & WORD_QUOTED)
        return 0;
    for (size_t i = 0; i < COUNT_OF(declare); i++)
        if (span_eq_str(word->text, declare[i]))
            return LEX_DECLARE | (flags & LEX_NO_ARRAY);
    if (span_eq_str(word->text, "eval") || span_eq_str(word->text, "let"))
        return LEX_EVAL;
    if (span_eq_str(word->text, "command")) // (not behind `builtin`)
        return LEX_NO_ARRAY;
    return 0;
}

/* The words, assignments and redirections of a simple command. */
struct simple {
    unsigned words, assigns;
    struct redirect *redirects, **end;
    unsigned flags; // of the next word
    unsigned line;
};

static void simple_add_word(struct parser *p, struct simple *s, const struct word *word)
{
    bool is_name =
        s->words == 0 || (s->flags & (LEX_NO_ARRAY | LEX_DECLARE)) == LEX_NO_ARRAY;
    unsigned flags = s->flags;
    s->flags &= ~(unsigned)LEX_COMMAND;
    if (is_name)
        s->flags = LEX_ARGUMENT | simple_argument_flags(word, flags);
    parser_push(p, STACK_WORDS, word, sizeof *word);
    s->words++;
}

/* Takes the next piece of the command. false: there is none. */
static bool simple_parse_piece(struct parser *p, struct simple *s)
{
    const struct token *t = lex_peek(p, s->flags);
    switch ((enum token_kind)t->kind) {
    case TOKEN_WORD: simple_add_word(p, s, &t->word); break;
    case TOKEN_ASSIGN:
        parser_push(p, STACK_ASSIGNS, &t->assign, sizeof t->assign);
        s->assigns++;
        break;
    case TOKEN_FD:
    case TOKEN_REDIRECT: s->end = redirect_parse(p, s->end, s->flags); return !p->failed;
    default: return false;
    }
    lex_take(p);
    return true;
}

static struct node *simple_finish(struct parser *p, struct simple *s, size_t words_mark,
                                  size_t assigns_mark)
{
    struct node *n = parser_new_node(p, NODE_SIMPLE, s->line);
    n->redirects = s->redirects;
    n->simple.words = parser_take(p, STACK_WORDS, words_mark, sizeof *n->simple.words,
                                  &n->simple.word_count);
    n->simple.assigns = parser_take(p, STACK_ASSIGNS, assigns_mark,
                                    sizeof *n->simple.assigns, &n->simple.assign_count);
    const struct word *first = n->simple.words;
    if (first && first->flags & WORD_LITERAL)
        n->simple.name = sys_intern(first->text.ptr, first->text.len);
    return n;
}

/* The command's line: as in bash, whose parser has looked at the second word by then. */
static void simple_note_line(struct parser *p, struct simple *s)
{
    const struct token *t = lex_peek(p, s->flags);
    s->line = t->kind == TOKEN_WORD ? input_line(p) : t->line;
}

struct node *simple_parse(struct parser *p, const struct token *first)
{
    struct simple s = {.flags = LEX_FIRST};
    size_t words = parser_mark(p, STACK_WORDS), assigns = parser_mark(p, STACK_ASSIGNS);
    s.end = &s.redirects;
    if (first) {
        simple_add_word(p, &s, &first->word);
        simple_note_line(p, &s);
    }
    while (simple_parse_piece(p, &s)) {
        if (s.words == 1 && !s.assigns && !s.redirects &&
            lex_peek(p, s.flags)->kind == TOKEN_OPEN) { // name()
            struct word name;
            memcpy(&name, p->stacks[STACK_WORDS].data + words, sizeof name);
            p->stacks[STACK_WORDS].len = words;
            return compound_parse_function(p, &name, false);
        }
        if (!s.line)
            simple_note_line(p, &s);
        sys_tick();
    }
    if (p->failed)
        return NULL;
    return simple_finish(p, &s, words, assigns);
}

/* ---- Commands and pipelines ------------------------------------------------------- */

/* first: of its pipeline; `time` is a reserved word only there. */
static struct node *command_parse(struct parser *p, bool first)
{
    const struct token *t = lex_peek(p, LEX_FIRST);
    if (compound_starts(t))
        return compound_parse(p);
    switch (lex_reserved(t)) {
    case RESERVED_NONE: break;
    case RESERVED_COPROC: lex_take(p); return compound_parse_coproc(p);
    case RESERVED_TIME:
        if (!first)
            break; // fall through
    default: return parser_fail_unexpected(p);
    }
    if (t->kind == TOKEN_WORD || t->kind == TOKEN_ASSIGN || redirect_starts(t))
        return simple_parse(p, NULL);
    return parser_fail_unexpected(p);
}

/* `time`, its -p, and `!`. */
static unsigned pipeline_parse_flags(struct parser *p)
{
    unsigned flags = 0;
    for (;; lex_take(p)) {
        const struct token *t = lex_peek(p, LEX_FIRST);
        enum reserved word = lex_reserved(t);
        if (word == RESERVED_NOT) {
            flags ^= PIPELINE_NOT;
        } else if (word == RESERVED_TIME) {
            flags |= PIPELINE_TIME;
        } else if (flags & PIPELINE_TIME && t->kind == TOKEN_WORD && t->plain &&
                   span_eq_str(t->word.text, "-p") && !(flags & PIPELINE_TIME_POSIX)) {
            flags |= PIPELINE_TIME_POSIX;
        } else if (flags & PIPELINE_TIME && t->kind == TOKEN_WORD && t->plain &&
                   span_eq_str(t->word.text, "--")) {
            continue;
        } else {
            return flags;
        }
    }
}

static bool pipeline_is_empty(struct parser *p)
{
    const struct token *t = lex_peek(p, LEX_FIRST);
    return t->kind == TOKEN_NEWLINE || t->kind == TOKEN_SEMI ||
           (t->kind == TOKEN_END && !p->failed);
}

/* The stages, pushed on STACK_NODES. */
static void pipeline_parse_stages(struct parser *p)
{
    for (bool first = true;; first = false) {
        struct node *n = command_parse(p, first);
        if (p->failed)
            return;
        const struct token *t = lex_peek(p, LEX_AFTER);
        if (t->kind == TOKEN_PIPE_AMP)
            redirect_add_stderr(p, n);
        parser_push(p, STACK_NODES, &n, sizeof n);
        if (t->kind != TOKEN_PIPE && t->kind != TOKEN_PIPE_AMP)
            return;
        lex_take(p);
        lex_skip_newlines(p, LEX_FIRST);
        sys_tick();
    }
}

static struct node *pipeline_parse(struct parser *p)
{
    unsigned line = lex_peek(p, LEX_FIRST)->line;
    size_t mark = parser_mark(p, STACK_NODES);
    enum reserved first = lex_reserved(lex_peek(p, LEX_FIRST));
    bool has_flags = first == RESERVED_NOT || first == RESERVED_TIME;
    unsigned flags = has_flags ? pipeline_parse_flags(p) : 0;
    if (!has_flags || !pipeline_is_empty(p))
        pipeline_parse_stages(p);
    if (p->failed)
        return NULL;
    struct node **stages;
    unsigned count;
    stages = parser_take(p, STACK_NODES, mark, sizeof(struct node *), &count);
    if (!has_flags && count == 1)
        return stages[0];
    struct node *n = parser_new_node(p, NODE_PIPELINE, line);
    n->pipeline.flags = flags;
    n->pipeline.count = count;
    n->pipeline.stages = stages;
    return n;
}

/* ---- && || and lists -------------------------------------------------------------- */

static struct node *and_or_parse(struct parser *p)
{
    unsigned line = lex_peek(p, LEX_FIRST)->line;
    struct and_or_item item = {.op = AND_OR_FIRST};
    item.node = pipeline_parse(p);
    const struct token *t = lex_peek(p, LEX_AFTER);
    if (p->failed || (t->kind != TOKEN_AND && t->kind != TOKEN_OR))
        return item.node;

    size_t mark = parser_mark(p, STACK_NODES);
    parser_push(p, STACK_NODES, &item, sizeof item);
    while (!p->failed && (t->kind == TOKEN_AND || t->kind == TOKEN_OR)) {
        item.op = t->kind == TOKEN_AND ? AND_OR_AND : AND_OR_OR;
        lex_take(p);
        lex_skip_newlines(p, LEX_FIRST);
        item.node = pipeline_parse(p);
        parser_push(p, STACK_NODES, &item, sizeof item);
        t = lex_peek(p, LEX_AFTER);
        sys_tick();
    }
    if (p->failed)
        return NULL;
    struct node *n = parser_new_node(p, NODE_AND_OR, line);
    n->and_or.items =
        parser_take(p, STACK_NODES, mark, sizeof *n->and_or.items, &n->and_or.count);
    return n;
}

/* Whether a token ends a list: no command can begin with it. */
static bool list_ends(const struct token *t)
{
    switch ((enum token_kind)t->kind) {
    case TOKEN_END:
    case TOKEN_CLOSE:
    case TOKEN_SEMI_SEMI:
    case TOKEN_SEMI_AND:
    case TOKEN_SEMI_SEMI_AND: return true;
    case TOKEN_WORD: break;
    default: return false;
    }
    switch (lex_reserved(t)) {
    case RESERVED_THEN:
    case RESERVED_ELSE:
    case RESERVED_ELIF:
    case RESERVED_FI:
    case RESERVED_DO:
    case RESERVED_DONE:
    case RESERVED_ESAC:
    case RESERVED_CLOSE: return true;
    default: return false;
    }
}

/* One && || list with the & behind it, pushed. true: a separator followed. */
static bool list_parse_item(struct parser *p)
{
    unsigned line = lex_peek(p, LEX_FIRST)->line;
    struct node *n = and_or_parse(p);
    if (p->failed)
        return false;
    const struct token *t = lex_peek(p, LEX_AFTER);
    bool separated = t->kind == TOKEN_SEMI || t->kind == TOKEN_AMP;
    if (t->kind == TOKEN_AMP) {
        struct node *background = parser_new_node(p, NODE_BACKGROUND, line);
        background->body = n;
        n = background;
    }
    n->newline = t->kind == TOKEN_NEWLINE;
    parser_push(p, STACK_NODES, &n, sizeof n);
    if (separated)
        lex_take(p);
    return separated;
}

static struct node *list_finish(struct parser *p, size_t mark)
{
    unsigned count;
    struct node **items = parser_take(p, STACK_NODES, mark, sizeof *items, &count);
    if (count == 1)
        return items[0];
    struct node *n = parser_new_node(p, NODE_LIST, count ? items[0]->line : 0);
    n->list.count = count;
    n->list.items = items;
    return n;
}

struct node *command_parse_list_or_none(struct parser *p)
{
    size_t mark = parser_mark(p, STACK_NODES);
    bool any = false;
    lex_skip_newlines(p, LEX_FIRST);
    while (!p->failed && !list_ends(lex_peek(p, LEX_FIRST))) {
        any = true;
        if (!list_parse_item(p) && lex_peek(p, LEX_AFTER)->kind != TOKEN_NEWLINE)
            break;
        lex_skip_newlines(p, LEX_FIRST);
        sys_tick();
    }
    return p->failed || !any ? NULL : list_finish(p, mark);
}

struct node *command_parse_list(struct parser *p)
{
    struct node *n = command_parse_list_or_none(p);
    if (!n)
        parser_fail_unexpected(p);
    return n;
}

struct node *command_parse_line(struct parser *p)
{
    size_t mark = parser_mark(p, STACK_NODES);
    const struct token *t = lex_peek(p, LEX_FIRST);
    if (t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END) {
        lex_take(p);
        return NULL;
    }
    while (!p->failed) {
        bool separated = list_parse_item(p);
        t = lex_peek(p, separated ? LEX_FIRST : LEX_AFTER);
        if (t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END)
            break;
        if (!separated)
            parser_fail_unexpected(p);
        sys_tick();
    }
    lex_take(p);
    return p->failed ? NULL : list_finish(p, mark);
}

/* arith.c: the parser of arithmetic expressions. Imitates bash 5.2, messages included.
 *
 * `last` is the start of the last token read: what bash's messages show from. */
#include "shell/syntax/arith.h"

#include "base/buf.h"
#include "shell/syntax/parser.h"
#include "sys.h"

enum {
    ARITH_MARK = 1
}; // a byte that stands for an operand written $x; the next one is its number + 1

/* Tokens: an enum arith_op for operators that are both one, and these. */
enum arith_token {
    ARITH_END = 64,
    ARITH_OPEN,
    ARITH_CLOSE,
    ARITH_QUESTION,
    ARITH_COLON,
    ARITH_TILDE,
    ARITH_BANG,
    ARITH_INC,
    ARITH_DEC,
    ARITH_OPERAND,
    ARITH_WRONG,
};

struct arith_parser {
    struct arena *arena;
    struct span text;
    size_t at, last;
    int token;       // the one at hand
    uint8_t with;    // of ARITH_ASSIGN: the operator
    bool marks;      // ARITH_MARK stands for operands: the text is not expanded yet
    bool expands;    // and bash will expand it, which takes the quotes out of subscripts
    bool after_name; // the token before was a name: ++ belongs to it
    bool failed;     // an error was met: what is read ends here
    bool assigns;    // an assignment was read
    struct arith_node *assigned; // the name before the = at hand, or NULL
};

static int arith_char(const struct arith_parser *p, size_t at)
{
    return at < p->text.len ? (unsigned char)p->text.ptr[at] : 0;
}

static bool arith_is_mark(const struct arith_parser *p, int c)
{
    return c == ARITH_MARK && p->marks;
}

static struct arith_node *arith_new(struct arith_parser *p, enum arith_op op)
{
    struct arith_node *n = arena_alloc_zero(p->arena, sizeof *n);
    n->op = (uint8_t)op;
    n->at = (uint32_t)p->last;
    p->assigns |= op == ARITH_ASSIGN || op == ARITH_INDEX || // whose subscript may
                  (op >= ARITH_PRE_INC && op <= ARITH_POST_DEC);
    return n;
}

static struct arith_node *arith_join(struct arith_node *n, const struct arith_node *left,
                                     const struct arith_node *right)
{
    n->left = left;
    n->right = right;
    n->broken = left->broken || right->broken;
    n->power = n->op == ARITH_POWER || left->power || right->power;
    return n;
}

/* Ends the reading with an error at the token from `from` to `end`. */
static const struct arith_node *arith_fail_token(struct arith_parser *p, const char *what,
                                                 size_t from, size_t end)
{
    struct arith_error *error = arena_alloc_zero(p->arena, sizeof *error);
    struct arith_node *n = arith_new(p, ARITH_ERROR);
    *error = (struct arith_error){what, span_make(p->text.ptr + from, end - from),
                                  span_make(p->text.ptr, end)};
    n->error = error;
    n->broken = true;
    p->failed = true;
    p->token = ARITH_END;
    return n;
}

static const struct arith_node *arith_fail(struct arith_parser *p, const char *what,
                                           size_t from)
{
    return arith_fail_token(p, what, from, p->text.len);
}

/* An error behind something that bash has evaluated by then. */
static const struct arith_node *arith_fail_behind(struct arith_parser *p,
                                                  const struct arith_node *left,
                                                  const char *what, size_t from)
{
    if (p->failed)
        return left;
    return arith_join(arith_new(p, ARITH_PEEK), left, arith_fail(p, what, from));
}

/* ---- Tokens ----------------------------------------------------------------------- */

static size_t arith_skip_space(const struct arith_parser *p, size_t at)
{
    while (arith_is_space(arith_char(p, at)))
        at++;
    return at;
}

/* ++ and --: on the name before or behind, or two signs. */
static int arith_read_double(struct arith_parser *p, int c)
{
    size_t next = arith_skip_space(p, p->at + 2);
    int first = arith_char(p, next);
    bool name = char_is_name(first) && !char_is_digit(first);
    if (!p->after_name && !name) {
        p->at++;
        return c == '+' ? ARITH_ADD : ARITH_SUB;
    }
    p->at += 2;
    return c == '+' ? ARITH_INC : ARITH_DEC;
}

struct arith_symbol {
    char text[3];
    uint8_t token;
    bool assigns; // followed by = it is an assignment
};

static const struct arith_symbol arith_symbols[] = {
    {"**", ARITH_POWER, false},      {"<<", ARITH_SHIFT_LEFT, true},
    {">>", ARITH_SHIFT_RIGHT, true}, {"<=", ARITH_LE, false},
    {">=", ARITH_GE, false},         {"==", ARITH_EQ, false},
    {"!=", ARITH_NE, false},         {"&&", ARITH_AND, false},
    {"||", ARITH_OR, false},         {"*", ARITH_MUL, true},
    {"/", ARITH_DIV, true},          {"%", ARITH_MOD, true},
    {"+", ARITH_ADD, true},          {"-", ARITH_SUB, true},
    {"<", ARITH_LT, false},          {">", ARITH_GT, false},
    {"&", ARITH_BIT_AND, true},      {"^", ARITH_BIT_XOR, true},
    {"|", ARITH_BIT_OR, true},       {"(", ARITH_OPEN, false},
    {")", ARITH_CLOSE, false},       {"?", ARITH_QUESTION, false},
    {":", ARITH_COLON, false},       {"~", ARITH_TILDE, false},
    {"!", ARITH_BANG, false},        {",", ARITH_COMMA, false},
    {"=", ARITH_ASSIGN, false},
};

static int arith_read_symbol(struct arith_parser *p, int c)
{
    int next = arith_char(p, p->at + 1);
    if ((c == '+' || c == '-') && next == c)
        return arith_read_double(p, c);
    for (size_t i = 0; i < COUNT_OF(arith_symbols); i++) {
        const struct arith_symbol *s = &arith_symbols[i];
        if (s->text[0] != c || (s->text[1] && s->text[1] != next))
            continue;
        p->at += s->text[1] ? 2 : 1;
        p->with = ARITH_ASSIGN;
        if (!s->assigns || arith_char(p, p->at) != '=')
            return s->token;
        p->at++;
        p->with = s->token;
        return ARITH_ASSIGN;
    }
    return ARITH_WRONG;
}

/* Reads the next token. Operands are only recognised, not taken. */
static void arith_next(struct arith_parser *p)
{
    p->at = arith_skip_space(p, p->at);
    int c = arith_char(p, p->at);
    if (p->at >= p->text.len) {
        p->token = ARITH_END;
        return;
    }
    p->last = p->at;
    if (char_is_name(c) || arith_is_mark(p, c))
        p->token = ARITH_OPERAND;
    else
        p->token = arith_read_symbol(p, c);
    p->after_name = false;
}

/* ---- Operands --------------------------------------------------------------------- */

static unsigned arith_digit(int c, unsigned base)
{
    if (char_is_digit(c))
        return (unsigned)(c - '0');
    if (char_is_lower(c))
        return (unsigned)(c - 'a') + 10;
    if (char_is_upper(c))
        return (unsigned)(c - 'A') + (base <= 36 ? 10 : 36);
    return c == '@' ? 62 : c == '_' ? 63 : 64;
}

/* 12, 017, 0x1f, base#digits. */
static const struct arith_node *arith_parse_number(struct arith_parser *p)
{
    size_t start = p->at, end = start, at = start;
    for (int c; char_is_name(c = arith_char(p, end)) || c == '#' || c == '@'; end++)
        ;
    unsigned base = 10;
    bool based = false;
    uint64_t value = 0;
    if (arith_char(p, at) == '0' && at + 1 < end) {
        bool hex = (arith_char(p, at + 1) | 32) == 'x';
        base = hex ? 16 : 8;
        at += hex ? 2 : 1;
    }
    for (; at < end; at++) {
        int c = arith_char(p, at);
        if (c == '#') {
            if (based || base != 10)
                return arith_fail_token(p, "invalid number", start, end);
            if (value < 2 || value > 64)
                return arith_fail_token(p, "invalid arithmetic base", start, end);
            if (at + 1 == end)
                return arith_fail_token(p, "invalid integer constant", start, end);
            base = (unsigned)value;
            based = true;
            value = 0;
            continue;
        }
        unsigned digit = arith_digit(c, base);
        if (digit >= base)
            return arith_fail_token(p, "value too great for base", start, end);
        value = value * base + digit;
    }
    struct arith_node *n = arith_new(p, ARITH_NUMBER);
    n->value = (int64_t)value;
    p->at = end;
    return n;
}

/* The closing bracket of a subscript; quotes and brackets nest. SIZE_MAX: there is
 * none. */
static size_t arith_find_bracket(const struct arith_parser *p, size_t at)
{
    unsigned depth = 1;
    for (; at < p->text.len; at++) {
        char c = p->text.ptr[at];
        if (c == '\\') {
            at++;
        } else if (c == '\'' || c == '"' || c == '`') {
            at += 1 + span_find(span_from(p->text, at + 1), c);
        } else if (c == '[') {
            depth++;
        } else if (c == ']' && --depth == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* The text of a subscript: as a key, quotes removed, and compiled if it can be. */
static const struct expr *arith_subscript(struct arith_parser *p, struct span text)
{
    struct expr *e = arena_alloc_zero(p->arena, sizeof *e);
    struct word *word = arena_alloc_zero(p->arena, sizeof *word);
    struct part *part = arena_alloc_zero(p->arena, sizeof *part);
    part->kind = PART_TEXT;
    part->text = arena_copy_span(p->arena, text);
    *word = (struct word){.flags = WORD_LITERAL,
                          .count = 1,
                          .parts = part,
                          .text = part->text,
                          .raw = part->text};
    e->word = word;
    if (!p->marks || !memchr(text.ptr, ARITH_MARK, text.len)) {
        const struct arith *tree = arith_parse(p->arena, part->text);
        if (!tree->root || !tree->root->broken)
            e->arith = tree;
    }
    return e;
}

static bool arith_is_quoted(struct span text)
{
    return span_find(text, '\'') < text.len || span_find(text, '\\') < text.len;
}

static const struct arith_node *arith_parse_name(struct arith_parser *p)
{
    size_t start = p->at;
    while (char_is_name(arith_char(p, p->at)))
        p->at++;
    struct arith_node *n = arith_new(p, ARITH_NAME);
    n->name = sys_intern(p->text.ptr + start, p->at - start);
    if (arith_char(p, p->at) == '[') {
        size_t end = arith_find_bracket(p, p->at + 1);
        if (end == SIZE_MAX)
            return arith_fail(p, "bad array subscript", start);
        n->op = ARITH_INDEX;
        n->sub_text = arena_copy_span(p->arena, span_make(p->text.ptr + p->at + 1,
                                                          end - p->at - 1));
        if (p->marks && (memchr(n->sub_text.ptr, ARITH_MARK, n->sub_text.len) ||
                         (p->expands && arith_is_quoted(n->sub_text))))
            return arith_fail(p, "bad array subscript", start); // left to run time
        n->sub = arith_subscript(p, n->sub_text);
        p->at = end + 1;
    }
    return n;
}

static const struct arith_node *arith_parse_mark(struct arith_parser *p)
{
    struct arith_node *n = arith_new(p, ARITH_PARAM);
    n->value = arith_char(p, p->at + 1) - 1;
    p->at += 2;
    int c = arith_char(p, p->at);
    if (char_is_name(c) || arith_is_mark(p, c) || c == '#' || c == '@' || c == '[')
        return arith_fail(p, "", p->at); // part of something larger
    return n;
}

/* Bash reads what is behind a name before it looks at its value, and if that is a name
 * too, what is behind that, up to a number: the error that it finds so. NULL: none. */
static const struct arith_node *arith_look_behind(struct arith_parser *p)
{
    struct arith_parser behind = *p;
    while (!behind.failed) {
        arith_next(&behind);
        int c = arith_char(p, behind.at);
        if (behind.token == ARITH_WRONG)
            return arith_fail(p, "syntax error: invalid arithmetic operator",
                              behind.last);
        if (behind.token != ARITH_OPERAND || arith_is_mark(p, c))
            return NULL;
        bool number = char_is_digit(c);
        const struct arith_node *operand =
            number ? arith_parse_number(&behind) : arith_parse_name(&behind);
        if (behind.failed) {
            *p = behind;
            return operand;
        }
        if (number)
            return NULL;
    }
    return NULL;
}

/* The operand at hand, which is no name or number where an operator should be; bash has
 * looked at what it is. NULL: it has no value yet. */
static const struct arith_node *arith_parse_peeked(struct arith_parser *p)
{
    int c = arith_char(p, p->at);
    if (arith_is_mark(p, c))
        return arith_fail(p, "", p->at); // left to run time
    if (char_is_digit(c))
        return arith_parse_number(p);
    const struct arith_node *name = arith_parse_name(p);
    const struct arith_node *wrong = arith_look_behind(p);
    if (wrong)
        return wrong;
    size_t next = arith_skip_space(p, p->at);
    bool assigned = arith_char(p, next) == '=' && arith_char(p, next + 1) != '=';
    return assigned ? NULL : name;
}

/* Whether bash looks behind the operand before it looks at its value: x, x[i], ++x. */
static bool arith_is_name(const struct arith_node *operand)
{
    return operand->op == ARITH_NAME || operand->op == ARITH_INDEX ||
           operand->op == ARITH_PRE_INC || operand->op == ARITH_PRE_DEC;
}

/* Reads the token behind an operand. What is no operator there bash finds before it uses
 * the operand; behind a `)` it is no operand either. */
static const struct arith_node *arith_next_behind(struct arith_parser *p,
                                                  const struct arith_node *operand)
{
    if (p->failed)
        return operand;
    const char *wrong = p->token == ARITH_CLOSE
                            ? "syntax error: operand expected"
                            : "syntax error: invalid arithmetic operator";
    arith_next(p);
    if (p->token == ARITH_WRONG && arith_is_name(operand))
        return arith_fail(p, wrong, p->last);
    if (p->token == ARITH_WRONG)
        return arith_fail_behind(p, operand, wrong, p->last);
    if (p->token != ARITH_OPERAND)
        return operand;
    const struct arith_node *peeked = arith_parse_peeked(p);
    if (peeked && arith_is_name(operand) && peeked->op == ARITH_ERROR)
        return peeked; // bash has not looked at the name's value
    return peeked ? arith_join(arith_new(p, ARITH_PEEK), operand, peeked) : operand;
}

/* A name, perhaps with ++ or -- behind it. */
static const struct arith_node *arith_parse_variable(struct arith_parser *p)
{
    const struct arith_node *name = arith_parse_name(p);
    p->after_name = true;
    const struct arith_node *all = arith_next_behind(p, name);
    if (p->token == ARITH_ASSIGN && p->with == ARITH_ASSIGN)
        p->assigned = (struct arith_node *)name;
    name = all;
    if (p->token != ARITH_INC && p->token != ARITH_DEC)
        return name;
    struct arith_node *n =
        arith_new(p, p->token == ARITH_INC ? ARITH_POST_INC : ARITH_POST_DEC);
    n->left = name;
    return arith_next_behind(p, n);
}

static const struct arith_node *arith_parse_comma(struct arith_parser *p);
static const struct arith_node *arith_parse_cond(struct arith_parser *p);
static const struct arith_node *arith_parse_unary(struct arith_parser *p);

static const struct arith_node *arith_parse_parens(struct arith_parser *p)
{
    arith_next(p);
    sys_nest_enter();
    const struct arith_node *inner = arith_parse_comma(p);
    sys_nest_leave();
    if (p->token != ARITH_CLOSE)
        return arith_fail_behind(p, inner, "missing `)'", p->last);
    if (inner->op == ARITH_NAME || inner->op == ARITH_INDEX) {
        struct arith_node *n = arith_new(p, ARITH_PLUS); // (x) cannot be assigned to
        n->left = inner;
        inner = n;
    }
    return arith_next_behind(p, inner);
}

/* ++name, --name. */
static const struct arith_node *arith_parse_pre(struct arith_parser *p)
{
    struct arith_node *n =
        arith_new(p, p->token == ARITH_INC ? ARITH_PRE_INC : ARITH_PRE_DEC);
    arith_next(p);
    n->left = arith_parse_name(p);
    if (p->failed)
        return n->left;
    p->after_name = true;
    const struct arith_node *all = arith_next_behind(p, n);
    if (p->token == ARITH_INC)
        return arith_fail_behind(p, all, "++: assignment requires lvalue", p->last);
    if (p->token == ARITH_DEC)
        return arith_fail_behind(p, all, "--: assignment requires lvalue", p->last);
    return all;
}

static const struct arith_node *arith_parse_primary(struct arith_parser *p)
{
    int c = arith_char(p, p->at);
    switch (p->token) {
    case ARITH_OPEN: return arith_parse_parens(p);
    case ARITH_INC:
    case ARITH_DEC: return arith_parse_pre(p);
    case ARITH_OPERAND:
        if (char_is_name(c) && !char_is_digit(c))
            return arith_parse_variable(p);
        return arith_next_behind(p, arith_is_mark(p, c) ? arith_parse_mark(p)
                                                        : arith_parse_number(p));
    default: return arith_fail(p, "syntax error: operand expected", p->last);
    }
}

/* ---- Operators -------------------------------------------------------------------- */

static const struct arith_node *arith_parse_unary(struct arith_parser *p)
{
    enum arith_op op;
    switch (p->token) {
    case ARITH_BANG: op = ARITH_NOT; break;
    case ARITH_TILDE: op = ARITH_INVERT; break;
    case ARITH_SUB: op = ARITH_NEGATE; break;
    case ARITH_ADD: op = ARITH_PLUS; break;
    default: return arith_parse_primary(p);
    }
    struct arith_node *n = arith_new(p, op);
    arith_next(p);
    sys_nest_enter();
    n->left = arith_parse_unary(p);
    n->broken = n->left->broken;
    n->power = n->left->power;
    sys_nest_leave();
    return n;
}

static const struct arith_node *arith_parse_power(struct arith_parser *p)
{
    const struct arith_node *left = arith_parse_unary(p);
    if (p->token != ARITH_POWER)
        return left;
    struct arith_node *n = arith_new(p, ARITH_POWER);
    arith_next(p);
    sys_nest_enter();
    arith_join(n, left, arith_parse_power(p));
    sys_nest_leave();
    n->at = (uint32_t)p->last;
    return n;
}

/* How tightly a binary operator binds; 0: it is none. */
static int arith_level(int token)
{
    switch (token) {
    case ARITH_MUL:
    case ARITH_DIV:
    case ARITH_MOD: return 10;
    case ARITH_ADD:
    case ARITH_SUB: return 9;
    case ARITH_SHIFT_LEFT:
    case ARITH_SHIFT_RIGHT: return 8;
    case ARITH_LT:
    case ARITH_LE:
    case ARITH_GT:
    case ARITH_GE: return 7;
    case ARITH_EQ:
    case ARITH_NE: return 6;
    case ARITH_BIT_AND: return 5;
    case ARITH_BIT_XOR: return 4;
    case ARITH_BIT_OR: return 3;
    case ARITH_AND: return 2;
    case ARITH_OR: return 1;
    default: return 0;
    }
}

/* Operators of level and tighter, left to right. */
static const struct arith_node *arith_parse_binary(struct arith_parser *p, int level)
{
    const struct arith_node *left = arith_parse_power(p);
    for (int found; (found = arith_level(p->token)) >= level;) {
        struct arith_node *n = arith_new(p, (enum arith_op)p->token);
        arith_next(p);
        n->at = (uint32_t)p->last;
        left = arith_join(n, left, arith_parse_binary(p, found + 1));
        sys_tick();
    }
    return left;
}

/* The two branches behind a `?`. */
static void arith_parse_branches(struct arith_parser *p, struct arith_node *n)
{
    arith_next(p);
    if (p->token == ARITH_END || p->token == ARITH_COLON) {
        n->right = n->third = arith_fail(p, "expression expected", p->last);
        return;
    }
    n->right = arith_parse_comma(p);
    if (p->failed)
        n->third = n->right;
    else if (p->token != ARITH_COLON)
        n->third = arith_fail(p, "`:' expected for conditional expression", p->last);
    else {
        arith_next(p);
        n->third = p->token == ARITH_END ? arith_fail(p, "expression expected", p->last)
                                         : arith_parse_cond(p);
    }
}

static const struct arith_node *arith_parse_cond(struct arith_parser *p)
{
    const struct arith_node *test = arith_parse_binary(p, 1);
    if (p->token != ARITH_QUESTION)
        return test;
    struct arith_node *n = arith_new(p, ARITH_COND);
    n->left = test;
    sys_nest_enter();
    arith_parse_branches(p, n);
    sys_nest_leave();
    n->broken = p->failed;
    n->power = test->power || n->right->power || n->third->power;
    return n;
}

static const struct arith_node *arith_parse_assign(struct arith_parser *p)
{
    const struct arith_node *left = arith_parse_cond(p);
    if (p->token != ARITH_ASSIGN)
        return left;
    struct arith_node *assigned = p->assigned;
    p->assigned = NULL;
    if (left->op != ARITH_NAME && left->op != ARITH_INDEX) {
        if (assigned) // -x=3: the value of x is not looked at
            assigned->op = ARITH_NUMBER;
        return arith_fail_behind(p, left, "attempted assignment to non-variable",
                                 p->last);
    }
    struct arith_node *n = arith_new(p, ARITH_ASSIGN);
    n->with = p->with;
    arith_next(p);
    sys_nest_enter();
    arith_join(n, left, arith_parse_assign(p));
    sys_nest_leave();
    n->at = (uint32_t)p->last;
    return n;
}

static const struct arith_node *arith_parse_comma(struct arith_parser *p)
{
    const struct arith_node *left = arith_parse_assign(p);
    while (p->token == ARITH_COMMA) {
        struct arith_node *n = arith_new(p, ARITH_COMMA);
        arith_next(p);
        left = arith_join(n, left, arith_parse_assign(p));
        sys_tick();
    }
    return left;
}

/* ---- Entry points ----------------------------------------------------------------- */

/* false: there is an error. */
static bool arith_parse_text(struct arena *a, struct span text, bool marks,
                             struct arith *arith)
{
    struct arith_parser p = {.arena = a, .text = text, .marks = marks};
    p.expands = arith->param_count || span_find(text, '~') < text.len;
    arith->text = text;
    arith_next(&p);
    if (p.token == ARITH_END)
        return true;
    arith->root = arith_parse_comma(&p);
    if (p.token != ARITH_END)
        arith->root =
            arith_fail_behind(&p, arith->root, "syntax error in expression", p.last);
    arith->assigns = p.assigns;
    return !p.failed;
}

const struct arith *arith_parse(struct arena *a, struct span text)
{
    struct arith *arith = arena_alloc_zero(a, sizeof *arith);
    sys_nest_enter();
    (void)arith_parse_text(a, text, false, arith);
    sys_nest_leave();
    return arith;
}

/* The text of a word with a mark for each part that is expanded. false: it cannot be
 * compiled. */
static bool arith_flatten(const struct word *word, struct arith *arith, struct buf *text)
{
    for (unsigned i = 0; i < word->count; i++) {
        const struct part *part = &word->parts[i];
        if (part->kind == PART_TEXT) {
            if (part->text.len && memchr(part->text.ptr, ARITH_MARK, part->text.len))
                return false;
            buf_add_span(text, part->text);
            continue;
        }
        if (arith->param_count == ARITH_PARAMS || part->kind == PART_TILDE ||
            (text->len && (char_is_name((unsigned char)text->data[text->len - 1]) ||
                           memchr("#@]", text->data[text->len - 1], 3))))
            return false;
        buf_add_char(text, ARITH_MARK);
        buf_add_char(text, (char)(arith->param_count + 1));
        arith->params[arith->param_count++] = part;
    }
    return true;
}

const struct arith *arith_compile(struct arena *a, const struct word *word)
{
    struct arith *arith = arena_alloc_zero(a, sizeof *arith);
    struct buf text = buf_make(sys_heap());
    bool good = arith_flatten(word, arith, &text);
    if (good) {
        struct span copy = arena_copy_span(a, span_make(buf_str(&text), text.len));
        sys_nest_enter();
        good = arith_parse_text(a, copy, true, arith);
        sys_nest_leave();
    }
    buf_fini(&text);
    return good ? arith : NULL;
}

/* rparse.c: see rparse.h. Open groups are levels on a stack of their own; the pieces of
 * the branch that is being read lie on another, as do the finished branches of the open
 * groups. */
#include "regex/rparse.h"

#include <string.h>

#include "base/utf8.h"
#include "regex/bracket.h"
#include "regex/escape.h"
#include "regex/rtree.h"

enum {
    RPARSE_DUP_MAX = 32767, // RE_DUP_MAX
    RPARSE_NODES_MAX = 1 << 20,
};

/* What differs between the syntaxes. */
enum rparse_trait {
    RPARSE_BARE_GROUPS = 1, // ( ) | are operators without backslash, else with one
    RPARSE_BARE_BRACES = 2,
    RPARSE_ESCAPED_BRACES = 4, // neither: there are no intervals
    RPARSE_BARE_PLUS = 8,      // + ? are operators without backslash, else with one
    RPARSE_ANCHORS = 16,       // ^ $ are anchors wherever they are
    RPARSE_START_ERROR = 32,   // a repetition of nothing is an error,
    RPARSE_START_IGNORED = 64, // is passed over, else is ordinary
    RPARSE_LAX_BRACES = 128,   // an invalid interval is ordinary
    RPARSE_NO_DOUBLE = 256,    // * and \{ may not follow a repetition
    RPARSE_ESCAPES = 512,      // \n \/ \" \NNN, also in brackets; no back-references
    RPARSE_CHECK_CLASS = 1024,
    RPARSE_START_BRACE_ORDINARY = 2048,
};

static const unsigned rparse_traits[] = {
    [REGEX_BASIC] = RPARSE_ESCAPED_BRACES | RPARSE_NO_DOUBLE,
    [REGEX_EXTENDED] = RPARSE_BARE_GROUPS | RPARSE_BARE_BRACES | RPARSE_BARE_PLUS |
                       RPARSE_ANCHORS | RPARSE_START_ERROR,
    [REGEX_GREP] =
        RPARSE_ESCAPED_BRACES | RPARSE_CHECK_CLASS | RPARSE_START_BRACE_ORDINARY,
    [REGEX_EGREP] = RPARSE_BARE_GROUPS | RPARSE_BARE_BRACES | RPARSE_BARE_PLUS |
                    RPARSE_ANCHORS | RPARSE_START_IGNORED | RPARSE_LAX_BRACES |
                    RPARSE_CHECK_CLASS,
    [REGEX_AWK] = RPARSE_BARE_GROUPS | RPARSE_BARE_BRACES | RPARSE_BARE_PLUS |
                  RPARSE_ANCHORS | RPARSE_START_IGNORED | RPARSE_LAX_BRACES |
                  RPARSE_ESCAPES | RPARSE_START_BRACE_ORDINARY,
    [REGEX_EMACS] = RPARSE_BARE_PLUS,
    [REGEX_LITERAL] = 0,
};

enum rparse_token {
    TOKEN_END,
    TOKEN_CHAR, // c; invalid bytes are RPARSE_BYTE + themselves
    TOKEN_ANY,
    TOKEN_BRACKET, // at its "["
    TOKEN_REPEAT,  // min, max
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_BAR,
    TOKEN_ASSERT,  // value: enum assertion
    TOKEN_CLASS,   // c: w W s S
    TOKEN_BACKREF, // value
};

enum { RPARSE_BYTE = 0x200000 };

struct rparse_level {
    size_t branch;   // where its present branch begins among the pieces
    size_t branches; // where its finished branches begin
    uint32_t group;
    uint16_t closed_before,
        closed_in; // groups that were complete where it began; in finished branches
};

struct rparse {
    struct rtree *t;
    struct rmem *m;
    const struct regex_options *o;
    unsigned traits;
    bool icase, utf8, plain;
    const char *begin, *at, *end;
    enum regex_error err;

    bool starts;   // nothing that could be repeated has been read in this branch
    bool repeated; // the last was a repetition
    uint32_t groups;
    uint16_t closed; // groups 1-9 that are complete, as bits
    uint32_t group_node[10];

    struct rparse_level *levels;
    size_t level_count, level_cap;
    uint32_t *pieces;
    size_t piece_count, piece_cap;
    uint32_t *branches;
    size_t branch_count, branch_cap;

    // of the token
    uint32_t c, value, min, max;
};

static void rparse_push(struct rparse *p, uint32_t **items, size_t *count, size_t *cap,
                        uint32_t item)
{
    *items = rmem_grow(p->m, *items, cap, *count, sizeof **items);
    if (*count < *cap)
        (*items)[(*count)++] = item;
}

static void rparse_add_piece(struct rparse *p, uint32_t node)
{
    rparse_push(p, &p->pieces, &p->piece_count, &p->piece_cap, node);
}

/* ---- Tokens ----------------------------------------------------------------------- */

static enum rparse_token rparse_char(struct rparse *p)
{
    uint32_t c = (unsigned char)*p->at;
    int n = p->utf8 ? utf8_decode(p->at, (size_t)(p->end - p->at), &c) : 1;
    p->c = n < 1 ? (uint32_t)RPARSE_BYTE + (unsigned char)*p->at : c;
    p->at += n < 1 ? 1 : n;
    return TOKEN_CHAR;
}

static enum rparse_token rparse_assert(struct rparse *p, enum assertion a)
{
    p->value = a;
    return TOKEN_ASSERT;
}

static bool rparse_has(const struct rparse *p, unsigned traits)
{
    return p->traits & traits;
}

/* Whether an interval is closed at s; *after gets what follows. */
static bool rparse_is_closed(const struct rparse *p, const char *s, const char **after)
{
    size_t len = rparse_has(p, RPARSE_BARE_BRACES) ? 1 : 2;
    if ((size_t)(p->end - s) < len || s[len - 1] != '}' || (len == 2 && *s != '\\'))
        return false;
    *after = s + len;
    return true;
}

enum { RPARSE_NO_DIGITS = -1, RPARSE_NO_NUMBER = -2 };

/* What stands before a comma or the close of an interval; *s is left there. Too large is
 * clamped above RPARSE_DUP_MAX. RPARSE_NO_NUMBER: also where the interval has no end. */
static long rparse_number(const struct rparse *p, const char **s)
{
    long n = RPARSE_NO_DIGITS;
    const char *after;
    for (; *s < p->end && **s != ',' && !rparse_is_closed(p, *s, &after); ++*s) {
        if (!char_is_digit(**s) || n == RPARSE_NO_NUMBER)
            n = RPARSE_NO_NUMBER;
        else
            n = n < 0 ? **s - '0' : n * 10 + (**s - '0');
        if (n > RPARSE_DUP_MAX)
            n = RPARSE_DUP_MAX + 1;
    }
    return *s < p->end ? n : RPARSE_NO_NUMBER;
}

/* Reads the inside of an interval from *s on, and its close. *lax: an error where the
 * interval is ordinary text in some syntaxes. What is which is glibc's. */
static enum regex_error rparse_bounds(const struct rparse *p, const char **s, long *min,
                                      long *max, bool *lax)
{
    *lax = false;
    *min = *max = rparse_number(p, s);
    bool comma = *s < p->end && **s == ',';
    if (*min == RPARSE_NO_DIGITS && !comma)
        return REGEX_EBADBR;
    if (comma && *min != RPARSE_NO_NUMBER) {
        ++*s;
        *min = *min < 0 ? 0 : *min;
        *max = rparse_number(p, s);
    }
    if (*min == RPARSE_NO_NUMBER || *max == RPARSE_NO_NUMBER) {
        *lax = true;
        return *s == p->end ? REGEX_EBRACE : REGEX_EBADBR;
    }
    if ((*max >= 0 && *min > *max) || !rparse_is_closed(p, *s, s))
        return REGEX_EBADBR;
    return *min > RPARSE_DUP_MAX || *max > RPARSE_DUP_MAX ? REGEX_ESIZE : REGEX_OK;
}

/* After "{" or "\{". */
static enum rparse_token rparse_interval(struct rparse *p)
{
    const char *end = p->at;
    long min = 0, max = 0;
    bool lax = false;
    enum regex_error err = REGEX_OK;
    p->c = '{';
    bool error = p->starts && rparse_has(p, RPARSE_START_ERROR); // whatever is in it
    if (!error)
        err = rparse_bounds(p, &end, &min, &max, &lax);
    if (lax && rparse_has(p, RPARSE_LAX_BRACES))
        return TOKEN_CHAR;
    if (err) {
        p->err = err;
        return TOKEN_END;
    }
    if (!p->starts || !rparse_has(p, RPARSE_START_BRACE_ORDINARY))
        p->at = end;
    p->min = (uint32_t)min;
    p->max = max < 0 ? RTREE_INFINITE : (uint32_t)max;
    return TOKEN_REPEAT;
}

static enum rparse_token rparse_repeat(struct rparse *p, uint32_t min, uint32_t max,
                                       char c)
{
    p->min = min;
    p->max = max;
    p->c = (unsigned char)c;
    return TOKEN_REPEAT;
}

/* Whether a ^ here is an anchor in basic syntax: at the begin, or after \( or \|. */
static bool rparse_is_begin(const struct rparse *p)
{
    return rparse_has(p, RPARSE_ANCHORS) ||
           (p->starts && p->piece_count == p->levels[p->level_count - 1].branch);
}

/* The same for $: before the end, \) or \|. */
static bool rparse_is_end(const struct rparse *p)
{
    if (rparse_has(p, RPARSE_ANCHORS) || p->at == p->end)
        return true;
    return p->end - p->at > 1 && *p->at == '\\' &&
           (p->at[1] == ')' || (p->at[1] == '|' && !p->plain));
}

static enum rparse_token rparse_caret(struct rparse *p)
{
    bool lines = p->o->flags & REGEX_NEWLINE;
    return rparse_assert(p, lines ? ASSERT_LINE_START : ASSERT_TEXT_START);
}

static enum rparse_token rparse_dollar(struct rparse *p)
{
    bool lines = p->o->flags & REGEX_NEWLINE;
    return rparse_assert(p, lines ? ASSERT_LINE_END : ASSERT_TEXT_END);
}

/* A backslash and c that is no operator in this syntax. */
static enum rparse_token rparse_escape_gnu(struct rparse *p, char c)
{
    switch (c) {
    case 'w':
    case 'W':
    case 's':
    case 'S': return TOKEN_CLASS;
    case '<': return rparse_assert(p, ASSERT_WORD_START);
    case '>': return rparse_assert(p, ASSERT_WORD_END);
    case 'y':
        return rparse_has(p, RPARSE_ESCAPES) ? rparse_assert(p, ASSERT_WORD_EDGE)
                                             : TOKEN_CHAR;
    case 'b':
        return rparse_has(p, RPARSE_ESCAPES) ? TOKEN_CHAR
                                             : rparse_assert(p, ASSERT_WORD_EDGE);
    case 'B': return rparse_assert(p, ASSERT_NO_WORD_EDGE);
    case '`': return rparse_assert(p, ASSERT_BUFFER_START);
    case '\'': return rparse_assert(p, ASSERT_BUFFER_END);
    default: return TOKEN_CHAR;
    }
}

static enum rparse_token rparse_escape_operator(struct rparse *p, char c)
{
    bool groups = !rparse_has(p, RPARSE_BARE_GROUPS);
    bool plus = !rparse_has(p, RPARSE_BARE_PLUS) && !p->plain;
    if (c == '(' && groups)
        return TOKEN_OPEN;
    if (c == ')' && groups)
        return TOKEN_CLOSE;
    if (c == '|' && groups && !p->plain)
        return TOKEN_BAR;
    if (c == '{' && rparse_has(p, RPARSE_ESCAPED_BRACES))
        return rparse_interval(p);
    if ((c == '+' || c == '?') && plus)
        return rparse_repeat(p, c == '+', c == '+' ? RTREE_INFINITE : 1, c);
    if (c >= '1' && c <= '9' && !rparse_has(p, RPARSE_ESCAPES)) {
        p->value = (uint32_t)(c - '0');
        return TOKEN_BACKREF;
    }
    return TOKEN_CHAR;
}

/* After a backslash. */
static enum rparse_token rparse_backslash(struct rparse *p)
{
    if (p->at == p->end) {
        p->err = REGEX_EESCAPE;
        return TOKEN_END;
    }
    rparse_char(p);
    if (p->c >= 0x80)
        return TOKEN_CHAR;
    char c = (char)p->c;
    enum rparse_token token = rparse_escape_operator(p, c);
    if (token == TOKEN_CHAR && !p->plain && p->c == (unsigned char)c)
        token = rparse_escape_gnu(p, c);
    if (token == TOKEN_CHAR && rparse_has(p, RPARSE_ESCAPES)) {
        p->at--;
        p->at += regex_escape(span_make(p->at, (size_t)(p->end - p->at)), &p->c);
    }
    return token;
}

static enum rparse_token rparse_next(struct rparse *p)
{
    if (p->at == p->end)
        return TOKEN_END;
    rparse_char(p);
    if (p->c >= 0x80 || p->o->syntax == REGEX_LITERAL)
        return TOKEN_CHAR;
    bool groups = rparse_has(p, RPARSE_BARE_GROUPS),
         plus = rparse_has(p, RPARSE_BARE_PLUS);
    switch (p->c) {
    case '\\': return rparse_backslash(p);
    case '[': p->at--; return TOKEN_BRACKET;
    case '.': return TOKEN_ANY;
    case '*': return rparse_repeat(p, 0, RTREE_INFINITE, '*');
    case '+': return plus ? rparse_repeat(p, 1, RTREE_INFINITE, '+') : TOKEN_CHAR;
    case '?': return plus ? rparse_repeat(p, 0, 1, '?') : TOKEN_CHAR;
    case '{': return rparse_has(p, RPARSE_BARE_BRACES) ? rparse_interval(p) : TOKEN_CHAR;
    case '(': return groups ? TOKEN_OPEN : TOKEN_CHAR;
    case ')': return groups ? TOKEN_CLOSE : TOKEN_CHAR;
    case '|': return groups ? TOKEN_BAR : TOKEN_CHAR;
    case '\n':
        return p->o->syntax == REGEX_GREP || p->o->syntax == REGEX_EGREP ? TOKEN_BAR
                                                                         : TOKEN_CHAR;
    case '^': return rparse_is_begin(p) ? rparse_caret(p) : TOKEN_CHAR;
    case '$': return rparse_is_end(p) ? rparse_dollar(p) : TOKEN_CHAR;
    default: return TOKEN_CHAR;
    }
}

/* ---- The tree --------------------------------------------------------------------- */

static struct rset *rparse_new_set(struct rparse *p)
{
    struct rset *set = rmem_new(p->m, sizeof *set);
    if (set)
        rset_init(set, p->utf8);
    return set;
}

static void rparse_add_any(struct rparse *p)
{
    struct rset *set = rparse_new_set(p);
    if (!set)
        return;
    rset_negate(set, p->m);
    if (p->o->flags & (REGEX_NEWLINE | REGEX_NO_NEWLINE))
        rset_remove_byte(set, '\n');
    rparse_add_piece(p, rtree_add_set(p->t, set));
}

/* \w \W \s \S */
static void rparse_add_class(struct rparse *p)
{
    struct rset *set = rparse_new_set(p);
    if (!set)
        return;
    if (char_lower((int)p->c) == 'w')
        rset_add_word(set, p->m);
    else
        rset_add_class(set, p->m, CTYPE_SPACE);
    if (char_is_upper((int)p->c))
        rset_negate(set, p->m);
    rparse_add_piece(p, rtree_add_set(p->t, set));
}

static void rparse_add_bracket(struct rparse *p)
{
    struct bracket_options o = {
        .icase = p->icase,
        .utf8 = p->utf8,
        .escapes = rparse_has(p, RPARSE_ESCAPES),
        .check_class = rparse_has(p, RPARSE_CHECK_CLASS),
        .never = p->o->flags & (REGEX_NEWLINE | REGEX_NO_NEWLINE) ? '\n' : -1,
    };
    size_t len;
    struct rset *set = rparse_new_set(p);
    if (!set)
        return;
    p->err =
        bracket_read(&o, span_make(p->at, (size_t)(p->end - p->at)), set, p->m, &len);
    if (p->err) {
        rset_fini(set, p->m);
        rmem_free(p->m, set, sizeof *set);
        return;
    }
    p->at += len;
    rparse_add_piece(p, rtree_add_set(p->t, set));
}

static void rparse_add_char(struct rparse *p)
{
    rparse_add_piece(p, p->c >= RPARSE_BYTE
                            ? rtree_add_byte(p->t, (unsigned char)(p->c - RPARSE_BYTE))
                            : rtree_add_char(p->t, p->c));
}

/* Makes one node of those of a list from `from` on. */
static uint32_t rparse_join(struct rparse *p, enum rtree_op op, const uint32_t *list,
                            size_t from, size_t len)
{
    return len > from ? rtree_add_list(p->t, op, list + from, len - from)
                      : rtree_add(p->t, (struct rtree_node){.op = RTREE_EMPTY});
}

/* Joins the pieces of the present branch and puts it with the finished ones of its
 * group. */
static void rparse_end_branch(struct rparse *p)
{
    struct rparse_level *level = &p->levels[p->level_count - 1];
    uint32_t node =
        rparse_join(p, RTREE_CONCAT, p->pieces, level->branch, p->piece_count);
    p->piece_count = level->branch;
    level->closed_in |= p->closed;
    p->closed = level->closed_before; // a branch cannot refer to groups of another
    rparse_push(p, &p->branches, &p->branch_count, &p->branch_cap, node);
    p->starts = true;
}

static void rparse_push_level(struct rparse *p, uint32_t group)
{
    p->levels =
        rmem_grow(p->m, p->levels, &p->level_cap, p->level_count, sizeof *p->levels);
    if (p->level_count < p->level_cap)
        p->levels[p->level_count++] = (struct rparse_level){
            .branch = p->piece_count,
            .branches = p->branch_count,
            .group = group,
            .closed_before = p->closed,
        };
    p->starts = true;
}

/* Ends the innermost group: its tree. */
static uint32_t rparse_pop_level(struct rparse *p)
{
    rparse_end_branch(p);
    struct rparse_level level = p->levels[--p->level_count];
    uint32_t node =
        rparse_join(p, RTREE_ALT, p->branches, level.branches, p->branch_count);
    p->branch_count = level.branches;
    p->closed = level.closed_in;
    return node;
}

static void rparse_close(struct rparse *p)
{
    if (p->level_count == 1) {
        bool ordinary =
            p->o->syntax == REGEX_EGREP ||
            (p->o->syntax == REGEX_EXTENDED && (p->o->flags & REGEX_CLOSE_ORDINARY));
        if (ordinary) {
            p->c = ')';
            rparse_add_char(p);
            p->starts = p->repeated = false;
        } else {
            p->err = REGEX_ERPAREN;
        }
        return;
    }
    uint32_t group = p->levels[p->level_count - 1].group;
    uint32_t inside = rparse_pop_level(p);
    uint32_t node = rtree_add(
        p->t, (struct rtree_node){.op = RTREE_GROUP, .value = group, .first = inside});
    if (group < 10) {
        p->closed |= (uint16_t)(1u << group);
        p->group_node[group] = node;
    }
    rparse_add_piece(p, node);
    p->starts = p->repeated = false;
}

static void rparse_warn_start(struct rparse *p)
{
    char text[] = "? at start of expression";
    text[0] = (char)p->c;
    if (p->o->warn)
        p->o->warn(p->o->warn_ctx, p->c == '{' ? "{...} at start of expression" : text);
}

/* A repetition where there is nothing to repeat. */
static void rparse_repeat_nothing(struct rparse *p)
{
    bool ordinary = p->c == '{'
                        ? rparse_has(p, RPARSE_START_BRACE_ORDINARY)
                        : !rparse_has(p, RPARSE_START_ERROR | RPARSE_START_IGNORED);
    if (rparse_has(p, RPARSE_START_IGNORED))
        rparse_warn_start(p);
    if (ordinary) {
        rparse_add_char(p);
        p->starts = p->repeated = false;
    } else if (!rparse_has(p, RPARSE_START_IGNORED)) {
        p->err = REGEX_EBADRPT;
    } else if (p->c == '{') { // nothing, so often; what a * does not say
        rparse_add_piece(p, rtree_add(p->t, (struct rtree_node){.op = RTREE_EMPTY}));
        p->starts = false;
    }
}

static void rparse_add_repeat(struct rparse *p)
{
    if (p->starts) {
        rparse_repeat_nothing(p);
        return;
    }
    if (p->repeated && rparse_has(p, RPARSE_NO_DOUBLE) && (p->c == '*' || p->c == '{')) {
        p->err = REGEX_EBADRPT;
        return;
    }
    p->repeated = true;
    if (!p->piece_count) // an allocation has failed
        return;
    uint32_t *last = &p->pieces[p->piece_count - 1];
    struct rtree_node node = {
        .op = RTREE_REPEAT, .min = p->min, .max = p->max, .first = *last};
    const struct rtree_node *child = &p->t->nodes[*last];
    bool same = child->op == RTREE_REPEAT && child->min == p->min &&
                child->max == p->max && p->max == RTREE_INFINITE && p->min <= 1;
    if (!p->max)
        *last = rtree_add(p->t, (struct rtree_node){.op = RTREE_EMPTY});
    else if (!same && !(p->min == 1 && p->max == 1))
        *last = rtree_add(p->t, node);
}

static void rparse_add_backref(struct rparse *p)
{
    if (!(p->closed >> p->value & 1)) {
        p->err = REGEX_ESUBREG;
        return;
    }
    p->t->backrefs = true;
    rparse_add_piece(p, rtree_add(p->t,
                                  (struct rtree_node){.op = RTREE_BACKREF,
                                                      .value = p->value,
                                                      .group = p->group_node[p->value]}));
}

static void rparse_token(struct rparse *p, enum rparse_token token)
{
    switch (token) {
    case TOKEN_REPEAT: rparse_add_repeat(p); return;
    case TOKEN_OPEN: rparse_push_level(p, ++p->groups); return;
    case TOKEN_CLOSE: rparse_close(p); return;
    case TOKEN_BAR: rparse_end_branch(p); return;
    case TOKEN_ASSERT:
        rparse_add_piece(p, rtree_add_assertion(p->t, (enum assertion)p->value));
        p->starts = true; // nothing of it can be repeated
        return;
    case TOKEN_ANY: rparse_add_any(p); break;
    case TOKEN_BRACKET: rparse_add_bracket(p); break;
    case TOKEN_CLASS: rparse_add_class(p); break;
    case TOKEN_BACKREF: rparse_add_backref(p); break;
    default: rparse_add_char(p); break;
    }
    p->starts = p->repeated = false;
}

static void rparse_run(struct rparse *p, uint32_t *root)
{
    rparse_push_level(p, 0);
    if (p->m->failed)
        return;
    for (;;) {
        enum rparse_token token = rparse_next(p);
        if (p->err || token == TOKEN_END)
            break;
        rparse_token(p, token);
        if (p->t->len > RPARSE_NODES_MAX)
            p->err = REGEX_ESIZE;
        if (p->err || p->m->failed)
            return;
    }
    if (!p->err && p->level_count > 1)
        p->err = REGEX_EPAREN;
    if (!p->err)
        *root = rparse_pop_level(p);
}

enum regex_error rparse_pattern(struct rtree *t, const struct regex_options *o,
                                struct span pattern, uint32_t *root)
{
    struct rparse p = {
        .t = t,
        .m = t->mem,
        .o = o,
        .traits = rparse_traits[o->syntax],
        .icase = o->flags & REGEX_ICASE,
        .utf8 = o->flags & REGEX_UTF8,
        .plain = o->flags & REGEX_PLAIN,
        .begin = pattern.ptr,
        .at = pattern.ptr,
        .end = pattern.ptr + pattern.len,
    };
    if (o->flags & REGEX_CHECK_CLASS)
        p.traits |= RPARSE_CHECK_CLASS;
    rparse_run(&p, root);
    rmem_free(p.m, p.levels, p.level_cap * sizeof *p.levels);
    rmem_free(p.m, p.pieces, p.piece_cap * sizeof *p.pieces);
    rmem_free(p.m, p.branches, p.branch_cap * sizeof *p.branches);
    if (p.groups > t->groups)
        t->groups = p.groups;
    return p.m->failed ? REGEX_ESPACE : p.err;
}

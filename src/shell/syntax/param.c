/* param.c: parameter expansions: $x and all forms of ${...}. */
#include "shell/syntax/parser.h"

#include "sys.h"

static bool param_special(int c, enum param_what *what)
{
    switch (c) {
    case '@': *what = PARAM_AT; return true;
    case '*': *what = PARAM_STAR; return true;
    case '#': *what = PARAM_COUNT; return true;
    case '?': *what = PARAM_STATUS; return true;
    case '-': *what = PARAM_OPTIONS; return true;
    case '$': *what = PARAM_PID; return true;
    case '!': *what = PARAM_JOB; return true;
    default: return false;
    }
}

/* A name, number (all its digits if braces) or special character at pos. */
static bool param_read_parameter(struct parser *p, struct param *param)
{
    int c = input_peek(p);
    enum param_what what;
    if (char_is_digit(c)) {
        unsigned n = 0;
        do {
            n = n < 100000000 ? n * 10 + (unsigned)(c - '0') : n;
            p->in.pos++;
        } while (param->braces && char_is_digit(c = input_peek(p)));
        param->what = n ? PARAM_POSITIONAL : PARAM_ZERO;
        param->number = n;
    } else if (char_is_name(c)) {
        size_t start = p->in.pos;
        while (char_is_name(input_peek(p)))
            p->in.pos++;
        param->what = PARAM_NAME;
        param->name = sys_intern(p->in.text + start, p->in.pos - start);
    } else if (param_special(c, &what)) {
        param->what = (uint8_t)what;
        p->in.pos++;
    } else {
        return false;
    }
    return true;
}

/* [subscript] behind a name, if there is one. */
static bool param_read_subscript(struct parser *p, struct param *param)
{
    if (param->what != PARAM_NAME || input_peek(p) != '[')
        return true;
    size_t from = p->in.pos + 1;
    int c = input_at(p, from);
    if ((c == '@' || c == '*') && input_at(p, from + 1) == ']') {
        param->subscript_kind = c == '@' ? SUBSCRIPT_AT : SUBSCRIPT_STAR;
        p->in.pos = from + 2;
        return true;
    }
    size_t end = input_find_close(p, from, '[', ']');
    if (end == SIZE_MAX || end == from)
        return false;
    param->subscript_kind = SUBSCRIPT_EXPR;
    p->in.pos = from;
    word_scan_expr(p, end, 0, &param->subscript);
    p->in.pos = end + 1;
    return true;
}

/* The word of an operator, from pos on. pattern: quotes work in it even inside of double
 * quotes. */
static struct word *param_read_word(struct parser *p, unsigned flags, bool pattern,
                                    char stop2)
{
    unsigned inner = SCAN_TILDE | (flags & SCAN_TILDE_ASSIGN);
    unsigned first = flags & SCAN_FIRST;
    if (flags & SCAN_QUOTED)
        inner =
            pattern ? flags & SCAN_TILDE : SCAN_QUOTED | SCAN_PARAM | (flags & SCAN_HERE);
    if (flags & (SCAN_INNER | SCAN_DEEP))
        inner |= SCAN_DEEP;
    struct word *word = arena_alloc(p->arena, sizeof *word);
    sys_nest_enter();
    word_scan(p, inner | first, '}', stop2, word);
    sys_nest_leave();
    return word;
}

/* Where a substring's offset or length ends: before : or } outside of anything nested. */
static size_t param_find_arith_end(struct parser *p, bool colon)
{
    size_t at = p->in.pos;
    unsigned questions = 0;
    for (int c; (c = input_at(p, at)) >= 0; at++) {
        if (c == '}' || (colon && c == ':' && questions == 0))
            return at;
        questions += c == '?';
        questions -= c == ':';
        char close = c == '(' ? ')' : c == '[' ? ']' : '\0';
        if (close) {
            at = input_find_close(p, at + 1, (char)c, close);
        } else if (c == '\\') {
            at++;
        } else if (c == '"' || c == '\'' || c == '`') {
            at = input_find_close(p, at + 1, '\0', (char)c);
        } else if (c == '$' &&
                   (input_at(p, at + 1) == '{' || input_at(p, at + 1) == '(')) {
            bool brace = input_at(p, at + 1) == '{';
            at = input_find_close(p, at + 2, brace ? '\0' : '(', brace ? '}' : ')');
        }
        if (at == SIZE_MAX)
            return at;
    }
    return SIZE_MAX;
}

/* ${x:offset:length}, pos behind the first colon. */
static bool param_read_substring(struct parser *p, struct param *param)
{
    param->op = PARAM_SUBSTRING;
    size_t end = param_find_arith_end(p, true);
    if (end == SIZE_MAX)
        return false;
    if (end == p->in.pos && input_at(p, end) == '}') { // ${x:}: it is known what x is
        param->op = PARAM_BAD;
        return true;
    }
    word_scan_expr(p, end, SCAN_QUOTED | SCAN_DROP, &param->offset);
    if (input_peek(p) != ':')
        return true;
    p->in.pos++;
    end = param_find_arith_end(p, false);
    if (end == SIZE_MAX)
        return false;
    word_scan_expr(p, end, SCAN_QUOTED | SCAN_DROP, &param->length);
    return true;
}

/* ${x/pattern/new}, pos behind the first slash. */
static bool param_read_replace(struct parser *p, unsigned flags, struct param *param)
{
    int c = input_peek(p);
    param->op = c == '/'   ? PARAM_REPLACE_ALL
                : c == '#' ? PARAM_REPLACE_PREFIX
                : c == '%' ? PARAM_REPLACE_SUFFIX
                           : PARAM_REPLACE;
    p->in.pos += param->op != PARAM_REPLACE;
    bool all =
        param->op == PARAM_REPLACE_ALL; // then a third slash belongs to the pattern
    param->word = param_read_word(
        p, flags | (all && input_peek(p) == '/' ? SCAN_FIRST : 0), true, '/');
    if (input_peek(p) == '/') {
        p->in.pos++;
        param->word2 = param_read_word(p, flags | SCAN_TILDE, true, '\0');
    }
    return true;
}

/* Operators that may be doubled: # % ^ , ~ */
static bool param_read_double(struct parser *p, unsigned flags, struct param *param,
                              int c, enum param_op one, enum param_op two)
{
    param->op = (uint8_t)one;
    if (input_peek(p) == c) {
        param->op = (uint8_t)two;
        p->in.pos++;
    }
    bool cut = c == '#' || c == '%';
    if (cut || input_peek(p) != '}')
        param->word = param_read_word(p, flags, true, '\0');
    return true;
}

static bool param_read_default(struct parser *p, unsigned flags, struct param *param,
                               int c)
{
    param->op = c == '-'   ? PARAM_DEFAULT
                : c == '=' ? PARAM_ASSIGN
                : c == '?' ? PARAM_ERROR
                           : PARAM_ALTERNATE;
    if (c == '?' && !(flags & SCAN_HERE)) // expanded as if it stood outside of quotes
        flags &= ~(unsigned)SCAN_QUOTED;
    param->word = param_read_word(p, flags, false, '\0');
    return true;
}

static bool param_read_transform(struct parser *p, struct param *param)
{
    param->op = PARAM_TRANSFORM;
    if (input_peek(p) == '}')
        return true; // without a letter: the expansion complains
    param->letter = (char)input_peek(p);
    p->in.pos++;
    return true;
}

/* What stands between the parameter and the closing brace. */
static bool param_read_operator(struct parser *p, unsigned flags, struct param *param)
{
    int c = input_peek(p);
    if (c == '}')
        return true;
    p->in.pos++;
    switch (c) {
    case ':':
        c = input_peek(p);
        if (c == '-' || c == '=' || c == '?' || c == '+') {
            param->colon = true;
            p->in.pos++;
            return param_read_default(p, flags, param, c);
        }
        return param_read_substring(p, param);
    case '-':
    case '=':
    case '?':
    case '+': return param_read_default(p, flags, param, c);
    case '#':
        return param_read_double(p, flags, param, c, PARAM_CUT_PREFIX,
                                 PARAM_CUT_PREFIX_LONG);
    case '%':
        return param_read_double(p, flags, param, c, PARAM_CUT_SUFFIX,
                                 PARAM_CUT_SUFFIX_LONG);
    case '^':
        return param_read_double(p, flags, param, c, PARAM_UPPER_FIRST, PARAM_UPPER);
    case ',':
        return param_read_double(p, flags, param, c, PARAM_LOWER_FIRST, PARAM_LOWER);
    case '~':
        return param_read_double(p, flags, param, c, PARAM_TOGGLE_FIRST, PARAM_TOGGLE);
    case '/': return param_read_replace(p, flags, param);
    case '@': return param_read_transform(p, param);
    default: return false;
    }
}

/* ${#x}: pos behind the #. false: it is $# with an operator, pos unchanged. */
static bool param_read_length(struct parser *p, struct param *param)
{
    size_t start = p->in.pos, mark = p->replaced_count;
    struct param inner = *param;
    if (param_read_parameter(p, &inner) && param_read_subscript(p, &inner) &&
        input_peek(p) == '}') {
        *param = inner;
        param->op = PARAM_LENGTH;
        return true;
    }
    p->in.pos = start;
    p->replaced_count = mark;
    return false;
}

/* ${#^}: the operators that bash takes behind $# only where more follows, or never. */
static bool param_is_no_count(struct parser *p)
{
    int c = input_at(p, p->in.pos + 1);
    bool last = input_at(p, p->in.pos + 2) == '}';
    return c >= 0 && (memchr("^,~", c, 3) || (last && memchr("%/=+", c, 4)));
}

/* ${!...: whether the ! is a parameter of its own; of ${!#} that is decided at run time.
 */
static bool param_is_job(struct parser *p)
{
    int c = input_at(p, p->in.pos + 1);
    return c < 0 || memchr("}:-=+%/^,?", c, 10) != NULL ||
           (c == '#' && (p->options & PARSE_POSIX) && input_at(p, p->in.pos + 2) != '}');
}

/* ${!prefix@} ${!a[@]}, behind the parameter. */
static void param_read_names(struct parser *p, struct param *param)
{
    int c = input_peek(p);
    if (param->subscript_kind == SUBSCRIPT_AT ||
        param->subscript_kind == SUBSCRIPT_STAR) {
        if (c != '}')
            return;
        param->op = PARAM_KEYS;
    } else if (param->what == PARAM_NAME && param->subscript_kind == SUBSCRIPT_NONE &&
               (c == '@' || c == '*') && input_at(p, p->in.pos + 1) == '}') {
        param->op = PARAM_NAMES;
        param->letter = (char)c;
        p->in.pos++;
    } else {
        return;
    }
    param->indirect = false;
}

/* The inside of ${ }, pos behind the brace. false: it is wrong. */
static bool param_read_braced(struct parser *p, unsigned flags, struct param *param)
{
    int c = input_peek(p);
    if (c == '!' && !param_is_job(p)) {
        param->indirect = true;
        p->in.pos++;
    } else if (c == '#' && input_at(p, p->in.pos + 1) != '}') {
        p->in.pos++;
        if (param_read_length(p, param))
            return true;
        p->in.pos--;
        if (param_is_no_count(p))
            return false;
    }
    if (!param_read_parameter(p, param) || !param_read_subscript(p, param))
        return false;
    if (param->indirect)
        param_read_names(p, param);
    return param_read_operator(p, flags, param) && input_peek(p) == '}';
}

/* ${...}, pos on the $. */
static void param_scan_braced(struct parser *p, unsigned flags, struct param *param)
{
    size_t start = p->in.pos, mark = p->replaced_count;
    unsigned line = p->in.line;
    p->in.pos += 2;
    param->braces = true;
    if (!param_read_braced(p, flags, param) && !p->failed) {
        *param = (struct param){.op = PARAM_BAD, .braces = true};
        p->replaced_count = mark;
        p->in.pos = start + 2;
        p->in.line = line;
        size_t end = input_find_close(p, start + 2, '\0', '}');
        if (end == SIZE_MAX) {
            parser_fail_close(p, line, '}');
            return;
        }
        input_skip(p, end);
    }
    p->in.pos += !p->failed;
}

/* A character that may stand before the word of ${...}. */
static bool param_is_head(int c)
{
    return char_is_name(c) || (c > 0 && strchr("!#:-=+?%^,~@/*", c) != NULL);
}

/* The common case: no backslash near the name and its operator. */
static bool param_is_in_line(const struct parser *p)
{
    const char *at = p->in.text + p->in.pos + 1, *end = p->in.text + p->in.len;
    at += at < end && *at == '{';
    at += at < end && (*at == '!' || *at == '#');
    while (at < end && char_is_name((unsigned char)*at))
        at++;
    return end - at > 2 && at[0] != '\\' && at[1] != '\\' && at[2] != '\\';
}

bool param_joins_lines(struct parser *p)
{
    if (LIKELY(param_is_in_line(p)))
        return false;
    size_t start = p->in.pos + 1, end = input_past_newlines(p, start);
    bool joins = end > start;
    if (!joins) {
        bool braces = input_at(p, start) == '{';
        size_t at = start + braces, next;
        for (int c; c = input_at(p, next = input_past_newlines(p, at)),
                    char_is_name(c) || (braces && param_is_head(c));
             at = end = next + 1)
            joins |= next > at;
    }
    if (joins)
        input_pull_newlines(p, end);
    return joins;
}

bool param_scan(struct parser *p, unsigned flags, struct part *part)
{
    size_t start = p->in.pos;
    int c = input_at(p, start + 1);
    enum param_what what;
    if (c != '{' && !char_is_name(c) && !param_special(c, &what))
        return false;
    struct param *param = arena_alloc_zero(p->arena, sizeof *param);
    if (c == '{') {
        param_scan_braced(p, flags, param);
    } else {
        p->in.pos++;
        param_read_parameter(p, param);
    }
    if (p->failed)
        return false;
    param->raw = word_raw(p, start, p->in.pos);
    part->kind = PART_PARAM;
    part->param = param;
    return true;
}

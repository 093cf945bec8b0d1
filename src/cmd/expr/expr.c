/* expr.c: evaluate an expression. Imitates GNU coreutils expr; numbers have any
 * length. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cmd/expr/big.h"
#include "regex/regex.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/pattern.h"

int cmd_expr(int argc, char **argv);

enum { EXPR_NULL = 1, EXPR_INVALID, EXPR_FAILED };

const struct cmd cmd_expr_entry = {
    .name = "expr",
    .usage = "EXPRESSION",
    .help =
        "Write the value of EXPRESSION. In order of rising precedence:\n"
        "\n"
        "  A | B                A if it is neither null nor 0, else B\n"
        "  A & B                A if neither is null or 0, else 0\n"
        "  A < B  <= = != >= >  1 or 0, of numbers or else of strings\n"
        "  A + B  A - B\n"
        "  A * B  A / B  A % B\n"
        "  STRING : REGEXP      the match at the beginning: its length, or the group \\(...\\)\n"
        "  match STRING REGEXP  the same\n"
        "  substr STRING POS LENGTH  from character POS, counted from 1\n"
        "  index STRING CHARS   where one of CHARS is first, or 0\n"
        "  length STRING\n"
        "  + TOKEN              TOKEN as a string, whatever it is\n"
        "  ( EXPRESSION )\n"
        "\n"
        "The status is 0, 1 if the value is null or 0, 2 if EXPRESSION is invalid.\n",
    .main = cmd_expr,
    .deep = true,
    .fail_status = EXPR_FAILED,
};

struct expr {
    char **next; // words not yet read
};

/* Values are strings on the process heap. */
static char *expr_or(struct expr *e, bool evaluate);

static void expr_syntax(const char *format, const char *text)
{
    char whole[64];
    memcpy(whole, format, strlen(format) + 1);
    msg(whole, quoted(text));
    cmd_exit(EXPR_INVALID);
}

static bool expr_take(struct expr *e, const char *word)
{
    if (!*e->next || !str_eq(*e->next, word))
        return false;
    e->next++;
    return true;
}

static void expr_require_more(const struct expr *e)
{
    if (!*e->next)
        expr_syntax("syntax error: missing argument after %s", e->next[-1]);
}

static bool expr_is_null(const char *value)
{
    const char *p = value + (*value == '-');
    if (!*value)
        return true;
    if (!*p)
        return false;
    return !p[strspn(p, "0")];
}

static char *expr_number(int64_t n)
{
    char text[24];
    num_from_i64(text, n);
    return sys_strdup(text);
}

/* ---- Strings ---------------------------------------------------------------------- */

/* A match at the beginning of text. */
static char *expr_match(const char *text, const char *pattern)
{
    struct pattern p;
    struct regex_options o = {.syntax = REGEX_BASIC, .flags = REGEX_UTF8};
    struct span source = span_of(pattern);
    enum regex_error err = pattern_take(&p, &o, &source, 1);
    if (err) {
        msg("%s", regex_error_text(err));
        cmd_exit(EXPR_INVALID);
    }
    struct regex_span m[2];
    struct span s = span_of(text);
    bool group = regex_groups(p.re) > 0;
    int found = regex_search(p.re, s, 0, REGEX_ANCHORED, m, 2);
    if (found < 0) {
        msg("error in regular expression matcher");
        cmd_exit(EXPR_FAILED);
    }
    char *result;
    if (group) {
        struct buf b = buf_make(sys_heap());
        if (found && m[1].start != REGEX_NONE)
            buf_add(&b, text + m[1].start, m[1].end - m[1].start);
        result = sys_strdup(buf_str(&b));
        buf_fini(&b);
    } else {
        size_t count = found ? utf8_count(span_make(text, m[0].end)) : 0;
        result = expr_number((int64_t)count);
    }
    pattern_give(&p);
    return result;
}

static char *expr_substr(const char *text, const char *at, const char *len)
{
    struct big a, n;
    int64_t from = 0, count = 0;
    if (!big_read(at, &a) || !big_read(len, &n) || !big_to_i64(&a, &from))
        return sys_strdup("");
    if (!big_to_i64(&n, &count))
        count = n.minus ? 0 : INT64_MAX;
    if (from < 1 || count < 1)
        return sys_strdup("");
    struct span s = span_of(text);
    size_t start = utf8_index(s, (size_t)from - 1);
    struct span rest = span_from(s, start);
    size_t end = (uint64_t)count >= rest.len ? rest.len : utf8_index(rest, (size_t)count);
    struct buf b = buf_make(sys_heap());
    buf_add(&b, rest.ptr, end);
    buf_add_str(&b, "");
    char *result = sys_strdup(buf_str(&b));
    buf_fini(&b);
    return result;
}

/* The character number, from 1, of the first one that is in set; 0: none. */
static char *expr_index(const char *text, const char *set)
{
    struct span s = span_of(text), all = span_of(set);
    int64_t number = 0;
    for (size_t at = 0; at < s.len;) {
        size_t next = utf8_next(s, at);
        number++;
        for (size_t i = 0; i < all.len;) {
            size_t after = utf8_next(all, i);
            if (span_eq(span_make(s.ptr + at, next - at),
                        span_make(all.ptr + i, after - i)))
                return expr_number(number);
            i = after;
        }
        at = next;
    }
    return expr_number(0);
}

/* ---- The grammar ------------------------------------------------------------------ */

static char *expr_argument(struct expr *e, bool evaluate);

static char *expr_primary(struct expr *e, bool evaluate)
{
    expr_require_more(e);
    if (expr_take(e, "(")) {
        sys_nest_enter();
        char *value = expr_or(e, evaluate);
        sys_nest_leave();
        if (!*e->next)
            expr_syntax("syntax error: expecting ')' after %s", e->next[-1]);
        if (!expr_take(e, ")"))
            expr_syntax("syntax error: expecting ')' instead of %s", *e->next);
        return value;
    }
    if (str_eq(*e->next, ")"))
        expr_syntax("syntax error: unexpected ')'%.0s", "");
    return sys_strdup(*e->next++);
}

static char *expr_argument(struct expr *e, bool evaluate)
{
    expr_require_more(e);
    if (expr_take(e, "+")) {
        expr_require_more(e);
        return sys_strdup(*e->next++);
    }
    if (expr_take(e, "length")) {
        char *text = expr_argument(e, evaluate);
        return expr_number((int64_t)utf8_count(span_of(text)));
    }
    if (expr_take(e, "match")) {
        char *text = expr_argument(e, evaluate), *pattern = expr_argument(e, evaluate);
        return evaluate ? expr_match(text, pattern) : text;
    }
    if (expr_take(e, "index")) {
        char *text = expr_argument(e, evaluate), *set = expr_argument(e, evaluate);
        return expr_index(text, set);
    }
    if (expr_take(e, "substr")) {
        char *text = expr_argument(e, evaluate), *at = expr_argument(e, evaluate);
        char *len = expr_argument(e, evaluate);
        return expr_substr(text, at, len);
    }
    return expr_primary(e, evaluate);
}

static char *expr_colon(struct expr *e, bool evaluate)
{
    char *value = expr_argument(e, evaluate);
    while (expr_take(e, ":")) {
        char *pattern = expr_argument(e, evaluate);
        if (evaluate) {
            char *old = value;
            value = expr_match(old, pattern);
            sys_free(old);
        }
        sys_free(pattern);
    }
    return value;
}

static char *expr_compute(const char *x, char operator, const char * y)
{
    struct big a, b, result, rest = {0};
    if (!big_read(x, &a) || !big_read(y, &b)) {
        msg("non-integer argument");
        cmd_exit(EXPR_INVALID);
    }
    if ((operator== '/' || operator== '%') && !b.count) {
        msg("division by zero");
        cmd_exit(EXPR_INVALID);
    }
    switch (operator) {
    case '+': result = big_add(&a, &b); break;
    case '-': result = big_subtract(&a, &b); break;
    case '*': result = big_multiply(&a, &b); break;
    default: result = big_divide(&a, &b, &rest);
    }
    struct buf text = buf_make(sys_heap());
    big_write(&text, operator== '%' ? &rest : & result);
    big_free(&a);
    big_free(&b);
    big_free(&result);
    big_free(&rest);
    return buf_take(&text);
}

/* Operators of one precedence, from left to right, on what `operand` reads. */
static char *expr_binary(struct expr *e, bool evaluate, const char *operators,
                         char *(*operand)(struct expr *e, bool evaluate))
{
    char *value = operand(e, evaluate);
    while (*e->next && **e->next && !(*e->next)[1] && strchr(operators, **e->next)) {
        char operator= ** e->next++;
        char *other = operand(e, evaluate);
        if (evaluate) {
            char *result = expr_compute(value, operator, other);
            sys_free(value);
            value = result;
        }
        sys_free(other);
    }
    return value;
}

static char *expr_product(struct expr *e, bool evaluate)
{
    return expr_binary(e, evaluate, "*/%", expr_colon);
}

static char *expr_sum(struct expr *e, bool evaluate)
{
    return expr_binary(e, evaluate, "+-", expr_product);
}

static int expr_compare_values(const char *x, const char *y)
{
    struct big a = {0}, b = {0};
    int order;
    if (big_read(x, &a) && big_read(y, &b))
        order = big_compare(&a, &b);
    else
        order = strcmp(x, y);
    big_free(&a);
    big_free(&b);
    return order;
}

static char *expr_comparison(struct expr *e, bool evaluate)
{
    static const char *const operators[] = {"<", "<=", "=", "==", "!=", ">=", ">"};
    char *value = expr_sum(e, evaluate);
    for (;;) {
        size_t i = 0;
        while (i < COUNT_OF(operators) && !expr_take(e, operators[i]))
            i++;
        if (i == COUNT_OF(operators))
            return value;
        char *other = expr_sum(e, evaluate);
        int order = evaluate ? expr_compare_values(value, other) : 0;
        const bool results[] = {order<0, order <= 0, order == 0, order == 0, order != 0,
                                      order >= 0, order> 0};
        sys_free(value);
        sys_free(other);
        value = expr_number(results[i]);
    }
}

static char *expr_and(struct expr *e, bool evaluate)
{
    char *value = expr_comparison(e, evaluate);
    while (expr_take(e, "&")) {
        bool null = expr_is_null(value);
        char *other = expr_comparison(e, evaluate && !null);
        if (null || expr_is_null(other)) {
            sys_free(value);
            value = sys_strdup("0");
        }
        sys_free(other);
    }
    return value;
}

static char *expr_or(struct expr *e, bool evaluate)
{
    char *value = expr_and(e, evaluate);
    while (expr_take(e, "|")) {
        bool null = expr_is_null(value);
        char *other = expr_and(e, evaluate && null);
        if (null) {
            sys_free(value);
            value = expr_is_null(other) ? sys_strdup("0") : other;
        }
    }
    return value;
}

int cmd_expr(int argc, char **argv)
{
    struct expr e = {argv + 1};
    if (argc == 2 && (str_eq(argv[1], "--help") || str_eq(argv[1], "--version"))) {
        struct opts o = opts_begin(&cmd_expr_entry, argc, argv);
        opts_next(&o); // answers it
    }
    expr_take(&e, "--");
    if (!*e.next) {
        msg_usage("missing operand");
        return EXPR_INVALID;
    }
    char *value = expr_or(&e, true);
    if (*e.next)
        expr_syntax("syntax error: unexpected argument %s", *e.next);
    outf("%s\n", value);
    return expr_is_null(value) ? EXPR_NULL : 0;
}

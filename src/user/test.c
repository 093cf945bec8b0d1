/* test.c: see test.h. */
#include "user/test.h"

#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/msg.h"

struct test_state {
    const struct test_hooks *hooks;
    char **args;
    int at, count;
    bool failed;
};

/* ---- Single tests ----------------------------------------------------------------- */

bool test_newer(const char *a, const char *b)
{
    struct sys_stat sa, sb;
    if (sys_stat(a, &sa))
        return false;
    return sys_stat(b, &sb) || sa.mtime_ns > sb.mtime_ns;
}

bool test_same_file(const char *a, const char *b)
{
    struct sys_stat sa, sb;
    return !sys_stat(a, &sa) && !sys_stat(b, &sb) && sa.dev == sb.dev && sa.ino == sb.ino;
}

static bool test_file(char op, const char *name)
{
    struct sys_stat st;
    int err = op == 'h' || op == 'L' ? sys_lstat(name, &st) : sys_stat(name, &st);
    if (err)
        return false;
    uint32_t type = st.mode & SYS_IFMT;
    switch (op) {
    case 'a':
    case 'e': return true;
    case 'b': return type == SYS_IFBLK;
    case 'c': return type == SYS_IFCHR;
    case 'd': return type == SYS_IFDIR;
    case 'f': return type == SYS_IFREG;
    case 'g': return st.mode & 02000;
    case 'h':
    case 'L': return type == SYS_IFLNK;
    case 'k': return st.mode & 01000;
    case 'N': return st.mtime_ns > st.atime_ns;
    case 'O': return st.uid == (uint32_t)sys_getuid();
    case 'G': return st.gid == (uint32_t)sys_getgid();
    case 'p': return type == SYS_IFIFO;
    case 's': return st.size > 0;
    case 'S': return type == SYS_IFSOCK;
    default: return st.mode & 04000; // u
    }
}

static bool test_access(const char *name, int mode)
{
    return *name && !sys_access(name, mode);
}

static int test_truth(bool value) { return value ? TEST_TRUE : TEST_FALSE; }

static int test_terminal(const struct test_hooks *hooks, const char *text)
{
    int64_t fd;
    if (num_to_i64_whole(text, &fd)) {
        if (hooks->bash)
            return TEST_FALSE;
        msg("invalid integer %s", quoted(text));
        return TEST_ERROR;
    }
    return test_truth(fd >= 0 && fd <= INT32_MAX && sys_isatty((int)fd));
}

int test_unary(const struct test_hooks *hooks, char op, const char *text)
{
    switch (op) {
    case 'n': return test_truth(*text);
    case 'z': return test_truth(!*text);
    case 'r': return test_truth(test_access(text, SYS_R_OK));
    case 'w': return test_truth(test_access(text, SYS_W_OK));
    case 'x': return test_truth(test_access(text, SYS_X_OK));
    case 't': return test_terminal(hooks, text);
    case 'v': return test_truth(hooks->var_is_set && hooks->var_is_set(hooks->ctx, text));
    case 'R': return test_truth(hooks->var_is_ref && hooks->var_is_ref(hooks->ctx, text));
    case 'o':
        return test_truth(hooks->option_is_on && hooks->option_is_on(hooks->ctx, text));
    default: return test_truth(test_file(op, text));
    }
}

/* ---- Operators -------------------------------------------------------------------- */

bool test_is_unary(const struct test_hooks *hooks, const char *text)
{
    if (text[0] != '-' || !text[1] || text[2])
        return false;
    return strchr(hooks->bash ? "abcdefghknoprstuvwxzGLNORS" : "bcdefghknprstuwxzGLNOS",
                  text[1]);
}

enum test_op {
    TEST_EQ,
    TEST_SAME,
    TEST_DIFFERENT,
    TEST_BEFORE,
    TEST_AFTER,
    TEST_NEWER,
    TEST_OLDER,
    TEST_SAME_FILE,
    TEST_INT_EQ,
    TEST_INT_NE,
    TEST_INT_LT,
    TEST_INT_LE,
    TEST_INT_GT,
    TEST_INT_GE,
};

static const char test_ops[][4] = {
    [TEST_EQ] = "=",       [TEST_SAME] = "==",       [TEST_DIFFERENT] = "!=",
    [TEST_BEFORE] = "<",   [TEST_AFTER] = ">",       [TEST_NEWER] = "-nt",
    [TEST_OLDER] = "-ot",  [TEST_SAME_FILE] = "-ef", [TEST_INT_EQ] = "-eq",
    [TEST_INT_NE] = "-ne", [TEST_INT_LT] = "-lt",    [TEST_INT_LE] = "-le",
    [TEST_INT_GT] = "-gt", [TEST_INT_GE] = "-ge",
};

static int test_find_op(const char *text)
{
    char key[sizeof test_ops[0]] = "";
    size_t len = strnlen(text, sizeof key);
    if (len == sizeof key)
        return -1;
    memcpy(key, text, len);
    for (size_t i = 0; i < COUNT_OF(test_ops); i++)
        if (!memcmp(key, test_ops[i], sizeof key))
            return (int)i;
    return -1;
}

bool test_is_binary(const char *text) { return test_find_op(text) >= 0; }

/* The operator that stands there for the program, or -1. */
static int test_op(const struct test_state *s, const char *text)
{
    int op = test_find_op(text);
    return s->hooks->bash || (op != TEST_BEFORE && op != TEST_AFTER) ? op : -1;
}

/* ---- Errors ----------------------------------------------------------------------- */

/* The operand with a complaint, in bash's words and in GNU's. Gives TEST_ERROR, once. */
static int test_fail(struct test_state *s, const char *bash, const char *gnu,
                     const char *text)
{
    if (s->failed)
        return TEST_ERROR;
    s->failed = true;
    char format[64];
    size_t len = strlen(bash);
    if (s->hooks->bash) {
        memcpy(format, "%s: ", 4);
        memcpy(format + 4, bash, len + 1);
        msg(format, s->hooks->name, text);
    } else {
        msg(gnu, quoted(text));
    }
    return TEST_ERROR;
}

static int test_missing(struct test_state *s)
{
    const char *last = s->count ? s->args[s->count - 1] : "";
    return test_fail(s, "argument expected", "missing argument after %s", last);
}

/* ---- Integers of any length, as GNU compares them --------------------------------- */

struct test_digits {
    struct span digits; // without zeros in front
    bool minus;
};

static bool test_read_digits(const char *text, struct test_digits *d)
{
    while (char_is_space(*text))
        text++;
    d->minus = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    if (!char_is_digit(*text))
        return false;
    while (*text == '0')
        text++;
    d->digits = span_make(text, 0);
    while (char_is_digit(*text))
        text++;
    d->digits.len = (size_t)(text - d->digits.ptr);
    while (char_is_blank(*text))
        text++;
    d->minus &= d->digits.len > 0;
    return !*text;
}

static int test_compare_digits(const struct test_digits *a, const struct test_digits *b)
{
    if (a->minus != b->minus)
        return a->minus ? -1 : 1;
    int order = a->digits.len != b->digits.len ? (a->digits.len < b->digits.len ? -1 : 1)
                                               : span_cmp(a->digits, b->digits);
    return a->minus ? -order : order;
}

static bool test_read_int(struct test_state *s, const char *text, struct test_digits *d)
{
    int64_t n;
    if (test_read_digits(text, d) &&
        (d->digits.len < 19 || !s->hooks->bash || !num_to_i64_whole(text, &n)))
        return true;
    test_fail(s, "%s: integer expression expected", "invalid integer %s", text);
    return false;
}

static int test_ints(struct test_state *s, const char *a, int op, const char *b)
{
    struct test_digits x, y;
    if (!test_read_int(s, a, &x) || !test_read_int(s, b, &y))
        return TEST_ERROR;
    int order = test_compare_digits(&x, &y);
    switch (op) {
    case TEST_INT_EQ: return test_truth(order == 0);
    case TEST_INT_NE: return test_truth(order != 0);
    case TEST_INT_LT: return test_truth(order < 0);
    case TEST_INT_LE: return test_truth(order <= 0);
    case TEST_INT_GT: return test_truth(order > 0);
    default: return test_truth(order >= 0);
    }
}

static int test_two(struct test_state *s, const char *a, int op, const char *b)
{
    switch (op) {
    case TEST_EQ:
    case TEST_SAME: return test_truth(str_eq(a, b));
    case TEST_DIFFERENT: return test_truth(!str_eq(a, b));
    case TEST_BEFORE: return test_truth(strcmp(a, b) < 0);
    case TEST_AFTER: return test_truth(strcmp(a, b) > 0);
    case TEST_NEWER: return test_truth(test_newer(a, b));
    case TEST_OLDER: return test_truth(test_newer(b, a));
    case TEST_SAME_FILE: return test_truth(test_same_file(a, b));
    default: return test_ints(s, a, op, b);
    }
}

/* ---- The grammar, for what the number of arguments does not decide ---------------- */

static int test_or(struct test_state *s);

static int test_not(int result) { return result == TEST_ERROR ? result : !result; }

static bool test_next_is(const struct test_state *s, const char *text)
{
    return s->at < s->count && str_eq(s->args[s->at], text);
}

static int test_parenthesis(struct test_state *s)
{
    s->at++;
    sys_nest_enter();
    int result = test_or(s);
    sys_nest_leave();
    if (result == TEST_ERROR)
        return result;
    if (s->at >= s->count)
        return s->hooks->bash
                   ? test_fail(s,
                               s->hooks->name[0] == '[' ? "`)' expected, found ]"
                                                        : "`)' expected",
                               "%s", "")
                   : test_fail(s, "%s", "%s expected", ")");
    if (!test_next_is(s, ")"))
        return test_fail(s, "`)' expected, found %s", "')' expected, found %s",
                         s->args[s->at]);
    s->at++;
    return result;
}

static int test_term(struct test_state *s)
{
    bool negate = false;
    while (test_next_is(s, "!") && s->at + 1 < s->count) {
        negate = !negate;
        s->at++;
    }
    if (s->at >= s->count)
        return test_missing(s);
    int left = s->count - s->at, result;
    char **args = s->args + s->at;
    int op = left >= 3 ? test_op(s, args[1]) : -1;
    if (op >= 0 && !str_eq(args[0], "(")) {
        s->at += 3;
        result = test_two(s, args[0], op, args[2]);
    } else if (str_eq(args[0], "(")) {
        result = test_parenthesis(s);
    } else if (test_is_unary(s->hooks, args[0]) && left >= 2) {
        s->at += 2;
        result = test_unary(s->hooks, args[0][1], args[1]);
    } else {
        s->at++;
        result = test_truth(*args[0]);
    }
    return negate ? test_not(result) : result;
}

static int test_and(struct test_state *s)
{
    int result = test_term(s);
    while (result != TEST_ERROR && test_next_is(s, "-a")) {
        s->at++;
        int next = test_term(s);
        result = next == TEST_ERROR ? next : result | next;
    }
    return result;
}

static int test_or(struct test_state *s)
{
    int result = test_and(s);
    while (result != TEST_ERROR && test_next_is(s, "-o")) {
        s->at++;
        int next = test_and(s);
        result = next == TEST_ERROR ? next : result & next;
    }
    return result;
}

/* ---- POSIX: by the number of arguments -------------------------------------------- */

static int test_args_2(struct test_state *s, char **args)
{
    if (str_eq(args[0], "!"))
        return test_truth(!*args[1]);
    if (test_is_unary(s->hooks, args[0]))
        return test_unary(s->hooks, args[0][1], args[1]);
    if (!s->hooks->bash && (args[0][0] != '-' || !args[0][1] || args[0][2]))
        return test_missing(s);
    return test_fail(s, "%s: unary operator expected", "%s: unary operator expected",
                     args[0]);
}

static int test_args_3(struct test_state *s, char **args)
{
    int op = test_op(s, args[1]);
    if (op >= 0)
        return test_two(s, args[0], op, args[2]);
    if (str_eq(args[1], "-a"))
        return test_truth(*args[0] && *args[2]);
    if (str_eq(args[1], "-o"))
        return test_truth(*args[0] || *args[2]);
    if (str_eq(args[0], "!"))
        return test_not(test_args_2(s, args + 1));
    if (str_eq(args[0], "(") && str_eq(args[2], ")"))
        return test_truth(*args[1]);
    return test_fail(s, "%s: binary operator expected", "%s: binary operator expected",
                     args[1]);
}

static int test_args_many(struct test_state *s)
{
    int result = test_or(s);
    if (result == TEST_ERROR || s->at >= s->count)
        return result;
    if (s->args[s->at][0] == '-')
        return test_fail(s, "syntax error: `%s' unexpected", "extra argument %s",
                         s->args[s->at]);
    return test_fail(s, "too many arguments", "extra argument %s", s->args[s->at]);
}

static int test_args_4(struct test_state *s, char **args)
{
    if (str_eq(args[0], "!"))
        return test_not(test_args_3(s, args + 1));
    if (str_eq(args[0], "(") && str_eq(args[3], ")"))
        return test_args_2(s, args + 1);
    return test_args_many(s);
}

int test_run(const struct test_hooks *hooks, int count, char **args)
{
    struct test_state s = {.hooks = hooks, .args = args, .count = count};
    switch (count) {
    case 0: return TEST_FALSE;
    case 1: return test_truth(*args[0]);
    case 2: return test_args_2(&s, args);
    case 3: return test_args_3(&s, args);
    case 4: return test_args_4(&s, args);
    default: return test_args_many(&s);
    }
}

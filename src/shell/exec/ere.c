/* ere.c: see ere.h. The expression is matched as it is read, with a continuation list: every construct
 * is tried and, where the rest does not match, given up. */
#include "shell/exec/ere.h"

#include <string.h>

#include "sys.h"

struct ere {
    const char *re, *re_end; // the expression
    struct span text;
    bool nocase, bad;
    struct ere_match *m;
};

/* What has to match after the present piece: a chain on the stack. */
struct ere_next {
    int (*run)(struct ere *e, const struct ere_next *n, long at);
    const struct ere_next *up;
    const char *from, *to; // a part of the expression, or a repeated atom
    long min, max, began;
    int group;
};

static const char *ere_skip_bracket(const char *p, const char *end)
{
    p++;
    if (p < end && *p == '^')
        p++;
    if (p < end && *p == ']')
        p++;
    while (p < end && *p != ']') {
        if (*p == '[' && p + 1 < end && (p[1] == ':' || p[1] == '.' || p[1] == '=')) {
            char kind = p[1];
            p += 2;
            while (p + 1 < end && !(*p == kind && p[1] == ']'))
                p++;
            p++;
        }
        p++;
    }
    return p < end ? p + 1 : NULL;
}

/* The end of the atom at p: one character, an escape, [ ], ( ). NULL: it is not closed. */
static const char *ere_skip_atom(const char *p, const char *end)
{
    if (*p == '\\')
        return p + 1 < end ? p + 2 : NULL;
    if (*p == '[')
        return ere_skip_bracket(p, end);
    if (*p != '(')
        return p + 1;
    int depth = 0;
    while (p < end) {
        if (*p == '\\') {
            p += 2;
        } else if (*p == '[') {
            p = ere_skip_bracket(p, end);
            if (!p)
                return NULL;
        } else {
            depth += (*p == '(') - (*p == ')');
            p++;
            if (!depth)
                return p;
        }
    }
    return NULL;
}

/* The end of the branch that begins at p: | or the end. */
static const char *ere_skip_branch(const char *p, const char *end)
{
    while (p && p < end && *p != '|')
        p = ere_skip_atom(p, end);
    return p;
}

static const char *ere_number(const char *p, const char *end, long *n)
{
    *n = 0;
    while (p < end && char_is_digit(*p) && *n < 100000)
        *n = *n * 10 + (*p++ - '0');
    return p;
}

/* A repetition at p: sets the bounds and gives what is after it. */
static const char *ere_repeat(const char *p, const char *end, long *min, long *max)
{
    *min = *max = 1;
    if (p >= end || !strchr("*+?{", *p))
        return p;
    if (*p != '{') {
        *min = *p == '+' ? 1 : 0;
        *max = *p == '?' ? 1 : -1;
        return p + 1;
    }
    if (p + 1 >= end || !char_is_digit(p[1]))
        return p; // a plain brace
    p = ere_number(p + 1, end, min);
    *max = *min;
    if (p < end && *p == ',') {
        *max = -1;
        if (p + 1 < end && char_is_digit(p[1]))
            p = ere_number(p + 1, end, max);
        else
            p++;
    }
    return p < end && *p == '}' ? p + 1 : NULL;
}

static bool ere_class(const char *name, size_t len, int c)
{
    static const char *const names[] = {"alpha", "digit", "alnum", "upper", "lower", "space",
                                        "blank", "punct", "print", "graph", "cntrl", "xdigit"};
    size_t i = 0;
    while (i < COUNT_OF(names) && (strlen(names[i]) != len || memcmp(names[i], name, len) != 0))
        i++;
    switch (i) {
    case 0: return char_is_alpha(c);
    case 1: return char_is_digit(c);
    case 2: return char_is_alnum(c);
    case 3: return char_is_upper(c);
    case 4: return char_is_lower(c);
    case 5: return char_is_space(c);
    case 6: return char_is_blank(c);
    case 7: return char_is_punct(c);
    case 8: return char_is_print(c);
    case 9: return char_is_print(c) && c != ' ';
    case 10: return char_is_cntrl(c);
    case 11: return char_hex(c) >= 0;
    default: return false;
    }
}

static bool ere_bracket_has(const char *p, const char *end, int c)
{
    bool not = *p == '^', found = false;
    const char *first = p += not;
    while (p < end && (*p != ']' || p == first)) {
        if (*p == '[' && p[1] == ':') {
            const char *name = p + 2;
            p = name;
            while (p < end && *p != ':')
                p++;
            found |= ere_class(name, (size_t)(p - name), c);
            p += 2;
        } else if (p + 2 < end && p[1] == '-' && p[2] != ']') {
            found |= c >= (unsigned char)*p && c <= (unsigned char)p[2];
            p += 3;
        } else {
            found |= c == (unsigned char)*p;
            p++;
        }
    }
    return found != not;
}

/* How many bytes one character takes at `at`. */
static long ere_char_len(const struct ere *e, long at)
{
    unsigned char c = (unsigned char)e->text.ptr[at];
    long len = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return int64_min(len, (long)e->text.len - at);
}

/* A single character against an atom that is no group: its length, -1 no match. */
static long ere_match_char(const struct ere *e, const char *atom, const char *end, long at)
{
    if (at >= (long)e->text.len)
        return -1;
    int c = (unsigned char)e->text.ptr[at], lower = char_lower(c), upper = char_upper(c);
    if (*atom == '.')
        return ere_char_len(e, at);
    if (*atom == '[') {
        bool has = ere_bracket_has(atom + 1, end - 1, c);
        if (e->nocase)
            has = has || ere_bracket_has(atom + 1, end - 1, lower)
               || ere_bracket_has(atom + 1, end - 1, upper);
        return has ? (atom[1] == '^' ? ere_char_len(e, at) : 1) : -1;
    }
    int want = (unsigned char)(*atom == '\\' ? atom[1] : *atom);
    return c == want || (e->nocase && lower == char_lower(want)) ? 1 : -1;
}

static int ere_group_number(const struct ere *e, const char *paren)
{
    int n = 0;
    for (const char *p = e->re; p <= paren;) {
        if (*p == '\\') {
            p += 2;
        } else if (*p == '[') {
            p = ere_skip_bracket(p, e->re_end);
        } else {
            n += *p == '(';
            p++;
        }
    }
    return n;
}

static int ere_alternatives(struct ere *e, const char *p, const char *end, const struct ere_next *n,
                            long at);
static int ere_atoms(struct ere *e, const char *p, const char *end, const struct ere_next *n, long at);

static int ere_go_on(struct ere *e, const struct ere_next *n, long at)
{
    if (n)
        return n->run(e, n, at);
    e->m->end[0] = at;
    return 1;
}

static int ere_run_rest(struct ere *e, const struct ere_next *n, long at)
{
    return ere_atoms(e, n->from, n->to, n->up, at);
}

/* A group's inside has matched up to `at`. */
static int ere_run_close(struct ere *e, const struct ere_next *n, long at)
{
    int g = n->group;
    if (g >= ERE_GROUPS)
        return ere_go_on(e, n->up, at);
    long start = e->m->start[g], end = e->m->end[g];
    e->m->start[g] = n->began;
    e->m->end[g] = at;
    if (ere_go_on(e, n->up, at))
        return 1;
    e->m->start[g] = start;
    e->m->end[g] = end;
    return 0;
}

static int ere_one(struct ere *e, const char *atom, const char *end, const struct ere_next *n, long at)
{
    if (*atom == '(') {
        struct ere_next close = {.run = ere_run_close, .up = n, .began = at,
                                 .group = ere_group_number(e, atom)};
        return ere_alternatives(e, atom + 1, end - 1, &close, at);
    }
    if (*atom == '^')
        return at == 0 && ere_go_on(e, n, at);
    if (*atom == '$')
        return at == (long)e->text.len && ere_go_on(e, n, at);
    long len = ere_match_char(e, atom, end, at);
    return len >= 0 && ere_go_on(e, n, at + len);
}

/* n->from..to is an atom of which up to n->max more may follow; greedy. */
static int ere_run_more(struct ere *e, const struct ere_next *n, long at)
{
    sys_tick();
    if (n->max && at != n->began) {
        struct ere_next more = *n;
        more.min = n->min ? n->min - 1 : 0;
        more.max = n->max > 0 ? n->max - 1 : -1;
        more.began = at;
        if (ere_one(e, n->from, n->to, &more, at))
            return 1;
    }
    return n->min <= 0 || at == n->began ? ere_go_on(e, n->up, at) : 0;
}

/* Repeats a single-character atom without recursion. */
static int ere_run_chars(struct ere *e, const char *atom, const char *end, long min, long max,
                         const struct ere_next *n, long at)
{
    long count = 0, from = at, len;
    while ((max < 0 || count < max) && (len = ere_match_char(e, atom, end, at)) >= 0) {
        at += len;
        count++;
        sys_tick();
    }
    for (; count >= min; count--) {
        if (ere_go_on(e, n, at))
            return 1;
        do
            at--;
        while (at > from && *atom != '\\' && ((unsigned char)e->text.ptr[at] & 0xc0) == 0x80
               && (*atom == '.' || *atom == '['));
    }
    return 0;
}

static int ere_atoms(struct ere *e, const char *p, const char *end, const struct ere_next *n, long at)
{
    if (p >= end)
        return ere_go_on(e, n, at);
    long min, max;
    const char *atom_end = ere_skip_atom(p, end);
    const char *rest = atom_end ? ere_repeat(atom_end, end, &min, &max) : NULL;
    if (!rest) {
        e->bad = true;
        return 0;
    }
    struct ere_next after = {.run = ere_run_rest, .up = n, .from = rest, .to = end};
    sys_nest_enter();
    int found;
    if (min == 1 && max == 1)
        found = ere_one(e, p, atom_end, &after, at);
    else if (*p != '(' && *p != '^' && *p != '$')
        found = ere_run_chars(e, p, atom_end, min, max, &after, at);
    else {
        struct ere_next more = {.run = ere_run_more, .up = &after, .from = p, .to = atom_end,
                                .min = min, .max = max, .began = -1};
        found = ere_run_more(e, &more, at);
    }
    sys_nest_leave();
    return found;
}

static int ere_alternatives(struct ere *e, const char *p, const char *end, const struct ere_next *n,
                            long at)
{
    for (;;) {
        const char *bar = ere_skip_branch(p, end);
        if (!bar) {
            e->bad = true;
            return 0;
        }
        if (ere_atoms(e, p, bar, n, at))
            return 1;
        if (bar >= end)
            return 0;
        p = bar + 1;
    }
}

static bool ere_is_balanced(const struct ere *e)
{
    int depth = 0;
    for (const char *p = e->re; p < e->re_end;) {
        if (*p == '\\') {
            p += 2;
        } else if (*p == '[') {
            p = ere_skip_bracket(p, e->re_end);
            if (!p)
                return false;
        } else {
            depth += (*p == '(') - (*p == ')');
            if (depth < 0)
                return false;
            p++;
        }
    }
    return !depth;
}

int ere_search(struct span regex, struct span text, bool nocase, struct ere_match *match)
{
    struct ere e = {.re = regex.ptr, .re_end = regex.ptr + regex.len, .text = text,
                    .nocase = nocase, .m = match};
    if (!ere_is_balanced(&e))
        return -1;
    int groups = ere_group_number(&e, e.re_end - 1);
    match->count = (int)size_min((size_t)groups + 1, ERE_GROUPS);
    for (long at = 0; at <= (long)text.len; at++) {
        for (int i = 0; i < ERE_GROUPS; i++)
            match->start[i] = match->end[i] = -1;
        match->start[0] = at;
        if (ere_alternatives(&e, e.re, e.re_end, NULL, at))
            return 1;
        if (e.bad)
            return -1;
    }
    return 0;
}

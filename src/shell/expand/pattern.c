/* pattern.c: matching text against shell patterns. See pattern.h.
 *
 * The pattern is interpreted as it stands. A "*" is handled by going back to the last one
 * only, which is enough for plain patterns; extended operators recurse. */
#include "shell/expand/pattern.h"

#include <string.h>

#include "regex/ctype.h"
#include "sys.h"

/* Where an extended operator was tried and did not match. Without that, operators within
 * operators would try the same places again and again. */
struct pattern_failure {
    const char *p, *t, *pend, *tend;
    bool again;
};

enum {
    PATTERN_FAILURES = 1024,   // one for each hash: an older one is forgotten
    PATTERN_FAILURES_FROM = 64 // calls: shorter matches keep none
};

struct pattern_try {
    const char *pend; // of the pattern
    const char *tend; // of the text
    unsigned flags;
    struct pattern_failures *failures;
};

/* ---- Extended operators ----------------------------------------------------------- */

const char *pattern_close(const char *p, const char *pend)
{
    int depth = 0;
    for (; p < pend; p++) {
        if (*p == '\\' && p + 1 < pend) {
            p++;
        } else if (*p == '[') {
            const char *end;
            pattern_bracket(p + 1, pend, 0, 0, &end);
            if (!end)
                return NULL; // bash looks for the ] behind the )
            p = end - 1;
        } else if (*p == '(') {
            depth++;
        } else if (*p == ')' && --depth == 0) {
            return p;
        }
    }
    return NULL;
}

static bool pattern_is_ext(const char *p, const char *pend, unsigned flags)
{
    return (flags & PATTERN_EXT) && p + 1 < pend && p[1] == '(' && strchr("?*+@!", *p);
}

/* The alternative that begins at p ends at the next "|" of its level, or at close. */
static const char *pattern_alternative_end(const char *p, const char *close)
{
    for (; p < close; p++) {
        if (*p == '|')
            return p;
        if (*p == '\\' && p + 1 < close) {
            p++;
        } else if (*p == '[') {
            const char *end;
            pattern_bracket(p + 1, close, 0, 0, &end);
            if (end)
                p = end - 1;
        } else if (*p == '(') {
            const char *inner = pattern_close(p, close);
            if (inner)
                p = inner;
        }
    }
    return close;
}

static bool pattern_here(const struct pattern_try *m, const char *p, const char *t);

/* Whether one of the alternatives in p..close matches the whole of t..end. */
static bool pattern_any(const struct pattern_try *m, const char *p, const char *close,
                        const char *t, const char *end)
{
    for (;;) {
        const char *stop = pattern_alternative_end(p, close);
        struct pattern_try sub = {stop, end, m->flags, m->failures};
        if (pattern_here(&sub, p, t))
            return true;
        if (stop == close)
            return false;
        p = stop + 1;
    }
}

/* The place in the table for a failure. NULL: none is kept. */
static struct pattern_failure *pattern_slot(const struct pattern_try *m,
                                            const struct pattern_failure *f)
{
    struct pattern_failures *all = m->failures;
    if (!all->table) {
        if (++all->calls < PATTERN_FAILURES_FROM)
            return NULL;
        all->table = sys_alloc(PATTERN_FAILURES * sizeof *all->table);
        memset(all->table, 0, PATTERN_FAILURES * sizeof *all->table);
    }
    uint64_t hash = (uintptr_t)f->p * 31 + (uintptr_t)f->t;
    hash = hash * 31 + (uintptr_t)f->tend + f->again;
    return &all->table[(hash * 0x9e3779b97f4a7c15u) >> 54];
}

static bool pattern_is_failure(const struct pattern_failure *a,
                               const struct pattern_failure *b)
{
    return a->p == b->p && a->t == b->t && a->pend == b->pend && a->tend == b->tend &&
           a->again == b->again;
}

static bool pattern_ext(const struct pattern_try *m, char kind, const char *p,
                        const char *close, const char *t, bool again);

/* The operator kind over the alternatives p..close, then the rest of the pattern. again:
 * "*" and "+" after the first round, which must take something. */
static bool pattern_ext_try(const struct pattern_try *m, char kind, const char *p,
                            const char *close, const char *t, bool again)
{
    const char *rest = close + 1;
    bool matched = false;
    sys_nest_enter();
    sys_tick();
    if ((kind == '?' || kind == '*' || again) && pattern_here(m, rest, t))
        matched = true;
    bool repeats = kind == '*' || kind == '+';
    for (const char *end = t; !matched && end <= m->tend; end++) {
        if ((repeats && end == t && again) ||
            pattern_any(m, p, close, t, end) == (kind == '!'))
            continue;
        if (repeats && end > t)
            matched = pattern_ext(m, kind, p, close, end, true);
        else
            matched = pattern_here(m, rest, end);
    }
    sys_nest_leave();
    return matched;
}

static bool pattern_ext(const struct pattern_try *m, char kind, const char *p,
                        const char *close, const char *t, bool again)
{
    const struct pattern_failure f = {p, t, m->pend, m->tend, again};
    struct pattern_failure *slot = pattern_slot(m, &f);
    if (slot && pattern_is_failure(slot, &f))
        return false;
    if (pattern_ext_try(m, kind, p, close, t, again))
        return true;
    if (slot)
        *slot = f;
    return false;
}

/* ---- The matcher ------------------------------------------------------------------ */

/* The place after the element at p, which is no "*" and no extended operator. */
static const char *pattern_skip(const struct pattern_try *m, const char *p)
{
    const char *end = NULL;
    size_t len;
    if (*p == '[')
        pattern_bracket(p + 1, m->pend, 0, m->flags, &end);
    if (end)
        return end;
    if (*p == '\\' && p + 1 < m->pend)
        p++;
    pattern_char(p, m->pend, m->flags, &len);
    return p + len;
}

/* Matches the element at p, which is no "*" and no extended operator, with the character
 * at t. Gives the place after it in the pattern, or NULL. */
static const char *pattern_one(const struct pattern_try *m, const char *p, const char *t,
                               size_t *len)
{
    uint32_t c = pattern_char(t, m->tend, m->flags, len);
    if (*p == '?')
        return p + 1;
    if (*p == '[') {
        const char *end;
        bool in = pattern_bracket(p + 1, m->pend, c, m->flags, &end);
        if (end)
            return in ? end : NULL;
    }
    if (*p == '\\' && p + 1 < m->pend)
        p++;
    size_t plen;
    uint32_t want = pattern_char(p, m->pend, m->flags, &plen);
    if (c == want ||
        ((m->flags & PATTERN_NOCASE) && ctype_to_lower(c) == ctype_to_lower(want)))
        return p + plen;
    return NULL;
}

/* Whether a character means itself in every pattern (unless "(" follows it, "|" or ")"
 * ends it). */
static bool pattern_is_plain(char c)
{
    return char_is_alnum((unsigned char)c) || c == '_' || c == '-' || c == '/' ||
           c == '.' || c == ' ';
}

/* How many characters the rest of a pattern takes, from p on, which is behind a "*"; -1:
 * no one number. */
static long pattern_tail(const struct pattern_try *m, const char *p)
{
    long count = 0;
    for (; p < m->pend; count++) {
        if (*p == '*' || pattern_is_ext(p, m->pend, m->flags))
            return -1;
        p = pattern_is_plain(*p) ? p + 1 : pattern_skip(m, p);
    }
    return count;
}

/* Where what follows the last "*" of a pattern has to stand in a text whose end is
 * ASCII: there is one place only. False: it has to be looked for. */
static bool pattern_anchor(const struct pattern_try *m, const char *p, const char **t)
{
    long tail = pattern_tail(m, p);
    if (tail < 0 || m->tend - *t < tail)
        return false;
    for (const char *q = m->tend - tail; q < m->tend; q++)
        if ((unsigned char)*q >= 0x80 && !(m->flags & PATTERN_BYTES))
            return false;
    *t = m->tend - tail;
    return true;
}

/* A "*" has been met: what follows it in the pattern, and where that is tried next. */
struct pattern_star {
    const char *p; // NULL: none, or it has one place only
    const char *t;
};

/* Whether bash lets the pattern from p on, behind a "*", match the end of the text: only
 * "*", "?(...)" and "*(...)" may stand there, whatever else may be empty. */
static bool pattern_may_end(const struct pattern_try *m, const char *p)
{
    while (p < m->pend) {
        bool ext =
            pattern_is_ext(p, m->pend, m->flags) && *p != '@' && *p != '+' && *p != '!';
        const char *close = ext ? pattern_close(p + 1, m->pend) : NULL;
        if (!close && *p != '*')
            return false;
        p = close ? close + 1 : p + 1;
    }
    return true;
}

/* The next place for it; NULL: none. */
static const char *pattern_star_next(const struct pattern_try *m,
                                     struct pattern_star *star)
{
    size_t len;
    if (!star->p || star->t >= m->tend)
        return NULL;
    pattern_char(star->t, m->tend, m->flags, &len);
    star->t += len;
    sys_tick();
    if (!(m->flags & PATTERN_NOCASE) && star->p < m->pend && pattern_is_plain(*star->p)) {
        const char *hit = memchr(star->t, *star->p, (size_t)(m->tend - star->t));
        sys_ticks((unsigned)(((hit ? hit : m->tend) - star->t) / 1024));
        star->t = hit;
    }
    if (star->t == m->tend && !pattern_may_end(m, star->p))
        return NULL;
    return star->t;
}

static bool pattern_here(const struct pattern_try *m, const char *p, const char *t)
{
    struct pattern_star star = {NULL, NULL};
    for (;;) {
        while (p < m->pend && t < m->tend && *p == *t && pattern_is_plain(*p)) {
            p++;
            t++;
        }
        const char *next = NULL;
        size_t len = 0;
        if (p == m->pend) {
            if (t == m->tend)
                return true;
        } else if (pattern_is_ext(p, m->pend, m->flags) &&
                   pattern_close(p + 1, m->pend)) {
            if (pattern_ext(m, *p, p + 2, pattern_close(p + 1, m->pend), t, false))
                return true;
        } else if (*p == '*') {
            if (++p == m->pend)
                return true;
            if (t == m->tend && pattern_is_ext(p, m->pend, m->flags) &&
                !pattern_may_end(m, p))
                return *p == '!'; // as bash has it
            star = (struct pattern_star){p, t};
            if (pattern_anchor(m, p, &t))
                star.p = NULL;
            continue;
        } else if (t < m->tend) {
            next = pattern_one(m, p, t, &len);
        }
        if (next) {
            p = next;
            t += len;
            continue;
        }
        t = pattern_star_next(m, &star);
        if (!t)
            return false;
        p = star.p;
    }
}

/* Whether the pattern begins with a dot that is written out, or can do so. */
static bool pattern_takes_dot(const char *p, const char *pend, unsigned flags)
{
    if (p >= pend)
        return false;
    if (*p == '.' || (*p == '\\' && p + 1 < pend && p[1] == '.'))
        return true;
    if (!pattern_is_ext(p, pend, flags))
        return false;
    const char *close = pattern_close(p + 1, pend);
    if (!close || *p == '!')
        return false;
    for (const char *alt = p + 2;;) {
        const char *stop = pattern_alternative_end(alt, close);
        if (pattern_takes_dot(alt, stop, flags))
            return true;
        if (stop == close)
            break;
        alt = stop + 1;
    }
    return (*p == '?' || *p == '*') && pattern_takes_dot(close + 1, pend, flags);
}

bool pattern_match(struct span pattern, struct span text, unsigned flags)
{
    struct pattern_failures failures = {0};
    bool matched = pattern_match_more(pattern, text, flags, &failures);
    pattern_failures_free(&failures);
    return matched;
}

void pattern_failures_free(struct pattern_failures *failures)
{
    sys_free(failures->table);
}

bool pattern_match_more(struct span pattern, struct span text, unsigned flags,
                        struct pattern_failures *failures)
{
    const char *p = pattern.ptr, *pend = p + pattern.len;
    if (text.len && text.ptr[0] == '.' && (flags & PATTERN_PATH) &&
        !(flags & PATTERN_DOT) && !pattern_takes_dot(p, pend, flags))
        return false;
    struct pattern_try m = {pend, text.ptr + text.len, flags, failures};
    return pattern_here(&m, p, text.ptr);
}

bool pattern_is_special(struct span pattern, unsigned flags)
{
    const char *p = pattern.ptr, *end = p + pattern.len;
    for (; p < end; p++) {
        if (*p == '\\')
            p++;
        else if (*p == '*' || *p == '?' || pattern_is_ext(p, end, flags))
            return true;
        else if (*p == '[' && memchr(p, ']', (size_t)(end - p)))
            return true;
    }
    return false;
}

size_t pattern_unescape(struct span pattern, char *dst)
{
    size_t to = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
            i++;
        dst[to++] = pattern.ptr[i];
    }
    return to;
}

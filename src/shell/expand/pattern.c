/* pattern.c: matching text against shell patterns. See pattern.h.
 *
 * The pattern is interpreted as it stands. A "*" is handled by going back to the last one
 * only, which is enough for plain patterns; extended operators recurse. */
#include "shell/expand/pattern.h"

#include <string.h>

#include "base/utf8.h"
#include "sys.h"

struct pattern_try {
    const char *pend; // of the pattern
    const char *tend; // of the text
    unsigned flags;
};

uint32_t pattern_char(const char *p, const char *end, unsigned flags, size_t *len)
{
    unsigned char byte = (unsigned char)*p;
    uint32_t c;
    *len = 1;
    if (byte < 0x80 || (flags & PATTERN_BYTES))
        return byte;
    int n = utf8_decode(p, (size_t)(end - p), &c);
    if (n < 1)
        return 0x110000u + byte;
    *len = (size_t)n;
    return c;
}

/* (Latin, Greek and Cyrillic letters; others have to be written as they are.) */
uint32_t pattern_fold(uint32_t c)
{
    if (c < 0x80)
        return (uint32_t)char_lower((int)c);
    if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c >= 0x100 && c <= 0x17f && c != 0x130 && c != 0x178)
        return ((c >= 0x139 && c <= 0x148) || c >= 0x179) ? c + (c & 1) : c | 1;
    return c;
}

/* ---- Brackets --------------------------------------------------------------------- */

static bool pattern_class_has(struct span name, uint32_t c)
{
    static const char *const names[] = {"alnum", "alpha", "ascii", "blank", "cntrl",
                                        "digit", "graph", "lower", "print", "punct",
                                        "space", "upper", "word",  "xdigit"};
    unsigned k = 0;
    while (k < COUNT_OF(names) && !span_eq_str(name, names[k]))
        k++;
    bool wide = c >= 0xa0 && c < 0x110000, small = c < 0x80;
    int b = small ? (int)c : 0;
    switch (k) {
    case 0: return wide || (small && char_is_alnum(b));
    case 1: return wide || (small && char_is_alpha(b));
    case 2: return small;
    case 3: return small && char_is_blank(b);
    case 4: return (small && char_is_cntrl(b)) || (c >= 0x80 && c < 0xa0);
    case 5: return small && char_is_digit(b);
    case 6: return wide || (small && b > ' ' && b <= '~');
    case 7: return (small && char_is_lower(b)) || (wide && pattern_fold(c) == c);
    case 8: return wide || (small && char_is_print(b));
    case 9: return small && char_is_punct(b);
    case 10: return small && char_is_space(b);
    case 11: return (small && char_is_upper(b)) || (wide && pattern_fold(c) != c);
    case 12: return wide || (small && char_is_name(b));
    case 13: return small && char_hex(b) >= 0;
    default: return false;
    }
}

/* "[:name:]", "[=c=]", "[.c.]" inside brackets: p is at the inner "[". Gives the place
 * after it, or NULL. */
static const char *pattern_inner(const char *p, const char *pend, struct span *name)
{
    char kind = p[1];
    for (const char *q = p + 2; q + 1 < pend; q++)
        if (q[0] == kind && q[1] == ']') {
            *name = span_make(p + 2, (size_t)(q - p - 2));
            return q + 2;
        }
    return NULL;
}

/* One end of a range: a character, "\c" or "[.c.]". */
static const char *pattern_range_end(const char *p, const char *pend, unsigned flags,
                                     uint32_t *c)
{
    size_t len;
    struct span name;
    if (*p == '[' && p + 1 < pend && (p[1] == '.' || p[1] == '=')) {
        const char *after = pattern_inner(p, pend, &name);
        if (after && name.len) {
            *c = pattern_char(name.ptr, name.ptr + name.len, flags, &len);
            return after;
        }
    }
    if (*p == '\\' && p + 1 < pend)
        p++;
    *c = pattern_char(p, pend, flags, &len);
    return p + len;
}

static bool pattern_in_range(uint32_t c, uint32_t from, uint32_t to, unsigned flags)
{
    if (c >= from && c <= to)
        return true;
    if (!(flags & PATTERN_NOCASE))
        return false;
    uint32_t lower = pattern_fold(c);
    uint32_t upper = c < 0x80 ? (uint32_t)char_upper((int)c) : c;
    return (lower >= from && lower <= to) || (upper >= from && upper <= to);
}

bool pattern_bracket(const char *p, const char *pend, uint32_t c, unsigned flags,
                     const char **end)
{
    bool negate = p < pend && (*p == '!' || *p == '^'), found = false;
    if (negate)
        p++;
    *end = NULL;
    for (bool first = true;; first = false) {
        if (p >= pend)
            return false;
        if (*p == ']' && !first)
            break;
        struct span name;
        if (*p == '[' && p + 1 < pend && p[1] == ':') {
            const char *after = pattern_inner(p, pend, &name);
            if (after) {
                found |= pattern_class_has(name, c);
                if ((flags & PATTERN_NOCASE) &&
                    (span_eq_str(name, "lower") || span_eq_str(name, "upper")))
                    found |= pattern_class_has(span_of("alpha"), c);
                p = after;
                continue;
            }
        }
        uint32_t from, to;
        p = pattern_range_end(p, pend, flags, &from);
        to = from;
        if (p + 1 < pend && *p == '-' && p[1] != ']')
            p = pattern_range_end(p + 1, pend, flags, &to);
        found |= pattern_in_range(c, from, to, flags);
    }
    *end = p + 1;
    return found != negate;
}

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
        struct pattern_try sub = {stop, end, m->flags};
        if (pattern_here(&sub, p, t))
            return true;
        if (stop == close)
            return false;
        p = stop + 1;
    }
}

/* The operator kind over the alternatives p..close, then the rest of the pattern. again:
 * "*" and "+" after the first round, which must take something. */
static bool pattern_ext(const struct pattern_try *m, char kind, const char *p,
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

/* ---- The matcher ------------------------------------------------------------------ */

/* Matches one element at p, which is no "*" and no extended operator, with the character
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
        ((m->flags & PATTERN_NOCASE) && pattern_fold(c) == pattern_fold(want)))
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

static bool pattern_here(const struct pattern_try *m, const char *p, const char *t)
{
    while (p < m->pend && t < m->tend && *p == *t &&
           pattern_is_plain(*p)) { // the usual beginning
        p++;
        t++;
    }
    const char *star = NULL,
               *star_t = NULL; // what follows the last "*", and where it is tried
    for (;;) {
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
            star = ++p;
            star_t = t;
            if (p == m->pend)
                return true;
            continue;
        } else if (t < m->tend) {
            next = pattern_one(m, p, t, &len);
        }
        if (next) {
            p = next;
            t += len;
            continue;
        }
        if (!star || star_t >= m->tend)
            return false;
        pattern_char(star_t, m->tend, m->flags, &len);
        star_t += len;
        p = star;
        t = star_t;
        sys_tick();
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
    const char *p = pattern.ptr, *pend = p + pattern.len;
    if (text.len && text.ptr[0] == '.' && (flags & PATTERN_PATH) &&
        !(flags & PATTERN_DOT) && !pattern_takes_dot(p, pend, flags))
        return false;
    struct pattern_try m = {pend, text.ptr + text.len, flags};
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

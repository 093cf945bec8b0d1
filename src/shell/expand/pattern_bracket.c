/* pattern_bracket.c: characters of texts and patterns, [...]. See pattern.h.
 *
 * Most brackets are a few plain ASCII characters and ranges: those are read in one short
 * loop; classes, escapes and wide characters take the general way. */
#include "base/utf8.h"
#include "regex/ctype.h"
#include "shell/expand/pattern.h"
#include "sys.h"

uint32_t pattern_char_wide(const char *p, const char *end, unsigned flags, size_t *len)
{
    uint32_t c;
    int n = flags & PATTERN_BYTES ? 0 : utf8_decode(p, (size_t)(end - p), &c);
    *len = n < 1 ? 1 : (size_t)n;
    return n < 1 ? 0x110000u + (unsigned char)*p : c;
}

/* Whether c is in the class of that name: the POSIX ones, ascii and word. */
static bool pattern_class_has(struct span name, uint32_t c)
{
    enum ctype class = ctype_find(name);
    if (class != CTYPE_NONE)
        return ctype_is(class, c);
    return span_eq_str(name, "ascii") ? c < 0x80
                                      : span_eq_str(name, "word") && ctype_is_word(c);
}

/* "[:name:]", "[=c=]", "[.c.]" inside brackets: p is at the inner "[". Gives the place
 * after it, or NULL. */
static const char *pattern_inner(const char *p, const char *pend, struct span *name)
{
    char kind = p[1];
    const char *q = p + 2;
    while (q + 1 < pend && !(q[0] == kind && q[1] == ']'))
        q++;
    sys_ticks((unsigned)((q - p) / 64));
    if (q + 1 >= pend)
        return NULL;
    *name = span_make(p + 2, (size_t)(q - p - 2));
    return q + 2;
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
    uint32_t lower = ctype_to_lower(c), upper = ctype_to_upper(c);
    return (lower >= from && lower <= to) || (upper >= from && upper <= to);
}

/* pattern_bracket where all that stands in it is plain ASCII: from p, which is behind the
 * negation. NULL: it has to be read the general way. */
static const char *pattern_bracket_plain(const char *p, const char *pend, uint32_t c,
                                         bool *found)
{
    const char *first = p;
    bool in = false;
    for (; p < pend && (*p != ']' || p == first); p++) {
        unsigned char from = (unsigned char)*p, to = from;
        if (p + 2 < pend && p[1] == '-' && p[2] != ']')
            to = (unsigned char)*(p += 2);
        if ((from | to) >= 0x80 || from == '[' || from == '\\' || to == '[' || to == '\\')
            return NULL;
        in |= c >= from && c <= to;
    }
    *found = in;
    return p < pend ? p : NULL;
}

/* The same for all brackets. */
static const char *pattern_bracket_general(const char *p, const char *pend, uint32_t c,
                                           unsigned flags, bool *found)
{
    const char *first = p;
    *found = false;
    while (p < pend && (*p != ']' || p == first)) {
        struct span name;
        const char *after = NULL;
        if (*p == '[' && p + 1 < pend && p[1] == ':')
            after = pattern_inner(p, pend, &name);
        if (after) {
            *found |= pattern_class_has(name, c);
            if ((flags & PATTERN_NOCASE) &&
                (span_eq_str(name, "lower") || span_eq_str(name, "upper")))
                *found |= pattern_class_has(span_of("alpha"), c);
            p = after;
            continue;
        }
        uint32_t from, to;
        p = pattern_range_end(p, pend, flags, &from);
        to = from;
        if (p + 1 < pend && *p == '-' && p[1] != ']')
            p = pattern_range_end(p + 1, pend, flags, &to);
        *found |= pattern_in_range(c, from, to, flags);
    }
    sys_ticks((unsigned)((p - first) / 64));
    return p < pend ? p : NULL;
}

bool pattern_bracket(const char *p, const char *pend, uint32_t c, unsigned flags,
                     const char **end)
{
    bool negate = p < pend && (*p == '!' || *p == '^'), found = false;
    const char *close = NULL;
    if (negate)
        p++;
    if (!(flags & PATTERN_NOCASE))
        close = pattern_bracket_plain(p, pend, c, &found);
    if (!close)
        close = pattern_bracket_general(p, pend, c, flags, &found);
    *end = close ? close + 1 : NULL;
    return close && found != negate;
}

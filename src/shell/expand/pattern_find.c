/* pattern_find.c: where in a text a pattern matches: ${x#p}, ${x%p}, ${x/p/r}. See
 * pattern.h.
 *
 * A plain pattern is cut into elements, and a set of elements (a bit each) is carried
 * over the text, forwards or backwards: one pass finds the shortest and the longest
 * match. Patterns of more than 63 elements and those with extended operators are tried
 * end by end with pattern_match. */
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "regex/ctype.h"
#include "shell/expand/pattern.h"
#include "sys.h"

enum { FIND_MAX = 63 };

enum find_kind { FIND_CHAR, FIND_ANY, FIND_STAR, FIND_BRACKET };

struct find_element {
    uint8_t kind;
    uint32_t c;       // CHAR (folded under NOCASE)
    const char *text; // BRACKET: after its "["
};

struct find {
    const char *pend;
    unsigned flags, count;
    uint64_t stars; // bits of the STAR elements
    bool backward;
    struct find_element elements[FIND_MAX];
};

/* Cuts the pattern into elements; false: it has to be done the slow way. */
static bool find_compile(struct find *f, struct span pattern, unsigned flags,
                         bool backward)
{
    const char *p = pattern.ptr;
    f->pend = p + pattern.len;
    f->flags = flags;
    f->backward = backward;
    f->count = 0; // the elements stay uninitialised
    f->stars = 0;
    while (p < f->pend) {
        if (f->count == FIND_MAX || ((flags & PATTERN_EXT) && p + 1 < f->pend &&
                                     p[1] == '(' && strchr("?*+@!", *p)))
            return false;
        struct find_element *e = &f->elements[f->count++];
        const char *end = NULL;
        size_t len = 1;
        e->kind = *p == '*' ? FIND_STAR : *p == '?' ? FIND_ANY : FIND_CHAR;
        if (*p == '[')
            pattern_bracket(p + 1, f->pend, 0, flags, &end);
        if (end) {
            *e = (struct find_element){FIND_BRACKET, 0, p + 1};
            p = end;
            continue;
        }
        if (*p == '\\' && p + 1 < f->pend)
            p++;
        e->c = pattern_char(p, f->pend, flags, &len);
        if (flags & PATTERN_NOCASE)
            e->c = ctype_to_lower(e->c);
        p += len;
    }
    if (backward)
        for (unsigned i = 0; i < f->count / 2; i++) {
            struct find_element swap = f->elements[i];
            f->elements[i] = f->elements[f->count - 1 - i];
            f->elements[f->count - 1 - i] = swap;
        }
    for (unsigned i = 0; i < f->count; i++)
        if (f->elements[i].kind == FIND_STAR)
            f->stars |= UINT64_C(1) << i;
    return true;
}

/* A star may be empty: whoever stands before one also stands behind it. */
static uint64_t find_pass_stars(const struct find *f, uint64_t state)
{
    for (uint64_t more = state & f->stars; more; more &= more - 1) {
        uint64_t next = (more & -more) << 1;
        if (!(state & next)) {
            state |= next;
            more |= next & f->stars;
        }
    }
    return state;
}

static bool find_takes(const struct find *f, const struct find_element *e, uint32_t c)
{
    const char *end;
    switch (e->kind) {
    case FIND_CHAR:
        return e->c == c || ((f->flags & PATTERN_NOCASE) && e->c == ctype_to_lower(c));
    case FIND_BRACKET: return pattern_bracket(e->text, f->pend, c, f->flags, &end);
    default: return true;
    }
}

static uint64_t find_step(const struct find *f, uint64_t state, uint32_t c)
{
    uint64_t next = 0;
    for (uint64_t left = state & ((UINT64_C(1) << f->count) - 1); left;
         left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        if (f->elements[i].kind == FIND_STAR)
            next |= UINT64_C(1) << i;
        else if (find_takes(f, &f->elements[i], c))
            next |= UINT64_C(1) << (i + 1);
    }
    return find_pass_stars(f, next);
}

/* The character that ends at `at`, and its length. */
static uint32_t find_char_before(struct span text, size_t at, unsigned flags, size_t *len)
{
    const char *end = text.ptr + text.len;
    size_t start = at - 1, used;
    while (!(flags & PATTERN_BYTES) && start > 0 && at - start < 4 &&
           ((unsigned char)text.ptr[start] & 0xc0) == 0x80)
        start--;
    uint32_t c = pattern_char(text.ptr + start, end, flags, &used);
    if (start + used == at) {
        *len = used;
        return c;
    }
    *len = 1; // bytes that are no character
    return 0x110000u + (unsigned char)text.ptr[at - 1];
}

/* The character that the walk meets at `at` (before it, if backward), and its length. */
static uint32_t find_char(const struct find *f, struct span text, size_t at, size_t *len)
{
    if (f->backward)
        return find_char_before(text, at, f->flags, len);
    return pattern_char(text.ptr + at, text.ptr + text.len, f->flags, len);
}

/* The length of the match that begins at from (that ends there, if backward). */
static long find_run(const struct find *f, struct span text, size_t from, bool longest)
{
    uint64_t final = UINT64_C(1) << f->count;
    uint64_t state = find_pass_stars(f, 1);
    size_t room = f->backward ? from : text.len - from, used = 0;
    long best = -1;
    for (;;) {
        if (state & final) {
            best = (long)used;
            if (!longest)
                break;
            // A star at the end takes all that is left.
            if (f->count && (f->stars & (final >> 1)) && (state & (final >> 1)))
                return (long)room;
        }
        if (!state || used == room)
            break;
        size_t len;
        uint32_t c = find_char(f, text, f->backward ? from - used : from + used, &len);
        state = find_step(f, state, c);
        used += len;
        if (!(used & 255))
            sys_tick();
    }
    return best;
}

/* Whether text[at] lies within a character. What is no character is bytes. */
static bool find_is_inside(struct span text, size_t at)
{
    size_t start = at;
    while (start && at - start < 3 && ((unsigned char)text.ptr[start] & 0xc0) == 0x80)
        start--;
    uint32_t c;
    int len = start < at ? utf8_decode(text.ptr + start, text.len - start, &c) : 0;
    return len > 0 && (size_t)len > at - start;
}

/* The same by trying every end. */
static long find_slow(struct span pattern, struct span text, bool backward, bool longest,
                      unsigned flags)
{
    struct pattern_failures failures = {0};
    long found = -1;
    for (size_t i = 0; i <= text.len && found < 0; i++) {
        size_t len = longest ? text.len - i : i;
        size_t at = backward ? text.len - len : 0;
        size_t edge = backward ? at : len;
        if (edge < text.len && !(flags & PATTERN_BYTES) && find_is_inside(text, edge))
            continue;
        if (pattern_match_more(pattern, span_make(text.ptr + at, len), flags, &failures))
            found = (long)len;
        sys_tick();
    }
    pattern_failures_free(&failures);
    return found;
}

/* Plain text without operators: compared at once. */
static bool find_is_plain(struct span pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '*' || c == '?' || c == '[' || c == '\\' || c == '(')
            return false;
    }
    return true;
}

/* ---- One character beside a star -------------------------------------------------- */

/* ${x##*E} and ${x%E*} cut at the last E of the text, ${x#*E} and ${x%%E*} at the first.
 * With E an ASCII character or a bracket that needs no set of elements. */
struct find_cut {
    struct span e;
    unsigned flags;
    size_t at, len; // where it was found
};

/* Takes E out of the pattern; false: the pattern is not of that kind. */
static bool find_cut_read(struct find_cut *f, struct span pattern, bool backward,
                          unsigned flags)
{
    const char *p = pattern.ptr, *end = NULL;
    if (pattern.len < 2 || p[backward ? pattern.len - 1 : 0] != '*' ||
        (flags & PATTERN_NOCASE))
        return false;
    f->e = span_make(p + !backward, pattern.len - 1);
    f->flags = flags;
    p = f->e.ptr;
    if (f->e.len == 1)
        return (unsigned char)*p < 0x80 && *p != '*' && *p != '?' && *p != '\\';
    if (*p == '[')
        pattern_bracket(p + 1, p + f->e.len, 0, flags, &end);
    return end == p + f->e.len;
}

static bool find_cut_is(const struct find_cut *f, uint32_t c)
{
    const char *end;
    return pattern_bracket(f->e.ptr + 1, f->e.ptr + f->e.len, c, f->flags, &end);
}

/* The first or the last bracket's character in the text. */
static bool find_cut_bracket(struct find_cut *f, struct span text, bool last)
{
    const char *end = text.ptr + text.len;
    for (size_t at = last ? text.len : 0, done = 0; done < text.len; done += f->len) {
        uint32_t c = last ? find_char_before(text, at, f->flags, &f->len)
                          : pattern_char(text.ptr + at, end, f->flags, &f->len);
        f->at = last ? at - f->len : at;
        if (find_cut_is(f, c))
            return true;
        at = last ? at - f->len : at + f->len;
        if (!(done & 255))
            sys_tick();
    }
    return false;
}

/* The length of the part to be cut off, or -1. */
static long find_cut(struct find_cut *f, struct span text, bool backward, bool longest)
{
    bool last = backward != longest, found;
    if (f->e.len > 1) {
        found = find_cut_bracket(f, text, last);
    } else {
        f->at = last ? span_find_last(text, *f->e.ptr) : span_find(text, *f->e.ptr);
        f->len = 1;
        found = f->at < text.len;
        sys_ticks((unsigned)(text.len / 4096));
    }
    if (!found)
        return -1;
    return (long)(backward ? text.len - f->at : f->at + f->len);
}

/* ---- What the others call --------------------------------------------------------- */

static long find_edge(struct span pattern, struct span text, bool backward, bool longest,
                      unsigned flags)
{
    struct find_cut cut;
    struct find f;
    if (!(flags & PATTERN_NOCASE) && find_is_plain(pattern)) {
        bool is = backward ? span_ends(text, pattern) : span_starts(text, pattern);
        return is ? (long)pattern.len : -1;
    }
    if (find_cut_read(&cut, pattern, backward, flags))
        return find_cut(&cut, text, backward, longest);
    if (!find_compile(&f, pattern, flags, backward))
        return find_slow(pattern, text, backward, longest, flags);
    return find_run(&f, text, backward ? text.len : 0, longest);
}

long pattern_prefix(struct span pattern, struct span text, bool longest, unsigned flags)
{
    return find_edge(pattern, text, false, longest, flags);
}

long pattern_suffix(struct span pattern, struct span text, bool longest, unsigned flags)
{
    return find_edge(pattern, text, true, longest, flags);
}

static bool find_search_slow(struct span pattern, struct span text, size_t from,
                             unsigned flags, size_t *start, size_t *len)
{
    while (from <= text.len) {
        long n = find_slow(pattern, span_from(text, from), false, true, flags);
        if (n >= 0) {
            *start = from;
            *len = (size_t)n;
            return true;
        }
        if (from == text.len)
            break;
        size_t used;
        pattern_char(text.ptr + from, text.ptr + text.len, flags, &used);
        from += used;
    }
    return false;
}

bool pattern_search(struct span pattern, struct span text, size_t from, unsigned flags,
                    size_t *start, size_t *len)
{
    struct find f;
    if (!(flags & PATTERN_NOCASE) && find_is_plain(pattern)) {
        size_t at = span_find_span(span_from(text, from), pattern);
        if (from + at + pattern.len > text.len)
            return false;
        *start = from + at;
        *len = pattern.len;
        return true;
    }
    if (!find_compile(&f, pattern, flags, false))
        return find_search_slow(pattern, text, from, flags, start, len);
    bool first_plain = f.count && f.elements[0].kind == FIND_CHAR &&
                       f.elements[0].c < 0x80 && !(flags & PATTERN_NOCASE);
    for (size_t at = from; at <= text.len;) {
        if (first_plain) {
            const char *hit =
                at < text.len ? memchr(text.ptr + at, (int)f.elements[0].c, text.len - at)
                              : NULL;
            if (!hit)
                return false;
            at = (size_t)(hit - text.ptr);
        }
        long n = find_run(&f, text, at, true);
        if (n >= 0) {
            *start = at;
            *len = (size_t)n;
            return true;
        }
        if (at == text.len)
            break;
        size_t used;
        pattern_char(text.ptr + at, text.ptr + text.len, flags, &used);
        at += used;
    }
    return false;
}

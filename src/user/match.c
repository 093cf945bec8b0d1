/* match.c: see match.h. Only the last "*" that was passed is ever tried again with more
 * text. */
#include "user/match.h"

#include <stdint.h>

#include "base/str.h"
#include "base/utf8.h"

struct match {
    const char *start; // of text
    unsigned flags;
};

static size_t match_len(const char *p)
{
    size_t len = 0;
    while (len < UTF8_MAX && p[len])
        len++;
    return len;
}

/* Reads a character, or a byte that begins none. */
static const char *match_read(const char *p, uint32_t *c)
{
    int len = utf8_decode(p, match_len(p), c);
    if (len > 0)
        return p + len;
    *c = 0x110000 + (unsigned char)*p; // beyond all characters
    return p + 1;
}

static uint32_t match_fold(const struct match *m, uint32_t c)
{
    return (m->flags & MATCH_FOLD) && c < 128 ? (uint32_t)char_lower((int)c) : c;
}

static bool match_class(const char *name, size_t len, uint32_t c)
{
    static const char *const names[] = {"alnum", "alpha", "blank", "cntrl",
                                        "digit", "graph", "lower", "print",
                                        "punct", "space", "upper", "xdigit"};
    int b = c < 128 ? (int)c : -1, i;
    for (i = 0; i < 12; i++)
        if (span_eq_str(span_make(name, len), names[i]))
            break;
    switch (b < 0 ? 12 : i) {
    case 0: return char_is_alnum(b);
    case 1: return char_is_alpha(b);
    case 2: return char_is_blank(b);
    case 3: return char_is_cntrl(b);
    case 4: return char_is_digit(b);
    case 5: return b > ' ' && b <= '~';
    case 6: return char_is_lower(b);
    case 7: return char_is_print(b);
    case 8: return char_is_punct(b);
    case 9: return char_is_space(b);
    case 10: return char_is_upper(b);
    case 11: return char_hex(b) >= 0;
    default: return false;
    }
}

static const char *match_read_member(const struct match *m, const char *p, uint32_t *c)
{
    if (*p == '\\' && p[1] && !(m->flags & MATCH_NO_ESCAPE))
        p++;
    else if (p[0] == '[' && (p[1] == '.' || p[1] == '=') && p[2] && p[3] == p[1] &&
             p[4] == ']') {
        match_read(p + 2, c);
        return p + 5;
    }
    return match_read(p, c);
}

/* A bracket expression, p after its "[". Gives the place after it, or NULL if it never
 * closes. */
static const char *match_bracket(const struct match *m, const char *p, uint32_t c,
                                 bool *matched)
{
    bool negate = *p == '!' || *p == '^', found = false;
    c = match_fold(m, c);
    p += negate;
    for (const char *first = p; *p != ']' || p == first;) {
        if (!*p || (*p == '/' && (m->flags & MATCH_PATH)))
            return NULL;
        const char *end = p[0] == '[' && p[1] == ':' ? strstr(p + 2, ":]") : NULL;
        if (end) {
            found |= match_class(p + 2, (size_t)(end - p - 2), c);
            p = end + 2;
            continue;
        }
        uint32_t low, high;
        p = match_read_member(m, p, &low);
        high = low;
        if (*p == '-' && p[1] && p[1] != ']')
            p = match_read_member(m, p + 1, &high);
        found |= match_fold(m, low) <= c && c <= match_fold(m, high);
    }
    *matched = found != negate;
    return p + 1;
}

static bool match_is_hidden(const struct match *m, const char *text)
{
    if (*text != '.' || !(m->flags & MATCH_PERIOD))
        return false;
    return text == m->start || ((m->flags & MATCH_PATH) && text[-1] == '/');
}

/* Matches one element of the pattern (no "*") against one character. Gives the place
 * after the element, or NULL. */
static const char *match_one(const struct match *m, const char *p, const char *text,
                             uint32_t c)
{
    if (*p == '?' || *p == '[') {
        bool special =
            (*text == '/' && (m->flags & MATCH_PATH)) || match_is_hidden(m, text);
        bool matched = true;
        const char *end = *p == '?' ? p + 1 : match_bracket(m, p + 1, c, &matched);
        if (end)
            return matched && !special ? end : NULL;
    }
    uint32_t wanted;
    if (*p == '\\' && p[1] && !(m->flags & MATCH_NO_ESCAPE))
        p++;
    const char *end = match_read(p, &wanted);
    return match_fold(m, wanted) == match_fold(m, c) ? end : NULL;
}

bool match_pattern(const char *pattern, const char *text, unsigned flags)
{
    struct match m = {text, flags};
    const char *star = NULL,
               *again = NULL; // after the last "*", and where it began to match
    const char *p = pattern;
    while (*text || *p == '*') {
        uint32_t c = 0;
        if (*p == '*') {
            if (match_is_hidden(&m, text))
                return false;
            star = ++p;
            again = text;
            continue;
        }
        const char *next = match_read(text, &c);
        const char *after = *p ? match_one(&m, p, text, c) : NULL;
        if (after) {
            p = after;
            text = next;
            continue;
        }
        if (!star || (*again == '/' && (flags & MATCH_PATH)))
            return false;
        p = star;
        text = again = match_read(again, &c);
    }
    return !*p;
}

/* str.c: C strings and spans. */
#include "base/str.h"

#include <stdint.h>

#include "base/base.h"

bool str_starts(const char *text, const char *part)
{
    return strncmp(text, part, strlen(part)) == 0;
}

bool str_ends(const char *text, const char *part)
{
    return span_ends(span_of(text), span_of(part));
}

bool span_starts(struct span text, struct span part)
{
    return text.len >= part.len && span_eq(span_make(text.ptr, part.len), part);
}

bool span_ends(struct span text, struct span part)
{
    return text.len >= part.len && span_eq(span_from(text, text.len - part.len), part);
}

int span_cmp(struct span a, struct span b)
{
    size_t common = size_min(a.len, b.len);
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

struct span span_from(struct span text, size_t at)
{
    if (at >= text.len)
        return span_make(text.ptr ? text.ptr + text.len : NULL, 0);
    return span_make(text.ptr + at, text.len - at);
}

size_t span_find(struct span text, char c)
{
    const char *hit = text.len ? memchr(text.ptr, c, text.len) : NULL;
    return hit ? (size_t)(hit - text.ptr) : text.len;
}

size_t span_find_last(struct span text, char c)
{
    const char *hit = text.len ? memrchr(text.ptr, c, text.len) : NULL;
    return hit ? (size_t)(hit - text.ptr) : text.len;
}

/* The start of the greatest suffix of part, in the order of bytes or (reversed)
 * against it, and the period of that suffix. */
static size_t span_max_suffix(const unsigned char *part, size_t len, bool reversed,
                              size_t *period)
{
    size_t start = 0, probe = 1, matched = 0, p = 1;
    while (probe + matched < len) {
        unsigned char a = part[probe + matched], b = part[start + matched];
        if (a == b) {
            if (++matched == p) {
                probe += p;
                matched = 0;
            }
        } else if ((a < b) != reversed) {
            // the suffix at start is greater: its period grows
            probe += matched + 1;
            matched = 0;
            p = probe - start;
        } else {
            start = probe++;
            matched = 0;
            p = 1;
        }
    }
    *period = p;
    return start;
}

/* The two-way search of Crochemore and Perrin: linear time, constant space. */
static size_t span_find_two_way(struct span text, struct span part)
{
    const unsigned char *t = (const unsigned char *)text.ptr;
    const unsigned char *p = (const unsigned char *)part.ptr;
    size_t period, period_reversed;
    size_t cut = span_max_suffix(p, part.len, false, &period);
    size_t cut_reversed = span_max_suffix(p, part.len, true, &period_reversed);
    if (cut_reversed > cut) {
        cut = cut_reversed;
        period = period_reversed;
    }
    bool periodic = cut + period <= part.len && memcmp(p, p + period, cut) == 0;
    if (!periodic)
        period = size_max(cut, part.len - cut) + 1;

    size_t known = 0; // bytes at the front of part that match already
    for (size_t at = 0; at + part.len <= text.len;) {
        size_t i = size_max(cut, known);
        while (i < part.len && p[i] == t[at + i])
            i++;
        if (i < part.len) {
            at += i - cut + 1;
            known = 0;
            continue;
        }
        size_t j = cut;
        while (j > known && p[j - 1] == t[at + j - 1])
            j--;
        if (j <= known)
            return at;
        at += period;
        known = periodic ? part.len - period : 0;
    }
    return text.len;
}

size_t span_find_span(struct span text, struct span part)
{
    if (part.len == 0)
        return 0;
    if (part.len > text.len)
        return text.len;

    // memchr is fastest while the first byte is rare; give it up when it hits too often
    size_t at = 0, wasted = 0;
    while (at + part.len <= text.len) {
        const char *hit =
            memchr(text.ptr + at, part.ptr[0], text.len - part.len - at + 1);
        if (!hit)
            return text.len;
        at = (size_t)(hit - text.ptr);
        if (memcmp(hit, part.ptr, part.len) == 0)
            return at;
        at++;
        wasted += part.len;
        if (wasted > 64 + at)
            break;
    }
    if (at + part.len > text.len)
        return text.len;
    size_t found = span_find_two_way(span_from(text, at), part);
    return at + found;
}

int char_hex(int c)
{
    if (char_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* version.c: see version.h. */
#include "user/version.h"

/* The rank of the byte at i among what is no digit. */
static int version_rank(struct span s, size_t i)
{
    if (i >= s.len)
        return -1;
    unsigned char c = (unsigned char)s.ptr[i];
    if (char_is_digit(c))
        return 0;
    if (char_is_alpha(c))
        return c;
    return c == '~' ? -2 : c + 256;
}

static bool version_is_digit(struct span s, size_t i)
{
    return i < s.len && char_is_digit(s.ptr[i]);
}

static int version_compare_all(struct span a, struct span b)
{
    size_t i = 0, j = 0;
    while (i < a.len || j < b.len) {
        while ((i < a.len && !version_is_digit(a, i)) ||
               (j < b.len && !version_is_digit(b, j))) {
            int x = version_rank(a, i), y = version_rank(b, j);
            if (x != y)
                return x - y;
            i++;
            j++;
        }
        while (i < a.len && a.ptr[i] == '0')
            i++;
        while (j < b.len && b.ptr[j] == '0')
            j++;
        int difference = 0;
        for (; version_is_digit(a, i) && version_is_digit(b, j); i++, j++)
            if (!difference)
                difference = a.ptr[i] - b.ptr[j];
        if (version_is_digit(a, i))
            return 1;
        if (version_is_digit(b, j))
            return -1;
        if (difference)
            return difference;
    }
    return 0;
}

/* The length without a suffix such as ".tar.gz": (\.[A-Za-z~][A-Za-z0-9~]*)*$ */
static size_t version_prefix_len(struct span s)
{
    size_t prefix = 0;
    for (size_t i = 0; i < s.len;) {
        i++;
        prefix = i;
        while (i + 1 < s.len && s.ptr[i] == '.' &&
               (char_is_alpha(s.ptr[i + 1]) || s.ptr[i + 1] == '~')) {
            for (i += 2; i < s.len && (char_is_alnum(s.ptr[i]) || s.ptr[i] == '~');)
                i++;
        }
    }
    return prefix;
}

/* 0 "", 1 ".", 2 "..", 3 hidden, 4 others. */
static int version_kind(struct span s)
{
    if (!s.len)
        return 0;
    if (*s.ptr != '.')
        return 4;
    if (s.len == 1)
        return 1;
    return s.len == 2 && s.ptr[1] == '.' ? 2 : 3;
}

int version_compare(struct span a, struct span b)
{
    int kind = version_kind(a), difference = kind - version_kind(b);
    if (difference || kind < 3)
        return difference;
    if (kind == 3) {
        a = span_from(a, 1);
        b = span_from(b, 1);
    }
    struct span x = span_make(a.ptr, version_prefix_len(a));
    struct span y = span_make(b.ptr, version_prefix_len(b));
    difference = version_compare_all(x, y);
    if (difference || (x.len == a.len && y.len == b.len))
        return difference;
    return version_compare_all(a, b);
}

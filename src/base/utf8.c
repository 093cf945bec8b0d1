/* utf8.c: UTF-8, strictly. */
#include "base/utf8.h"

#include <string.h>

static inline bool utf8_is_tail(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

int utf8_decode_slow(const char *ptr, size_t len, uint32_t *c)
{
    if (len == 0)
        return 0;
    unsigned char lead = (unsigned char)ptr[0];
    if (lead < 0x80) {
        *c = lead;
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4)
        return -1;

    int need = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t value = lead & (0x7fu >> need);
    for (int i = 1; i < need; i++) {
        if ((size_t)i == len)
            return 0;
        unsigned char byte = (unsigned char)ptr[i];
        unsigned char low = 0x80, high = 0xbf;
        if (i == 1) { // the second byte rules out overlong forms, surrogates, > 10FFFF
            low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
            high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        }
        if (byte < low || byte > high)
            return -1;
        value = value << 6 | (byte & 0x3f);
    }
    *c = value;
    return need;
}

int utf8_encode_any(char dst[6], uint32_t c)
{
    static const uint32_t limits[] = {0x80,     0x800,     0x10000,
                                      0x200000, 0x4000000, 0x80000000};
    if (c < 0x80) {
        dst[0] = (char)c;
        return 1;
    }
    int len = 2;
    while (len <= 6 && c >= limits[len - 1])
        len++;
    if (len > 6)
        return 0;
    for (int i = len - 1; i > 0; i--, c >>= 6)
        dst[i] = (char)(0x80 | (c & 0x3f));
    dst[0] = (char)((0xff00u >> len & 0xff) | c);
    return len;
}

int utf8_encode(char dst[4], uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    char any[6];
    int len = utf8_encode_any(any, c);
    memcpy(dst, any, (size_t)len);
    return len;
}

static inline uint64_t utf8_load(const char *ptr)
{
    uint64_t word;
    memcpy(&word, ptr, sizeof word);
    return word;
}

size_t utf8_ascii_run(const char *ptr, size_t len)
{
    const uint64_t high = 0x8080808080808080u;
    size_t at = 0;
    for (; at + 32 <= len; at += 32)
        if ((utf8_load(ptr + at) | utf8_load(ptr + at + 8) | utf8_load(ptr + at + 16) |
             utf8_load(ptr + at + 24)) &
            high)
            break;
    for (; at + 8 <= len; at += 8)
        if (utf8_load(ptr + at) & high)
            break;
    while (at < len && !(ptr[at] & 0x80))
        at++;
    return at;
}

size_t utf8_valid_run(struct span s)
{
    size_t at = 0;
    while (at < s.len) {
        uint32_t c;
        int len = utf8_decode(s.ptr + at, s.len - at, &c);
        if (len <= 0)
            return at;
        at += (size_t)len;
        if (len == 1)
            at += utf8_ascii_run(s.ptr + at, s.len - at);
    }
    return at;
}

size_t utf8_next(struct span s, size_t at)
{
    if (at >= s.len)
        return s.len;
    uint32_t c;
    int len = utf8_decode(s.ptr + at, s.len - at, &c);
    return at + (len > 0 ? (size_t)len : 1);
}

size_t utf8_prev(struct span s, size_t at)
{
    if (at == 0)
        return 0;
    for (size_t back = 1; back <= UTF8_MAX && back <= at; back++) {
        const char *start = s.ptr + at - back;
        uint32_t c;
        if (!utf8_is_tail(*start))
            return utf8_decode(start, back, &c) == (int)back ? at - back : at - 1;
    }
    return at - 1;
}

/* The length of the character at ptr, which is no ASCII and has left bytes after it; 1
 * for an invalid byte. The commonest forms are told here, the rest by
 * utf8_decode_slow. */
static inline size_t utf8_step(const char *ptr, size_t left)
{
    unsigned char lead = (unsigned char)ptr[0];
    if (lead >= 0xc2 && lead < 0xe0 && left >= 2 && utf8_is_tail(ptr[1]))
        return 2;
    if (lead > 0xe0 && lead < 0xf0 && lead != 0xed && left >= 3 && utf8_is_tail(ptr[1]) &&
        utf8_is_tail(ptr[2]))
        return 3;
    uint32_t c;
    int len = utf8_decode_slow(ptr, left, &c);
    return len > 0 ? (size_t)len : 1;
}

/* Passes over at most n characters from at. Gives the place, and in *passed their
 * number. */
static size_t utf8_skip(struct span s, size_t n, size_t *passed)
{
    size_t at = 0, count = 0;
    while (at < s.len && count < n) {
        size_t most = size_min(s.len - at, n - count);
        size_t run = utf8_ascii_run(s.ptr + at, most);
        at += run;
        count += run;
        for (; count < n && at < s.len && s.ptr[at] & 0x80; count++)
            at += utf8_step(s.ptr + at, s.len - at);
    }
    *passed = count;
    return at;
}

size_t utf8_count(struct span s)
{
    size_t count;
    utf8_skip(s, SIZE_MAX, &count);
    return count;
}

size_t utf8_index(struct span s, size_t n)
{
    size_t passed;
    return utf8_skip(s, n, &passed);
}

/* scan.c: see scan.h. The loops work on vectors of 16 bytes, for which every processor of
 * note has instructions; lanes of a comparison are 0 or -1. */
#include "user/scan.h"

#include "base/base.h"

enum { SCAN_LANES = 16, SCAN_ROUNDS = 255 }; // a lane counts to 255

typedef unsigned char scan_vector __attribute__((vector_size(SCAN_LANES)));
typedef uint64_t scan_halves __attribute__((vector_size(SCAN_LANES)));

static inline scan_vector scan_load(const char *p)
{
    scan_vector v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline size_t scan_sum(scan_vector v)
{
    size_t sum = 0;
    for (int i = 0; i < SCAN_LANES; i++)
        sum += v[i];
    return sum;
}

static inline bool scan_any(scan_vector v)
{
    scan_halves h = (scan_halves)v;
    return (h[0] | h[1]) != 0;
}

static inline scan_vector scan_all(unsigned char c)
{
    return (scan_vector){c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c};
}

size_t scan_count(struct span s, char c)
{
    size_t count = 0;
    const char *p = s.ptr, *end = s.ptr + s.len;
    scan_vector wanted = scan_all((unsigned char)c);
    while (end - p >= SCAN_LANES) {
        size_t rounds = size_min((size_t)(end - p) / SCAN_LANES, SCAN_ROUNDS);
        scan_vector lanes = scan_all(0);
        for (size_t i = 0; i < rounds; i++, p += SCAN_LANES)
            lanes -= (scan_vector)(scan_load(p) == wanted);
        count += scan_sum(lanes);
    }
    for (; p < end; p++)
        count += *p == c;
    return count;
}

size_t scan_skip(struct span s, char c, uint64_t count, uint64_t *found)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    uint64_t seen = 0;
    while (seen < count && p < end) {
        const char *at = memchr(p, c, (size_t)(end - p));
        if (!at) {
            p = end;
            break;
        }
        p = at + 1;
        seen++;
    }
    if (found)
        *found = seen;
    return (size_t)(p - s.ptr);
}

size_t scan_skip_back(struct span s, char c, uint64_t count, uint64_t *found)
{
    uint64_t seen = 0;
    size_t result = s.len;
    while (seen < count) {
        size_t at = span_find_last(s, c);
        if (at == s.len) {
            result = 0;
            break;
        }
        seen++;
        result = at + 1;
        s.len = at;
    }
    if (found)
        *found = seen;
    return result;
}

static inline bool scan_is_space(unsigned char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

/* One byte at a time: up to a byte above 127. */
static size_t scan_words_slow(struct span s, uint64_t *words, bool *in_word)
{
    bool in = *in_word;
    size_t i = 0;
    for (; i < s.len && (unsigned char)s.ptr[i] < 128; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (scan_is_space(c)) {
            in = false;
        } else if (c > 32 && c < 127) {
            *words += !in;
            in = true;
        }
    }
    *in_word = in;
    return i;
}

static inline scan_vector scan_spaces(scan_vector v)
{
    return (scan_vector)((v == ' ') | ((scan_vector)(v - 9) < 5));
}

/* Whether all 16 bytes are printable ASCII or white space. */
static inline bool scan_is_plain(scan_vector v, scan_vector spaces)
{
    return !scan_any((scan_vector)((scan_vector)(v - 32) >= 95) & ~spaces);
}

size_t scan_words(struct span s, uint64_t *words, bool *in_word)
{
    size_t i = 0;
    while (s.len - i > SCAN_LANES) {
        // the first byte by itself: the vectors look at the byte before each of theirs
        struct span first = span_make(s.ptr + i, 1);
        if (!scan_words_slow(first, words, in_word))
            return i;
        i++;
        if (!scan_is_space((unsigned char)s.ptr[i - 1]) && !*in_word)
            continue; // a control character between words
        scan_vector lanes = scan_all(0);
        size_t rounds = 0;
        for (; rounds < SCAN_ROUNDS && s.len - i >= SCAN_LANES;
             rounds++, i += SCAN_LANES) {
            scan_vector v = scan_load(s.ptr + i), spaces = scan_spaces(v);
            if (!scan_is_plain(v, spaces))
                break;
            lanes -= ~spaces & scan_spaces(scan_load(s.ptr + i - 1));
        }
        *words += scan_sum(lanes);
        if (rounds)
            *in_word = !scan_is_space((unsigned char)s.ptr[i - 1]);
        if (rounds < SCAN_ROUNDS) {
            size_t part = size_min(SCAN_LANES, s.len - i);
            size_t n = scan_words_slow(span_make(s.ptr + i, part), words, in_word);
            i += n;
            if (n < part)
                return i;
        }
    }
    return i + scan_words_slow(span_from(s, i), words, in_word);
}

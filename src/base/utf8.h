/* utf8.h: UTF-8, strictly: no surrogates, no overlong forms, nothing above U+10FFFF.
 *
 * Text may hold invalid bytes anywhere; where characters are counted or stepped over,
 * each invalid byte counts as one.
 * Must not know: widths and classes of characters (codec/). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

enum { UTF8_MAX = 4 }; // bytes of the longest character

/* utf8_decode for what does not begin with ASCII. */
int utf8_decode_slow(const char *ptr, size_t len, uint32_t *c);

/* Reads the character that ptr begins with. Returns its length, 1 to 4; 0 if len is 0
 * or the bytes are the beginning of a character that len cuts off; -1 if they are
 * invalid. *c is set only when the result is positive. */
static inline int utf8_decode(const char *ptr, size_t len, uint32_t *c)
{
    if (LIKELY(len > 0 && (unsigned char)*ptr < 0x80)) {
        *c = (unsigned char)*ptr;
        return 1;
    }
    return utf8_decode_slow(ptr, len, c);
}

/* Writes the character c without NUL. Returns its length, or 0 if c is no character. */
int utf8_encode(char dst[4], uint32_t c);

/* The same for any number below 2^31, up to 6 bytes, as bash writes \U7fffffff. */
int utf8_encode_any(char dst[6], uint32_t c);

/* The length of the longest prefix that is all ASCII. */
size_t utf8_ascii_run(const char *ptr, size_t len);

/* The length of the longest prefix that is valid; s.len if all of it is. */
size_t utf8_valid_run(struct span s);
static inline bool utf8_is_valid(struct span s) { return utf8_valid_run(s) == s.len; }

/* The number of characters. */
size_t utf8_count(struct span s);

/* The index after the character at index at (s.len at most), and of the one before it
 * (0 at least). at must be the beginning of a character or the end. */
size_t utf8_next(struct span s, size_t at);
size_t utf8_prev(struct span s, size_t at);

/* The byte index of character number n (from 0), or s.len if there are not so many. */
size_t utf8_index(struct span s, size_t n);

#endif

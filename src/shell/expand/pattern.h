/* pattern.h: shell patterns: * ? [...] and, with PATTERN_EXT, ?(a|b) *( ) +( ) @( ) !( ).
 *
 * A pattern is text in which a backslash makes the next character plain (expand_pattern
 * writes quoted characters so). Texts are UTF-8; a byte that is not valid counts as a
 * character. Matching takes time O(pattern * text) without extended operators. Must not
 * know: the shell, files. */
#ifndef SHELL_EXPAND_PATTERN_H
#define SHELL_EXPAND_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    PATTERN_EXT = 1,    // extglob
    PATTERN_NOCASE = 2, // nocasematch, nocaseglob
    // one component of a path: a leading dot needs a dot (unless PATTERN_DOT)
    PATTERN_PATH = 4,
    PATTERN_DOT = 8,    // dotglob
    PATTERN_BYTES = 16, // the locale is not UTF-8: every byte is a character
};

/* Whether the whole of text matches. */
bool pattern_match(struct span pattern, struct span text, unsigned flags);

/* The same for parts of one text, one after another, with what was learned from the parts
 * before. All zero at first, and freed at the end. */
struct pattern_failure;
struct pattern_failures {
    struct pattern_failure *table; // NULL: none is kept yet
    unsigned calls;
};
bool pattern_match_more(struct span pattern, struct span text, unsigned flags,
                        struct pattern_failures *failures);
void pattern_failures_free(struct pattern_failures *failures);

/* The length of the shortest or longest prefix (suffix) of text that matches; -1: none.
 */
long pattern_prefix(struct span pattern, struct span text, bool longest, unsigned flags);
long pattern_suffix(struct span pattern, struct span text, bool longest, unsigned flags);

/* The first place at or after `from` where the pattern matches, longest there. False:
 * none. */
bool pattern_search(struct span pattern, struct span text, size_t from, unsigned flags,
                    size_t *start, size_t *len);

/* Whether the text holds an active operator, so that it is more than plain text with
 * backslashes. */
bool pattern_is_special(struct span pattern, unsigned flags);

/* Reads a bracket expression that begins after the "[" at p: *end is after its "]" and
 * the result whether c is in it. *end NULL: it is none (no "]"). Shared by the matchers.
 */
bool pattern_bracket(const char *p, const char *pend, uint32_t c, unsigned flags,
                     const char **end);

/* The ")" that closes the "(" at p, or NULL. */
const char *pattern_close(const char *p, const char *pend);

/* pattern_char for what does not begin with ASCII. */
uint32_t pattern_char_wide(const char *p, const char *end, unsigned flags, size_t *len);

/* The character at p and its length in bytes, at least 1; a byte b that is none (or above
 * 127 with PATTERN_BYTES) is 0x110000 + b. */
static inline uint32_t pattern_char(const char *p, const char *end, unsigned flags,
                                    size_t *len)
{
    *len = 1;
    return (unsigned char)*p < 0x80 ? (uint32_t)*p
                                    : pattern_char_wide(p, end, flags, len);
}

/* The text of a pattern without operators: backslashes taken away, into dst (len bytes of
 * room). */
size_t pattern_unescape(struct span pattern, char *dst);

#endif

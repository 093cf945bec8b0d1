/* str.h: C strings and spans (bytes with a length, which may hold NUL), read only.
 * Must not know: where the bytes live. Nothing here allocates. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* len bytes at ptr, not ended by NUL, borrowed. {NULL, 0} is an empty span. */
struct span {
    const char *ptr;
    size_t len;
};

/* A span over a C string without its NUL. */
static inline struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}
static inline struct span span_make(const char *ptr, size_t len)
{
    return (struct span){ptr, len};
}

static inline bool str_eq(const char *a, const char *b) { return strcmp(a, b) == 0; }
static inline bool span_eq(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool span_eq_str(struct span a, const char *b)
{
    return span_eq(a, span_of(b));
}

/* Whether text begins (ends) with part. */
bool str_starts(const char *text, const char *part);
bool str_ends(const char *text, const char *part);
bool span_starts(struct span text, struct span part);
bool span_ends(struct span text, struct span part);

/* Compares bytewise as unsigned chars, a prefix before the longer: < 0, 0, > 0. */
int span_cmp(struct span a, struct span b);

/* The rest of text from byte at on; an empty span where at is past its end. */
struct span span_from(struct span text, size_t at);

/* The index of the first (last) byte c, or len if there is none. */
size_t span_find(struct span text, char c);
size_t span_find_last(struct span text, char c);

/* The index of the first occurrence of part, or len if there is none. Linear time. */
size_t span_find_span(struct span text, struct span part);

/* The character tests of the C locale, for any int or byte; no table of the C library. */
static inline bool char_is_digit(int c) { return c >= '0' && c <= '9'; }
static inline bool char_is_upper(int c) { return c >= 'A' && c <= 'Z'; }
static inline bool char_is_lower(int c) { return c >= 'a' && c <= 'z'; }
static inline bool char_is_alpha(int c) { return char_is_upper(c) || char_is_lower(c); }
static inline bool char_is_alnum(int c) { return char_is_alpha(c) || char_is_digit(c); }
static inline bool char_is_name(int c) // a digit is not allowed as the first
{
    return char_is_alnum(c) || c == '_';
}
static inline bool char_is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool char_is_blank(int c) { return c == ' ' || c == '\t'; }
static inline bool char_is_print(int c) { return c >= ' ' && c <= '~'; }
static inline bool char_is_punct(int c)
{
    return c > ' ' && c <= '~' && !char_is_alnum(c);
}
static inline bool char_is_cntrl(int c) { return (c >= 0 && c < ' ') || c == 127; }
static inline int char_upper(int c) { return char_is_lower(c) ? c - 32 : c; }
static inline int char_lower(int c) { return char_is_upper(c) ? c + 32 : c; }

/* The value of a hexadecimal digit, or -1. */
int char_hex(int c);

#endif

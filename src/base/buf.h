/* buf.h: a byte string that grows.
 *
 * Invariants: len < cap or cap == 0; data[len] is NUL once cap > 0, so that data is
 * also a C string. Adding fails only where the allocator can fail; then the buffer is
 * unchanged and `failed` stays set, so that a run of additions can be checked once at
 * its end.
 * Must not know: where its memory comes from. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/alloc.h"
#include "base/base.h"
#include "base/str.h"

struct buf {
    char *data; // NULL until something is added: read it through buf_str or buf_span
    size_t len, cap;
    const struct alloc *alloc;
    bool failed;
};

static inline struct buf buf_make(const struct alloc *alloc)
{
    return (struct buf){.alloc = alloc};
}
void buf_fini(struct buf *b); // frees; the buffer is empty and usable after

static inline struct span buf_span(const struct buf *b)
{
    return (struct span){b->data, b->len};
}
static inline const char *buf_str(const struct buf *b) { return b->data ? b->data : ""; }
static inline void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

/* Makes room for extra more bytes (and a NUL) and gives the place where they go, or NULL.
 * After writing them call buf_grew. */
char *buf_room(struct buf *b, size_t extra);
void buf_grew(struct buf *b, size_t added);
void buf_cut(struct buf *b, size_t len); // shortens to len bytes

void buf_add(struct buf *b, const void *ptr, size_t len);
void buf_add_char_slow(struct buf *b, char c);
static inline void buf_add_char(struct buf *b, char c)
{
    if (UNLIKELY(b->len + 1 >= b->cap)) {
        buf_add_char_slow(b, c);
        return;
    }
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
}
static inline void buf_add_span(struct buf *b, struct span s)
{
    buf_add(b, s.ptr, s.len);
}
static inline void buf_add_str(struct buf *b, const char *s) { buf_add(b, s, strlen(s)); }
void buf_add_repeated(struct buf *b, char c, size_t count);
void buf_insert(struct buf *b, size_t at, const void *ptr, size_t len); // at <= b->len

/* Formatted as fmt.h says. */
void buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_addv(struct buf *b, const char *format, va_list args);

/* Gives the bytes with their NUL to the caller as a block of exactly len + 1 bytes, to
 * be freed through the same allocator; the buffer is empty after. NULL only when out
 * of memory (the buffer is unchanged then). */
char *buf_take(struct buf *b);

#endif

/* buf.c: a byte string that grows. buf_addf and buf_addv are in fmt.c. */
#include "base/buf.h"

#include <string.h>

enum { BUF_FIRST = 32 }; // bytes of the first block

void buf_fini(struct buf *b)
{
    if (b->data)
        b->alloc->resize(b->alloc, b->data, b->cap, 0);
    *b = buf_make(b->alloc);
}

/* Makes cap larger than need. */
static NO_INLINE bool buf_grow(struct buf *b, size_t need)
{
    size_t cap = size_max(b->cap * 2, BUF_FIRST);
    if (cap <= need)
        cap = (need | 15) + 1;
    char *data =
        need < SIZE_MAX / 4 ? b->alloc->resize(b->alloc, b->data, b->cap, cap) : NULL;
    if (!data) {
        b->failed = true;
        return false;
    }
    if (!b->data)
        data[0] = '\0';
    b->data = data;
    b->cap = cap;
    return true;
}

char *buf_room(struct buf *b, size_t extra)
{
    if (UNLIKELY(extra >= SIZE_MAX / 4)) {
        b->failed = true;
        return NULL;
    }
    if (b->len + extra >= b->cap && !buf_grow(b, b->len + extra))
        return NULL;
    return b->data + b->len;
}

void buf_grew(struct buf *b, size_t added)
{
    ASSERT(b->len + added < b->cap);
    b->len += added;
    b->data[b->len] = '\0';
}

void buf_cut(struct buf *b, size_t len)
{
    ASSERT(len <= b->len);
    b->len = len;
    if (b->data)
        b->data[len] = '\0';
}

void buf_add(struct buf *b, const void *ptr, size_t len)
{
    if (len == 0)
        return;
    char *to = buf_room(b, len);
    if (UNLIKELY(!to))
        return;
    memcpy(to, ptr, len);
    to[len] = '\0';
    b->len += len;
}

void buf_add_char_slow(struct buf *b, char c) { buf_add(b, &c, 1); }

void buf_add_repeated(struct buf *b, char c, size_t count)
{
    char *to = count ? buf_room(b, count) : NULL;
    if (!to)
        return;
    memset(to, c, count);
    buf_grew(b, count);
}

void buf_insert(struct buf *b, size_t at, const void *ptr, size_t len)
{
    ASSERT(at <= b->len);
    if (len == 0 || !buf_room(b, len))
        return;
    memmove(b->data + at + len, b->data + at, b->len - at);
    memcpy(b->data + at, ptr, len);
    buf_grew(b, len);
}

char *buf_take(struct buf *b)
{
    char *data = b->alloc->resize(b->alloc, b->data, b->cap, b->len + 1);
    if (!data) {
        b->failed = true;
        return NULL;
    }
    data[b->len] = '\0';
    *b = buf_make(b->alloc);
    return data;
}

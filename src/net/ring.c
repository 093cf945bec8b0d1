/* ring.c: see ring.h. */
#include "net/ring.h"

#include <errno.h>
#include <string.h>

#include "kernel/kernel.h"

enum { RING_FIRST = 16384 };

void ring_fini(struct ring *r, struct kernel *k)
{
    kernel_free(k, r->bytes);
    *r = (struct ring){0};
}

size_t ring_take(struct ring *r, void *data, size_t len)
{
    size_t taken = 0;
    while (taken < len && r->used) {
        size_t piece = size_min(len - taken, size_min(r->used, r->size - r->start));
        memcpy((char *)data + taken, r->bytes + r->start, piece);
        r->start = (r->start + piece) & (r->size - 1);
        r->used -= piece;
        taken += piece;
    }
    if (!r->used)
        r->start = 0;
    return taken;
}

void ring_peek(const struct ring *r, void *data, size_t len)
{
    struct ring copy = *r;
    ring_take(&copy, data, len);
}

static int ring_grow(struct ring *r, struct kernel *k, size_t need)
{
    size_t size = r->size ? r->size : RING_FIRST;
    while (size < need)
        if (__builtin_mul_overflow(size, (size_t)2, &size))
            return -ENOMEM;
    char *bytes = kernel_alloc(k, size);
    if (!bytes)
        return -ENOMEM;
    size_t used = ring_take(r, bytes, r->used);
    kernel_free(k, r->bytes);
    *r = (struct ring){.bytes = bytes, .size = size, .used = used};
    return 0;
}

int ring_put(struct ring *r, struct kernel *k, const void *data, size_t len)
{
    size_t need;
    if (__builtin_add_overflow(r->used, len, &need))
        return -ENOMEM;
    int err = need > r->size ? ring_grow(r, k, need) : 0;
    if (err)
        return err;
    for (size_t put = 0; put < len;) {
        size_t at = (r->start + r->used) & (r->size - 1);
        size_t piece = size_min(len - put, r->size - at);
        memcpy(r->bytes + at, (const char *)data + put, piece);
        r->used += piece;
        put += piece;
    }
    return 0;
}

/* scratch.c: memory for the temporary strings of expansion. See scratch.h.
 *
 * Chunks double in size up to SCRATCH_CHUNK_MAX, so that a small job stays small. */
#include "shell/scratch.h"

#include "sys.h"

enum { SCRATCH_CHUNK_MIN = 1024, SCRATCH_CHUNK_MAX = 65536 }; // bytes

struct scratch_chunk {
    struct scratch_chunk *prev;
    char *end;
    char data[];
};

static size_t scratch_chunk_size(const struct scratch_chunk *c)
{
    return (size_t)(c->end - c->data);
}

/* Gives back the newest chunk; one of ordinary size is kept for the next need. */
static void scratch_drop_chunk(struct scratch *s)
{
    struct scratch_chunk *c = s->chunk;
    s->chunk = c->prev;
    size_t size = scratch_chunk_size(c);
    if (size > SCRATCH_CHUNK_MAX || (s->spare && scratch_chunk_size(s->spare) >= size)) {
        sys_free(c);
        return;
    }
    sys_free(s->spare);
    s->spare = c;
}

static struct scratch_chunk *scratch_take_chunk(struct scratch *s, size_t size)
{
    struct scratch_chunk *c = s->spare;
    if (c && scratch_chunk_size(c) >= size) {
        s->spare = NULL;
        return c;
    }
    size_t want = s->chunk ? scratch_chunk_size(s->chunk) * 2 : SCRATCH_CHUNK_MIN;
    want = size_max(size, size_min(want, SCRATCH_CHUNK_MAX));
    c = sys_alloc(sizeof *c + want);
    c->end = c->data + want;
    return c;
}

void *scratch_alloc_slow(struct scratch *s, size_t size)
{
    if (size > SCRATCH_CHUNK_MAX)
        sys_check_size(SYS_LIMIT_EXPANSION, size);
    size_t room = (size + 7) & ~(size_t)7;
    if (!s->chunk || (size_t)(s->end - s->top) < room) {
        struct scratch_chunk *c = scratch_take_chunk(s, room);
        c->prev = s->chunk;
        s->chunk = c;
        s->top = c->data;
        s->end = c->end;
    }
    void *ptr = s->top;
    s->top += room;
    return ptr;
}

void scratch_release_slow(struct scratch *s, struct scratch_mark mark)
{
    while (s->chunk != mark.chunk)
        scratch_drop_chunk(s);
    s->top = mark.top;
    s->end = s->chunk ? s->chunk->end : NULL;
}

void scratch_fini(struct scratch *s)
{
    scratch_release(s, (struct scratch_mark){NULL, NULL});
    sys_free(s->spare);
    *s = (struct scratch){0};
}

void *scratch_resize(struct scratch *s, void *ptr, size_t old, size_t size)
{
    size_t had = (old + 7) & ~(size_t)7, room = (size + 7) & ~(size_t)7;
    if (ptr && (char *)ptr + had == s->top && (size_t)(s->end - (char *)ptr) >= room) {
        s->top = (char *)ptr + room;
        return ptr;
    }
    void *copy = scratch_alloc(s, size);
    if (old)
        memcpy(copy, ptr, size_min(old, size));
    return copy;
}

void scratch_text_grow(struct scratch_text *t, size_t extra)
{
    size_t need = t->len + extra + 1;
    size_t cap = size_max(need, t->cap ? t->cap * 2 : 32);
    if (need > SCRATCH_CHUNK_MAX)
        sys_check_size(SYS_LIMIT_EXPANSION, need);
    t->data = scratch_resize(t->scratch, t->data, t->cap, cap);
    t->cap = cap;
}

struct span scratch_text_end(struct scratch_text *t)
{
    if (t->cap <= t->len)
        scratch_text_grow(t, 0);
    t->data[t->len] = '\0';
    scratch_shrink(t->scratch, t->data, t->cap, t->len + 1);
    t->cap = t->len + 1;
    return span_make(t->data, t->len);
}

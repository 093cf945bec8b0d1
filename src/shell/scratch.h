/* scratch.h: memory for the temporary strings of expansion: a bump pointer with marks.
 *
 * One per shell, in struct shell as `scratch`. A mark remembers the top; releasing it
 * gives back all that was allocated since, in one step. Marks nest as the calls do: who
 * runs a command takes a mark before its words are expanded and releases it when the
 * command is done. Nothing here outlives the process, so nothing counted may be kept in
 * it.
 * Must not know: words, variables. */
#ifndef SHELL_SCRATCH_H
#define SHELL_SCRATCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"
#include "base/str.h"

struct scratch_chunk;

/* All zero is an empty arena. In a clone it begins so: the parent's memory is not the
 * child's. */
struct scratch {
    char *top, *end;             // the free part of the newest chunk
    struct scratch_chunk *chunk; // the newest, linked to the older ones
    struct scratch_chunk *spare; // one kept back, so that a loop does not allocate
};

struct scratch_mark {
    struct scratch_chunk *chunk;
    char *top;
};

void *scratch_alloc_slow(struct scratch *s, size_t size);
void scratch_release_slow(struct scratch *s, struct scratch_mark mark);
void scratch_fini(struct scratch *s);

/* size bytes, aligned to 8, uninitialised. Never NULL. */
static inline void *scratch_alloc(struct scratch *s, size_t size)
{
    size_t room = (size + 7) & ~(size_t)7;
    if (UNLIKELY(room < size || (size_t)(s->end - s->top) < room || !s->top))
        return scratch_alloc_slow(s, size);
    void *ptr = s->top;
    s->top += room;
    return ptr;
}

/* Makes an allocation larger; in place if it is the newest one and there is room. */
void *scratch_resize(struct scratch *s, void *ptr, size_t old, size_t size);

/* Gives back what the newest allocation does not need: it had `old` bytes and keeps
 * `size`. */
static inline void scratch_shrink(struct scratch *s, void *ptr, size_t old, size_t size)
{
    if ((char *)ptr + ((old + 7) & ~(size_t)7) == s->top)
        s->top = (char *)ptr + ((size + 7) & ~(size_t)7);
}

static inline struct scratch_mark scratch_mark(const struct scratch *s)
{
    return (struct scratch_mark){s->chunk, s->top};
}
static inline void scratch_release(struct scratch *s, struct scratch_mark mark)
{
    if (LIKELY(s->chunk == mark.chunk))
        s->top = mark.top;
    else
        scratch_release_slow(s, mark);
}

/* A copy of text with a NUL after it. */
static inline char *scratch_copy(struct scratch *s, struct span text)
{
    char *copy = scratch_alloc(s, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* A string that grows in the arena. Invariant: len < cap, or cap is 0; not NUL-ended
 * until scratch_text_end. While it grows, other allocations are allowed (it then moves).
 */
struct scratch_text {
    struct scratch *scratch;
    char *data;
    size_t len, cap;
};

static inline struct scratch_text scratch_text_make(struct scratch *s)
{
    return (struct scratch_text){.scratch = s};
}
void scratch_text_grow(struct scratch_text *t,
                       size_t extra); // room for extra more and a NUL
static inline void scratch_text_add(struct scratch_text *t, const char *ptr, size_t len)
{
    if (UNLIKELY(t->cap - t->len <= len))
        scratch_text_grow(t, len);
    if (len)
        memcpy(t->data + t->len, ptr, len);
    t->len += len;
}
static inline void scratch_text_add_char(struct scratch_text *t, char c)
{
    if (UNLIKELY(t->cap - t->len <= 1))
        scratch_text_grow(t, 1);
    t->data[t->len++] = c;
}
static inline void scratch_text_add_span(struct scratch_text *t, struct span s)
{
    scratch_text_add(t, s.ptr, s.len);
}

/* Ends the text with NUL and gives back the room that is left over. The text is done
 * after. */
struct span scratch_text_end(struct scratch_text *t);

#endif

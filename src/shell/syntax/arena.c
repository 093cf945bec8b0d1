/* arena.c: memory of one syntax tree. */
#include "shell/syntax/arena.h"

#include "sys.h"

enum { ARENA_FIRST = 1008, ARENA_MOST = 32768 }; // bytes of a chunk

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    char bytes[] __attribute__((aligned(16)));
};

static void *arena_alloc_slow(struct arena *a, size_t size)
{
    size_t room = a->chunks ? a->chunks->size * 2 : ARENA_FIRST;
    if (room > ARENA_MOST)
        room = ARENA_MOST;
    if (size > room / 2) { // a chunk of its own, behind the newest
        struct arena_chunk *own = sys_share_alloc(sizeof *own + size);
        own->size = ARENA_FIRST;
        if (a->chunks) {
            own->next = a->chunks->next;
            a->chunks->next = own;
        } else {
            own->next = NULL;
            a->chunks = own;
            a->next = a->end = own->bytes + size;
        }
        return own->bytes;
    }
    struct arena_chunk *chunk = sys_share_alloc(sizeof *chunk + room);
    chunk->size = room;
    chunk->next = a->chunks;
    a->chunks = chunk;
    a->next = chunk->bytes + size;
    a->end = chunk->bytes + room;
    return chunk->bytes;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (size > (size_t)(a->end - a->next))
        return arena_alloc_slow(a, size);
    void *ptr = a->next;
    a->next += size;
    return ptr;
}

void *arena_alloc_zero(struct arena *a, size_t size)
{
    return memset(arena_alloc(a, size), 0, size);
}

char *arena_copy(struct arena *a, const void *ptr, size_t len)
{
    char *copy = arena_alloc(a, len + 1);
    if (len)
        memcpy(copy, ptr, len);
    copy[len] = '\0';
    return copy;
}

struct span arena_copy_span(struct arena *a, struct span text)
{
    return (struct span){arena_copy(a, text.ptr, text.len), text.len};
}

void arena_free_all(struct arena *a)
{
    struct arena_chunk *chunk = a->chunks;
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        sys_share_free(chunk);
        chunk = next;
    }
    *a = (struct arena){0};
}

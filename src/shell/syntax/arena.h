/* arena.h: memory of one syntax tree: only added to, freed as a whole.
 *
 * Chunks come from the sandbox heap (sys_share_alloc), since trees are shared by
 * processes.
 * Must not know: what is stored. */
#ifndef SHELL_SYNTAX_ARENA_H
#define SHELL_SYNTAX_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; // newest first
    char *next, *end;           // free bytes of the newest
};

/* size bytes aligned to 8. Never NULL. arena_alloc_zero clears them. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_alloc_zero(struct arena *a, size_t size);

/* Copies with a NUL after them. */
char *arena_copy(struct arena *a, const void *ptr, size_t len);
struct span arena_copy_span(struct arena *a, struct span text);

void arena_free_all(struct arena *a); // the arena is empty and usable after

#endif

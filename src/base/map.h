/* map.h: a hash map from byte strings to pointers, walked in the order of insertion.
 *
 * Keys are copied (with a NUL after them). Entries lie in one array in order of
 * insertion, and a table of their numbers is probed linearly. An entry that is removed
 * leaves a hole, which is closed when the array next has to grow.
 * Must not know: what the values are. They are the caller's to free. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/base.h"
#include "base/str.h"

struct map_entry {
    const char *key; // ends in NUL, owned by the map; NULL marks a hole
    size_t key_len;
    uint64_t hash;
    void *value; // may be changed in place
};

struct map {
    const struct alloc *alloc;
    struct map_entry *entries; // in order of insertion
    uint32_t *table;           // entry number + 1, or 0; 2 * cap of them
    size_t cap;                // entries allocated: 0 or a power of two
    size_t used;               // entries filled, holes included
    size_t count;              // entries without the holes
    uint64_t seed;
};

static inline struct map map_make(const struct alloc *alloc)
{
    return (struct map){.alloc = alloc, .seed = 0x5f0a1};
}

/* A map whose collisions cannot be guessed by whoever chooses the keys. */
static inline struct map map_make_seeded(const struct alloc *alloc, uint64_t seed)
{
    return (struct map){.alloc = alloc, .seed = seed};
}

void map_fini(struct map *m);  // frees; the map is empty and usable after
void map_clear(struct map *m); // removes all entries, keeps the arrays

/* The entry of key, or NULL. Valid until the next insertion or removal of it. */
struct map_entry *map_find_entry(const struct map *m, struct span key);

/* The value of key, or NULL if there is none. */
void *map_find(const struct map *m, struct span key);
static inline void *map_find_str(const struct map *m, const char *key)
{
    return map_find(m, span_of(key));
}
static inline bool map_has(const struct map *m, struct span key)
{
    return map_find_entry(m, key) != NULL;
}

/* The entry of key, made with a NULL value if there was none. NULL: out of memory. */
MUST_CHECK struct map_entry *map_add_entry(struct map *m, struct span key);

/* Sets the value of key. *old (unless NULL) gets the value it replaces, or NULL.
 * Returns 0 or -ENOMEM. */
MUST_CHECK int map_set(struct map *m, struct span key, void *value, void **old);

/* Removes key and gives its value, or NULL if there was none. */
void *map_remove(struct map *m, struct span key);

/* Walks in the order of insertion: *at begins as 0. NULL at the end. Entries may be
 * removed during a walk, not inserted.
 *     for (size_t at = 0; (e = map_next(m, &at)) != NULL;) */
struct map_entry *map_next(const struct map *m, size_t *at);

static inline struct span map_entry_key(const struct map_entry *e)
{
    return (struct span){e->key, e->key_len};
}

#endif

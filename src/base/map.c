/* map.c: a hash map from byte strings to pointers, in the order of insertion. */
#include "base/map.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"

enum { MAP_FIRST = 8, MAP_MAX = 1 << 30 }; // entries

static char *map_copy_key(const struct map *m, struct span key)
{
    char *copy = m->alloc->resize(m->alloc, NULL, 0, key.len + 1);
    if (!copy)
        return NULL;
    if (key.len)
        memcpy(copy, key.ptr, key.len);
    copy[key.len] = '\0';
    return copy;
}

static void map_free_key(const struct map *m, struct map_entry *e)
{
    m->alloc->resize(m->alloc, (char *)e->key, e->key_len + 1, 0);
    e->key = NULL;
}

static void map_free_arrays(struct map *m)
{
    if (!m->cap)
        return;
    m->alloc->resize(m->alloc, m->entries, m->cap * sizeof *m->entries, 0);
    m->alloc->resize(m->alloc, m->table, m->cap * 2 * sizeof *m->table, 0);
}

void map_clear(struct map *m)
{
    for (size_t i = 0; i < m->used; i++)
        if (m->entries[i].key)
            map_free_key(m, &m->entries[i]);
    if (m->cap)
        memset(m->table, 0, m->cap * 2 * sizeof *m->table);
    m->used = m->count = 0;
}

void map_fini(struct map *m)
{
    map_clear(m);
    map_free_arrays(m);
    *m = map_make_seeded(m->alloc, m->seed);
}

/* The place in the table where an entry of this hash goes: the first free one. */
static size_t map_free_place(const struct map *m, uint64_t hash)
{
    size_t mask = m->cap * 2 - 1, at = hash & mask;
    while (m->table[at])
        at = (at + 1) & mask;
    return at;
}

/* Closes the holes between the entries and fills the table, which is all zeros, anew. */
static void map_compact(struct map *m)
{
    size_t used = 0;
    for (size_t i = 0; i < m->used; i++) {
        if (!m->entries[i].key)
            continue;
        m->entries[used++] = m->entries[i];
        m->table[map_free_place(m, m->entries[used - 1].hash)] = (uint32_t)used;
    }
    m->used = used;
    ASSERT(used == m->count);
}

/* Makes the arrays larger, cap entries. */
static int map_resize(struct map *m, size_t cap)
{
    if (cap > MAP_MAX)
        return -ENOMEM;
    uint32_t *table = m->alloc->resize(m->alloc, NULL, 0, cap * 2 * sizeof *table);
    if (!table)
        return -ENOMEM;
    struct map_entry *entries = m->alloc->resize(
        m->alloc, m->entries, m->cap * sizeof *entries, cap * sizeof *entries);
    if (!entries) {
        m->alloc->resize(m->alloc, table, cap * 2 * sizeof *table, 0);
        return -ENOMEM;
    }
    if (m->cap)
        m->alloc->resize(m->alloc, m->table, m->cap * 2 * sizeof *table, 0);
    memset(table, 0, cap * 2 * sizeof *table);
    m->table = table;
    m->entries = entries;
    m->cap = cap;
    return 0;
}

/* Makes room for one more entry. */
static int map_reserve(struct map *m)
{
    if (m->used < m->cap)
        return 0;
    if (m->cap && m->count <= m->cap / 4 * 3) {
        memset(m->table, 0, m->cap * 2 * sizeof *m->table);
    } else {
        int err = map_resize(m, m->cap ? m->cap * 2 : MAP_FIRST);
        if (err)
            return err;
    }
    map_compact(m);
    return 0;
}

static struct map_entry *map_find_hashed(const struct map *m, struct span key,
                                         uint64_t hash)
{
    if (!m->cap)
        return NULL;
    size_t mask = m->cap * 2 - 1;
    for (size_t at = hash & mask; m->table[at]; at = (at + 1) & mask) {
        struct map_entry *e = &m->entries[m->table[at] - 1];
        if (e->hash == hash && e->key && span_eq(map_entry_key(e), key))
            return e;
    }
    return NULL;
}

struct map_entry *map_find_entry(const struct map *m, struct span key)
{
    return m->count ? map_find_hashed(m, key, hash_span(key, m->seed)) : NULL;
}

void *map_find(const struct map *m, struct span key)
{
    struct map_entry *e = map_find_entry(m, key);
    return e ? e->value : NULL;
}

struct map_entry *map_add_entry(struct map *m, struct span key)
{
    uint64_t hash = hash_span(key, m->seed);
    struct map_entry *e = map_find_hashed(m, key, hash);
    if (e)
        return e;
    if (map_reserve(m))
        return NULL;
    const char *copy = map_copy_key(m, key);
    if (!copy)
        return NULL;
    e = &m->entries[m->used++];
    *e = (struct map_entry){copy, key.len, hash, NULL};
    m->table[map_free_place(m, hash)] = (uint32_t)m->used;
    m->count++;
    return e;
}

int map_set(struct map *m, struct span key, void *value, void **old)
{
    struct map_entry *e = map_add_entry(m, key);
    if (!e)
        return -ENOMEM;
    if (old)
        *old = e->value;
    e->value = value;
    return 0;
}

void *map_remove(struct map *m, struct span key)
{
    struct map_entry *e = map_find_entry(m, key);
    if (!e)
        return NULL;
    void *value = e->value;
    map_free_key(m, e);
    e->value = NULL;
    m->count--;
    return value;
}

struct map_entry *map_next(const struct map *m, size_t *at)
{
    while (*at < m->used) {
        struct map_entry *e = &m->entries[(*at)++];
        if (e->key)
            return e;
    }
    return NULL;
}

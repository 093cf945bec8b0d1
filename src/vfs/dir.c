/* dir.c: see dir.h. */
#include "vfs/dir.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"

enum { DIR_GONE = UINT32_MAX, DIR_FIRST = 4, DIR_NAMES_FIRST = 64 };

struct dir {
    struct counted counted;
    uint64_t next_seq;
    uint32_t cap, used, live; // entries: room, holes included, without
    uint32_t table_size; // 0 or a power of two >= 2 * cap; 0: free, DIR_GONE: removed,
                         // else number + 1
    uint32_t names_cap, names_used, names_live; // bytes
    uint32_t reserved;
    struct dir_entry entries[]; // then the table, then the names
};

_Static_assert(sizeof(struct dir_entry) == 32, "two entries a cache line");

static uint32_t *dir_table(const struct dir *d)
{
    return (uint32_t *)(uintptr_t)(d->entries + d->cap);
}

static char *dir_names(const struct dir *d)
{
    return (char *)(dir_table(d) + d->table_size);
}

struct span dir_name(const struct dir *d, const struct dir_entry *e)
{
    return (struct span){dir_names(d) + e->name_at, e->name_len};
}

static uint32_t dir_hash(struct span name)
{
    return (uint32_t)(hash_span(name, 0x5b0a1) >> 16);
}

/* Compares names of the same length without a call where they are short, as most are. */
static inline bool dir_same_text(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    uint32_t v, w;
    if (len > 16)
        return memcmp(a, b, len) == 0;
    if (len >= 8) {
        uint64_t p, q;
        memcpy(&x, a, 8), memcpy(&y, b, 8);
        memcpy(&p, a + len - 8, 8), memcpy(&q, b + len - 8, 8);
        return ((x ^ y) | (p ^ q)) == 0;
    }
    if (len >= 4) {
        uint32_t p, q;
        memcpy(&v, a, 4), memcpy(&w, b, 4);
        memcpy(&p, a + len - 4, 4), memcpy(&q, b + len - 4, 4);
        return ((v ^ w) | (p ^ q)) == 0;
    }
    return a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1];
}

static bool dir_entry_is(const struct dir *d, const struct dir_entry *e, uint32_t hash,
                         struct span name)
{
    return e->hash == hash && e->name_len == name.len &&
           dir_same_text(dir_names(d) + e->name_at, name.ptr, name.len);
}

/* The table slot that leads to name, or where the search ended. */
static uint32_t *dir_probe(const struct dir *d, uint32_t hash, struct span name)
{
    uint32_t *table = dir_table(d), mask = d->table_size - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask)
        if (!table[i] || (table[i] != DIR_GONE &&
                          dir_entry_is(d, &d->entries[table[i] - 1], hash, name)))
            return &table[i];
}

const struct dir_entry *dir_find(const struct dir *d, struct span name)
{
    if (!d || !name.len)
        return NULL;
    uint32_t hash = dir_hash(name);
    if (d->table_size) {
        uint32_t number = *dir_probe(d, hash, name);
        return number ? &d->entries[number - 1] : NULL;
    }
    for (uint32_t i = 0; i < d->used; i++)
        if (dir_entry_is(d, &d->entries[i], hash, name))
            return &d->entries[i];
    return NULL;
}

static struct dir *dir_new(const struct alloc *alloc, uint32_t cap, uint32_t names_cap)
{
    uint32_t table_size = 0;
    if (cap > DIR_LINEAR)
        for (table_size = 1; table_size < 2 * cap;)
            table_size *= 2;
    struct dir *d =
        counted_new(alloc, sizeof *d + (size_t)cap * sizeof d->entries[0] +
                               (size_t)table_size * sizeof(uint32_t) + names_cap);
    if (!d)
        return NULL;
    d->next_seq = 1;
    d->cap = cap;
    d->used = d->live = 0;
    d->table_size = table_size;
    d->names_cap = names_cap;
    d->names_used = d->names_live = 0;
    memset(dir_table(d), 0, table_size * sizeof(uint32_t));
    return d;
}

static void dir_append(struct dir *d, const struct dir_entry *e, struct span name)
{
    ASSERT(d->used < d->cap && d->names_used + name.len <= d->names_cap);
    struct dir_entry *place = &d->entries[d->used++];
    *place = *e;
    place->name_at = d->names_used;
    place->name_len = (uint8_t)name.len;
    memcpy(dir_names(d) + d->names_used, name.ptr, name.len);
    d->names_used += (uint32_t)name.len;
    d->names_live += (uint32_t)name.len;
    d->live++;
    if (d->table_size) {
        uint32_t *table = dir_table(d), mask = d->table_size - 1, i = e->hash & mask;
        while (table[i] && table[i] != DIR_GONE)
            i = (i + 1) & mask;
        table[i] = d->used;
    }
}

/* Builds *d anew, without holes, with room for one more entry with a name of len
 * bytes. */
static int dir_rebuild(struct dir **d, const struct alloc *alloc, size_t len)
{
    struct dir *old = *d;
    uint32_t live = old ? old->live : 0, names = old ? old->names_live : 0;
    uint32_t cap = DIR_FIRST, names_cap = DIR_NAMES_FIRST;
    while (cap < live + live / 4 + 1)
        cap *= 2;
    while (names_cap < names + names / 4 + len)
        names_cap *= 2;
    struct dir *fresh = dir_new(alloc, cap, names_cap);
    if (!fresh)
        return -ENOSPC;
    if (old) {
        fresh->next_seq = old->next_seq;
        for (uint32_t i = 0; i < old->used; i++)
            if (old->entries[i].name_len)
                dir_append(fresh, &old->entries[i], dir_name(old, &old->entries[i]));
        dir_put(old);
    }
    *d = fresh;
    return 0;
}

int dir_prepare(struct dir **d, const struct alloc *alloc, size_t len)
{
    if (*d && counted_is_own(&(*d)->counted, alloc) && (*d)->used < (*d)->cap &&
        (*d)->names_used + len <= (*d)->names_cap)
        return 0;
    return dir_rebuild(d, alloc, len);
}

int dir_add(struct dir **d, const struct alloc *alloc, struct span name, uint64_t ino,
            uint8_t type)
{
    ASSERT(name.len && name.len <= DIR_NAME_MAX);
    int err = dir_prepare(d, alloc, name.len);
    if (err)
        return err;
    struct dir_entry e = {
        .ino = ino, .seq = (*d)->next_seq++, .hash = dir_hash(name), .type = type};
    dir_append(*d, &e, name);
    return 0;
}

/* The entry of name, which is there, in a private block. NULL: no memory. */
static struct dir_entry *dir_own_entry(struct dir **d, const struct alloc *alloc,
                                       struct span name)
{
    if (!counted_is_own(&(*d)->counted, alloc) && dir_rebuild(d, alloc, 0))
        return NULL;
    const struct dir_entry *e = dir_find(*d, name);
    ASSERT(e);
    return (*d)->entries + (e - (*d)->entries);
}

int dir_remove(struct dir **d, const struct alloc *alloc, struct span name)
{
    struct dir_entry *e = dir_own_entry(d, alloc, name);
    if (!e)
        return -ENOSPC;
    if ((*d)->table_size)
        *dir_probe(*d, e->hash, name) = DIR_GONE;
    (*d)->live--;
    (*d)->names_live -= e->name_len;
    e->name_len = 0;
    if (e == (*d)->entries + (*d)->used - 1 && !(*d)->table_size)
        (*d)->used--; // the last of a small one: no hole
    return 0;
}

int dir_change(struct dir **d, const struct alloc *alloc, struct span name, uint64_t ino,
               uint8_t type)
{
    struct dir_entry *e = dir_own_entry(d, alloc, name);
    if (!e)
        return -ENOSPC;
    e->ino = ino;
    e->type = type;
    return 0;
}

const struct dir_entry *dir_next(const struct dir *d, uint64_t seq)
{
    if (!d)
        return NULL;
    uint32_t low = 0,
             high = d->used; // entries are in the order of their numbers, holes too
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (d->entries[mid].seq > seq)
            high = mid;
        else
            low = mid + 1;
    }
    while (low < d->used && !d->entries[low].name_len)
        low++;
    return low < d->used ? &d->entries[low] : NULL;
}

const struct dir_entry *dir_find_inode(const struct dir *d, uint64_t ino)
{
    for (uint32_t i = 0; d && i < d->used; i++)
        if (d->entries[i].name_len && d->entries[i].ino == ino)
            return &d->entries[i];
    return NULL;
}

uint32_t dir_count(const struct dir *d) { return d ? d->live : 0; }

void dir_share(struct dir *d) { counted_get(&d->counted); }

void dir_put(struct dir *d)
{
    if (d && counted_drop(&d->counted))
        counted_free(&d->counted);
}

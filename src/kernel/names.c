/* names.c: see names.h. A hash table of numbers, and pages of texts that double in
 * size. */
#include "kernel/names.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/kernel.h"
#include "kernel/lock.h"

enum { NAMES_FIRST = 256, NAMES_PAGES = 24 };

struct name {
    uint32_t hash;
    uint32_t len;
    char text[];
};

typedef struct name *_Atomic names_slots;

struct names {
    struct kernel *kernel;
    struct lock lock; // rank LOCK_CHARGE; guards all but pages, which are read without it
    uint32_t *table;  // numbers by hash, 0: free; open addressing
    unsigned table_size, count;
    names_slots *_Atomic pages[NAMES_PAGES]; // page p holds NAMES_FIRST << p texts
};

/* Where number id (from 0) lives: its page and its place in it. */
static unsigned names_page(unsigned id, unsigned *at)
{
    unsigned page = 31u - (unsigned)__builtin_clz(id / NAMES_FIRST + 1);
    *at = id + NAMES_FIRST - ((unsigned)NAMES_FIRST << page);
    return page;
}

/* The name with number id; NULL: none has it yet. */
static struct name *names_get(struct names *n, unsigned id)
{
    unsigned at;
    unsigned page = names_page(id - 1, &at);
    if (page >= NAMES_PAGES)
        return NULL;
    names_slots *slots = atomic_load_explicit(&n->pages[page], memory_order_acquire);
    return slots ? atomic_load_explicit(&slots[at], memory_order_acquire) : NULL;
}

struct names *names_new(struct kernel *k)
{
    struct names *n = kernel_alloc_zero(k, sizeof *n);
    if (!n)
        return NULL;
    n->kernel = k;
    lock_init(&n->lock, LOCK_CHARGE);
    return n;
}

void names_free(struct names *n)
{
    for (unsigned id = 1; id <= n->count; id++)
        kernel_free(n->kernel, names_get(n, id));
    for (unsigned page = 0; page < NAMES_PAGES; page++)
        kernel_free(n->kernel, atomic_load(&n->pages[page]));
    kernel_free(n->kernel, n->table);
    kernel_free(n->kernel, n);
}

/* The place in the table of a text, or the free place where it would go. */
static unsigned names_slot(struct names *n, const char *text, size_t len, uint32_t hash)
{
    unsigned slot = hash & (n->table_size - 1);
    for (; n->table[slot]; slot = (slot + 1) & (n->table_size - 1)) {
        struct name *name = names_get(n, n->table[slot]);
        if (name->hash == hash && name->len == len && memcmp(name->text, text, len) == 0)
            break;
    }
    return slot;
}

static int names_grow(struct names *n)
{
    unsigned size = n->table_size ? n->table_size * 2 : NAMES_FIRST * 2;
    uint32_t *table = kernel_alloc_zero(n->kernel, size * sizeof *table);
    if (!table)
        return -ENOMEM;
    kernel_free(n->kernel, n->table);
    n->table = table;
    n->table_size = size;
    for (unsigned id = 1; id <= n->count; id++) {
        struct name *name = names_get(n, id);
        table[names_slot(n, name->text, name->len, name->hash)] = id;
    }
    return 0;
}

/* Adds a text that is not there yet. */
static int names_add(struct names *n, const char *text, size_t len, uint32_t hash)
{
    unsigned at;
    unsigned page = names_page(n->count, &at);
    if (page >= NAMES_PAGES)
        return -ENOMEM;
    names_slots *slots = atomic_load_explicit(&n->pages[page], memory_order_relaxed);
    if (!slots) {
        slots =
            kernel_alloc_zero(n->kernel, ((size_t)NAMES_FIRST << page) * sizeof *slots);
        if (!slots)
            return -ENOMEM;
        atomic_store_explicit(&n->pages[page], slots, memory_order_release);
    }
    struct name *name = kernel_alloc(n->kernel, sizeof *name + len + 1);
    if (!name)
        return -ENOMEM;
    name->hash = hash;
    name->len = (uint32_t)len;
    memcpy(name->text, text, len);
    name->text[len] = '\0';
    atomic_store_explicit(&slots[at], name, memory_order_release);
    return (int)++n->count;
}

static int names_intern_locked(struct names *n, const char *text, size_t len,
                               uint32_t hash)
{
    if (n->count * 2 >= n->table_size) {
        int err = names_grow(n);
        if (err)
            return err;
    }
    unsigned slot = names_slot(n, text, len, hash);
    if (n->table[slot])
        return (int)n->table[slot];
    int id = names_add(n, text, len, hash);
    if (id > 0)
        n->table[slot] = (uint32_t)id;
    return id;
}

int names_intern(struct names *n, const char *text, size_t len)
{
    uint32_t hash = (uint32_t)hash_bytes(text, len, 0);
    lock_acquire(&n->lock);
    int id = names_intern_locked(n, text, len, hash);
    lock_release(&n->lock);
    return id;
}

const char *names_text(struct names *n, unsigned id)
{
    struct name *name = id ? names_get(n, id) : NULL;
    return name ? name->text : "";
}

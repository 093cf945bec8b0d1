/* pool.c: chunks of memory, cut from slabs and recycled. */
#include "kernel/pool.h"

#include <assert.h>
#include <stdint.h>

#include "base/base.h"
#include "kernel/host.h"

#ifndef SHOAL_MALLOC_HEAP

enum {
    POOL_PAGE = 4096,
    POOL_UNIT = 1 << POOL_MAX_SHIFT,
    POOL_UNITS = 64, // units of a slab
    POOL_NO_CLASS = 0xff,
    POOL_FREED = 0xfe,                  // a trim is about to make the unit idle
    POOL_BIG_SHIFT = 16,                // free chunks from here on count against the cap
    POOL_HUGE_BYTES = 4 * 1024 * 1024,  // blocks from here on ask the host for huge pages
    POOL_WARM_BYTES = 16 * 1024 * 1024, // that a class keeps committed
};

struct pool_free {
    struct pool_free *next;
};

/* Describes a slab; lies in a page before its units. */
struct pool_slab {
    struct pool_slab *next;
    char *base;    // the first unit
    uint64_t idle; // units that serve no class, as bits
    unsigned char class[POOL_UNITS];
    uint16_t free[POOL_UNITS]; // free chunks found by a trim
};

static_assert(POOL_UNITS == 64, "units are the bits of idle");
static_assert(sizeof(struct pool_slab) <= POOL_PAGE,
              "a slab's description fits in a page");

static size_t pool_class_size(unsigned class)
{
    return (size_t)1 << (POOL_MIN_SHIFT + class);
}

/* size: 1 to POOL_UNIT. */
static unsigned pool_class_of(size_t size)
{
    size_t pages = (size - 1) >> POOL_MIN_SHIFT;
    return pages ? 64 - (unsigned)__builtin_clzll(pages) : 0;
}

size_t pool_round(size_t size)
{
    if (size > POOL_UNIT)
        return (size + POOL_PAGE - 1) & ~(size_t)(POOL_PAGE - 1);
    return pool_class_size(pool_class_of(size + !size));
}

void pool_init(struct pool *pool)
{
    *pool = (struct pool){.slabs = NULL};
    lock_init(&pool->lock, LOCK_POOL);
    for (int i = 0; i < POOL_CLASSES; i++)
        lock_init(&pool->classes[i].lock, LOCK_POOL);
}

void pool_fini(struct pool *pool)
{
    ASSERT(pool_live_bytes(pool) == 0);
    while (pool->slabs) {
        struct pool_slab *slab = pool->slabs;
        pool->slabs = slab->next;
        host_pages_unmap(slab, POOL_PAGE + (size_t)POOL_UNITS * POOL_UNIT);
    }
    pool_init(pool);
}

/* ---- units ------------------------------------------------------------------------ */

/* Takes an idle unit of a slab for a class; NULL: there is none. */
static char *pool_take_unit_locked(struct pool *pool, unsigned class)
{
    for (struct pool_slab *slab = pool->slabs; slab; slab = slab->next)
        if (slab->idle) {
            unsigned unit = (unsigned)__builtin_ctzll(slab->idle);
            slab->idle &= slab->idle - 1;
            slab->class[unit] = (unsigned char)class;
            return slab->base + (size_t)unit * POOL_UNIT;
        }
    return NULL;
}

static struct pool_slab *pool_new_slab(void)
{
    struct pool_slab *slab = host_pages_map(POOL_PAGE + (size_t)POOL_UNITS * POOL_UNIT);
    if (!slab)
        return NULL;
    slab->base = (char *)slab + POOL_PAGE;
    slab->idle = ~(uint64_t)0;
    for (int i = 0; i < POOL_UNITS; i++)
        slab->class[i] = POOL_NO_CLASS;
    return slab;
}

static char *pool_take_unit(struct pool *pool, unsigned class)
{
    lock_acquire(&pool->lock);
    char *unit = pool_take_unit_locked(pool, class);
    lock_release(&pool->lock);
    if (unit)
        return unit;

    struct pool_slab *slab = pool_new_slab();
    if (!slab)
        return NULL;
    lock_acquire(&pool->lock);
    slab->next = pool->slabs;
    pool->slabs = slab;
    unit = pool_take_unit_locked(pool, class);
    lock_release(&pool->lock);
    return unit;
}

/* The slab that a chunk is of, and which of its units. */
static struct pool_slab *pool_find_slab_locked(struct pool *pool, const void *chunk,
                                               unsigned *unit)
{
    struct pool_slab *slab = pool->slabs;
    while ((uintptr_t)chunk - (uintptr_t)slab->base >=
           (uintptr_t)POOL_UNITS * POOL_UNIT) {
        slab = slab->next;
        ASSERT(slab); // each chunk is of some slab
    }
    *unit = (unsigned)(((uintptr_t)chunk - (uintptr_t)slab->base) / POOL_UNIT);
    return slab;
}

static void pool_give_unit(struct pool *pool, char *base)
{
    unsigned unit;
    lock_acquire(&pool->lock);
    struct pool_slab *slab = pool_find_slab_locked(pool, base, &unit);
    slab->class[unit] = POOL_NO_CLASS;
    slab->idle |= (uint64_t)1 << unit;
    lock_release(&pool->lock);
}

/* ---- chunks ----------------------------------------------------------------------- */

static void *pool_take_locked(struct pool_class *c, size_t size)
{
    void *chunk = c->free;
    if (chunk) {
        c->free = c->free->next;
        c->free_count--;
    } else if (c->next < c->end) {
        chunk = c->next;
        c->next += size;
    } else {
        return NULL;
    }
    c->live_count++;
    return chunk;
}

/* The slow path of pool_get: cuts a new unit. */
static NO_INLINE void *pool_take_new(struct pool *pool, struct pool_class *c,
                                     unsigned class)
{
    for (;;) {
        char *unit = pool_take_unit(pool, class);
        if (!unit)
            return NULL;
        lock_acquire(&c->lock);
        if (c->next == c->end) { // else another thread was faster
            c->next = unit;
            c->end = unit + POOL_UNIT;
            unit = NULL;
        }
        void *chunk = pool_take_locked(c, pool_class_size(class));
        lock_release(&c->lock);
        if (unit)
            pool_give_unit(pool, unit);
        if (chunk)
            return chunk;
    }
}

static void *pool_get_large(struct pool *pool, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = pool_round(size);
    void *chunk = host_pages_map(size);
    if (!chunk)
        return NULL;
    if (size >= POOL_HUGE_BYTES)
        host_pages_want_huge(chunk, size);
    atomic_fetch_add_explicit(&pool->large_bytes, size, memory_order_relaxed);
    return chunk;
}

void *pool_get(struct pool *pool, size_t size)
{
    if (UNLIKELY(size > POOL_UNIT))
        return pool_get_large(pool, size);
    unsigned class = pool_class_of(size + !size);
    struct pool_class *c = &pool->classes[class];
    lock_acquire(&c->lock);
    void *chunk = pool_take_locked(c, pool_class_size(class));
    lock_release(&c->lock);
    return LIKELY(chunk) ? chunk : pool_take_new(pool, c, class);
}

static void pool_put_large(struct pool *pool, void *chunk, size_t size)
{
    size = pool_round(size);
    host_pages_unmap(chunk, size);
    atomic_fetch_sub_explicit(&pool->large_bytes, size, memory_order_relaxed);
}

/* Gives the pages of a free chunk back, but for the first, which holds the link. */
static void pool_cool(void *chunk, size_t size)
{
    host_pages_release((char *)chunk + POOL_PAGE, size - POOL_PAGE);
}

void pool_put(struct pool *pool, void *chunk, size_t size)
{
    if (UNLIKELY(size > POOL_UNIT)) {
        pool_put_large(pool, chunk, size);
        return;
    }
    unsigned class = pool_class_of(size + !size);
    struct pool_class *c = &pool->classes[class];
    size = pool_class_size(class);
    lock_acquire(&c->lock);
    if (UNLIKELY(size >= 1 << POOL_BIG_SHIFT &&
                 c->free_count >= POOL_WARM_BYTES / size)) {
        lock_release(&c->lock);
        pool_cool(chunk, size);
        lock_acquire(&c->lock);
    }
    struct pool_free *node = chunk;
    node->next = c->free;
    c->free = node;
    c->free_count++;
    c->live_count--;
    lock_release(&c->lock);
}

void *pool_resize(struct pool *pool, void *chunk, size_t old, size_t size)
{
    if (old <= POOL_UNIT || size <= POOL_UNIT || size > SIZE_MAX / 2)
        return NULL;
    old = pool_round(old);
    size = pool_round(size);
    chunk = old == size ? chunk : host_pages_resize(chunk, old, size);
    if (!chunk)
        return NULL;
    if (size >= POOL_HUGE_BYTES && old < POOL_HUGE_BYTES)
        host_pages_want_huge(chunk, size);
    atomic_fetch_add_explicit(&pool->large_bytes, size - old, memory_order_relaxed);
    return chunk;
}

size_t pool_live_bytes(struct pool *pool)
{
    size_t bytes = atomic_load_explicit(&pool->large_bytes, memory_order_relaxed);
    for (unsigned i = 0; i < POOL_CLASSES; i++) {
        struct pool_class *c = &pool->classes[i];
        lock_acquire(&c->lock);
        bytes += c->live_count * pool_class_size(i);
        lock_release(&c->lock);
    }
    return bytes;
}

/* ---- trimming --------------------------------------------------------------------- */

/* What a trim takes off a class while it looks at it. */
struct pool_haul {
    struct pool_free *free;
    char *next, *end;
};

/* Counts the free chunks of each unit. */
static void pool_count_locked(struct pool *pool, const struct pool_haul *haul,
                              size_t size)
{
    unsigned unit;
    for (struct pool_slab *slab = pool->slabs; slab; slab = slab->next)
        for (int i = 0; i < POOL_UNITS; i++)
            slab->free[i] = 0;
    for (struct pool_free *node = haul->free; node; node = node->next) {
        struct pool_slab *slab = pool_find_slab_locked(pool, node, &unit);
        slab->free[unit]++;
    }
    if (haul->next < haul->end) {
        struct pool_slab *slab = pool_find_slab_locked(pool, haul->next, &unit);
        slab->free[unit] += (uint16_t)((size_t)(haul->end - haul->next) / size);
    }
}

/* Takes the units that are all free out of the haul, and marks them POOL_FREED. */
static void pool_sift_locked(struct pool *pool, struct pool_haul *haul, unsigned class)
{
    size_t full = POOL_UNIT / pool_class_size(class);
    unsigned unit;
    for (struct pool_free **at = &haul->free; *at;) {
        struct pool_slab *slab = pool_find_slab_locked(pool, *at, &unit);
        if (slab->free[unit] == full)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
    if (haul->next < haul->end) {
        struct pool_slab *slab = pool_find_slab_locked(pool, haul->next, &unit);
        if (slab->free[unit] == full)
            haul->next = haul->end;
    }
    for (struct pool_slab *slab = pool->slabs; slab; slab = slab->next)
        for (int i = 0; i < POOL_UNITS; i++)
            if (slab->free[i] == full)
                slab->class[i] = POOL_FREED;
}

/* Takes a unit that is marked so; it is nobody's now. NULL: no more. */
static char *pool_find_freed_locked(struct pool *pool)
{
    for (struct pool_slab *slab = pool->slabs; slab; slab = slab->next)
        for (unsigned i = 0; i < POOL_UNITS; i++)
            if (slab->class[i] == POOL_FREED) {
                slab->class[i] = POOL_NO_CLASS;
                return slab->base + (size_t)i * POOL_UNIT;
            }
    return NULL;
}

static void pool_release_freed(struct pool *pool)
{
    for (;;) {
        lock_acquire(&pool->lock);
        char *unit = pool_find_freed_locked(pool);
        lock_release(&pool->lock);
        if (!unit)
            return;
        host_pages_release(unit, POOL_UNIT);
        pool_give_unit(pool, unit);
    }
}

static void pool_trim_class(struct pool *pool, unsigned class)
{
    struct pool_class *c = &pool->classes[class];
    size_t size = pool_class_size(class);

    lock_acquire(&c->lock);
    struct pool_haul haul = {c->free, c->next, c->end};
    c->free = NULL;
    c->free_count = 0;
    c->next = c->end = NULL;
    lock_release(&c->lock);

    lock_acquire(&pool->lock);
    pool_count_locked(pool, &haul, size);
    pool_sift_locked(pool, &haul, class);
    lock_release(&pool->lock);
    pool_release_freed(pool);

    size_t count = 0;
    struct pool_free **last = &haul.free;
    for (; *last; last = &(*last)->next, count++)
        if (size >= 1 << POOL_BIG_SHIFT)
            pool_cool(*last, size);
    lock_acquire(&c->lock);
    *last = c->free;
    c->free = haul.free;
    c->free_count += count;
    if (c->next == c->end) {
        c->next = haul.next;
        c->end = haul.end;
        haul.next = haul.end;
    }
    lock_release(&c->lock);
    // Others began a new unit meanwhile: the rest of the old one goes to the free list.
    for (; haul.next < haul.end; haul.next += size) {
        lock_acquire(&c->lock);
        c->live_count++;
        lock_release(&c->lock);
        pool_put(pool, haul.next, size);
    }
}

void pool_trim(struct pool *pool)
{
    for (unsigned i = 0; i < POOL_CLASSES; i++)
        pool_trim_class(pool, i);
}

#endif

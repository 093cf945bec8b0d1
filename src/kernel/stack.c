/* stack.c: pools of stacks. */
#include "kernel/stack.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>

#include "kernel/host.h"

enum {
    STACK_PAGE = 4096,
    STACK_SLAB_MAX = 256,        // stacks of a slab at the most
    STACK_WARM_MAX = 10240,      // of a class: some 80 MB until a trim
    STACK_LOOK_ABOVE = 64,       // with more warm ones each returned stack is looked at,
    STACK_LOOK_EVERY = 4,        // else every fourth:
    STACK_LOOK_DEPTH = 64 << 10, // if it was used deeper than this,
    STACK_KEEP = 4 * STACK_PAGE, // only this much stays committed
    STACK_ALIGN = 2 << 20,       // what one page of the host's page tables covers
    STACK_NODE = 64,             // above .size: the link of a free stack
};

/* One page more than a power of two: the tops of stacks then differ in the bits that
 * choose a set in the caches of translations, where they would push each other out. */
static const size_t stack_spacing[STACK_CLASSES] = {(256 << 10) + STACK_PAGE,
                                                    (16 << 20) + STACK_PAGE};
static const unsigned stack_slab_count[STACK_CLASSES] = {STACK_SLAB_MAX, 64};

/* Describes a slab; in the first page of its mapping. */
struct stack_slab {
    struct stack_slab *next;
    char *base;    // the first stack's guard
    size_t mapped; // bytes from here on
    enum stack_class class;
    unsigned count, cut;                // stacks it has room for, stacks cut so far
    unsigned cold_count, warm_count;    // warm_count: found by a trim
    bool doomed;                        // a trim is about to unmap it
    uint64_t cold[STACK_SLAB_MAX / 64]; // stacks without pages, as bits
};

static_assert(sizeof(struct stack_slab) <= STACK_PAGE,
              "a slab's description fits in a page");

/* Lies above a warm stack. */
struct stack_free {
    struct stack_free *next;
    struct stack stack;
};

static_assert(sizeof(struct stack_free) <= STACK_NODE, "the link fits above the stack");

void stack_pool_init(struct stack_pool *pool)
{
    *pool = (struct stack_pool){.live = 0};
    lock_init(&pool->lock, LOCK_POOL);
}

void stack_pool_fini(struct stack_pool *pool)
{
    ASSERT(pool->live == 0);
    for (int class = 0; class < STACK_CLASSES; class ++)
        for (struct stack_slab *slab = pool->shelves[class].slabs, *next; slab;
             slab = next) {
            next = slab->next;
            host_pages_unmap(slab, slab->mapped);
        }
    stack_pool_init(pool);
}

/* ---- slabs ------------------------------------------------------------------------ */

/* A slab for count stacks. Its stacks begin in the middle of what a page of page tables
 * covers, so that the used top of one and the guard of the next share that page. NULL: no
 * memory. */
static struct stack_slab *stack_map_slab(enum stack_class class, unsigned count)
{
    size_t used = count * stack_spacing[class];
    size_t mapped = STACK_PAGE + STACK_ALIGN + used;
    struct stack_slab *slab = host_pages_map(mapped);
    if (!slab)
        return NULL;
    host_pages_keep_small(slab, mapped);
    uintptr_t after = (uintptr_t)slab + STACK_PAGE, middle = STACK_ALIGN / 2;
    uintptr_t base = ((after + middle - 1) & ~(uintptr_t)(STACK_ALIGN - 1)) + middle;
    if (base < after)
        base += STACK_ALIGN;
    slab->base = (char *)base;
    slab->mapped = mapped;
    slab->class = class;
    slab->count = count;
    return slab;
}

/* The largest slab that the host gives. */
static struct stack_slab *stack_new_slab(enum stack_class class)
{
    for (unsigned count = stack_slab_count[class]; count > 0; count /= 2) {
        struct stack_slab *slab = stack_map_slab(class, count);
        if (slab)
            return slab;
    }
    return NULL;
}

static struct stack stack_at(struct stack_slab *slab, unsigned index)
{
    size_t spacing = stack_spacing[slab->class];
    return (struct stack){
        .low = slab->base + index * spacing + STACK_PAGE,
        .size = spacing - STACK_PAGE - STACK_NODE,
        .class = slab->class,
        .slab = slab,
    };
}

static unsigned stack_index(const struct stack *stack)
{
    return (unsigned)((size_t)(stack->low - stack->slab->base) /
                      stack_spacing[stack->class]);
}

static struct stack_free *stack_node(const struct stack *stack)
{
    return (struct stack_free *)(stack->low + stack->size);
}

/* ---- get -------------------------------------------------------------------------- */

static bool stack_get_warm_locked(struct stack_shelf *shelf, struct stack *stack)
{
    struct stack_free *node = shelf->warm;
    if (!node)
        return false;
    shelf->warm = node->next;
    shelf->warm_count--;
    *stack = node->stack;
    return true;
}

static bool stack_get_cold_locked(struct stack_shelf *shelf, struct stack *stack)
{
    if (shelf->cold_count == 0)
        return false;
    struct stack_slab *slab = shelf->slabs;
    while (slab->cold_count == 0)
        slab = slab->next;
    unsigned word = 0;
    while (!slab->cold[word])
        word++;
    unsigned bit = (unsigned)__builtin_ctzll(slab->cold[word]);
    slab->cold[word] &= slab->cold[word] - 1;
    slab->cold_count--;
    shelf->cold_count--;
    *stack = stack_at(slab, word * 64 + bit);
    return true;
}

/* Cuts a stack that has no guard yet. */
static bool stack_cut_locked(struct stack_shelf *shelf, struct stack *stack)
{
    struct stack_slab *slab = shelf->slabs;
    if (!slab || slab->cut == slab->count)
        return false;
    *stack = stack_at(slab, slab->cut++);
    return true;
}

/* The slow path of stack_get: a stack that was never used. */
static NO_INLINE int stack_get_new(struct stack_pool *pool, enum stack_class class,
                                   struct stack *stack)
{
    struct stack_shelf *shelf = &pool->shelves[class];
    lock_acquire(&pool->lock);
    bool found = stack_cut_locked(shelf, stack);
    pool->live += found;
    lock_release(&pool->lock);
    if (!found) {
        struct stack_slab *slab = stack_new_slab(class);
        if (!slab)
            return -ENOMEM;
        lock_acquire(&pool->lock);
        slab->next = shelf->slabs;
        shelf->slabs = slab;
        found = stack_cut_locked(shelf, stack);
        pool->live++;
        lock_release(&pool->lock);
    }
    if (host_pages_guard(stack->low - STACK_PAGE, STACK_PAGE))
        return 0;
    lock_acquire(&pool->lock);
    struct stack_slab *slab = stack->slab;
    if (slab->cut == stack_index(stack) + 1)
        slab->cut--; // else its address space stays unused
    pool->live--;
    lock_release(&pool->lock);
    return -ENOMEM;
}

int stack_get(struct stack_pool *pool, enum stack_class class, struct stack *stack)
{
    struct stack_shelf *shelf = &pool->shelves[class];
    lock_acquire(&pool->lock);
    bool found =
        stack_get_warm_locked(shelf, stack) || stack_get_cold_locked(shelf, stack);
    pool->live += found;
    lock_release(&pool->lock);
    return LIKELY(found) ? 0 : stack_get_new(pool, class, stack);
}

/* ---- put -------------------------------------------------------------------------- */

/* Gives back the pages of a stack but for the upper `keep` bytes. */
static void stack_release(const struct stack *stack, size_t keep)
{
    host_pages_release(stack->low, stack_spacing[stack->class] - STACK_PAGE - keep);
}

/* Whether the page STACK_LOOK_DEPTH below the top was written to: one word of each cache
 * line is looked at. A page that was not is the host's page of zeros, which costs no
 * memory. */
__attribute__((no_sanitize("address"))) static bool stack_was_deep(
    const struct stack *stack)
{
    const char *top =
        stack->slab->base + (stack_index(stack) + 1) * stack_spacing[stack->class];
    const volatile uint64_t *word = (const volatile uint64_t *)(top - STACK_LOOK_DEPTH);
    uint64_t seen = 0;
    for (size_t i = 0; i < STACK_PAGE / sizeof *word; i += 8)
        seen |= word[i];
    return seen != 0;
}

static void stack_mark_cold_locked(struct stack_pool *pool, const struct stack *stack)
{
    unsigned index = stack_index(stack);
    stack->slab->cold[index / 64] |= (uint64_t)1 << index % 64;
    stack->slab->cold_count++;
    pool->shelves[stack->class].cold_count++;
}

void stack_put(struct stack_pool *pool, const struct stack *stack)
{
    struct stack own = *stack; // the caller's may lie on the stack that is put
    struct stack_shelf *shelf = &pool->shelves[own.class];

    lock_acquire(&pool->lock);
    bool keep = shelf->warm_count < STACK_WARM_MAX;
    bool look =
        shelf->warm_count >= STACK_LOOK_ABOVE || ++pool->puts % STACK_LOOK_EVERY == 0;
    if (UNLIKELY(look || !keep)) {
        lock_release(&pool->lock);
        if (!keep)
            stack_release(&own, 0);
        else if (stack_was_deep(&own))
            stack_release(&own, STACK_KEEP);
        lock_acquire(&pool->lock);
    }
    if (LIKELY(keep)) {
        struct stack_free *node = stack_node(&own);
        node->next = shelf->warm;
        node->stack = own;
        shelf->warm = node;
        shelf->warm_count++;
    } else {
        stack_mark_cold_locked(pool, &own);
    }
    pool->live--;
    lock_release(&pool->lock);
}

/* ---- trim ------------------------------------------------------------------------- */

/* Takes the slabs that are all free out of the shelf; gives their list. */
static struct stack_slab *stack_doom_slabs_locked(struct stack_shelf *shelf,
                                                  const struct stack_free *warm)
{
    struct stack_slab *doomed = NULL;
    for (struct stack_slab *slab = shelf->slabs; slab; slab = slab->next)
        slab->warm_count = 0;
    for (; warm; warm = warm->next)
        warm->stack.slab->warm_count++;
    for (struct stack_slab **at = &shelf->slabs; *at;) {
        struct stack_slab *slab = *at;
        if (slab->warm_count + slab->cold_count < slab->cut) {
            at = &slab->next;
            continue;
        }
        *at = slab->next;
        shelf->cold_count -= slab->cold_count;
        slab->doomed = true;
        slab->next = doomed;
        doomed = slab;
    }
    return doomed;
}

static void stack_trim_class(struct stack_pool *pool, enum stack_class class)
{
    struct stack_shelf *shelf = &pool->shelves[class];
    lock_acquire(&pool->lock);
    struct stack_free *warm = shelf->warm;
    shelf->warm = NULL;
    shelf->warm_count = 0;
    struct stack_slab *doomed = stack_doom_slabs_locked(shelf, warm);
    lock_release(&pool->lock);

    while (warm) {
        struct stack stack = warm->stack;
        warm = warm->next; // lies in the pages that go now
        if (stack.slab->doomed)
            continue;
        stack_release(&stack, 0);
        lock_acquire(&pool->lock);
        stack_mark_cold_locked(pool, &stack);
        lock_release(&pool->lock);
    }
    while (doomed) {
        struct stack_slab *slab = doomed;
        doomed = slab->next;
        host_pages_unmap(slab, slab->mapped);
    }
}

void stack_pool_trim(struct stack_pool *pool)
{
    for (int class = 0; class < STACK_CLASSES; class ++)
        stack_trim_class(pool, (enum stack_class) class);
}

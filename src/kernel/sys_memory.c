/* sys_memory.c: memory, slots, names, limits and nesting: what programs use without a
 * full call. Documented in sys.h. */
#include <assert.h>
#include <string.h>

#include "kernel/door.h"
#include "kernel/kernel.h"
#include "kernel/names.h"
#include "kernel/process.h"
#include "sys.h"

enum {
    MEMORY_STACK_RESERVE =
        96 << 10, // bytes that the deepest leaf may need below a nesting check
    MEMORY_ALLOWANCE_MAX = 1024
};

/* ---- The process's heap ----------------------------------------------------------- */

void *process_alloc(struct process *self, size_t size)
{
    void *ptr = heap_alloc(&self->heap, size);
    if (UNLIKELY(!ptr))
        door_limit(self, LIMIT_MEMORY);
    return ptr;
}

void *sys_alloc(size_t size) { return process_alloc(process_self(), size); }

void *sys_alloc_zero(size_t size) { return memset(sys_alloc(size), 0, size); }

void *sys_resize(void *ptr, size_t size)
{
    struct process *self = process_self();
    void *moved = heap_resize(&self->heap, ptr, size);
    if (UNLIKELY(!moved))
        door_limit(self, LIMIT_MEMORY);
    return moved;
}

void sys_free(void *ptr) { heap_free(&process_self()->heap, ptr); }

char *sys_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(sys_alloc(size), text, size);
}

static void *memory_heap_resize(const struct alloc *self, void *ptr, size_t old,
                                size_t size)
{
    (void)self;
    (void)old;
    if (size)
        return sys_resize(ptr, size);
    sys_free(ptr);
    return NULL;
}

const struct alloc *sys_heap(void)
{
    static const struct alloc heap = {memory_heap_resize};
    return &heap;
}

/* ---- The sandbox's heap ----------------------------------------------------------- */

void *sys_share_alloc(size_t size)
{
    struct process *self = process_self();
    void *ptr = kernel_alloc(self->kernel, size);
    if (UNLIKELY(!ptr))
        door_limit(self, LIMIT_MEMORY);
    return ptr;
}

void *sys_share_resize(void *ptr, size_t size)
{
    struct process *self = process_self();
    void *moved = kernel_resize(self->kernel, ptr, size);
    if (UNLIKELY(!moved))
        door_limit(self, LIMIT_MEMORY);
    return moved;
}

void sys_share_free(void *ptr) { kernel_free(process_self()->kernel, ptr); }

static void *memory_share_resize(const struct alloc *self, void *ptr, size_t old,
                                 size_t size)
{
    (void)self;
    (void)old;
    if (size)
        return sys_share_resize(ptr, size);
    sys_share_free(ptr);
    return NULL;
}

const struct alloc *sys_share(void)
{
    static const struct alloc share = {memory_share_resize};
    return &share;
}

unsigned sys_intern(const char *text, size_t len)
{
    struct process *self = process_self();
    int id = names_intern(self->kernel->names, text, len);
    if (id < 0)
        door_limit(self, LIMIT_MEMORY);
    return (unsigned)id;
}

const char *sys_interned(unsigned id)
{
    return names_text(process_self()->kernel->names, id);
}

/* ---- Slots ------------------------------------------------------------------------ */

void *sys_slot_get(enum sys_slot slot) { return process_self()->slots[slot]; }

void sys_slot_set(enum sys_slot slot, void *ptr) { process_self()->slots[slot] = ptr; }

/* ---- Limits ----------------------------------------------------------------------- */

static_assert((int)SYS_LIMITS == (int)LIMITS, "both come from limits.def");

/* Takes an allowance for the coming charges, so that the shared counter is touched
 * seldom: a part of what is left, so that small limits stay exact. */
static void memory_take_allowance(struct process *self, enum limit_id id,
                                  uint64_t *allowance, uint64_t count)
{
    struct limits *l = &self->kernel->limits;
    uint64_t used = atomic_load_explicit(&l->used[id], memory_order_relaxed);
    uint64_t left = limits_value(l, id) > used ? limits_value(l, id) - used : 0;
    uint64_t more = count - *allowance + left / 64;
    if (more > count + MEMORY_ALLOWANCE_MAX)
        more = count + MEMORY_ALLOWANCE_MAX;
    if (!limits_take(l, id, more)) {
        more = count - *allowance;
        if (!limits_take(l, id, more))
            door_limit(self, id);
    }
    *allowance += more;
}

void sys_charge(enum sys_limit limit, uint64_t count)
{
    struct process *self = process_self();
    ASSERT(limit == SYS_LIMIT_COMMANDS || limit == SYS_LIMIT_LOOPS);
    uint64_t *allowance = &self->allowance[limit == SYS_LIMIT_LOOPS];
    if (UNLIKELY(*allowance < count))
        memory_take_allowance(self, (enum limit_id)limit, allowance, count);
    *allowance -= count;
}

void sys_check_size(enum sys_limit limit, uint64_t size)
{
    struct process *self = process_self();
    if (UNLIKELY(size > limits_value(&self->kernel->limits, (enum limit_id)limit)))
        door_limit(self, (int)limit);
}

uint64_t sys_limit_value(enum sys_limit limit)
{
    return limits_value(&process_self()->kernel->limits, (enum limit_id)limit);
}

/* ---- Nesting ---------------------------------------------------------------------- */

void sys_nest_enter(void)
{
    struct process *self = process_self();
    const char here = 0;
    size_t left = (size_t)((uintptr_t)&here - (uintptr_t)self->stack.low);
    bool deep = ++self->depth > limits_value(&self->kernel->limits, LIMIT_DEPTH);
#ifndef SHOAL_FAKE_STACK // under the address sanitizer locals may live elsewhere
    deep |= left < MEMORY_STACK_RESERVE;
#else
    (void)left;
#endif
    if (UNLIKELY(deep))
        door_limit(self, LIMIT_DEPTH);
}

void sys_nest_leave(void)
{
    struct process *self = process_self();
    ASSERT(self->depth);
    self->depth--;
}

/* stack.h: pools of stacks for fibers.
 *
 * Two classes: SMALL for ordinary commands, DEEP for programs that recurse on input.
 * Stacks are cut from large lazily committed slabs; the lowest page of each is a guard
 * that traps (MADV_GUARD_INSTALL where the host has it: no mapping each; else mprotect).
 * Returned stacks are kept warm up to a number; one that was used deeply gives its deep
 * pages back: every fourth is looked at, and each one when many are warm. A cold stack
 * holds no page at all. Invariants: a stack is in a free list or owned by one fiber. A
 * stack's pages above the guard may hold old bytes. Must not know: fibers, processes. */
#ifndef KERNEL_STACK_H
#define KERNEL_STACK_H

#include <stddef.h>

#include "base/base.h"
#include "kernel/lock.h"

enum stack_class { STACK_SMALL, STACK_DEEP, STACK_CLASSES };

struct stack {
    char *low;   // lowest usable byte, above the guard
    size_t size; // usable bytes: about 256 KiB (SMALL), 16 MiB (DEEP)
    enum stack_class class;
    struct stack_slab *slab; // private to stack.c
};

struct stack_slab;
struct stack_free;

struct stack_pool {
    struct lock lock; // rank LOCK_POOL; guards all
    struct stack_shelf {
        // the first one is being cut; they know their cold stacks
        struct stack_slab *slabs;
        struct stack_free *warm; // the newest first
        size_t warm_count, cold_count;
    } shelves[STACK_CLASSES];
    size_t live, puts;
};

void stack_pool_init(struct stack_pool *pool);
void stack_pool_fini(struct stack_pool *pool); // all stacks must be back

/* Errors: -ENOMEM. Any thread. */
MUST_CHECK int stack_get(struct stack_pool *pool, enum stack_class class,
                         struct stack *stack);
void stack_put(struct stack_pool *pool, const struct stack *stack);

/* Gives back the pages of the warm stacks, and whole slabs that are free. For when the
 * runtime goes idle: costs microseconds a stack. Any thread. */
void stack_pool_trim(struct stack_pool *pool);

#endif

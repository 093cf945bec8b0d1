/* account.h: the memory account of one sandbox: what its heaps hold in chunks against
 * limit `memory`. */
#ifndef KERNEL_ACCOUNT_H
#define KERNEL_ACCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
    atomic_uint_fast64_t used;  // bytes of chunks held
    atomic_uint_fast64_t limit; // UINT64_MAX: none
};

static inline bool account_take(struct account *a, size_t bytes)
{
    uint64_t now =
        atomic_fetch_add_explicit(&a->used, bytes, memory_order_relaxed) + bytes;
    if (now <= atomic_load_explicit(&a->limit, memory_order_relaxed))
        return true;
    atomic_fetch_sub_explicit(&a->used, bytes, memory_order_relaxed);
    return false;
}
static inline void account_give(struct account *a, size_t bytes)
{
    atomic_fetch_sub_explicit(&a->used, bytes, memory_order_relaxed);
}

#endif

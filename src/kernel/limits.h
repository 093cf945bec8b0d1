/* limits.h: the limits of one sandbox and what was used of each. See limits.def and
 * design section 2.5. All fields are atomics, any thread. Must not know: how a run is
 * ended (kernel.h does). */
#ifndef KERNEL_LIMITS_H
#define KERNEL_LIMITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

enum limit_id {
#define LIMIT(id, name, unit, kind, value) LIMIT_##id,
#include "limits.def"
#undef LIMIT
    LIMITS
};

struct limits {
    atomic_uint_fast64_t value[LIMITS];
    atomic_uint_fast64_t used[LIMITS]; // WALL, CPU, MEMORY are accounted elsewhere
    atomic_int reached;                // the limit that ended the run, or -1
};

void limits_init(struct limits *l);
const char *limits_name(enum limit_id id);
/* Finds a limit by its name, or -1; unit: 0 time, 1 size, 2 count. */
int limits_find(const char *name);
int limits_unit(enum limit_id id);

/* Adds count to what is used; false (and nothing added) if that would pass the limit. */
bool limits_take(struct limits *l, enum limit_id id, uint64_t count);
void limits_give(struct limits *l, enum limit_id id, uint64_t count);
static inline uint64_t limits_value(struct limits *l, enum limit_id id)
{
    return atomic_load_explicit(&l->value[id], memory_order_relaxed);
}

/* The length of "limit reached: NAME (VALUE)" written to dst. */
size_t limits_describe(struct limits *l, enum limit_id id, char *dst, size_t cap);

#endif

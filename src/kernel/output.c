/* output.c: see output.h. */
#include "kernel/output.h"

#include <errno.h>

#include "kernel/kernel.h"

size_t output_take(struct kernel *k, size_t len)
{
    if (LIKELY(limits_take(&k->limits, LIMIT_OUTPUT, len)))
        return len;
    while (len) {
        uint64_t limit = limits_value(&k->limits, LIMIT_OUTPUT);
        uint64_t used = atomic_load(&k->limits.used[LIMIT_OUTPUT]);
        uint64_t left = used < limit ? limit - used : 0;
        len = left < len ? (size_t)left : len;
        if (limits_take(&k->limits, LIMIT_OUTPUT, len))
            break; // else others took it meanwhile
    }
    return len;
}

int64_t output_done(struct kernel *k, size_t len, size_t taken, int64_t done)
{
    size_t written = done > 0 ? (size_t)done : 0;
    if (written < taken)
        limits_give(&k->limits, LIMIT_OUTPUT, taken - written);
    if (taken == len || written < taken)
        return done;
    kernel_end_limit(k, LIMIT_OUTPUT);
    return -EINTR; // the caller dies at the door
}

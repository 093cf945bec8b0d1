/* rlimits.h: the limits that a process has set for itself and for the children it makes
 * (setrlimit), counted.
 *
 * A process that never set one has none of its own (NULL): its limits are those of the
 * sandbox. Invariant: immutable while shared. */
#ifndef KERNEL_RLIMITS_H
#define KERNEL_RLIMITS_H

#include <stdatomic.h>

#include "base/base.h"
#include "sys.h"

struct kernel;

struct rlimits {
    atomic_uint refs;
    struct sys_rlimit_pair of[SYS_RLIMITS];
};

struct rlimits *rlimits_get(struct rlimits *r);        // r may be NULL
void rlimits_put(struct kernel *k, struct rlimits *r); // the same

#endif

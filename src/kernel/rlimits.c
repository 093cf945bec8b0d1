/* rlimits.c: see rlimits.h, and the calls on it. Open files are enforced by the
 * descriptor table, file sizes where files are written; the other limits are kept. */
#include "kernel/rlimits.h"

#include <errno.h>

#include "kernel/door.h"
#include "kernel/kernel.h"
#include "kernel/process.h"

struct rlimits *rlimits_get(struct rlimits *r)
{
    if (r)
        atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
    return r;
}

void rlimits_put(struct kernel *k, struct rlimits *r)
{
    if (r && atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) == 1)
        kernel_free(k, r);
}

static struct sys_rlimit_pair rlimits_same(uint64_t value)
{
    return (struct sys_rlimit_pair){value, value};
}

/* What holds before a process has set anything. */
static struct sys_rlimit_pair rlimits_initial(struct kernel *k, enum sys_rlimit which)
{
    struct limits *l = &k->limits;
    uint64_t cpu_ns = limits_value(l, LIMIT_CPU);
    switch (which) {
    case SYS_RLIMIT_CORE: return (struct sys_rlimit_pair){0, UINT64_MAX};
    case SYS_RLIMIT_STACK: return (struct sys_rlimit_pair){8 << 20, UINT64_MAX};
    case SYS_RLIMIT_NICE:
    case SYS_RLIMIT_RTPRIO: return rlimits_same(0);
    case SYS_RLIMIT_MSGQUEUE: return rlimits_same(819200); // as Linux has it
    case SYS_RLIMIT_FSIZE: return rlimits_same(limits_value(l, LIMIT_FILE_SIZE));
    case SYS_RLIMIT_NOFILE: return rlimits_same(limits_value(l, LIMIT_OPEN_FILES));
    case SYS_RLIMIT_NPROC: return rlimits_same(limits_value(l, LIMIT_PROCESSES));
    case SYS_RLIMIT_RSS:
    case SYS_RLIMIT_AS: return rlimits_same(limits_value(l, LIMIT_MEMORY));
    case SYS_RLIMIT_CPU:
        return rlimits_same(cpu_ns == UINT64_MAX ? cpu_ns : cpu_ns / 1000000000);
    default: return rlimits_same(UINT64_MAX);
    }
}

static struct sys_rlimit_pair rlimits_of(struct process *p, enum sys_rlimit which)
{
    return p->rlimits ? p->rlimits->of[which] : rlimits_initial(p->kernel, which);
}

/* The process's limits, made its own. NULL: no memory. */
static struct rlimits *rlimits_own(struct process *p)
{
    struct rlimits *old = p->rlimits;
    if (old && atomic_load_explicit(&old->refs, memory_order_acquire) == 1)
        return old;
    struct rlimits *r = kernel_alloc_zero(p->kernel, sizeof *r);
    if (!r)
        return NULL;
    atomic_init(&r->refs, 1);
    for (int i = 0; i < SYS_RLIMITS; i++)
        r->of[i] = rlimits_of(p, (enum sys_rlimit)i);
    p->rlimits = r;
    rlimits_put(p->kernel, old);
    return r;
}

static int do_setrlimit(struct process *self, enum sys_rlimit which,
                        struct sys_rlimit_pair pair)
{
    if (pair.soft > pair.hard)
        return -EINVAL;
    if (pair.hard > rlimits_of(self, which).hard)
        return -EPERM;
    struct rlimits *r = rlimits_own(self);
    if (!r)
        return -ENOMEM;
    r->of[which] = pair;
    if (which == SYS_RLIMIT_NOFILE)
        self->fds.max = pair.soft < FDTAB_MAX ? (unsigned)pair.soft : FDTAB_MAX;
    return 0;
}

struct sys_rlimit_pair sys_getrlimit(enum sys_rlimit which)
{
    struct process *self = sys_enter(CALL_GETRLIMIT);
    struct sys_rlimit_pair pair = rlimits_of(self, which);
    sys_leave(self, 0);
    return pair;
}

int sys_setrlimit(enum sys_rlimit which, struct sys_rlimit_pair pair)
{
    struct process *self = sys_enter(CALL_SETRLIMIT);
    return (int)sys_leave(self, do_setrlimit(self, which, pair));
}

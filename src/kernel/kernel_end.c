/* kernel_end.c: how a run is ended: limits, cancellation, deadlock; and the virtual
 * clock's jumps. See kernel.h. */
#include <errno.h>

#include "base/buf.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/trace.h"

static void kernel_kill_all(struct kernel *k)
{
    struct list *l;
    lock_acquire(&k->family);
    LIST_EACH(l, &k->all)
    {
        struct process *p = LIST_ENTRY(l, struct process, all_link);
        if (p != k->init && !p->zombie)
            process_signal(p, SYS_SIGKILL);
    }
    lock_release(&k->family);
}

void kernel_end(struct kernel *k, enum kernel_end why)
{
    unsigned none = KERNEL_END_NONE;
    if (atomic_compare_exchange_strong(&k->ending, &none, why))
        kernel_kill_all(k);
}

void kernel_end_limit(struct kernel *k, int limit)
{
    int none = -1;
    atomic_compare_exchange_strong(&k->limits.reached, &none, limit);
    kernel_end(k, KERNEL_END_LIMIT);
}

void kernel_charge_cpu(struct kernel *k, uint64_t ns)
{
    uint64_t used = atomic_fetch_add_explicit(&k->cpu_ns, ns, memory_order_relaxed) + ns;
    if (UNLIKELY(used > limits_value(&k->limits, LIMIT_CPU)))
        kernel_end_limit(k, LIMIT_CPU);
}

/* ---- Nothing left to run ---------------------------------------------------------- */

/* Adds "pid 4 (cat) waits for a writer of /tmp/fifo; " for each process that waits.
 * false: one does not. */
static bool kernel_describe_waits(struct kernel *k, struct buf *text)
{
    struct list *l;
    char what[200];
    LIST_EACH(l, &k->all)
    {
        struct process *p = LIST_ENTRY(l, struct process, all_link);
        const struct wait_reason *reason = atomic_load(&p->waiting);
        if (p == k->init || p->zombie)
            continue;
        if (atomic_load(&p->state) != PROCESS_PARKED)
            return false;
        if (reason)
            trace_reason(reason, what, sizeof what);
        buf_addf(text, "%spid %d (%s) waits for %s", text->len ? "; " : "", p->pid,
                 p->name, reason ? what : "its turn");
        if (text->len > 4000)
            break;
    }
    return true;
}

static void kernel_deadlock(struct kernel *k)
{
    struct buf text = buf_make(&k->kernel_heap);
    lock_acquire(&k->family);
    bool all_wait = kernel_describe_waits(k, &text);
    if (all_wait && !k->report)
        k->report = buf_take(&text);
    lock_release(&k->family);
    buf_fini(&text);
    if (all_wait)
        kernel_end(k, KERNEL_END_DEADLOCK);
}

/* Nothing can wake any process by itself any more. */
static void kernel_stuck(struct kernel *k)
{
    if (k->virtual_clock) {
        uint64_t next = atomic_load(&k->own_timers.earliest);
        if (next != UINT64_MAX) {
            if (next > kernel_mono(k))
                atomic_store(&k->virtual_ns, next);
            timers_fire(&k->own_timers, next);
            return;
        }
    }
    if (atomic_load(&k->live) && !atomic_load(&k->ending))
        kernel_deadlock(k);
}

void kernel_idle(struct kernel *k)
{
    if (atomic_fetch_sub(&k->can_wake, 1) == 1)
        kernel_stuck(k);
}

void kernel_wake_source_add(struct kernel *k)
{
    atomic_fetch_add(&k->sources, 1);
    kernel_active(k);
}

void kernel_wake_source_remove(struct kernel *k)
{
    kernel_idle(k);
    atomic_fetch_sub(&k->sources, 1);
}

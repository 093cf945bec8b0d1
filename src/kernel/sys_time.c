/* sys_time.c: the calls on time, chance and identity of the machine. Documented in
 * sys.h. */
#include <errno.h>

#include "kernel/door.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "sys.h"

int64_t sys_clock(enum sys_clock which)
{
    struct process *self = sys_enter(CALL_CLOCK);
    struct kernel *k = self->kernel;
    int64_t now = kernel_real(k);
    if (which == SYS_CLOCK_MONOTONIC)
        now = (int64_t)(kernel_mono(k) - (k->virtual_clock ? 0 : k->start_mono_ns));
    return sys_leave(self, now);
}

/* Sleeps until deadline_ns of kernel_mono; UINT64_MAX: for ever. */
static int do_sleep_until(struct process *self, uint64_t deadline_ns)
{
    static const struct wait_reason reason = {.what = "a timer"};
    static const struct wait_reason for_ever = {.what = "ever"};
    (void)self;
    int err = 0;
    while (!err)
        err = process_park(deadline_ns, WAIT_INTERRUPTIBLE,
                           deadline_ns == UINT64_MAX ? &for_ever : &reason);
    return err == -ETIMEDOUT ? 0 : err;
}

int sys_sleep(double seconds)
{
    struct process *self = sys_enter(CALL_SLEEP);
    uint64_t now = kernel_mono(self->kernel);
    double ns = seconds * 1e9;
    uint64_t deadline_ns = UINT64_MAX;
    if (ns < 9e18)
        deadline_ns = now + (ns > 0 ? (uint64_t)ns : 0);
    return (int)sys_leave(self, do_sleep_until(self, deadline_ns));
}

int sys_sleep_until(int64_t monotonic_ns)
{
    struct process *self = sys_enter(CALL_SLEEP);
    struct kernel *k = self->kernel;
    uint64_t start = k->virtual_clock ? 0 : k->start_mono_ns;
    uint64_t deadline_ns = start + (uint64_t)int64_max(monotonic_ns, 0);
    return (int)sys_leave(self, do_sleep_until(self, deadline_ns));
}

void sys_random(void *buf, size_t len)
{
    struct process *self = sys_enter(CALL_RANDOM);
    kernel_random(self->kernel, buf, len);
    sys_leave(self, 0);
}

void sys_uname(struct sys_uname *name)
{
    *name = (struct sys_uname){.sysname = "Linux",
                               .nodename = "shoal",
                               .release = "6.1.0-shoal",
                               .version = "#1 SMP shoal",
                               .machine = "x86_64"};
}

unsigned sys_cpu_count(void)
{
    struct kernel *k = process_self()->kernel;
    return k->deterministic ? 1 : k->runtime->worker_count;
}

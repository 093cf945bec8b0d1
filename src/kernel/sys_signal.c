/* sys_signal.c: the calls on signals. Documented in sys.h. */
#include <errno.h>

#include "kernel/door.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "sys.h"

#define SIGNAL_BIT(sig) (UINT64_C(1) << ((sig)-1))

static const uint64_t signal_fixed = SIGNAL_BIT(SYS_SIGKILL) | SIGNAL_BIT(SYS_SIGSTOP);

static bool signal_is_valid(int sig) { return sig > 0 && sig < SYS_SIGNALS; }

static int do_signal_set(struct process *self, int sig, enum sys_disposition disposition)
{
    if (!signal_is_valid(sig) || signal_fixed & SIGNAL_BIT(sig))
        return -EINVAL;
    atomic_fetch_and(&self->ignored, ~SIGNAL_BIT(sig));
    atomic_fetch_and(&self->caught, ~SIGNAL_BIT(sig));
    if (disposition == SYS_IGNORE)
        atomic_fetch_or(&self->ignored, SIGNAL_BIT(sig));
    else if (disposition == SYS_CATCH)
        atomic_fetch_or(&self->caught, SIGNAL_BIT(sig));
    if (atomic_load(&self->pending) & SIGNAL_BIT(sig)) // it means something else now
        atomic_fetch_or(&self->attention, ATTENTION_SIGNAL);
    return 0;
}

int sys_signal_set(int sig, enum sys_disposition disposition)
{
    struct process *self = sys_enter(CALL_SIGNAL_SET);
    return (int)sys_leave(self, do_signal_set(self, sig, disposition));
}

enum sys_disposition sys_signal_get(int sig)
{
    struct process *self = process_self();
    if (!signal_is_valid(sig))
        return SYS_DEFAULT;
    if (atomic_load(&self->ignored) & SIGNAL_BIT(sig))
        return SYS_IGNORE;
    return atomic_load(&self->caught) & SIGNAL_BIT(sig) ? SYS_CATCH : SYS_DEFAULT;
}

bool sys_signal_waiting(void) { return process_has_caught(process_self()); }

int sys_signal_take(void)
{
    struct process *self = sys_enter(CALL_SIGNAL_TAKE);
    uint64_t ready = atomic_load(&self->pending) & atomic_load(&self->caught) &
                     ~atomic_load(&self->blocked);
    int sig = 0;
    if (ready) {
        sig = __builtin_ctzll(ready) + 1;
        atomic_fetch_and(&self->pending, ~SIGNAL_BIT(sig));
    }
    return (int)sys_leave(self, sig);
}

uint64_t sys_signal_block(uint64_t mask)
{
    struct process *self = sys_enter(CALL_SIGNAL_BLOCK);
    uint64_t old = atomic_exchange(&self->blocked, mask & ~signal_fixed);
    if (atomic_load(&self->pending) & ~mask)
        atomic_fetch_or(&self->attention, ATTENTION_SIGNAL);
    sys_leave(self, 0);
    return old;
}

uint64_t sys_signal_pending(void) { return atomic_load(&process_self()->pending); }

/* ---- kill ------------------------------------------------------------------------- */

static int signal_one(struct kernel *k, int pid, int sig)
{
    struct process *p = process_find_locked(k, pid);
    if (!p)
        return -ESRCH;
    if (p == k->init)
        return -EPERM;
    if (sig && !p->zombie)
        process_signal(p, sig);
    return 0;
}

/* Sends sig to every process of group -which, or with -1 to all but self. */
static int signal_many(struct kernel *k, int which, int sig, const struct process *self)
{
    int err = -ESRCH;
    struct list *l;
    LIST_EACH(l, &k->all)
    {
        struct process *p = LIST_ENTRY(l, struct process, all_link);
        if (p == k->init || p->zombie || (which == -1 ? p == self : -p->pgid != which))
            continue;
        if (sig)
            process_signal(p, sig);
        err = 0;
    }
    return err;
}

static int do_kill(struct process *self, int pid, int sig)
{
    if (sig && !signal_is_valid(sig))
        return -EINVAL;
    struct kernel *k = self->kernel;
    int err;
    lock_acquire(&k->family);
    if (pid > 0)
        err = signal_one(k, pid, sig);
    else
        err = signal_many(k, pid == 0 ? -self->pgid : pid, sig, self);
    lock_release(&k->family);
    return err;
}

int sys_kill(int pid, int sig)
{
    struct process *self = sys_enter(CALL_KILL);
    return (int)sys_leave(self, do_kill(self, pid, sig));
}

/* run_hooks.c: what the kernel tells of a run: it ended, it has something to tell. See
 * run.h. */
#include "kernel/guest.h"
#include "kernel/host.h"
#include "kernel/kernel.h"
#include "sandbox/host_event.h"
#include "sandbox/run.h"
#include "sandbox/sandbox.h"
#include "vfs/vfs.h"

void run_signal(struct shoal_run *run)
{
    atomic_fetch_add(&run->word, 1);
    host_futex_wake(&run->word, INT32_MAX);
    struct worker *guest = atomic_load(&run->guest);
    if (guest)
        guest_poke(guest);
    int event = atomic_load(&run->event);
    if (event >= 0)
        host_event_raise(event);
}

void sandbox_traced(void *sandbox)
{
    struct shoal_sandbox *sb = sandbox;
    struct shoal_run *run = atomic_load(&sb->active);
    if (run)
        run_signal(run);
}

void sandbox_net_asked(struct kernel *k) { sandbox_traced(k->sandbox); }

/* The main process is a zombie; the family lock is held. */
static void run_main_ended(struct kernel *k, int pid, int status, bool by_signal)
{
    (void)pid;
    (void)status;
    (void)by_signal;
    struct shoal_sandbox *sb = k->sandbox;
    struct shoal_run *run = atomic_load(&sb->active);
    if (run->orphans != SHOAL_ORPHANS_KILL || atomic_load(&k->live) == 1)
        return;
    run->killed_orphans = !atomic_load(&k->ending);
    run_end_orphans(run);
}

static void run_all_ended(struct kernel *k)
{
    struct shoal_sandbox *sb = k->sandbox;
    struct shoal_run *run = atomic_load(&sb->active);
    atomic_store(&run->why, atomic_load(&k->ending));
    atomic_store(&run->ended, true);
    run_signal(run); // run stays until the kernel is quiet
}

const struct kernel_hooks sandbox_hooks = {
    .process_init = vfs_process_init,
    .process_fini = vfs_process_fini,
    .exec_resolve = vfs_exec_resolve,
    .main_ended = run_main_ended,
    .run_ended = run_all_ended,
};

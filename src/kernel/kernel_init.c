/* kernel_init.c: making and freeing the kernel of a sandbox, and starting programs in it.
 * See kernel.h. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "base/hash.h"
#include "kernel/args.h"
#include "kernel/family.h"
#include "kernel/file.h"
#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/names.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/shelf.h"
#include "kernel/worker.h"

enum { KERNEL_TICK_NS = 250 }; // what a tick takes of a virtual clock

/* A virtual clock begins here: 2024-01-01 00:00:00 UTC, so that runs can be repeated. */
static const int64_t kernel_epoch_ns = INT64_C(1704067200) * 1000000000;

/* ---- Making ----------------------------------------------------------------------- */

static int kernel_init_queues(struct kernel *k)
{
    unsigned count = k->runtime->worker_count;
    k->tenants = kernel_alloc_zero(k, count * sizeof *k->tenants);
    if (!k->tenants)
        return -ENOMEM;
    for (unsigned i = 0; i < count; i++) {
        list_init(&k->tenants[i].link);
        list_init(&k->tenants[i].ready);
        k->tenants[i].kernel = k;
    }
    if (k->deterministic)
        k->pinned =
            &k->runtime->workers[atomic_fetch_add(&k->runtime->next_pinned, 1) % count];
    return 0;
}

static void kernel_init_clock(struct kernel *k)
{
    timers_init(&k->own_timers);
    k->timers = k->virtual_clock ? &k->own_timers : &k->runtime->timers;
    k->tick_ns = k->virtual_clock ? KERNEL_TICK_NS : 0;
    k->start_mono_ns = host_clock_mono();
    k->start_real_ns = k->deterministic ? kernel_epoch_ns : host_clock_real();
}

static void kernel_init_random(struct kernel *k)
{
    uint64_t seed = k->seed;
    if (!k->deterministic)
        host_random(&seed, sizeof seed);
    rand_init(&k->random, seed);
    rand_init(&k->order, hash_mix(k->seed));
}

int kernel_init(struct kernel *k, struct runtime *rt, const struct kernel_config *config)
{
    memset(k, 0, sizeof *k);
    k->runtime = rt;
    k->hooks = config->hooks;
    k->programs = config->programs;
    k->program_count = config->program_count;
    k->deterministic = config->deterministic;
    k->virtual_clock = config->virtual_clock || config->deterministic;
    k->seed = config->seed;
    k->kernel_heap.resize = kernel_heap_resize;
    limits_init(&k->limits);
    atomic_init(&k->account.limit, limits_value(&k->limits, LIMIT_MEMORY));
    kernel_init_clock(k);
    kernel_init_random(k);
    family_init(k);
    int err = shared_heap_init(&k->heap, rt->worker_count, &rt->pool, &k->account);
    if (err)
        return err;
    err = kernel_init_queues(k);
    k->names = err ? NULL : names_new(k);
    k->shelf = k->names ? shelf_new(k) : NULL;
    if (!k->shelf || !process_new_init(k)) {
        shared_heap_fini(&k->heap);
        return -ENOMEM;
    }
    return 0;
}

/* Waits until no thread can still touch k: workers that handled its last process, host
 * work. */
static void kernel_quiet(struct kernel *k)
{
    ASSERT(atomic_load(&k->live) == 0);
    while (atomic_load(&k->sources))
        host_thread_yield();
    for (unsigned i = 0; i < k->runtime->worker_count; i++)
        while (atomic_load(&k->runtime->workers[i].handling) == k)
            host_thread_yield();
}

void kernel_fini(struct kernel *k)
{
    kernel_quiet(k);
    struct list *l, *after;
    LIST_EACH_SAFE(l, after, &k->all)
    {
        struct process *p = LIST_ENTRY(l, struct process, all_link);
        list_remove(l);
        process_put(p);
    }
    if (k->table != k->first_table)
        kernel_free(k, k->table);
    kernel_free(k, k->report);
    kernel_free(k, k->tenants);
    names_free(k->names);
    shelf_free(k->shelf);
    shared_heap_fini(&k->heap);
}

void kernel_rearm(struct kernel *k)
{
    kernel_quiet(k);
    for (int id = 0; id < LIMITS; id++)
        if (id != LIMIT_PROCESSES && id != LIMIT_OPEN_FILES && id != LIMIT_FS_BYTES &&
            id != LIMIT_FS_FILES)
            atomic_store(&k->limits.used[id], 0);
    atomic_store(&k->limits.reached, -1);
    atomic_store(&k->cpu_ns, 0);
    atomic_store(&k->account.limit, limits_value(&k->limits, LIMIT_MEMORY));
    lock_acquire(&k->family);
    kernel_free(k, k->report);
    k->report = NULL;
    lock_release(&k->family);
    atomic_store(&k->ending, KERNEL_END_NONE);
}

/* ---- Programs from outside -------------------------------------------------------- */

const struct program *kernel_program(struct kernel *k, const char *name)
{
    size_t low = 0, high = k->program_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, k->programs[middle].name);
        if (order == 0)
            return &k->programs[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static int kernel_give_files(struct process *p, struct file *const files[3])
{
    for (int fd = 0; files && fd < 3; fd++) {
        if (!files[fd])
            continue;
        file_get(files[fd]);
        int got = fdtab_add(&p->fds, files[fd], fd, false);
        if (got < 0) {
            file_put(files[fd]);
            return got;
        }
    }
    return 0;
}

int kernel_start(struct kernel *k, const struct program *program, char *const argv[],
                 char *const envp[], struct file *const files[3])
{
    static const struct sys_start start = {.place = SYS_RUN_OFFER, .pgid = -1};
    struct process *p;
    int err = process_new(k, NULL, program->deep, &start, &p);
    if (err)
        return err;
    p->program = program;
    p->kept = true;
    fmt_to(p->name, sizeof p->name, "%s", program->name);
    err = args_new(k, NULL, argv, envp, &p->args);
    if (!err)
        err = kernel_give_files(p, files);
    if (err) {
        process_abandon(p);
        return err;
    }
    int pid = p->pid;
    atomic_fetch_add(&k->runtime->running, 1);
    process_start(p);
    return pid;
}

bool kernel_ended(struct kernel *k, int pid, int *status, int *sig)
{
    lock_acquire(&k->family);
    struct process *p = process_find_locked(k, pid);
    bool ended = p && p->zombie;
    if (ended) {
        *status = p->end_by_signal ? 128 + p->end_status : p->end_status;
        *sig = p->end_by_signal ? p->end_status : 0;
        family_forget_locked(p);
    }
    lock_release(&k->family);
    if (ended)
        process_put(p);
    return ended;
}

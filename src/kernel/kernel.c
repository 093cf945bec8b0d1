/* kernel.c: one sandbox's kernel as a whole: making, ending, clocks, memory, deadlock. See kernel.h. */
#include "kernel/kernel.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/args.h"
#include "kernel/family.h"
#include "kernel/file.h"
#include "kernel/host.h"
#include "kernel/names.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/trace.h"
#include "kernel/worker.h"

enum { KERNEL_TICK_NS = 50 }; // what a tick takes of a virtual clock

/* A virtual clock begins here: 2024-01-01 00:00:00 UTC, so that runs can be repeated. */
static const int64_t kernel_epoch_ns = INT64_C(1704067200) * 1000000000;

/* ---- Memory */

static unsigned kernel_shard(void)
{
    struct worker *w = host_worker();
    return w ? w->index : 0;
}

void *kernel_alloc(struct kernel *k, size_t size)
{
    return shared_heap_alloc(&k->heap, kernel_shard(), size);
}

void *kernel_alloc_zero(struct kernel *k, size_t size)
{
    void *ptr = kernel_alloc(k, size);
    return ptr ? memset(ptr, 0, size) : NULL;
}

void *kernel_resize(struct kernel *k, void *ptr, size_t size)
{
    return shared_heap_resize(&k->heap, kernel_shard(), ptr, size);
}

void kernel_free(struct kernel *k, void *ptr)
{
    shared_heap_free(&k->heap, kernel_shard(), ptr);
}

static void *kernel_heap_resize(const struct alloc *self, void *ptr, size_t old, size_t size)
{
    (void)old;
    struct kernel *k = CONTAINER_OF(self, struct kernel, kernel_heap);
    if (size == 0) {
        kernel_free(k, ptr);
        return NULL;
    }
    return kernel_resize(k, ptr, size);
}

/* ---- Making */

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
        k->pinned = &k->runtime->workers[atomic_fetch_add(&k->runtime->next_pinned, 1) % count];
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
    if (!k->names || !process_new_init(k)) {
        shared_heap_fini(&k->heap);
        return -ENOMEM;
    }
    return 0;
}

/* Waits until no thread can still touch k: workers that handled its last process, host work. */
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
    shared_heap_fini(&k->heap);
}

void kernel_rearm(struct kernel *k)
{
    kernel_quiet(k);
    for (int id = 0; id < LIMITS; id++)
        if (id != LIMIT_PROCESSES && id != LIMIT_FS_BYTES && id != LIMIT_FS_FILES)
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

/* ---- Programs from outside */

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

/* ---- Clocks, chance */

uint64_t kernel_mono(struct kernel *k)
{
    if (k->virtual_clock)
        return atomic_load_explicit(&k->virtual_ns, memory_order_relaxed);
    return host_clock_mono();
}

int64_t kernel_real(struct kernel *k)
{
    if (k->virtual_clock)
        return k->start_real_ns + (int64_t)kernel_mono(k);
    return host_clock_real();
}

void kernel_random(struct kernel *k, void *buf, size_t len)
{
    if (!k->deterministic) {
        host_random(buf, len);
        return;
    }
    lock_acquire(&k->family);
    rand_fill(&k->random, buf, len);
    lock_release(&k->family);
}

/* ---- Ending */

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

/* ---- Nothing left to run */

/* Adds "pid 4 (cat) waits for a writer of /tmp/fifo; " for each process that waits. false: one does not. */
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
        buf_addf(text, "%spid %d (%s) waits for %s", text->len ? "; " : "", p->pid, p->name,
                 reason ? what : "its turn");
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

/* sandbox.c: see sandbox.h. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <string.h>

#include "kernel/pool.h"
#include "net/host_engine.h"
#include "net/net.h"
#include "sandbox/error.h"
#include "sandbox/runtime.h"
#include "sandbox/strings.h"
#include "shoal.h"
#include "vfs/vfs.h"

static const char *const sandbox_env[] = {
    "HOME=/home/user",
    "USER=user",
    "LOGNAME=user",
    "SHELL=/bin/bash",
    "LANG=C.UTF-8",
    "TZ=UTC",
    "PATH=/usr/local/bin:/usr/bin:/bin",
};

static int sandbox_init_env(struct shoal_sandbox *sb)
{
    sb->env = buf_make(&sb->kernel.kernel_heap);
    for (size_t i = 0; i < COUNT_OF(sandbox_env); i++)
        if (strings_add(&sb->env, sandbox_env[i]))
            return -ENOMEM;
    return 0;
}

/* The kernel is there; makes the rest. */
static int sandbox_init(struct shoal_sandbox *sb, struct shoal_runtime *rt)
{
    sb->kernel.sandbox = sb;
    lock_init(&sb->lock, LOCK_RUN);
    atomic_init(&sb->refs, 1);
    tracer_init(&sb->tracer, sandbox_traced, sb);
    struct memfs *image = sandbox_runtime_image(rt);
    int err = image ? vfs_init(&sb->kernel, image) : -ENOMEM;
    if (err)
        return err;
    err = sandbox_init_env(sb);
    if (err)
        vfs_fini(&sb->kernel);
    return err;
}

static struct shoal_sandbox *sandbox_alloc(struct shoal_runtime *rt)
{
    struct shoal_sandbox *sb = pool_get(&rt->kernel.pool, sizeof *sb);
    return sb ? memset(sb, 0, sizeof *sb) : NULL;
}

int shoal_sandbox_new(struct shoal_runtime *runtime, unsigned flags, uint64_t seed,
                      struct shoal_sandbox **sandbox)
{
    if (flags & ~(unsigned)(SHOAL_VIRTUAL_CLOCK | SHOAL_DETERMINISTIC))
        return SHOAL_E_INVALID;
    struct shoal_sandbox *sb = sandbox_alloc(runtime);
    if (!sb)
        return SHOAL_E_NOMEM;
    struct kernel_config config = {
        .hooks = &sandbox_hooks,
        .programs = runtime->programs,
        .program_count = runtime->program_count,
        .deterministic = flags & SHOAL_DETERMINISTIC,
        .virtual_clock = flags & (SHOAL_VIRTUAL_CLOCK | SHOAL_DETERMINISTIC),
        .seed = seed,
    };
    int err = kernel_init(&sb->kernel, &runtime->kernel, &config);
    if (!err) {
        err = sandbox_init(sb, runtime);
        if (err)
            kernel_fini(&sb->kernel);
    }
    if (err) {
        pool_put(&runtime->kernel.pool, sb, sizeof *sb);
        return error_code(err);
    }
    sb->runtime = sandbox_runtime_get(runtime);
    *sandbox = sb;
    return 0;
}

int sandbox_make_net(struct shoal_sandbox *sb)
{
    if (sb->in_use)
        return -EBUSY;
    if (sb->kernel.net)
        return 0;
    struct net *net = net_new(&sb->kernel);
    if (!net)
        return -ENOMEM;
    net->engine = engine_new(net);
    net->asked = sandbox_net_asked;
    if (!net->engine) {
        net_free(net);
        return -ENOMEM;
    }
    sb->kernel.net = net;
    return 0;
}

struct shoal_sandbox *sandbox_get(struct shoal_sandbox *sb)
{
    atomic_fetch_add_explicit(&sb->refs, 1, memory_order_relaxed);
    return sb;
}

void sandbox_put(struct shoal_sandbox *sb)
{
    if (atomic_fetch_sub_explicit(&sb->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct shoal_runtime *rt = sb->runtime;
    buf_fini(&sb->env);
    if (sb->kernel.net) {
        engine_end(sb->kernel.net->engine);
        net_free(sb->kernel.net);
    }
    vfs_fini(&sb->kernel);
    kernel_fini(&sb->kernel);
    tracer_fini(&sb->tracer);
    pool_put(&rt->kernel.pool, sb, sizeof *sb);
    sandbox_runtime_put(rt);
}

void shoal_sandbox_free(struct shoal_sandbox *sandbox)
{
    if (!sandbox)
        return;
    lock_acquire(&sandbox->lock);
    sandbox->closed = true;
    if (atomic_load(&sandbox->active))
        kernel_end(&sandbox->kernel, KERNEL_END_CLOSE);
    lock_release(&sandbox->lock);
    sandbox_put(sandbox);
}

int shoal_env_set(struct shoal_sandbox *sandbox, const char *name, const char *value)
{
    lock_acquire(&sandbox->lock);
    int err = strings_set_env(&sandbox->env, name, value, false);
    lock_release(&sandbox->lock);
    return error_code(err);
}

int shoal_trace_set(struct shoal_sandbox *sandbox, unsigned kinds,
                    void (*sink)(void *arg, const struct shoal_event *event), void *arg)
{
    if (kinds & ~(unsigned)(SHOAL_TRACE_SCHED | SHOAL_TRACE_CALLS))
        return SHOAL_E_INVALID;
    struct tracer *t = &sandbox->tracer;
    lock_acquire(&sandbox->lock);
    int err = sandbox->in_use ? -EBUSY : tracer_set(t, kinds, sink, arg);
    if (!err)
        sandbox->kernel.trace = kinds ? &t->trace : NULL;
    lock_release(&sandbox->lock);
    return error_code(err);
}

/* runtime.c: see runtime.h. */
#include "sandbox/runtime.h"

#include <string.h>

#include "cmd/table.h"
#include "kernel/host.h"
#include "kernel/process.h"
#include "shell/start.h"
#include "shoal.h"
#include "user/cmd.h"
#include "vfs/vfs.h"

static size_t runtime_size(void)
{
    return (sizeof(struct shoal_runtime) + 4095) & ~(size_t)4095;
}

static void *runtime_resize(const struct alloc *self, void *ptr, size_t old, size_t size)
{
    (void)old;
    struct shoal_runtime *rt = CONTAINER_OF(self, struct shoal_runtime, alloc);
    if (size)
        return heap_resize(&rt->heap, ptr, size);
    heap_free(&rt->heap, ptr);
    return NULL;
}

static struct program runtime_program(const struct cmd *cmd)
{
    return (struct program){
        .name = cmd->name, .start = cmd_run, .entry = cmd, .deep = cmd->deep};
}

/* The table of programs: the commands, which are sorted, with the shells put in their
 * places. */
static bool runtime_make_programs(struct shoal_runtime *rt)
{
    const struct cmd *shells[] = {&shell_bash_entry, &shell_sh_entry};
    size_t count = cmd_table_count + COUNT_OF(shells), shell = 0, cmd = 0;
    struct program *programs = heap_alloc(&rt->heap, count * sizeof *programs);
    if (!programs)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool is_shell = shell < COUNT_OF(shells) &&
                        (cmd == cmd_table_count ||
                         strcmp(shells[shell]->name, cmd_table[cmd]->name) < 0);
        programs[i] = runtime_program(is_shell ? shells[shell++] : cmd_table[cmd++]);
    }
    rt->programs = programs;
    rt->program_count = count;
    return true;
}

static void runtime_end(struct shoal_runtime *rt)
{
    vfs_image_put(rt->image);
    heap_fini(&rt->heap);
    runtime_fini(&rt->kernel);
    if (rt->net_lib)
        rt->net_unload(rt->net_lib);
    host_pages_unmap(rt, runtime_size());
}

int shoal_runtime_new(unsigned workers, struct shoal_runtime **runtime)
{
    struct shoal_runtime *rt = host_pages_map(runtime_size());
    if (!rt)
        return SHOAL_E_NOMEM;
    if (runtime_init(&rt->kernel, workers)) {
        host_pages_unmap(rt, runtime_size());
        return SHOAL_E_NOMEM;
    }
    atomic_init(&rt->refs, 1);
    lock_init(&rt->lock, LOCK_RUN);
    atomic_init(&rt->account.limit, UINT64_MAX);
    heap_init(&rt->heap, &rt->kernel.pool, &rt->account);
    rt->alloc.resize = runtime_resize;
    if (!runtime_make_programs(rt)) {
        runtime_end(rt);
        return SHOAL_E_NOMEM;
    }
    *runtime = rt;
    return 0;
}

void shoal_runtime_free(struct shoal_runtime *runtime)
{
    if (runtime)
        sandbox_runtime_put(runtime);
}

struct shoal_runtime *sandbox_runtime_get(struct shoal_runtime *rt)
{
    atomic_fetch_add_explicit(&rt->refs, 1, memory_order_relaxed);
    return rt;
}

void sandbox_runtime_put(struct shoal_runtime *rt)
{
    if (atomic_fetch_sub_explicit(&rt->refs, 1, memory_order_acq_rel) == 1)
        runtime_end(rt);
}

struct memfs *sandbox_runtime_image(struct shoal_runtime *rt)
{
    lock_acquire(&rt->lock);
    if (!rt->image)
        rt->image = vfs_image_new(&rt->alloc, rt->programs, rt->program_count);
    struct memfs *image = rt->image;
    lock_release(&rt->lock);
    return image;
}

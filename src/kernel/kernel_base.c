/* kernel_base.c: what all of the kernel uses of struct kernel: memory, clocks, chance.
 * See kernel.h. */
#include <string.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/worker.h"

/* ---- Memory ----------------------------------------------------------------------- */

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

void *kernel_heap_resize(const struct alloc *self, void *ptr, size_t old, size_t size)
{
    (void)old;
    struct kernel *k = CONTAINER_OF(self, struct kernel, kernel_heap);
    if (size == 0) {
        kernel_free(k, ptr);
        return NULL;
    }
    return kernel_resize(k, ptr, size);
}

/* ---- Clocks, chance --------------------------------------------------------------- */

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

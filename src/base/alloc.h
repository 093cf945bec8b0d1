/* alloc.h: where a container gets its memory from.
 *
 * Each owner (a process, a sandbox, the runtime) has one allocator. Base containers
 * carry a pointer to it, so that nothing calls malloc beside it and every byte is
 * charged.
 * Must not know: what stands behind an allocator. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* resize: gives size bytes aligned to 16 that start with the first min(old, size)
 * bytes of ptr, and frees ptr. ptr NULL (old 0): a new block. size 0: frees, gives
 * NULL. A NULL result for size > 0 means out of memory and leaves ptr alone; a process
 * heap never gives NULL (the kernel ends the process). */
struct alloc {
    void *(*resize)(const struct alloc *self, void *ptr, size_t old, size_t size);
};

#endif

/* runtime.h: struct shoal_runtime: the kernel's runtime and what all its sandboxes share.
 *
 * Counted by the embedder and by each sandbox. The tables lie in a heap of the runtime's
 * own that is freed as a whole. */
#ifndef SANDBOX_RUNTIME_H
#define SANDBOX_RUNTIME_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/base.h"
#include "kernel/account.h"
#include "kernel/heap.h"
#include "kernel/lock.h"
#include "kernel/runtime.h"

struct lib;
struct memfs;
struct program;

struct shoal_runtime {
    struct runtime kernel;
    atomic_uint refs;

    void (*net_unload)(struct lib *lib); // of net_lib
    struct lock lock;                    // rank LOCK_RUN; guards the rest
    struct account account;              // without a limit
    struct heap heap;
    struct alloc alloc;       // of the heap; for the image
    struct program *programs; // sorted by name; const once made
    size_t program_count;
    struct lib *net_lib; // the network's libraries; NULL until they are needed
    struct memfs *image; // NULL until the first sandbox; const once made
};

struct shoal_runtime *sandbox_runtime_get(struct shoal_runtime *rt);
void sandbox_runtime_put(struct shoal_runtime *rt);

/* The base image, made when first asked for; borrowed. NULL: no memory. Any thread. */
struct memfs *sandbox_runtime_image(struct shoal_runtime *rt);

#endif

/* shelf.h: what a process of a sandbox has made and another may go on with, by key.
 *
 * Bundles (sys.h) that no process holds: at most SHELF_BUNDLES and SHELF_BYTES of them,
 * and no more than a part of what limit `memory` allows. Those that were put there last
 * are kept.
 * Must not know: what is in a bundle. */
#ifndef KERNEL_SHELF_H
#define KERNEL_SHELF_H

#include <stddef.h>

#include "base/list.h"
#include "kernel/lock.h"

struct kernel;

struct shelf {
    struct lock lock;    // rank LOCK_SHELF; guards all
    struct list bundles; // the last put there first
    unsigned count;
    size_t bytes;
};

void shelf_init(struct shelf *s);

/* Frees what is there. No process runs any more. */
void shelf_fini(struct shelf *s);

#endif

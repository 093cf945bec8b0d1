/* shelf.h: what a process of a sandbox has made and another may go on with, by key.
 *
 * Bundles (sys.h) that no process holds: at most SHELF_BUNDLES and SHELF_BYTES of them,
 * and no more than a part of what limit `memory` allows. Those that were put there last
 * are kept.
 * Must not know: what is in a bundle. */
#ifndef KERNEL_SHELF_H
#define KERNEL_SHELF_H

struct kernel;
struct shelf;

/* NULL: no memory. */
struct shelf *shelf_new(struct kernel *k);

/* Frees it and what is there. No process runs any more. */
void shelf_free(struct shelf *s);

#endif

/* ring.h: a queue of bytes that grows, in the sandbox's memory.
 *
 * Invariant: used <= size; size is 0 or a power of two.
 * Must not know: who fills and who empties it; a lock of the owner's guards it. */
#ifndef NET_RING_H
#define NET_RING_H

#include <stddef.h>

#include "base/base.h"

struct kernel;

struct ring {
    char *bytes;
    size_t size, start, used;
};

void ring_fini(struct ring *r, struct kernel *k);

/* Adds all of data. -ENOMEM. */
MUST_CHECK int ring_put(struct ring *r, struct kernel *k, const void *data, size_t len);

/* Takes up to len bytes out; gives how many. */
size_t ring_take(struct ring *r, void *data, size_t len);

/* Copies the first len bytes (at most used); they stay. */
void ring_peek(const struct ring *r, void *data, size_t len);

#endif

/* capture.h: the buffer behind $(...): written by any process, taken whole when the last
 * writer is closed.
 *
 * Invariant: only its reader ever waits on it; writers never do. Must not know:
 * descriptors. */
#ifndef KERNEL_CAPTURE_H
#define KERNEL_CAPTURE_H

#include <stddef.h>

#include "base/base.h"

struct file;
struct kernel;
struct process;

/* Makes the two ends, with a count each: ends[0] is for capture_take, ends[1] is written
 * to. -EMFILE -ENOMEM. */
MUST_CHECK int capture_new(struct kernel *k, struct file *ends[2]);

/* Waits for the last writer, then gives the bytes and a NUL in a block of self's heap.
 * May block; only death ends the wait. -EINVAL not a capture; -EINTR; -ENOMEM. */
MUST_CHECK int capture_take(struct process *self, struct file *reader, char **data,
                            size_t *len);

#endif

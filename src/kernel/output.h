/* output.h: what every output of a run counts against limit `output`. */
#ifndef KERNEL_OUTPUT_H
#define KERNEL_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct kernel;

/* Takes len bytes from the limit, or what is left of it; gives how many may be
 * written. */
size_t output_take(struct kernel *k, size_t len);

/* The result of a write of len bytes of which `taken` were allowed and `done` written (or
 * -errno): gives back what was taken and not written, and ends the run if less than len
 * was allowed. */
int64_t output_done(struct kernel *k, size_t len, size_t taken, int64_t done);

#endif

/* names.h: the interned names of one sandbox: text to small integer and back.
 *
 * Invariant: a number never changes its text, and texts never move; numbers count from 1.
 * text lookups take no lock.
 * Must not know: what is named. */
#ifndef KERNEL_NAMES_H
#define KERNEL_NAMES_H

#include <stddef.h>

#include "base/base.h"

struct kernel;
struct names;

/* NULL: no memory. */
struct names *names_new(struct kernel *k);
void names_free(struct names *n);

/* The number of text; -ENOMEM. Any thread. */
MUST_CHECK int names_intern(struct names *n, const char *text, size_t len);
const char *names_text(struct names *n, unsigned id);

#endif

/* size.h: byte counts on the command line, with GNU's suffixes and messages. */
#ifndef USER_SIZE_H
#define USER_SIZE_H

#include <stdint.h>

#include "base/base.h"

/* All of text as a count with one of the multiplier suffixes of GNU's tools (4G, 1kB, 2b,
 * 1KiB). 0; -EINVAL; -EOVERFLOW too large (*n is UINT64_MAX). */
MUST_CHECK int size_parse(const char *text, uint64_t *n);

/* As size_parse with only the letters in `suffixes`, as num_to_size_of has them. */
MUST_CHECK int size_parse_of(const char *text, const char *suffixes, uint64_t *n);

#endif

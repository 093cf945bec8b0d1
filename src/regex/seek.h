/* seek.h: finding a string in bytes, many at a time.
 *
 * Two of its bytes, the rarest by a table of how common bytes are in text, are compared
 * at sixteen places at once; where both are there the rest is looked at.
 * Must not know: expressions. */
#ifndef REGEX_SEEK_H
#define REGEX_SEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { SEEK_MAX = 64 }; // bytes of a string

struct seek {
    unsigned char bytes[SEEK_MAX]; // lower case if fold
    size_t len;                    // > 0
    bool fold;                     // ASCII letters of either case are equal
    size_t first, second;          // the places of the two bytes, first <= second
    unsigned char mask[2];         // 0x20 for a letter that is folded
};

void seek_init(struct seek *s, const unsigned char *bytes, size_t len, bool fold);

/* The first place in text at which it begins; NULL: none. */
const char *seek_find(const struct seek *s, struct span text);

/* How common a byte is, 0 to 255. */
unsigned seek_rank(unsigned char c);

#endif

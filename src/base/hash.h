/* hash.h: hashes for tables in memory. Not stable between versions, and no protection
 * where the seed is known.
 * Must not know: tables. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A hash of len bytes, good in all of its 64 bits. */
uint64_t hash_bytes(const void *ptr, size_t len, uint64_t seed);

static inline uint64_t hash_span(struct span s, uint64_t seed)
{
    return hash_bytes(s.ptr, s.len, seed);
}

/* Spreads n over 64 bits; a bijection. */
static inline uint64_t hash_mix(uint64_t n)
{
    n = (n ^ (n >> 32)) * 0xe9846af9b1a615d5u;
    n = (n ^ (n >> 32)) * 0xe9846af9b1a615d5u;
    return n ^ (n >> 28);
}

#endif

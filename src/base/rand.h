/* rand.h: a small generator of repeatable numbers (xoshiro256**). Not for secrets.
 * Must not know: where seeds come from. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct rand {
    uint64_t state[4];
};

void rand_init(struct rand *r, uint64_t seed);

/* 64 random bits. */
uint64_t rand_next(struct rand *r);

/* A number below limit, all equally likely. limit > 0. */
uint64_t rand_below(struct rand *r, uint64_t limit);

/* A number from 0 up to, not including, 1. */
double rand_unit(struct rand *r);

void rand_fill(struct rand *r, void *dst, size_t len);

#endif

/* rand.c: xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64. */
#include "base/rand.h"

#include <string.h>

#include "base/base.h"

static inline uint64_t rand_rotate(uint64_t n, int by)
{
    return n << by | n >> (64 - by);
}

void rand_init(struct rand *r, uint64_t seed)
{
    for (size_t i = 0; i < COUNT_OF(r->state); i++) {
        uint64_t n = seed += 0x9e3779b97f4a7c15u;
        n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
        n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
        r->state[i] = n ^ (n >> 31);
    }
}

uint64_t rand_next(struct rand *r)
{
    uint64_t *s = r->state;
    uint64_t result = rand_rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rand_rotate(s[3], 45);
    return result;
}

uint64_t rand_below(struct rand *r, uint64_t limit)
{
    ASSERT(limit > 0);
    uint64_t uneven = (0 - limit) % limit; // 2^64 mod limit: so many numbers are too many
    for (;;) {
        uint64_t n = rand_next(r);
        if (n >= uneven)
            return n % limit;
    }
}

double rand_unit(struct rand *r) { return (double)(rand_next(r) >> 11) * 0x1p-53; }

void rand_fill(struct rand *r, void *dst, size_t len)
{
    for (char *at = dst; len > 0;) {
        uint64_t n = rand_next(r);
        size_t part = size_min(len, sizeof n);
        memcpy(at, &n, part);
        at += part;
        len -= part;
    }
}

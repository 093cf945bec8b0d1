/* hash.c: a hash of bytes: 16 of them at a time are multiplied to 128 bits and folded. */
#include "base/hash.h"

#include <string.h>

/* Odd numbers with as many ones as zeros, far from each other. */
#define HASH_A 0x9e6c63d0876a9a47u
#define HASH_B 0xd1b54a32d192ed03u
#define HASH_C 0x8cb92ba72f3d8dd7u

static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_load64(const unsigned char *p)
{
    uint64_t n;
    memcpy(&n, p, sizeof n);
    return n;
}

static inline uint64_t hash_load32(const unsigned char *p)
{
    uint32_t n;
    memcpy(&n, p, sizeof n);
    return n;
}

/* len 1 to 16: two numbers that hold all the bytes, some of them twice. */
static inline void hash_load_short(const unsigned char *p, size_t len, uint64_t *a,
                                   uint64_t *b)
{
    if (len >= 8) {
        *a = hash_load64(p);
        *b = hash_load64(p + len - 8);
    } else if (len >= 4) {
        *a = hash_load32(p);
        *b = hash_load32(p + len - 4);
    } else {
        *a = (uint64_t)p[0] << 16 | (uint64_t)p[len / 2] << 8 | p[len - 1];
        *b = 0;
    }
}

uint64_t hash_bytes(const void *ptr, size_t len, uint64_t seed)
{
    const unsigned char *p = ptr;
    uint64_t a = 0, b = 0;
    uint64_t h = seed ^ hash_fold(seed ^ HASH_A, HASH_B);
    if (len <= 16) {
        if (len)
            hash_load_short(p, len, &a, &b);
    } else {
        size_t left = len;
        for (; left > 16; left -= 16, p += 16)
            h = hash_fold(hash_load64(p) ^ HASH_B, hash_load64(p + 8) ^ h);
        a = hash_load64(p + left - 16); // the last 16, some of them again
        b = hash_load64(p + left - 8);
    }
    return hash_fold(HASH_C ^ len, hash_fold(a ^ HASH_B, b ^ h) ^ HASH_A);
}

/* digest_sha1.c: the core of SHA-1 (FIPS 180-4, section 6.1.2). */
#include "codec/digest_block.h"

/* Steps from to from + 19 with the function f and the constant k. */
#define DIGEST_SHA1_ROUND(from, f, k) \
    for (unsigned i = (from); i < (from) + 20; i++) { \
        uint32_t sum = digest_rotate32(a, 5) + (f) + e + (k) + w[i]; \
        e = d; \
        d = c; \
        c = digest_rotate32(b, 30); \
        b = a; \
        a = sum; \
    }

static void digest_sha1_one(uint32_t h[5], const uint32_t w[80])
{
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
#pragma GCC unroll 20
    DIGEST_SHA1_ROUND(0, d ^ (b & (c ^ d)), 0x5a827999)
#pragma GCC unroll 20
    DIGEST_SHA1_ROUND(20, b ^ c ^ d, 0x6ed9eba1)
#pragma GCC unroll 20
    DIGEST_SHA1_ROUND(40, (b & c) | (d & (b | c)), 0x8f1bbcdc)
#pragma GCC unroll 20
    DIGEST_SHA1_ROUND(60, b ^ c ^ d, 0xca62c1d6)
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void digest_block_sha1(uint32_t h[5], const unsigned char *ptr, size_t blocks)
{
    for (; blocks; blocks--, ptr += 64) {
        uint32_t w[80];
        for (size_t i = 0; i < 16; i++)
            w[i] = digest_load32_big(ptr + 4 * i);
        for (size_t i = 16; i < 80; i++)
            w[i] = digest_rotate32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        digest_sha1_one(h, w);
    }
}

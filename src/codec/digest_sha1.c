/* digest_sha1.c: the core of SHA-1 (FIPS 180-4, section 6.1.2). */
#include "codec/digest_block.h"

/* One step with the function f and the constant k. The word that the step uses is
 * replaced by the one 16 steps later at once, so that the processor makes it beside the
 * sum. */
#define DIGEST_SHA1_STEP(f, k)                                                \
    do {                                                                      \
        uint32_t sum = e + (k) + w[i % 16] + (f);                             \
        uint32_t next =                                                       \
            w[(i + 13) % 16] ^ w[(i + 8) % 16] ^ w[(i + 2) % 16] ^ w[i % 16]; \
        w[i % 16] = digest_rotate32(next, 1);                                 \
        sum += digest_rotate32(a, 5);                                         \
        e = d;                                                                \
        d = c;                                                                \
        c = digest_rotate32(b, 30);                                           \
        b = a;                                                                \
        a = sum;                                                              \
    } while (0)

static void digest_sha1_one(uint32_t h[5], uint32_t w[16])
{
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
#pragma GCC unroll 20
    for (unsigned i = 0; i < 20; i++)
        DIGEST_SHA1_STEP(d ^ (b & (c ^ d)), 0x5a827999);
#pragma GCC unroll 20
    for (unsigned i = 20; i < 40; i++)
        DIGEST_SHA1_STEP(b ^ c ^ d, 0x6ed9eba1);
#pragma GCC unroll 20
    for (unsigned i = 40; i < 60; i++)
        DIGEST_SHA1_STEP((b & c) + (d & (b ^ c)), 0x8f1bbcdc);
#pragma GCC unroll 20
    for (unsigned i = 60; i < 80; i++)
        DIGEST_SHA1_STEP(b ^ c ^ d, 0xca62c1d6);
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void digest_block_sha1(uint32_t h[5], const unsigned char *ptr, size_t blocks)
{
    for (; blocks; blocks--, ptr += 64) {
        uint32_t w[16];
        for (size_t i = 0; i < 16; i++)
            w[i] = digest_load32_big(ptr + 4 * i);
        digest_sha1_one(h, w);
    }
}

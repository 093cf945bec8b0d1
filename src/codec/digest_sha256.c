/* digest_sha256.c: the core of SHA-256 and of its shorter sister (FIPS 180-4, section
 * 6.2.2). */
#include "codec/digest_block.h"

static const uint32_t digest_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
};

/* The words of the message schedule from the 17th on. */
static void digest_sha256_extend(uint32_t w[64])
{
    for (size_t i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        x = digest_rotate32(x, 25) ^ digest_rotate32(x, 14) ^ x >> 3;
        y = digest_rotate32(y, 15) ^ digest_rotate32(y, 13) ^ y >> 10;
        w[i] = w[i - 16] + x + w[i - 7] + y;
    }
}

static void digest_sha256_one(uint32_t h[8], const uint32_t w[64])
{
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6],
             last = h[7];
#pragma GCC unroll 8
    for (size_t i = 0; i < 64; i++) {
        uint32_t x =
            digest_rotate32(e, 26) ^ digest_rotate32(e, 21) ^ digest_rotate32(e, 7);
        uint32_t y =
            digest_rotate32(a, 30) ^ digest_rotate32(a, 19) ^ digest_rotate32(a, 10);
        x += last + (g ^ (e & (f ^ g))) + digest_sha256_k[i] + w[i];
        y += (a & b) | (c & (a | b));
        last = g;
        g = f;
        f = e;
        e = d + x;
        d = c;
        c = b;
        b = a;
        a = x + y;
    }
    const uint32_t end[8] = {a, b, c, d, e, f, g, last};
    for (size_t i = 0; i < 8; i++)
        h[i] += end[i];
}

void digest_block_sha256(uint32_t h[8], const unsigned char *ptr, size_t blocks)
{
    for (; blocks; blocks--, ptr += 64) {
        uint32_t w[64];
        for (size_t i = 0; i < 16; i++)
            w[i] = digest_load32_big(ptr + 4 * i);
        digest_sha256_extend(w);
        digest_sha256_one(h, w);
    }
}

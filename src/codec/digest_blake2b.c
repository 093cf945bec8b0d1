/* digest_blake2b.c: the core of BLAKE2b. The steps are named as in RFC 7693, section
 * 3. */
#include <string.h>

#include "codec/digest_block.h"

static const uint64_t digest_blake2b_iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint8_t digest_blake2b_sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

/* G of the RFC on four words of v. */
static inline void digest_blake2b_mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d,
                                      uint64_t x, uint64_t y)
{
    *a += *b + x;
    *d = digest_rotate64(*d ^ *a, 32);
    *c += *d;
    *b = digest_rotate64(*b ^ *c, 40);
    *a += *b + y;
    *d = digest_rotate64(*d ^ *a, 48);
    *c += *d;
    *b = digest_rotate64(*b ^ *c, 1);
}

static inline void digest_blake2b_round(uint64_t *v, const uint64_t *m, const uint8_t *s)
{
    digest_blake2b_mix(&v[0], &v[4], &v[8], &v[12], m[s[0]], m[s[1]]);
    digest_blake2b_mix(&v[1], &v[5], &v[9], &v[13], m[s[2]], m[s[3]]);
    digest_blake2b_mix(&v[2], &v[6], &v[10], &v[14], m[s[4]], m[s[5]]);
    digest_blake2b_mix(&v[3], &v[7], &v[11], &v[15], m[s[6]], m[s[7]]);
    digest_blake2b_mix(&v[0], &v[5], &v[10], &v[15], m[s[8]], m[s[9]]);
    digest_blake2b_mix(&v[1], &v[6], &v[11], &v[12], m[s[10]], m[s[11]]);
    digest_blake2b_mix(&v[2], &v[7], &v[8], &v[13], m[s[12]], m[s[13]]);
    digest_blake2b_mix(&v[3], &v[4], &v[9], &v[14], m[s[14]], m[s[15]]);
}

/* F of the RFC. */
void digest_block_blake2b(uint64_t h[8], const unsigned char *ptr, uint64_t count,
                          bool last)
{
    uint64_t v[16], m[16];
    for (size_t i = 0; i < 16; i++)
        m[i] = digest_load64_little(ptr + 8 * i);
    memcpy(v, h, 8 * sizeof *h);
    memcpy(v + 8, digest_blake2b_iv, sizeof digest_blake2b_iv);
    v[12] ^= count;
    if (last)
        v[14] = ~v[14];
    for (size_t round = 0; round < 12; round++)
        digest_blake2b_round(v, m, digest_blake2b_sigma[round % 10]);
    for (size_t i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[i + 8];
}

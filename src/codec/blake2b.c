/* blake2b.c: see blake2b.h. Names of steps are those of RFC 7693, section 3. */
#include "codec/blake2b.h"

#include <stdbool.h>
#include <string.h>

#include "base/base.h"

static const uint64_t blake2b_iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint8_t blake2b_sigma[10][16] = {
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

static inline uint64_t blake2b_rotate(uint64_t x, unsigned bits)
{
    return x >> bits | x << (64 - bits);
}

static inline uint64_t blake2b_load(const unsigned char *p)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < 8; i++)
        n |= (uint64_t)p[i] << (8 * i);
    return n;
}

/* G of the RFC on four words of v. */
static inline void blake2b_mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x,
                               uint64_t y)
{
    *a += *b + x;
    *d = blake2b_rotate(*d ^ *a, 32);
    *c += *d;
    *b = blake2b_rotate(*b ^ *c, 24);
    *a += *b + y;
    *d = blake2b_rotate(*d ^ *a, 16);
    *c += *d;
    *b = blake2b_rotate(*b ^ *c, 63);
}

static inline void blake2b_round(uint64_t *v, const uint64_t *m, const uint8_t *s)
{
    blake2b_mix(&v[0], &v[4], &v[8], &v[12], m[s[0]], m[s[1]]);
    blake2b_mix(&v[1], &v[5], &v[9], &v[13], m[s[2]], m[s[3]]);
    blake2b_mix(&v[2], &v[6], &v[10], &v[14], m[s[4]], m[s[5]]);
    blake2b_mix(&v[3], &v[7], &v[11], &v[15], m[s[6]], m[s[7]]);
    blake2b_mix(&v[0], &v[5], &v[10], &v[15], m[s[8]], m[s[9]]);
    blake2b_mix(&v[1], &v[6], &v[11], &v[12], m[s[10]], m[s[11]]);
    blake2b_mix(&v[2], &v[7], &v[8], &v[13], m[s[12]], m[s[13]]);
    blake2b_mix(&v[3], &v[4], &v[9], &v[14], m[s[14]], m[s[15]]);
}

/* F of the RFC: takes in one block, of which b->count counts the bytes already. */
static void blake2b_compress(struct blake2b *b, const unsigned char *block, bool last)
{
    uint64_t v[16], m[16];
    for (size_t i = 0; i < 16; i++)
        m[i] = blake2b_load(block + 8 * i);
    memcpy(v, b->h, sizeof b->h);
    memcpy(v + 8, blake2b_iv, sizeof blake2b_iv);
    v[12] ^= b->count;
    if (last)
        v[14] = ~v[14];
    for (size_t round = 0; round < 12; round++)
        blake2b_round(v, m, blake2b_sigma[round % 10]);
    for (size_t i = 0; i < 8; i++)
        b->h[i] ^= v[i] ^ v[i + 8];
}

void blake2b_init(struct blake2b *b, size_t size)
{
    ASSERT(size > 0 && size <= BLAKE2B_MAX);
    *b = (struct blake2b){.size = size};
    memcpy(b->h, blake2b_iv, sizeof blake2b_iv);
    b->h[0] ^= 0x01010000 ^ size; // no key, one leaf
}

void blake2b_add(struct blake2b *b, const unsigned char *ptr, size_t len)
{
    while (len) {
        if (b->held == BLAKE2B_BLOCK) { // more follows: it is not the last
            b->count += BLAKE2B_BLOCK;
            blake2b_compress(b, b->block, false);
            b->held = 0;
        }
        for (; !b->held && len > BLAKE2B_BLOCK; ptr += BLAKE2B_BLOCK, len -= BLAKE2B_BLOCK) {
            b->count += BLAKE2B_BLOCK;
            blake2b_compress(b, ptr, false);
        }
        size_t part = size_min(len, BLAKE2B_BLOCK - b->held);
        memcpy(b->block + b->held, ptr, part);
        b->held += part;
        ptr += part;
        len -= part;
    }
}

void blake2b_end(struct blake2b *b, unsigned char *result)
{
    b->count += b->held;
    memset(b->block + b->held, 0, BLAKE2B_BLOCK - b->held);
    blake2b_compress(b, b->block, true);
    for (size_t i = 0; i < b->size; i++)
        result[i] = (unsigned char)(b->h[i / 8] >> (8 * (i % 8)));
}

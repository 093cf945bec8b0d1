/* digest.c: see digest.h. Blocks and padding, which the digests have in common; the cores
 * are in digest_*.c. A full block is held back, as BLAKE2b's last block is another than
 * those before. */
#include "codec/digest.h"

#include <stdbool.h>
#include <string.h>

#include "base/base.h"
#include "codec/digest_block.h"

/* h of the RFCs and of FIPS 180-4, section 5.3. */
static const uint32_t digest_start32[4][8] = {
    [DIGEST_MD5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
    [DIGEST_SHA1] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
    [DIGEST_SHA224] =
        {
            0xc1059ed8,
            0x367cd507,
            0x3070dd17,
            0xf70e5939,
            0xffc00b31,
            0x68581511,
            0x64f98fa7,
            0xbefa4fa4,
        },
    [DIGEST_SHA256] =
        {
            0x6a09e667,
            0xbb67ae85,
            0x3c6ef372,
            0xa54ff53a,
            0x510e527f,
            0x9b05688c,
            0x1f83d9ab,
            0x5be0cd19,
        },
};

enum { DIGEST_IV384, DIGEST_IV512 };
static const uint64_t digest_start64[2][8] = {
    [DIGEST_IV384] =
        {
            0xcbbb9d5dc1059ed8,
            0x629a292a367cd507,
            0x9159015a3070dd17,
            0x152fecd8f70e5939,
            0x67332667ffc00b31,
            0x8eb44a8768581511,
            0xdb0c2e0d64f98fa7,
            0x47b5481dbefa4fa4,
        },
    [DIGEST_IV512] =
        {
            0x6a09e667f3bcc908,
            0xbb67ae8584caa73b,
            0x3c6ef372fe94f82b,
            0xa54ff53a5f1d36f1,
            0x510e527fade682d1,
            0x9b05688c2b3e6c1f,
            0x1f83d9abfb41bd6b,
            0x5be0cd19137e2179,
        },
};

size_t digest_size(enum digest_kind kind)
{
    static const unsigned char sizes[] = {16, 20, 28, 32, 48, 64, 64};
    return sizes[kind];
}

static bool digest_is_wide(const struct digest *d) { return d->kind >= DIGEST_SHA384; }
static size_t digest_block_size(const struct digest *d)
{
    return digest_is_wide(d) ? 128 : 64;
}

void digest_init(struct digest *d, enum digest_kind kind, size_t size)
{
    ASSERT(size == digest_size(kind) ||
           (kind == DIGEST_BLAKE2B && size && size < DIGEST_MAX));
    *d = (struct digest){.kind = kind, .size = size};
    if (digest_is_wide(d))
        memcpy(d->h.w64,
               digest_start64[kind == DIGEST_SHA384 ? DIGEST_IV384 : DIGEST_IV512],
               sizeof d->h.w64);
    else
        memcpy(d->h.w32, digest_start32[kind], sizeof d->h.w32);
    if (kind == DIGEST_BLAKE2B)
        d->h.w64[0] ^= 0x01010000 ^ size; // no key, one leaf
}

/* Takes in whole blocks, none of them the last one of BLAKE2b. */
static void digest_blocks(struct digest *d, const unsigned char *ptr, size_t blocks)
{
    switch (d->kind) {
    case DIGEST_MD5: digest_block_md5(d->h.w32, ptr, blocks); break;
    case DIGEST_SHA1: digest_block_sha1(d->h.w32, ptr, blocks); break;
    case DIGEST_SHA224:
    case DIGEST_SHA256: digest_block_sha256(d->h.w32, ptr, blocks); break;
    case DIGEST_SHA384:
    case DIGEST_SHA512: digest_block_sha512(d->h.w64, ptr, blocks); break;
    case DIGEST_BLAKE2B:
        for (size_t i = 0; i < blocks; i++)
            digest_block_blake2b(d->h.w64, ptr + i * DIGEST_BLOCK,
                                 d->count + (i + 1) * DIGEST_BLOCK, false);
    }
    d->count += blocks * digest_block_size(d);
}

void digest_add(struct digest *d, const void *ptr, size_t len)
{
    const unsigned char *p = ptr;
    size_t size = digest_block_size(d);
    while (len) {
        if (d->held == size) { // more follows: it is not the last
            digest_blocks(d, d->block, 1);
            d->held = 0;
        }
        if (!d->held && len > size) {
            size_t blocks = (len - 1) / size;
            digest_blocks(d, p, blocks);
            p += blocks * size;
            len -= blocks * size;
        }
        size_t part = size_min(len, size - d->held);
        memcpy(d->block + d->held, p, part);
        d->held += part;
        p += part;
        len -= part;
    }
}

/* A one bit, zeros, and the number of bits at the end of a block. */
static void digest_pad(struct digest *d)
{
    size_t size = digest_block_size(d), tail = size / 8;
    uint64_t bytes = d->count + d->held;
    unsigned char bits[9] = {(unsigned char)(bytes >> 61)}; // big-endian, 67 bits wide
    for (unsigned i = 0; i < 8; i++)
        bits[1 + i] = (unsigned char)((bytes << 3) >> (56 - 8 * i));
    if (d->held == size) {
        digest_blocks(d, d->block, 1);
        d->held = 0;
    }
    d->block[d->held++] = 0x80;
    memset(d->block + d->held, 0, size - d->held);
    if (d->held + tail > size) {
        digest_blocks(d, d->block, 1);
        memset(d->block, 0, size);
    }
    for (unsigned i = 0; i < 8; i++)
        d->block[size - 8 + i] = d->kind == DIGEST_MD5 ? bits[8 - i] : bits[1 + i];
    if (tail > 8)
        d->block[size - 9] = bits[0];
    digest_blocks(d, d->block, 1);
}

void digest_end(struct digest *d, unsigned char *result)
{
    bool little = d->kind == DIGEST_MD5 || d->kind == DIGEST_BLAKE2B;
    unsigned word = digest_is_wide(d) ? 8 : 4;
    if (d->kind == DIGEST_BLAKE2B) {
        memset(d->block + d->held, 0, DIGEST_BLOCK - d->held);
        digest_block_blake2b(d->h.w64, d->block, d->count + d->held, true);
    } else {
        digest_pad(d);
    }
    for (unsigned i = 0; i < d->size; i++) {
        uint64_t n = digest_is_wide(d) ? d->h.w64[i / word] : d->h.w32[i / word];
        unsigned at = little ? i % word : word - 1 - i % word;
        result[i] = (unsigned char)(n >> (8 * at));
    }
}

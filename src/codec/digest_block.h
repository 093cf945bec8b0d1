/* digest_block.h: the cores of the digests: each takes whole blocks into the chaining
 * value h, which is words of the machine. Private to digest.c. */
#ifndef CODEC_DIGEST_BLOCK_H
#define CODEC_DIGEST_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Blocks of 64 bytes. */
void digest_block_md5(uint32_t h[4], const unsigned char *ptr, size_t blocks);
void digest_block_sha1(uint32_t h[5], const unsigned char *ptr, size_t blocks);
void digest_block_sha256(uint32_t h[8], const unsigned char *ptr, size_t blocks);

/* Blocks of 128 bytes. */
void digest_block_sha512(uint64_t h[8], const unsigned char *ptr, size_t blocks);

/* One block of 128 bytes; count: the bytes of the message up to its end. */
void digest_block_blake2b(uint64_t h[8], const unsigned char *ptr, uint64_t count,
                          bool last);

static inline uint32_t digest_rotate32(uint32_t x, unsigned left)
{
    return x << left | x >> (32 - left);
}
static inline uint64_t digest_rotate64(uint64_t x, unsigned left)
{
    return x << left | x >> (64 - left);
}
static inline uint32_t digest_load32_little(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}
static inline uint32_t digest_load32_big(const unsigned char *p)
{
    return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 |
           (uint32_t)p[0] << 24;
}
static inline uint64_t digest_load64_little(const unsigned char *p)
{
    return digest_load32_little(p) | (uint64_t)digest_load32_little(p + 4) << 32;
}
static inline uint64_t digest_load64_big(const unsigned char *p)
{
    return (uint64_t)digest_load32_big(p) << 32 | digest_load32_big(p + 4);
}

#endif

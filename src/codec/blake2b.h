/* blake2b.h: BLAKE2b as RFC 7693 has it, without a key. The library has it only behind an interface
 * that allocates. */
#ifndef CODEC_BLAKE2B_H
#define CODEC_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

enum { BLAKE2B_BLOCK = 128, BLAKE2B_MAX = 64 }; // bytes

struct blake2b {
    uint64_t h[8];
    uint64_t count; // bytes compressed
    size_t size;    // bytes of the result
    size_t held;    // bytes in block: not compressed yet, as they may be the last ones
    unsigned char block[BLAKE2B_BLOCK];
};

void blake2b_init(struct blake2b *b, size_t size); // 1 to BLAKE2B_MAX
void blake2b_add(struct blake2b *b, const unsigned char *ptr, size_t len);
void blake2b_end(struct blake2b *b, unsigned char *result);

#endif

/* digest.h: message digests of a stream of bytes: MD5, the SHA family, BLAKE2b.
 *
 * A digest is plain memory: it may be copied, and be dropped at any moment without a
 * call, so that a process may die in the middle of one. Nothing here allocates or waits.
 * Written out here and not taken from OpenSSL: linking its archive costs 60 to 150 us at
 * each start of the tool (it asks the processor what it can do, slow under a hypervisor),
 * and the tool, being linked statically, cannot load it later.
 * Must not know: files, how a digest is written as text. */
#ifndef CODEC_DIGEST_H
#define CODEC_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum digest_kind {
    DIGEST_MD5,  // RFC 1321
    DIGEST_SHA1, // FIPS 180-4, as the next four
    DIGEST_SHA224,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
    DIGEST_BLAKE2B, // RFC 7693, without a key; its size may be chosen
};

enum { DIGEST_MAX = 64, DIGEST_BLOCK = 128 }; // bytes, of the kinds that have most

struct digest {
    enum digest_kind kind;
    size_t size; // bytes of the result

    // private
    uint64_t count; // bytes taken in
    size_t held;    // bytes in block
    union {
        uint32_t w32[8];
        uint64_t w64[8];
    } h;
    unsigned char block[DIGEST_BLOCK];
};

/* The bytes of a digest of that kind; the most that it can have. */
size_t digest_size(enum digest_kind kind);

/* Begins a digest of size bytes: digest_size(kind), or less (but not 0) for BLAKE2b. */
void digest_init(struct digest *d, enum digest_kind kind, size_t size);

/* Takes more bytes of the message. */
void digest_add(struct digest *d, const void *ptr, size_t len);

/* Writes the result of d->size bytes; d is used up. */
void digest_end(struct digest *d, unsigned char *result);

#endif

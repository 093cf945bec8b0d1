/* digest.c: see digest.h. The library's low-level functions, though it calls them old, and not its EVP
 * interface: that one allocates, sets up the whole library (a millisecond), and links all of it. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "codec/digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/base.h"
#include "codec/blake2b.h"

static_assert(sizeof(MD5_CTX) <= DIGEST_STATE && sizeof(SHA_CTX) <= DIGEST_STATE &&
                  sizeof(SHA256_CTX) <= DIGEST_STATE && sizeof(SHA512_CTX) <= DIGEST_STATE &&
                  sizeof(struct blake2b) <= DIGEST_STATE,
              "room for every state");

size_t digest_size(enum digest_kind kind)
{
    static const unsigned char sizes[] = {16, 20, 28, 32, 48, 64, 64};
    return sizes[kind];
}

void digest_init(struct digest *d, enum digest_kind kind, size_t size)
{
    ASSERT(size == digest_size(kind) || (kind == DIGEST_BLAKE2B && size && size < DIGEST_MAX));
    d->kind = kind;
    d->size = size;
    void *state = d->state;
    switch (kind) {
    case DIGEST_MD5: MD5_Init(state); break;
    case DIGEST_SHA1: SHA1_Init(state); break;
    case DIGEST_SHA224: SHA224_Init(state); break;
    case DIGEST_SHA256: SHA256_Init(state); break;
    case DIGEST_SHA384: SHA384_Init(state); break;
    case DIGEST_SHA512: SHA512_Init(state); break;
    case DIGEST_BLAKE2B: blake2b_init(state, size); break;
    }
}

void digest_add(struct digest *d, const void *ptr, size_t len)
{
    void *state = d->state;
    switch (d->kind) {
    case DIGEST_MD5: MD5_Update(state, ptr, len); break;
    case DIGEST_SHA1: SHA1_Update(state, ptr, len); break;
    case DIGEST_SHA224: SHA224_Update(state, ptr, len); break;
    case DIGEST_SHA256: SHA256_Update(state, ptr, len); break;
    case DIGEST_SHA384: SHA384_Update(state, ptr, len); break;
    case DIGEST_SHA512: SHA512_Update(state, ptr, len); break;
    case DIGEST_BLAKE2B: blake2b_add(state, ptr, len); break;
    }
}

void digest_end(struct digest *d, unsigned char *result)
{
    void *state = d->state;
    switch (d->kind) {
    case DIGEST_MD5: MD5_Final(result, state); break;
    case DIGEST_SHA1: SHA1_Final(result, state); break;
    case DIGEST_SHA224: SHA224_Final(result, state); break;
    case DIGEST_SHA256: SHA256_Final(result, state); break;
    case DIGEST_SHA384: SHA384_Final(result, state); break;
    case DIGEST_SHA512: SHA512_Final(result, state); break;
    case DIGEST_BLAKE2B: blake2b_end(state, result); break;
    }
}

/* sums.h: the parts of md5sum, sha256sum, b2sum and their sisters, which are one
 * program. */
#ifndef CMD_SUMS_SUMS_H
#define CMD_SUMS_SUMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "codec/digest.h"

struct in;

struct sums {
    enum digest_kind kind;
    const char *tag; // "MD5", "BLAKE2b"
    size_t size;     // bytes of the digests to be made
    bool check, ignore_missing, quiet, silent, strict, warn;
    bool tagged, binary;
    char end;
};

/* The digest of all the rest of in. */
void sums_read(struct in *in, enum digest_kind kind, size_t size, unsigned char *result);

/* Verifies the files listed in a file of checksums, "-": standard input. reversed: what
 * the files before told about the format, -1 at first. Whether all is well. */
bool sums_check(const struct sums *s, const char *list, int *reversed);

/* The name with \\ \n \r escaped. */
void sums_put_escaped(const char *name);

#endif

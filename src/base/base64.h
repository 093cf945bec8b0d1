/* base64.h: bytes as text of 64 letters (RFC 4648).
 * Must not know: lines of text. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"

struct buf;

/* Adds data in base 64, with padding, without line breaks. */
void base64_add(struct buf *b, struct span data);

#endif

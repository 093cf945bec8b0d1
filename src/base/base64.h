/* base64.h: bytes as text of 64 letters (RFC 4648).
 * Must not know: lines of text. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/base.h"
#include "base/str.h"

struct buf;

/* Adds data in base 64, with padding, without line breaks. */
void base64_add(struct buf *b, struct span data);

bool base64_is_letter(char c); // one of the 64, not the padding

/* Text that comes in pieces, back to bytes. Padding may stand in the middle, as where
 * texts were joined; the bits that it makes superfluous are not looked at. */
struct base64_decoder {
    char group[4]; // letters and padding that are not decoded yet
    unsigned count;
};

/* Adds what the text stands for. false: it is not base 64, what came before is added. */
MUST_CHECK bool base64_decode(struct base64_decoder *d, struct buf *b, struct span text);

/* At the end of the text: false if a group is not complete; what it has is added. */
MUST_CHECK bool base64_decode_end(struct base64_decoder *d, struct buf *b);

#endif

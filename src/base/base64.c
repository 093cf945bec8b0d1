/* base64.c: see base64.h. */
#include "base/base64.h"

#include "base/buf.h"

void base64_add(struct buf *b, struct span data)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)data.ptr;
    for (size_t left = data.len; left; left -= size_min(left, 3), p += 3) {
        unsigned group = (unsigned)p[0] << 16 | (left > 1 ? (unsigned)p[1] << 8 : 0) |
                         (left > 2 ? p[2] : 0);
        char text[4] = {letters[group >> 18], letters[group >> 12 & 63],
                        left > 1 ? letters[group >> 6 & 63] : '=',
                        left > 2 ? letters[group & 63] : '='};
        buf_add(b, text, 4);
    }
}

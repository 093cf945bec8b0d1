/* base64.c: see base64.h. */
#include "base/base64.h"

#include "base/buf.h"

static const char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of each letter, plus one. */
static const unsigned char base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
    ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
    ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
    ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
    ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
    ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
    ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
    ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
    ['/'] = 64,
};

void base64_add(struct buf *b, struct span data)
{
    const char *letters = base64_letters;
    const unsigned char *p = (const unsigned char *)data.ptr;
    size_t size = (data.len + 2) / 3 * 4;
    char *to = buf_room(b, size);
    if (!to)
        return;
    for (size_t left = data.len; left; left -= size_min(left, 3), p += 3) {
        unsigned group = (unsigned)p[0] << 16 | (left > 1 ? (unsigned)p[1] << 8 : 0) |
                         (left > 2 ? p[2] : 0);
        *to++ = letters[group >> 18];
        *to++ = letters[group >> 12 & 63];
        *to++ = left > 1 ? letters[group >> 6 & 63] : '=';
        *to++ = left > 2 ? letters[group & 63] : '=';
    }
    buf_grew(b, size);
}

bool base64_is_letter(char c) { return base64_values[(unsigned char)c] != 0; }

/* Decodes the group as far as it goes. false: something is wrong or missing in it. */
static bool base64_group(struct base64_decoder *d, struct buf *b)
{
    unsigned count = d->count, bits = 0, letters = 0;
    d->count = 0;
    for (; letters < count && base64_is_letter(d->group[letters]); letters++)
        bits |= (base64_values[(unsigned char)d->group[letters]] - 1U)
                << (18 - 6 * letters);
    char bytes[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
    if (letters > 1)
        buf_add(b, bytes, letters - 1);
    if (count < 4 || letters < 2)
        return false;
    return letters == 4 || (d->group[3] == '=' && (letters == 3 || d->group[2] == '='));
}

bool base64_decode(struct base64_decoder *d, struct buf *b, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            continue;
        d->group[d->count++] = text.ptr[i];
        if (d->count == 4 && !base64_group(d, b))
            return false;
    }
    return true;
}

bool base64_decode_end(struct base64_decoder *d, struct buf *b)
{
    return !d->count || base64_group(d, b);
}

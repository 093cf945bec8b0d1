/* escape.c: see escape.h. */
#include "regex/escape.h"

#include <stddef.h>

size_t regex_escape(struct span text, uint32_t *c)
{
    static const char letters[] = "abtnvfr"; // from \a (7) on
    char first = text.ptr[0];
    const char *letter = first ? strchr(letters, first) : NULL;
    *c = letter ? (uint32_t)(letter - letters + 7) : (unsigned char)first;
    if (first < '0' || first > '7')
        return 1;
    size_t n = 0;
    for (*c = 0; n < 3 && n < text.len && text.ptr[n] >= '0' && text.ptr[n] <= '7'; n++)
        *c = *c * 8 + (uint32_t)(text.ptr[n] - '0');
    *c &= 0xff;
    return n;
}

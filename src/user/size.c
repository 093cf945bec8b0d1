/* size.c: see size.h. */
#include "user/size.h"

#include <errno.h>

#include "base/num.h"
#include "base/str.h"

int size_parse_of(const char *text, const char *suffixes, uint64_t *n)
{
    const char *rest;
    if (!char_is_digit(*text) && *text != '+' && !char_is_space(*text))
        return -EINVAL;
    uint64_t value;
    int err = num_to_size_of(text, suffixes, &value, &rest);
    if (err == -EINVAL || *rest)
        return -EINVAL;
    *n = value;
    return err ? -EOVERFLOW : 0;
}

int size_parse(const char *text, uint64_t *n)
{
    return size_parse_of(text, "bkKmMGTPEZYRQ0", n);
}

/* interval.c: see interval.h. */
#include "user/interval.h"

#include <errno.h>

#include "base/num.h"
#include "base/str.h"

int interval_parse(const char *text, double *seconds)
{
    double n;
    const char *rest;
    if (num_to_double(text, &n, &rest) || !(n >= 0))
        return -EINVAL;
    if (*rest && rest[1])
        return -EINVAL;
    switch (*rest) {
    case '\0':
    case 's': break;
    case 'm': n *= 60; break;
    case 'h': n *= 3600; break;
    case 'd': n *= 86400; break;
    default: return -EINVAL;
    }
    *seconds = n;
    return 0;
}

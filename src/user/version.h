/* version.h: version sort: "a2" before "a10", as `ls -v` and `sort -V` order names
 * (coreutils manual, "Version sort ordering"). */
#ifndef USER_VERSION_H
#define USER_VERSION_H

#include "base/str.h"

/* < 0, 0, > 0. Different spans may be equal ("a01" and "a1"). */
int version_compare(struct span a, struct span b);

#endif

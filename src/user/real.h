/* real.h: the real path of a file: absolute, without symbolic links, "." and "..". */
#ifndef USER_REAL_H
#define USER_REAL_H

#include "base/base.h"

/* What has to exist: all of it; all but the last component; nothing. REAL_LEXICAL: ".."
 * is taken out of the text before links are followed (realpath -L). REAL_NO_LINKS: links
 * are not followed. */
enum real_flag {
    REAL_EXISTING = 0,
    REAL_LAST_MISSING = 1,
    REAL_MISSING = 2,
    REAL_NO_LINKS = 4,
};

/* *result: a heap block. 0, or -ENOENT, -ENOTDIR, -ELOOP, -EACCES ... */
MUST_CHECK int real_path(const char *path, unsigned flags, char **result);

#endif

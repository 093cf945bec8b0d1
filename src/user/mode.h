/* mode.h: permissions: symbolic and octal changes, and the ten letters of ls -l. */
#ifndef USER_MODE_H
#define USER_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

/* Applies a change such as "u+x,go=" or "0644" to mode (permissions, and the type, which
 * decides about X and is kept). umask counts where no u, g, o or a is given. Octal modes
 * of less than five digits keep a directory's setuid and setgid bits, as GNU chmod does.
 * 0 with *result; -EINVAL. */
MUST_CHECK int mode_change(const char *text, uint32_t mode, unsigned umask,
                           uint32_t *result);

/* "drwxr-xr-x" and a NUL. */
void mode_letters(char dst[11], uint32_t mode);

/* "regular file", "directory" ...; size 0 of a regular file: "regular empty file". */
const char *mode_type_name(uint32_t mode, int64_t size);

/* How `umask -S` prints a mask: "u=rwx,g=rx,o=rx" and a NUL. */
void mode_umask_text(char dst[24], unsigned umask);

#endif

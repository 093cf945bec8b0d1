/* escape.h: the escapes of awk's expressions: \n \t \" \/ \NNN ...
 * Must not know: where they stand. */
#ifndef REGEX_ESCAPE_H
#define REGEX_ESCAPE_H

#include <stdint.h>

#include "base/str.h"

/* Reads the escape after a backslash (text is not empty) into *c; any other character is
 * itself. Gives its length. */
size_t regex_escape(struct span text, uint32_t *c);

#endif

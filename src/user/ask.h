/* ask.h: questions to the user: y or Y on standard input is yes. */
#ifndef USER_ASK_H
#define USER_ASK_H

#include <stdbool.h>

#include "base/base.h"

/* Writes the prefix and the question ("remove file 'x'? ") to standard error and reads a
 * line. */
bool ask(const char *format, ...) PRINTF_LIKE(1, 2);

#endif

/* echo.h: echo, as the builtin of bash and the command have it. */
#ifndef USER_ECHO_H
#define USER_ECHO_H

#include <stdbool.h>

struct out;

/* Writes args (ended by NULL, without the command's name) to o. -n, -e and -E are options
 * unless `plain` (bash's xpg_echo together with posix); escapes is whether they are read
 * without -e (xpg_echo). ascii: in the C locale. */
void echo_write(struct out *o, char **args, bool plain, bool escapes, bool ascii);

#endif

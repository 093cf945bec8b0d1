/* printf.h: the formatter of the builtin printf of bash and of printf(1) of coreutils.
 *
 * Must not know: variables of a shell (the hooks know them). */
#ifndef USER_PRINTF_H
#define USER_PRINTF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct buf;

/* What differs between the two. All zero: the command. */
struct printf_how {
    bool bash;  // the wording of bash, "printf: x: invalid number" behind the message
                // prefix
    bool bytes; // the locale is not UTF-8: %q of bash writes bytes above 127 as
                // \\ooo, and \\u00e9 is no character
    int64_t started; // for %(fmt)T of -2: seconds since 1970 when the shell started
    // %n: sets the variable; NULL: %n is refused. Returns 0, or non-zero after a message.
    int (*set)(void *ctx, const char *name, int64_t value);
    // Writes out what is in b where there are messages, or a part of it: that many bytes.
    // SIZE_MAX: it failed, and nothing more is formatted. NULL: nothing is written.
    size_t (*flush)(void *ctx, struct span text);
    // The TZ of %(fmt)T; NULL: the environment's.
    const char *(*get)(void *ctx, const char *name);
    void *ctx;
};

/* Adds format filled with args (ended by NULL) to b, again and again while it takes
 * arguments and some are left. Returns the exit status, after messages. What was added is
 * to be written out even if that is not 0. */
int printf_run(struct buf *b, const struct printf_how *how, const char *format,
               char **args);

#endif

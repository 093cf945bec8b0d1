/* msg.h: messages on standard error, "PREFIX: operand: reason", each in one write.
 *
 * The prefix is argv[0] of the program unless msg_set_prefix says otherwise (the shell's
 * "bash: line 3"). Formats are those of base/fmt.h. Functions that return int return 1,
 * the usual exit status, so that `return msg(...)` reads well. err may be given as E* or
 * -E*. */
#ifndef USER_MSG_H
#define USER_MSG_H

#include <stdarg.h>

#include "base/base.h"

int msg(const char *format, ...) PRINTF_LIKE(1, 2);
int msg_v(const char *format, va_list args);

/* As msg, then ": No such file or directory" or whatever err means. */
int msg_errno(int err, const char *format, ...) PRINTF_LIKE(2, 3);

/* As msg, for what does not change the exit status: returns 0. */
int msg_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* As msg, then the line of msg_try_help. */
int msg_usage(const char *format, ...) PRINTF_LIKE(1, 2);

/* "Try 'NAME --help' for more information." */
int msg_try_help(void);

/* The text as it stands, without prefix and newline. */
int msg_raw(const char *format, ...) PRINTF_LIKE(1, 2);

/* Sets the prefix to a copy of text. NULL: argv[0] again. */
void msg_set_prefix(const char *text);
const char *msg_prefix(void);

/* Has add put the prefix with its ": " before each message that begins with one: the
 * shell, whose line numbers change all the time. */
struct buf;
void msg_set_prefix_by(void (*add)(struct buf *b));

/* Text quoted for a message, as coreutils do it in C.UTF-8 ('x' in place of the
 * typographic quotes where the environment asks for the C locale). The result is valid
 * until USER_QUOTED (4) more were asked for. quoted: always in quotes, C escapes inside
 * (most operands). quoted_file: a file name before a colon, in shell quotes where a shell
 * would need them. quoted_path: a file name after "cannot remove", always in shell
 * quotes. */
const char *quoted(const char *text);
const char *quoted_file(const char *name);
const char *quoted_path(const char *name);

#endif

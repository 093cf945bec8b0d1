/* fmt.h: printf-like formatting of strings and integers, without stdio and without a
 * locale.
 *
 * Known: %s %c %d %i %u %x %X %o %p %%, with flags - 0 + space #, a width and a
 * precision (digits or *), lengths hh h l ll z j t. %.*s reads no further than its
 * precision. Floating point is num.h's. An unknown conversion is copied as it stands.
 * Must not know: streams, messages. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

#include "base/base.h"

struct buf;

/* Adds the formatted text to b. Returns 0, or -ENOMEM with b->failed set (part of the
 * text may have been added). */
int fmt_v(struct buf *b, const char *format, va_list args);

/* Formats into dst, which holds cap bytes; what does not fit is dropped and dst always
 * ends in NUL (if cap > 0). Returns the length of the text in dst. */
size_t fmt_to(char *dst, size_t cap, const char *format, ...) PRINTF_LIKE(3, 4);
size_t fmt_to_v(char *dst, size_t cap, const char *format, va_list args);

#endif

/* num.h: numbers from text and to text.
 *
 * The functions that read skip white space, read as much as makes sense, and give the
 * place where they stopped in *rest (which may be NULL if the caller does not care:
 * then what follows the number is ignored). They return 0; or -EINVAL if there is no
 * number there, with the outputs untouched; or, where it says so, -ERANGE with the
 * nearest value that fits in *n and *rest past all digits. Nothing here reads or sets
 * errno.
 * Must not know: the grammar of the shell's arithmetic. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct buf;

/* Decimal digits with an optional sign. -ERANGE clamps. */
MUST_CHECK int num_to_i64(const char *text, int64_t *n, const char **rest);

/* The same without sign but '+': a minus is -EINVAL. */
MUST_CHECK int num_to_u64(const char *text, uint64_t *n, const char **rest);

/* In a base from 2 to 36, letters of any case; 16 allows 0x. 0: as C, by the prefix
 * (0x, 0). */
MUST_CHECK int num_to_i64_base(const char *text, int base, int64_t *n, const char **rest);
MUST_CHECK int num_to_u64_base(const char *text, int base, uint64_t *n,
                               const char **rest);

/* The whole of text as a decimal number, with white space before it and blanks behind.
 * -EINVAL, -ERANGE (clamped). */
MUST_CHECK int num_to_i64_whole(const char *text, int64_t *n);

/* The whole of text as a decimal int, without white space. -EINVAL, -ERANGE (clamped). */
MUST_CHECK int num_to_int(const char *text, int *n);

/* A byte count with a suffix as GNU's tools take it: K M G T P E Z Y (also k and m)
 * for powers of 1024, the same with iB, and with B (kB, MB ...) powers of 1000; b is
 * 512. A suffix alone counts 1 of it. No minus. *rest is after the suffix; what is not
 * a suffix is left there. -ERANGE clamps. */
MUST_CHECK int num_to_size(const char *text, uint64_t *bytes, const char **rest);

/* The same with the suffix letters that the caller allows, from "bcwBkKmMgGtTPEZYRQ"
 * (c 1, w 2, B 1024), and 0 to allow the B and iB after them: num_to_size is
 * "bkKmMGTPEZY0". */
MUST_CHECK int num_to_size_of(const char *text, const char *letters, uint64_t *bytes,
                              const char **rest);

/* Write n in decimal and a NUL. Return the length without it. */
size_t num_from_i64(char dst[24], int64_t n);
size_t num_from_u64(char dst[24], uint64_t n);

/* Writes n in a base from 2 to 36, lower case, and a NUL. Returns the length (64 at
 * most). */
size_t num_from_u64_base(char dst[65], uint64_t n, int base);

/* ---- floating point: host_float.c, by the C library ------------------------------- */

/* As strtod: decimal, 0x hexadecimal, inf, nan. Too large is 0 with an infinite *n. */
MUST_CHECK int num_to_double(const char *text, double *n, const char **rest);

/* As strtold, and -ERANGE when it is too large or too small (with *n inf or tiny). */
MUST_CHECK int num_to_long_double(const char *text, long double *n, const char **rest);

/* The flags of printf, as bits. */
enum {
    NUM_MINUS = 1, // left-justified
    NUM_ZERO = 2,  // filled with zeros
    NUM_PLUS = 4,  // a sign always
    NUM_SPACE = 8, // a space in place of the plus
    NUM_ALT = 16,  // #
};

/* Adds n as printf would. conv: one of e E f F g G a A. width 0: none. precision < 0:
 * none. */
void num_add_double(struct buf *b, char conv, unsigned flags, int width, int precision,
                    double n);
void num_add_long_double(struct buf *b, char conv, unsigned flags, int width,
                         int precision, long double n);

/* Gives the calling thread a "C" locale of its own (uselocale), which the floating
 * point functions rely on while it runs programs; and the old one back. Returns 0 or
 * -ENOMEM. The C library's own constant C locale is used, so there is nothing to free. */
MUST_CHECK int num_enter_c_locale(void **old);
void num_leave_c_locale(void *old);

#endif

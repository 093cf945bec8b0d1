/* big.h: whole numbers of any length, for expr. A number is a sign and digits to the base
 * of 10^9, the lowest first, without zeros at the top; zero has no digits and no minus.
 * On the process heap. */
#ifndef CMD_EXPR_BIG_H
#define CMD_EXPR_BIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct big {
    uint32_t *digits;
    size_t count;
    bool minus;
};

/* All of text as a number: an optional minus and digits. false: it is none. */
bool big_read(const char *text, struct big *n);
void big_write(struct buf *b, const struct big *n);
void big_free(struct big *n);

int big_compare(const struct big *a, const struct big *b);
struct big big_add(const struct big *a, const struct big *b);
struct big big_subtract(const struct big *a, const struct big *b);
struct big big_multiply(const struct big *a, const struct big *b);

/* Towards zero, as C divides; the rest has the sign of a. b is not zero. */
struct big big_divide(const struct big *a, const struct big *b, struct big *rest);

/* The value if it fits. */
bool big_to_i64(const struct big *n, int64_t *value);

#endif

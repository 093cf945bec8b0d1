/* ctype.h: classes and cases of characters: ASCII's by rule, others as the C library has
 * them in C.UTF-8. Also for the patterns of the shell and tr, which have the same
 * classes.
 * Must not know: expressions. */
#ifndef REGEX_CTYPE_H
#define REGEX_CTYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "regex/ctype_table.h"

enum ctype {
    CTYPE_ALNUM,
    CTYPE_ALPHA,
    CTYPE_BLANK,
    CTYPE_CNTRL,
    CTYPE_DIGIT,
    CTYPE_GRAPH,
    CTYPE_LOWER,
    CTYPE_PRINT,
    CTYPE_PUNCT,
    CTYPE_SPACE,
    CTYPE_UPPER,
    CTYPE_XDIGIT,
    CTYPES,
    CTYPE_NONE = -1,
};

/* The class called name, or CTYPE_NONE. */
enum ctype ctype_find(struct span name);

/* Whether the byte below 128 is in the class. */
bool ctype_is_ascii(enum ctype class, int c);

/* The same for any character. */
bool ctype_is(enum ctype class, uint32_t c);

/* The members above 127, in order, ended by {0, 0}. */
const struct ctype_range *ctype_wide(enum ctype class);

/* Letters, digits and '_': what \w matches. */
bool ctype_is_word(uint32_t c);

uint32_t ctype_to_upper(uint32_t c);
uint32_t ctype_to_lower(uint32_t c);

#endif

/* ctype_table.h: the tables behind ctype.c, for characters above 127. Each ends in
 * zeros. */
#ifndef REGEX_CTYPE_TABLE_H
#define REGEX_CTYPE_TABLE_H

#include <stdint.h>

struct ctype_range {
    uint32_t first, last;
};

/* Characters first, first + step ... last, whose upper (lower) case is delta away. */
struct ctype_case {
    uint32_t first, last;
    int32_t step, delta;
};

extern const struct ctype_range ctype_alnum[], ctype_alpha[], ctype_blank[],
    ctype_cntrl[], ctype_graph[], ctype_lower[], ctype_print[], ctype_punct[],
    ctype_space[], ctype_upper[];
extern const struct ctype_case ctype_upper_of[], ctype_lower_of[];

#endif

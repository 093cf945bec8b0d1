/* ctype.c: see ctype.h. */
#include "regex/ctype.h"

#include <stddef.h>

#include "base/base.h"

enum ctype ctype_find(struct span name)
{
    static const char *const names[CTYPES] = {
        "alnum", "alpha", "blank", "cntrl", "digit", "graph",
        "lower", "print", "punct", "space", "upper", "xdigit",
    };
    for (int i = 0; i < CTYPES; i++)
        if (span_eq_str(name, names[i]))
            return (enum ctype)i;
    return CTYPE_NONE;
}

bool ctype_is_ascii(enum ctype class, int c)
{
    switch (class) {
    case CTYPE_ALNUM: return char_is_alnum(c);
    case CTYPE_ALPHA: return char_is_alpha(c);
    case CTYPE_BLANK: return char_is_blank(c);
    case CTYPE_CNTRL: return char_is_cntrl(c);
    case CTYPE_DIGIT: return char_is_digit(c);
    case CTYPE_GRAPH: return c > ' ' && c <= '~';
    case CTYPE_LOWER: return char_is_lower(c);
    case CTYPE_PRINT: return char_is_print(c);
    case CTYPE_PUNCT: return char_is_punct(c);
    case CTYPE_SPACE: return char_is_space(c);
    case CTYPE_UPPER: return char_is_upper(c);
    case CTYPE_XDIGIT: return char_hex(c) >= 0;
    default: return false;
    }
}

const struct ctype_range *ctype_wide(enum ctype class)
{
    static const struct ctype_range none[] = {{0, 0}};
    switch (class) {
    case CTYPE_ALNUM: return ctype_alnum;
    case CTYPE_ALPHA: return ctype_alpha;
    case CTYPE_BLANK: return ctype_blank;
    case CTYPE_CNTRL: return ctype_cntrl;
    case CTYPE_GRAPH: return ctype_graph;
    case CTYPE_LOWER: return ctype_lower;
    case CTYPE_PRINT: return ctype_print;
    case CTYPE_PUNCT: return ctype_punct;
    case CTYPE_SPACE: return ctype_space;
    case CTYPE_UPPER: return ctype_upper;
    default: return none;
    }
}

/* Linear, but the ranges of scripts in daily use come early. */
static bool ctype_in(const struct ctype_range *r, uint32_t c)
{
    for (; r->last && r->first <= c; r++)
        if (c <= r->last)
            return true;
    return false;
}

bool ctype_is(enum ctype class, uint32_t c)
{
    return c < 0x80 ? ctype_is_ascii(class, (int)c) : ctype_in(ctype_wide(class), c);
}

bool ctype_is_word(uint32_t c)
{
    return c < 0x80 ? char_is_name((int)c) : ctype_in(ctype_alnum, c);
}

static uint32_t ctype_to_other(const struct ctype_case *r, uint32_t c)
{
    for (; r->last && r->first <= c; r++)
        if (c <= r->last && (c - r->first) % (uint32_t)r->step == 0)
            return c + (uint32_t)r->delta;
    return c;
}

uint32_t ctype_to_upper(uint32_t c)
{
    return c < 0x80 ? (uint32_t)char_upper((int)c) : ctype_to_other(ctype_upper_of, c);
}

uint32_t ctype_to_lower(uint32_t c)
{
    return c < 0x80 ? (uint32_t)char_lower((int)c) : ctype_to_other(ctype_lower_of, c);
}

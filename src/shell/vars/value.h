/* value.h: the value of a variable or of an array's element, 32 bytes.
 *
 * A value is text, which may sit in the value itself (up to VALUE_SHORT bytes) or in a
 * counted block of the sandbox heap. A value that arithmetic made keeps its number, and
 * its text is written when somebody asks for it. All zero is "unset". Text never holds
 * NUL bytes and always ends in one. The memory that a value lies in may be shared between
 * processes; who writes to it has made sure that it is its own (vars.c, array.c). Must
 * not know: names, attributes' meaning. */
#ifndef SHELL_VARS_VALUE_H
#define SHELL_VARS_VALUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

enum value_kind {
    VALUE_NONE,  // unset
    VALUE_SHORT, // text[0..len)
    VALUE_NUM,  // num (of 19 characters at most), and its text in text[0..len) unless len
                // is 0 (not written)
    VALUE_LONG, // block
    VALUE_INDEXED, // array: variables only. NULL: declared, no element was ever set
    VALUE_ASSOC,   // assoc: variables only. NULL: the same
};

enum { VALUE_SHORT_MAX = 19 };

/* Text that is too long for the slot. count: owners; changed in place by a single owner.
 */
struct text {
    _Atomic unsigned count;
    size_t len, cap;
    char data[]; // len bytes and a NUL
};

struct cells;
struct keyed;

struct value {
    uint16_t attrs; // VAR_* of a variable; 0 in an array
    uint8_t kind;   // enum value_kind
    uint8_t len;
    char text[VALUE_SHORT_MAX + 1];
    union {
        int64_t num;
        struct text *block;
        struct cells *array;
        struct keyed *assoc;
    };
};

/* The text of a scalar kind. A VALUE_NUM whose text is not written yet gets it written
 * into buf. */
struct span value_text(const struct value *v, char buf[24]);

/* Writes the text of a VALUE_NUM into the caller's own value. */
void value_write_text(struct value *v);

/* Sets the text or number of a value that is the caller's own and no array; the old
 * content is dropped, attrs stay. */
void value_set(struct value *v, struct span text);
void value_set_num(struct value *v, int64_t num);
void value_append(struct value *v, struct span text); // linear over many

/* The same for values that are no arrays (slot.h: for all). clear: VALUE_NONE. copy: dst
 * is uninitialised. */
void value_clear(struct value *v);
void value_copy(struct value *dst, const struct value *src);

/* Whether the value is a plain decimal number, which it gives. */
bool value_number(const struct value *v, int64_t *num);

#endif

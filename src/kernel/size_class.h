/* size_class.h: the sizes of blocks in heap.h and shared_heap.h.
 *
 * A block is an 8-byte header and what the user has, together a multiple of 16: every 16
 * bytes up to 512, then four sizes for each doubling up to 16 KiB. Must not know: who
 * allocates. */
#ifndef KERNEL_SIZE_CLASS_H
#define KERNEL_SIZE_CLASS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SIZE_FINE = 32, // classes in steps of 16
    SIZE_CLASSES = 52,
    SIZE_HEADER = 8,
    SIZE_BLOCK_MAX = 16384,
    SIZE_USER_MAX =
        SIZE_BLOCK_MAX - SIZE_HEADER, // larger blocks have chunks of their own
    SIZE_LARGE = 0xff,                // in a header: a block with a chunk of its own
};

/* The class of a block for a user's size of at most SIZE_USER_MAX. */
static inline unsigned size_class_of(size_t size)
{
    size_t last = (size + SIZE_HEADER - (size != 0)) >> 4; // number of 16s, less one
    if (last < SIZE_FINE)
        return (unsigned)last;
    unsigned exp = 63 - (unsigned)__builtin_clzll(last);
    return SIZE_FINE + (exp - 5) * 4 + (unsigned)(last >> (exp - 2) & 3);
}

/* The size of the class's blocks with their headers. */
static inline size_t size_class_block(unsigned class)
{
    if (class < SIZE_FINE)
        return (size_t)(class + 1) << 4;
    unsigned step = class - SIZE_FINE;
    return (size_t)(5 + step % 4) << (3 + step / 4 + 4);
}

/* The largest class whose blocks have at most size bytes, which is 16 or more. */
static inline unsigned size_class_within(size_t size)
{
    if (size >= SIZE_BLOCK_MAX)
        return SIZE_CLASSES - 1;
    unsigned class = size_class_of(size - SIZE_HEADER);
    return size_class_block(class) <= size ? class : class - 1;
}

#endif

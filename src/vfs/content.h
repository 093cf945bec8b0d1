/* content.h: the bytes of a regular file or symbolic link in a memory file system.
 *
 * Up to CONTENT_SMALL bytes lie in the record itself. Beyond, they lie in counted blocks
 * at fixed places: block 0 covers 960 bytes (and grows to that by doubling), the next
 * 1984, 4032 ... 32704, and all others 65472, so that appending moves no byte and big
 * files stream in large pieces. (64 bytes below a power of two: the block's head and the
 * allocator's go there.) Blocks hang in an extent of up to EXTENT_MAX pointers, or an
 * extent of extents. A missing block is a hole and reads as zeros.
 *
 * Invariants: bytes of a block at or past `size` are undefined; whoever moves the size up
 * zeroes what was between. Blocks that begin at or past `size` do not exist. `allocated`
 * is the sum of the blocks' capacities. Copy on write: a record may be copied together
 * with a count on what it points to (content_share). Every function needs the caller's
 * lock on the record. Must not know: inodes, processes. */
#ifndef VFS_CONTENT_H
#define VFS_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "vfs/counted.h"

struct extent;
struct block;
struct limits;

enum { CONTENT_SMALL = 32, EXTENT_MAX = 508, CONTENT_PIECE = 65536 };
#define CONTENT_MAX (INT64_C(1) << 43) // the largest size of a file, bytes

enum content_kind {
    CONTENT_INLINE, // all bytes in `small`
    CONTENT_LEAF,   // root is an extent of blocks
    CONTENT_TREE,   // root is an extent of extents
    CONTENT_WHOLE,  // one block of just the size (a long symbolic link)
};

struct content {
    int64_t size;
    uint64_t allocated;
    union {
        char small[CONTENT_SMALL];
        struct extent *root;
        struct block *whole;
    } at;
    uint32_t kind; // enum content_kind
    uint32_t reserved;
};

/* Where a content gets its memory, and what it is charged to (limits NULL: nothing, a
 * base image). */
struct content_owner {
    const struct alloc *alloc;
    struct limits *limits;
};

/* An empty content is all zero. */

/* Copies up to len bytes from offset on. Gives the count; 0 at or past the end. */
size_t content_read(const struct content *c, void *buf, size_t len, int64_t offset);

/* Writes len bytes at offset (offset + len <= CONTENT_MAX), making the file longer if
 * need be. Gives len, or less when space ends on the way; -ENOSPC if nothing was
 * written. */
MUST_CHECK int64_t content_write(struct content *c, const struct content_owner *o,
                                 const void *buf, size_t len, int64_t offset);

/* Sets the size, 0 to CONTENT_MAX. -ENOSPC. */
MUST_CHECK int content_truncate(struct content *c, const struct content_owner *o,
                                int64_t size);

/* Makes the empty c hold text, in one piece for content_text. -ENOSPC. */
MUST_CHECK int content_set_text(struct content *c, const struct content_owner *o,
                                struct span text);

/* What content_set_text has put there; valid until c changes or moves. */
struct span content_text(const struct content *c);

/* The record was copied: takes the copy's counts. */
void content_share(const struct content *c);

/* Gives up all. The record is empty after. */
void content_fini(struct content *c, const struct content_owner *o);

/* The offset of the first byte at or after offset that is (not) in a hole, or size. */
int64_t content_next_data(const struct content *c, int64_t offset);

#endif

/* dir.h: the names in one directory of a memory file system.
 *
 * One counted block: entries in the order in which they came, a table of their numbers
 * hashed by name (none for DIR_LINEAR or fewer), and the text of the names. An entry that
 * is removed leaves a hole; the next growth builds the block anew without holes. Every
 * entry has a sequence number that never changes and is not used again in this directory:
 * it is the cookie of readdir, so that a listing neither misses nor repeats names that
 * are there all the time. An empty directory may be a NULL pointer. "." and ".." are not
 * stored. Copy on write: adding, removing and changing give a private block first. Every
 * function needs the tree lock.
 * Must not know: inodes. */
#ifndef VFS_DIR_H
#define VFS_DIR_H

#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "vfs/counted.h"

enum { DIR_LINEAR = 8, DIR_NAME_MAX = 255 };

struct dir;

struct dir_entry {
    uint64_t ino;
    uint64_t seq;
    uint32_t hash, name_at;
    uint8_t name_len; // 0: a hole
    uint8_t type;     // SYS_IF* >> 12
    uint8_t reserved[6];
};

/* The entry of name, or NULL. Valid until d changes. */
const struct dir_entry *dir_find(const struct dir *d, struct span name);

/* Adds name, which is not there. *d may be NULL and may move. -ENOSPC. */
MUST_CHECK int dir_add(struct dir **d, const struct alloc *alloc, struct span name,
                       uint64_t ino, uint8_t type);

/* Removes name, which is there; makes it mean another inode. -ENOSPC (a shared block
 * could not be copied). */
MUST_CHECK int dir_remove(struct dir **d, const struct alloc *alloc, struct span name);
MUST_CHECK int dir_change(struct dir **d, const struct alloc *alloc, struct span name,
                          uint64_t ino, uint8_t type);

/* Makes sure that one dir_add of a name of len bytes and any number of dir_remove and
 * dir_change cannot fail. */
MUST_CHECK int dir_prepare(struct dir **d, const struct alloc *alloc, size_t len);

/* The first entry with a sequence number above seq, or NULL. The first number is 1. */
const struct dir_entry *dir_next(const struct dir *d, uint64_t seq);
struct span dir_name(const struct dir *d, const struct dir_entry *e);

/* The entry that means inode ino, or NULL: a linear search. */
const struct dir_entry *dir_find_inode(const struct dir *d, uint64_t ino);

uint32_t dir_count(const struct dir *d);
void dir_share(struct dir *d); // takes a count
void dir_put(struct dir *d);   // NULL is fine

#endif

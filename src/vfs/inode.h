/* inode.h: the records of a memory file system, in pages.
 *
 * A record holds only what persists: type, mode, owner, times, links, contents. Open
 * counts, locks, waiters and pipes are in the side table (node.h). Records lie in counted
 * pages of INODE_SLOTS; a table is an array of pointers to pages. So a fork of a file
 * system (inode_table_fork) is a copy of that array with a count on each page, and a page
 * is copied when a record in it is first changed (inode_table_own), which takes a count
 * on the contents of each of its records.
 *
 * An inode number is generation << 32 | slot. A slot that is freed gets the next
 * generation, so that a number is never used again. Slots 0 and 1 are not used; the root
 * is INODE_ROOT.
 *
 * Locks. The table and all of every record: the tree lock. `content` and the times of a
 * regular file that has a node (is open) are guarded by the node's lock as well: changing
 * them needs that, and the tree lock alone does not do. Such a record's page is private
 * (the node's opening sees to it), so the address of the record stays. A fork is made
 * only while no call is under way; then pages with open nodes are copied at once
 * (memfs_fork).
 * Must not know: names, nodes, processes. */
#ifndef VFS_INODE_H
#define VFS_INODE_H

#include <stdint.h>

#include "base/base.h"
#include "vfs/content.h"
#include "vfs/counted.h"
#include "vfs/dir.h"

enum { INODE_SLOTS = 36, INODE_ROOT = 2 };

/* A time in a base image: when the sandbox was made. */
#define INODE_TIME_START INT64_MIN

enum inode_flags {
    INODE_CHARGED = 1, // to limit fs-files
};

struct inode {
    uint32_t mode; // type and permissions; 0: free
    uint32_t nlink, uid, gid;
    uint32_t generation;
    uint32_t flags; // enum inode_flags
    int64_t atime_ns, mtime_ns, ctime_ns, birth_ns;
    union {
        struct content content; // regular file, symbolic link
        struct {
            struct dir *names;
            uint64_t parent;
        } dir;
        uint32_t next_free; // slot, 0: the last
    } u;
};

struct inode_page {
    struct counted counted;
    struct inode slots[INODE_SLOTS];
};

struct inode_table {
    struct content_owner owner;
    struct inode_page **pages;
    uint32_t page_count, page_cap;
    uint32_t free_slot; // the first free record, 0: none
    uint32_t next_slot; // slots from here on were never used
};

void inode_table_init(struct inode_table *t, const struct content_owner *owner);
void inode_table_fini(struct inode_table *t); // drops all pages

/* Makes the empty t share all of from. New records go to pages of their own. -ENOMEM. */
MUST_CHECK int inode_table_fork(struct inode_table *t, const struct inode_table *from);

/* A new record, zeroed but for generation and charged to fs-files; gives its number.
 * NULL: -ENOSPC. */
struct inode *inode_table_add(struct inode_table *t, uint64_t *ino);

/* Gives the record up with its contents. Its page is private. */
void inode_table_remove(struct inode_table *t, uint64_t ino);

/* The record of ino, or NULL; read only. */
static inline const struct inode *inode_table_find(const struct inode_table *t,
                                                   uint64_t ino)
{
    uint32_t slot = (uint32_t)ino;
    if (slot >= t->next_slot || slot < INODE_ROOT)
        return NULL;
    const struct inode *i = &t->pages[slot / INODE_SLOTS]->slots[slot % INODE_SLOTS];
    return i->mode && i->generation == ino >> 32 ? i : NULL;
}

/* The same in a private page, to be changed. NULL: no memory for the copy. The number is
 * valid. */
struct inode *inode_table_own(struct inode_table *t, uint64_t ino);

#endif

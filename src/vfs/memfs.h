/* memfs.h: a file system in memory: inode.h's records with names (dir.h) and contents
 * (content.h).
 *
 * It is also what a base image is: then it has no kernel, is charged to nobody, its times
 * are INODE_TIME_START, and nothing changes it after it was built. A sandbox's own begins
 * as a fork of the image.
 *
 * A snapshot is a fork as well, taken while no call of the sandbox is under way:
 * memfs_fork, then memfs_own_open on the file system that goes on. What it needs beyond
 * this is an allocator that outlives the sandbox: pieces are freed to the allocator that
 * they came from.
 * Must not know: paths, mounts, processes. */
#ifndef VFS_MEMFS_H
#define VFS_MEMFS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/base.h"
#include "vfs/fs.h"
#include "vfs/inode.h"

struct file_ops;
struct node;

struct memfs_trash;

struct memfs {
    struct fs fs;
    const struct alloc *alloc; // of this struct and all that it makes
    atomic_uint refs;
    struct inode_table inodes;
    _Atomic(struct memfs_trash *) trash; // contents of large removed files
};

extern const struct fs_ops memfs_ops;

static inline struct memfs *memfs_of(struct fs *fs)
{
    return CONTAINER_OF(fs, struct memfs, fs);
}

/* An empty one, with a root directory of mode 0755; k NULL: a base image. NULL: no
 * memory. */
struct memfs *memfs_new(struct kernel *k, const struct alloc *alloc);

/* One that begins as a copy of from and shares all that is not changed. from must outlive
 * it. NULL: no memory. */
struct memfs *memfs_fork(const struct memfs *from, struct kernel *k,
                         const struct alloc *alloc);

/* After a fork of m: gives the records of open files pages of their own again.
 * -ENOSPC. */
MUST_CHECK int memfs_own_open(struct memfs *m);

struct memfs *memfs_get(struct memfs *m);
void memfs_put(struct memfs *m);

/* Frees the contents of large files that were removed: a long work, done when no lock is
 * held. Any thread. */
void memfs_empty_trash_slow(struct memfs *m);
static inline void memfs_empty_trash(struct memfs *m)
{
    if (UNLIKELY(atomic_load_explicit(&m->trash, memory_order_relaxed) != NULL))
        memfs_empty_trash_slow(m);
}

/* Now, as it goes into a record. */
int64_t memfs_now(const struct memfs *m);

/* Opens a regular file (memfs_file.c): memfs_ops.open. */
MUST_CHECK int memfs_open(const struct fs_open *o, struct file **file);
MUST_CHECK int memfs_truncate(struct node *n, int64_t size);

/* Writes to a regular file that has no node, at its end: while building an image.
 * -ENOSPC. */
MUST_CHECK int memfs_append(struct memfs *m, uint64_t ino, struct span data);

#endif

/* state.h: what the vfs knows of one sandbox: mounts, the name tree's lock, nodes.
 *
 * Locks: `tree` guards names, mounts, the node table and all attributes that node.h does
 * not name. It is held for a walk and what is done to its result, never while a fiber
 * waits or the host is asked.
 * Must not know: how it is set up (vfs.h). */
#ifndef VFS_STATE_H
#define VFS_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "kernel/kernel.h"
#include "kernel/lock.h"
#include "vfs/fs.h"
#include "vfs/node.h"

struct cwd;
struct host_share;
struct memfs;
struct process;

enum {
    VFS_UID = 1000,
    VFS_GID = 1000,
    VFS_PATH_MAX = 4096,
    VFS_NAME_MAX = 255,
    VFS_LINKS_MAX = 40
};

/* A file system in its place in the tree. Lives until vfs_fini. */
struct mount {
    struct mount *next; // in vfs.mounts, newest first
    struct fs *fs;
    uint64_t root;        // inode number
    struct mount *parent; // the directory it covers; NULL: the root mount
    uint64_t point;
    bool read_only;
};

struct vfs {
    struct kernel *kernel; // const
    struct memfs *root_fs; // const
    struct memfs *image;   // the base image, kept; NULL: none
    struct mount *root;    // const

    struct lock tree; // rank LOCK_TREE; guards the rest
    struct mount *mounts;
    uint64_t points; // bit ino % 64 for each mount's point: a quick no
    uint64_t next_dev;
    struct node_table nodes;
    struct cwd *home; // the first working directory
    uint64_t walks;   // counts walks, for fs_ask.since

    atomic_uint_fast64_t moves; // directories renamed or removed: cached paths are stale
    // host work of this sandbox; NULL until a host folder is mounted
    struct host_share *host;
};

/* What vfs hangs on a process. */
struct vfs_process {
    struct cwd *cwd;
    unsigned umask; // own fiber only
};

/* NULL before vfs_init. */
static inline struct vfs *vfs_of(struct kernel *k) { return k->fs; }

#endif

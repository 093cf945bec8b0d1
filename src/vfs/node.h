/* node.h: the side table: what is known of inodes only while they are used.
 *
 * A node exists while a file is open, is somebody's working directory, or has a FIFO's
 * pipe. It holds the lock of the contents, the flock state and the pipe. There is at most
 * one for a file system and inode number.
 * Invariants: the table and all counts are guarded by the tree lock. A node of a memory
 * file system's regular file has `inode`, whose page is private.
 * Must not know: names, kinds of file systems. */
#ifndef VFS_NODE_H
#define VFS_NODE_H

#include <stdint.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/lock.h"
#include "kernel/waitq.h"
#include "vfs/fs.h"

struct inode;
struct kernel;
struct pipe;

struct node {
    struct fs *fs; // const, like the next two
    uint64_t ino;
    uint32_t type;     // SYS_IF*
    unsigned refs;     // tree lock
    struct node *next; // in its chain; tree lock
    struct lock lock;  // rank LOCK_INODE: contents and times of `inode`, and flock state
    struct inode *inode; // memory file systems: the record of a regular file
    void *extra;         // the file system's own
    // of a FIFO; tree lock. Holds a count on the node until the inode goes
    struct pipe *pipe;
    unsigned shared_locks;       // open files with a shared flock
    struct file *exclusive_lock; // the open file with an exclusive flock, not counted
    struct waitq flock_wait;
};

struct node_table {
    struct kernel *kernel; // const
    struct lock *tree;     // the tree lock; const
    struct node **chains;  // NULL until the first
    uint32_t size, count;  // size: 0 or a power of two
};

void node_table_init(struct node_table *t, struct kernel *k, struct lock *tree);
void node_table_fini(struct node_table *t); // no node is left

/* The node of an inode, made if need be, with a count for the caller. Tree lock.
 * -ENOMEM. */
MUST_CHECK int node_get(struct node_table *t, struct fs *fs, uint64_t ino, uint32_t type,
                        struct node **node);
struct node *node_find(struct node_table *t, struct fs *fs,
                       uint64_t ino); // borrowed, or NULL

/* Drops a count. Tree lock held; not held. */
void node_put_locked(struct node_table *t, struct node *n);
void node_put(struct node_table *t, struct node *n);

/* flock(): operation as in sys.h. f is an open file of n; holds says what f has (0,
 * SYS_LOCK_SH or _EX), and is changed. May block. -EWOULDBLOCK -EINTR -EINVAL. */
MUST_CHECK int node_flock(struct node *n, struct file *f, unsigned char *holds,
                          int operation);
void node_funlock(struct node *n, struct file *f, unsigned char *holds); // never blocks

#endif

/* cwd.h: a working directory, counted, shared by the processes that have inherited it.
 *
 * Invariant: it holds a count on its directory's node, so that the inode stays while it
 * is used. `path` is what the path was when `moves` was vfs.moves. Immutable but for the
 * count. */
#ifndef VFS_CWD_H
#define VFS_CWD_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/base.h"

struct mount;
struct node;
struct vfs;

struct cwd {
    atomic_uint refs;
    struct mount *mount;
    struct node *node;
    uint64_t moves;
    size_t len;
    char path[]; // absolute
};

/* A working directory; takes the caller's count on node. Tree lock. NULL: no memory (node
 * is not taken). */
struct cwd *cwd_new(struct vfs *v, struct mount *mount, struct node *node,
                    const char *path, size_t len);
struct cwd *cwd_get(struct cwd *c);
void cwd_put(struct vfs *v, struct cwd *c); // takes the tree lock

#endif

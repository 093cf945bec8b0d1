/* mount.h: file systems in their places. */
#ifndef VFS_MOUNT_H
#define VFS_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

struct fs;
struct mount;
struct vfs;

/* Puts fs on the directory point of parent (NULL: as the root). The tree lock is held.
 * -EBUSY -ENOMEM. */
MUST_CHECK int vfs_mount_locked(struct vfs *v, struct fs *fs, struct mount *parent,
                                uint64_t point, bool read_only);

#endif

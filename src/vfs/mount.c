/* mount.c: see mount.h. */
#include "vfs/mount.h"

#include <errno.h>

#include "vfs/state.h"

int vfs_mount_locked(struct vfs *v, struct fs *fs, struct mount *parent, uint64_t point,
                     bool read_only)
{
    ASSERT(lock_is_held(&v->tree));
    for (const struct mount *m = v->mounts; m; m = m->next)
        if (m->parent == parent && m->point == point)
            return -EBUSY;
    struct mount *m = kernel_alloc(v->kernel, sizeof *m);
    if (!m)
        return -ENOMEM;
    *m = (struct mount){.next = v->mounts,
                        .fs = fs,
                        .root = fs->root,
                        .parent = parent,
                        .point = point,
                        .read_only = read_only};
    fs->dev = v->next_dev++;
    v->mounts = m;
    if (parent)
        v->points |= UINT64_C(1) << (point % 64);
    else
        v->root = m;
    return 0;
}

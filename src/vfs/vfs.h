/* vfs.h: the files of a sandbox are set up and taken down, and follow its processes.
 *
 * Must not know: what programs do with files. */
#ifndef VFS_VFS_H
#define VFS_VFS_H

#include "base/base.h"
#include "vfs/exec.h"
#include "vfs/image.h"

struct kernel;
struct memfs;
struct process;

/* Makes the files of a sandbox and sets k->fs: the base image below a fresh memory file
 * system, /dev, /proc. image: from vfs_image_new, or NULL to build one. Any host thread.
 * -ENOMEM. */
MUST_CHECK int vfs_init(struct kernel *k, struct memfs *image);
void vfs_fini(struct kernel *k); // no process is left; before the heap goes

/* The hooks that files have in a process's life (struct kernel_hooks); exec.h has the
 * third. */
int vfs_process_init(struct process *p, struct process *parent);
void vfs_process_fini(struct process *p);

#endif

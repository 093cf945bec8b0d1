/* hostfs.h: a folder of the host as a file system, read only.
 *
 * What the host has said of a file (attributes, link text, listing) is kept in a record
 * under the tree lock, with the time in walks (vfs.walks) when it was asked. A walk takes
 * only answers that are not older than itself; for others it answers -EINPROGRESS and the
 * walk has them settled: asked on a host thread (host_work.h) while the fiber is parked.
 * Records that nobody uses are forgotten when there are many. Files belong to the
 * sandbox's user, with the owner's permission bits of the host. Only regular files,
 * directories and symbolic links can be opened; links are resolved by the sandbox's walk,
 * so they can't lead out.
 * Must not know: processes. */
#ifndef VFS_HOSTFS_H
#define VFS_HOSTFS_H

#include "base/base.h"

struct fs;
struct host_handle;
struct host_share;
struct vfs;

/* A file system on the folder, whose count it takes if it succeeds. hostfs_share_make was
 * called. -ENOMEM, or what the host says. */
MUST_CHECK int hostfs_new(struct vfs *v, struct host_handle *folder, struct fs **fs);

/* The share of host threads that v's host folders have; made at first. -ENOMEM. Not under
 * the tree lock. */
MUST_CHECK int hostfs_share_make(struct vfs *v);
void hostfs_share_put(struct host_share *s);

#endif

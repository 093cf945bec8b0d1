/* hostfs_file.h: open regular files of a host folder, read only.
 *
 * Reading goes through a block of HOSTFS_BLOCK bytes that the request owns, so that small
 * reads ask the host once a block. */
#ifndef VFS_HOSTFS_FILE_H
#define VFS_HOSTFS_FILE_H

#include "base/base.h"

struct file;
struct fs_open;
struct host_handle;
struct host_share;
struct hostfs_opening;

/* A request to open a file; its path (VFS_PATH_MAX bytes) is filled in by the caller.
 * NULL: no memory. */
struct hostfs_opening *hostfs_opening_new(struct host_share *s,
                                          struct host_handle *folder);
char *hostfs_opening_path(struct hostfs_opening *o);

/* Opens it, unless err says that the path could not be made. Takes opening. May block.
 * Takes the count on o->node if it succeeds. */
MUST_CHECK int hostfs_file_open(const struct fs_open *o, struct hostfs_opening *opening,
                                int err, struct file **file);

#endif

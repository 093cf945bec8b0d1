/* devfs.h: /dev. */
#ifndef VFS_DEVFS_H
#define VFS_DEVFS_H

struct fs;
struct kernel;

struct fs *devfs_new(struct kernel *k); // NULL: no memory

#endif

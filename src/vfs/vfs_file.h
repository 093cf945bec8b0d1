/* vfs_file.h: what all open files with a name have in common: the node, the mount, the
 * path for reports, flock.
 *
 * A kind (regular files of memory, directories, devices ...) embeds struct vfs_file or
 * uses it as it is, and fills its struct file_ops with the functions below where it has
 * nothing special to do. */
#ifndef VFS_VFS_FILE_H
#define VFS_VFS_FILE_H

#include <stdint.h>

#include "base/base.h"
#include "kernel/file.h"
#include "vfs/fs.h"

struct mount;
struct node;

struct vfs_file {
    struct file file;
    struct mount *mount;
    struct node *node;   // counted
    void *extra;         // the kind's own
    int64_t listed;      // of a directory: where a listing has ended; 0: nowhere
    unsigned char flock; // what it holds: 0, SYS_LOCK_SH, SYS_LOCK_EX; node's lock
    uint32_t path_len;
    char *path; // absolute; after the kind's struct, in the same block
};

/* Makes an open file of a kind whose struct has size bytes; takes the count on o->node.
 * -EMFILE -ENOMEM. */
MUST_CHECK int vfs_file_new(const struct fs_open *o, size_t size,
                            const struct file_ops *ops, struct file **file);

/* The open file if it is one of these, else NULL. */
struct vfs_file *vfs_file_of(struct file *f);

/* Operations for file_ops. */
int64_t vfs_file_seek(struct file *f, int64_t offset,
                      int whence); // where no end is known: -EINVAL from SYS_SEEK_END
int vfs_file_stat(struct file *f, struct sys_stat *st);
int vfs_file_statfs(struct file *f, struct sys_statfs *st);
int vfs_file_chmod(struct file *f, unsigned mode);
int vfs_file_utimes(struct file *f, int64_t atime_ns, int64_t mtime_ns);
int vfs_file_truncate(struct file *f, int64_t size);
int vfs_file_flock(struct file *f, int operation);
void vfs_file_close(struct file *f);
size_t vfs_file_name(const struct file *f, char *dst, size_t cap);

/* Opens a directory of any file system. Takes the count on o->node. */
MUST_CHECK int dir_file_open(const struct fs_open *o, struct file **file);

/* An open file with the given text (a kernel block, taken even on failure), for /proc.
 * Takes the count on o->node if it succeeds. */
MUST_CHECK int text_file_open(const struct fs_open *o, char *text, size_t len,
                              struct file **file);

#endif

/* outside.h: the files of a sandbox as the embedder uses them: as root, from any host
 * thread, at any time.
 *
 * Paths are absolute inside the sandbox. Calls that reach a host folder wait for the
 * host. Errors are those of sys.h.
 * Must not know: shoal.h. */
#ifndef VFS_OUTSIDE_H
#define VFS_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct buf;
struct file;
struct kernel;
struct sys_stat;

/* Makes a folder of the host appear at path (made if it is missing, with its parents).
 * Only read_only so far: else -ENOTSUP. -ENOENT -ENOTDIR -EACCES what the host says;
 * -EEXIST path is no directory; -EBUSY something is mounted there. */
MUST_CHECK int vfs_mount_host(struct kernel *k, const char *host_path, const char *path,
                              bool read_only);

/* Writes a whole file, made with mode if it is missing (with its parents, 0755), owned by
 * the virtual user. append: at its end instead. */
MUST_CHECK int vfs_write_file(struct kernel *k, const char *path, const void *data,
                              size_t len, unsigned mode, bool append);

/* Adds the whole contents of a file to out. -EFBIG: more than max bytes. */
MUST_CHECK int vfs_read_file(struct kernel *k, const char *path, uint64_t max,
                             struct buf *out);

/* Calls each(arg, name, type) for the entries of a directory but "." and "..", until it
 * gives false. type: SYS_IF*. No lock is held meanwhile. */
MUST_CHECK int vfs_list(struct kernel *k, const char *path,
                        bool (*each)(void *arg, const char *name, uint32_t type),
                        void *arg);

MUST_CHECK int vfs_stat(struct kernel *k, const char *path, bool follow,
                        struct sys_stat *st);
MUST_CHECK int vfs_make_dir(struct kernel *k, const char *path, unsigned mode,
                            bool parents);
MUST_CHECK int vfs_make_link(struct kernel *k, const char *target, const char *path);
MUST_CHECK int vfs_rename_file(struct kernel *k, const char *from, const char *to);

/* Removes a file or directory, with all that is in it if recursive. */
MUST_CHECK int vfs_remove(struct kernel *k, const char *path, bool recursive);

/* Opens a file as tree_open does, for the descriptors of a run. The file is the caller's
 * count. */
MUST_CHECK int vfs_open_file(struct kernel *k, const char *path, unsigned flags,
                             unsigned mode, struct file **file);

#endif

/* tree.h: what is done to files by path: the bodies of the system calls, for processes
 * and for the embedder.
 *
 * Paths are relative to the caller's working directory; permissions are the caller's. All
 * may block where a path leads into a host folder. Errors are those of the calls of the
 * same name in sys.h.
 * Must not know: descriptors. */
#ifndef VFS_TREE_H
#define VFS_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "vfs/fs.h"
#include "vfs/walk.h"

struct file;
struct mount;
struct node;
struct process;

/* tree_open.c. The file is the caller's count. */
MUST_CHECK int tree_open(const struct caller *c, const char *path, unsigned flags,
                         unsigned mode, struct file **file);
MUST_CHECK int tree_truncate(const struct caller *c, const char *path, int64_t size);

/* tree_names.c */
MUST_CHECK int tree_mkdir(const struct caller *c, const char *path, unsigned mode);
MUST_CHECK int tree_mkfifo(const struct caller *c, const char *path, unsigned mode);
MUST_CHECK int tree_symlink(const struct caller *c, const char *target, const char *path);
MUST_CHECK int tree_link(const struct caller *c, const char *from, const char *to);
MUST_CHECK int tree_unlink(const struct caller *c, const char *path);
MUST_CHECK int tree_rmdir(const struct caller *c, const char *path);
MUST_CHECK int tree_rename(const struct caller *c, const char *from, const char *to,
                           unsigned flags);

/* Makes a file in w->dir under w->name, which is not there: checks the directory's
 * permissions. Tree lock. */
MUST_CHECK int tree_create(struct walk *w, const struct fs_new *new);

/* tree_attr.c */
MUST_CHECK int tree_stat(const struct caller *c, const char *path, bool follow,
                         struct sys_stat *st);
MUST_CHECK int tree_access(const struct caller *c, const char *path, int mode);
MUST_CHECK int64_t tree_readlink(const struct caller *c, const char *path, char *buf,
                                 size_t len);
MUST_CHECK int tree_chmod(const struct caller *c, const char *path, unsigned mode);
MUST_CHECK int tree_chown(const struct caller *c, const char *path, int uid, int gid,
                          bool follow);
MUST_CHECK int tree_utimes(const struct caller *c, const char *path, int64_t atime_ns,
                           int64_t mtime_ns, bool follow);
MUST_CHECK int tree_statfs(const struct caller *c, const char *path,
                           struct sys_statfs *st);

/* The same for open files; the caller is whoever runs. now: as for tree_check_set, or
 * NULL. */
MUST_CHECK int tree_stat_node(struct vfs *v, struct node *n, struct sys_stat *st);
MUST_CHECK int tree_set_node(struct vfs *v, struct mount *m, struct node *n,
                             const struct fs_set *set, const bool *now);
MUST_CHECK int tree_statfs_of(struct vfs *v, struct mount *m, struct sys_statfs *st);

/* The arguments of utimes as attributes to set. Gives whether both times are the present,
 * which whoever may write may set. */
bool tree_times(struct kernel *k, int64_t atime_ns, int64_t mtime_ns, struct fs_set *set);

/* tree_cwd.c */
MUST_CHECK int tree_chdir(struct process *self, const char *path);
MUST_CHECK int tree_chdir_node(struct process *self, struct mount *m, struct node *n);
MUST_CHECK int64_t tree_getcwd(struct process *self, char *buf, size_t len);

#endif

/* fs.h: what a kind of file system (memory, /dev, /proc, host folder ...) does for the
 * walk and the calls.
 *
 * A file is named by its file system and inode number. Operations on names and attributes
 * are called under the tree lock and never block. A file system that must ask somebody
 * first (the host, a callback) answers -EINPROGRESS with its question in *ask; the caller
 * drops the tree lock, calls settle, which may block and keeps the answer, and starts
 * over. An answer that is not older than ask->since is fresh enough not to ask again. (A
 * change of names is settled likewise: the retry finds the answer in ask->done and
 * ask->result.) Permissions, read-only mounts and limits of names are checked by the
 * callers.
 * Must not know: paths, mounts, descriptors. */
#ifndef VFS_FS_H
#define VFS_FS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "sys.h"

struct file;
struct fs;
struct kernel;
struct mount;
struct node;
struct vfs;

/* What the walk needs of a file. */
struct fs_brief {
    uint64_t ino;
    uint32_t mode; // type and permissions
    uint32_t uid, gid;
    bool magic; // a link to an open file (/proc/PID/fd/N), opened through `follow`
};

/* A question that can't be answered under the tree lock. */
struct fs_ask {
    uint64_t since; // answers older than this are stale; set by the walk
    struct fs *fs;  // whom to settle with
    uint64_t ino;   // the directory (or file)
    char name[256]; // in it, or ""
    bool done;      // a change was made: result is what it gave
    int result;
};

/* A file to be made. */
struct fs_new {
    uint32_t mode; // type and permissions
    uint32_t uid, gid;
    struct span target; // of a symbolic link
};

/* Attributes to be set. */
enum fs_set_what {
    FS_SET_MODE = 1,
    FS_SET_UID = 2,
    FS_SET_GID = 4,
    FS_SET_ATIME = 8,
    FS_SET_MTIME = 16
};
struct fs_set {
    unsigned what; // bits of enum fs_set_what
    uint32_t mode, uid, gid;
    int64_t atime_ns, mtime_ns;
};

/* What is opened. */
struct fs_open {
    struct mount *mount;
    struct node *node;
    unsigned
        flags; // access mode, SYS_APPEND, SYS_NONBLOCK; CREAT, EXCL and TRUNC are done
    struct span base,
        path; // the name for reports: base (may be empty), a slash, and path
};

/* Where readdir puts entries: records of struct sys_dirent. */
struct fs_listing {
    char *buf;
    size_t cap, used;
};

/* Adds an entry; false: it does not fit. */
bool fs_list_add(struct fs_listing *l, uint64_t ino, uint32_t mode, struct span name);

struct fs_ops {
    const char *type; // "tmpfs"

    // names; dir is a directory
    int (*lookup)(struct fs *fs, uint64_t dir, struct span name, struct fs_ask *ask,
                  struct fs_brief *child); // -ENOENT. Never asked for "." and ".."
    int (*brief)(struct fs *fs, uint64_t ino, struct fs_brief *b); // -ENOENT: it is gone
    int (*parent)(struct fs *fs, uint64_t dir, uint64_t *parent); // not asked of the root
    /* The name of child in dir, or -ENOENT. */
    int (*name_of)(struct fs *fs, uint64_t dir, uint64_t child, char name[256]);
    /* The text of a symbolic link, valid under the tree lock; a text that was made for
     * the call is in *made, a kernel block that the caller frees. */
    int (*readlink)(struct fs *fs, uint64_t ino, struct span *text, char **made);
    /* The open file behind a magic link, counted. NULL if there are none. */
    int (*follow)(struct fs *fs, uint64_t ino, struct file **file);
    /* Adds entries after *cookie (0: from the start), which moves on. "." and ".." are
     * the caller's. */
    int (*readdir)(struct fs *fs, uint64_t dir, uint64_t *cookie, struct fs_listing *l,
                   struct fs_ask *ask);

    // changes of names; NULL: -EPERM. The name is not there (create, link), or is
    // (unlink, rmdir)
    int (*create)(struct fs *fs, uint64_t dir, struct span name, const struct fs_new *new,
                  struct fs_brief *child); // -ENOSPC
    int (*link)(struct fs *fs, uint64_t dir, struct span name,
                uint64_t ino); // -ENOSPC -EMLINK
    int (*unlink)(struct fs *fs, uint64_t dir, struct span name, uint64_t ino);
    int (*rmdir)(struct fs *fs, uint64_t dir, struct span name,
                 uint64_t ino); // -ENOTEMPTY
    /* from exists; to may (to_ino, 0: not), and is replaced, or with exchange swapped.
     * -EINVAL into itself; -ENOTEMPTY -EISDIR -ENOTDIR -ENOSPC. */
    int (*rename)(struct fs *fs, uint64_t from_dir, struct span from, uint64_t from_ino,
                  uint64_t to_dir, struct span to, uint64_t to_ino, bool exchange);

    // attributes
    int (*stat)(struct fs *fs, uint64_t ino, struct sys_stat *st);     // all but dev
    int (*set)(struct fs *fs, uint64_t ino, const struct fs_set *set); // NULL: -EPERM
    void (*statfs)(struct fs *fs, struct sys_statfs *st); // type is set by the caller
    /* The first bytes of a regular file, for exec. -EINPROGRESS is answered through open
     * and pread. */
    int64_t (*head)(struct fs *fs, uint64_t ino, void *buf, size_t len);

    // the first count on a node was taken; the last one dropped. Tree lock. NULL: nothing
    // to do
    int (*node_open)(struct fs *fs, struct node *n);
    void (*node_close)(struct fs *fs, struct node *n);

    /* Opens a regular file or device without the tree lock; may block. Takes the caller's
     * count on o->node if it succeeds. Directories, FIFOs and links are not asked for. */
    int (*open)(const struct fs_open *o, struct file **file);
    /* Sets the size of a regular file; without the tree lock, may block. NULL:
     * -EINVAL. */
    int (*truncate)(struct node *n, int64_t size);
    /* Answers ask. Without locks; may block. NULL if the file system never asks. */
    int (*settle)(struct fs *fs, struct fs_ask *ask);
    void (*fini)(struct fs *fs); // frees; no node is left
};

struct fs {
    const struct fs_ops *ops;
    struct kernel *kernel; // NULL: a base image
    uint64_t dev, root;    // st_dev; the root's inode number
};

#endif

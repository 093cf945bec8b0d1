/* walk.h: from a path to a file, as POSIX resolves it.
 *
 *     struct walk w;
 *     walk_enter(&w, &caller);               // takes the tree lock
 *     int err = walk_path(&w, path, flags);  // may drop the lock and take it again
 *     ... what is to be done with w.dir, w.name, w.at ...
 *     walk_leave(&w);                          // drops the lock
 *
 * w.name may point into a symbolic link's text: it is valid while the lock is held
 * without a pause and the link stays. Must not know: descriptors, what is done at the end
 * of the path. */
#ifndef VFS_WALK_H
#define VFS_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "vfs/fs.h"
#include "vfs/state.h"

struct cwd;
struct process;

/* On whose behalf files are used: a process, or the embedder, who is root. */
struct caller {
    struct vfs *vfs;
    uint32_t uid, gid;
    struct cwd *cwd; // borrowed; NULL: the root
    unsigned umask;
    struct process *process; // NULL: a host thread
};
struct caller caller_of(struct process *self);
struct caller caller_outside(struct vfs *v);
struct caller caller_current(
    struct vfs *v); // the process whose fiber this is, or outside

/* Whether c may do what the bits SYS_R_OK, _W_OK, _X_OK of want say. 0 or -EACCES. */
int caller_may(const struct caller *c, const struct fs_brief *b, int want);

/* A directory or file in the tree. */
struct place {
    struct mount *mount;
    struct fs_brief brief;
};

enum walk_flags {
    WALK_FOLLOW = 1, // a symbolic link at the end too
    WALK_MISSING = 2 // the last component need not exist. Without FOLLOW it is taken as a
                     // name: a link is not followed even where a slash comes after it
};

struct walk {
    const struct caller *caller;
    struct place dir; // where the last component was looked up
    struct span name; // the last component; empty if it was "/", "." or ".."
    bool found;       // it exists: `at` is valid
    bool slash;       // it was followed by a slash
    bool dots;        // it was "." or ".."
    bool dropped;     // the tree lock was dropped on the way
    struct place at;

    // private
    struct place *here, *next; // dir and at in turn while walking, which saves copies
    unsigned links;
    unsigned made_count;
    char *made[8]; // link texts made for this walk
    struct fs_ask ask;
};

void walk_enter(struct walk *w, const struct caller *c);

/* For calls with two paths: a second walk under the lock that first holds; ended with
 * walk_leave_joined, before first. */
void walk_enter_joined(struct walk *w, const struct walk *first);
void walk_leave_joined(struct walk *w);

/* Resolves path. May block (host folders); the lock is held on return in any case. Gives
 * 0, or -ENOENT -ENOTDIR -EACCES -ELOOP -ENAMETOOLONG -EINTR -EIO. With WALK_MISSING and
 * a missing last component: 0 and !found. */
MUST_CHECK int walk_path(struct walk *w, const char *path, unsigned flags);

void walk_leave(struct walk *w);

/* Settles what an operation on the result has answered -EINPROGRESS to; the walk must be
 * done again. 0 or an error. */
MUST_CHECK int walk_settle(struct walk *w);

/* The absolute path of a directory, in a kernel block; walks up. Tree lock held. -ENOENT:
 * it was removed; -ENOMEM -ENAMETOOLONG -EINPROGRESS. */
MUST_CHECK int walk_name_of(struct vfs *v, const struct place *dir, char **path,
                            size_t *len);

#endif

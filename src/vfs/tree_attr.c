/* tree_attr.c: attributes by path and of open files. See tree.h. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/file.h"
#include "vfs/node.h"
#include "vfs/tree.h"

/* The open file behind the magic link w->at, counted. */
static int tree_follow(const struct walk *w, struct file **file)
{
    struct fs *fs = w->at.mount->fs;
    return fs->ops->follow(fs, w->at.brief.ino, file);
}

static int fs_stat_of(struct fs *fs, uint64_t ino, struct sys_stat *st)
{
    struct sys_stat now;
    int err = fs->ops->stat(fs, ino, &now);
    if (err)
        return err;
    *st = now;
    st->dev = fs->dev;
    return 0;
}

int tree_stat(const struct caller *c, const char *path, bool follow, struct sys_stat *st)
{
    struct walk w;
    struct file *file = NULL;
    walk_enter(&w, c);
    int err = walk_path(&w, path, follow ? WALK_FOLLOW : 0);
    if (!err && follow && w.at.brief.magic)
        err = tree_follow(&w, &file);
    else if (!err)
        err = fs_stat_of(w.at.mount->fs, w.at.brief.ino, st);
    walk_leave(&w);
    if (file) {
        err = file->ops->stat(file, st);
        file_put(file);
    }
    return err;
}

int tree_stat_node(struct vfs *v, struct node *n, struct sys_stat *st)
{
    lock_acquire(&v->tree);
    int err = fs_stat_of(n->fs, n->ino, st);
    lock_release(&v->tree);
    return err;
}

int tree_access(const struct caller *c, const char *path, int mode)
{
    if (mode & ~(SYS_R_OK | SYS_W_OK | SYS_X_OK))
        return -EINVAL;
    struct walk w;
    struct file *file = NULL;
    walk_enter(&w, c);
    int err = walk_path(&w, path, WALK_FOLLOW);
    struct fs_brief b = {0};
    bool read_only = false;
    if (!err && w.at.brief.magic) {
        err = tree_follow(&w, &file);
    } else if (!err) {
        b = w.at.brief;
        read_only = w.at.mount->read_only && (b.mode & SYS_IFMT) != SYS_IFCHR;
    }
    walk_leave(&w);
    if (file) {
        struct sys_stat st;
        err = file->ops->stat(file, &st);
        b = (struct fs_brief){.mode = st.mode, .uid = st.uid, .gid = st.gid};
        file_put(file);
    }
    if (!err)
        err = caller_may(c, &b, mode);
    return !err && (mode & SYS_W_OK) && read_only ? -EROFS : err;
}

int64_t tree_readlink(const struct caller *c, const char *path, char *buf, size_t len)
{
    struct walk w;
    char *made = NULL;
    struct span text = {0};
    walk_enter(&w, c);
    int err = walk_path(&w, path, 0);
    if (!err && (w.at.brief.mode & SYS_IFMT) != SYS_IFLNK)
        err = -EINVAL;
    if (!err) {
        struct fs *fs = w.at.mount->fs;
        err = fs->ops->readlink(fs, w.at.brief.ino, &text, &made);
    }
    if (!err)
        memcpy(buf, text.ptr, size_min(len, text.len));
    walk_leave(&w);
    kernel_free(c->vfs->kernel, made);
    return err ? err : (int64_t)size_min(len, text.len);
}

/* ---- setting ---------------------------------------------------------------------- */

/* Whether the caller may set these; now: only both times, to the present. */
static int tree_may_set(const struct caller *c, const struct mount *m,
                        const struct fs_brief *b, const struct fs_set *set, bool now)
{
    if (m->read_only)
        return -EROFS;
    if (c->uid == 0)
        return 0;
    if (now && !caller_may(c, b, SYS_W_OK))
        return 0;
    if (c->uid != b->uid)
        return now ? -EACCES : -EPERM;
    if ((set->what & FS_SET_UID) && set->uid != b->uid)
        return -EPERM;
    if ((set->what & FS_SET_GID) && set->gid != b->gid && set->gid != c->gid)
        return -EPERM;
    return 0;
}

static int tree_set(struct fs *fs, uint64_t ino, const struct fs_set *set)
{
    if (!set->what)
        return 0;
    return fs->ops->set ? fs->ops->set(fs, ino, set) : -EPERM;
}

int tree_set_node(struct vfs *v, struct mount *m, struct node *n,
                  const struct fs_set *set, const bool *now)
{
    struct caller c = caller_current(v);
    struct fs_brief b;
    lock_acquire(&v->tree);
    int err = n->fs->ops->brief(n->fs, n->ino, &b);
    if (!err)
        err = tree_may_set(&c, m, &b, set, now && *now);
    if (!err)
        err = tree_set(n->fs, n->ino, set);
    lock_release(&v->tree);
    return err;
}

static int tree_set_path(const struct caller *c, const char *path, bool follow,
                         const struct fs_set *set, bool now)
{
    struct walk w;
    struct file *file = NULL;
    walk_enter(&w, c);
    int err;
    do {
        err = walk_path(&w, path, follow ? WALK_FOLLOW : 0);
        if (!err && w.at.brief.magic)
            err = follow ? tree_follow(&w, &file) : -EPERM;
        else if (!err)
            err = tree_may_set(c, w.at.mount, &w.at.brief, set, now);
        if (!err && !file)
            err = tree_set(w.at.mount->fs, w.at.brief.ino, set);
    } while (err == -EINPROGRESS && !(err = walk_settle(&w)));
    walk_leave(&w);
    if (!file)
        return err;
    err = -EPERM;
    if (set->what == FS_SET_MODE && file->ops->chmod)
        err = file->ops->chmod(file, set->mode);
    else if (!(set->what & ~(unsigned)(FS_SET_ATIME | FS_SET_MTIME)) && file->ops->utimes)
        err = file->ops->utimes(file,
                                set->what & FS_SET_ATIME ? set->atime_ns : SYS_TIME_OMIT,
                                set->what & FS_SET_MTIME ? set->mtime_ns : SYS_TIME_OMIT);
    file_put(file);
    return err;
}

int tree_chmod(const struct caller *c, const char *path, unsigned mode)
{
    struct fs_set set = {.what = FS_SET_MODE, .mode = mode};
    return tree_set_path(c, path, true, &set, false);
}

int tree_chown(const struct caller *c, const char *path, int uid, int gid, bool follow)
{
    struct fs_set set = {.what =
                             (uid >= 0 ? FS_SET_UID : 0) | (gid >= 0 ? FS_SET_GID : 0),
                         .uid = (uint32_t)uid,
                         .gid = (uint32_t)gid};
    return tree_set_path(c, path, follow, &set, false);
}

bool tree_times(struct kernel *k, int64_t atime_ns, int64_t mtime_ns, struct fs_set *set)
{
    int64_t now = kernel_real(k);
    set->what |= (atime_ns != SYS_TIME_OMIT ? FS_SET_ATIME : 0) |
                 (mtime_ns != SYS_TIME_OMIT ? FS_SET_MTIME : 0);
    set->atime_ns = atime_ns == SYS_TIME_NOW ? now : atime_ns;
    set->mtime_ns = mtime_ns == SYS_TIME_NOW ? now : mtime_ns;
    return (atime_ns == SYS_TIME_NOW && mtime_ns == SYS_TIME_NOW) || !set->what;
}

int tree_utimes(const struct caller *c, const char *path, int64_t atime_ns,
                int64_t mtime_ns, bool follow)
{
    struct fs_set set = {0};
    bool now = tree_times(c->vfs->kernel, atime_ns, mtime_ns, &set);
    return tree_set_path(c, path, follow, &set, now);
}

/* ---- file systems ----------------------------------------------------------------- */

int tree_statfs_of(struct vfs *v, struct mount *m, struct sys_statfs *st)
{
    struct sys_statfs now = {0};
    lock_acquire(&v->tree);
    if (m->fs->ops->statfs)
        m->fs->ops->statfs(m->fs, &now);
    lock_release(&v->tree);
    fmt_to(now.type, sizeof now.type, "%s", m->fs->ops->type);
    *st = now;
    return 0;
}

int tree_statfs(const struct caller *c, const char *path, struct sys_statfs *st)
{
    struct walk w;
    walk_enter(&w, c);
    int err = walk_path(&w, path, WALK_FOLLOW);
    struct mount *m = err ? NULL : w.at.mount;
    walk_leave(&w);
    return err ? err : tree_statfs_of(c->vfs, m, st);
}

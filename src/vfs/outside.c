/* outside.c: see outside.h. */
#include "vfs/outside.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "sys.h"
#include "vfs/host_folder.h"
#include "vfs/hostfs.h"
#include "vfs/mount.h"
#include "vfs/state.h"
#include "vfs/tree.h"
#include "vfs/walk.h"

enum { OUTSIDE_PIECE = 65536, OUTSIDE_LISTING = 8192 };

/* What the embedder makes belongs to the virtual user, so that scripts can use it. */
static int outside_give(const struct caller *c, const char *path)
{
    return tree_chown(c, path, VFS_UID, VFS_GID, false);
}

/* ---- directories ------------------------------------------------------------------ */

static int outside_make_dir(const struct caller *c, const char *path, unsigned mode)
{
    int err = tree_mkdir(c, path, mode);
    return err ? err : outside_give(c, path);
}

/* Makes the missing directories above the last component of path. */
static int outside_make_parents(const struct caller *c, const char *path)
{
    size_t len = strlen(path);
    if (len >= VFS_PATH_MAX)
        return -ENAMETOOLONG;
    char *copy = kernel_alloc(c->vfs->kernel, len + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, path, len + 1);
    int err = 0;
    for (size_t i = 1; !err && i < len; i++) {
        if (copy[i] != '/' || copy[i - 1] == '/')
            continue;
        copy[i] = '\0';
        err = outside_make_dir(c, copy, 0755);
        if (err == -EEXIST)
            err = 0;
        copy[i] = '/';
    }
    kernel_free(c->vfs->kernel, copy);
    return err;
}

int vfs_make_dir(struct kernel *k, const char *path, unsigned mode, bool parents)
{
    struct caller c = caller_outside(vfs_of(k));
    int err = outside_make_dir(&c, path, mode);
    if (!parents || (err != -ENOENT && err != -EEXIST))
        return err;
    if (err == -ENOENT) {
        err = outside_make_parents(&c, path);
        if (!err)
            err = outside_make_dir(&c, path, mode);
    }
    if (err == -EEXIST) {
        struct sys_stat st;
        err = tree_stat(&c, path, true, &st);
        if (!err && (st.mode & SYS_IFMT) != SYS_IFDIR)
            err = -EEXIST;
    }
    return err;
}

int vfs_list(struct kernel *k, const char *path,
             bool (*each)(void *arg, const char *name, uint32_t type), void *arg)
{
    struct caller c = caller_outside(vfs_of(k));
    struct file *f;
    int err = tree_open(&c, path, SYS_RDONLY | SYS_DIRECTORY, 0, &f);
    if (err)
        return err;
    char *buf = kernel_alloc(k, OUTSIDE_LISTING);
    int64_t got = buf ? 1 : -ENOMEM;
    bool more = true;
    while (got > 0 && more) {
        got = f->ops->readdir(f, buf, OUTSIDE_LISTING);
        for (int64_t at = 0; more && at < got;) {
            const struct sys_dirent *d =
                (const struct sys_dirent *)(const void *)(buf + at);
            if (!str_eq(d->name, ".") && !str_eq(d->name, ".."))
                more = each(arg, d->name, (uint32_t)d->type << 12);
            at += d->size;
        }
    }
    kernel_free(k, buf);
    file_put(f);
    return got < 0 ? (int)got : 0;
}

/* ---- contents --------------------------------------------------------------------- */

int vfs_open_file(struct kernel *k, const char *path, unsigned flags, unsigned mode,
                  struct file **file)
{
    struct caller c = caller_outside(vfs_of(k));
    struct sys_stat st;
    bool new = (flags & SYS_CREAT) && tree_stat(&c, path, true, &st) == -ENOENT;
    int err = tree_open(&c, path, flags, mode, file);
    if (!err && new &&tree_chown(&c, path, VFS_UID, VFS_GID, true))
        new = false; // it is gone again
    return err;
}

int vfs_write_file(struct kernel *k, const char *path, const void *data, size_t len,
                   unsigned mode, bool append)
{
    struct caller c = caller_outside(vfs_of(k));
    unsigned flags =
        SYS_WRONLY | SYS_CREAT | SYS_NONBLOCK | (append ? SYS_APPEND : SYS_TRUNC);
    struct file *f;
    int err = vfs_open_file(k, path, flags, mode, &f);
    if (err == -ENOENT) {
        err = outside_make_parents(&c, path);
        if (!err)
            err = vfs_open_file(k, path, flags, mode, &f);
    }
    if (err)
        return err;
    size_t done = 0;
    while (!err && done < len) {
        int64_t got = f->ops->write
                          ? f->ops->write(f, (const char *)data + done, len - done)
                          : -EBADF;
        if (got <= 0)
            err = got ? (int)got : -EIO;
        else
            done += (size_t)got;
    }
    file_put(f);
    return err;
}

int vfs_read_file(struct kernel *k, const char *path, uint64_t max, struct buf *out)
{
    struct caller c = caller_outside(vfs_of(k));
    struct file *f;
    int err = tree_open(&c, path, SYS_RDONLY | SYS_NONBLOCK, 0, &f);
    if (err)
        return err;
    uint64_t total = 0;
    for (;;) {
        char *room = buf_room(out, OUTSIDE_PIECE);
        int64_t got = !room          ? -ENOMEM
                      : f->ops->read ? f->ops->read(f, room, OUTSIDE_PIECE)
                                     : -EBADF;
        if (got <= 0) {
            err = (int)got;
            break;
        }
        total += (uint64_t)got;
        if (total > max) {
            err = -EFBIG;
            break;
        }
        buf_grew(out, (size_t)got);
    }
    file_put(f);
    return err;
}

/* ---- names ------------------------------------------------------------------------ */

int vfs_stat(struct kernel *k, const char *path, bool follow, struct sys_stat *st)
{
    struct caller c = caller_outside(vfs_of(k));
    return tree_stat(&c, path, follow, st);
}

int vfs_make_link(struct kernel *k, const char *target, const char *path)
{
    struct caller c = caller_outside(vfs_of(k));
    int err = tree_symlink(&c, target, path);
    return err ? err : outside_give(&c, path);
}

int vfs_rename_file(struct kernel *k, const char *from, const char *to)
{
    struct caller c = caller_outside(vfs_of(k));
    return tree_rename(&c, from, to, 0);
}

static bool outside_first(void *arg, const char *name, uint32_t type)
{
    (void)type;
    struct buf *path = arg;
    buf_add_char(path, '/');
    buf_add_str(path, name);
    return false;
}

/* Empties and removes the directory that path names: always the first entry, depth
 * first. */
static int outside_remove_tree(struct kernel *k, const struct caller *c, const char *top)
{
    struct buf path = buf_make(&k->kernel_heap);
    buf_add_str(&path, top);
    size_t base = path.len;
    int err = 0;
    while (!err) {
        err = path.failed ? -ENOMEM : tree_unlink(c, buf_str(&path));
        if (err == -EISDIR)
            err = tree_rmdir(c, buf_str(&path));
        if (err == -ENOTEMPTY) {
            size_t before = path.len;
            err = vfs_list(k, buf_str(&path), outside_first, &path);
            if (!err && path.len == before)
                err = tree_rmdir(c, buf_str(&path)); // emptied by somebody else meanwhile
            else
                continue;
        }
        if (!err || err == -ENOENT) { // removed: back to its parent
            if (path.len == base)
                break;
            err = 0;
            buf_cut(&path, span_find_last(buf_span(&path), '/'));
        }
    }
    buf_fini(&path);
    return err;
}

int vfs_remove(struct kernel *k, const char *path, bool recursive)
{
    struct caller c = caller_outside(vfs_of(k));
    if (recursive)
        return outside_remove_tree(k, &c, path);
    int err = tree_unlink(&c, path);
    return err == -EISDIR ? tree_rmdir(&c, path) : err;
}

/* ---- mounts ----------------------------------------------------------------------- */

int vfs_mount_host(struct kernel *k, const char *host_path, const char *path,
                   bool read_only)
{
    struct vfs *v = vfs_of(k);
    struct caller c = caller_outside(v);
    struct host_handle *folder;
    struct fs *fs;
    if (!read_only)
        return -ENOTSUP;
    int err = vfs_make_dir(k, path, 0755, true);
    if (!err)
        err = hostfs_share_make(v);
    if (!err)
        err = host_folder_open(host_path, &folder);
    if (err)
        return err;
    err = hostfs_new(v, folder, &fs);
    if (err) {
        host_handle_put(folder);
        return err;
    }
    struct walk w;
    walk_enter(&w, &c);
    err = walk_path(&w, path, WALK_FOLLOW);
    if (!err && w.at.mount->parent && w.at.brief.ino == w.at.mount->root)
        err = -EBUSY;
    if (!err)
        err = vfs_mount_locked(v, fs, w.at.mount, w.at.brief.ino, read_only);
    walk_leave(&w);
    if (err)
        fs->ops->fini(fs);
    return err;
}

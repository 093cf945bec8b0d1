/* memfs_file.c: open regular files of a memory file system.
 *
 * Contents are copied under the node's lock: a read and a write in pieces of
 * CONTENT_PIECE, an append in pieces of MEMFS_APPEND, each of which is atomic. The open
 * file's lock is held for a whole call (calls above MEMFS_CALL are done in part), so that
 * processes that share an offset don't get the same bytes. */
#include <errno.h>

#include "kernel/limits.h"
#include "kernel/process.h"
#include "kernel/rlimits.h"
#include "vfs/memfs.h"
#include "vfs/node.h"
#include "vfs/state.h"
#include "vfs/vfs_file.h"

enum { MEMFS_APPEND = 1 << 20, MEMFS_CALL = 1 << 30 };

static struct node *memfs_file_node(struct file *f)
{
    return ((struct vfs_file *)f)->node;
}

/* Reading notes the access time only when that is news, as Linux does by default
 * (relatime). */
static void memfs_note_read(struct memfs *m, struct inode *i)
{
    if (i->atime_ns <= i->mtime_ns || i->atime_ns <= i->ctime_ns)
        i->atime_ns = memfs_now(m);
}

static int64_t memfs_file_read_at(struct file *f, void *buf, size_t len, int64_t offset)
{
    struct node *n = memfs_file_node(f);
    size_t done = 0;
    len = size_min(len, MEMFS_CALL);
    while (done < len) {
        size_t piece = size_min(len - done, CONTENT_PIECE);
        lock_acquire(&n->lock);
        size_t got = content_read(&n->inode->u.content, (char *)buf + done, piece,
                                  offset + (int64_t)done);
        if (!done && got)
            memfs_note_read(memfs_of(n->fs), n->inode);
        lock_release(&n->lock);
        done += got;
        if (got < piece)
            break;
    }
    return (int64_t)done;
}

/* The size up to which the caller may make a file. */
static uint64_t memfs_max_size(const struct memfs *m)
{
    const struct process *self = process_self();
    uint64_t limit = limits_value(&m->fs.kernel->limits, LIMIT_FILE_SIZE);
    if (!self || !self->rlimits)
        return limit;
    uint64_t own = self->rlimits->of[SYS_RLIMIT_FSIZE].soft;
    return own < limit ? own : limit;
}

/* Writes a piece at *offset, or with append at the end, and gives where. */
static int64_t memfs_file_write_piece(struct node *n, const void *buf, size_t len,
                                      bool append, int64_t *offset)
{
    struct memfs *m = memfs_of(n->fs);
    uint64_t limit = memfs_max_size(m);
    int64_t max = limit < (uint64_t)CONTENT_MAX ? (int64_t)limit : CONTENT_MAX;
    lock_acquire(&n->lock);
    struct content *c = &n->inode->u.content;
    if (append)
        *offset = c->size;
    int64_t got = -EFBIG;
    if (*offset < max) {
        len = size_min(len, (uint64_t)(max - *offset));
        got = content_write(c, &m->inodes.owner, buf, len, *offset);
    }
    if (got > 0)
        n->inode->mtime_ns = n->inode->ctime_ns = memfs_now(m);
    lock_release(&n->lock);
    return got;
}

/* Writes at *offset, which moves on. */
static int64_t memfs_file_write_at(struct file *f, const void *buf, size_t len,
                                   bool append, int64_t *offset)
{
    size_t done = 0;
    len = size_min(len, MEMFS_CALL);
    while (done < len) {
        size_t piece = size_min(len - done, append ? MEMFS_APPEND : CONTENT_PIECE);
        int64_t got = memfs_file_write_piece(memfs_file_node(f), (const char *)buf + done,
                                             piece, append, offset);
        if (got < 0)
            return done ? (int64_t)done : got;
        *offset += got;
        done += (size_t)got;
        if ((size_t)got < piece)
            break;
    }
    return (int64_t)done;
}

static int64_t memfs_file_read(struct file *f, void *buf, size_t len)
{
    if (!file_can_read(f))
        return -EBADF;
    lock_acquire(&f->lock);
    int64_t got = memfs_file_read_at(f, buf, len, f->offset);
    f->offset += got;
    lock_release(&f->lock);
    return got;
}

static int64_t memfs_file_write(struct file *f, const void *buf, size_t len)
{
    if (!file_can_write(f))
        return -EBADF;
    lock_acquire(&f->lock);
    int64_t got =
        memfs_file_write_at(f, buf, len, file_flags(f) & SYS_APPEND, &f->offset);
    lock_release(&f->lock);
    return got;
}

static int64_t memfs_file_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    if (!file_can_read(f))
        return -EBADF;
    return offset < 0 ? -EINVAL : memfs_file_read_at(f, buf, len, offset);
}

/* As POSIX has it, not as Linux: the offset counts even with APPEND. */
static int64_t memfs_file_pwrite(struct file *f, const void *buf, size_t len,
                                 int64_t offset)
{
    if (!file_can_write(f))
        return -EBADF;
    return offset < 0 ? -EINVAL : memfs_file_write_at(f, buf, len, false, &offset);
}

static int64_t memfs_file_seek(struct file *f, int64_t offset, int whence)
{
    struct node *n = memfs_file_node(f);
    lock_acquire(&f->lock);
    int64_t base = 0;
    if (whence == SYS_SEEK_CUR) {
        base = f->offset;
    } else if (whence == SYS_SEEK_END) {
        lock_acquire(&n->lock);
        base = n->inode->u.content.size;
        lock_release(&n->lock);
    }
    int64_t to;
    if (whence < SYS_SEEK_SET || whence > SYS_SEEK_END ||
        __builtin_add_overflow(base, offset, &to) || to < 0)
        to = -EINVAL;
    else
        f->offset = to;
    lock_release(&f->lock);
    return to;
}

int memfs_truncate(struct node *n, int64_t size)
{
    struct memfs *m = memfs_of(n->fs);
    if (size > CONTENT_MAX || (uint64_t)size > memfs_max_size(m))
        return -EFBIG;
    struct content old = {0};
    lock_acquire(&n->lock);
    struct content *c = &n->inode->u.content;
    int err = 0;
    if (size == 0) { // freed without the lock: a large file takes long
        old = *c;
        *c = (struct content){0};
    } else {
        err = content_truncate(c, &m->inodes.owner, size);
    }
    if (!err)
        n->inode->mtime_ns = n->inode->ctime_ns = memfs_now(m);
    lock_release(&n->lock);
    content_fini(&old, &m->inodes.owner);
    return err;
}

static const struct file_ops memfs_file_ops = {
    .read = memfs_file_read,
    .write = memfs_file_write,
    .pread = memfs_file_pread,
    .pwrite = memfs_file_pwrite,
    .seek = memfs_file_seek,
    .stat = vfs_file_stat,
    .statfs = vfs_file_statfs,
    .truncate = vfs_file_truncate,
    .chmod = vfs_file_chmod,
    .utimes = vfs_file_utimes,
    .flock = vfs_file_flock,
    .close = vfs_file_close,
    .name = vfs_file_name,
};

int memfs_open(const struct fs_open *o, struct file **file)
{
    return vfs_file_new(o, sizeof(struct vfs_file), &memfs_file_ops, file);
}

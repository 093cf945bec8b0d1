/* hostfs_file.c: see hostfs_file.h. */
#include "vfs/hostfs_file.h"

#include <errno.h>
#include <string.h>

#include "kernel/host_work.h"
#include "kernel/kernel.h"
#include "kernel/waitq.h"
#include "vfs/host_folder.h"
#include "vfs/node.h"
#include "vfs/state.h"
#include "vfs/vfs_file.h"

enum { HOSTFS_BLOCK = 65536 };

struct hostfs_opening {
    struct host_work work;
    struct host_handle *folder, *file;
    int err;
    char path[VFS_PATH_MAX];
};

/* A request to read, or for attributes. What it has read stays in block for the next
 * reader. */
struct hostfs_io {
    struct host_work work;
    struct host_handle *file;
    bool stat;
    int64_t offset, got; // got: bytes, or an error
    struct sys_stat st;
    char block[HOSTFS_BLOCK];
};

/* `busy` is guarded by file.lock: one reader at a time uses io and moves the offset. */
struct hostfs_file {
    struct vfs_file vf;
    struct host_handle *handle;
    struct hostfs_io *io; // NULL: none yet, or the last was abandoned
    bool busy;
    struct waitq idle;
};

/* ---- requests --------------------------------------------------------------------- */

static void hostfs_opening_run(struct host_work *w)
{
    struct hostfs_opening *o = (struct hostfs_opening *)w;
    o->err = host_folder_open_file(o->folder, o->path, &o->file);
}

static void hostfs_opening_fini(struct host_work *w)
{
    struct hostfs_opening *o = (struct hostfs_opening *)w;
    host_handle_put(o->folder);
    if (o->file)
        host_handle_put(o->file);
}

struct hostfs_opening *hostfs_opening_new(struct host_share *s,
                                          struct host_handle *folder)
{
    struct host_work *w = host_work_new(s, sizeof(struct hostfs_opening),
                                        hostfs_opening_run, hostfs_opening_fini);
    struct hostfs_opening *o = (struct hostfs_opening *)w;
    if (o)
        o->folder = host_handle_get(folder);
    return o;
}

char *hostfs_opening_path(struct hostfs_opening *o) { return o->path; }

static void hostfs_io_run(struct host_work *w)
{
    struct hostfs_io *io = (struct hostfs_io *)w;
    if (io->stat)
        io->got = host_folder_fstat(io->file, &io->st);
    else
        io->got = host_folder_pread(io->file, io->block, sizeof io->block, io->offset);
}

static void hostfs_io_fini(struct host_work *w)
{
    host_handle_put(((struct hostfs_io *)w)->file);
}

/* ---- one at a time ---------------------------------------------------------------- */

static int hostfs_file_begin(struct hostfs_file *hf)
{
    struct file *f = &hf->vf.file;
    struct wait_reason reason = {.what = "another reader of", .file = f};
    int err = 0;
    lock_acquire(&f->lock);
    while (!err && hf->busy)
        err = waitq_sleep(&hf->idle, &f->lock, UINT64_MAX, WAIT_KILLABLE, &reason);
    if (!err)
        hf->busy = true;
    lock_release(&f->lock);
    if (err || hf->io)
        return err;
    struct host_share *share = vfs_of(f->kernel)->host;
    hf->io = (struct hostfs_io *)host_work_new(share, sizeof *hf->io, hostfs_io_run,
                                               hostfs_io_fini);
    if (hf->io)
        hf->io->file = host_handle_get(hf->handle);
    return 0;
}

static void hostfs_file_end(struct hostfs_file *hf)
{
    lock_acquire(&hf->vf.file.lock);
    hf->busy = false;
    waitq_wake_one(&hf->idle);
    lock_release(&hf->vf.file.lock);
}

/* Runs the request. A killed process leaves it to its thread. */
static int hostfs_file_ask(struct hostfs_file *hf)
{
    struct wait_reason reason = {.what = "the host's", .file = &hf->vf.file};
    if (!hf->io)
        return -ENOMEM;
    int err = host_work_do(hf->vf.file.kernel, &hf->io->work, &reason);
    if (err) {
        host_work_put(&hf->io->work);
        hf->io = NULL;
    }
    return err;
}

/* ---- operations ------------------------------------------------------------------- */

/* Copies what io's block has from offset on. 0: nothing. */
static size_t hostfs_file_from_block(const struct hostfs_io *io, void *buf, size_t len,
                                     int64_t offset)
{
    if (!io || io->stat || io->got <= 0 || offset < io->offset ||
        offset >= io->offset + io->got)
        return 0;
    size_t n = size_min(len, (size_t)(io->offset + io->got - offset));
    memcpy(buf, io->block + (offset - io->offset), n);
    return n;
}

static int64_t hostfs_file_read_at(struct hostfs_file *hf, void *buf, size_t len,
                                   int64_t offset)
{
    size_t done = 0;
    while (done < len) {
        char *dst = (char *)buf + done;
        int64_t at = offset + (int64_t)done;
        size_t n = hostfs_file_from_block(hf->io, dst, len - done, at);
        if (!n) {
            if (hf->io) {
                hf->io->stat = false;
                hf->io->offset = at;
                hf->io->got = 0;
            }
            int err = hostfs_file_ask(hf);
            if (!err && hf->io->got < 0)
                err = (int)hf->io->got;
            if (err)
                return done ? (int64_t)done : err;
            n = hostfs_file_from_block(hf->io, dst, len - done, at);
            if (!n)
                break;
        }
        done += n;
    }
    return (int64_t)done;
}

static int64_t hostfs_file_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    struct hostfs_file *hf = (struct hostfs_file *)f;
    if (offset < 0)
        return -EINVAL;
    int64_t got = hostfs_file_begin(hf);
    if (got)
        return got;
    got = hostfs_file_read_at(hf, buf, len, offset);
    hostfs_file_end(hf);
    return got;
}

static int64_t hostfs_file_read(struct file *f, void *buf, size_t len)
{
    struct hostfs_file *hf = (struct hostfs_file *)f;
    int64_t got = hostfs_file_begin(hf);
    if (got)
        return got;
    lock_acquire(&f->lock);
    int64_t offset = f->offset;
    lock_release(&f->lock);
    got = hostfs_file_read_at(hf, buf, len, offset);
    if (got > 0) {
        lock_acquire(&f->lock);
        f->offset = offset + got;
        lock_release(&f->lock);
    }
    hostfs_file_end(hf);
    return got;
}

/* Fresh attributes, as the sandbox sees them. */
static int hostfs_file_stat(struct file *f, struct sys_stat *st)
{
    struct hostfs_file *hf = (struct hostfs_file *)f;
    int err = hostfs_file_begin(hf);
    if (err)
        return err;
    if (hf->io)
        hf->io->stat = true;
    err = hostfs_file_ask(hf);
    if (!err)
        err = (int)hf->io->got;
    if (!err) {
        *st = hf->io->st;
        st->uid = VFS_UID;
        st->gid = VFS_GID;
        st->dev = hf->vf.node->fs->dev;
    }
    hostfs_file_end(hf);
    return err;
}

static int64_t hostfs_file_seek(struct file *f, int64_t offset, int whence)
{
    struct sys_stat st;
    int64_t base = 0, to;
    if (whence == SYS_SEEK_END) {
        int err = hostfs_file_stat(f, &st);
        if (err)
            return err;
        base = st.size;
    } else if (whence != SYS_SEEK_SET && whence != SYS_SEEK_CUR) {
        return -EINVAL;
    }
    lock_acquire(&f->lock);
    if (whence == SYS_SEEK_CUR)
        base = f->offset;
    if (__builtin_add_overflow(base, offset, &to) || to < 0)
        to = -EINVAL;
    else
        f->offset = to;
    lock_release(&f->lock);
    return to;
}

static void hostfs_file_close(struct file *f)
{
    struct hostfs_file *hf = (struct hostfs_file *)f;
    if (hf->io)
        host_work_put(&hf->io->work);
    host_handle_put(hf->handle);
    vfs_file_close(f);
}

static const struct file_ops hostfs_file_ops = {
    .read = hostfs_file_read,
    .pread = hostfs_file_pread,
    .seek = hostfs_file_seek,
    .stat = hostfs_file_stat,
    .statfs = vfs_file_statfs,
    .chmod = vfs_file_chmod,
    .utimes = vfs_file_utimes,
    .flock = vfs_file_flock,
    .close = hostfs_file_close,
    .name = vfs_file_name,
};

int hostfs_file_open(const struct fs_open *o, struct hostfs_opening *opening, int err,
                     struct file **file)
{
    struct wait_reason reason = {.what = "a folder of the host"};
    if (!err)
        err = host_work_do(o->node->fs->kernel, &opening->work, &reason);
    if (!err)
        err = opening->err;
    if (!err)
        err = vfs_file_new(o, sizeof(struct hostfs_file), &hostfs_file_ops, file);
    if (!err) {
        struct hostfs_file *hf = (struct hostfs_file *)*file;
        hf->handle = host_handle_get(opening->file);
        waitq_init(&hf->idle);
    }
    host_work_put(&opening->work);
    return err;
}

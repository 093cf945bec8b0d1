/* sys_fd.c: the calls on descriptors. Documented in sys.h. */
#include <errno.h>

#include "kernel/capture.h"
#include "kernel/door.h"
#include "kernel/fdtab.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/pipe.h"
#include "kernel/poll.h"
#include "kernel/process.h"
#include "sys.h"

enum { FD_CHANGEABLE = SYS_APPEND | SYS_NONBLOCK, FD_CAPTURE_MIN = 10 };

/* ---- Bytes ------------------------------------------------------------------------ */

static int64_t do_read(struct process *self, int fd, void *buf, size_t len)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f || !file_can_read(f) || !f->ops->read)
        return f && !f->ops->read && f->ops->readdir ? -EISDIR : -EBADF;
    return f->ops->read(f, buf, len);
}

int64_t sys_read(int fd, void *buf, size_t len)
{
    struct process *self = sys_enter(CALL_READ);
    return sys_leave(self, do_read(self, fd, buf, len));
}

static int64_t do_write(struct process *self, int fd, const void *buf, size_t len)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f || !file_can_write(f) || !f->ops->write)
        return -EBADF;
    int64_t done = f->ops->write(f, buf, len);
    if (done == -EPIPE)
        process_signal(self, SYS_SIGPIPE);
    else if (done == -EFBIG)
        process_signal(self, SYS_SIGXFSZ);
    return done;
}

int64_t sys_write(int fd, const void *buf, size_t len)
{
    struct process *self = sys_enter(CALL_WRITE);
    return sys_leave(self, do_write(self, fd, buf, len));
}

static int64_t do_pread(struct process *self, int fd, void *buf, size_t len,
                        int64_t offset)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f || !file_can_read(f))
        return -EBADF;
    if (!f->ops->pread)
        return -ESPIPE;
    return offset < 0 ? -EINVAL : f->ops->pread(f, buf, len, offset);
}

int64_t sys_pread(int fd, void *buf, size_t len, int64_t offset)
{
    struct process *self = sys_enter(CALL_PREAD);
    return sys_leave(self, do_pread(self, fd, buf, len, offset));
}

static int64_t do_pwrite(struct process *self, int fd, const void *buf, size_t len,
                         int64_t offset)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f || !file_can_write(f))
        return -EBADF;
    if (!f->ops->pwrite)
        return -ESPIPE;
    return offset < 0 ? -EINVAL : f->ops->pwrite(f, buf, len, offset);
}

int64_t sys_pwrite(int fd, const void *buf, size_t len, int64_t offset)
{
    struct process *self = sys_enter(CALL_PWRITE);
    return sys_leave(self, do_pwrite(self, fd, buf, len, offset));
}

static int64_t do_seek(struct process *self, int fd, int64_t offset, int whence)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    return f->ops->seek ? f->ops->seek(f, offset, whence) : -ESPIPE;
}

int64_t sys_seek(int fd, int64_t offset, int whence)
{
    struct process *self = sys_enter(CALL_SEEK);
    return sys_leave(self, do_seek(self, fd, offset, whence));
}

/* ---- Descriptors ------------------------------------------------------------------ */

int sys_close(int fd)
{
    struct process *self = sys_enter(CALL_CLOSE);
    return (int)sys_leave(self, fdtab_close(&self->fds, fd));
}

static int do_dup(struct process *self, int fd, int min, unsigned flags)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    if (flags & ~(unsigned)SYS_CLOEXEC)
        return -EINVAL;
    int got = fdtab_add(&self->fds, file_get(f), min, flags & SYS_CLOEXEC);
    if (got < 0)
        file_put(f);
    return got;
}

int sys_dup(int fd, int min, unsigned flags)
{
    struct process *self = sys_enter(CALL_DUP);
    return (int)sys_leave(self, do_dup(self, fd, min, flags));
}

static int do_dup_to(struct process *self, int fd, int to, unsigned flags)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    if (flags & ~(unsigned)SYS_CLOEXEC)
        return -EINVAL;
    if (fd == to)
        return to;
    int got = fdtab_set(&self->fds, to, file_get(f), flags & SYS_CLOEXEC);
    if (got < 0)
        file_put(f);
    return got;
}

int sys_dup_to(int fd, int to, unsigned flags)
{
    struct process *self = sys_enter(CALL_DUP_TO);
    return (int)sys_leave(self, do_dup_to(self, fd, to, flags));
}

static int do_fd_flags(struct process *self, int fd)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    unsigned cloexec = self->fds.slots[fd].cloexec ? SYS_CLOEXEC : 0;
    return (int)(file_flags(f) | cloexec);
}

int sys_fd_flags(int fd)
{
    struct process *self = sys_enter(CALL_FD_FLAGS);
    return (int)sys_leave(self, do_fd_flags(self, fd));
}

static int do_fd_set_flags(struct process *self, int fd, unsigned flags)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    unsigned kept = file_flags(f) & ~(unsigned)FD_CHANGEABLE;
    atomic_store(&f->flags, kept | (flags & FD_CHANGEABLE));
    self->fds.slots[fd].cloexec = flags & SYS_CLOEXEC;
    return 0;
}

int sys_fd_set_flags(int fd, unsigned flags)
{
    struct process *self = sys_enter(CALL_FD_SET_FLAGS);
    return (int)sys_leave(self, do_fd_set_flags(self, fd, flags));
}

static int do_fd_next(struct process *self, int fd)
{
    for (unsigned at = fd < 0 ? 0 : (unsigned)fd; at < self->fds.count; at++)
        if (self->fds.slots[at].file)
            return (int)at;
    return -EBADF;
}

int sys_fd_next(int fd)
{
    struct process *self = sys_enter(CALL_FD_NEXT);
    return (int)sys_leave(self, do_fd_next(self, fd));
}

bool sys_isatty(int fd)
{
    struct process *self = sys_enter(CALL_ISATTY);
    struct file *f = fdtab_file(&self->fds, fd);
    return sys_leave(self, f && f->ops->is_tty);
}

/* ---- Pipes and captures ----------------------------------------------------------- */

static int do_pipe(struct process *self, int fds[2], unsigned flags)
{
    if (flags & ~(unsigned)SYS_CLOEXEC)
        return -EINVAL;

    struct file *ends[2];
    int err = file_new_pipe(self->kernel, ends);
    if (err)
        return err;
    err = fdtab_add_pair(&self->fds, ends, 0, flags, fds); // takes both ends, or neither
    if (err) {
        file_put(ends[0]);
        file_put(ends[1]);
    }
    return err;
}

int sys_pipe(int fds[2], unsigned flags)
{
    struct process *self = sys_enter(CALL_PIPE);
    return (int)sys_leave(self, do_pipe(self, fds, flags));
}

static int do_capture(struct process *self, int fds[2])
{
    struct file *ends[2];
    int err = capture_new(self->kernel, ends);
    if (err)
        return err;
    err = fdtab_add_pair(&self->fds, ends, FD_CAPTURE_MIN, true, fds);
    if (err) {
        file_put(ends[0]);
        file_put(ends[1]);
    }
    return err;
}

int sys_capture(int fds[2])
{
    struct process *self = sys_enter(CALL_CAPTURE);
    return (int)sys_leave(self, do_capture(self, fds));
}

static int do_capture_take(struct process *self, int fd, char **data, size_t *len)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    int err = capture_take(self, f, data, len);
    if (!err)
        err = fdtab_close(&self->fds, fd);
    return err;
}

int sys_capture_take(int fd, char **data, size_t *len)
{
    struct process *self = sys_enter(CALL_CAPTURE_TAKE);
    return (int)sys_leave(self, do_capture_take(self, fd, data, len));
}

int sys_poll(struct sys_pollfd *fds, size_t count, int64_t timeout_ns)
{
    struct process *self = sys_enter(CALL_POLL);
    return (int)sys_leave(self, poll_wait(self, fds, count, timeout_ns));
}

/* ---- Files by descriptor ---------------------------------------------------------- */

static int do_fstat(struct process *self, int fd, struct sys_stat *st)
{
    struct file *f = fdtab_file(&self->fds, fd);
    return f ? f->ops->stat(f, st) : -EBADF;
}

int sys_fstat(int fd, struct sys_stat *st)
{
    struct process *self = sys_enter(CALL_FSTAT);
    return (int)sys_leave(self, do_fstat(self, fd, st));
}

static int do_ftruncate(struct process *self, int fd, int64_t size)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    if (!f->ops->truncate || !file_can_write(f) || size < 0)
        return -EINVAL;
    int err = f->ops->truncate(f, size);
    if (err == -EFBIG)
        process_signal(self, SYS_SIGXFSZ);
    return err;
}

int sys_ftruncate(int fd, int64_t size)
{
    struct process *self = sys_enter(CALL_FTRUNCATE);
    return (int)sys_leave(self, do_ftruncate(self, fd, size));
}

static int do_fchmod(struct process *self, int fd, unsigned mode)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    return f->ops->chmod ? f->ops->chmod(f, mode) : -EINVAL;
}

int sys_fchmod(int fd, unsigned mode)
{
    struct process *self = sys_enter(CALL_FCHMOD);
    return (int)sys_leave(self, do_fchmod(self, fd, mode));
}

static int do_futimes(struct process *self, int fd, int64_t atime_ns, int64_t mtime_ns)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    return f->ops->utimes ? f->ops->utimes(f, atime_ns, mtime_ns) : -EINVAL;
}

int sys_futimes(int fd, int64_t atime_ns, int64_t mtime_ns)
{
    struct process *self = sys_enter(CALL_FUTIMES);
    return (int)sys_leave(self, do_futimes(self, fd, atime_ns, mtime_ns));
}

static int do_fchdir(struct process *self, int fd)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    return f->ops->chdir ? f->ops->chdir(f) : -ENOTDIR;
}

int sys_fchdir(int fd)
{
    struct process *self = sys_enter(CALL_FCHDIR);
    return (int)sys_leave(self, do_fchdir(self, fd));
}

static int64_t do_readdir(struct process *self, int fd, void *buf, size_t len)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    if (!f->ops->readdir)
        return -ENOTDIR;
    return len < 512 ? -EINVAL : f->ops->readdir(f, buf, len);
}

int64_t sys_readdir(int fd, void *buf, size_t len)
{
    struct process *self = sys_enter(CALL_READDIR);
    return sys_leave(self, do_readdir(self, fd, buf, len));
}

static int do_flock(struct process *self, int fd, int operation)
{
    struct file *f = fdtab_file(&self->fds, fd);
    if (!f)
        return -EBADF;
    return f->ops->flock ? f->ops->flock(f, operation) : -EINVAL;
}

int sys_flock(int fd, int operation)
{
    struct process *self = sys_enter(CALL_FLOCK);
    return (int)sys_leave(self, do_flock(self, fd, operation));
}

/* host_stream.c: see host_stream.h. */
#include "kernel/host_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/fmt.h"
#include "kernel/fdwait.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/output.h"
#include "kernel/process.h"
#include "kernel/waitq.h"
#include "sys.h"

enum {
    STREAM_STEP = 4096, // a pipe that poll calls writable takes so much without waiting
    STREAM_READ = 1 << 18, // at a time
    STREAM_LOOK_MS = 50, // deterministic: how often a wait looks whether the run is over
    STREAM_SAY_MS = 1000
};

struct host_stream {
    struct file file;
    // const after init
    int fd;
    bool write;
    bool direct; // never waits: a regular file, /dev/null
    bool socket;
    const char *name;

    struct lock lock;  // rank LOCK_STREAM; guards the rest
    bool watched;      // a process waits for the descriptor
    struct waitq turn; // who waits while another does
    bool reopened;     // whether own_fd was tried
    int own_fd;        // the same pipe or terminal opened again, non-blocking; -1: none
};

static struct host_stream *stream_of(const struct file *f)
{
    return (struct host_stream *)f;
}

/* ---- Waiting ---------------------------------------------------------------------- */

/* The worker waits itself, and looks now and then whether it still has to. */
static int stream_wait_here(struct host_stream *s)
{
    struct pollfd p = {.fd = s->fd, .events = s->write ? POLLOUT : POLLIN};
    struct kernel *k = s->file.kernel;
    while (poll(&p, 1, STREAM_LOOK_MS) == 0)
        if (atomic_load(&k->ending))
            return -EINTR;
    return 0;
}

static int stream_watch(struct host_stream *s, const struct wait_reason *reason)
{
    struct fdwait w;
    int err = fdwait_start(&w, s->fd, s->write);
    if (err)
        return err == -EALREADY ? 0 : err;
    err = process_park(UINT64_MAX, WAIT_INTERRUPTIBLE, reason);
    fdwait_stop(&w);
    return err;
}

/* Waits until the descriptor may be ready. May block. -EINTR -ENOMEM. */
static int stream_wait(struct host_stream *s)
{
    const struct wait_reason reason = {s->write ? "room in" : "input from", &s->file, 0};
    if (s->file.kernel->deterministic)
        return stream_wait_here(s);
    int err = 0;
    lock_acquire(&s->lock);
    while (s->watched && !err)
        err = waitq_sleep(&s->turn, &s->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, &reason);
    bool mine = !err;
    s->watched |= mine;
    lock_release(&s->lock);
    if (mine)
        err = stream_watch(s, &reason);
    lock_acquire(&s->lock);
    if (mine)
        s->watched = false;
    if (!s->watched)
        waitq_wake_one(&s->turn); // also what woke this one in vain
    lock_release(&s->lock);
    return err;
}

static bool stream_is_ready(const struct host_stream *s)
{
    struct pollfd p = {.fd = s->fd, .events = s->write ? POLLOUT : POLLIN};
    return poll(&p, 1, 0) != 0;
}

/* ---- Reading ---------------------------------------------------------------------- */

static int64_t stream_read_once(struct host_stream *s, void *buf, size_t len)
{
    if (!s->direct && !stream_is_ready(s))
        return -EAGAIN;
    ssize_t got = read(s->fd, buf, size_min(len, STREAM_READ));
    return got < 0 ? -errno : got;
}

static int64_t stream_read(struct file *f, void *buf, size_t len)
{
    struct host_stream *s = stream_of(f);
    for (;;) {
        int64_t got = stream_read_once(s, buf, len);
        if (got == -EINTR)
            continue; // of the worker's thread; signals of processes come from the wait
        if (got != -EAGAIN || file_flags(f) & SYS_NONBLOCK)
            return got;
        int err = stream_wait(s);
        if (err)
            return err;
    }
}

static int64_t stream_pread(struct file *f, void *buf, size_t len, int64_t offset)
{
    ssize_t got = pread(stream_of(f)->fd, buf, size_min(len, STREAM_READ), offset);
    return got < 0 ? -errno : got;
}

static int64_t stream_seek(struct file *f, int64_t offset, int whence)
{
    static const int host[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    if (whence < 0 || whence > SYS_SEEK_END)
        return -EINVAL;
    off_t at = lseek(stream_of(f)->fd, offset, host[whence]);
    return at < 0 ? -errno : at;
}

/* ---- Writing ---------------------------------------------------------------------- */

/* Opens the pipe or terminal once more, for large writes that must not wait. */
static int stream_own_fd(struct host_stream *s)
{
    lock_acquire(&s->lock);
    bool first = !s->reopened;
    s->reopened = true;
    int own = s->own_fd;
    lock_release(&s->lock);
    if (!first)
        return own;
    char path[40];
    fmt_to(path, sizeof path, "/proc/self/fd/%d", s->fd);
    own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    lock_acquire(&s->lock);
    s->own_fd = own;
    lock_release(&s->lock);
    return own;
}

static int64_t stream_write_once(struct host_stream *s, const void *buf, size_t len)
{
    ssize_t done;
    if (s->socket) {
        done = send(s->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (s->direct) {
        done = write(s->fd, buf, len);
    } else {
        int own = len > STREAM_STEP ? stream_own_fd(s) : -1;
        if (own < 0 && !stream_is_ready(s))
            return -EAGAIN;
        done = own >= 0 ? write(own, buf, len)
                        : write(s->fd, buf, size_min(len, STREAM_STEP));
    }
    return done < 0 ? -errno : done;
}

static int64_t stream_write_all(struct host_stream *s, const char *buf, size_t len)
{
    size_t done = 0;
    while (done < len) {
        int64_t n = stream_write_once(s, buf + done, len - done);
        if (n == -EAGAIN && !(file_flags(&s->file) & SYS_NONBLOCK))
            n = stream_wait(s);
        else if (n == -EINTR)
            continue; // of the worker's thread
        if (n < 0)
            return done ? (int64_t)done : n;
        done += (size_t)n;
    }
    return (int64_t)done;
}

static int64_t stream_write(struct file *f, const void *buf, size_t len)
{
    size_t taken = output_take(f->kernel, len);
    int64_t done = stream_write_all(stream_of(f), buf, taken);
    return output_done(f->kernel, len, taken, done);
}

void host_stream_say(int fd, const char *text, size_t len)
{
    sigset_t pipe, old;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    while (len) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        if (poll(&p, 1, STREAM_SAY_MS) <= 0)
            break;
        ssize_t done = write(fd, text, size_min(len, STREAM_STEP));
        if (done <= 0)
            break;
        text += done;
        len -= (size_t)done;
    }
    if (!sigismember(
            &old, SIGPIPE)) // it must not reach the embedder once it is let through again
        sigtimedwait(&pipe, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* ---- The rest --------------------------------------------------------------------- */

static int64_t stream_time_ns(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int stream_stat(struct file *f, struct sys_stat *st)
{
    struct stat host;
    if (fstat(stream_of(f)->fd, &host))
        return -errno;
    *st = (struct sys_stat){.dev = host.st_dev,
                            .ino = host.st_ino,
                            .rdev = host.st_rdev,
                            .mode = host.st_mode,
                            .nlink = (uint32_t)host.st_nlink,
                            .uid = 1000,
                            .gid = 1000,
                            .size = host.st_size,
                            .blocks = host.st_blocks,
                            .atime_ns = stream_time_ns(host.st_atim),
                            .mtime_ns = stream_time_ns(host.st_mtim),
                            .ctime_ns = stream_time_ns(host.st_ctim)};
    return 0;
}

static unsigned stream_poll(struct file *f, struct poll_set *set)
{
    struct host_stream *s = stream_of(f);
    unsigned ready = s->write ? SYS_POLLOUT : SYS_POLLIN;
    if (s->direct || f->kernel->deterministic)
        return ready;
    struct pollfd p = {.fd = s->fd, .events = s->write ? POLLOUT : POLLIN};
    unsigned events = 0;
    if (poll(&p, 1, 0) > 0)
        events = (unsigned)p.revents & (POLLIN | POLLOUT | POLLERR | POLLHUP);
    if (!events && set && poll_set_add_fd(set, s->fd, s->write))
        events = ready;
    return events;
}

static void stream_close(struct file *f)
{
    struct host_stream *s = stream_of(f);
    if (s->own_fd >= 0)
        close(s->own_fd);
}

static size_t stream_name(const struct file *f, char *dst, size_t cap)
{
    return fmt_to(dst, cap, "%s", stream_of(f)->name);
}

#define STREAM_OPS(tty)                                                  \
    {                                                                    \
        .read = stream_read, .write = stream_write, .stat = stream_stat, \
        .poll = stream_poll, .close = stream_close, .name = stream_name, \
        .is_tty = (tty),                                                 \
    }
static const struct file_ops stream_ops = STREAM_OPS(false),
                             stream_tty_ops = STREAM_OPS(true);
static const struct file_ops stream_file_ops = {
    .read = stream_read,
    .write = stream_write,
    .pread = stream_pread,
    .seek = stream_seek,
    .stat = stream_stat,
    .poll = stream_poll,
    .close = stream_close,
    .name = stream_name,
};

static bool stream_is_null(const struct stat *st)
{
    return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

int host_stream_new(struct kernel *k, int fd, bool write, const char *name,
                    struct file **file)
{
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    bool regular = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
    bool direct = regular || stream_is_null(&st);
    if (k->deterministic && !write && !direct)
        return -EINVAL;
    const struct file_ops *ops = regular && !write ? &stream_file_ops : &stream_ops;
    if (S_ISCHR(st.st_mode) && !direct && isatty(fd))
        ops = &stream_tty_ops;
    struct file *f;
    int err =
        file_new(k, sizeof(struct host_stream), ops, write ? SYS_WRONLY : SYS_RDONLY, &f);
    if (err)
        return err;
    struct host_stream *s = stream_of(f);
    s->fd = fd;
    s->write = write;
    s->direct = direct;
    s->socket = S_ISSOCK(st.st_mode);
    s->name = name;
    lock_init(&s->lock, LOCK_STREAM);
    waitq_init(&s->turn);
    s->own_fd = -1;
    s->reopened = s->socket || direct || !(S_ISFIFO(st.st_mode) || ops->is_tty);
    *file = f;
    return 0;
}

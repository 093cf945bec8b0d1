/* file.h: open file descriptions, shared and counted as in POSIX.
 *
 * A kind of file (pipe end, capture, host stream, and in vfs/ regular files, directories,
 * devices) embeds struct file first and fills in a table of operations. Operations are
 * called on the fiber of the process that made the call; the caller holds a count for
 * their duration.
 * Must not know: descriptors, paths. */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "kernel/lock.h"
#include "kernel/waitq.h"

struct file;
struct kernel;
struct sys_stat;
struct sys_statfs;
struct poll_set;

/* Operations; NULL ones fail as said. buf is in the caller's process heap or stack: it is
 * filled or read within the call only (also by another process while the caller sleeps
 * inside it). */
struct file_ops {
    /* Reads at the file's offset (and moves it) where the kind has one. 0 at the end.
     * NULL: -EBADF.
     * May block. -EISDIR -EINTR -EAGAIN (NONBLOCK) -EIO. */
    int64_t (*read)(struct file *f, void *buf, size_t len);
    /* Writes at the offset, or the end with APPEND. NULL: -EBADF. -EPIPE -EFBIG -ENOSPC
     * -EINTR -EAGAIN. */
    int64_t (*write)(struct file *f, const void *buf, size_t len);
    int64_t (*pread)(struct file *f, void *buf, size_t len,
                     int64_t offset); // NULL: -ESPIPE
    int64_t (*pwrite)(struct file *f, const void *buf, size_t len,
                      int64_t offset);                                 // NULL: -ESPIPE
    int64_t (*seek)(struct file *f, int64_t offset, int whence);       // NULL: -ESPIPE
    int64_t (*readdir)(struct file *f, void *buf, size_t len);         // NULL: -ENOTDIR
    int (*stat)(struct file *f, struct sys_stat *st);                  // never NULL
    int (*statfs)(struct file *f, struct sys_statfs *st);              // NULL: -ENOSYS
    int (*truncate)(struct file *f, int64_t size);                     // NULL: -EINVAL
    int (*chmod)(struct file *f, unsigned mode);                       // NULL: -EINVAL
    int (*utimes)(struct file *f, int64_t atime_ns, int64_t mtime_ns); // NULL: -EINVAL
    int (*flock)(struct file *f, int operation); // NULL: -EINVAL. May block.
    int (*chdir)(
        struct file *f); // makes it the caller's working directory. NULL: -ENOTDIR
    /* The SYS_POLL* bits true now; first adds a waiter to the queue that will change
     * them, if set is given (poll_set_add, under the object's lock). NULL: always
     * ready. */
    unsigned (*poll)(struct file *f, struct poll_set *set);
    /* The last count is gone: gives up what the file holds; file.c frees the struct
     * after. Also called on host threads. Never blocks. */
    void (*close)(struct file *f);
    /* Writes its name for reports ("/tmp/fifo", "pipe:[7]") like snprintf. Never NULL. */
    size_t (*name)(const struct file *f, char *dst, size_t cap);
    bool is_tty;
};

struct file {
    const struct file_ops *ops; // const after init, like kernel
    struct kernel *kernel;
    atomic_uint refs;
    atomic_uint flags; // SYS_O* access mode (const), APPEND and NONBLOCK (may change)
    struct lock lock;  // rank LOCK_FILE; guards offset
    int64_t offset;
};

/* Makes the kind's struct of size bytes, which begins with a struct file, with one count,
 * zeroed beyond it. Charges limit open-files. Errors: -EMFILE, -ENOMEM. */
MUST_CHECK int file_new(struct kernel *k, size_t size, const struct file_ops *ops,
                        unsigned flags, struct file **file);

/* Takes and drops a count. Any thread. */
struct file *file_get(struct file *f);
void file_put(struct file *f);

static inline unsigned file_flags(const struct file *f)
{
    return atomic_load_explicit(&f->flags, memory_order_relaxed);
}
bool file_can_read(const struct file *f);
bool file_can_write(const struct file *f);

/* Registers the caller of poll on q, whose lock is held. */
void poll_set_add(struct poll_set *set, struct waitq *q, struct lock *lock);

/* Has the caller of poll wait for a host descriptor too. True: it cannot be waited for,
 * it is always ready. */
bool poll_set_add_fd(struct poll_set *set, int fd, bool write);

#endif

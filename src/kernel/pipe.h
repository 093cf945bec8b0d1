/* pipe.h: a bounded one-way byte channel, and the files that are its ends.
 *
 * A ring that grows from 4 KiB to 64 KiB while writers find it full, to 1 MiB while its
 * two ends run on different workers. A reader that waits lends its buffer: the writer
 * copies straight into it.
 * Invariants: used <= size; used > 0 only while no lent buffer has room; can_read has
 * sleepers only while there is nothing to read and a writer remains; can_write only while
 * their bytes do not fit and a reader remains.
 * Must not know: descriptors, signals (sys_fd.c makes SIGPIPE of -EPIPE), paths (a FIFO
 * is given its name). */
#ifndef KERNEL_PIPE_H
#define KERNEL_PIPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/list.h"
#include "kernel/lock.h"
#include "kernel/waitq.h"

struct file;
struct kernel;
struct worker;

enum {
    PIPE_MIN = 4096,
    PIPE_SIZE = 65536,
    PIPE_WIDE = 1 << 20,
    PIPE_ATOMIC = 4096
}; // bytes

struct pipe {
    struct kernel *kernel;
    unsigned id;      // for reports
    struct lock lock; // rank LOCK_PIPE; guards every field
    struct waitq can_read, can_write, can_open;
    struct list lent; // of struct pipe_loan: buffers of waiting readers, the longest
                      // waiting first
    unsigned refs;    // files, and the inode of a FIFO
    unsigned readers, writers; // open ends
    unsigned reader_opens,
        writer_opens; // ends ever opened: what an opener of the other side waits for
    const struct worker *read_on, *written_on; // where each end ran last
    unsigned apart;           // times in a row that they were different workers
    size_t start, used, size; // oldest byte in ring, bytes held, bytes of ring
    unsigned char *ring;      // NULL until it is needed
};

/* A pipe with no ends yet and one count. NULL: out of memory. Any thread. */
struct pipe *pipe_new(struct kernel *k);
void pipe_get(struct pipe *p);
void pipe_put(struct pipe *p);

/* Takes 1 to len bytes out, oldest first. May block while the pipe is empty (-EAGAIN if
 * nonblock).
 * Returns the count; 0 when it is empty and no writer is left; -EINTR. */
MUST_CHECK int64_t pipe_read(struct pipe *p, void *buf, size_t len, bool nonblock,
                             const struct wait_reason *reason);

/* Puts all of buf in, PIPE_ATOMIC bytes or fewer as one piece. May block while full.
 * Returns len, or less if interrupted part way; -EINTR if nothing went in; -EPIPE;
 * -EAGAIN. */
MUST_CHECK int64_t pipe_write(struct pipe *p, const void *buf, size_t len, bool nonblock,
                              const struct wait_reason *reason);

/* Makes the two ends of a new pipe as files with a count each. -EMFILE -ENOMEM. */
MUST_CHECK int file_new_pipe(struct kernel *k, struct file *ends[2]);

/* Opens a FIFO: flags are the access mode and NONBLOCK; name is shown in reports (copied,
 * may be cut). May block until the other end is there; RDWR never does. The caller's
 * count on p is kept. Errors: -ENXIO (NONBLOCK writer without a reader), -EINTR, -EMFILE,
 * -ENOMEM. POSIX open(). */
MUST_CHECK int pipe_file_open(struct pipe *p, unsigned flags, const char *name,
                              struct file **file);

#endif

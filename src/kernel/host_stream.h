/* host_stream.h: descriptors of the host (pipes, terminals, files) as open files.
 *
 * A worker never blocks in them: pipes, terminals and sockets are asked first, and a
 * process that must wait parks while its worker's loop watches the descriptor. (In
 * deterministic mode the worker does wait, so that the host's timing changes nothing.)
 * The host's O_NONBLOCK flag is left alone, since others share it.
 * Invariant: at most one process of a stream has its descriptor watched for reading or
 * writing; others wait for their turn. Must not know: runs, who owns the descriptor: it
 * is borrowed. */
#ifndef KERNEL_HOST_STREAM_H
#define KERNEL_HOST_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct file;
struct kernel;

/* Makes an open file on fd, to be read, or to be written (which counts against limit
 * `output`). name: for reports, static. fd must stay open as long as the file. Any
 * thread. -EBADF; -EINVAL deterministic input that is neither a regular file nor
 * /dev/null; -EMFILE -ENOMEM. */
MUST_CHECK int host_stream_new(struct kernel *k, int fd, bool write, const char *name,
                               struct file **file);

/* Writes a text from a host thread, which may wait a second at the most; errors are
 * ignored. */
void host_stream_say(int fd, const char *text, size_t len);

#endif

/* sink.h: the ends of a run that stay in the process: captures, the queue of the output
 * callbacks, input from bytes.
 *
 * The files made here point to their struct sink_*, which outlives them. Written to by
 * processes on any worker; read by one host thread.
 * Must not know: runs. */
#ifndef SANDBOX_SINK_H
#define SANDBOX_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/str.h"
#include "kernel/lock.h"
#include "kernel/waitq.h"

struct file;
struct kernel;

/* What was written to a stream, up to max bytes. */
struct sink_capture {
    struct lock lock; // rank LOCK_STREAM; guards the rest
    struct buf data;
    size_t max;
};

void sink_capture_init(struct sink_capture *c, struct kernel *k, size_t max);
void sink_capture_fini(struct sink_capture *c);
/* Adds what fits. False: no memory. Any thread. */
bool sink_capture_add(struct sink_capture *c, const void *data, size_t len);

/* Bytes of several streams in the order of their writing. */
struct sink_queue {
    struct kernel *kernel; // const, as the next three
    bool bounded;
    void (*ready)(
        void *arg); // there was nothing, and now there is something. Called without locks
    void *arg;

    struct lock lock; // rank LOCK_STREAM; guards filling, last, room
    struct waitq room;
    struct buf filling; // of records
    size_t last;        // where its last record begins; SIZE_MAX: there is none

    struct buf draining; // the reader's
};

void sink_queue_init(struct sink_queue *q, struct kernel *k, void (*ready)(void *arg),
                     void *arg);
void sink_queue_fini(struct sink_queue *q);
bool sink_queue_has(struct sink_queue *q); // whether sink_queue_take would find something
/* Gives all that there is to each, in pieces of up to 64 KiB. The reader's thread. */
void sink_queue_take(struct sink_queue *q,
                     void (*each)(void *arg, unsigned stream, const void *data,
                                  size_t len),
                     void *arg);

/* The files. stream: 1 or 2, for the record and the name. total counts what is written.
 * -EMFILE -ENOMEM. */
MUST_CHECK int sink_open_capture(struct kernel *k, struct sink_capture *c,
                                 unsigned stream, uint64_t *total, struct file **file);
MUST_CHECK int sink_open_queue(struct kernel *k, struct sink_queue *q, unsigned stream,
                               uint64_t *total, struct file **file);

/* Standard input from bytes, which stay as long as the file. */
MUST_CHECK int sink_open_bytes(struct kernel *k, struct span bytes, struct file **file);

#endif

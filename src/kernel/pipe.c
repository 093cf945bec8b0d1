/* pipe.c: the ring of a pipe: reading, writing, growing. Its ends as files are in
 * pipe_file.c. */
#include "kernel/pipe.h"

#include <errno.h>
#include <string.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/process.h"

enum { PIPE_APART_ENOUGH = 16 };

/* The buffer of a reader that waits, on its stack. */
struct pipe_loan {
    struct list link; // in pipe.lent
    char *buf;
    size_t len, got;
};

struct pipe *pipe_new(struct kernel *k)
{
    struct pipe *p = kernel_alloc_zero(k, sizeof *p);
    if (!p)
        return NULL;
    p->kernel = k;
    p->refs = 1;
    lock_init(&p->lock, LOCK_PIPE);
    waitq_init(&p->can_read);
    waitq_init(&p->can_write);
    waitq_init(&p->can_open);
    list_init(&p->lent);
    return p;
}

void pipe_get(struct pipe *p)
{
    lock_acquire(&p->lock);
    p->refs++;
    lock_release(&p->lock);
}

void pipe_put(struct pipe *p)
{
    lock_acquire(&p->lock);
    unsigned left = --p->refs;
    lock_release(&p->lock);
    if (left)
        return;
    ASSERT(!p->readers && !p->writers);
    kernel_free(p->kernel, p->ring);
    kernel_free(p->kernel, p);
}

/* ---- The ring --------------------------------------------------------------------- */

static void pipe_copy_out(struct pipe *p, char *dst, size_t len)
{
    size_t first = size_min(len, p->size - p->start);
    memcpy(dst, p->ring + p->start, first);
    memcpy(dst + first, p->ring, len - first);
    p->used -= len;
    p->start = p->used ? (p->start + len) & (p->size - 1) : 0;
}

static void pipe_copy_in(struct pipe *p, const char *src, size_t len)
{
    size_t at = (p->start + p->used) & (p->size - 1);
    size_t first = size_min(len, p->size - at);
    memcpy(p->ring + at, src, first);
    memcpy(p->ring, src + first, len - first);
    p->used += len;
}

/* How large the ring may become now. */
static size_t pipe_size_max(const struct pipe *p)
{
    return p->apart >= PIPE_APART_ENOUGH ? PIPE_WIDE : PIPE_SIZE;
}

/* Makes the ring larger so that it takes want more bytes, as far as it may grow. */
static int pipe_grow(struct pipe *p, size_t want)
{
    size_t size = p->size ? p->size : PIPE_MIN;
    size_t max = size_max(pipe_size_max(p), p->size);
    while (size < max && size - p->used < want)
        size *= 2;
    if (size == p->size)
        return 0;
    unsigned char *ring = kernel_alloc(p->kernel, size);
    if (!ring)
        return p->size ? 0 : -ENOMEM;
    size_t used = p->used;
    if (used)
        pipe_copy_out(p, (char *)ring, used);
    kernel_free(p->kernel, p->ring);
    p->ring = ring;
    p->size = size;
    p->start = 0;
    p->used = used;
    return 0;
}

/* Notes where the ends run: apart, a larger ring saves wake-ups between workers. */
static void pipe_note_worker(struct pipe *p, const struct worker **end)
{
    *end = host_worker();
    if (p->read_on && p->written_on && p->read_on != p->written_on)
        p->apart += p->apart < PIPE_APART_ENOUGH;
    else
        p->apart = 0;
}

/* ---- Reading ---------------------------------------------------------------------- */

/* Lends buf to writers until one has filled some of it, or there is something in the
 * ring, or nothing will come. Gives the bytes, 0 at the end, -EINTR. */
static int64_t pipe_read_wait(struct pipe *p, char *buf, size_t len,
                              const struct wait_reason *reason)
{
    struct pipe_loan loan = {.buf = buf, .len = len};
    list_init(&loan.link);
    int err = 0;
    while (!loan.got && !p->used && p->writers && !err) {
        if (list_is_empty(&loan.link))
            list_add_tail(&p->lent, &loan.link);
        err = waitq_sleep(&p->can_read, &p->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, reason);
    }
    list_remove(&loan.link);
    if (loan.got)
        return (int64_t)loan.got;
    if (p->used || !p->writers)
        return 0;
    return err;
}

static int64_t pipe_read_locked(struct pipe *p, void *buf, size_t len, bool nonblock,
                                const struct wait_reason *reason)
{
    for (;;) {
        if (p->used) {
            size_t count = size_min(len, p->used);
            pipe_copy_out(p, buf, count);
            waitq_wake_all(&p->can_write);
            return (int64_t)count;
        }
        if (!p->writers)
            return 0;
        if (nonblock)
            return -EAGAIN;
        int64_t got = pipe_read_wait(p, buf, len, reason);
        if (got)
            return got;
    }
}

int64_t pipe_read(struct pipe *p, void *buf, size_t len, bool nonblock,
                  const struct wait_reason *reason)
{
    if (len == 0)
        return 0;
    lock_acquire(&p->lock);
    pipe_note_worker(p, &p->read_on);
    int64_t got = pipe_read_locked(p, buf, len, nonblock, reason);
    lock_release(&p->lock);
    return got;
}

/* ---- Writing ---------------------------------------------------------------------- */

/* Copies to the readers that wait, in their order. Gives the bytes taken. */
static size_t pipe_write_lent(struct pipe *p, const char *buf, size_t len)
{
    size_t done = 0;
    while (done < len && !p->used && !list_is_empty(&p->lent)) {
        struct pipe_loan *loan = LIST_ENTRY(list_first(&p->lent), struct pipe_loan, link);
        size_t count = size_min(len - done, loan->len - loan->got);
        memcpy(loan->buf + loan->got, buf + done, count);
        loan->got += count;
        done += count;
        if (loan->got == loan->len)
            list_remove(&loan->link);
    }
    if (done)
        waitq_wake_all(&p->can_read);
    return done;
}

/* Puts in what fits now; a piece of at most PIPE_ATOMIC bytes only as a whole.
 * -ENOMEM. */
static int64_t pipe_write_some(struct pipe *p, const char *buf, size_t len, bool whole)
{
    size_t done = pipe_write_lent(p, buf, len);
    if (done == len)
        return (int64_t)len;
    size_t rest = len - done;
    if (p->size - p->used < rest) {
        int err = pipe_grow(p, rest);
        if (err)
            return done ? (int64_t)done : err;
    }
    size_t room = p->size - p->used;
    if (whole && !done && room < len)
        return 0;
    size_t count = size_min(rest, room);
    if (count) {
        pipe_copy_in(p, buf + done, count);
        waitq_wake_all(&p->can_read);
    }
    return (int64_t)(done + count);
}

static int64_t pipe_write_locked(struct pipe *p, const char *buf, size_t len,
                                 bool nonblock, const struct wait_reason *reason)
{
    size_t done = 0;
    int err = 0;
    for (;;) {
        if (!p->readers) {
            err = -EPIPE;
            break;
        }
        int64_t some =
            pipe_write_some(p, buf + done, len - done, len <= PIPE_ATOMIC && !done);
        if (some < 0) {
            err = (int)some;
            break;
        }
        done += (size_t)some;
        if (done == len)
            break;
        if (nonblock) {
            err = -EAGAIN;
            break;
        }
        err =
            waitq_sleep(&p->can_write, &p->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, reason);
        if (err)
            break;
    }
    return done && err != -EPIPE ? (int64_t)done : done == len ? (int64_t)len : err;
}

int64_t pipe_write(struct pipe *p, const void *buf, size_t len, bool nonblock,
                   const struct wait_reason *reason)
{
    if (len == 0)
        return 0;
    lock_acquire(&p->lock);
    pipe_note_worker(p, &p->written_on);
    int64_t done = pipe_write_locked(p, buf, len, nonblock, reason);
    lock_release(&p->lock);
    return done;
}

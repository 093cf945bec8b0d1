/* bytes.c: see bytes.h. */
#include "shell/builtins/bytes.h"

#include <errno.h>

#include "shell/exec/exec.h"
#include "shell/shell.h"
#include "sys.h"

void bytes_begin(struct bytes *b, struct shell *sh, int fd)
{
    b->sh = sh;
    b->fd = fd;
    b->err = 0;
    b->has_deadline = false;
    b->pos = b->len = 0;
    b->seekable = sys_seek(fd, 0, SYS_SEEK_CUR) >= 0;
}

void bytes_set_timeout(struct bytes *b, double seconds)
{
    b->has_deadline = true;
    b->deadline_ns = sys_clock(SYS_CLOCK_MONOTONIC) + (int64_t)(seconds * 1e9);
}

/* Waits for input until the deadline. 0, or BYTES_*. */
static int bytes_wait(struct bytes *b)
{
    int64_t left = b->deadline_ns - sys_clock(SYS_CLOCK_MONOTONIC);
    struct sys_pollfd poll = {.fd = b->fd, .events = SYS_POLLIN};
    int ready = sys_poll(&poll, 1, left > 0 ? left : 0);
    if (ready == -EINTR)
        return 0; // the read sees it
    return ready == 0 ? BYTES_TIMEOUT : 0;
}

static int bytes_fill(struct bytes *b)
{
    for (;;) {
        int wait = b->has_deadline ? bytes_wait(b) : 0;
        if (wait)
            return wait;
        int64_t got = sys_read(b->fd, b->block, b->seekable ? sizeof b->block : 1);
        if (got > 0) {
            b->pos = 0;
            b->len = (size_t)got;
            return 0;
        }
        if (got == 0)
            return BYTES_END;
        if (got != -EINTR) {
            b->err = (int)got;
            return BYTES_ERROR;
        }
        exec_take_signals(b->sh);
        if (b->sh->flow != FLOW_NORMAL)
            return BYTES_STOP;
    }
}

int bytes_next(struct bytes *b)
{
    if (b->pos == b->len) {
        int end = bytes_fill(b);
        if (end)
            return end;
    }
    return (unsigned char)b->block[b->pos++];
}

void bytes_end(struct bytes *b)
{
    if (b->seekable && b->pos < b->len) {
        int64_t at = sys_seek(b->fd, -(int64_t)(b->len - b->pos), SYS_SEEK_CUR);
        (void)at; // it was seekable before
    }
    b->pos = b->len = 0;
}

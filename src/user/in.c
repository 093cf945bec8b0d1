/* in.c: see in.h. Invariants: pos <= len <= cap; scanned <= len - pos. */
#include "user/in.h"

#include <errno.h>

#include "sys.h"
#include "user/msg.h"

enum { IN_FIRST = 4096, IN_BLOCK = 65536 };

int in_open(struct in *in, const char *path)
{
    bool is_stdin = str_eq(path, "-");
    int fd = is_stdin ? 0 : sys_open(path, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    *in = in_make(fd);
    in->is_stdin = is_stdin;
    return 0;
}

void in_close(struct in *in)
{
    if (!in->is_stdin)
        sys_close(in->fd);
    sys_free(in->buf);
    *in = in_make(-1);
}

/* Makes room behind len: moves what is left to the front, or grows. */
static void in_make_room(struct in *in)
{
    size_t held = in->len - in->pos;
    if (in->pos && held)
        memmove(in->buf, in->buf + in->pos, held);
    in->pos = 0;
    in->len = held;
    size_t cap = in->cap;
    if (!cap)
        cap = IN_FIRST;
    else if (cap < IN_BLOCK && in->full)
        cap *= 4;
    while (cap - held < cap / 2)
        cap *= 2;
    in->full = false;
    if (cap == in->cap)
        return;
    in->buf = sys_resize(in->buf, cap);
    in->cap = cap;
}

int64_t in_fill(struct in *in)
{
    if (in->err)
        return in->err;
    in_make_room(in);
    int64_t n;
    do
        n = sys_read(in->fd, in->buf + in->len, in->single ? 1 : in->cap - in->len);
    while (n == -EINTR);
    if (n < 0)
        in->err = (int)n;
    else
        in->len += (size_t)n;
    in->full = in->len == in->cap;
    return n;
}

bool in_block(struct in *in, struct span *block)
{
    if (in->pos == in->len && in_fill(in) <= 0)
        return false;
    *block = span_make(in->buf + in->pos, in->len - in->pos);
    in->pos = in->len;
    in->scanned = 0;
    return true;
}

bool in_line_slow(struct in *in, char delimiter, struct span *line)
{
    for (;;) {
        size_t held = in->len - in->pos;
        if (held > in->scanned) {
            const char *from = in->buf + in->pos;
            const char *end = memchr(from + in->scanned, delimiter, held - in->scanned);
            if (end) {
                *line = span_make(from, (size_t)(end + 1 - from));
                break;
            }
        }
        in->scanned = held;
        if (in_fill(in) > 0)
            continue;
        if (!held)
            return false;
        *line = span_make(in->buf + in->pos, held);
        break;
    }
    in->pos += line->len;
    in->scanned = 0;
    return true;
}

int in_char_slow(struct in *in, bool take)
{
    if (in->pos == in->len && in_fill(in) <= 0)
        return -1;
    unsigned char c = (unsigned char)in->buf[in->pos];
    if (take)
        in->pos++;
    in->scanned = 0;
    return c;
}

void in_give_back(struct in *in)
{
    if (in->pos < in->len &&
        sys_seek(in->fd, -(int64_t)(in->len - in->pos), SYS_SEEK_CUR) >= 0)
        in->len = in->pos;
}

int in_all(struct in *in, char **data, size_t *len)
{
    while (in_fill(in) > 0)
        continue;
    if (in->err)
        return in->err;
    in_make_room(in);
    in->buf[in->len] = '\0';
    *data = in->buf;
    *len = in->len;
    *in = (struct in){.fd = in->fd, .is_stdin = in->is_stdin};
    return 0;
}

static void in_end_file(struct in_files *f, struct in *in)
{
    if (!f->open)
        return;
    if (in->err)
        f->status = msg_errno(in->err, "%s", quoted_file(f->name));
    in_close(in);
    f->open = false;
}

bool in_next_file(struct in_files *f, struct in *in)
{
    in_end_file(f, in);
    if (!f->began && !*f->names) {
        f->began = f->open = true;
        f->name = "-";
        *in = in_make(0);
        in->is_stdin = true;
        return true;
    }
    f->began = true;
    while (*f->names) {
        f->name = *f->names++;
        int err = in_open(in, f->name);
        if (!err)
            return f->open = true;
        f->status = msg_errno(err, "%s", quoted_file(f->name));
    }
    return false;
}

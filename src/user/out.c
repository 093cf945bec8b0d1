/* out.c: see out.h. Invariant: len <= cap <= OUT_MAX. */
#include "user/out.h"

#include <errno.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/state.h"

enum { OUT_FIRST = 512 };

int out_write_all(int fd, const void *ptr, size_t len)
{
    const char *from = ptr;
    while (len) {
        int64_t n = sys_write(fd, from, len);
        if (n < 0 && n != -EINTR)
            return (int)n;
        if (n > 0) {
            from += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* A command whose standard output cannot be written has nothing left to do. */
static void out_failed(struct out *o, int err)
{
    o->err = err;
    o->len = 0;
    struct user *u = user_state();
    if (o != &u->out || !u->entry)
        return;
    msg_errno(err, "write error");
    sys_exit(u->entry->fail_status ? u->entry->fail_status : 1);
}

static void out_put(struct out *o, const void *ptr, size_t len)
{
    int err = o->err ? 0 : out_write_all(o->fd, ptr, len);
    if (err)
        out_failed(o, err);
}

int out_drain(struct out *o)
{
    size_t len = o->len;
    o->len = 0;
    if (len)
        out_put(o, o->buf, len);
    return o->err;
}

static void out_grow(struct out *o, size_t need)
{
    size_t cap = o->cap ? o->cap : OUT_FIRST;
    while (cap < need)
        cap *= 4;
    cap = size_min(cap, OUT_MAX);
    o->buf = sys_resize(o->buf, cap);
    o->cap = cap;
}

void out_add_slow(struct out *o, const void *ptr, size_t len)
{
    if (!len)
        return;
    if (o->cap < OUT_MAX && o->len + len <= OUT_MAX)
        out_grow(o, o->len + len);
    const char *from = ptr;
    while (len) {
        if (!o->len && len >= OUT_MAX) { // past the buffer
            out_put(o, from, len);
            return;
        }
        if (o->cap < OUT_MAX)
            out_grow(o, OUT_MAX);
        size_t n = size_min(len, o->cap - o->len);
        memcpy(o->buf + o->len, from, n);
        o->len += n;
        from += n;
        len -= n;
        if (o->len == o->cap && len)
            out_drain(o);
    }
}

char *out_room(struct out *o, size_t len)
{
    ASSERT(len <= OUT_MAX);
    if (o->cap - o->len < len) {
        if (o->len + len > OUT_MAX)
            out_drain(o);
        if (o->cap < o->len + len)
            out_grow(o, o->len + len);
    }
    return o->buf + o->len;
}

void out_addv(struct out *o, const char *format, va_list args)
{
    struct buf b = buf_make(sys_heap());
    buf_addv(&b, format, args);
    out_add(o, buf_str(&b), b.len);
    buf_fini(&b);
}

void out_addf(struct out *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    out_addv(o, format, args);
    va_end(args);
}

int out_close(struct out *o)
{
    int err = out_drain(o);
    int closed = sys_close(o->fd);
    sys_free(o->buf);
    *o = out_make(-1);
    return err ? err : closed;
}

struct out *out_std(void) { return &user_state()->out; }
void out_bytes(const void *ptr, size_t len) { out_add(out_std(), ptr, len); }
void out_char(char c) { out_add_char(out_std(), c); }
void out_str(const char *text) { out_add_str(out_std(), text); }
void out_span(struct span s) { out_add_span(out_std(), s); }
int out_flush(void) { return out_drain(out_std()); }
int out_error(void) { return out_std()->err; }

void outf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    out_addv(out_std(), format, args);
    va_end(args);
}

void out_reset(void)
{
    struct out *o = out_std();
    o->err = 0;
    o->len = 0;
}

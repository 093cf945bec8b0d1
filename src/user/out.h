/* out.h: buffered output.
 *
 * A buffer begins small and grows to OUT_MAX, so that a process that says little stays
 * little. The first error sticks in err; later output is dropped. When it happens on the
 * standard output of a command, the command ends with "NAME: write error: reason" (a
 * shell reads out_error()). Calls that write may block. */
#ifndef USER_OUT_H
#define USER_OUT_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/base.h"
#include "base/str.h"

enum { OUT_MAX = 65536 }; // bytes

struct out {
    char *buf;
    size_t len, cap;
    int fd;
    int err; // 0, or the first -errno
};

/* An output to fd, to be closed by out_close (or never). */
static inline struct out out_make(int fd) { return (struct out){.fd = fd}; }

void out_add_slow(struct out *o, const void *ptr, size_t len);
static inline void out_add(struct out *o, const void *ptr, size_t len)
{
    if (LIKELY(len - 1 < o->cap - o->len)) { // it fits, and is not empty
        memcpy(o->buf + o->len, ptr, len);
        o->len += len;
    } else {
        out_add_slow(o, ptr, len);
    }
}
static inline void out_add_char(struct out *o, char c)
{
    if (LIKELY(o->len < o->cap))
        o->buf[o->len++] = c;
    else
        out_add_slow(o, &c, 1);
}
static inline void out_add_str(struct out *o, const char *text)
{
    out_add(o, text, strlen(text));
}
static inline void out_add_span(struct out *o, struct span s)
{
    out_add(o, s.ptr, s.len);
}
void out_addf(struct out *o, const char *format, ...) PRINTF_LIKE(2, 3);
void out_addv(struct out *o, const char *format, va_list args);

/* Gives room for len bytes (at most OUT_MAX) to be filled in; then o->len += what was. */
char *out_room(struct out *o, size_t len);

/* Writes what is buffered. Gives 0 or the error that has stuck. */
int out_drain(struct out *o);

/* Drains, closes the descriptor, frees the buffer. Gives 0 or the error. */
int out_close(struct out *o);

/* ---- Standard output -------------------------------------------------------------- */
struct out *out_std(void);
void out_bytes(const void *ptr, size_t len);
void out_char(char c);
void out_str(const char *text);
void out_span(struct span s);
void outf(const char *format, ...) PRINTF_LIKE(1, 2);
int out_flush(void); // 0 or -errno
int out_error(void); // the error that has stuck, or 0

/* Forgets the error and what is buffered: a shell does after each builtin. */
void out_reset(void);

/* Writes all of it to fd at once, through no buffer. 0 or -errno. */
MUST_CHECK int out_write_all(int fd, const void *ptr, size_t len);

#endif

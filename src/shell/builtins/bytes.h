/* bytes.h: input taken byte by byte, so that what a builtin does not use is left for the
 * next reader.
 *
 * From files blocks are read, and what was too much is given back (by seeking); from
 * pipes one byte is read at a time. */
#ifndef SHELL_BUILTINS_BYTES_H
#define SHELL_BUILTINS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shell;

enum { BYTES_END = -1, BYTES_TIMEOUT = -2, BYTES_ERROR = -3, BYTES_STOP = -4 };

struct bytes {
    struct shell *sh;
    int fd, err; // err: -errno after BYTES_ERROR
    bool seekable;
    bool has_deadline;
    int64_t deadline_ns; // monotonic
    size_t pos, len;
    char block[512];
};

void bytes_begin(struct bytes *b, struct shell *sh, int fd);
void bytes_set_timeout(struct bytes *b, double seconds);

/* The next byte, or BYTES_*. STOP: a trap ended what runs (sh->flow). May block. */
int bytes_next(struct bytes *b);

void bytes_end(struct bytes *b); // gives back

#endif

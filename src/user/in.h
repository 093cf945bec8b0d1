/* in.h: buffered input in blocks, lines and characters.
 *
 * A buffer begins small and grows to 64 KiB, beyond that only for a longer line. Calls
 * that read may block. The first error sticks in err and reads as the end of input. */
#ifndef USER_IN_H
#define USER_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

struct in {
    char *buf;
    size_t pos, len, cap; // buf[pos..len) is read and not yet taken
    size_t scanned;       // bytes from pos on that in_line has searched already
    int fd;
    int err;     // 0 or -errno
    bool full;   // the last read left no room: the buffer is to grow
    bool single; // set by the owner: reads byte by byte, never more than is asked for
    bool is_stdin;
};

static inline struct in in_make(int fd) { return (struct in){.fd = fd}; }

/* Opens path, or standard input for "-". 0 or -errno. */
MUST_CHECK int in_open(struct in *in, const char *path);

/* Frees the buffer and closes the file; standard input stays open. */
void in_close(struct in *in);

/* Takes the next block, up to 64 KiB; it is valid until the next call. false: end or
 * error. */
bool in_block(struct in *in, struct span *block);

/* Takes the next line with its delimiter (which the last one may lack); valid until the
 * next call. false: end or error. NUL bytes are bytes like others. */
bool in_line_slow(struct in *in, char delimiter, struct span *line);
static inline bool in_line(struct in *in, char delimiter, struct span *line)
{
    size_t from = in->pos + in->scanned;
    const char *end =
        from < in->len ? memchr(in->buf + from, delimiter, in->len - from) : NULL;
    if (UNLIKELY(!end))
        return in_line_slow(in, delimiter, line);
    *line = (struct span){in->buf + in->pos, (size_t)(end + 1 - (in->buf + in->pos))};
    in->pos += line->len;
    in->scanned = 0;
    return true;
}

/* The next byte, taken or only looked at; -1: end or error. */
int in_char_slow(struct in *in, bool take);
static inline int in_char(struct in *in)
{
    return LIKELY(in->pos < in->len) ? (unsigned char)in->buf[in->pos++]
                                     : in_char_slow(in, true);
}
static inline int in_peek(struct in *in)
{
    return LIKELY(in->pos < in->len) ? (unsigned char)in->buf[in->pos]
                                     : in_char_slow(in, false);
}

/* Reads more behind what is there, even if something is. Gives the count, 0 at the end,
 * -errno. */
int64_t in_fill(struct in *in);

/* Puts back into a seekable file what was read and not taken, for the next program on the
 * same open file. */
void in_give_back(struct in *in);

/* Reads all the rest into a heap block (NUL-ended, to be sys_freed). 0 or -errno. */
MUST_CHECK int in_all(struct in *in, char **data, size_t *len);

/* ---- The files named on a command line -------------------------------------------- */

struct in_files {
    char **names;     // ended by NULL; none: standard input
    const char *name; // of the one that is open, as given
    int status;       // 1 after an error, which was reported as "cmd: name: reason"
    bool began, open;
};

static inline struct in_files in_files_make(char **names)
{
    return (struct in_files){.names = names};
}

/* Closes the file before, reports its read error, and opens the next one that can be
 * opened. false: there are no more. */
bool in_next_file(struct in_files *f, struct in *in);

#endif

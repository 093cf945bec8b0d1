/* httphead.h: the head of an HTTP answer: its status line and header fields.
 *
 * Text comes in pieces, as it arrives; each line is kept as it came. A new status line
 * begins a new head (after 100 Continue).
 * Must not know: connections, what the fields mean. */
#ifndef USER_HTTPHEAD_H
#define USER_HTTPHEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/vec.h"

struct httphead {
    int status;            // 0: no status line yet
    struct strlist names;  // as they came
    struct strlist values; // without white space around
    char *reason;          // of the status line; heap
    struct buf line;       // one that is not complete
};

void httphead_init(struct httphead *h);
void httphead_fini(struct httphead *h);

/* Takes a piece of text. */
void httphead_feed(struct httphead *h, struct span text);

size_t httphead_count(const struct httphead *h);

/* The value of the index-th field of that name (in any case), or NULL. */
const char *httphead_value(const struct httphead *h, const char *name, size_t index);
static inline const char *httphead_find(const struct httphead *h, const char *name)
{
    return httphead_value(h, name, 0);
}

/* Whether two names are the same but for the case of their letters. */
bool httphead_is_name(struct span a, const char *b);

/* The file name of Content-Disposition, as a heap block, or NULL. It is made safe: only
 * what follows the last slash or backslash, never empty, "." or "..". */
char *httphead_file_name(const struct httphead *h);

#endif

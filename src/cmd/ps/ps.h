/* ps.h: what the parts of ps share: fields and how they are shown. */
#ifndef CMD_PS_PS_H
#define CMD_PS_PS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct proc;
struct zone;

/* What the values are taken from, besides the process. */
struct ps_world {
    int64_t now_s, boot_s; // since 1970
    uint64_t memory;       // bytes
    const struct zone *zone;
};

enum { PS_RIGHT = 1, PS_LAST_FREE = 2 }; // PS_LAST_FREE: as the last one it is not cut

struct ps_field {
    const char *name, *header;
    int width;
    unsigned flags;
    void (*add)(struct buf *b, const struct proc *p, const struct ps_world *w);
    // The order of --sort; NULL: that of the text.
    int64_t (*value)(const struct proc *p, const struct ps_world *w);
};

/* The field of a name, or NULL. */
const struct ps_field *ps_find_field(const char *name, size_t len);

#endif

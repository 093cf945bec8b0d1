/* fdtab.h: the descriptor table of one process.
 *
 * Invariants: slots[i].file is NULL or holds one count; `count` slots exist, grown by
 * doubling up to FDTAB_MAX (those from max on, which ulimit -n sets, are no more
 * given); `lowest` is not above the lowest free one. Only the owner's
 * fiber changes the table, under the lock, so the owner may read without it; others
 * (/proc) read under it. */
#ifndef KERNEL_FDTAB_H
#define KERNEL_FDTAB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "kernel/lock.h"

struct file;
struct kernel;

enum { FDTAB_INLINE = 8, FDTAB_MAX = 65536 };

struct fd {
    struct file *file; // NULL: closed
    bool cloexec;
};

struct fdtab {
    struct lock lock; // rank LOCK_FDTAB
    struct kernel *kernel;
    struct fd *slots; // inline_slots at first
    unsigned count, lowest;
    unsigned max; // descriptors from here on are refused
    struct fd inline_slots[FDTAB_INLINE];
};

void fdtab_init(struct fdtab *t, struct kernel *k);
void fdtab_fini(struct fdtab *t); // closes all

/* Fills the empty t with what from has. -ENOMEM. */
MUST_CHECK int fdtab_copy(struct fdtab *t, const struct fdtab *from);
void fdtab_close_on_exec(struct fdtab *t);

/* The file at fd, borrowed, or NULL. Owner only. */
static inline struct file *fdtab_file(const struct fdtab *t, int fd)
{
    return (unsigned)fd < t->count ? t->slots[fd].file : NULL;
}

/* Puts file (taking the caller's count; on failure the caller keeps it) on the lowest
 * free descriptor >= min, which it gives. -EMFILE -EINVAL -ENOMEM. Owner only, as all
 * below. */
MUST_CHECK int fdtab_add(struct fdtab *t, struct file *file, int min, bool cloexec);
MUST_CHECK int fdtab_add_pair(struct fdtab *t, struct file *files[2], int min,
                              bool cloexec,
                              int fds[2]); // both or neither
MUST_CHECK int fdtab_set(struct fdtab *t, int fd, struct file *file,
                         bool cloexec);   // closes what was there
int fdtab_close(struct fdtab *t, int fd); // -EBADF

#endif

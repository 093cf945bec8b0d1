/* fdtab.c: see fdtab.h. */
#include "kernel/fdtab.h"

#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/kernel.h"

void fdtab_init(struct fdtab *t, struct kernel *k)
{
    memset(t, 0, sizeof *t);
    lock_init(&t->lock, LOCK_FDTAB);
    t->kernel = k;
    t->slots = t->inline_slots;
    t->count = FDTAB_INLINE;
    t->max = FDTAB_MAX;
}

void fdtab_fini(struct fdtab *t)
{
    for (unsigned fd = 0; fd < t->count; fd++)
        if (t->slots[fd].file)
            fdtab_close(t, (int)fd);
    struct fd *old = t->slots;
    lock_acquire(&t->lock);
    t->slots = t->inline_slots;
    t->count = FDTAB_INLINE;
    lock_release(&t->lock);
    if (old != t->inline_slots)
        kernel_free(t->kernel, old);
}

/* Makes slot fd exist. -EMFILE, -ENOMEM. */
static int fdtab_reach(struct fdtab *t, unsigned fd)
{
    if (fd >= t->max)
        return -EMFILE;
    if (fd < t->count)
        return 0;
    unsigned count = t->count;
    while (count <= fd)
        count *= 2;
    struct fd *slots = kernel_alloc_zero(t->kernel, count * sizeof *slots);
    if (!slots)
        return -ENOMEM;
    memcpy(slots, t->slots, t->count * sizeof *slots);
    struct fd *old = t->slots;
    lock_acquire(&t->lock);
    t->slots = slots;
    t->count = count;
    lock_release(&t->lock);
    if (old != t->inline_slots)
        kernel_free(t->kernel, old);
    return 0;
}

/* Puts file in slot fd; gives what was there. */
static struct file *fdtab_put(struct fdtab *t, unsigned fd, struct file *file,
                              bool cloexec)
{
    lock_acquire(&t->lock);
    struct file *old = t->slots[fd].file;
    t->slots[fd] = (struct fd){file, cloexec};
    lock_release(&t->lock);
    if (!file && fd < t->lowest)
        t->lowest = fd;
    return old;
}

int fdtab_copy(struct fdtab *t, const struct fdtab *from)
{
    unsigned used = from->count;
    while (used > FDTAB_INLINE && !from->slots[used - 1].file)
        used--;
    int err = fdtab_reach(t, used - 1);
    if (err)
        return err;
    for (unsigned fd = 0; fd < used; fd++)
        if (from->slots[fd].file) {
            file_get(from->slots[fd].file);
            t->slots[fd] = from->slots[fd];
        }
    t->lowest = from->lowest;
    t->max = from->max;
    return 0;
}

void fdtab_close_on_exec(struct fdtab *t)
{
    for (unsigned fd = 0; fd < t->count; fd++)
        if (t->slots[fd].file && t->slots[fd].cloexec)
            fdtab_close(t, (int)fd);
}

/* The lowest free descriptor from min on; it may lie beyond the slots. */
static unsigned fdtab_find_free(struct fdtab *t, unsigned min)
{
    unsigned fd = min > t->lowest ? min : t->lowest;
    while (fd < t->count && t->slots[fd].file)
        fd++;
    if (min <= t->lowest)
        t->lowest = fd;
    return fd;
}

int fdtab_add(struct fdtab *t, struct file *file, int min, bool cloexec)
{
    if (min < 0 || (unsigned)min >= t->max)
        return -EINVAL;
    unsigned fd = fdtab_find_free(t, (unsigned)min);
    int err = fdtab_reach(t, fd);
    if (err)
        return err;
    fdtab_put(t, fd, file, cloexec);
    return (int)fd;
}

int fdtab_add_pair(struct fdtab *t, struct file *files[2], int min, bool cloexec,
                   int fds[2])
{
    int first = fdtab_add(t, files[0], min, cloexec);
    if (first < 0)
        return first;
    int second = fdtab_add(t, files[1], min, cloexec);
    if (second < 0) {
        fdtab_put(t, (unsigned)first, NULL, false); // its count stays the caller's
        return second;
    }
    fds[0] = first;
    fds[1] = second;
    return 0;
}

int fdtab_set(struct fdtab *t, int fd, struct file *file, bool cloexec)
{
    if (fd < 0 || (unsigned)fd >= t->max)
        return -EBADF;
    int err = fdtab_reach(t, (unsigned)fd);
    if (err)
        return err;
    struct file *old = fdtab_put(t, (unsigned)fd, file, cloexec);
    if (old)
        file_put(old);
    return fd;
}

int fdtab_close(struct fdtab *t, int fd)
{
    if (!fdtab_file(t, fd))
        return -EBADF;
    file_put(fdtab_put(t, (unsigned)fd, NULL, false));
    return 0;
}

/* node.c: see node.h. */
#include "vfs/node.h"

#include <errno.h>

#include "base/hash.h"
#include "kernel/kernel.h"

static struct node **node_chain(const struct node_table *t, const struct fs *fs,
                                uint64_t ino)
{
    return &t->chains[hash_mix(ino ^ fs->dev << 48) & (t->size - 1)];
}

void node_table_init(struct node_table *t, struct kernel *k, struct lock *tree)
{
    *t = (struct node_table){.kernel = k, .tree = tree};
}

void node_table_fini(struct node_table *t)
{
    ASSERT(!t->count);
    kernel_free(t->kernel, t->chains);
    t->chains = NULL;
    t->size = 0;
}

struct node *node_find(struct node_table *t, struct fs *fs, uint64_t ino)
{
    if (!t->count)
        return NULL;
    for (struct node *n = *node_chain(t, fs, ino); n; n = n->next)
        if (n->ino == ino && n->fs == fs)
            return n;
    return NULL;
}

static int node_table_grow(struct node_table *t)
{
    struct node_table bigger = {.size = t->size ? t->size * 2 : 8};
    bigger.chains = kernel_alloc_zero(t->kernel, bigger.size * sizeof bigger.chains[0]);
    if (!bigger.chains)
        return -ENOMEM;
    for (uint32_t i = 0; i < t->size; i++)
        for (struct node *n = t->chains[i], *next; n; n = next) {
            next = n->next;
            struct node **chain = node_chain(&bigger, n->fs, n->ino);
            n->next = *chain;
            *chain = n;
        }
    kernel_free(t->kernel, t->chains);
    t->chains = bigger.chains; // what is const after init is read without the lock
    t->size = bigger.size;
    return 0;
}

int node_get(struct node_table *t, struct fs *fs, uint64_t ino, uint32_t type,
             struct node **node)
{
    ASSERT(lock_is_held(t->tree));
    struct node *n = node_find(t, fs, ino);
    if (n) {
        n->refs++;
        *node = n;
        return 0;
    }
    if (t->count == t->size && node_table_grow(t))
        return -ENOMEM;
    n = kernel_alloc_zero(t->kernel, sizeof *n);
    if (!n)
        return -ENOMEM;
    n->fs = fs;
    n->ino = ino;
    n->type = type;
    n->refs = 1;
    lock_init(&n->lock, LOCK_INODE);
    waitq_init(&n->flock_wait);
    int err = fs->ops->node_open ? fs->ops->node_open(fs, n) : 0;
    if (err) {
        kernel_free(t->kernel, n);
        return err;
    }
    struct node **chain = node_chain(t, fs, ino);
    n->next = *chain;
    *chain = n;
    t->count++;
    *node = n;
    return 0;
}

void node_put_locked(struct node_table *t, struct node *n)
{
    ASSERT(lock_is_held(t->tree) && n->refs > 0);
    if (--n->refs)
        return;
    struct node **link = node_chain(t, n->fs, n->ino);
    while (*link != n)
        link = &(*link)->next;
    *link = n->next;
    t->count--;
    if (n->fs->ops->node_close)
        n->fs->ops->node_close(n->fs, n);
    kernel_free(t->kernel, n);
}

void node_put(struct node_table *t, struct node *n)
{
    lock_acquire(t->tree);
    node_put_locked(t, n);
    lock_release(t->tree);
}

/* ---- flock ------------------------------------------------------------------------ */

static bool node_flock_fits(const struct node *n, const struct file *f,
                            unsigned char holds, int want)
{
    unsigned others = n->shared_locks - (holds == SYS_LOCK_SH);
    if (n->exclusive_lock && n->exclusive_lock != f)
        return false;
    return want == SYS_LOCK_SH || others == 0;
}

static void node_flock_drop(struct node *n, unsigned char *holds)
{
    if (*holds == SYS_LOCK_SH)
        n->shared_locks--;
    else if (*holds == SYS_LOCK_EX)
        n->exclusive_lock = NULL;
    *holds = 0;
    waitq_wake_all(&n->flock_wait);
}

int node_flock(struct node *n, struct file *f, unsigned char *holds, int operation)
{
    int want = operation & ~SYS_LOCK_NB;
    if (want != SYS_LOCK_SH && want != SYS_LOCK_EX && want != SYS_LOCK_UN)
        return -EINVAL;
    int err = 0;
    struct wait_reason reason = {.what = "a lock on", .file = f};
    lock_acquire(&n->lock);
    if (want == SYS_LOCK_UN) {
        node_flock_drop(n, holds);
    } else {
        // As on Linux, a change of kind gives up the old lock first.
        if (*holds && *holds != want && !node_flock_fits(n, f, *holds, want))
            node_flock_drop(n, holds);
        while (!err && !node_flock_fits(n, f, *holds, want))
            err = operation & SYS_LOCK_NB
                      ? -EWOULDBLOCK
                      : waitq_sleep(&n->flock_wait, &n->lock, UINT64_MAX,
                                    WAIT_INTERRUPTIBLE, &reason);
        if (!err && *holds != want) {
            node_flock_drop(n, holds);
            *holds = (unsigned char)want;
            if (want == SYS_LOCK_SH)
                n->shared_locks++;
            else
                n->exclusive_lock = f;
        }
    }
    lock_release(&n->lock);
    return err;
}

void node_funlock(struct node *n, struct file *f, unsigned char *holds)
{
    (void)f;
    lock_acquire(&n->lock);
    if (*holds)
        node_flock_drop(n, holds);
    lock_release(&n->lock);
}

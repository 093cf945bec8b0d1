/* cwd.c: see cwd.h. */
#include "vfs/cwd.h"

#include <string.h>

#include "vfs/node.h"
#include "vfs/state.h"

struct cwd *cwd_new(struct vfs *v, struct mount *mount, struct node *node,
                    const char *path, size_t len)
{
    struct cwd *c = kernel_alloc(v->kernel, sizeof *c + len + 1);
    if (!c)
        return NULL;
    atomic_init(&c->refs, 1);
    c->mount = mount;
    c->node = node;
    c->moves = atomic_load_explicit(&v->moves, memory_order_relaxed);
    c->len = len;
    memcpy(c->path, path, len);
    c->path[len] = '\0';
    return c;
}

struct cwd *cwd_get(struct cwd *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void cwd_put(struct vfs *v, struct cwd *c)
{
    if (atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    node_put(&v->nodes, c->node);
    kernel_free(v->kernel, c);
}

/* vfs.c: the files of one sandbox are set up and taken down. See vfs.h. */
#include "vfs/vfs.h"

#include <errno.h>
#include <string.h>

#include "kernel/pipe.h"
#include "kernel/process.h"
#include "vfs/cwd.h"
#include "vfs/devfs.h"
#include "vfs/hostfs.h"
#include "vfs/image.h"
#include "vfs/memfs.h"
#include "vfs/mount.h"
#include "vfs/procfs.h"
#include "vfs/state.h"
#include "vfs/walk.h"

enum { VFS_UMASK = 022 };

/* ---- mounts ----------------------------------------------------------------------- */

/* Puts fs on a directory of the base image. Takes fs, also on failure. */
static int vfs_mount_at(struct vfs *v, struct fs *fs, const char *path)
{
    if (!fs)
        return -ENOMEM;
    struct caller c = caller_outside(v);
    struct walk w;
    walk_enter(&w, &c);
    int err = walk_path(&w, path, WALK_FOLLOW);
    if (!err)
        err = vfs_mount_locked(v, fs, w.at.mount, w.at.brief.ino, false);
    walk_leave(&w);
    if (err)
        fs->ops->fini(fs);
    return err;
}

static int vfs_mount_root(struct vfs *v)
{
    struct memfs *fs = memfs_fork(v->image, v->kernel, &v->kernel->kernel_heap);
    if (!fs)
        return -ENOMEM;
    lock_acquire(&v->tree);
    int err = vfs_mount_locked(v, &fs->fs, NULL, 0, false);
    lock_release(&v->tree);
    if (err)
        memfs_put(fs);
    else
        v->root_fs = fs;
    return err;
}

/* ---- set up, take down ------------------------------------------------------------ */

/* The first working directory: the user's home. */
static int vfs_find_home(struct vfs *v)
{
    struct caller c = caller_outside(v);
    struct walk w;
    struct node *n;
    walk_enter(&w, &c);
    int err = walk_path(&w, IMAGE_HOME, WALK_FOLLOW);
    if (!err)
        err = node_get(&v->nodes, w.at.mount->fs, w.at.brief.ino, SYS_IFDIR, &n);
    if (!err) {
        v->home = cwd_new(v, w.at.mount, n, IMAGE_HOME, strlen(IMAGE_HOME));
        if (!v->home) {
            node_put_locked(&v->nodes, n);
            err = -ENOMEM;
        }
    }
    walk_leave(&w);
    return err;
}

int vfs_init(struct kernel *k, struct memfs *image)
{
    struct vfs *v = kernel_alloc_zero(k, sizeof *v);
    if (!v)
        return -ENOMEM;
    v->kernel = k;
    v->next_dev = 1;
    lock_init(&v->tree, LOCK_TREE);
    node_table_init(&v->nodes, k, &v->tree);
    v->image = image ? vfs_image_get(image)
                     : vfs_image_new(&k->kernel_heap, k->programs, k->program_count);
    k->fs = v;
    int err = v->image ? vfs_mount_root(v) : -ENOMEM;
    if (!err)
        err = vfs_mount_at(v, devfs_new(k), "/dev");
    if (!err)
        err = vfs_mount_at(v, procfs_new(k), "/proc");
    if (!err)
        err = vfs_find_home(v);
    if (err)
        vfs_fini(k);
    return err;
}

/* Gives up the pipes of FIFOs, which keep their nodes. Tree lock. */
static void vfs_drop_pipes(struct vfs *v)
{
    for (uint32_t i = 0; i < v->nodes.size; i++)
        for (struct node *n = v->nodes.chains[i], *next; n; n = next) {
            next = n->next;
            if (!n->pipe)
                continue;
            pipe_put(n->pipe);
            n->pipe = NULL;
            node_put_locked(&v->nodes, n);
        }
}

void vfs_fini(struct kernel *k)
{
    struct vfs *v = k->fs;
    if (v->home)
        cwd_put(v, v->home);
    lock_acquire(&v->tree);
    vfs_drop_pipes(v);
    lock_release(&v->tree);
    while (v->mounts) {
        struct mount *m = v->mounts;
        v->mounts = m->next;
        m->fs->ops->fini(m->fs);
        kernel_free(k, m);
    }
    node_table_fini(&v->nodes);
    hostfs_share_put(v->host);
    vfs_image_put(v->image);
    k->fs = NULL;
    kernel_free(k, v);
}

/* ---- processes -------------------------------------------------------------------- */

int vfs_process_init(struct process *p, struct process *parent)
{
    struct vfs *v = p->kernel->fs;
    struct vfs_process *fs = kernel_alloc(p->kernel, sizeof *fs);
    if (!fs)
        return -ENOMEM;
    fs->cwd = cwd_get(parent && parent->fs ? parent->fs->cwd : v->home);
    fs->umask = parent && parent->fs ? parent->fs->umask : VFS_UMASK;
    p->fs = fs;
    return 0;
}

void vfs_process_fini(struct process *p)
{
    struct vfs *v = p->kernel->fs;
    struct vfs_process *fs = p->fs;
    lock_acquire(&v->tree); // /proc looks at it under this lock
    p->fs = NULL;
    lock_release(&v->tree);
    cwd_put(v, fs->cwd);
    kernel_free(p->kernel, fs);
}

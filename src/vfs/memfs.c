/* memfs.c: the names and attributes of a memory file system. See memfs.h. */
#include "vfs/memfs.h"

#include <errno.h>
#include <string.h>

#include "kernel/limits.h"
#include "kernel/pipe.h"
#include "vfs/node.h"
#include "vfs/state.h"

enum { MEMFS_LINKS_MAX = 65000, MEMFS_BLOCK = 4096 };

int64_t memfs_now(const struct memfs *m)
{
    return m->fs.kernel ? kernel_real(m->fs.kernel) : INODE_TIME_START;
}

static int64_t memfs_time(const struct memfs *m, int64_t ns)
{
    return ns == INODE_TIME_START && m->fs.kernel ? m->fs.kernel->start_real_ns : ns;
}

static uint32_t memfs_type(const struct inode *i) { return i->mode & SYS_IFMT; }

/* The node of an inode, if it has one. */
static struct node *memfs_node(struct memfs *m, uint64_t ino)
{
    return m->fs.kernel ? node_find(&vfs_of(m->fs.kernel)->nodes, &m->fs, ino) : NULL;
}

/* Cached paths of working directories are stale. */
static void memfs_moved(struct memfs *m)
{
    if (m->fs.kernel && vfs_of(m->fs.kernel))
        atomic_fetch_add_explicit(&vfs_of(m->fs.kernel)->moves, 1, memory_order_relaxed);
}

/* ---- life ------------------------------------------------------------------------- */

static struct memfs *memfs_make(struct kernel *k, const struct alloc *alloc)
{
    struct memfs *m = alloc->resize(alloc, NULL, 0, sizeof *m);
    if (!m)
        return NULL;
    *m = (struct memfs){.fs = {.ops = &memfs_ops, .kernel = k, .root = INODE_ROOT},
                        .alloc = alloc};
    atomic_init(&m->refs, 1);
    struct content_owner owner = {alloc, k ? &k->limits : NULL};
    inode_table_init(&m->inodes, &owner);
    return m;
}

struct memfs *memfs_new(struct kernel *k, const struct alloc *alloc)
{
    struct memfs *m = memfs_make(k, alloc);
    uint64_t ino;
    struct inode *root = m ? inode_table_add(&m->inodes, &ino) : NULL;
    if (!root) {
        if (m)
            memfs_put(m);
        return NULL;
    }
    ASSERT(ino == INODE_ROOT);
    root->mode = SYS_IFDIR | 0755;
    root->nlink = 2;
    root->atime_ns = root->mtime_ns = root->ctime_ns = root->birth_ns = memfs_now(m);
    root->u.dir.parent = INODE_ROOT;
    return m;
}

struct memfs *memfs_fork(const struct memfs *from, struct kernel *k,
                         const struct alloc *alloc)
{
    struct memfs *m = memfs_make(k, alloc);
    if (m && inode_table_fork(&m->inodes, &from->inodes)) {
        memfs_put(m);
        return NULL;
    }
    return m;
}

int memfs_own_open(struct memfs *m)
{
    struct node_table *t = &vfs_of(m->fs.kernel)->nodes;
    for (uint32_t i = 0; i < t->size; i++)
        for (struct node *n = t->chains[i]; n; n = n->next) {
            if (n->fs != &m->fs || !n->inode)
                continue;
            struct inode *own = inode_table_own(&m->inodes, n->ino);
            if (!own)
                return -ENOSPC;
            n->inode = own;
        }
    return 0;
}

struct memfs *memfs_get(struct memfs *m)
{
    atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
    return m;
}

void memfs_put(struct memfs *m)
{
    if (atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) != 1)
        return;
    memfs_empty_trash(m);
    inode_table_fini(&m->inodes);
    m->alloc->resize(m->alloc, m, sizeof *m, 0);
}

/* ---- trash ------------------------------------------------------------------------ */

struct memfs_trash {
    struct memfs_trash *next;
    struct content content;
};

enum { MEMFS_TRASH_MIN = 1 << 20 }; // bytes; freeing less takes microseconds

void memfs_empty_trash_slow(struct memfs *m)
{
    struct memfs_trash *t = atomic_exchange(&m->trash, NULL), *next;
    for (; t; t = next) {
        next = t->next;
        content_fini(&t->content, &m->inodes.owner);
        m->alloc->resize(m->alloc, t, sizeof *t, 0);
    }
}

/* Gives up a record that has no name and no node. Its page is private. */
static void memfs_free_inode(struct memfs *m, uint64_t ino)
{
    struct inode *i = inode_table_own(&m->inodes, ino);
    struct memfs_trash *t = NULL;
    if (memfs_type(i) == SYS_IFREG && i->u.content.allocated >= MEMFS_TRASH_MIN)
        t = m->alloc->resize(m->alloc, NULL, 0, sizeof *t);
    if (t) {
        t->content = i->u.content;
        i->u.content = (struct content){0};
        t->next = atomic_load(&m->trash);
        while (!atomic_compare_exchange_weak(&m->trash, &t->next, t))
            ;
    }
    inode_table_remove(&m->inodes, ino);
}

static void memfs_fini(struct fs *fs) { memfs_put(memfs_of(fs)); }

/* ---- looking ---------------------------------------------------------------------- */

static void memfs_brief_of(const struct inode *i, uint64_t ino, struct fs_brief *b)
{
    *b = (struct fs_brief){.ino = ino, .mode = i->mode, .uid = i->uid, .gid = i->gid};
}

static int memfs_brief(struct fs *fs, uint64_t ino, struct fs_brief *b)
{
    const struct inode *i = inode_table_find(&memfs_of(fs)->inodes, ino);
    if (!i)
        return -ENOENT;
    memfs_brief_of(i, ino, b);
    return 0;
}

static int memfs_lookup(struct fs *fs, uint64_t dir, struct span name, struct fs_ask *ask,
                        struct fs_brief *child)
{
    (void)ask;
    struct memfs *m = memfs_of(fs);
    const struct inode *d = inode_table_find(&m->inodes, dir);
    ASSERT(d && memfs_type(d) == SYS_IFDIR);
    const struct dir_entry *e = dir_find(d->u.dir.names, name);
    if (!e)
        return -ENOENT;
    memfs_brief_of(inode_table_find(&m->inodes, e->ino), e->ino, child);
    return 0;
}

static int memfs_parent(struct fs *fs, uint64_t dir, uint64_t *parent)
{
    const struct inode *d = inode_table_find(&memfs_of(fs)->inodes, dir);
    if (!d || !d->nlink)
        return -ENOENT;
    *parent = d->u.dir.parent;
    return 0;
}

static int memfs_name_of(struct fs *fs, uint64_t dir, uint64_t child, char name[256])
{
    const struct inode *d = inode_table_find(&memfs_of(fs)->inodes, dir);
    const struct dir_entry *e = d ? dir_find_inode(d->u.dir.names, child) : NULL;
    if (!e)
        return -ENOENT;
    struct span s = dir_name(d->u.dir.names, e);
    memcpy(name, s.ptr, s.len);
    name[s.len] = '\0';
    return 0;
}

static int memfs_readlink(struct fs *fs, uint64_t ino, struct span *text, char **made)
{
    (void)made;
    const struct inode *i = inode_table_find(&memfs_of(fs)->inodes, ino);
    ASSERT(i && memfs_type(i) == SYS_IFLNK);
    *text = content_text(&i->u.content);
    return 0;
}

static int memfs_readdir(struct fs *fs, uint64_t dir, uint64_t *cookie,
                         struct fs_listing *l, struct fs_ask *ask)
{
    (void)ask;
    const struct inode *d = inode_table_find(&memfs_of(fs)->inodes, dir);
    if (!d)
        return -ENOENT;
    const struct dir_entry *e;
    while ((e = dir_next(d->u.dir.names, *cookie)) != NULL) {
        if (!fs_list_add(l, e->ino, (uint32_t)e->type << 12, dir_name(d->u.dir.names, e)))
            break;
        *cookie = e->seq;
    }
    return 0;
}

/* ---- making and removing ---------------------------------------------------------- */

/* The record of a directory that is to be changed, with room for a name of len bytes. */
static int memfs_own_dir(struct memfs *m, uint64_t dir, size_t len, struct inode **d)
{
    *d = inode_table_own(&m->inodes, dir);
    if (!*d)
        return -ENOSPC;
    if (!(*d)->nlink)
        return -ENOENT; // it was removed while somebody was in it
    return dir_prepare(&(*d)->u.dir.names, m->alloc, len);
}

static void memfs_dir_changed(struct memfs *m, struct inode *d)
{
    d->mtime_ns = d->ctime_ns = memfs_now(m);
}

static int memfs_create(struct fs *fs, uint64_t dir, struct span name,
                        const struct fs_new *new, struct fs_brief *child)
{
    struct memfs *m = memfs_of(fs);
    struct inode *d;
    int err = memfs_own_dir(m, dir, name.len, &d);
    if (err)
        return err;
    uint64_t ino;
    struct inode *i = inode_table_add(&m->inodes, &ino);
    if (!i)
        return -ENOSPC;
    i->mode = new->mode;
    i->uid = new->uid;
    i->gid = new->gid;
    i->nlink = 1;
    i->atime_ns = i->mtime_ns = i->ctime_ns = i->birth_ns = memfs_now(m);
    if (memfs_type(i) == SYS_IFLNK) {
        err = content_set_text(&i->u.content, &m->inodes.owner, new->target);
        if (err) {
            inode_table_remove(&m->inodes, ino);
            return err;
        }
    } else if (memfs_type(i) == SYS_IFDIR) {
        i->nlink = 2;
        i->u.dir.parent = dir;
        d->nlink++;
    }
    err = dir_add(&d->u.dir.names, m->alloc, name, ino, (uint8_t)(i->mode >> 12));
    ASSERT(!err); // prepared
    memfs_dir_changed(m, d);
    memfs_brief_of(i, ino, child);
    return err;
}

/* Makes *i private for a change of attributes, and locks it against its open files. */
static int memfs_own_locked(struct memfs *m, uint64_t ino, struct inode **i,
                            struct node **n)
{
    *i = inode_table_own(&m->inodes, ino);
    if (!*i)
        return -ENOSPC;
    *n = memfs_node(m, ino);
    if (*n)
        lock_acquire(&(*n)->lock);
    return 0;
}

static int memfs_link(struct fs *fs, uint64_t dir, struct span name, uint64_t ino)
{
    struct memfs *m = memfs_of(fs);
    struct inode *d, *i;
    struct node *n;
    int err = memfs_own_dir(m, dir, name.len, &d);
    if (err)
        return err;
    const struct inode *old = inode_table_find(&m->inodes, ino);
    if (old->nlink >= MEMFS_LINKS_MAX)
        return -EMLINK;
    if (!old->nlink)
        return -ENOENT;
    err = memfs_own_locked(m, ino, &i, &n);
    if (err)
        return err;
    i->nlink++;
    i->ctime_ns = memfs_now(m);
    if (n)
        lock_release(&n->lock);
    err = dir_add(&d->u.dir.names, m->alloc, name, ino, (uint8_t)(i->mode >> 12));
    memfs_dir_changed(m, d);
    return err;
}

/* The pipe of a FIFO that has no name any more is given up: nobody else can come to
 * it. */
static void memfs_drop_pipe(struct memfs *m, struct node *n)
{
    struct pipe *p = n->pipe;
    if (!p)
        return;
    n->pipe = NULL;
    pipe_put(p);
    node_put_locked(&vfs_of(m->fs.kernel)->nodes, n);
}

/* An inode has lost a name; a directory its only one. Frees it when nobody uses it. Its
 * page is private. */
static void memfs_unlinked(struct memfs *m, uint64_t ino)
{
    struct inode *i = inode_table_own(&m->inodes, ino);
    struct node *n = memfs_node(m, ino);
    ASSERT(i && i->nlink > 0);
    if (n)
        lock_acquire(&n->lock);
    uint32_t left = i->nlink = memfs_type(i) == SYS_IFDIR ? 0 : i->nlink - 1;
    i->ctime_ns = memfs_now(m);
    if (n)
        lock_release(&n->lock);
    if (left)
        return;
    if (memfs_type(i) == SYS_IFDIR)
        memfs_moved(m);
    if (n)
        memfs_drop_pipe(m,
                        n); // may be its end: the last count on the node frees the inode
    else
        inode_table_remove(&m->inodes, ino);
}

static int memfs_unlink(struct fs *fs, uint64_t dir, struct span name, uint64_t ino)
{
    struct memfs *m = memfs_of(fs);
    struct inode *d = inode_table_own(&m->inodes, dir);
    if (!d || !inode_table_own(&m->inodes, ino))
        return -ENOSPC;
    int err = dir_remove(&d->u.dir.names, m->alloc, name);
    if (err)
        return err;
    memfs_dir_changed(m, d);
    memfs_unlinked(m, ino);
    return 0;
}

static int memfs_rmdir(struct fs *fs, uint64_t dir, struct span name, uint64_t ino)
{
    struct memfs *m = memfs_of(fs);
    const struct inode *gone = inode_table_find(&m->inodes, ino);
    if (dir_count(gone->u.dir.names))
        return -ENOTEMPTY;
    int err = memfs_unlink(fs, dir, name, ino);
    if (!err)
        inode_table_own(&m->inodes, dir)->nlink--;
    return err;
}

/* ---- renaming --------------------------------------------------------------------- */

/* Whether directory ino is dir or above it. */
static bool memfs_is_above(const struct memfs *m, uint64_t ino, uint64_t dir)
{
    for (;;) {
        if (dir == ino)
            return true;
        const struct inode *d = inode_table_find(&m->inodes, dir);
        if (!d || dir == m->fs.root)
            return false;
        dir = d->u.dir.parent;
    }
}

static int memfs_rename_check(const struct memfs *m, uint64_t from_ino, uint64_t to_dir,
                              uint64_t to_ino, bool exchange)
{
    const struct inode *from = inode_table_find(&m->inodes, from_ino);
    const struct inode *to = to_ino ? inode_table_find(&m->inodes, to_ino) : NULL;
    bool from_is_dir = memfs_type(from) == SYS_IFDIR;
    if (from_is_dir && memfs_is_above(m, from_ino, to_dir))
        return -EINVAL;
    if (!to || exchange)
        return 0;
    if (from_is_dir != (memfs_type(to) == SYS_IFDIR))
        return from_is_dir ? -ENOTDIR : -EISDIR;
    return from_is_dir && dir_count(to->u.dir.names) ? -ENOTEMPTY : 0;
}

/* The directory ino, moved from one directory to another, has a new parent. */
static void memfs_reparent(struct memfs *m, uint64_t ino, struct inode *old,
                           struct inode *new, uint64_t new_ino)
{
    struct inode *i = inode_table_own(&m->inodes, ino);
    i->ctime_ns = memfs_now(m); // of a directory: the tree lock will do
    i->u.dir.parent = new_ino;
    old->nlink--;
    new->nlink++;
    memfs_moved(m);
}

static void memfs_touch_ctime(struct memfs *m, uint64_t ino)
{
    struct inode *i;
    struct node *n;
    if (memfs_own_locked(m, ino, &i, &n))
        return;
    i->ctime_ns = memfs_now(m);
    if (n)
        lock_release(&n->lock);
}

static int memfs_rename(struct fs *fs, uint64_t from_dir, struct span from,
                        uint64_t from_ino, uint64_t to_dir, struct span to,
                        uint64_t to_ino, bool exchange)
{
    struct memfs *m = memfs_of(fs);
    if (from_ino == to_ino)
        return 0;
    int err = memfs_rename_check(m, from_ino, to_dir, to_ino, exchange);
    if (!err && exchange)
        err = memfs_rename_check(m, to_ino, from_dir, from_ino, true);
    if (err)
        return err;
    struct inode *fd, *td;
    err = memfs_own_dir(m, from_dir, 0, &fd);
    if (!err)
        err = memfs_own_dir(m, to_dir, to.len, &td);
    if (err)
        return err;
    if (!inode_table_own(&m->inodes, from_ino) ||
        (to_ino && !inode_table_own(&m->inodes, to_ino)))
        return -ENOSPC;

    // From here on nothing fails.
    bool from_is_dir = memfs_type(inode_table_find(&m->inodes, from_ino)) == SYS_IFDIR;
    uint8_t type = (uint8_t)(inode_table_find(&m->inodes, from_ino)->mode >> 12);
    uint8_t to_type =
        to_ino ? (uint8_t)(inode_table_find(&m->inodes, to_ino)->mode >> 12) : 0;
    struct dir **tn = &td->u.dir.names, **fn = &fd->u.dir.names;
    err = to_ino ? dir_change(tn, m->alloc, to, from_ino, type)
                 : dir_add(tn, m->alloc, to, from_ino, type);
    ASSERT(!err);
    err = exchange ? dir_change(fn, m->alloc, from, to_ino, to_type)
                   : dir_remove(fn, m->alloc, from);
    ASSERT(!err);
    if (from_is_dir)
        memfs_reparent(m, from_ino, fd, td, to_dir);
    else
        memfs_touch_ctime(m, from_ino);
    if (exchange) {
        if (to_type == SYS_IFDIR >> 12)
            memfs_reparent(m, to_ino, td, fd, from_dir);
        else
            memfs_touch_ctime(m, to_ino);
    } else if (to_ino) {
        if (to_type == SYS_IFDIR >> 12)
            td->nlink--;
        memfs_unlinked(m, to_ino);
    }
    memfs_dir_changed(m, fd);
    memfs_dir_changed(m, td);
    return 0;
}

/* ---- attributes ------------------------------------------------------------------- */

static int64_t memfs_blocks(const struct inode *i)
{
    if (memfs_type(i) == SYS_IFDIR)
        return MEMFS_BLOCK / 512;
    if (memfs_type(i) != SYS_IFREG)
        return 0;
    const struct content *c = &i->u.content;
    if (c->kind == CONTENT_INLINE)
        return c->size ? MEMFS_BLOCK / 512 : 0;
    // No more than the file's pages: the capacity of the last block is not the file's.
    uint64_t pages = ((uint64_t)c->size + MEMFS_BLOCK - 1) / MEMFS_BLOCK;
    uint64_t held = (c->allocated + MEMFS_BLOCK - 1) / MEMFS_BLOCK;
    return (int64_t)(pages < held ? pages : held) * (MEMFS_BLOCK / 512);
}

static int memfs_stat(struct fs *fs, uint64_t ino, struct sys_stat *st)
{
    struct memfs *m = memfs_of(fs);
    const struct inode *i = inode_table_find(&m->inodes, ino);
    if (!i)
        return -ENOENT;
    struct node *n = memfs_node(m, ino);
    if (n)
        lock_acquire(&n->lock);
    *st = (struct sys_stat){.ino = ino,
                            .mode = i->mode,
                            .nlink = i->nlink,
                            .uid = i->uid,
                            .gid = i->gid,
                            .blocks = memfs_blocks(i),
                            .atime_ns = memfs_time(m, i->atime_ns),
                            .mtime_ns = memfs_time(m, i->mtime_ns),
                            .ctime_ns = memfs_time(m, i->ctime_ns),
                            .birth_ns = memfs_time(m, i->birth_ns)};
    if (memfs_type(i) == SYS_IFDIR)
        st->size = MEMFS_BLOCK;
    else if (memfs_type(i) == SYS_IFREG || memfs_type(i) == SYS_IFLNK)
        st->size = i->u.content.size;
    if (n)
        lock_release(&n->lock);
    return 0;
}

static int memfs_set(struct fs *fs, uint64_t ino, const struct fs_set *set)
{
    struct memfs *m = memfs_of(fs);
    struct inode *i;
    struct node *n;
    int err = memfs_own_locked(m, ino, &i, &n);
    if (err)
        return err;
    if (set->what & FS_SET_MODE)
        i->mode = (i->mode & SYS_IFMT) | (set->mode & 07777);
    if (set->what & FS_SET_UID)
        i->uid = set->uid;
    if (set->what & FS_SET_GID)
        i->gid = set->gid;
    if (set->what & FS_SET_ATIME)
        i->atime_ns = set->atime_ns;
    if (set->what & FS_SET_MTIME)
        i->mtime_ns = set->mtime_ns;
    i->ctime_ns = memfs_now(m);
    if (n)
        lock_release(&n->lock);
    return 0;
}

static void memfs_statfs(struct fs *fs, struct sys_statfs *st)
{
    struct limits *l = &fs->kernel->limits;
    uint64_t bytes = limits_value(l, LIMIT_FS_BYTES),
             files = limits_value(l, LIMIT_FS_FILES);
    uint64_t bytes_used = atomic_load(&l->used[LIMIT_FS_BYTES]);
    uint64_t files_used = atomic_load(&l->used[LIMIT_FS_FILES]);
    st->bytes = bytes;
    st->bytes_free = bytes > bytes_used ? bytes - bytes_used : 0;
    st->files = files;
    st->files_free = files > files_used ? files - files_used : 0;
}

static int64_t memfs_head(struct fs *fs, uint64_t ino, void *buf, size_t len)
{
    struct memfs *m = memfs_of(fs);
    const struct inode *i = inode_table_find(&m->inodes, ino);
    struct node *n = memfs_node(m, ino);
    if (n)
        lock_acquire(&n->lock);
    size_t got = content_read(&i->u.content, buf, len, 0);
    if (n)
        lock_release(&n->lock);
    return (int64_t)got;
}

int memfs_append(struct memfs *m, uint64_t ino, struct span data)
{
    struct inode *i = inode_table_own(&m->inodes, ino);
    if (!i)
        return -ENOSPC;
    struct content *c = &i->u.content;
    int64_t n = content_write(c, &m->inodes.owner, data.ptr, data.len, c->size);
    return n == (int64_t)data.len ? 0 : -ENOSPC;
}

/* ---- nodes ------------------------------------------------------------------------ */

static int memfs_node_open(struct fs *fs, struct node *n)
{
    if (n->type != SYS_IFREG)
        return 0;
    n->inode = inode_table_own(&memfs_of(fs)->inodes, n->ino);
    return n->inode ? 0 : -ENOSPC;
}

static void memfs_node_close(struct fs *fs, struct node *n)
{
    struct memfs *m = memfs_of(fs);
    const struct inode *i = inode_table_find(&m->inodes, n->ino);
    if (i && !i->nlink && inode_table_own(&m->inodes, n->ino))
        memfs_free_inode(m, n->ino);
}

const struct fs_ops memfs_ops = {
    .type = "tmpfs",
    .lookup = memfs_lookup,
    .brief = memfs_brief,
    .parent = memfs_parent,
    .name_of = memfs_name_of,
    .readlink = memfs_readlink,
    .readdir = memfs_readdir,
    .create = memfs_create,
    .link = memfs_link,
    .unlink = memfs_unlink,
    .rmdir = memfs_rmdir,
    .rename = memfs_rename,
    .stat = memfs_stat,
    .set = memfs_set,
    .statfs = memfs_statfs,
    .head = memfs_head,
    .node_open = memfs_node_open,
    .node_close = memfs_node_close,
    .open = memfs_open,
    .truncate = memfs_truncate,
    .fini = memfs_fini,
};

/* hostfs.c: see hostfs.h. */
#include "vfs/hostfs.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/host_work.h"
#include "kernel/kernel.h"
#include "vfs/dir.h"
#include "vfs/host_folder.h"
#include "vfs/hostfs_file.h"
#include "vfs/node.h"
#include "vfs/state.h"
#include "vfs/vfs_file.h"

enum { HOSTFS_IN_FLIGHT = 2, HOSTFS_RECORDS = 4096, HOSTFS_CHAINS = 512 };

/* What is known of a file. */
struct host_record {
    uint64_t ino;                         // its number in this file system: counts up
    struct host_record *parent;           // NULL: the root. Counts in parent->children
    struct host_record *by_ino, *by_name; // chains
    unsigned children;                    // records below
    bool pinned;                          // has a node
    bool detached;                        // another file has its name now, or it is gone
    struct sys_stat st;                   // mode 0: there is no such file
    uint64_t asked;                       // when st was
    char *link;                           // text, a kernel block; NULL: not a link
    size_t link_len;
    struct dir *listing; // names with the host's inode numbers
    uint64_t listed;     // when; 0: never
    size_t name_len;
    char name[];
};

struct hostfs {
    struct fs fs;
    struct vfs *vfs;
    struct host_handle *folder;
    uint64_t next_ino;
    struct host_record *root;
    struct host_record **by_ino, **by_name; // size chains each
    uint32_t size, count;
};

static struct hostfs *hostfs_of(struct fs *fs)
{
    return CONTAINER_OF(fs, struct hostfs, fs);
}

/* ---- shares ----------------------------------------------------------------------- */

int hostfs_share_make(struct vfs *v)
{
    if (!v->host)
        v->host = host_share_new(host_pool_of(v->kernel->runtime), HOSTFS_IN_FLIGHT);
    return v->host ? 0 : -ENOMEM;
}

void hostfs_share_put(struct host_share *s) { host_share_put(s); }

/* ---- records: the tree lock is held ----------------------------------------------- */

static struct host_record **hostfs_ino_chain(const struct hostfs *h, uint64_t ino)
{
    return &h->by_ino[hash_mix(ino) & (h->size - 1)];
}

static struct host_record **hostfs_name_chain(const struct hostfs *h,
                                              const struct host_record *parent,
                                              struct span name)
{
    return &h->by_name[hash_span(name, parent->ino) & (h->size - 1)];
}

static struct host_record *hostfs_find(struct hostfs *h, uint64_t ino)
{
    struct host_record *r = *hostfs_ino_chain(h, ino);
    while (r && r->ino != ino)
        r = r->by_ino;
    return r;
}

static struct host_record *hostfs_find_child(struct hostfs *h,
                                             const struct host_record *parent,
                                             struct span name)
{
    struct host_record *r = *hostfs_name_chain(h, parent, name);
    while (r &&
           (r->parent != parent || !span_eq((struct span){r->name, r->name_len}, name)))
        r = r->by_name;
    return r;
}

/* The name means another file from now on. */
static void hostfs_detach(struct hostfs *h, struct host_record *r)
{
    if (r->detached || !r->parent)
        return;
    struct host_record **link =
        hostfs_name_chain(h, r->parent, (struct span){r->name, r->name_len});
    while (*link != r)
        link = &(*link)->by_name;
    *link = r->by_name;
    r->detached = true;
}

static void hostfs_forget(struct hostfs *h, struct host_record *r)
{
    ASSERT(!r->children && !r->pinned);
    hostfs_detach(h, r);
    struct host_record **link = hostfs_ino_chain(h, r->ino);
    while (*link != r)
        link = &(*link)->by_ino;
    *link = r->by_ino;
    if (r->parent)
        r->parent->children--;
    h->count--;
    dir_put(r->listing);
    kernel_free(h->fs.kernel, r->link);
    kernel_free(h->fs.kernel, r);
}

/* Forgets records without a use, but for those of walks since `since`, until few are
 * left. */
static void hostfs_trim(struct hostfs *h, uint64_t since)
{
    for (uint32_t i = 0; i < h->size && h->count > HOSTFS_RECORDS / 2; i++)
        for (struct host_record *r = h->by_ino[i], *next; r; r = next) {
            next = r->by_ino;
            if (r->parent && !r->children && !r->pinned && r->asked < since)
                hostfs_forget(h, r);
        }
}

static struct host_record *hostfs_add(struct hostfs *h, struct host_record *parent,
                                      struct span name)
{
    struct host_record *r = kernel_alloc_zero(h->fs.kernel, sizeof *r + name.len);
    if (!r)
        return NULL;
    r->ino = h->next_ino++;
    r->parent = parent;
    r->name_len = name.len;
    memcpy(r->name, name.ptr, name.len);
    struct host_record **chain = hostfs_ino_chain(h, r->ino);
    r->by_ino = *chain;
    *chain = r;
    if (parent) {
        chain = hostfs_name_chain(h, parent, name);
        r->by_name = *chain;
        *chain = r;
        parent->children++;
    }
    h->count++;
    return r;
}

/* Writes the path of r, and of name in it, relative to the folder. -ENAMETOOLONG;
 * -ENOENT: r has no name any more. */
static int hostfs_path(const struct host_record *r, struct span name,
                       char path[VFS_PATH_MAX])
{
    size_t at = VFS_PATH_MAX - 1;
    path[at] = '\0';
    struct span part = name;
    for (;;) {
        if (part.len) {
            if (part.len + 1 > at)
                return -ENAMETOOLONG;
            if (path[at])
                path[--at] = '/';
            at -= part.len;
            memcpy(path + at, part.ptr, part.len);
        }
        if (r->detached)
            return -ENOENT;
        if (!r->parent)
            break;
        part = (struct span){r->name, r->name_len};
        r = r->parent;
    }
    memmove(path, path + at, VFS_PATH_MAX - at);
    return 0;
}

/* ---- asking the host -------------------------------------------------------------- */

struct hostfs_ask {
    struct host_work work;
    struct host_handle *folder;
    bool list;
    int err;
    struct sys_stat st;
    char path[VFS_PATH_MAX], link[VFS_PATH_MAX];
    size_t link_len;
    // of a listing: entries of ino, type, length and name
    char *names;
    size_t names_len, names_cap;
};

struct hostfs_name {
    uint64_t ino;
    uint32_t type, len;
};

static bool hostfs_ask_add(void *arg, uint64_t ino, uint32_t type, const char *name)
{
    struct hostfs_ask *a = arg;
    struct hostfs_name head = {ino, type, (uint32_t)strlen(name)};
    if (head.len > DIR_NAME_MAX)
        return true;
    size_t need = sizeof head + head.len;
    if (a->names_cap - a->names_len < need) {
        char *bigger = host_work_resize(a->names, a->names_cap ? a->names_cap * 2 : 4096);
        if (!bigger)
            return false;
        a->names = bigger;
        a->names_cap = a->names_cap ? a->names_cap * 2 : 4096;
    }
    memcpy(a->names + a->names_len, &head, sizeof head);
    memcpy(a->names + a->names_len + sizeof head, name, head.len);
    a->names_len += need;
    return true;
}

/* On a host thread. */
static void hostfs_ask_run(struct host_work *w)
{
    struct hostfs_ask *a = (struct hostfs_ask *)w;
    if (a->list) {
        a->err = host_folder_list(a->folder, a->path, hostfs_ask_add, a);
        return;
    }
    a->err = host_folder_stat(a->folder, a->path, &a->st);
    if (a->err || (a->st.mode & SYS_IFMT) != SYS_IFLNK)
        return;
    int64_t got = host_folder_readlink(a->folder, a->path, a->link, sizeof a->link - 1);
    a->err = got < 0 ? (int)got : 0;
    a->link_len = got < 0 ? 0 : (size_t)got;
}

static void hostfs_ask_fini(struct host_work *w)
{
    struct hostfs_ask *a = (struct hostfs_ask *)w;
    host_work_resize(a->names, 0);
    host_handle_put(a->folder);
}

/* The host's answer about a name goes into a record. Tree lock. */
static int hostfs_answer_stat(struct hostfs *h, struct host_record *parent,
                              struct span name, const struct hostfs_ask *a, uint64_t now)
{
    bool gone = a->err == -ENOENT || a->err == -ENOTDIR;
    if (a->err && !gone)
        return a->err;
    struct host_record *r = name.len ? hostfs_find_child(h, parent, name) : parent;
    if (r && name.len && r->st.mode && (gone || r->st.ino != a->st.ino)) {
        hostfs_detach(h, r); // it is another file now
        r = NULL;
    }
    if (!r)
        r = hostfs_add(h, parent, name);
    if (!r)
        return -ENOMEM;
    kernel_free(h->fs.kernel, r->link);
    r->link = NULL;
    if (a->link_len) {
        r->link = kernel_alloc(h->fs.kernel, a->link_len);
        if (!r->link)
            return -ENOMEM;
        memcpy(r->link, a->link, a->link_len);
        r->link_len = a->link_len;
    }
    r->st = gone ? (struct sys_stat){0} : a->st;
    r->asked = now;
    return 0;
}

/* Brings the listing up to what the host has said: old names keep their cookies. Tree
 * lock. */
static int hostfs_answer_list(struct hostfs *h, struct host_record *r,
                              const struct hostfs_ask *a, uint64_t now)
{
    const struct alloc *alloc = &h->fs.kernel->kernel_heap;
    if (a->err)
        return a->err;
    struct dir *fresh = NULL;
    int err = 0;
    for (size_t at = 0; !err && at < a->names_len;) {
        struct hostfs_name head;
        memcpy(&head, a->names + at, sizeof head);
        struct span name = {a->names + at + sizeof head, head.len};
        at += sizeof head + head.len;
        if (!dir_find(fresh, name))
            err = dir_add(&fresh, alloc, name, head.ino, (uint8_t)(head.type >> 12));
        if (!err && !dir_find(r->listing, name))
            err = dir_add(&r->listing, alloc, name, head.ino, (uint8_t)(head.type >> 12));
    }
    const struct dir_entry *e;
    for (uint64_t seq = 0; !err && (e = dir_next(r->listing, seq)) != NULL;) {
        seq = e->seq;
        char text[DIR_NAME_MAX];
        struct span name = dir_name(r->listing, e);
        memcpy(text, name.ptr, name.len);
        if (!dir_find(fresh, name))
            err = dir_remove(&r->listing, alloc, (struct span){text, name.len});
    }
    dir_put(fresh);
    if (!err)
        r->listed = now;
    return err;
}

/* Begins a request about the record ask->ino. Without locks. NULL with *err 0: the record
 * is gone, walk again. */
static struct hostfs_ask *hostfs_ask_new(struct hostfs *h, const struct fs_ask *ask,
                                         uint64_t *now, int *err)
{
    struct hostfs_ask *a = (struct hostfs_ask *)host_work_new(
        h->vfs->host, sizeof *a, hostfs_ask_run, hostfs_ask_fini);
    *err = a ? 0 : -ENOMEM;
    if (!a)
        return NULL;
    a->folder = host_handle_get(h->folder);
    a->list = ask->name[0] == '/';
    lock_acquire(&h->vfs->tree);
    const struct host_record *r = hostfs_find(h, ask->ino);
    *now = h->vfs->walks;
    bool found = r != NULL;
    if (found)
        *err =
            hostfs_path(r, a->list ? (struct span){"", 0} : span_of(ask->name), a->path);
    lock_release(&h->vfs->tree);
    if (found && !*err)
        return a;
    host_work_put(&a->work);
    return NULL;
}

static int hostfs_settle(struct fs *fs, struct fs_ask *ask)
{
    struct hostfs *h = hostfs_of(fs);
    struct wait_reason reason = {.what = "a folder of the host"};
    uint64_t now;
    int err;
    struct hostfs_ask *a = hostfs_ask_new(h, ask, &now, &err);
    if (!a)
        return err;
    err = host_work_do(fs->kernel, &a->work, &reason);
    if (!err) {
        lock_acquire(&h->vfs->tree);
        struct host_record *r = hostfs_find(h, ask->ino);
        if (r && a->list)
            err = hostfs_answer_list(h, r, a, now);
        else if (r)
            err = hostfs_answer_stat(h, r, span_of(ask->name), a, now);
        if (h->count > HOSTFS_RECORDS)
            hostfs_trim(h, ask->since);
        lock_release(&h->vfs->tree);
    }
    host_work_put(&a->work);
    return err;
}

/* Notes the question in *ask. name "/": the listing; "": the record itself. */
static int hostfs_must_ask(struct hostfs *h, const struct host_record *r,
                           struct span name, struct fs_ask *ask)
{
    ask->fs = &h->fs;
    ask->ino = r->ino;
    memcpy(ask->name, name.ptr, name.len);
    ask->name[name.len] = '\0';
    return -EINPROGRESS;
}

/* ---- operations ------------------------------------------------------------------- */

static void hostfs_brief_of(const struct host_record *r, struct fs_brief *b)
{
    *b = (struct fs_brief){
        .ino = r->ino, .mode = r->st.mode, .uid = VFS_UID, .gid = VFS_GID};
}

static int hostfs_brief(struct fs *fs, uint64_t ino, struct fs_brief *b)
{
    const struct host_record *r = hostfs_find(hostfs_of(fs), ino);
    if (!r || !r->st.mode)
        return -ENOENT;
    hostfs_brief_of(r, b);
    return 0;
}

static int hostfs_lookup(struct fs *fs, uint64_t dir, struct span name,
                         struct fs_ask *ask, struct fs_brief *child)
{
    struct hostfs *h = hostfs_of(fs);
    const struct host_record *d = hostfs_find(h, dir);
    if (!d || d->detached)
        return -ENOENT;
    const struct host_record *r = hostfs_find_child(h, d, name);
    if (!r || r->asked < ask->since)
        return hostfs_must_ask(h, d, name, ask);
    if (!r->st.mode)
        return -ENOENT;
    hostfs_brief_of(r, child);
    return 0;
}

static int hostfs_parent(struct fs *fs, uint64_t dir, uint64_t *parent)
{
    const struct host_record *r = hostfs_find(hostfs_of(fs), dir);
    if (!r || !r->parent || r->detached)
        return -ENOENT;
    *parent = r->parent->ino;
    return 0;
}

static int hostfs_name_of(struct fs *fs, uint64_t dir, uint64_t child, char name[256])
{
    (void)dir;
    const struct host_record *r = hostfs_find(hostfs_of(fs), child);
    if (!r || r->detached)
        return -ENOENT;
    memcpy(name, r->name, r->name_len);
    name[r->name_len] = '\0';
    return 0;
}

static int hostfs_readlink(struct fs *fs, uint64_t ino, struct span *text, char **made)
{
    (void)made;
    const struct host_record *r = hostfs_find(hostfs_of(fs), ino);
    if (!r || !r->link)
        return -ENOENT;
    *text = (struct span){r->link, r->link_len};
    return 0;
}

static int hostfs_readdir(struct fs *fs, uint64_t dir, uint64_t *cookie,
                          struct fs_listing *l, struct fs_ask *ask)
{
    struct hostfs *h = hostfs_of(fs);
    const struct host_record *r = hostfs_find(h, dir);
    if (!r || r->detached)
        return -ENOENT;
    if (!r->listed || r->listed < ask->since)
        return hostfs_must_ask(h, r, (struct span){"/", 1}, ask);
    const struct dir_entry *e;
    while ((e = dir_next(r->listing, *cookie)) != NULL) {
        if (!fs_list_add(l, e->ino, (uint32_t)e->type << 12, dir_name(r->listing, e)))
            break;
        *cookie = e->seq;
    }
    return 0;
}

static int hostfs_stat(struct fs *fs, uint64_t ino, struct sys_stat *st)
{
    const struct host_record *r = hostfs_find(hostfs_of(fs), ino);
    if (!r || !r->st.mode)
        return -ENOENT;
    *st = r->st;
    st->uid = VFS_UID;
    st->gid = VFS_GID;
    return 0;
}

static int hostfs_node_open(struct fs *fs, struct node *n)
{
    struct host_record *r = hostfs_find(hostfs_of(fs), n->ino);
    if (!r)
        return -ENOENT;
    r->pinned = true;
    return 0;
}

static void hostfs_node_close(struct fs *fs, struct node *n)
{
    struct hostfs *h = hostfs_of(fs);
    struct host_record *r = hostfs_find(h, n->ino);
    r->pinned = false;
    if (r->detached && !r->children)
        hostfs_forget(h, r);
}

static int hostfs_open(const struct fs_open *o, struct file **file)
{
    struct hostfs *h = hostfs_of(o->node->fs);
    if (o->node->type != SYS_IFREG)
        return -EACCES;
    struct hostfs_opening *opening = hostfs_opening_new(h->vfs->host, h->folder);
    if (!opening)
        return -ENOMEM;
    lock_acquire(&h->vfs->tree);
    int err = hostfs_path(hostfs_find(h, o->node->ino), (struct span){"", 0},
                          hostfs_opening_path(opening));
    lock_release(&h->vfs->tree);
    return hostfs_file_open(o, opening, err, file);
}

static void hostfs_fini(struct fs *fs)
{
    struct hostfs *h = hostfs_of(fs);
    for (uint32_t i = 0; h->by_ino && i < h->size; i++)
        for (struct host_record *r = h->by_ino[i], *next; r; r = next) {
            next = r->by_ino;
            dir_put(r->listing);
            kernel_free(fs->kernel, r->link);
            kernel_free(fs->kernel, r);
        }
    kernel_free(fs->kernel, h->by_ino);
    host_handle_put(h->folder);
    kernel_free(fs->kernel, h);
}

static const struct fs_ops hostfs_ops = {
    .type = "hostfs",
    .lookup = hostfs_lookup,
    .brief = hostfs_brief,
    .parent = hostfs_parent,
    .name_of = hostfs_name_of,
    .readlink = hostfs_readlink,
    .readdir = hostfs_readdir,
    .stat = hostfs_stat,
    .node_open = hostfs_node_open,
    .node_close = hostfs_node_close,
    .open = hostfs_open,
    .settle = hostfs_settle,
    .fini = hostfs_fini,
};

int hostfs_new(struct vfs *v, struct host_handle *folder, struct fs **fs)
{
    struct sys_stat st;
    int err = host_folder_stat(folder, "", &st);
    if (err)
        return err;
    struct hostfs *h = kernel_alloc_zero(v->kernel, sizeof *h);
    if (!h)
        return -ENOMEM;
    h->fs = (struct fs){.ops = &hostfs_ops, .kernel = v->kernel};
    h->vfs = v;
    h->next_ino = 1;
    h->size = HOSTFS_CHAINS;
    h->by_ino = kernel_alloc_zero(v->kernel, 2 * HOSTFS_CHAINS * sizeof h->by_ino[0]);
    h->by_name = h->by_ino ? h->by_ino + HOSTFS_CHAINS : NULL;
    h->root = h->by_ino ? hostfs_add(h, NULL, (struct span){"", 0}) : NULL;
    h->folder = host_handle_get(folder);
    if (!h->root) {
        hostfs_fini(&h->fs);
        return -ENOMEM;
    }
    host_handle_put(folder); // the count given up by the caller
    h->root->st = st;
    h->root->pinned = true;
    h->fs.root = h->root->ino;
    *fs = &h->fs;
    return 0;
}

/* walk.c: see walk.h. */
#include "vfs/walk.h"

#include <errno.h>
#include <string.h>

#include "kernel/process.h"
#include "vfs/cwd.h"

/* The text that is still to be walked: the path's rest, and above it those of links. */
struct walk_text {
    const char *at, *end;
};

struct caller caller_of(struct process *self)
{
    return (struct caller){.vfs = self->kernel->fs,
                           .uid = VFS_UID,
                           .gid = VFS_GID,
                           .cwd = self->fs->cwd,
                           .umask = self->fs->umask,
                           .process = self};
}

struct caller caller_outside(struct vfs *v) { return (struct caller){.vfs = v}; }

struct caller caller_current(struct vfs *v)
{
    struct process *self = process_self();
    return self && self->kernel == v->kernel ? caller_of(self) : caller_outside(v);
}

int caller_may(const struct caller *c, const struct fs_brief *b, int want)
{
    uint32_t mode = b->mode;
    if (c->uid == 0) {
        bool runs = (mode & 0111) || (mode & SYS_IFMT) == SYS_IFDIR;
        return (want & SYS_X_OK) && !runs ? -EACCES : 0;
    }
    uint32_t bits = c->uid == b->uid ? mode >> 6 : c->gid == b->gid ? mode >> 3 : mode;
    return (bits & (uint32_t)want) == (uint32_t)want ? 0 : -EACCES;
}

void walk_enter(struct walk *w, const struct caller *c)
{
    w->caller = c;
    w->dropped = false;
    w->made_count = 0;
    lock_acquire(&c->vfs->tree);
    w->ask.since = ++c->vfs->walks;
    w->ask.done = false;
}

static void walk_free_made(struct walk *w)
{
    while (w->made_count)
        kernel_free(w->caller->vfs->kernel, w->made[--w->made_count]);
}

void walk_leave(struct walk *w)
{
    lock_release(&w->caller->vfs->tree);
    walk_free_made(w);
}

void walk_enter_joined(struct walk *w, const struct walk *first)
{
    w->caller = first->caller;
    w->dropped = false;
    w->made_count = 0;
    w->ask.since = first->ask.since;
    w->ask.done = false;
}

void walk_leave_joined(struct walk *w) { walk_free_made(w); }

int walk_settle(struct walk *w)
{
    struct vfs *v = w->caller->vfs;
    lock_release(&v->tree);
    w->dropped = true;
    struct fs *fs = w->ask.fs;
    int err = fs->ops->settle(fs, &w->ask);
    lock_acquire(&v->tree);
    return err;
}

/* What is mounted on the directory ino of m, or NULL. */
static struct mount *walk_mounted(const struct vfs *v, const struct mount *m,
                                  uint64_t ino)
{
    if (LIKELY(!(v->points >> (ino % 64) & 1)))
        return NULL;
    for (struct mount *on = v->mounts; on; on = on->next)
        if (on->parent == m && on->point == ino)
            return on;
    return NULL;
}

static int walk_place_set(struct place *p, struct mount *m, uint64_t ino)
{
    p->mount = m;
    return m->fs->ops->brief(m->fs, ino, &p->brief);
}

/* From the directory *p to the root of what is mounted on it. */
static int walk_cross(const struct vfs *v, struct place *p)
{
    struct mount *on;
    while ((on = walk_mounted(v, p->mount, p->brief.ino)) != NULL) {
        int err = walk_place_set(p, on, on->root);
        if (err)
            return err;
    }
    return 0;
}

/* From the directory *p to its parent. */
static int walk_up(struct place *p)
{
    struct mount *m = p->mount;
    uint64_t ino = p->brief.ino;
    while (ino == m->root && m->parent) {
        ino = m->point;
        m = m->parent;
    }
    if (ino != m->root) {
        int err = m->fs->ops->parent(m->fs, ino, &ino);
        if (err)
            return err;
    }
    return walk_place_set(p, m, ino);
}

static int walk_start(struct walk *w, bool absolute, struct place *p)
{
    const struct caller *c = w->caller;
    if (absolute || !c->cwd)
        return walk_place_set(p, c->vfs->root, c->vfs->root->root);
    return walk_place_set(p, c->cwd->mount, c->cwd->node->ino);
}

/* Finds the child name of *here. */
static int walk_child(struct walk *w, struct span name)
{
    struct fs *fs = w->here->mount->fs;
    int err = fs->ops->lookup(fs, w->here->brief.ino, name, &w->ask, &w->next->brief);
    if (err)
        return err;
    w->next->mount = w->here->mount;
    return (w->next->brief.mode & SYS_IFMT) == SYS_IFDIR
               ? walk_cross(w->caller->vfs, w->next)
               : 0;
}

/* The text of the link at *next. */
static int walk_link(struct walk *w, struct span *text)
{
    if (++w->links > VFS_LINKS_MAX || w->made_count == COUNT_OF(w->made))
        return -ELOOP;
    struct fs *fs = w->next->mount->fs;
    char *made = NULL;
    int err = fs->ops->readlink(fs, w->next->brief.ino, text, &made);
    if (made)
        w->made[w->made_count++] = made;
    if (!err && !text->len)
        err = -ENOENT;
    return err;
}

static bool walk_follows(const struct walk *w, bool last, unsigned flags)
{
    if ((w->next->brief.mode & SYS_IFMT) != SYS_IFLNK)
        return false;
    if (!last)
        return true;
    if (w->slash && !(flags & WALK_MISSING))
        return true;
    return (flags & WALK_FOLLOW) && !w->next->brief.magic;
}

/* The path is at its end in *next. */
static int walk_arrive(struct walk *w, unsigned flags)
{
    w->found = true;
    bool as_name = (flags & (WALK_MISSING | WALK_FOLLOW)) == WALK_MISSING;
    return w->slash && !as_name && (w->next->brief.mode & SYS_IFMT) != SYS_IFDIR
               ? -ENOTDIR
               : 0;
}

/* Takes the next component off t (which is not at its end); skips the slashes after
 * it. */
static int walk_component(struct walk_text *t, struct span *name, bool *slash)
{
    const char *from = t->at;
    while (t->at < t->end && *t->at != '/')
        t->at++;
    *name = (struct span){from, (size_t)(t->at - from)};
    *slash = t->at < t->end;
    while (t->at < t->end && *t->at == '/')
        t->at++;
    return name->len > VFS_NAME_MAX ? -ENAMETOOLONG : 0;
}

/* Puts a link's text on the stack in place of the link, and begins at the root if it is
 * absolute. */
static int walk_push_link(struct walk *w, struct walk_text *stack, unsigned *depth)
{
    struct span text;
    int err = walk_link(w, &text);
    if (err)
        return err;
    if (stack[*depth].at < stack[*depth].end)
        ++*depth; // else nothing is left of what had the link
    struct walk_text *t = &stack[*depth];
    *t = (struct walk_text){text.ptr, text.ptr + text.len};
    if (*t->at == '/')
        err = walk_start(w, true, w->here);
    while (t->at < t->end && *t->at == '/')
        t->at++;
    return err;
}

static bool walk_is_dots(struct span name)
{
    return name.ptr[0] == '.' && (name.len == 1 || (name.len == 2 && name.ptr[1] == '.'));
}

/* Makes the child the place to look from. */
static void walk_descend(struct walk *w)
{
    struct place *done = w->here;
    w->here = w->next;
    w->next = done;
}

static int walk_once(struct walk *w, const char *path, size_t len, unsigned flags)
{
    struct walk_text stack[VFS_LINKS_MAX + 1];
    unsigned depth = 0;
    stack[0] = (struct walk_text){path, path + len};
    w->links = 0;
    w->found = w->slash = w->dots = false;
    w->name = (struct span){"", 0};
    w->here = &w->dir;
    w->next = &w->at;
    int err = walk_start(w, *path == '/', w->here);
    while (stack[0].at < stack[0].end && *stack[0].at == '/')
        stack[0].at++;

    bool sticky = false; // a slash came after a link that was last
    while (!err) {
        struct walk_text *t = &stack[depth];
        if (t->at == t->end) {
            if (depth > 0) { // a link whose text was "/" or the like
                depth--;
                continue;
            }
            *w->next = *w->here;
            w->slash |= sticky;
            return walk_arrive(w, flags);
        }
        struct span name;
        bool slash;
        err = walk_component(t, &name, &slash);
        if (!err)
            err = caller_may(w->caller, &w->here->brief, SYS_X_OK);
        if (err)
            break;
        bool last = t->at == t->end && depth == 0;
        if (UNLIKELY(walk_is_dots(name))) {
            *w->next = *w->here;
            if (name.len == 2)
                err = walk_up(w->next);
        } else {
            err = walk_child(w, name);
        }
        if (last) {
            w->dots = walk_is_dots(name);
            w->name = w->dots ? (struct span){"", 0} : name;
            w->slash = slash || sticky;
            if (err == -ENOENT && (flags & WALK_MISSING) && !w->dots)
                return 0;
        }
        if (err)
            break;
        if (walk_follows(w, last, flags)) {
            sticky = last && w->slash;
            err = walk_push_link(w, stack, &depth);
            continue;
        }
        if (last)
            return walk_arrive(w, flags);
        if ((w->next->brief.mode & SYS_IFMT) != SYS_IFDIR)
            err = -ENOTDIR;
        walk_descend(w);
        while (depth > 0 && stack[depth].at == stack[depth].end)
            depth--;
    }
    return err;
}

int walk_path(struct walk *w, const char *path, unsigned flags)
{
    size_t len = strlen(path);
    if (len >= VFS_PATH_MAX)
        return -ENAMETOOLONG;
    if (!len)
        return -ENOENT;
    for (;;) {
        int err = walk_once(w, path, len, flags);
        if (w->here != &w->dir) {
            struct place at = w->dir;
            w->dir = w->at;
            w->at = at;
        }
        if (LIKELY(err != -EINPROGRESS))
            return err;
        err = walk_settle(w);
        if (err)
            return err;
        walk_free_made(w);
    }
}

int walk_name_of(struct vfs *v, const struct place *dir, char **path, size_t *len)
{
    char *block = kernel_alloc(v->kernel, VFS_PATH_MAX);
    if (!block)
        return -ENOMEM;
    size_t at = VFS_PATH_MAX - 1;
    block[at] = '\0';
    int err = 0;
    struct mount *m = dir->mount;
    uint64_t ino = dir->brief.ino;
    while (!err && (ino != m->root || m->parent)) {
        if (ino == m->root) {
            ino = m->point;
            m = m->parent;
            continue;
        }
        uint64_t parent;
        char name[VFS_NAME_MAX + 1];
        err = m->fs->ops->parent(m->fs, ino, &parent);
        if (!err)
            err = m->fs->ops->name_of(m->fs, parent, ino, name);
        size_t n = err ? 0 : strlen(name);
        if (!err && n + 1 > at)
            err = -ENAMETOOLONG;
        if (err)
            break;
        at -= n + 1;
        block[at] = '/';
        memcpy(block + at + 1, name, n);
        ino = parent;
    }
    if (err) {
        kernel_free(v->kernel, block);
        return err;
    }
    if (at == VFS_PATH_MAX - 1)
        block[--at] = '/';
    *len = VFS_PATH_MAX - 1 - at;
    memmove(block, block + at, *len + 1);
    *path = block;
    return 0;
}

/* walk.c: see walk.h. A level is a folder that was entered; the top one is being worked
 * on. Its path is the first path_len bytes of walk.path. */
#include "user/walk.h"

#include <errno.h>

#include "base/sort.h"
#include "base/str.h"

struct walk_level {
    struct walk_level *below;
    struct walk_names names;
    size_t next, path_len;
    struct sys_stat st;
};

enum { WALK_READ = 8192 };

/* ---- One folder ------------------------------------------------------------------- */

struct walk_reader {
    struct walk_names *out;
    size_t cap, text_len, text_cap;
    bool dots;
};

/* Names are held as offsets until their bytes stop moving. */
static void walk_add_name(struct walk_reader *r, const struct sys_dirent *d)
{
    if (!r->dots && (str_eq(d->name, ".") || str_eq(d->name, "..")))
        return;
    struct walk_names *names = r->out;
    size_t len = strlen(d->name) + 1;
    if (names->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 16;
        names->items = sys_resize(names->items, r->cap * sizeof *names->items);
    }
    if (r->text_len + len > r->text_cap) {
        r->text_cap = size_max(r->text_cap * 2, r->text_len + len + 256);
        names->text = sys_resize(names->text, r->text_cap);
    }
    memcpy(names->text + r->text_len, d->name, len);
    names->items[names->count++] =
        (struct walk_name){.type = (uint32_t)d->type << 12,
                           .ino = d->ino,
                           .name = (char *)(uintptr_t)r->text_len};
    r->text_len += len;
}

static int walk_read_fd(int fd, struct walk_reader *r)
{
    char *block = sys_alloc(WALK_READ);
    int64_t len;
    while ((len = sys_readdir(fd, block, WALK_READ)) > 0)
        for (int64_t at = 0; at < len;) {
            const struct sys_dirent *d = (const struct sys_dirent *)(block + at);
            walk_add_name(r, d);
            at += d->size;
        }
    sys_free(block);
    return (int)len;
}

int walk_read_folder(const char *path, bool dots, struct walk_names *names)
{
    int fd = sys_open(path, SYS_RDONLY | SYS_DIRECTORY | SYS_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    struct walk_reader r = {.out = names, .dots = dots};
    *names = (struct walk_names){0};
    int err = walk_read_fd(fd, &r);
    sys_close(fd);
    for (size_t i = 0; i < names->count; i++)
        names->items[i].name = names->text + (uintptr_t)names->items[i].name;
    if (err)
        walk_free_names(names);
    return err;
}

void walk_free_names(struct walk_names *names)
{
    sys_free(names->items);
    sys_free(names->text);
    *names = (struct walk_names){0};
}

static int walk_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(((const struct walk_name *)a)->name,
                  ((const struct walk_name *)b)->name);
}

static void walk_sort_tick(void *ctx)
{
    (void)ctx;
    sys_tick();
}

void walk_sort_names(struct walk_names *names)
{
    size_t n = names->count;
    if (n < 2)
        return;
    void **items = sys_alloc(2 * n * sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i] = &names->items[i];
    sort_pointers(items, n, walk_compare, NULL, items + n, walk_sort_tick);
    struct walk_name *sorted = sys_alloc(n * sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = *(struct walk_name *)items[i];
    sys_free(items);
    sys_free(names->items);
    names->items = sorted;
}

/* ---- Trees ------------------------------------------------------------------------ */

void walk_begin(struct walk *w, const char *root, unsigned flags)
{
    *w = (struct walk){.flags = flags, .path = buf_make(sys_heap())};
    buf_add_str(&w->path, root);
}

static bool walk_follows(const struct walk *w, int depth)
{
    return (w->flags & WALK_FOLLOW) || (!depth && (w->flags & WALK_FOLLOW_ARG));
}

/* Looks at what walk.path names. type: what the directory said, 0 unknown. */
static int walk_look(struct walk *w, uint32_t type)
{
    struct walk_entry *e = &w->entry;
    bool follow = walk_follows(w, e->depth);
    if ((w->flags & WALK_NO_STAT) && type && (!follow || type != SYS_IFLNK) &&
        !(w->flags & WALK_ONE_FS && type == SYS_IFDIR)) {
        e->st = (struct sys_stat){.mode = type};
        return 0;
    }
    int err = follow ? sys_stat(e->path, &e->st) : sys_lstat(e->path, &e->st);
    if (err && follow && (w->flags & WALK_FOLLOW)) // a dangling link is itself
        err = sys_lstat(e->path, &e->st) ? err : 0;
    return err;
}

static bool walk_is_loop(const struct walk *w)
{
    if (!(w->flags & (WALK_FOLLOW | WALK_FOLLOW_ARG)))
        return false;
    for (const struct walk_level *l = w->top; l; l = l->below)
        if (l->st.ino == w->entry.st.ino && l->st.dev == w->entry.st.dev && l->st.ino)
            return true;
    return false;
}

static struct walk_entry *walk_visit(struct walk *w, size_t name_at, int depth,
                                     uint32_t type)
{
    struct walk_entry *e = &w->entry;
    e->path = buf_str(&w->path);
    e->name = e->path + name_at;
    e->depth = depth;
    e->err = walk_look(w, type);
    if (e->err)
        e->kind = WALK_ERROR;
    else if ((e->st.mode & SYS_IFMT) != SYS_IFDIR)
        e->kind = WALK_FILE;
    else if (walk_is_loop(w))
        e->kind = WALK_LOOP;
    else
        e->kind = WALK_PRE;
    if (!depth)
        w->root_dev = e->st.dev;
    return e;
}

/* Enters the folder that was just given as WALK_PRE. */
static int walk_enter(struct walk *w)
{
    struct walk_level *l = sys_alloc_zero(sizeof *l);
    l->path_len = w->path.len;
    l->st = w->entry.st;
    l->below = w->top;
    w->top = l;
    if ((w->flags & WALK_ONE_FS) && l->st.dev != w->root_dev)
        return 0;
    int err = walk_read_folder(buf_str(&w->path), false, &l->names);
    if (!err && (w->flags & WALK_SORT))
        walk_sort_names(&l->names);
    return err;
}

static struct walk_entry *walk_leave(struct walk *w)
{
    struct walk_level *l = w->top;
    struct walk_entry *e = &w->entry;
    buf_cut(&w->path, l->path_len);
    e->kind = WALK_POST;
    e->st = l->st;
    e->err = 0;
    e->path = buf_str(&w->path);
    e->depth--;
    size_t slash = e->depth ? span_find_last(buf_span(&w->path), '/') : w->path.len;
    e->name = slash < w->path.len ? e->path + slash + 1 : e->path;
    w->top = l->below;
    walk_free_names(&l->names);
    sys_free(l);
    return e;
}

struct walk_entry *walk_next(struct walk *w)
{
    sys_tick();
    struct walk_entry *e = &w->entry;
    if (!w->started) {
        w->started = true;
        return walk_visit(w, 0, 0, 0);
    }
    if (e->kind == WALK_PRE && !w->skip) {
        int err = walk_enter(w);
        e->depth++; // that of the entries
        if (err) {
            e->kind = WALK_UNREADABLE;
            e->err = err;
            e->depth--;
            return e;
        }
    } else if (e->kind == WALK_UNREADABLE) {
        e->depth++;
    } // after WALK_POST, depth is that of the folder, which its siblings share
    w->skip = false;
    struct walk_level *l = w->top;
    if (!l) {
        walk_end(w);
        return NULL;
    }
    if (l->next == l->names.count)
        return walk_leave(w);
    const struct walk_name *n = &l->names.items[l->next++];
    buf_cut(&w->path, l->path_len);
    if (w->path.len && w->path.data[w->path.len - 1] != '/')
        buf_add_char(&w->path, '/');
    size_t name_at = w->path.len;
    buf_add_str(&w->path, n->name);
    return walk_visit(w, name_at, e->depth, n->type);
}

void walk_skip(struct walk *w) { w->skip = true; }

void walk_end(struct walk *w)
{
    while (w->top) {
        struct walk_level *l = w->top;
        w->top = l->below;
        walk_free_names(&l->names);
        sys_free(l);
    }
    buf_fini(&w->path);
}

/* copy.c: see copy.h. A tree is walked without recursion; the target's path is that of
 * the target root with what the source's path has behind the source root. */
#include "user/copy.h"

#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "base/str.h"
#include "sys.h"
#include "user/ask.h"
#include "user/mode.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/path.h"
#include "user/walk.h"

enum { COPY_KEY = 48, COPY_BLOCK = 65536 };

void copy_init(struct copy *c)
{
    c->links = map_make(sys_heap());
    c->made = map_make(sys_heap());
    c->umask = sys_umask(0);
    sys_umask(c->umask);
}

/* One file or folder on its way. */
struct copy_item {
    const char *source, *target;
    const struct sys_stat *st; // of the source
    struct sys_stat old;       // of the target, if there is one
    bool exists, is_arg;
};

static bool copy_failed(struct copy *c)
{
    c->status = 1;
    return false;
}

static void copy_key(char key[COPY_KEY], const struct sys_stat *st)
{
    fmt_to(key, COPY_KEY, "%llu:%llu", (unsigned long long)st->dev,
           (unsigned long long)st->ino);
}

static uint32_t copy_type(const struct sys_stat *st) { return st->mode & SYS_IFMT; }

static bool copy_is_same(const struct sys_stat *a, const struct sys_stat *b)
{
    return a->ino == b->ino && a->dev == b->dev;
}

/* ---- Permission to overwrite ------------------------------------------------------ */

static bool copy_ask(const struct copy *c, const char *target)
{
    struct sys_stat st;
    char letters[11];
    if (sys_access(target, SYS_W_OK) == 0 || sys_stat(target, &st))
        return ask("overwrite %s? ", quoted_path(target));
    mode_letters(letters, st.mode);
    if (c->moving || c->force || c->remove_first)
        return ask("replace %s, overriding mode %04o (%s)? ", quoted_path(target),
                   st.mode & 07777, letters + 1);
    return ask("unwritable %s (mode %04o, %s); try anyway? ", quoted_path(target),
               st.mode & 07777, letters + 1);
}

bool copy_may_overwrite(const struct copy *c, int64_t source_mtime_ns, const char *target)
{
    struct sys_stat st;
    if (c->overwrite == COPY_KEEP)
        return false;
    if (c->update && !sys_stat(target, &st) && st.mtime_ns >= source_mtime_ns)
        return false;
    return c->overwrite != COPY_ASK || copy_ask(c, target);
}

bool copy_clear_target(struct copy *c, const char *target, char **backup, bool *failed)
{
    *backup = NULL;
    *failed = false;
    if (c->backup == BACKUP_NONE)
        return true;
    char *name = backup_name(target, c->backup, c->suffix);
    int err = sys_rename(target, name, 0);
    if (err == -ENOENT) {
        sys_free(name);
        return true;
    }
    if (err) {
        msg_errno(err, "cannot backup %s", quoted_path(target));
        *failed = true;
        sys_free(name);
        return false;
    }
    *backup = name;
    return true;
}

static void copy_say(const struct copy *c, const struct copy_item *i, const char *backup)
{
    if (!c->verbose)
        return;
    outf("%s%s -> %s", c->moving ? "copied " : "", quoted_path(i->source),
         quoted_path(i->target));
    if (backup)
        outf(" (backup: %s)", quoted_path(backup));
    out_char('\n');
}

/* ---- Attributes ------------------------------------------------------------------- */

static void copy_attributes(struct copy *c, const struct copy_item *i, bool made)
{
    const struct sys_stat *st = i->st;
    bool link = copy_type(st) == SYS_IFLNK;
    int err = 0;
    if (c->preserve_times) {
        err = sys_utimes(i->target, st->atime_ns, st->mtime_ns, !link);
        if (err) {
            msg_errno(err, "preserving times for %s", quoted_path(i->target));
            copy_failed(c);
        }
    }
    if (c->preserve_owner) {
        err = sys_chown(i->target, (int)st->uid, (int)st->gid, !link);
        if (err == -EPERM) // the group at least; if not, it is no error
            err = sys_chown(i->target, -1, (int)st->gid, !link);
    }
    if (link)
        return;
    if (c->preserve_mode) {
        err = sys_chmod(i->target, st->mode & 07777);
        if (err) {
            msg_errno(err, "preserving permissions for %s", quoted_path(i->target));
            copy_failed(c);
        }
    } else if (made && c->default_mode) {
        unsigned all = copy_type(st) == SYS_IFDIR ? 0777 : 0666;
        err = sys_chmod(i->target, all & ~c->umask);
    } else if (made && copy_type(st) == SYS_IFDIR) {
        err = sys_chmod(i->target, st->mode & 07777 & ~c->umask);
    }
    (void)err;
}

/* ---- Kinds of files --------------------------------------------------------------- */

static bool copy_bytes(const struct copy_item *i, int from, int to)
{
    char *block = sys_alloc(COPY_BLOCK);
    int64_t len;
    bool good = true;
    while (good && (len = sys_read(from, block, COPY_BLOCK)) != 0) {
        if (len == -EINTR)
            continue;
        if (len < 0) {
            msg_errno((int)len, "error reading %s", quoted_path(i->source));
            good = false;
            break;
        }
        int err = out_write_all(to, block, (size_t)len);
        if (err) {
            msg_errno(err, "error writing %s", quoted_path(i->target));
            good = false;
        }
    }
    sys_free(block);
    return good;
}

static int copy_open_target(const struct copy *c, struct copy_item *i, bool *made)
{
    unsigned mode = c->default_mode ? 0666 : i->st->mode & 0777;
    unsigned truncate = c->attributes_only ? 0 : SYS_TRUNC;
    *made = false;
    if (i->exists) {
        int fd = sys_open(i->target, SYS_WRONLY | truncate | SYS_CLOEXEC, 0);
        if (fd >= 0 || !c->force || fd == -ENOENT)
            return fd;
        int err = sys_unlink(i->target);
        if (err)
            return fd;
    }
    *made = true;
    int fd = sys_open(i->target, SYS_WRONLY | SYS_CREAT | SYS_EXCL | SYS_CLOEXEC, mode);
    struct sys_stat st;
    if (fd == -EEXIST && !sys_lstat(i->target, &st) && copy_type(&st) == SYS_IFLNK)
        return -ELOOP; // a link to nothing
    size_t len = strlen(i->target);
    if (fd == -EISDIR && len && i->target[len - 1] == '/')
        fd = -ENOTDIR;
    return fd;
}

static bool copy_regular(struct copy *c, struct copy_item *i)
{
    bool made;
    int from = sys_open(i->source, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (from < 0) {
        msg_errno(from, "cannot open %s for reading", quoted_path(i->source));
        return copy_failed(c);
    }
    int to = copy_open_target(c, i, &made);
    if (to < 0) {
        if (to == -ELOOP && made)
            msg("not writing through dangling symlink %s", quoted_path(i->target));
        else
            msg_errno(to, "cannot create regular file %s", quoted_path(i->target));
        sys_close(from);
        return copy_failed(c);
    }
    bool good = c->attributes_only || copy_bytes(i, from, to);
    sys_close(from);
    sys_close(to);
    if (!good)
        return copy_failed(c);
    copy_attributes(c, i, made);
    return true;
}

static char *copy_read_link(struct copy *c, const char *path)
{
    for (size_t size = 256;; size *= 2) {
        char *text = sys_alloc(size);
        int64_t len = sys_readlink(path, text, size);
        if (len >= 0 && (size_t)len < size) {
            text[len] = '\0';
            return text;
        }
        sys_free(text);
        if (len < 0) {
            msg_errno((int)len, "cannot read symbolic link %s", quoted_path(path));
            copy_failed(c);
            return NULL;
        }
    }
}

static bool copy_make_link(struct copy *c, const struct copy_item *i, const char *text)
{
    int err = sys_symlink(text, i->target);
    if (!err)
        return true;
    msg_errno(err, "cannot create symbolic link %s%s%s", quoted_path(i->target),
              c->symlink ? " to " : "", c->symlink ? quoted_path(i->source) : "");
    return copy_failed(c);
}

static bool copy_symlink(struct copy *c, const struct copy_item *i)
{
    char *text = copy_read_link(c, i->source);
    if (!text)
        return false;
    bool good = copy_make_link(c, i, text);
    sys_free(text);
    if (good)
        copy_attributes(c, i, true);
    return good;
}

/* -s: a link to the source. */
static bool copy_as_symlink(struct copy *c, const struct copy_item *i)
{
    if (*i->source != '/' && strchr(i->target, '/')) {
        msg("%s: can make relative symbolic links only in current directory",
            quoted_file(i->target));
        return copy_failed(c);
    }
    return copy_make_link(c, i, i->source);
}

static bool copy_as_hard_link(struct copy *c, const struct copy_item *i,
                              const char *source)
{
    int err = sys_link(source, i->target);
    if (err == -EEXIST) {
        err = sys_unlink(i->target);
        err = err ? err : sys_link(source, i->target);
    }
    if (!err)
        return true;
    msg_errno(err, "cannot create hard link %s to %s", quoted_path(i->target),
              quoted_path(source));
    return copy_failed(c);
}

static bool copy_special(struct copy *c, const struct copy_item *i)
{
    if (copy_type(i->st) != SYS_IFIFO) {
        msg_errno(EPERM, "cannot create special file %s", quoted_path(i->target));
        return copy_failed(c);
    }
    int err = sys_mkfifo(i->target, i->st->mode & 07777);
    if (err) {
        msg_errno(err, "cannot create fifo %s", quoted_path(i->target));
        return copy_failed(c);
    }
    copy_attributes(c, i, true);
    return true;
}

/* Whether the target is made anew in place of what is there, rather than written into. */
static bool copy_replaces(const struct copy *c, const struct copy_item *i)
{
    uint32_t type = copy_type(i->st);
    bool contents = type == SYS_IFREG || !c->recursive || c->copy_contents;
    return c->hard_link || c->symlink || c->remove_first || type == SYS_IFLNK ||
           !contents;
}

static bool copy_leaf(struct copy *c, struct copy_item *i)
{
    uint32_t type = copy_type(i->st);
    if (c->symlink)
        return copy_as_symlink(c, i);
    if (c->hard_link)
        return copy_as_hard_link(c, i, i->source);
    if (type == SYS_IFLNK)
        return copy_symlink(c, i);
    if (type == SYS_IFREG || !c->recursive || c->copy_contents)
        return copy_regular(c, i);
    return copy_special(c, i);
}

/* ---- What is there already -------------------------------------------------------- */

/* The target as what is done with it sees it: through links, or not. */
static bool copy_look_at_target(struct copy *c, struct copy_item *i)
{
    bool itself = copy_replaces(c, i) || c->backup != BACKUP_NONE;
    int err = itself ? sys_lstat(i->target, &i->old) : sys_stat(i->target, &i->old);
    i->exists = !err;
    if (!err || err == -ENOENT)
        return true;
    msg_errno(err, "cannot stat %s", quoted_path(i->target));
    return copy_failed(c);
}

static bool copy_is_same_name(const struct copy_item *i)
{
    struct buf a = buf_make(sys_heap()), b = buf_make(sys_heap());
    path_add_normal(&a, i->source);
    path_add_normal(&b, i->target);
    bool same = span_eq(buf_span(&a), buf_span(&b));
    buf_fini(&a);
    buf_fini(&b);
    return same;
}

/* 1: go on. 0: nothing is to be done. -1: after an error. */
static int copy_check_same(struct copy *c, const struct copy_item *i)
{
    struct sys_stat there;
    bool same = i->exists && copy_is_same(i->st, &i->old);
    if (!same && i->exists && !copy_replaces(c, i) && copy_type(&i->old) == SYS_IFLNK &&
        !sys_stat(i->target, &there))
        same = copy_is_same(i->st, &there);
    if (!same)
        return 1;
    if (c->hard_link)
        return 0;
    if ((c->remove_first || c->backup != BACKUP_NONE) && !copy_is_same_name(i))
        return 1;
    msg("%s and %s are the same file", quoted_path(i->source), quoted_path(i->target));
    copy_failed(c);
    return -1;
}

/* Whether this run has made the target before. true: after a message. */
static bool copy_is_made(struct copy *c, const struct copy_item *i)
{
    char key[COPY_KEY];
    const char *before = i->is_arg ? map_find_str(&c->made, i->target) : NULL;
    if (!before)
        return false;
    copy_key(key, i->st);
    if (str_eq(before, key)) {
        msg_warn("warning: source %s %s specified more than once",
                 copy_type(i->st) == SYS_IFDIR ? "directory" : "file",
                 quoted_path(i->source));
        return true;
    }
    msg("will not overwrite just-created %s with %s", quoted_path(i->target),
        quoted_path(i->source));
    copy_failed(c);
    return true;
}

static void copy_note_made(struct copy *c, const struct copy_item *i)
{
    char key[COPY_KEY];
    void *old = NULL;
    if (!i->is_arg)
        return;
    copy_key(key, i->st);
    if (!map_set(&c->made, span_of(i->target), sys_strdup(key), &old))
        sys_free(old);
}

/* A file with several names of which one was copied before: a link to that. */
static bool copy_as_known_link(struct copy *c, const struct copy_item *i, bool *done)
{
    char key[COPY_KEY];
    *done = false;
    if (!c->preserve_links || copy_type(i->st) == SYS_IFDIR || i->st->nlink < 2)
        return true;
    copy_key(key, i->st);
    const char *first = map_find_str(&c->links, key);
    if (first) {
        *done = true;
        return str_eq(first, i->target) || copy_as_hard_link(c, i, first);
    }
    int err = map_set(&c->links, span_of(key), sys_strdup(i->target), NULL);
    return !err;
}

/* ---- Files ------------------------------------------------------------------------ */

static bool copy_file(struct copy *c, struct copy_item *i)
{
    if (!copy_look_at_target(c, i))
        return false;
    int go_on = copy_check_same(c, i);
    if (go_on <= 0)
        return go_on == 0;
    if (i->exists && copy_type(&i->old) == SYS_IFDIR) {
        msg("cannot overwrite directory %s with non-directory", quoted_path(i->target));
        return copy_failed(c);
    }
    if (copy_is_made(c, i))
        return false;
    if (i->exists && !copy_may_overwrite(c, i->st->mtime_ns, i->target))
        return true;
    char *backup = NULL;
    bool failed = false;
    if (i->exists && !copy_clear_target(c, i->target, &backup, &failed))
        return failed ? copy_failed(c) : true;
    if (backup)
        i->exists = false;
    if (i->exists && copy_replaces(c, i) && !c->hard_link &&
        (c->remove_first || !c->symlink)) {
        int err = sys_unlink(i->target);
        if (err && err != -ENOENT) {
            msg_errno(err, "cannot remove %s", quoted_path(i->target));
            return copy_failed(c);
        }
        i->exists = false;
    }
    copy_say(c, i, backup);
    sys_free(backup);
    bool done;
    bool good = copy_as_known_link(c, i, &done);
    if (good && !done)
        good = copy_leaf(c, i);
    if (good)
        copy_note_made(c, i);
    return good;
}

/* ---- Folders ---------------------------------------------------------------------- */

/* false: do not enter it. */
static bool copy_enter(struct copy *c, struct copy_item *i, bool *made)
{
    *made = false;
    if (!c->recursive) {
        msg("-r not specified; omitting directory %s", quoted_path(i->source));
        return copy_failed(c);
    }
    i->exists = !sys_lstat(i->target, &i->old);
    struct sys_stat there;
    if (i->exists && copy_type(&i->old) == SYS_IFLNK && !sys_stat(i->target, &there) &&
        copy_type(&there) == SYS_IFDIR)
        i->old = there;
    if (i->exists && copy_is_same(i->st, &i->old)) {
        msg("%s and %s are the same file", quoted_path(i->source),
            quoted_path(i->target));
        return copy_failed(c);
    }
    if (i->exists && copy_type(&i->old) != SYS_IFDIR) {
        if (c->overwrite == COPY_KEEP)
            return false;
        msg("cannot overwrite non-directory %s with directory %s", quoted_path(i->target),
            quoted_path(i->source));
        return copy_failed(c);
    }
    if (i->exists)
        return true;
    int err = sys_mkdir(i->target, (i->st->mode & 0777) | 0700);
    if (err) {
        msg_errno(err, "cannot create directory %s", quoted_path(i->target));
        return copy_failed(c);
    }
    *made = true;
    copy_say(c, i, NULL);
    return true;
}

/* Folders that were made have their permissions set when they are left. */
struct copy_tree {
    struct copy *c;
    const char *source;
    size_t source_len;
    struct buf target;
    size_t target_len;
    struct buf made;      // a byte for each depth: whether it was made
    struct sys_stat root; // of the target's root, once it is made
    bool has_root;
};

static void copy_set_target(struct copy_tree *t, const char *path)
{
    buf_cut(&t->target, t->target_len);
    const char *rest = path + t->source_len;
    if (*rest && *rest != '/' && t->target_len &&
        t->target.data[t->target_len - 1] != '/')
        buf_add_char(&t->target, '/');
    if (*rest == '/' && t->target_len && t->target.data[t->target_len - 1] == '/')
        rest++;
    buf_add_str(&t->target, rest);
}

static void copy_tree_folder(struct copy_tree *t, struct walk *w, struct walk_entry *e,
                             struct copy_item *i)
{
    bool made;
    if (t->has_root && copy_is_same(&e->st, &t->root)) {
        msg("cannot copy a directory, %s, into itself, %s", quoted_path(t->source),
            quoted_path((buf_cut(&t->target, t->target_len), buf_str(&t->target))));
        copy_failed(t->c);
        walk_skip(w);
        return;
    }
    if (!copy_enter(t->c, i, &made)) {
        walk_skip(w);
        return;
    }
    buf_cut(&t->made, (size_t)e->depth);
    buf_add_char(&t->made, made);
    if (!e->depth && !sys_stat(i->target, &t->root))
        t->has_root = made || copy_type(&t->root) == SYS_IFDIR;
}

/* A link that was to be followed and leads nowhere. */
static void copy_dangling(struct copy *c, const char *path)
{
    struct sys_stat st;
    int err = sys_stat(path, &st);
    msg_errno(err ? err : -ENOENT, "cannot stat %s", quoted_path(path));
    copy_failed(c);
}

static void copy_tree_step(struct copy_tree *t, struct walk *w, struct walk_entry *e)
{
    struct copy *c = t->c;
    copy_set_target(t, e->path);
    struct copy_item i = {.source = e->path,
                          .target = buf_str(&t->target),
                          .st = &e->st,
                          .is_arg = e->depth == 0};
    switch (e->kind) {
    case WALK_PRE: copy_tree_folder(t, w, e, &i); break;
    case WALK_POST: copy_attributes(c, &i, t->made.data[e->depth]); break;
    case WALK_FILE:
        if (copy_type(&e->st) == SYS_IFLNK &&
            (c->follow == COPY_FOLLOW_ALL ||
             (!e->depth && c->follow == COPY_FOLLOW_ARGS)))
            copy_dangling(c, e->path);
        else
            copy_file(c, &i);
        break;
    case WALK_LOOP:
        msg("cannot copy cyclic symbolic link %s", quoted_path(e->path));
        copy_failed(c);
        break;
    case WALK_UNREADABLE:
        msg_errno(e->err, "cannot access %s", quoted_path(e->path));
        copy_failed(c);
        break;
    case WALK_ERROR:
        msg_errno(e->err, "cannot stat %s", quoted_path(e->path));
        copy_failed(c);
    }
}

bool copy_run(struct copy *c, const char *source, const char *target)
{
    int before = c->status;
    c->status = 0;
    unsigned flags = c->follow == COPY_FOLLOW_ALL    ? WALK_FOLLOW
                     : c->follow == COPY_FOLLOW_ARGS ? WALK_FOLLOW_ARG
                                                     : 0;
    struct copy_tree t = {.c = c,
                          .source = source,
                          .source_len = strlen(source),
                          .target = buf_make(sys_heap()),
                          .made = buf_make(sys_heap())};
    buf_add_str(&t.target, target);
    t.target_len = t.target.len;
    struct walk w;
    walk_begin(&w, source, flags | (c->one_fs ? WALK_ONE_FS : 0));
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;)
        copy_tree_step(&t, &w, e);
    buf_fini(&t.target);
    buf_fini(&t.made);
    bool good = !c->status;
    c->status |= before;
    return good;
}

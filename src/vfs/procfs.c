/* procfs.c: the names in /proc. See procfs.h.
 *
 * Inode numbers: PROC_ROOT + n for entry n of the fixed tree; pid << 32 | kind << 24 | fd
 * for what belongs to a process. A process is looked up under kernel->family, its
 * descriptors under their table's lock, both inside the tree lock. */
#include "vfs/procfs.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "base/num.h"
#include "kernel/fdtab.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "vfs/cwd.h"
#include "vfs/fs.h"
#include "vfs/node.h"
#include "vfs/state.h"
#include "vfs/vfs_file.h"

enum { PROC_ROOT = 1, PROC_NAME = 512 };

/* An entry of the fixed tree, or of each process's directory. */
struct proc_entry {
    const char *name;
    uint32_t parent; // index in proc_fixed; of a process's entries: 0
    uint32_t mode;
    proc_text_fn *text;
    const char *target; // of a link
};

enum { PROC_AT_ROOT, PROC_AT_SYS, PROC_AT_KERNEL, PROC_AT_RANDOM, PROC_AT_FS };

static const struct proc_entry proc_fixed[] = {
    [PROC_AT_ROOT] = {"", 0, SYS_IFDIR | 0555, NULL, NULL},
    [PROC_AT_SYS] = {"sys", PROC_AT_ROOT, SYS_IFDIR | 0555, NULL, NULL},
    [PROC_AT_KERNEL] = {"kernel", PROC_AT_SYS, SYS_IFDIR | 0555, NULL, NULL},
    [PROC_AT_RANDOM] = {"random", PROC_AT_KERNEL, SYS_IFDIR | 0555, NULL, NULL},
    [PROC_AT_FS] = {"fs", PROC_AT_SYS, SYS_IFDIR | 0555, NULL, NULL},
    {"pid_max", PROC_AT_KERNEL, SYS_IFREG | 0444, proc_text_pid_max, NULL},
    {"hostname", PROC_AT_KERNEL, SYS_IFREG | 0444, proc_text_hostname, NULL},
    {"ostype", PROC_AT_KERNEL, SYS_IFREG | 0444, proc_text_ostype, NULL},
    {"osrelease", PROC_AT_KERNEL, SYS_IFREG | 0444, proc_text_osrelease, NULL},
    {"uuid", PROC_AT_RANDOM, SYS_IFREG | 0444, proc_text_uuid, NULL},
    {"boot_id", PROC_AT_RANDOM, SYS_IFREG | 0444, proc_text_boot_id, NULL},
    {"file-max", PROC_AT_FS, SYS_IFREG | 0444, proc_text_file_max, NULL},
    {"self", PROC_AT_ROOT, SYS_IFLNK | 0777, NULL, NULL},
    {"version", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_version, NULL},
    {"uptime", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_uptime, NULL},
    {"loadavg", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_loadavg, NULL},
    {"meminfo", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_meminfo, NULL},
    {"cpuinfo", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_cpuinfo, NULL},
    {"stat", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_stat, NULL},
    {"filesystems", PROC_AT_ROOT, SYS_IFREG | 0444, proc_text_filesystems, NULL},
    {"mounts", PROC_AT_ROOT, SYS_IFLNK | 0777, NULL, "self/mounts"},
};

enum { PROC_DIR, PROC_FD, PROC_CWD, PROC_EXE, PROC_FD_DIR };

static const struct proc_entry proc_process[] = {
    [PROC_DIR] = {"", 0, SYS_IFDIR | 0555, NULL, NULL},
    [PROC_FD] = {"", 0, SYS_IFLNK | 0700, NULL, NULL},
    [PROC_CWD] = {"cwd", 0, SYS_IFLNK | 0777, NULL, NULL},
    [PROC_EXE] = {"exe", 0, SYS_IFLNK | 0777, NULL, NULL},
    [PROC_FD_DIR] = {"fd", 0, SYS_IFDIR | 0500, NULL, NULL},
    {"root", 0, SYS_IFLNK | 0777, NULL, "/"},
    {"status", 0, SYS_IFREG | 0444, proc_process_status, NULL},
    {"stat", 0, SYS_IFREG | 0444, proc_process_stat, NULL},
    {"cmdline", 0, SYS_IFREG | 0444, proc_process_cmdline, NULL},
    {"comm", 0, SYS_IFREG | 0444, proc_process_comm, NULL},
    {"environ", 0, SYS_IFREG | 0400, proc_process_environ, NULL},
    {"limits", 0, SYS_IFREG | 0444, proc_process_limits, NULL},
    {"mounts", 0, SYS_IFREG | 0444, proc_text_mounts, NULL},
};

/* ---- inode numbers ---------------------------------------------------------------- */

static int proc_pid(uint64_t ino) { return (int)(ino >> 32); }
static unsigned proc_kind(uint64_t ino) { return (unsigned)(ino >> 24) & 0xff; }
static int proc_fd(uint64_t ino) { return (int)(ino & 0xffffff); }

static uint64_t proc_ino(int pid, unsigned kind, int fd)
{
    return (uint64_t)pid << 32 | (uint64_t)kind << 24 | (uint64_t)fd;
}

/* Only numbers made by lookup and readdir come here. */
static const struct proc_entry *proc_entry_of(uint64_t ino)
{
    return proc_pid(ino) ? &proc_process[proc_kind(ino)] : &proc_fixed[ino - PROC_ROOT];
}

/* A number in decimal without leading zeros, at most max; else -1. */
static int64_t proc_number(struct span name, int64_t max)
{
    int64_t n = 0;
    if (!name.len || name.len > 10 || (name.ptr[0] == '0' && name.len > 1))
        return -1;
    for (size_t i = 0; i < name.len; i++) {
        if (!char_is_digit(name.ptr[i]))
            return -1;
        n = n * 10 + (name.ptr[i] - '0');
    }
    return n <= max ? n : -1;
}

/* ---- processes and their descriptors ---------------------------------------------- */

static bool proc_exists(struct kernel *k, int pid)
{
    lock_acquire(&k->family);
    bool found = process_find_locked(k, pid) != NULL;
    lock_release(&k->family);
    return found;
}

/* The lowest open descriptor >= fd and its file, borrowed until proc_unlock_fds. -1: none
 * (nothing to unlock). */
static int proc_lock_fd(struct kernel *k, int pid, int fd, struct process **p,
                        struct file **file)
{
    lock_acquire(&k->family);
    *p = process_find_locked(k, pid);
    if (*p) {
        struct fdtab *t = &(*p)->fds;
        lock_acquire(&t->lock);
        for (; (unsigned)fd < t->count; fd++)
            if (t->slots[fd].file) {
                *file = t->slots[fd].file;
                return fd;
            }
        lock_release(&t->lock);
    }
    lock_release(&k->family);
    return -1;
}

static void proc_unlock_fds(struct process *p)
{
    lock_release(&p->fds.lock);
    lock_release(&p->kernel->family);
}

static bool proc_has_fd(struct kernel *k, int pid, int fd)
{
    struct process *p;
    struct file *file;
    int found = proc_lock_fd(k, pid, fd, &p, &file);
    if (found >= 0)
        proc_unlock_fds(p);
    return found == fd;
}

static int procfs_follow(struct fs *fs, uint64_t ino, struct file **file)
{
    struct process *p;
    struct file *f;
    int found = proc_lock_fd(fs->kernel, proc_pid(ino), proc_fd(ino), &p, &f);
    if (found < 0)
        return -ENOENT;
    if (found == proc_fd(ino))
        *file = file_get(f);
    proc_unlock_fds(p);
    return found == proc_fd(ino) ? 0 : -ENOENT;
}

/* ---- names ------------------------------------------------------------------------ */

static int procfs_brief(struct fs *fs, uint64_t ino, struct fs_brief *b)
{
    int pid = proc_pid(ino);
    const struct proc_entry *e = proc_entry_of(ino);
    if (pid && !proc_exists(fs->kernel, pid))
        return -ENOENT;
    *b = (struct fs_brief){.ino = ino, .mode = e->mode};
    if (pid > 1) {
        b->uid = VFS_UID;
        b->gid = VFS_GID;
    }
    b->magic = pid && proc_kind(ino) == PROC_FD;
    return 0;
}

static int procfs_lookup_process(struct fs *fs, uint64_t dir, struct span name,
                                 struct fs_brief *child)
{
    int pid = proc_pid(dir);
    if (proc_kind(dir) == PROC_FD_DIR) {
        int64_t fd = proc_number(name, FDTAB_MAX);
        if (fd < 0 || !proc_has_fd(fs->kernel, pid, (int)fd))
            return -ENOENT;
        return procfs_brief(fs, proc_ino(pid, PROC_FD, (int)fd), child);
    }
    for (unsigned kind = PROC_CWD; kind < COUNT_OF(proc_process); kind++)
        if (span_eq_str(name, proc_process[kind].name))
            return procfs_brief(fs, proc_ino(pid, kind, 0), child);
    return -ENOENT;
}

static int procfs_lookup(struct fs *fs, uint64_t dir, struct span name,
                         struct fs_ask *ask, struct fs_brief *child)
{
    (void)ask;
    if (proc_pid(dir))
        return procfs_lookup_process(fs, dir, name, child);
    int64_t pid = dir == PROC_ROOT ? proc_number(name, INT32_MAX) : -1;
    if (pid > 0)
        return procfs_brief(fs, proc_ino((int)pid, PROC_DIR, 0), child);
    for (unsigned i = 1; i < COUNT_OF(proc_fixed); i++)
        if (PROC_ROOT + proc_fixed[i].parent == dir &&
            span_eq_str(name, proc_fixed[i].name))
            return procfs_brief(fs, PROC_ROOT + i, child);
    return -ENOENT;
}

static int procfs_parent(struct fs *fs, uint64_t dir, uint64_t *parent)
{
    (void)fs;
    if (!proc_pid(dir))
        *parent = PROC_ROOT + proc_entry_of(dir)->parent;
    else
        *parent =
            proc_kind(dir) == PROC_DIR ? PROC_ROOT : proc_ino(proc_pid(dir), PROC_DIR, 0);
    return 0;
}

static int procfs_name_of(struct fs *fs, uint64_t dir, uint64_t child, char name[256])
{
    (void)fs, (void)dir;
    if (proc_pid(child) && proc_kind(child) == PROC_DIR)
        num_from_i64(name, proc_pid(child));
    else if (proc_pid(child) && proc_kind(child) == PROC_FD)
        num_from_i64(name, proc_fd(child));
    else
        fmt_to(name, 256, "%s", proc_entry_of(child)->name);
    return 0;
}

/* ---- links ------------------------------------------------------------------------ */

static int proc_made_text(struct kernel *k, const char *text, size_t len,
                          struct span *span, char **made)
{
    *made = kernel_alloc(k, len + 1);
    if (!*made)
        return -ENOMEM;
    memcpy(*made, text, len);
    (*made)[len] = '\0';
    *span = (struct span){*made, len};
    return 0;
}

static int procfs_readlink_fd(struct fs *fs, uint64_t ino, struct span *text, char **made)
{
    struct process *p;
    struct file *f;
    char name[PROC_NAME];
    int fd = proc_fd(ino), found = proc_lock_fd(fs->kernel, proc_pid(ino), fd, &p, &f);
    if (found < 0)
        return -ENOENT;
    int err = found == fd ? 0 : -ENOENT;
    size_t len = err ? 0 : f->ops->name(f, name, sizeof name);
    if (!err && len < sizeof name) {
        err = proc_made_text(fs->kernel, name, len, text, made);
    } else if (!err) {
        *made = kernel_alloc(fs->kernel, len + 1);
        err = *made ? 0 : -ENOMEM;
        if (!err)
            *text = (struct span){*made, f->ops->name(f, *made, len + 1)};
    }
    proc_unlock_fds(p);
    return err;
}

/* The tree lock keeps p->fs and what it points to as long as the process is found. */
static int procfs_readlink_cwd(struct fs *fs, uint64_t ino, struct span *text,
                               char **made)
{
    struct kernel *k = fs->kernel;
    lock_acquire(&k->family);
    struct process *p = process_find_locked(k, proc_pid(ino));
    const struct cwd *cwd = p && p->fs ? p->fs->cwd : NULL;
    lock_release(&k->family);
    return cwd ? proc_made_text(k, cwd->path, cwd->len, text, made) : -ENOENT;
}

static int procfs_readlink(struct fs *fs, uint64_t ino, struct span *text, char **made)
{
    char name[96];
    const char *target = proc_entry_of(ino)->target;
    if (target) {
        *text = span_of(target);
        return 0;
    }
    if (!proc_pid(ino)) { // self
        struct process *self = process_self();
        if (!self || self->kernel != fs->kernel)
            return -ENOENT;
        return proc_made_text(fs->kernel, name, num_from_i64(name, self->pid), text,
                              made);
    }
    if (proc_kind(ino) == PROC_FD)
        return procfs_readlink_fd(fs, ino, text, made);
    if (proc_kind(ino) == PROC_CWD)
        return procfs_readlink_cwd(fs, ino, text, made);
    char program[64];
    int err = proc_process_program(fs->kernel, proc_pid(ino), program);
    if (!err && !*program)
        err = -ENOENT;
    if (err)
        return err;
    return proc_made_text(fs->kernel, name,
                          fmt_to(name, sizeof name, "/usr/bin/%s", program), text, made);
}

/* ---- listings --------------------------------------------------------------------- */

static bool procfs_list_number(struct fs_listing *l, uint64_t ino, uint32_t mode,
                               int number)
{
    char name[24];
    size_t len = num_from_i64(name, number);
    return fs_list_add(l, ino, mode, (struct span){name, len});
}

static void procfs_list_fds(struct fs *fs, int pid, uint64_t *cookie,
                            struct fs_listing *l)
{
    struct process *p;
    struct file *f;
    int fd = proc_lock_fd(fs->kernel, pid, (int)*cookie, &p, &f);
    if (fd < 0)
        return;
    for (; (unsigned)fd < p->fds.count; fd++)
        if (p->fds.slots[fd].file &&
            !procfs_list_number(l, proc_ino(pid, PROC_FD, fd), SYS_IFLNK, fd))
            break;
    *cookie = (uint64_t)fd;
    proc_unlock_fds(p);
}

/* Lists processes with pids above *cookie - COUNT_OF(proc_fixed). */
static void procfs_list_processes(struct fs *fs, uint64_t *cookie, struct fs_listing *l)
{
    struct kernel *k = fs->kernel;
    struct list *link;
    lock_acquire(&k->family);
    LIST_EACH(link, &k->all)
    { // in the order of pids, which are not used twice
        const struct process *p = LIST_ENTRY(link, struct process, all_link);
        uint64_t place = COUNT_OF(proc_fixed) + (uint64_t)p->pid;
        if (place <= *cookie)
            continue;
        if (!procfs_list_number(l, proc_ino(p->pid, PROC_DIR, 0), SYS_IFDIR, p->pid))
            break;
        *cookie = place;
    }
    lock_release(&k->family);
}

static int procfs_readdir(struct fs *fs, uint64_t dir, uint64_t *cookie,
                          struct fs_listing *l, struct fs_ask *ask)
{
    (void)ask;
    int pid = proc_pid(dir);
    bool own = pid && proc_kind(dir) == PROC_DIR;
    if (pid && !own) {
        procfs_list_fds(fs, pid, cookie, l);
        return 0;
    }
    if (own && !proc_exists(fs->kernel, pid))
        return -ENOENT;
    size_t count = own ? COUNT_OF(proc_process) : COUNT_OF(proc_fixed);
    if (!*cookie)
        *cookie = own ? PROC_CWD : 1;
    for (; *cookie < count; ++*cookie) {
        const struct proc_entry *e = own ? &proc_process[*cookie] : &proc_fixed[*cookie];
        if (!own && PROC_ROOT + e->parent != dir)
            continue;
        uint64_t ino = own ? proc_ino(pid, (unsigned)*cookie, 0) : PROC_ROOT + *cookie;
        if (!fs_list_add(l, ino, e->mode, span_of(e->name)))
            return 0;
    }
    if (dir == PROC_ROOT)
        procfs_list_processes(fs, cookie, l);
    return 0;
}

/* ---- files ------------------------------------------------------------------------ */

static int procfs_stat(struct fs *fs, uint64_t ino, struct sys_stat *st)
{
    struct fs_brief b;
    int err = procfs_brief(fs, ino, &b);
    if (err)
        return err;
    int64_t now = kernel_real(fs->kernel);
    *st = (struct sys_stat){.ino = ino,
                            .mode = b.mode,
                            .uid = b.uid,
                            .gid = b.gid,
                            .atime_ns = now,
                            .mtime_ns = now,
                            .ctime_ns = now,
                            .birth_ns = now};
    st->nlink = (b.mode & SYS_IFMT) == SYS_IFDIR ? 2 : 1;
    st->size = b.magic ? 64 : 0;
    return 0;
}

static int procfs_open(const struct fs_open *o, struct file **file)
{
    struct kernel *k = o->node->fs->kernel;
    const struct proc_entry *e = proc_entry_of(o->node->ino);
    if (!e->text)
        return -ENXIO;
    struct buf b = buf_make(&k->kernel_heap);
    int err = e->text(k, proc_pid(o->node->ino), &b);
    size_t len = b.len;
    char *text = err || b.failed ? NULL : buf_take(&b);
    buf_fini(&b);
    if (!text)
        return err ? err : -ENOMEM;
    return text_file_open(o, text, len, file);
}

static void procfs_fini(struct fs *fs) { kernel_free(fs->kernel, fs); }

static const struct fs_ops procfs_ops = {
    .type = "proc",
    .lookup = procfs_lookup,
    .brief = procfs_brief,
    .parent = procfs_parent,
    .name_of = procfs_name_of,
    .readlink = procfs_readlink,
    .follow = procfs_follow,
    .readdir = procfs_readdir,
    .stat = procfs_stat,
    .open = procfs_open,
    .fini = procfs_fini,
};

struct fs *procfs_new(struct kernel *k)
{
    struct fs *fs = kernel_alloc(k, sizeof *fs);
    if (fs)
        *fs = (struct fs){.ops = &procfs_ops, .kernel = k, .root = PROC_ROOT};
    return fs;
}

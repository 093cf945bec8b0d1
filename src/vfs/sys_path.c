/* sys_path.c: the system calls that look at, open and move between files by path. */
#include <errno.h>

#include "kernel/door.h"
#include "kernel/fdtab.h"
#include "kernel/file.h"
#include "kernel/process.h"
#include "sys.h"
#include "vfs/tree.h"

static int do_open(struct process *self, const char *path, unsigned flags, unsigned mode)
{
    struct caller c = caller_of(self);
    struct file *file;
    int err = tree_open(&c, path, flags, mode, &file);
    if (err)
        return err;
    int fd = fdtab_add(&self->fds, file, 0, flags & SYS_CLOEXEC);
    if (fd < 0)
        file_put(file);
    return fd;
}

int sys_open(const char *path, unsigned flags, unsigned mode)
{
    struct process *self = sys_enter(CALL_OPEN);
    return (int)sys_leave(self, do_open(self, path, flags, mode));
}

int sys_stat(const char *path, struct sys_stat *st)
{
    struct process *self = sys_enter(CALL_STAT);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_stat(&c, path, true, st));
}

int sys_lstat(const char *path, struct sys_stat *st)
{
    struct process *self = sys_enter(CALL_LSTAT);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_stat(&c, path, false, st));
}

int sys_access(const char *path, int mode)
{
    struct process *self = sys_enter(CALL_ACCESS);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_access(&c, path, mode));
}

int64_t sys_readlink(const char *path, char *buf, size_t len)
{
    struct process *self = sys_enter(CALL_READLINK);
    struct caller c = caller_of(self);
    return sys_leave(self, len ? tree_readlink(&c, path, buf, len) : -EINVAL);
}

int sys_statfs(const char *path, struct sys_statfs *st)
{
    struct process *self = sys_enter(CALL_STATFS);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_statfs(&c, path, st));
}

int sys_chdir(const char *path)
{
    struct process *self = sys_enter(CALL_CHDIR);
    return (int)sys_leave(self, tree_chdir(self, path));
}

int64_t sys_getcwd(char *buf, size_t len)
{
    struct process *self = sys_enter(CALL_GETCWD);
    return sys_leave(self, tree_getcwd(self, buf, len));
}

unsigned sys_umask(unsigned mask)
{
    struct process *self = sys_enter(CALL_UMASK);
    unsigned old = self->fs->umask;
    self->fs->umask = mask & 0777;
    return (unsigned)sys_leave(self, old);
}

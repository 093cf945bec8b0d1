/* sys_tree.c: the system calls that change names and attributes by path. */
#include "kernel/door.h"
#include "kernel/process.h"
#include "sys.h"
#include "vfs/tree.h"

int sys_mkdir(const char *path, unsigned mode)
{
    struct process *self = sys_enter(CALL_MKDIR);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_mkdir(&c, path, mode));
}

int sys_rmdir(const char *path)
{
    struct process *self = sys_enter(CALL_RMDIR);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_rmdir(&c, path));
}

int sys_unlink(const char *path)
{
    struct process *self = sys_enter(CALL_UNLINK);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_unlink(&c, path));
}

int sys_rename(const char *from, const char *to, unsigned flags)
{
    struct process *self = sys_enter(CALL_RENAME);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_rename(&c, from, to, flags));
}

int sys_link(const char *from, const char *to)
{
    struct process *self = sys_enter(CALL_LINK);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_link(&c, from, to));
}

int sys_symlink(const char *target, const char *path)
{
    struct process *self = sys_enter(CALL_SYMLINK);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_symlink(&c, target, path));
}

int sys_mkfifo(const char *path, unsigned mode)
{
    struct process *self = sys_enter(CALL_MKFIFO);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_mkfifo(&c, path, mode));
}

int sys_chmod(const char *path, unsigned mode)
{
    struct process *self = sys_enter(CALL_CHMOD);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_chmod(&c, path, mode));
}

int sys_chown(const char *path, int uid, int gid, bool follow)
{
    struct process *self = sys_enter(CALL_CHOWN);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_chown(&c, path, uid, gid, follow));
}

int sys_truncate(const char *path, int64_t size)
{
    struct process *self = sys_enter(CALL_TRUNCATE);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_truncate(&c, path, size));
}

int sys_utimes(const char *path, int64_t atime_ns, int64_t mtime_ns, bool follow)
{
    struct process *self = sys_enter(CALL_UTIMES);
    struct caller c = caller_of(self);
    return (int)sys_leave(self, tree_utimes(&c, path, atime_ns, mtime_ns, follow));
}

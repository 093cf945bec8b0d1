/* files.c: the files of a sandbox, from outside: vfs/outside.h in the words of
 * shoal.h. */
#include <errno.h>

#include "base/str.h"
#include "kernel/file.h"
#include "sandbox/error.h"
#include "sandbox/sandbox.h"
#include "shoal.h"
#include "sys.h"
#include "vfs/outside.h"

enum { FILES_MODE = 07777 };

int shoal_file_write(struct shoal_sandbox *sandbox, const char *path, const void *data,
                     size_t len, unsigned mode)
{
    if (*path != '/')
        return SHOAL_E_INVALID;
    int err = vfs_write_file(&sandbox->kernel, path, data, len, mode & FILES_MODE, false);
    return error_code(err);
}

int64_t shoal_file_read(struct shoal_sandbox *sandbox, const char *path, uint64_t offset,
                        void *buf, size_t len)
{
    struct file *f;
    if (*path != '/' || offset > INT64_MAX)
        return SHOAL_E_INVALID;
    int err = vfs_open_file(&sandbox->kernel, path, SYS_RDONLY | SYS_NONBLOCK, 0, &f);
    if (err)
        return error_code(err);
    int64_t got = f->ops->readdir ? -EISDIR : -ESPIPE;
    if (f->ops->pread)
        got = f->ops->pread(f, buf, len, (int64_t)offset);
    file_put(f);
    return got < 0 ? error_code((int)got) : got;
}

static enum shoal_file_type files_type(uint32_t mode)
{
    switch (mode & SYS_IFMT) {
    case SYS_IFREG: return SHOAL_FILE;
    case SYS_IFDIR: return SHOAL_DIRECTORY;
    case SYS_IFLNK: return SHOAL_LINK;
    case SYS_IFIFO: return SHOAL_FIFO;
    default: return SHOAL_DEVICE;
    }
}

int shoal_file_stat(struct shoal_sandbox *sandbox, const char *path,
                    struct shoal_stat *stat)
{
    struct sys_stat st;
    if (*path != '/')
        return SHOAL_E_INVALID;
    int err = vfs_stat(&sandbox->kernel, path, false, &st);
    if (err)
        return error_code(err);
    *stat = (struct shoal_stat){
        .type = files_type(st.mode),
        .mode = st.mode & FILES_MODE,
        .uid = st.uid,
        .gid = st.gid,
        .size = (uint64_t)st.size,
        .ino = st.ino,
        .links = st.nlink,
        .mtime_ns = st.mtime_ns,
    };
    return 0;
}

/* The caller's function for entries, and what it gave. */
struct files_each {
    int (*entry)(void *arg, const char *name, enum shoal_file_type type);
    void *arg;
    int result;
};

static bool files_call_entry(void *each, const char *name, uint32_t type)
{
    struct files_each *e = each;
    e->result = e->entry(e->arg, name, files_type(type));
    return e->result == 0;
}

int shoal_file_list(struct shoal_sandbox *sandbox, const char *path,
                    int (*entry)(void *arg, const char *name, enum shoal_file_type type),
                    void *arg)
{
    struct files_each each = {entry, arg, 0};
    if (*path != '/')
        return SHOAL_E_INVALID;
    int err = vfs_list(&sandbox->kernel, path, files_call_entry, &each);
    return err ? error_code(err) : each.result;
}

int shoal_file_make_dir(struct shoal_sandbox *sandbox, const char *path, unsigned mode)
{
    if (*path != '/')
        return SHOAL_E_INVALID;
    return error_code(vfs_make_dir(&sandbox->kernel, path, mode & FILES_MODE, true));
}

int shoal_file_make_link(struct shoal_sandbox *sandbox, const char *target,
                         const char *path)
{
    if (*path != '/')
        return SHOAL_E_INVALID;
    return error_code(vfs_make_link(&sandbox->kernel, target, path));
}

int shoal_file_rename(struct shoal_sandbox *sandbox, const char *from, const char *to)
{
    if (*from != '/' || *to != '/')
        return SHOAL_E_INVALID;
    return error_code(vfs_rename_file(&sandbox->kernel, from, to));
}

int shoal_file_remove(struct shoal_sandbox *sandbox, const char *path)
{
    if (*path != '/')
        return SHOAL_E_INVALID;
    return error_code(vfs_remove(&sandbox->kernel, path, true));
}

int shoal_mount_host(struct shoal_sandbox *sandbox, const char *host_path,
                     const char *path, unsigned flags)
{
    if (*path != '/' || flags & ~(unsigned)SHOAL_READ_ONLY)
        return SHOAL_E_INVALID;
    int err = vfs_mount_host(&sandbox->kernel, host_path, path, flags & SHOAL_READ_ONLY);
    return error_code(err);
}

/* host_folder.c: see host_folder.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "vfs/host_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys.h"

/* As in linux/openat2.h, which older systems lack. */
struct host_open_how {
    uint64_t flags, mode, resolve;
};
enum { HOST_NO_MAGICLINKS = 0x02, HOST_NO_SYMLINKS = 0x04, HOST_BENEATH = 0x08 };
enum { HOST_OPENAT2 = 437, HOST_RETRIES = 100 };

struct host_handle {
    atomic_uint refs;
    int fd;
};

/* Takes fd. */
static int host_handle_new(int fd, struct host_handle **handle)
{
    struct host_handle *h = malloc(sizeof *h);
    if (!h) {
        close(fd);
        return -ENOMEM;
    }
    atomic_init(&h->refs, 1);
    h->fd = fd;
    *handle = h;
    return 0;
}

struct host_handle *host_handle_get(struct host_handle *h)
{
    atomic_fetch_add_explicit(&h->refs, 1, memory_order_relaxed);
    return h;
}

void host_handle_put(struct host_handle *h)
{
    if (atomic_fetch_sub_explicit(&h->refs, 1, memory_order_acq_rel) != 1)
        return;
    close(h->fd);
    free(h);
}

int host_folder_open(const char *path, struct host_handle **folder)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : host_handle_new(fd, folder);
}

/* Opens each component beneath the one before, none of which may be a link. */
static int host_folder_step(int folder, const char *path, int flags)
{
    char *copy = strdup(path);
    if (!copy)
        return -ENOMEM;
    int at = folder, err = 0;
    for (char *name = copy; !err;) {
        char *slash = strchr(name, '/');
        if (slash)
            *slash = '\0';
        if (!*name || !strcmp(name, "..")) {
            err = -EINVAL;
            break;
        }
        int next = openat(
            at, name, O_NOFOLLOW | O_CLOEXEC | (slash ? O_PATH | O_DIRECTORY : flags));
        err = next < 0 ? -errno : 0;
        if (at != folder)
            close(at);
        at = err ? folder : next;
        if (!slash)
            break;
        name = slash + 1;
    }
    free(copy);
    if (err && at != folder)
        close(at);
    return err ? err : at;
}

/* Opens what is at path itself. Gives a descriptor. */
static int host_folder_at(int folder, const char *path, int flags)
{
    if (!*path) {
        int fd = openat(folder, ".", flags | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
    }
    // With O_PATH | O_NOFOLLOW a link at the end is opened itself, in spite of
    // NO_SYMLINKS.
    struct host_open_how how = {.flags = (uint64_t)(flags | O_NOFOLLOW | O_CLOEXEC),
                                .resolve =
                                    HOST_BENEATH | HOST_NO_SYMLINKS | HOST_NO_MAGICLINKS};
    for (int tries = 0; tries < HOST_RETRIES; tries++) {
        long fd = syscall(HOST_OPENAT2, folder, path, &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno == ENOSYS || errno == EPERM) // a seccomp filter may answer EPERM
            return host_folder_step(folder, path, flags);
        if (errno != EAGAIN) // a rename raced with the lookup
            return -errno;
    }
    return -EAGAIN;
}

static int64_t host_time(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int host_fd_stat(int fd, struct sys_stat *st)
{
    struct stat s;
    if (fstatat(fd, "", &s, AT_EMPTY_PATH))
        return -errno;
    *st = (struct sys_stat){.ino = s.st_ino,
                            .mode = s.st_mode,
                            .nlink = (uint32_t)s.st_nlink,
                            .size = s.st_size,
                            .blocks = s.st_blocks,
                            .atime_ns = host_time(s.st_atim),
                            .mtime_ns = host_time(s.st_mtim),
                            .ctime_ns = host_time(s.st_ctim),
                            .birth_ns = host_time(s.st_ctim)};
    return 0;
}

int host_folder_fstat(const struct host_handle *file, struct sys_stat *st)
{
    return host_fd_stat(file->fd, st);
}

int host_folder_stat(const struct host_handle *folder, const char *path,
                     struct sys_stat *st)
{
    int fd = host_folder_at(folder->fd, path, O_PATH);
    if (fd < 0)
        return fd;
    int err = host_fd_stat(fd, st);
    close(fd);
    return err;
}

int64_t host_folder_readlink(const struct host_handle *folder, const char *path,
                             char *buf, size_t len)
{
    int fd = host_folder_at(folder->fd, path, O_PATH);
    if (fd < 0)
        return fd;
    ssize_t got = readlinkat(fd, "", buf, len);
    int err = errno;
    close(fd);
    return got < 0 ? -err : got;
}

static uint32_t host_type(unsigned char type)
{
    return (uint32_t)type << 12; // DT_* are S_IF* >> 12
}

int host_folder_list(const struct host_handle *folder, const char *path,
                     bool (*add)(void *arg, uint64_t ino, uint32_t type,
                                 const char *name),
                     void *arg)
{
    int fd = host_folder_at(folder->fd, path, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return fd;
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int err = errno;
        close(fd);
        return -err;
    }
    int err = 0;
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(dir);
        if (!e) {
            err = -errno;
            break;
        }
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if (!add(arg, e->d_ino, host_type(e->d_type), e->d_name)) {
            err = -ENOMEM;
            break;
        }
    }
    closedir(dir);
    return err;
}

int host_folder_open_file(const struct host_handle *folder, const char *path,
                          struct host_handle **file)
{
    int fd = host_folder_at(folder->fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fd;
    struct stat s;
    if (fstat(fd, &s) || !S_ISREG(s.st_mode)) {
        close(fd);
        return -EACCES;
    }
    return host_handle_new(fd, file);
}

int64_t host_folder_pread(const struct host_handle *file, void *buf, size_t len,
                          int64_t offset)
{
    ssize_t got;
    do
        got = pread(file->fd, buf, len, offset);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

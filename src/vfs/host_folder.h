/* host_folder.h: a folder of the host, reached only beneath a directory descriptor.
 *
 * Paths are relative to the folder, without "." and ".."; "" is the folder. No symbolic
 * link is ever followed: the sandbox's walk does that, inside. openat2 with
 * RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS; where the host has no
 * openat2, each component is opened with O_NOFOLLOW. Every function calls the host and
 * may take long: for host threads.
 * Must not know: the sandbox. */
#ifndef VFS_HOST_FOLDER_H
#define VFS_HOST_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct sys_stat;

/* A descriptor of the host, counted: requests that were abandoned may still use it. Not
 * in the sandbox's heap. */
struct host_handle;
struct host_handle *host_handle_get(struct host_handle *h);
void host_handle_put(struct host_handle *h);

/* Opens the folder at path. */
MUST_CHECK int host_folder_open(const char *path, struct host_handle **folder);

/* Attributes of what is at path itself; owner is not looked at. -ENOENT -ENOTDIR -EACCES
 * -ELOOP -EIO ... */
MUST_CHECK int host_folder_stat(const struct host_handle *folder, const char *path,
                                struct sys_stat *st);
MUST_CHECK int64_t host_folder_readlink(const struct host_handle *folder,
                                        const char *path, char *buf, size_t len);

/* Calls add(arg, ino, type, name) for each entry but "." and "..", until it gives false.
 * type: SYS_IF* or 0. */
MUST_CHECK int host_folder_list(const struct host_handle *folder, const char *path,
                                bool (*add)(void *arg, uint64_t ino, uint32_t type,
                                            const char *name),
                                void *arg);

/* Opens a regular file for reading. -EACCES if it is not a regular file. */
MUST_CHECK int host_folder_open_file(const struct host_handle *folder, const char *path,
                                     struct host_handle **file);
MUST_CHECK int64_t host_folder_pread(const struct host_handle *file, void *buf,
                                     size_t len, int64_t offset);
MUST_CHECK int host_folder_fstat(const struct host_handle *file, struct sys_stat *st);

#endif

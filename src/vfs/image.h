/* image.h: the base image: what a new sandbox's files are.
 *
 * A program is an executable file in /usr/bin that holds one line, IMAGE_MAGIC, its name
 * and a newline. Any executable file that begins so runs the program. */
#ifndef VFS_IMAGE_H
#define VFS_IMAGE_H

#include <stddef.h>

struct alloc;
struct memfs;
struct program;

#define IMAGE_HOME "/home/user"
#define IMAGE_MAGIC "\177SHOAL "

/* Directories, /etc, and an executable file for each program. Built once per runtime;
 * immutable after, used by any thread. alloc is thread-safe and outlives the image. NULL:
 * no memory. */
struct memfs *vfs_image_new(const struct alloc *alloc, const struct program *programs,
                            size_t count);
struct memfs *vfs_image_get(struct memfs *image);
void vfs_image_put(struct memfs *image); // NULL is fine

#endif

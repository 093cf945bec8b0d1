/* image.c: see image.h. */
#include "vfs/image.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/process.h"
#include "vfs/memfs.h"
#include "vfs/state.h"

struct image_entry {
    const char *path;    // absolute; parents come first
    uint32_t mode;       // type and permissions
    uint32_t uid;        // and gid
    const char *content; // of a file, target of a link
};

static const struct image_entry image_entries[] = {
    {"/tmp", SYS_IFDIR | 01777, 0, NULL},
    {"/home", SYS_IFDIR | 0755, 0, NULL},
    {IMAGE_HOME, SYS_IFDIR | 0755, VFS_UID, NULL},
    {"/usr", SYS_IFDIR | 0755, 0, NULL},
    {"/usr/bin", SYS_IFDIR | 0755, 0, NULL},
    {"/bin", SYS_IFLNK | 0777, 0, "usr/bin"},
    {"/usr/local", SYS_IFDIR | 0755, 0, NULL},
    {"/usr/local/bin", SYS_IFDIR | 0755, 0, NULL},
    {"/dev", SYS_IFDIR | 0755, 0, NULL},
    {"/proc", SYS_IFDIR | 0555, 0, NULL},
    {"/mnt", SYS_IFDIR | 0755, 0, NULL},
    {"/opt", SYS_IFDIR | 0755, 0, NULL},
    {"/root", SYS_IFDIR | 0700, 0, NULL},
    {"/run", SYS_IFDIR | 0755, 0, NULL},
    {"/var", SYS_IFDIR | 0755, 0, NULL},
    {"/var/log", SYS_IFDIR | 0755, 0, NULL},
    {"/var/tmp", SYS_IFDIR | 01777, 0, NULL},
    {"/etc", SYS_IFDIR | 0755, 0, NULL},
    {"/etc/passwd", SYS_IFREG | 0644, 0,
     "root:x:0:0:root:/root:/bin/bash\n"
     "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
     "user:x:1000:1000:user:/home/user:/bin/bash\n"},
    {"/etc/group", SYS_IFREG | 0644, 0,
     "root:x:0:\ntty:x:5:\nnogroup:x:65534:\nuser:x:1000:\n"},
    {"/etc/hostname", SYS_IFREG | 0644, 0, "shoal\n"},
    {"/etc/hosts", SYS_IFREG | 0644, 0, "127.0.0.1\tlocalhost\n127.0.1.1\tshoal\n"},
    {"/etc/os-release", SYS_IFREG | 0644, 0,
     "PRETTY_NAME=\"shoal\"\nNAME=\"shoal\"\nID=shoal\n"},
    {"/etc/shells", SYS_IFREG | 0644, 0, "/bin/sh\n/bin/bash\n"},
};

/* The directory that path is in, and the last component. */
static int image_find_parent(struct memfs *m, const char *path, uint64_t *dir,
                             struct span *name)
{
    uint64_t at = m->fs.root;
    for (;;) {
        path++;
        const char *slash = strchr(path, '/');
        if (!slash) {
            *dir = at;
            *name = span_of(path);
            return 0;
        }
        struct fs_brief b;
        int err = memfs_ops.lookup(&m->fs, at,
                                   (struct span){path, (size_t)(slash - path)}, NULL, &b);
        if (err)
            return err;
        at = b.ino;
        path = slash;
    }
}

static int image_add(struct memfs *m, const struct image_entry *e)
{
    uint64_t dir;
    struct span name;
    struct fs_brief b;
    int err = image_find_parent(m, e->path, &dir, &name);
    if (err)
        return err;
    struct fs_new new = {.mode = e->mode, .uid = e->uid, .gid = e->uid};
    if ((e->mode & SYS_IFMT) == SYS_IFLNK)
        new.target = span_of(e->content);
    err = memfs_ops.create(&m->fs, dir, name, &new, &b);
    if (!err && (e->mode & SYS_IFMT) == SYS_IFREG)
        err = memfs_append(m, b.ino, span_of(e->content));
    return err;
}

static int image_add_program(struct memfs *m, uint64_t bin, const char *name)
{
    char line[128];
    size_t len = fmt_to(line, sizeof line, "%s%s\n", IMAGE_MAGIC, name);
    struct fs_new new = {.mode = SYS_IFREG | 0755};
    struct fs_brief b;
    int err = memfs_ops.create(&m->fs, bin, span_of(name), &new, &b);
    return err ? err : memfs_append(m, b.ino, (struct span){line, len});
}

static int image_fill(struct memfs *m, const struct program *programs, size_t count)
{
    int err = 0;
    uint64_t bin;
    struct span name;
    for (size_t i = 0; !err && i < COUNT_OF(image_entries); i++)
        err = image_add(m, &image_entries[i]);
    if (!err)
        err = image_find_parent(m, "/usr/bin/x", &bin, &name);
    for (size_t i = 0; !err && i < count; i++)
        err = image_add_program(m, bin, programs[i].name);
    return err;
}

struct memfs *vfs_image_new(const struct alloc *alloc, const struct program *programs,
                            size_t count)
{
    struct memfs *m = memfs_new(NULL, alloc);
    if (m && image_fill(m, programs, count)) {
        memfs_put(m);
        return NULL;
    }
    return m;
}

struct memfs *vfs_image_get(struct memfs *image) { return memfs_get(image); }

void vfs_image_put(struct memfs *image)
{
    if (image)
        memfs_put(image);
}

/* outside_test.c: images, forks, host folders and the embedder's calls. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "kernel/process.h"
#include "tests/unit/vfs/fixture.h"
#include "vfs/outside.h"
#include "vfs/state.h"
#include "vfs/vfs.h"

static void body_writes_everywhere(struct test *t)
{
    char buf[64];
    CHECK_STR(read_text("/etc/hostname", buf, sizeof buf), "shoal\n");
    CHECK_EQ(write_text("/tmp/f", "x"), 0);
    CHECK_EQ(sys_mkdir("/home/user/d", 0777), 0);
    (void)t;
}

static void body_sees_nothing(struct test *t)
{
    struct sys_stat st;
    CHECK_EQ(sys_stat("/tmp/f", &st), -ENOENT);
    CHECK_EQ(sys_stat("/home/user/d", &st), -ENOENT);
    CHECK_EQ(sys_stat("/etc/extra", &st), -ENOENT);
    (void)t;
}

TEST(image_is_shared_by_sandboxes_and_changed_by_none_by_itself)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct memfs *image =
        vfs_image_new(t->alloc, fixture_programs, fixture_program_count);
    for (int round = 0; round < 2; round++) {
        size_t blocks = test_alloc_blocks(t);
        fixture_open(f, t, 2, image);
        CHECK_EQ(atomic_load(&f->kernel.limits.used[LIMIT_FS_FILES]), 0);
        CHECK(atomic_load(&f->kernel.account.used) <= 32 << 10);
        fixture_run(f, round ? body_sees_nothing : body_writes_everywhere);
        if (!round) {
            CHECK_EQ(vfs_write_file(&f->kernel, "/etc/extra", "x", 1, 0644, false), 0);
            CHECK_EQ(vfs_remove(&f->kernel, "/usr/bin/sh", false), 0);
        }
        fixture_close(f);
        CHECK_EQ(test_alloc_blocks(t), blocks);
    }
    vfs_image_put(image);
    free(f);
}

static bool outside_count(void *arg, const char *name, uint32_t type)
{
    (void)name, (void)type;
    ++*(int *)arg;
    return true;
}

TEST(outside_writes_reads_lists_and_removes_by_itself)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct sys_stat st;
    struct buf out = buf_make(t->alloc);
    fixture_open(f, t, 2, NULL);
    struct kernel *k = &f->kernel;
    CHECK_EQ(vfs_write_file(k, "/data/in/file", "hello", 5, 0640, false), 0);
    CHECK_EQ(vfs_write_file(k, "/data/in/file", " there", 6, 0640, true), 0);
    CHECK_EQ(vfs_stat(k, "/data/in/file", true, &st), 0);
    CHECK_EQ(st.uid, VFS_UID);
    CHECK_EQ(st.mode, SYS_IFREG | 0640);
    CHECK_EQ(vfs_read_file(k, "/data/in/file", UINT64_MAX, &out), 0);
    CHECK_STR(buf_str(&out), "hello there");
    CHECK_EQ(vfs_read_file(k, "/data/in/file", 5, &out), -EFBIG);
    CHECK_EQ(vfs_read_file(k, "/data/in", 5, &out), -EISDIR);
    CHECK_EQ(vfs_make_dir(k, "/data/a/b/c", 0755, true), 0);
    CHECK_EQ(vfs_make_dir(k, "/data/a/b/c", 0755, true), 0);
    CHECK_EQ(vfs_make_dir(k, "/data/in/file", 0755, true), -EEXIST);
    CHECK_EQ(vfs_make_link(k, "in/file", "/data/link"), 0);
    int count = 0;
    CHECK_EQ(vfs_list(k, "/data", outside_count, &count), 0);
    CHECK_EQ(count, 3);
    CHECK_EQ(vfs_rename_file(k, "/data/in", "/data/out"), 0);
    CHECK_EQ(vfs_remove(k, "/data", false), -ENOTEMPTY);
    CHECK_EQ(vfs_remove(k, "/data", true), 0);
    CHECK_EQ(vfs_stat(k, "/data", true, &st), -ENOENT);
    CHECK_EQ(vfs_remove(k, "/data", true), -ENOENT);
    buf_fini(&out);
    fixture_close(f);
    free(f);
}

/* ---- host folders ----------------------------------------------------------------- */

static char outside_folder[] = "/tmp/shoal-vfs-XXXXXX";

static void outside_host_file(const char *name, const char *text)
{
    char path[256];
    fmt_to(path, sizeof path, "%s/%s", outside_folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void body_uses_host_folder(struct test *t)
{
    char buf[256];
    struct sys_stat st;
    (void)t;
    CHECK_STR(read_text("/mnt/host/a", buf, sizeof buf), "text of a");
    CHECK_STR(read_text("/mnt/host/sub/b", buf, sizeof buf), "text of b");
    CHECK_STR(read_text("/mnt/host/link", buf, sizeof buf), "text of b");
    CHECK_EQ(sys_readlink("/mnt/host/link", buf, sizeof buf), 5);
    CHECK_STR(read_text("/mnt/host/out", buf, sizeof buf),
              "shoal\n"); // inside: the sandbox's own /etc
    CHECK_EQ(sys_stat("/mnt/host/up", &st), -ENOENT);
    CHECK_EQ(sys_stat("/mnt/host/none", &st), -ENOENT);
    CHECK_EQ(sys_stat("/mnt/host/a/x", &st), -ENOTDIR);
    CHECK_EQ(sys_stat("/mnt/host/sub/..", &st), 0);
    CHECK_EQ(sys_open("/mnt/host/a", SYS_WRONLY, 0), -EROFS);
    CHECK_EQ(sys_open("/mnt/host/new", SYS_WRONLY | SYS_CREAT, 0666), -EROFS);
    CHECK_EQ(sys_mkdir("/mnt/host/d", 0777), -EROFS);
    CHECK_EQ(sys_unlink("/mnt/host/a"), -EROFS);
    CHECK_EQ(sys_rename("/mnt/host/a", "/mnt/host/c", 0), -EROFS);
    CHECK_EQ(sys_chmod("/mnt/host/a", 0600), -EROFS);
    CHECK_EQ(sys_truncate("/mnt/host/a", 0), -EINVAL);

    int names = 0;
    int64_t n;
    int fd = sys_open("/mnt/host", SYS_RDONLY | SYS_DIRECTORY, 0);
    char list[1024];
    while ((n = sys_readdir(fd, list, sizeof list)) > 0)
        for (int64_t at = 0; at < n; names++)
            at += ((const struct sys_dirent *)(const void *)(list + at))->size;
    CHECK_EQ(names, 7); // . .. a sub link out up

    CHECK_EQ(sys_chdir("/mnt/host/sub"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 13);
    CHECK_STR(read_text("b", buf, sizeof buf), "text of b");
    fd = sys_open("b", SYS_RDONLY, 0);
    CHECK_EQ(sys_seek(fd, -1, SYS_SEEK_END), 8);
    CHECK_EQ(sys_read(fd, buf, 8), 1);
    CHECK_EQ(sys_read(fd, buf, 8), 0);
    CHECK_EQ(sys_pread(fd, buf, 4, 0), 4);
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.size, 9);
    CHECK_EQ(st.uid, VFS_UID);
    outside_host_file("a", "changed");
    CHECK_STR(read_text("../a", buf, sizeof buf), "changed"); // no stale answers
}

TEST(host_folder_is_read_only_and_closed_by_itself)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[256], host[256];
    CHECK(mkdtemp(outside_folder) != NULL);
    outside_host_file("a", "text of a");
    fmt_to(path, sizeof path, "%s/sub", outside_folder);
    CHECK_EQ(mkdir(path, 0755), 0);
    outside_host_file("sub/b", "text of b");
    fmt_to(path, sizeof path, "%s/link", outside_folder);
    CHECK_EQ(symlink("sub/b", path), 0);
    fmt_to(path, sizeof path, "%s/out", outside_folder);
    CHECK_EQ(symlink("/etc/hostname", path), 0);
    fmt_to(path, sizeof path, "%s/up", outside_folder);
    fmt_to(host, sizeof host, "../..%s/a", outside_folder);
    CHECK_EQ(symlink(host, path), 0);

    fixture_open(f, t, 2, NULL);
    CHECK_EQ(vfs_mount_host(&f->kernel, outside_folder, "/mnt/host", true), 0);
    CHECK_EQ(vfs_mount_host(&f->kernel, outside_folder, "/mnt/host", true), -EBUSY);
    CHECK_EQ(vfs_mount_host(&f->kernel, "/no/such/folder", "/mnt/other", true), -ENOENT);
    fixture_run(f, body_uses_host_folder);
    struct buf out = buf_make(t->alloc);
    CHECK_EQ(vfs_read_file(&f->kernel, "/mnt/host/sub/b", UINT64_MAX, &out), 0);
    CHECK_STR(buf_str(&out), "text of b");
    buf_fini(&out);
    fixture_close(f);
    fmt_to(path, sizeof path, "rm -r %s", outside_folder);
    CHECK_EQ(system(path), 0);
    free(f);
}

TEST(a_host_folder_is_mounted_read_only_on_a_directory_by_itself)
{
    struct fixture *f = calloc(1, sizeof *f);
    char folder[] = "/tmp/shoal-mount-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    fixture_open(f, t, 2, NULL);
    CHECK_EQ(vfs_mount_host(&f->kernel, folder, "/mnt/a", false), -ENOTSUP);
    CHECK_EQ(vfs_mount_host(&f->kernel, folder, "/etc/passwd", true), -EEXIST);
    CHECK_EQ(vfs_mount_host(&f->kernel, "/etc/passwd", "/mnt/a", true), -ENOTDIR);
    CHECK_EQ(vfs_mount_host(&f->kernel, folder, "/dev", true), -EBUSY);
    CHECK_EQ(vfs_mount_host(&f->kernel, folder, "/new/place", true), 0); // is made
    CHECK_EQ(vfs_remove(&f->kernel, "/new/place", true), -EBUSY);
    CHECK_EQ(vfs_write_file(&f->kernel, "/new/place/f", "x", 1, 0644, false), -EROFS);
    struct sys_stat st;
    CHECK_EQ(vfs_stat(&f->kernel, "/new/place", true, &st), 0);
    CHECK_EQ(st.mode & SYS_IFMT, SYS_IFDIR);
    fixture_close(f);
    rmdir(folder);
    free(f);
}

TEST(an_image_has_a_file_for_each_program_or_is_not_made_by_itself)
{
    for (size_t fail = 0; fail < 40; fail++) {
        test_fail_alloc(t, fail * 3);
        struct memfs *image =
            vfs_image_new(t->alloc, fixture_programs, fixture_program_count);
        test_fail_alloc(t, SIZE_MAX / 2);
        vfs_image_put(image); // what could not be made leaves nothing
        CHECK_EQ(test_alloc_blocks(t), 0);
    }
    struct memfs *image =
        vfs_image_new(t->alloc, fixture_programs, fixture_program_count);
    CHECK(vfs_image_get(image) == image);
    vfs_image_put(image);
    CHECK(test_alloc_blocks(t) > 0);
    vfs_image_put(image);
    vfs_image_put(NULL);
}

/* walk_test.c: paths as POSIX resolves them. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "tests/unit/vfs/fixture.h"

static uint64_t ino_of(const char *path)
{
    struct sys_stat st = {0};
    return sys_stat(path, &st) ? 0 : st.ino;
}

TEST(walk_finds_programs_through_the_bin_link)
{
    struct sys_stat st;
    CHECK_EQ(sys_stat("/bin/sh", &st), 0);
    CHECK_EQ(st.mode, SYS_IFREG | 0755);
    CHECK_EQ(ino_of("/bin/sh"), ino_of("/usr/bin/sh"));
    CHECK_EQ(sys_lstat("/bin", &st), 0);
    CHECK_EQ(st.mode, SYS_IFLNK | 0777);
    CHECK_EQ(sys_lstat("/bin/", &st), 0);
    CHECK_EQ(st.mode & SYS_IFMT, SYS_IFDIR);
}

TEST(walk_takes_slashes_and_dots_as_posix_says)
{
    struct sys_stat st;
    uint64_t tmp = ino_of("/tmp");
    CHECK(tmp != 0);
    CHECK_EQ(ino_of("//tmp///"), tmp);
    CHECK_EQ(ino_of("/tmp/."), tmp);
    CHECK_EQ(ino_of("/home/user/../../tmp/./"), tmp);
    CHECK_EQ(ino_of("/.."), ino_of("/"));
    CHECK_EQ(ino_of("/bin/.."), ino_of("/usr"));
    CHECK_EQ(sys_stat("", &st), -ENOENT);
    CHECK_EQ(sys_stat("/etc/passwd/", &st), -ENOTDIR);
    CHECK_EQ(sys_stat("/etc/passwd/x", &st), -ENOTDIR);
    CHECK_EQ(sys_stat("/etc/passwd/..", &st), -ENOTDIR);
    CHECK_EQ(sys_stat("/none/..", &st), -ENOENT);
    CHECK_EQ(sys_stat("/tmp/none", &st), -ENOENT);
}

TEST(walk_follows_relative_and_absolute_links_up_to_the_limit)
{
    struct sys_stat st;
    char name[64], target[64];
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    CHECK_EQ(write_text("d/f", "x"), 0);
    CHECK_EQ(sys_symlink("d/f", "rel"), 0);
    CHECK_EQ(sys_symlink("/home/user/d", "abs"), 0);
    CHECK_EQ(sys_symlink("abs/", "abs2"), 0);
    CHECK_EQ(sys_symlink("../rel", "d/up"), 0);
    CHECK_EQ(ino_of("rel"), ino_of("d/f"));
    CHECK_EQ(ino_of("abs/f"), ino_of("d/f"));
    CHECK_EQ(ino_of("abs2/up"), ino_of("d/f"));
    CHECK_EQ(ino_of("abs2/../rel"), ino_of("d/f"));
    CHECK_EQ(sys_stat("rel/", &st), -ENOTDIR);
    CHECK_EQ(sys_symlink("/", "root"), 0);
    CHECK_EQ(ino_of("root/tmp"), ino_of("/tmp"));
    CHECK_EQ(ino_of("root"), ino_of("/"));

    CHECK_EQ(sys_symlink("loop", "loop"), 0);
    CHECK_EQ(sys_stat("loop", &st), -ELOOP);
    CHECK_EQ(sys_lstat("loop", &st), 0);
    CHECK_EQ(sys_stat("loop/x", &st), -ELOOP);
    CHECK_EQ(write_text("l0", "y"), 0);
    for (int i = 1; i <= 41; i++) {
        fmt_to(name, sizeof name, "l%d", i);
        fmt_to(target, sizeof target, "l%d", i - 1);
        CHECK_EQ(sys_symlink(target, name), 0);
    }
    CHECK_EQ(ino_of("l40"), ino_of("l0"));
    CHECK_EQ(sys_stat("l41", &st), -ELOOP);
}

TEST(walk_refuses_names_and_paths_that_are_too_long)
{
    struct sys_stat st;
    char name[300], path[5000];
    memset(name, 'n', sizeof name);
    name[255] = '\0';
    CHECK_EQ(write_text(name, "x"), 0);
    CHECK_EQ(sys_stat(name, &st), 0);
    CHECK_EQ(sys_unlink(name), 0);
    name[255] = 'n';
    name[256] = '\0';
    CHECK_EQ(sys_stat(name, &st), -ENAMETOOLONG);
    CHECK_EQ(sys_mkdir(name, 0777), -ENAMETOOLONG);
    for (size_t i = 0; i < sizeof path; i += 2)
        memcpy(path + i, "./", 2);
    path[4096] = '\0';
    CHECK_EQ(sys_stat(path, &st), -ENAMETOOLONG);
    path[4095] = '\0';
    CHECK_EQ(sys_stat(path, &st), 0);
}

TEST(walk_needs_search_permission_on_each_directory)
{
    struct sys_stat st;
    CHECK_EQ(sys_mkdir("closed", 0777), 0);
    CHECK_EQ(write_text("closed/f", "x"), 0);
    CHECK_EQ(sys_chmod("closed", 0600), 0);
    CHECK_EQ(sys_stat("closed/f", &st), -EACCES);
    CHECK_EQ(sys_stat("closed/.", &st), -EACCES);
    CHECK_EQ(sys_stat("closed/none", &st), -EACCES);
    CHECK_EQ(sys_chdir("closed"), -EACCES);
    CHECK_EQ(sys_open("closed", SYS_RDONLY | SYS_DIRECTORY, 0),
             0); // lowest: none is open
    CHECK_EQ(sys_stat("/root/x", &st), -EACCES);
    CHECK_EQ(sys_chmod("closed", 0700), 0);
    CHECK_EQ(sys_stat("closed/f", &st), 0);
}

TEST(walk_crosses_mounts_both_ways)
{
    struct sys_stat root, dev, st;
    CHECK_EQ(sys_stat("/", &root), 0);
    CHECK_EQ(sys_stat("/dev", &dev), 0);
    CHECK(root.dev != dev.dev);
    CHECK_EQ(sys_stat("/dev/..", &st), 0);
    CHECK_EQ(st.dev, root.dev);
    CHECK_EQ(st.ino, root.ino);
    CHECK_EQ(sys_stat("/dev/null", &st), 0);
    CHECK_EQ(st.mode, SYS_IFCHR | 0666);
    CHECK_EQ(sys_rmdir("/dev"), -EACCES); // the root directory is root's
}

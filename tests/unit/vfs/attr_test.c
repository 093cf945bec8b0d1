/* attr_test.c: modes, owners, times, access. */
#include <errno.h>
#include <string.h>

#include "tests/unit/vfs/fixture.h"

TEST(attr_files_are_made_with_mode_less_umask)
{
    struct sys_stat st;
    CHECK_EQ(sys_umask(027), 022);
    int fd = sys_open("f", SYS_WRONLY | SYS_CREAT, 0777);
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.mode, SYS_IFREG | 0750);
    CHECK_EQ(sys_umask(0), 027);
    fd = sys_open("g", SYS_WRONLY | SYS_CREAT, 0);
    CHECK(fd >= 0); // the mode does not hold for who made it
    CHECK_EQ(sys_write(fd, "x", 1), 1);
    CHECK_EQ(sys_open("g", SYS_RDONLY, 0), -EACCES);
}

TEST(attr_only_the_owner_changes_modes)
{
    struct sys_stat st;
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_chmod("f", 04751), 0);
    CHECK_EQ(sys_stat("f", &st), 0);
    CHECK_EQ(st.mode, SYS_IFREG | 04751);
    CHECK_EQ(sys_chmod("/etc/passwd", 0666), -EPERM);
    CHECK_EQ(sys_chmod("/dev/null", 0600), -EPERM);
    int fd = sys_open("/etc/passwd", SYS_RDONLY, 0);
    CHECK_EQ(sys_fchmod(fd, 0666), -EPERM);
    CHECK_EQ(sys_futimes(fd, SYS_TIME_NOW, SYS_TIME_NOW), -EACCES);
    CHECK_EQ(sys_utimes("/etc/passwd", 5, 5, true), -EPERM);
    CHECK_EQ(sys_chown("f", 0, -1, true), -EPERM);
    CHECK_EQ(sys_chown("f", 1000, 1000, true), 0);
    CHECK_EQ(sys_chown("f", -1, 5, true), -EPERM);
}

TEST(attr_open_checks_permissions)
{
    CHECK_EQ(sys_open("/etc/passwd", SYS_WRONLY, 0), -EACCES);
    CHECK_EQ(sys_open("/etc/passwd", SYS_RDONLY | SYS_TRUNC, 0), -EACCES);
    CHECK_EQ(sys_open("/etc/none", SYS_RDONLY, 0), -ENOENT);
    CHECK_EQ(sys_open("/etc/none", SYS_WRONLY | SYS_CREAT, 0666), -EACCES);
    CHECK_EQ(sys_open("/tmp", SYS_WRONLY, 0), -EISDIR);
    CHECK_EQ(sys_open("/tmp", SYS_RDONLY | SYS_CREAT, 0666), -EISDIR);
    CHECK_EQ(sys_open("/etc/passwd", SYS_RDONLY | SYS_DIRECTORY, 0), -ENOTDIR);
    CHECK_EQ(sys_open("new/", SYS_WRONLY | SYS_CREAT, 0666), -EISDIR);
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_open("f", SYS_WRONLY | SYS_CREAT | SYS_EXCL, 0666), -EEXIST);
    CHECK_EQ(sys_symlink("dangling", "s"), 0);
    CHECK_EQ(sys_open("s", SYS_WRONLY | SYS_CREAT | SYS_EXCL, 0666), -EEXIST);
    CHECK_EQ(sys_open("s", SYS_RDONLY | SYS_NOFOLLOW, 0), -ELOOP);
    CHECK_EQ(sys_open("s", SYS_RDONLY, 0), -ENOENT);
    CHECK(sys_open("s", SYS_WRONLY | SYS_CREAT, 0666) >= 0); // makes what it points to
    struct sys_stat st;
    CHECK_EQ(sys_stat("dangling", &st), 0);
    CHECK_EQ(sys_open("f", 3, 0), -EINVAL);
}

TEST(attr_access_asks_for_the_virtual_user)
{
    CHECK_EQ(sys_access("/etc/passwd", SYS_R_OK), 0);
    CHECK_EQ(sys_access("/etc/passwd", SYS_W_OK), -EACCES);
    CHECK_EQ(sys_access("/bin/sh", SYS_X_OK | SYS_R_OK), 0);
    CHECK_EQ(sys_access("/tmp", SYS_W_OK | SYS_X_OK), 0);
    CHECK_EQ(sys_access("/none", SYS_F_OK), -ENOENT);
    CHECK_EQ(sys_access("/root", SYS_R_OK), -EACCES);
    CHECK_EQ(sys_access("/tmp", 8), -EINVAL);
}

TEST(attr_times_follow_what_is_done)
{
    struct sys_stat a, b;
    char buf[8];
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_utimes("f", 1000000000, 2000000007, true), 0);
    CHECK_EQ(sys_stat("f", &a), 0);
    CHECK_EQ(a.atime_ns, 1000000000);
    CHECK_EQ(a.mtime_ns, 2000000007);
    CHECK(a.ctime_ns > a.mtime_ns);
    CHECK_EQ(sys_utimes("f", SYS_TIME_OMIT, 5, true), 0);
    CHECK_EQ(sys_stat("f", &a), 0);
    CHECK_EQ(a.atime_ns, 1000000000);
    CHECK_EQ(a.mtime_ns, 5);
    CHECK_STR(read_text("f", buf, sizeof buf),
              "x"); // ctime is newer: the access is noted
    CHECK_EQ(sys_stat("f", &b), 0);
    CHECK(b.atime_ns > a.atime_ns);
    int fd = sys_open("f", SYS_WRONLY, 0);
    CHECK_EQ(sys_write(fd, "y", 1), 1);
    CHECK_EQ(sys_fstat(fd, &b), 0);
    CHECK(b.mtime_ns > 5);
    CHECK_EQ(sys_symlink("f", "s"), 0);
    CHECK_EQ(sys_utimes("s", 7, 8, false), 0);
    CHECK_EQ(sys_lstat("s", &b), 0);
    CHECK_EQ(b.mtime_ns, 8);
    CHECK_EQ(sys_stat("/etc/passwd", &b), 0);
    CHECK_EQ(b.mtime_ns, t->kernel->start_real_ns);
}

TEST(attr_links_are_read_and_sized)
{
    char buf[64];
    struct sys_stat st;
    char long_target[200];
    memset(long_target, 'x', sizeof long_target);
    long_target[199] = '\0';
    CHECK_EQ(sys_symlink("target", "s"), 0);
    CHECK_EQ(sys_readlink("s", buf, sizeof buf), 6);
    CHECK_MEM(buf, "target", 6);
    CHECK_EQ(sys_readlink("s", buf, 3), 3);
    CHECK_EQ(sys_readlink("/tmp", buf, 3), -EINVAL);
    CHECK_EQ(sys_symlink(long_target, "l"), 0);
    CHECK_EQ(sys_lstat("l", &st), 0);
    CHECK_EQ(st.size, 199);
    CHECK_EQ(sys_readlink("l", buf, sizeof buf), 64);
    CHECK_EQ(sys_symlink("", "e"), -ENOENT);
}

TEST(attr_statfs_tells_the_limits)
{
    struct sys_statfs st;
    CHECK_EQ(sys_statfs("/tmp", &st), 0);
    CHECK_STR(st.type, "tmpfs");
    CHECK_EQ(st.bytes, 1 << 30);
    CHECK_EQ(st.bytes_free, 1 << 30);
    CHECK_EQ(sys_statfs("/proc/self", &st), 0);
    CHECK_STR(st.type, "proc");
}

/* dev_test.c: vfs/devfs.h: the devices, their numbers, the directory they are in. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "tests/unit/vfs/fixture.h"

struct device {
    const char *name;
    unsigned major, minor;
};

static const struct device devices[] = {{"null", 1, 3},    {"zero", 1, 5},
                                        {"full", 1, 7},    {"random", 1, 8},
                                        {"urandom", 1, 9}, {"tty", 5, 0}};
static const char *const links[] = {"fd", "stdin", "stdout", "stderr"};

static const char *path_of(const char *name)
{
    static char path[32];
    fmt_to(path, sizeof path, "/dev/%s", name);
    return path;
}

TEST(dev_has_the_devices_with_their_numbers)
{
    struct sys_stat st;
    for (size_t i = 0; i < COUNT_OF(devices); i++) {
        CHECK_EQ(sys_lstat(path_of(devices[i].name), &st), 0);
        CHECK_EQ(st.mode, SYS_IFCHR | 0666);
        CHECK_EQ(st.rdev, devices[i].major << 8 | devices[i].minor);
        CHECK_EQ(st.uid, 0);
        CHECK_EQ(st.nlink, 1);
    }
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        char want[32] = "/proc/self/fd", got[32] = "";
        if (i)
            fmt_to(want, sizeof want, "/proc/self/fd/%d", (int)i - 1);
        CHECK_EQ(sys_readlink(path_of(links[i]), got, sizeof got), strlen(want));
        CHECK_STR(got, want);
        CHECK_EQ(sys_lstat(path_of(links[i]), &st), 0);
        CHECK_EQ(st.size, strlen(want));
    }
    CHECK_EQ(sys_lstat("/dev/sda", &st), -ENOENT);
    CHECK_EQ(sys_lstat("/dev/nul", &st), -ENOENT);
    CHECK_EQ(sys_lstat("/dev/null/", &st), -ENOTDIR);
}

TEST(dev_lists_each_name_once_in_small_pieces_too)
{
    char buf[512];
    int64_t n;
    unsigned seen = 0, count = 0;
    int fd = sys_open("/dev", SYS_RDONLY | SYS_DIRECTORY, 0);
    while ((n = sys_readdir(fd, buf, sizeof buf)) > 0)
        for (int64_t at = 0; at < n; count++) {
            const struct sys_dirent *e =
                (const struct sys_dirent *)(const void *)(buf + at);
            for (size_t i = 0; i < COUNT_OF(devices); i++)
                if (strcmp(e->name, devices[i].name) == 0) {
                    seen ^= 1u << i;
                    CHECK_EQ(e->type, SYS_IFCHR >> 12);
                }
            at += e->size;
        }
    CHECK_EQ(n, 0);
    CHECK_EQ(count, 2 + COUNT_OF(devices) + COUNT_OF(links));
    CHECK_EQ(seen, (1u << COUNT_OF(devices)) - 1);
}

TEST(dev_files_have_no_place_and_no_size)
{
    char buf[8];
    struct sys_stat st;
    int null = sys_open("/dev/null", SYS_RDWR | SYS_APPEND | SYS_TRUNC, 0);
    int full = sys_open("/dev/full", SYS_RDWR, 0);
    int zero = sys_open("/dev/zero", SYS_RDWR, 0);
    CHECK_EQ(sys_seek(null, 1000, SYS_SEEK_SET), 0);
    CHECK_EQ(sys_pread(null, buf, 8, 1000), 0);
    CHECK_EQ(sys_pwrite(null, buf, 8, 1000), 8);
    memset(buf, 'x', sizeof buf);
    CHECK_EQ(sys_pread(zero, buf, 4, INT64_MAX), 4);
    CHECK_MEM(buf, "\0\0\0\0xxxx", 8);
    CHECK_EQ(sys_pread(zero, buf, 4, -1), -EINVAL);
    CHECK_EQ(sys_write(zero, buf, 8), 8);
    CHECK_EQ(sys_read(full, buf, 8), 8);
    CHECK_EQ(sys_write(full, buf, 0), 0);
    CHECK_EQ(sys_pwrite(full, buf, 1, 0), -ENOSPC);
    CHECK_EQ(sys_ftruncate(null, 0), -EINVAL);
    CHECK_EQ(sys_truncate("/dev/null", 0), -EINVAL);
    CHECK_EQ(sys_fstat(null, &st), 0);
    CHECK_EQ(st.size, 0);
    CHECK_EQ(sys_read(sys_open("/dev/null", SYS_WRONLY, 0), buf, 1), -EBADF);
    CHECK(!sys_isatty(null));
}

TEST(dev_cannot_be_changed)
{
    CHECK_EQ(sys_open("/dev/new", SYS_WRONLY | SYS_CREAT, 0666), -EACCES);
    CHECK_EQ(sys_mkdir("/dev/d", 0777), -EACCES);
    CHECK_EQ(sys_unlink("/dev/null"), -EACCES);
    CHECK_EQ(sys_rename("/dev/null", "/dev/zero", 0), -EACCES);
    CHECK_EQ(sys_link("/dev/null", "null"), -EXDEV);
    CHECK_EQ(sys_utimes("/dev/null", 1, 1, true), -EPERM);
    struct sys_statfs st;
    CHECK_EQ(sys_statfs("/dev/null", &st), 0);
    CHECK_STR(st.type, "devtmpfs");
}

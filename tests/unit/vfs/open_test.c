/* open_test.c: the calls on files by path: one documented error after the other, working
 * directories that move, made texts, flock. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "tests/unit/vfs/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(open_without_a_descriptor_or_a_file_left_makes_nothing_else_fail)
{
    struct sys_stat st;
    int fd = sys_open("f", SYS_RDWR | SYS_CREAT, 0600);
    CHECK_EQ(fd, 0);
    atomic_store(&t->kernel->limits.value[LIMIT_OPEN_FILES], 1);
    CHECK_EQ(sys_open("f", SYS_RDONLY, 0), -EMFILE);
    CHECK_EQ(sys_open("/tmp", SYS_RDONLY, 0), -EMFILE);
    CHECK_EQ(sys_open("/dev/null", SYS_RDONLY, 0), -EMFILE);
    CHECK_EQ(sys_open("/proc/version", SYS_RDONLY, 0), -EMFILE);
    CHECK_EQ(sys_stat("f", &st), 0);
    CHECK_EQ(sys_close(fd), 0);
    CHECK_EQ(sys_open("f", SYS_RDONLY | SYS_CLOEXEC, 0), 0);
    CHECK(sys_fd_flags(0) & SYS_CLOEXEC);
    CHECK_EQ(sys_unlink("f"), 0);
}

TEST(a_directory_is_listed_and_not_read)
{
    char buf[600];
    int dir = sys_open("/tmp", SYS_RDONLY, 0), file;
    CHECK_EQ(sys_read(dir, buf, 1), -EISDIR);
    CHECK_EQ(sys_write(dir, buf, 1), -EBADF);
    CHECK_EQ(sys_ftruncate(dir, 0), -EINVAL);
    CHECK_EQ(sys_readdir(dir, buf, 511), -EINVAL);
    CHECK(sys_readdir(dir, buf, 512) > 0);
    CHECK_EQ(sys_readdir(dir, buf, 512), 0);
    CHECK_EQ(sys_seek(dir, 0, SYS_SEEK_SET), 0); // it starts again
    CHECK(sys_readdir(dir, buf, 512) > 0);
    CHECK_EQ(sys_seek(dir, 0, SYS_SEEK_END), -EINVAL);
    CHECK_EQ(sys_seek(dir, -1, SYS_SEEK_SET), -EINVAL);
    CHECK_EQ(sys_seek(dir, INT64_MAX, SYS_SEEK_SET), INT64_MAX);
    CHECK_EQ(sys_seek(dir, 1, SYS_SEEK_CUR), -EINVAL); // would be past all numbers
    CHECK_EQ(sys_readdir(dir, buf, 512), 0);
    CHECK_EQ(write_text("f", "text"), 0);
    file = sys_open("f", SYS_RDWR, 0);
    CHECK_EQ(sys_readdir(file, buf, 512), -ENOTDIR);
    CHECK_EQ(sys_fchdir(file), -ENOTDIR);
    CHECK_EQ(sys_seek(file, INT64_MAX, SYS_SEEK_END), -EINVAL);
    CHECK_EQ(sys_seek(file, 0, 3), -EINVAL);
    CHECK_EQ(sys_pread(file, buf, 4, INT64_MAX - 1), 0);
    CHECK_EQ(sys_pwrite(file, buf, 4, -1), -EINVAL);
    CHECK_EQ(sys_ftruncate(file, -1), -EINVAL);
    CHECK_EQ(sys_truncate("f", -1), -EINVAL);
    CHECK_EQ(sys_truncate("/tmp", 0), -EISDIR);
    CHECK_EQ(sys_truncate("none", 0), -ENOENT);
    CHECK_EQ(sys_ftruncate(sys_open("f", SYS_RDONLY, 0), 0), -EINVAL);
    CHECK_EQ(sys_signal_set(SYS_SIGXFSZ, SYS_IGNORE), 0);
    CHECK_EQ(sys_pwrite(file, buf, 4, INT64_MAX - 1), -EFBIG);
    CHECK_EQ(sys_truncate("f", INT64_MAX), -EFBIG);
}

TEST(a_listing_of_a_removed_directory_is_empty)
{
    char buf[512];
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    int fd = sys_open("d", SYS_RDONLY, 0);
    CHECK_EQ(sys_rmdir("d"), 0);
    struct sys_stat st;
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(sys_fchdir(fd), -ENOENT);
    CHECK(sys_readdir(fd, buf, 512) >= 0);
    CHECK_EQ(sys_readdir(fd, buf, 512), 0);
}

TEST(links_and_removals_refuse_as_posix_says)
{
    char buf[8];
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    CHECK_EQ(sys_readlink("f", buf, sizeof buf), -EINVAL);
    CHECK_EQ(sys_readlink("none", buf, sizeof buf), -ENOENT);
    CHECK_EQ(sys_symlink("target", "s"), 0);
    CHECK_EQ(sys_readlink("s", buf, 0), -EINVAL);
    CHECK_EQ(sys_readlink("s", buf, 3), 3); // cut, without a NUL
    CHECK_MEM(buf, "tar", 3);
    CHECK_EQ(sys_symlink("", "e"), -ENOENT);
    CHECK_EQ(sys_symlink("x", "f"), -EEXIST);
    CHECK_EQ(sys_link("d", "hard"), -EPERM);
    CHECK_EQ(sys_link("f", "d"), -EEXIST);
    CHECK_EQ(sys_link("none", "hard"), -ENOENT);
    CHECK_EQ(sys_link("f", "hard/"), -ENOENT);
    CHECK_EQ(sys_unlink("d"), -EISDIR);
    CHECK_EQ(sys_unlink("f/"), -ENOTDIR);
    CHECK_EQ(sys_rmdir("f"), -ENOTDIR);
    CHECK_EQ(sys_rmdir("d/."), -EINVAL);
    CHECK_EQ(sys_rmdir("d/.."), -ENOTEMPTY);
    CHECK_EQ(sys_rmdir("/"), -EBUSY);
    CHECK_EQ(sys_mkfifo("f", 0666), -EEXIST);
    CHECK_EQ(sys_mkfifo("new/", 0666), -ENOENT);
    CHECK_EQ(sys_mkdir("/", 0777), -EEXIST);
    CHECK_EQ(sys_rename("f", "g", 4), -EINVAL);
    CHECK_EQ(sys_rename("f", "g", SYS_RENAME_NOREPLACE | SYS_RENAME_EXCHANGE), -EINVAL);
    CHECK_EQ(sys_rename("f", "none", SYS_RENAME_EXCHANGE), -ENOENT);
}

TEST(a_working_directory_is_found_when_it_was_moved_and_missed_when_it_is_gone)
{
    char buf[64];
    struct sys_stat st;
    CHECK_EQ(sys_mkdir("a", 0777), 0);
    CHECK_EQ(sys_mkdir("a/b", 0777), 0);
    CHECK_EQ(sys_chdir("a/b"), 0);
    CHECK_EQ(sys_rename("/home/user/a", "/tmp/moved", 0), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 12);
    CHECK_STR(buf, "/tmp/moved/b");
    CHECK_EQ(sys_getcwd(buf, 12), -ERANGE);
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_stat("/tmp/moved/b/f", &st), 0);
    CHECK_EQ(sys_chdir("../../moved/b"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 12);
    CHECK_EQ(sys_unlink("f"), 0);
    CHECK_EQ(sys_rmdir("../b"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), -ENOENT);
    CHECK_EQ(sys_open("f", SYS_WRONLY | SYS_CREAT, 0666), -ENOENT);
    CHECK_EQ(sys_mkdir("d", 0777), -ENOENT);
    CHECK_EQ(sys_stat(".", &st), 0); // it is kept while it is somebody's
    CHECK_EQ(sys_chdir("/tmp/moved"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 10);
}

TEST(a_made_text_is_that_of_when_it_was_opened)
{
    char buf[64], again[64];
    int fd = sys_open("/proc/self/comm", SYS_RDONLY, 0);
    sys_set_name("another");
    CHECK_EQ(sys_read(fd, buf, 3), 3);
    CHECK_MEM(buf, "bod", 3);
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 2);
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 0);
    CHECK_EQ(sys_pread(fd, again, sizeof again, 1), 4);
    CHECK_MEM(again, "ody\n", 4);
    CHECK_EQ(sys_pread(fd, again, sizeof again, 5), 0);
    CHECK_EQ(sys_pread(fd, again, sizeof again, -1), -EINVAL);
    CHECK_EQ(sys_seek(fd, -2, SYS_SEEK_CUR), 3);
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 2);
    CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_END), -EINVAL);
    CHECK_EQ(sys_seek(fd, INT64_MAX, SYS_SEEK_SET), INT64_MAX);
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 0);
    CHECK_EQ(sys_seek(fd, INT64_MAX, SYS_SEEK_CUR), -EINVAL);
    CHECK_EQ(sys_write(fd, "x", 1), -EBADF);
    CHECK_EQ(sys_ftruncate(fd, 0), -EINVAL);
    CHECK_STR(read_text("/proc/self/comm", buf, sizeof buf), "another\n");
}

/* ---- flock ------------------------------------------------------------------------ */

static int lock_and_end(void *arg)
{
    (void)arg;
    int fd = sys_open("lock", SYS_RDWR, 0);
    return fd < 0 || sys_flock(fd, SYS_LOCK_EX) || write_text("locked", "x");
}

TEST(a_lock_is_given_up_when_its_last_descriptor_goes)
{
    struct sys_stat st;
    struct sys_ended ended;
    CHECK_EQ(write_text("lock", ""), 0);
    CHECK(sys_clone(lock_and_end, NULL, &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(sys_stat("locked", &st), 0);
    int fd = sys_open("lock", SYS_RDWR, 0), copy = sys_dup(fd, 0, 0),
        other = sys_open("lock", SYS_RDONLY, 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_EX | SYS_LOCK_NB), 0);   // the process has died
    CHECK_EQ(sys_flock(copy, SYS_LOCK_EX | SYS_LOCK_NB), 0); // the same open file
    CHECK_EQ(sys_close(fd), 0);
    CHECK_EQ(sys_flock(other, SYS_LOCK_SH | SYS_LOCK_NB), -EWOULDBLOCK);
    CHECK_EQ(sys_close(copy), 0);
    CHECK_EQ(sys_flock(other, SYS_LOCK_SH | SYS_LOCK_NB), 0);
    CHECK_EQ(sys_flock(other, SYS_LOCK_EX | SYS_LOCK_NB), 0); // alone it may rise
    CHECK_EQ(sys_flock(other, 0), -EINVAL);
    CHECK_EQ(sys_flock(other, SYS_LOCK_SH | SYS_LOCK_EX), -EINVAL);
}

static int signal_parent(void *arg)
{
    (void)arg;
    return sys_kill(sys_getppid(), SYS_SIGUSR1);
}

TEST(the_wait_for_a_lock_is_ended_by_a_caught_signal)
{
    struct sys_ended ended;
    CHECK_EQ(write_text("lock", ""), 0);
    int fd = sys_open("lock", SYS_RDWR, 0), other = sys_open("lock", SYS_RDWR, 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_SH), 0);
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    CHECK(sys_clone(signal_parent, NULL, &offer) > 0);
    CHECK_EQ(sys_flock(other, SYS_LOCK_EX), -EINTR);
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(sys_close(fd), 0);
    CHECK_EQ(sys_flock(other, SYS_LOCK_EX | SYS_LOCK_NB), 0); // nothing was left behind
}

static int share_lock(void *arg)
{
    int fd = sys_open("lock", SYS_RDWR, 0);
    if (fd < 0 || sys_flock(fd, SYS_LOCK_SH))
        return 1;
    atomic_fetch_add((atomic_int *)arg, 1);
    while (atomic_load((atomic_int *)arg) < 4) // all have it at the same time
        if (sys_sleep(0.001))
            return 2;
    return 0;
}

TEST(all_that_wait_to_share_a_lock_get_it_together)
{
    struct sys_ended ended;
    atomic_int *count = sys_share_alloc(sizeof *count);
    atomic_init(count, 0);
    CHECK_EQ(write_text("lock", ""), 0);
    int fd = sys_open("lock", SYS_RDWR, 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_EX), 0);
    for (int i = 0; i < 4; i++)
        CHECK(sys_clone(share_lock, count, &offer) > 0);
    CHECK_EQ(sys_sleep(0.02), 0);
    CHECK_EQ(atomic_load(count), 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_UN), 0);
    for (int i = 0; i < 4; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    sys_share_free(count);
}

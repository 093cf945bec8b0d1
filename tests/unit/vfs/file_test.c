/* file_test.c: contents of regular files, offsets, limits, locks. */
#include <errno.h>
#include <string.h>

#include "base/rand.h"
#include "kernel/limits.h"
#include "tests/unit/vfs/fixture.h"

TEST(file_reads_back_what_was_written_at_any_place)
{
    enum { SIZE = 300000, ROUNDS = 400 };
    unsigned char *want = sys_alloc_zero(SIZE), *got = sys_alloc(SIZE);
    struct rand r;
    struct sys_stat st;
    int64_t size = 0;
    rand_init(&r, 7);
    int fd = sys_open("f", SYS_RDWR | SYS_CREAT, 0666);
    for (int round = 0; round < ROUNDS; round++) {
        size_t at = rand_below(&r, round < 20 ? 100 : round < 60 ? 3000 : SIZE - 1);
        size_t len = 1 + rand_below(&r, round % 7 ? 2000 : 90000);
        len = size_min(len, SIZE - at);
        if (round % 11 == 10) { // now and then it is cut, or made longer by a hole
            size = (int64_t)at;
            CHECK_EQ(sys_ftruncate(fd, size), 0);
            memset(want + at, 0, SIZE - at);
        } else {
            for (size_t i = 0; i < len; i++)
                got[i] = want[at + i] = (unsigned char)rand_next(&r);
            CHECK_EQ(sys_pwrite(fd, got, len, (int64_t)at), len);
            size = int64_max(size, (int64_t)(at + len));
        }
        CHECK_EQ(sys_pread(fd, got, SIZE, 0), size);
        if (!CHECK_MEM(got, want, (size_t)size))
            return;
    }
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.size, size);
    CHECK_EQ(sys_ftruncate(fd, 0), 0);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_FS_BYTES]), 0);
}

TEST(file_is_sparse_and_as_long_as_it_says)
{
    struct sys_stat st;
    char buf[4] = "zzz";
    int fd = sys_open("f", SYS_RDWR | SYS_CREAT, 0666);
    CHECK_EQ(sys_pwrite(fd, "end", 3, INT64_C(1) << 40), 3);
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.size, (INT64_C(1) << 40) + 3);
    CHECK(st.blocks * 512 <= 65536);
    CHECK_EQ(sys_pread(fd, buf, 3, INT64_C(1) << 39), 3);
    CHECK_MEM(buf, "\0\0\0", 3);
    CHECK_EQ(sys_pread(fd, buf, 4, INT64_C(1) << 40), 3);
    CHECK_MEM(buf, "end", 3);
    CHECK_EQ(sys_ftruncate(fd, 5), 0);
    CHECK_EQ(sys_pread(fd, buf, 4, 3), 2);
    CHECK_EQ(sys_pwrite(fd, "x", 1, INT64_C(1) << 43), -EFBIG);
    CHECK_EQ(sys_truncate("f", INT64_C(1) << 42), 0);
    CHECK_EQ(sys_truncate("f", -1), -EINVAL);
    CHECK_EQ(sys_truncate("/tmp", 0), -EISDIR);
    CHECK_EQ(sys_truncate("/etc/passwd", 0), -EACCES);
    CHECK_EQ(sys_ftruncate(fd, 0), 0);
}

TEST(file_offsets_are_shared_by_duplicates_and_seek_moves_them)
{
    char buf[8];
    CHECK_EQ(write_text("f", "0123456789"), 0);
    int fd = sys_open("f", SYS_RDONLY, 0);
    int dup = sys_dup(fd, 0, 0);
    CHECK_EQ(sys_read(fd, buf, 3), 3);
    CHECK_EQ(sys_read(dup, buf, 3), 3);
    CHECK_MEM(buf, "345", 3);
    CHECK_EQ(sys_seek(fd, -2, SYS_SEEK_END), 8);
    CHECK_EQ(sys_read(dup, buf, 8), 2);
    CHECK_EQ(sys_read(dup, buf, 8), 0);
    CHECK_EQ(sys_seek(fd, -1, SYS_SEEK_SET), -EINVAL);
    CHECK_EQ(sys_seek(fd, -4, SYS_SEEK_CUR), 6);
    CHECK_EQ(sys_seek(fd, 0, 9), -EINVAL);
    CHECK_EQ(sys_write(fd, "x", 1), -EBADF);
}

TEST(file_append_goes_to_the_end)
{
    char buf[32];
    CHECK_EQ(write_text("f", "one "), 0);
    int a = sys_open("f", SYS_WRONLY | SYS_APPEND, 0),
        b = sys_open("f", SYS_WRONLY | SYS_APPEND, 0);
    CHECK_EQ(sys_write(a, "two ", 4), 4);
    CHECK_EQ(sys_write(b, "three ", 6), 6);
    CHECK_EQ(sys_seek(a, 0, SYS_SEEK_SET), 0);
    CHECK_EQ(sys_write(a, "four", 4), 4);
    CHECK_EQ(sys_read(a, buf, 1), -EBADF);
    CHECK_STR(read_text("f", buf, sizeof buf), "one two three four");
}

enum { APPENDERS = 6, APPENDS = 200, RECORD = 100 };

static int append_records(void *arg)
{
    char record[RECORD];
    memset(record, 'a' + (int)(intptr_t)arg, RECORD);
    int fd = sys_open("log", SYS_WRONLY | SYS_APPEND | SYS_CREAT, 0666);
    for (int i = 0; i < APPENDS; i++) {
        if (sys_write(fd, record, RECORD) != RECORD)
            return 1;
        sys_tick();
    }
    return 0;
}

TEST(file_appends_of_many_processes_do_not_mix)
{
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    int counts[APPENDERS] = {0};
    char record[RECORD];
    for (intptr_t i = 0; i < APPENDERS; i++)
        CHECK(sys_clone(append_records, (void *)i, &start) > 0);
    for (int i = 0; i < APPENDERS; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    int fd = sys_open("log", SYS_RDONLY, 0);
    while (sys_read(fd, record, RECORD) == RECORD) {
        for (int i = 1; i < RECORD; i++)
            CHECK_EQ(record[i], record[0]);
        counts[record[0] - 'a']++;
    }
    for (int i = 0; i < APPENDERS; i++)
        CHECK_EQ(counts[i], APPENDS);
}

TEST(file_limits_end_in_enospc_and_efbig)
{
    static char block[100000];
    char *big = block;
    atomic_store(&t->kernel->limits.value[LIMIT_FS_BYTES], 150000);
    int fd = sys_open("f", SYS_RDWR | SYS_CREAT, 0666);
    CHECK_EQ(sys_write(fd, big, sizeof block), sizeof block);
    int64_t second = sys_write(fd, big, sizeof block);
    CHECK(second > 0 && second < (int64_t)sizeof block);
    CHECK_EQ(sys_write(fd, big, sizeof block), -ENOSPC);
    struct sys_stat st;
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.size, (int64_t)sizeof block + second);
    CHECK_EQ(sys_unlink("f"), 0);
    CHECK_EQ(sys_close(fd), 0);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_FS_BYTES]), 0);

    CHECK_EQ(sys_signal_set(SYS_SIGXFSZ, SYS_IGNORE), 0);
    atomic_store(&t->kernel->limits.value[LIMIT_FILE_SIZE], 1000);
    fd = sys_open("g", SYS_WRONLY | SYS_CREAT, 0666);
    CHECK_EQ(sys_write(fd, big, 900), 900);
    CHECK_EQ(sys_write(fd, big, 900), 100);
    CHECK_EQ(sys_write(fd, big, 900), -EFBIG);
    CHECK_EQ(sys_ftruncate(fd, 1001), -EFBIG);
}

static int lock_and_tell(void *arg)
{
    (void)arg;
    int fd = sys_open("lock", SYS_RDWR, 0);
    if (sys_flock(fd, SYS_LOCK_EX | SYS_LOCK_NB) != -EWOULDBLOCK)
        return 1;
    if (sys_flock(fd, SYS_LOCK_EX)) // until the parent gives it up
        return 2;
    return write_text("told", "x") ? 3 : 0;
}

TEST(file_flock_excludes_others_until_it_is_given_up)
{
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct sys_stat st;
    CHECK_EQ(write_text("lock", ""), 0);
    int fd = sys_open("lock", SYS_RDWR, 0), other = sys_open("lock", SYS_RDWR, 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_SH), 0);
    CHECK_EQ(sys_flock(other, SYS_LOCK_SH), 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_EX | SYS_LOCK_NB), -EWOULDBLOCK);
    CHECK_EQ(sys_flock(other, SYS_LOCK_UN), 0);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_EX), 0);
    CHECK_EQ(sys_flock(fd, 77), -EINVAL);
    CHECK(sys_clone(lock_and_tell, NULL, &start) > 0); // has the locked files open too
    CHECK_EQ(sys_sleep(0.05), 0);
    CHECK_EQ(sys_stat("told", &st), -ENOENT);
    CHECK_EQ(sys_flock(fd, SYS_LOCK_UN), 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
    CHECK_EQ(sys_stat("told", &st), 0);
}

static int fifo_writer(void *arg)
{
    (void)arg;
    int fd = sys_open("fifo", SYS_WRONLY, 0);
    return fd >= 0 && sys_write(fd, "through", 7) == 7 ? 0 : 1;
}

TEST(file_a_fifo_opens_when_both_ends_are_there)
{
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct sys_stat st;
    char buf[16];
    CHECK_EQ(sys_mkfifo("fifo", 0666), 0);
    CHECK_EQ(sys_stat("fifo", &st), 0);
    CHECK_EQ(st.mode, SYS_IFIFO | 0644);
    CHECK_EQ(sys_open("fifo", SYS_WRONLY | SYS_NONBLOCK, 0), -ENXIO);
    for (int i = 0; i < 2; i++) {
        CHECK(sys_clone(fifo_writer, NULL, &start) > 0);
        CHECK_STR(read_text("fifo", buf, sizeof buf), "through");
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    int fd = sys_open("fifo", SYS_RDWR, 0); // never blocks
    CHECK(fd >= 0);
    CHECK_EQ(sys_unlink("fifo"), 0);
    CHECK_EQ(sys_write(fd, "abc", 3), 3);
    CHECK_EQ(sys_read(fd, buf, 16), 3);
}

TEST(file_devices_do_what_they_are_for)
{
    char buf[32], other[32];
    int null = sys_open("/dev/null", SYS_RDWR, 0),
        zero = sys_open("/dev/zero", SYS_RDONLY, 0);
    int full = sys_open("/dev/full", SYS_RDWR, 0),
        random = sys_open("/dev/urandom", SYS_RDONLY, 0);
    CHECK_EQ(sys_read(null, buf, 8), 0);
    CHECK_EQ(sys_write(null, buf, 8), 8);
    memset(buf, 'x', sizeof buf);
    CHECK_EQ(sys_read(zero, buf, 8), 8);
    CHECK_MEM(buf, "\0\0\0\0\0\0\0\0x", 9);
    CHECK_EQ(sys_write(full, buf, 8), -ENOSPC);
    CHECK_EQ(sys_read(random, buf, 32), 32);
    CHECK_EQ(sys_read(random, other, 32), 32);
    CHECK(memcmp(buf, other, 32) != 0);
    CHECK_EQ(sys_open("/dev/tty", SYS_RDWR, 0), -ENXIO);
    CHECK_EQ(sys_open("/dev/null", SYS_WRONLY | SYS_CREAT | SYS_TRUNC, 0666), 4);
}

TEST(file_dev_fd_opens_the_callers_descriptors)
{
    char buf[64];
    int fds[2];
    struct sys_stat a, b;
    CHECK_EQ(write_text("f", "0123456789"), 0);
    int fd = sys_open("f", SYS_RDONLY, 0);
    CHECK_EQ(fd, 0);
    CHECK_EQ(sys_read(fd, buf, 4), 4);
    CHECK_STR(read_text("/dev/stdin", buf, sizeof buf),
              "0123456789"); // a regular file opens anew
    CHECK_EQ(sys_stat("/dev/fd/0", &a), 0);
    CHECK_EQ(sys_stat("f", &b), 0);
    CHECK_EQ(a.ino, b.ino);
    CHECK_EQ(sys_readlink("/proc/self/fd/0", buf, sizeof buf), 12);
    CHECK_MEM(buf, "/home/user/f", 12);
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_write(fds[1], "pipe", 4), 4);
    CHECK_EQ(fds[0], 1);
    int again = sys_open("/dev/fd/1", SYS_RDONLY, 0);
    CHECK_EQ(sys_read(again, buf, 64), 4);
    CHECK_EQ(sys_open("/dev/fd/1", SYS_WRONLY, 0), -EACCES);
    CHECK_EQ(sys_open("/dev/fd/77", SYS_RDONLY, 0), -ENOENT);
    CHECK_EQ(sys_open("/dev/stderr", SYS_WRONLY, 0), 4);
}

TEST(file_large_files_are_given_back_when_they_go)
{
    enum { PIECE = 1 << 20 };
    char *piece = sys_alloc_zero(PIECE);
    for (int way = 0; way < 4; way++) {
        int fd = sys_open("big", SYS_WRONLY | SYS_CREAT, 0666);
        for (int i = 0; i < 5; i++)
            CHECK_EQ(sys_write(fd, piece, PIECE), PIECE);
        if (way == 0)
            CHECK_EQ(sys_ftruncate(fd, 0), 0);
        if (way == 1)
            CHECK_EQ(sys_unlink("big"), 0); // while it is open
        CHECK_EQ(sys_close(fd), 0);
        if (way == 2)
            CHECK_EQ(sys_unlink("big"), 0);
        if (way == 3) {
            CHECK_EQ(write_text("small", ""), 0);
            CHECK_EQ(sys_rename("small", "big", 0), 0);
        }
        CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_FS_BYTES]), 0);
    }
}

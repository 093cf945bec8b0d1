/* pipe_test.c: pipes, captures and polling, through the calls. */
#include "kernel/pipe.h"

#include <errno.h>
#include <string.h>

#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(a_pipe_gives_the_bytes_in_order_then_the_end)
{
    int fds[2];
    char buf[8];
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(fds[0], 0);
    CHECK_EQ(fds[1], 1);
    CHECK_EQ(sys_write(fds[1], "abcdef", 6), 6);
    CHECK_EQ(sys_read(fds[0], buf, 4), 4);
    CHECK_MEM(buf, "abcd", 4);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_read(fds[0], buf, 4), 2);
    CHECK_EQ(sys_read(fds[0], buf, 4), 0);
}

TEST(writing_without_a_reader_is_epipe_when_the_signal_is_ignored)
{
    int fds[2];
    CHECK_EQ(sys_pipe(fds, SYS_CLOEXEC), 0);
    CHECK_EQ(sys_signal_set(SYS_SIGPIPE, SYS_IGNORE), 0);
    CHECK_EQ(sys_close(fds[0]), 0);
    CHECK_EQ(sys_write(fds[1], "x", 1), -EPIPE);
    CHECK_EQ(sys_pipe(fds, SYS_APPEND), -EINVAL);
    CHECK_EQ(sys_write(99, "x", 1), -EBADF);
    CHECK_EQ(sys_read(fds[1], fds, 1), -EBADF);
}

/* Writes 4 MB in pieces of changing size. */
static int write_much(void *arg)
{
    int *fds = arg;
    unsigned char buf[3000];
    unsigned n = 0;
    if (sys_close(fds[0]))
        return 2;
    for (unsigned piece = 0; piece < 2000; piece++) {
        size_t len = 1 + piece * 37 % sizeof buf;
        for (size_t i = 0; i < len; i++)
            buf[i] = (unsigned char)(n++ * 7);
        if (sys_write(fds[1], buf, len) != (int64_t)len)
            return 1;
    }
    return 0;
}

static void read_much(size_t step)
{
    int fds[2];
    unsigned n = 0, wrong = 0;
    int64_t got;
    unsigned char *buf = sys_alloc(step);
    CHECK_EQ(sys_pipe(fds, 0), 0);
    int pid = sys_clone(write_much, fds, &offer);
    CHECK_EQ(sys_close(fds[1]), 0);
    while ((got = sys_read(fds[0], buf, step)) > 0)
        for (int64_t i = 0; i < got; i++)
            wrong += buf[i] != (unsigned char)(n++ * 7);
    struct sys_ended ended;
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 0);
    CHECK_EQ(wrong, 0);
    CHECK(n > 2900000);
    CHECK_EQ(sys_close(fds[0]), 0);
}

TEST(much_goes_through_a_pipe_unharmed_whatever_the_sizes)
{
    read_much(100000);
    read_much(777);
    read_much(4096);
}

/* Writes records of 16 equal bytes, each in one call. */
static int write_records(void *arg)
{
    int *fds = arg;
    char record[16];
    memset(record, 'a' + sys_getpid() % 26, sizeof record);
    for (int i = 0; i < 3000; i++)
        if (sys_write(fds[1], record, sizeof record) != sizeof record)
            return 1;
    return 0;
}

TEST(small_writes_of_many_writers_are_not_torn)
{
    int fds[2];
    char record[16];
    int torn = 0, count = 0;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    for (int i = 0; i < 8; i++)
        CHECK(sys_clone(write_records, fds, &offer) > 0);
    CHECK_EQ(sys_close(fds[1]), 0);
    for (;;) {
        size_t have = 0;
        int64_t got = 0;
        while (have < sizeof record &&
               (got = sys_read(fds[0], record + have, sizeof record - have)) > 0)
            have += (size_t)got;
        if (!have)
            break;
        for (size_t i = 1; i < sizeof record; i++)
            torn += record[i] != record[0];
        count++;
    }
    CHECK_EQ(torn, 0);
    CHECK_EQ(count, 8 * 3000);
}

static int capture_child(void *arg)
{
    int fd = *(int *)arg;
    for (int i = 0; i < 1000; i++)
        if (sys_write(fd, "0123456789", 10) != 10)
            return 1;
    return 0;
}

TEST(a_capture_gives_all_when_its_last_writer_is_closed)
{
    int fds[2];
    char *data;
    size_t len;
    CHECK_EQ(sys_capture(fds), 0);
    CHECK_EQ(fds[0], 10);
    CHECK(sys_clone(capture_child, &fds[1], &offer) > 0);
    CHECK(sys_clone(capture_child, &fds[1], &offer) > 0);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_capture_take(fds[0], &data, &len), 0);
    CHECK_EQ(len, 20000);
    CHECK_EQ(strlen(data), 20000);
    CHECK_EQ(sys_close(fds[0]), -EBADF);
}

static int write_late(void *arg)
{
    int *fds = arg;
    return sys_sleep(0.02) || sys_write(fds[1], "x", 1) != 1;
}

TEST(poll_waits_for_the_first_of_several_or_the_timeout)
{
    int a[2], b[2];
    CHECK_EQ(sys_pipe(a, 0), 0);
    CHECK_EQ(sys_pipe(b, 0), 0);
    struct sys_pollfd fds[] = {{a[0], SYS_POLLIN, 0},
                               {b[0], SYS_POLLIN, 0},
                               {-1, SYS_POLLIN, 0},
                               {b[1], SYS_POLLIN, 0}};
    CHECK_EQ(sys_poll(fds, 4, 0), 0);
    CHECK_EQ(sys_poll(fds, 4, 1000000), 0);
    CHECK(sys_clone(write_late, b, &offer) > 0);
    CHECK_EQ(sys_poll(fds, 4, -1), 1);
    CHECK_EQ(fds[0].revents, 0);
    CHECK_EQ(fds[1].revents, SYS_POLLIN);
    struct sys_pollfd more[] = {{a[1], SYS_POLLOUT, 0}, {77, SYS_POLLIN, 0}};
    CHECK_EQ(sys_poll(more, 2, -1), 2);
    CHECK_EQ(more[0].revents, SYS_POLLOUT);
    CHECK_EQ(more[1].revents, SYS_POLLNVAL);
}

TEST(dup_shares_the_file_and_dup_to_replaces)
{
    int fds[2];
    char c;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_dup(fds[1], 20, SYS_CLOEXEC), 20);
    CHECK_EQ(sys_fd_flags(20), SYS_WRONLY | SYS_CLOEXEC);
    CHECK_EQ(sys_dup_to(20, fds[1], 0), fds[1]);
    CHECK_EQ(sys_fd_flags(fds[1]), SYS_WRONLY);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_write(20, "y", 1), 1);
    CHECK_EQ(sys_read(fds[0], &c, 1), 1);
    CHECK_EQ(sys_fd_next(1), 20);
    CHECK_EQ(sys_fd_next(21), -EBADF);
    CHECK_EQ(sys_dup(55, 0, 0), -EBADF);
    CHECK_EQ(sys_dup(20, -1, 0), -EINVAL);
    CHECK_EQ(sys_seek(20, 0, SYS_SEEK_SET), -ESPIPE);
}

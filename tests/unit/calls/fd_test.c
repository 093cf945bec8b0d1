/* fd_test.c: the calls on descriptors, one documented error after the other. */
#include <errno.h>
#include <string.h>

#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(every_call_on_a_closed_descriptor_is_ebadf)
{
    static const int bad[] = {-1, 0, 77, 1 << 30};
    char buf[512];
    struct sys_stat st;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int fd = bad[i];
        CHECK_EQ(sys_read(fd, buf, 1), -EBADF);
        CHECK_EQ(sys_write(fd, buf, 1), -EBADF);
        CHECK_EQ(sys_pread(fd, buf, 1, 0), -EBADF);
        CHECK_EQ(sys_pwrite(fd, buf, 1, 0), -EBADF);
        CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_SET), -EBADF);
        CHECK_EQ(sys_close(fd), -EBADF);
        CHECK_EQ(sys_dup(fd, 0, 0), -EBADF);
        CHECK_EQ(sys_dup_to(fd, 1, 0), -EBADF);
        CHECK_EQ(sys_fd_flags(fd), -EBADF);
        CHECK_EQ(sys_fd_set_flags(fd, 0), -EBADF);
        CHECK_EQ(sys_fstat(fd, &st), -EBADF);
        CHECK_EQ(sys_ftruncate(fd, 0), -EBADF);
        CHECK_EQ(sys_fchmod(fd, 0600), -EBADF);
        CHECK_EQ(sys_futimes(fd, 0, 0), -EBADF);
        CHECK_EQ(sys_fchdir(fd), -EBADF);
        CHECK_EQ(sys_readdir(fd, buf, sizeof buf), -EBADF);
        CHECK_EQ(sys_flock(fd, SYS_LOCK_SH), -EBADF);
        CHECK_EQ(sys_capture_take(fd, (char **)buf, (size_t *)buf), -EBADF);
        CHECK(!sys_isatty(fd));
    }
    CHECK_EQ(sys_fd_next(0), -EBADF);
}

TEST(a_pipe_has_no_place_no_size_and_no_names)
{
    int fds[2];
    char buf[512];
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_pread(fds[0], buf, 1, 0), -ESPIPE);
    CHECK_EQ(sys_pwrite(fds[1], buf, 1, 0), -ESPIPE);
    CHECK_EQ(sys_pread(fds[1], buf, 1, 0), -EBADF); // the wrong end comes first
    CHECK_EQ(sys_seek(fds[0], 0, SYS_SEEK_CUR), -ESPIPE);
    CHECK_EQ(sys_ftruncate(fds[1], 0), -EINVAL);
    CHECK_EQ(sys_fchmod(fds[1], 0600), -EINVAL);
    CHECK_EQ(sys_readdir(fds[0], buf, sizeof buf), -ENOTDIR);
    CHECK_EQ(sys_fchdir(fds[0]), -ENOTDIR);
    CHECK_EQ(sys_flock(fds[0], SYS_LOCK_SH), -EINVAL);
    CHECK(!sys_isatty(fds[0]));
    struct sys_stat st;
    CHECK_EQ(sys_fstat(fds[0], &st), 0);
    CHECK_EQ(st.mode & SYS_IFMT, SYS_IFIFO);
}

TEST(a_nonblocking_pipe_answers_eagain_where_it_would_wait)
{
    int fds[2];
    static char buf[70000];
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_fd_set_flags(fds[0], SYS_NONBLOCK), 0);
    CHECK_EQ(sys_fd_flags(fds[0]), SYS_RDONLY | SYS_NONBLOCK);
    CHECK_EQ(sys_read(fds[0], buf, 1), -EAGAIN);
    CHECK_EQ(sys_fd_set_flags(fds[1], SYS_NONBLOCK | SYS_CLOEXEC), 0);
    int64_t in = sys_write(fds[1], buf, sizeof buf); // as much as there is room for
    CHECK(in >= 4096 && in < (int64_t)sizeof buf);
    CHECK_EQ(sys_write(fds[1], buf, 4096), -EAGAIN); // whole or not at all
    CHECK_EQ(sys_read(fds[0], buf, sizeof buf), in);
    CHECK_EQ(sys_fd_set_flags(fds[1], SYS_RDONLY), 0); // the access mode stays
    CHECK_EQ(sys_fd_flags(fds[1]), SYS_WRONLY);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_read(fds[0], buf, 1), 0);
}

TEST(dup_and_dup_to_refuse_what_is_out_of_range)
{
    int fds[2];
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_dup(fds[0], 65536, 0), -EINVAL);
    CHECK_EQ(sys_dup(fds[0], 0, SYS_APPEND), -EINVAL);
    CHECK_EQ(sys_dup_to(fds[0], 5, SYS_NONBLOCK), -EINVAL);
    CHECK_EQ(sys_dup_to(fds[0], -1, 0), -EBADF);
    CHECK_EQ(sys_dup_to(fds[0], 65536, 0), -EBADF);
    CHECK_EQ(sys_dup_to(fds[0], fds[0], 0), fds[0]);
    CHECK_EQ(sys_dup(fds[0], 65535, 0), 65535);
    CHECK_EQ(sys_dup(fds[0], 65535, 0), -EMFILE);
    CHECK_EQ(sys_fd_next(2), 65535);
    CHECK_EQ(sys_fd_next(-5), 0);
}

/* The limit is shared by all processes; what fails leaves nothing behind. */
TEST(no_more_files_can_be_open_than_the_sandbox_may_have)
{
    int a[2], b[2] = {-1, -1};
    char *data;
    size_t len;
    atomic_store(&t->kernel->limits.value[LIMIT_OPEN_FILES], 3);
    CHECK_EQ(sys_pipe(a, 0), 0);
    CHECK_EQ(sys_pipe(b, 0), -EMFILE);
    CHECK_EQ(sys_capture(b), -EMFILE);
    CHECK_EQ(b[0], -1);
    CHECK_EQ(sys_fd_next(2), -EBADF);
    CHECK_EQ(sys_dup(a[0], 0, 0), 2); // the same file
    CHECK_EQ(sys_close(a[0]), 0);
    CHECK_EQ(sys_pipe(b, 0), -EMFILE);
    CHECK_EQ(sys_close(2), 0);
    CHECK_EQ(sys_capture(b), 0);
    CHECK_EQ(sys_close(b[1]), 0);
    CHECK_EQ(sys_capture_take(b[0], &data, &len), 0);
    CHECK_EQ(len, 0);
}

static int write_and_die(void *arg)
{
    return sys_write(*(int *)arg, "x", 1) == 1 ? 0 : 9;
}

TEST(writing_without_a_reader_kills_unless_sigpipe_is_caught_or_ignored)
{
    int fds[2];
    struct sys_ended ended;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_close(fds[0]), 0);
    CHECK(sys_clone(write_and_die, &fds[1], &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.signal, SYS_SIGPIPE);
    CHECK_EQ(sys_signal_set(SYS_SIGPIPE, SYS_CATCH), 0);
    CHECK_EQ(sys_write(fds[1], "x", 1), -EPIPE);
    CHECK_EQ(sys_signal_take(), SYS_SIGPIPE);
}

/* Fills the pipe and goes on writing until it is told that nobody reads. */
static int write_until_closed(void *arg)
{
    static const char piece[4096];
    int *fds = arg;
    if (sys_signal_set(SYS_SIGPIPE, SYS_IGNORE) || sys_close(fds[0]))
        return 1;
    int64_t got;
    while ((got = sys_write(fds[1], piece, sizeof piece)) == sizeof piece)
        continue;
    return got == -EPIPE ? 0 : 2;
}

TEST(a_writer_that_waits_for_room_hears_of_the_last_readers_end)
{
    int fds[2];
    struct sys_ended ended;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK(sys_clone(write_until_closed, fds, &offer) > 0);
    CHECK_EQ(sys_sleep(0.02), 0);
    CHECK_EQ(sys_close(fds[0]), 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
}

static int write_more_than_fits(void *arg)
{
    static const char much[4 << 20];
    int *fds = arg;
    if (sys_signal_set(SYS_SIGUSR1, SYS_CATCH))
        return 1;
    int64_t got = sys_write(fds[1], much, sizeof much);
    if (got < 4096 || got >= (int64_t)sizeof much)
        return 2; // what went in before the signal
    return sys_write(fds[1], much, 4096) == -EINTR ? 0 : 3; // nothing went in
}

TEST(an_interrupted_write_tells_what_went_in)
{
    int fds[2];
    struct sys_ended ended;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    int pid = sys_clone(write_more_than_fits, fds, &offer);
    struct sys_pollfd full = {fds[1], SYS_POLLOUT, 0};
    while (sys_poll(&full, 1, 0))
        CHECK_EQ(sys_sleep(0.001), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGUSR1), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 0);
}

/* poll_test.c: kernel/poll.h: what is told of each descriptor, waiting, signals. */
#include <errno.h>

#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(poll_tells_of_the_other_end_unasked)
{
    int a[2], b[2];
    CHECK_EQ(sys_pipe(a, 0), 0);
    CHECK_EQ(sys_pipe(b, 0), 0);
    CHECK_EQ(sys_write(a[1], "x", 1), 1);
    CHECK_EQ(sys_close(a[1]), 0);
    CHECK_EQ(sys_close(b[0]), 0);
    struct sys_pollfd fds[] = {{a[0], 0, 77}, {b[1], 0, 77}, {a[0], SYS_POLLIN, 0}};
    CHECK_EQ(sys_poll(fds, 3, -1), 3);
    CHECK_EQ(fds[0].revents, SYS_POLLHUP);
    CHECK_EQ(fds[1].revents, SYS_POLLERR);
    CHECK_EQ(fds[2].revents, SYS_POLLIN | SYS_POLLHUP); // there is still a byte
}

TEST(poll_of_nothing_sleeps_for_its_timeout)
{
    struct sys_pollfd skipped = {-1, SYS_POLLIN, 99};
    int64_t start = sys_clock(SYS_CLOCK_MONOTONIC);
    CHECK_EQ(sys_poll(NULL, 0, 10000000), 0);
    CHECK_EQ(sys_poll(&skipped, 1, 10000000), 0);
    CHECK(sys_clock(SYS_CLOCK_MONOTONIC) - start >= 20000000);
    CHECK_EQ(skipped.revents, 0);
    static struct sys_pollfd many[4097];
    CHECK_EQ(sys_poll(many, 4097, 0), -EINVAL);
}

static int signal_parent(void *arg)
{
    (void)arg;
    return sys_kill(sys_getppid(), SYS_SIGUSR1);
}

TEST(poll_is_ended_by_a_caught_signal_but_not_by_an_ignored_one)
{
    int fds[2];
    struct sys_ended ended;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    struct sys_pollfd in = {fds[0], SYS_POLLIN, 0};
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_IGNORE), 0);
    CHECK(sys_clone(signal_parent, NULL, &offer) > 0);
    CHECK_EQ(sys_poll(&in, 1, 20000000), 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    CHECK(sys_clone(signal_parent, NULL, &offer) > 0);
    CHECK_EQ(sys_poll(&in, 1, -1), -EINTR);
    CHECK_EQ(sys_write(fds[1], "x", 1), 1);
    CHECK_EQ(sys_poll(&in, 1, -1), 1); // what is ready counts before the signal
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
}

static int drain(void *arg)
{
    int *fds = arg;
    char buf[4096];
    if (sys_close(fds[1]))
        return 1;
    while (sys_read(fds[0], buf, sizeof buf) > 0)
        continue;
    return 0;
}

TEST(poll_waits_for_room_in_a_full_pipe)
{
    int fds[2];
    struct sys_ended ended;
    static const char piece[4096];
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_fd_set_flags(fds[1], SYS_NONBLOCK), 0);
    while (sys_write(fds[1], piece, sizeof piece) > 0)
        continue;
    struct sys_pollfd out = {fds[1], SYS_POLLOUT, 0};
    CHECK_EQ(sys_poll(&out, 1, 0), 0);
    CHECK(sys_clone(drain, fds, &offer) > 0);
    CHECK_EQ(sys_poll(&out, 1, -1), 1);
    CHECK_EQ(out.revents, SYS_POLLOUT);
    CHECK_EQ(sys_write(fds[1], piece, sizeof piece), sizeof piece);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
}

static int poll_and_read(void *arg)
{
    int *fds = arg;
    struct sys_pollfd in = {fds[0], SYS_POLLIN, 0};
    char c;
    if (sys_close(fds[1]))
        return 2;
    for (;;) {
        if (sys_poll(&in, 1, -1) != 1)
            return 3;
        int64_t got = sys_read(fds[0], &c, 1);
        if (got <= 0)
            return got == 0 ? 0 : 4;
    }
}

TEST(many_that_poll_one_pipe_all_hear_of_its_end)
{
    int fds[2];
    struct sys_ended ended;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    for (int i = 0; i < 10; i++)
        CHECK(sys_clone(poll_and_read, fds, &offer) > 0);
    for (int i = 0; i < 100; i++)
        CHECK_EQ(sys_write(fds[1], "abc", 3), 3);
    CHECK_EQ(sys_close(fds[1]), 0);
    for (int i = 0; i < 10; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
}

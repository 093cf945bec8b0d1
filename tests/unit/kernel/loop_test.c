/* loop_test.c: kernel/host_loop.h: waiting for descriptors, timeouts, being woken. */
#include "kernel/host_loop.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kernel/host.h"
#include "tests/unit/test.h"

static void count_call(void *arg) { ++*(int *)arg; }

TEST(a_loop_calls_once_when_a_pipe_can_be_read)
{
    int fds[2], calls = 0;
    struct host_loop *loop = host_loop_new();
    if (!CHECK(loop && !pipe(fds)))
        return;
    struct host_poll *poll = host_poll_start(loop, fds[0], false, count_call, &calls);
    CHECK(poll != NULL);
    host_loop_run(loop, 0);
    CHECK_EQ(calls, 0);
    CHECK_EQ(write(fds[1], "x", 1), 1);
    host_loop_run(loop, -1);
    CHECK_EQ(calls, 1);
    host_loop_run(loop, 0); // it can still be read, but that was told
    CHECK_EQ(calls, 1);
    host_poll_stop(poll);
    host_loop_free(loop);
    close(fds[0]);
    close(fds[1]);
}

TEST(a_loop_calls_when_a_pipe_is_at_its_end_or_has_room)
{
    int fds[2], ended = 0, room = 0;
    struct host_loop *loop = host_loop_new();
    if (!CHECK(loop && !pipe(fds)))
        return;
    struct host_poll *writer = host_poll_start(loop, fds[1], true, count_call, &room);
    host_loop_run(loop, -1);
    CHECK_EQ(room, 1);
    host_poll_stop(writer);
    struct host_poll *reader = host_poll_start(loop, fds[0], false, count_call, &ended);
    close(fds[1]);
    host_loop_run(loop, -1);
    CHECK_EQ(ended, 1);
    host_poll_stop(reader);
    host_loop_free(loop);
    close(fds[0]);
}

TEST(a_stopped_poll_is_not_called_any_more)
{
    int fds[2], calls = 0;
    struct host_loop *loop = host_loop_new();
    if (!CHECK(loop && !pipe(fds)))
        return;
    struct host_poll *poll = host_poll_start(loop, fds[0], false, count_call, &calls);
    CHECK_EQ(write(fds[1], "x", 1), 1);
    host_poll_stop(poll);
    host_loop_run(loop, 0);
    CHECK_EQ(calls, 0);
    poll = host_poll_start(loop, fds[0], false, count_call, &calls); // may be taken again
    host_loop_run(loop, -1);
    CHECK_EQ(calls, 1);
    host_poll_stop(poll);
    host_loop_free(loop);
    close(fds[0]);
    close(fds[1]);
}

TEST(a_regular_file_is_always_ready_and_not_waited_for)
{
    char path[] = "/tmp/shoal-loop-XXXXXX";
    int calls = 0, fd = mkstemp(path);
    struct host_loop *loop = host_loop_new();
    if (!CHECK(loop && fd >= 0))
        return;
    CHECK(!host_poll_start(loop, fd, false, count_call, &calls));
    host_loop_run(loop, 0);
    host_loop_free(loop);
    close(fd);
    unlink(path);
}

static void wake_late(void *arg)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    host_loop_wake(arg);
}

TEST(a_loop_sleeps_until_its_timeout_or_until_it_is_woken)
{
    struct host_loop *loop = host_loop_new();
    uintptr_t thread;
    if (!CHECK(loop))
        return;
    uint64_t start = host_clock_mono();
    host_loop_run(loop, 20000000);
    CHECK(host_clock_mono() - start >= 19000000);
    CHECK_EQ(host_thread_start(&thread, wake_late, loop), 0);
    host_loop_run(loop, -1); // without the wake it would hang
    host_thread_join(thread);
    host_loop_wake(loop);
    host_loop_run(loop, -1); // a wake that came before is not lost
    host_loop_free(loop);
}

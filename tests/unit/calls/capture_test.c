/* capture_test.c: kernel/capture.h: what $(...) is made of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(a_capture_of_nothing_is_an_empty_string)
{
    int fds[2];
    char *data = NULL;
    size_t len = 9;
    CHECK_EQ(sys_capture(fds), 0);
    CHECK(fds[0] >= 10 && fds[1] >= 10);
    CHECK(sys_fd_flags(fds[0]) & SYS_CLOEXEC);
    CHECK(sys_fd_flags(fds[1]) & SYS_CLOEXEC);
    CHECK_EQ(sys_read(fds[0], &len, 1), -EBADF); // it is only taken whole
    CHECK_EQ(sys_capture_take(fds[1], &data, &len), -EINVAL);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_capture_take(fds[0], &data, &len), 0);
    CHECK_EQ(len, 0);
    CHECK_STR(data, "");
    sys_free(data);
}

TEST(what_is_no_capture_cannot_be_taken)
{
    int fds[2];
    char *data;
    size_t len;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_capture_take(fds[0], &data, &len), -EINVAL);
    CHECK_EQ(sys_capture_take(40, &data, &len), -EBADF);
    CHECK_EQ(sys_fd_next(0), 0); // what could not be taken stays open
}

static int write_after_a_signal(void *arg)
{
    int fd = *(int *)arg;
    if (sys_kill(sys_getppid(), SYS_SIGUSR1) || sys_sleep(0.02))
        return 1;
    return sys_write(fd, "a\0b", 3) != 3;
}

TEST(a_caught_signal_does_not_end_the_wait_for_a_capture)
{
    int fds[2];
    char *data;
    size_t len;
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    CHECK_EQ(sys_capture(fds), 0);
    CHECK(sys_clone(write_after_a_signal, &fds[1], &offer) > 0);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_capture_take(fds[0], &data, &len), 0);
    CHECK_EQ(len, 3);
    CHECK_MEM(data, "a\0b", 4);
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
}

static void capture_too_much(struct test *t)
{
    int fds[2];
    char text[100] = "";
    (void)t;
    CHECK_EQ(sys_capture(fds), 0);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(sys_write(fds[1], text, sizeof text), sizeof text);
    CHECK_EQ(sys_write(fds[1], text, 1), 0);
    CHECK(!"never here");
}

TEST(a_capture_past_limit_expansion_ends_the_run_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 2, &(struct kernel_config){0});
    atomic_store(&f->kernel.limits.value[LIMIT_EXPANSION], 1000);
    fixture_run(f, capture_too_much);
    CHECK_EQ(atomic_load(&f->kernel.limits.reached), LIMIT_EXPANSION);
    fixture_close(f);
    free(f);
}

/* signal_test.c: sending, catching, ignoring, blocking, stopping. */
#include <errno.h>

#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

static int wait_for_ever(void *arg)
{
    (void)arg;
    int err = sys_sleep(1e30);
    return err == -EINTR ? 10 + sys_signal_take() : 1;
}

static int ended_how(int pid)
{
    struct sys_ended ended = {0};
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    return ended.status;
}

TEST(an_uncaught_signal_ends_a_sleeping_process)
{
    int pid = sys_clone(wait_for_ever, NULL, &offer);
    CHECK_EQ(sys_kill(pid, 0), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGINT), 0);
    CHECK_EQ(ended_how(pid), 128 + SYS_SIGINT);
    CHECK_EQ(sys_kill(pid, 0), -ESRCH);
    CHECK_EQ(sys_kill(1, SYS_SIGKILL), -EPERM);
    CHECK_EQ(sys_kill(sys_getpid(), 65), -EINVAL);
}

static int catch_usr1(void *arg)
{
    if (sys_signal_set(SYS_SIGUSR1, SYS_CATCH) || sys_write(*(int *)arg, "r", 1) != 1)
        return 1;
    return wait_for_ever(NULL);
}

TEST(a_caught_signal_ends_the_call_with_eintr)
{
    int fds[2];
    char ready;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    int pid = sys_clone(catch_usr1, &fds[1], &offer);
    CHECK_EQ(sys_read(fds[0], &ready, 1), 1);
    CHECK_EQ(sys_kill(pid, SYS_SIGUSR1), 0);
    CHECK_EQ(ended_how(pid), 10 + SYS_SIGUSR1);
}

TEST(ignored_and_blocked_signals_wait_or_vanish)
{
    CHECK_EQ(sys_signal_set(SYS_SIGTERM, SYS_IGNORE), 0);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGTERM), 0);
    CHECK_EQ(sys_signal_set(SYS_SIGKILL, SYS_IGNORE), -EINVAL);
    uint64_t usr1 = UINT64_C(1) << (SYS_SIGUSR1 - 1);
    CHECK_EQ(sys_signal_block(usr1), 0);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGUSR1), 0);
    CHECK_EQ(sys_signal_pending(), usr1);
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    CHECK(!sys_signal_waiting());
    CHECK_EQ(sys_signal_block(0), usr1);
    CHECK(sys_signal_waiting());
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
    CHECK_EQ(sys_signal_take(), 0);
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_IGNORE), 0);
}

static _Noreturn int count_for_ever(void *arg)
{
    for (;;) {
        atomic_fetch_add((atomic_int *)arg, 1);
        sys_tick();
    }
}

TEST(a_stopped_process_stands_still_until_it_is_continued_or_killed)
{
    atomic_int *count = sys_share_alloc(sizeof *count);
    atomic_init(count, 0);
    int pid = sys_clone(count_for_ever, count, &offer);
    while (!atomic_load(count))
        CHECK_EQ(sys_sleep(0.001), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGSTOP), 0);
    CHECK_EQ(sys_sleep(0.05), 0);
    int before = atomic_load(count);
    CHECK_EQ(sys_sleep(0.02), 0);
    CHECK_EQ(atomic_load(count), before);
    CHECK_EQ(sys_kill(pid, SYS_SIGCONT), 0);
    while (atomic_load(count) == before)
        CHECK_EQ(sys_sleep(0.001), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGSTOP), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    CHECK_EQ(ended_how(pid), 128 + SYS_SIGKILL);
    sys_share_free(count);
}

TEST(a_childs_end_interrupts_a_parent_that_catches_sigchld)
{
    CHECK_EQ(sys_signal_set(SYS_SIGCHLD, SYS_CATCH), 0);
    int pid = sys_clone(wait_for_ever, NULL, &offer);
    CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    while (!sys_signal_waiting())
        CHECK_EQ(sys_sleep(1), -EINTR);
    CHECK_EQ(sys_signal_take(), SYS_SIGCHLD);
    CHECK_EQ(ended_how(pid), 137);
}

/* signal_test.c: sending, catching, ignoring, blocking, stopping. */
#include <errno.h>
#include <limits.h>

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
    int got;
    do // a caught signal that is pending interrupts the wait
        got = sys_wait(pid, 0, &ended);
    while (got == -EINTR);
    CHECK_EQ(got, pid);
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

TEST(signals_are_numbers_from_1_to_64)
{
    static const int bad[] = {0, -1, SYS_SIGNALS, 1 << 30};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK_EQ(sys_signal_set(bad[i], SYS_IGNORE), -EINVAL);
        CHECK_EQ(sys_signal_get(bad[i]), SYS_DEFAULT);
        if (bad[i])
            CHECK_EQ(sys_kill(sys_getpid(), bad[i]), -EINVAL);
    }
    CHECK_EQ(sys_signal_set(SYS_SIGSTOP, SYS_CATCH), -EINVAL);
    CHECK_EQ(sys_signal_set(64, SYS_CATCH), 0);
    CHECK_EQ(sys_signal_get(64), SYS_CATCH);
    CHECK_EQ(sys_kill(sys_getpid(), 64), 0);
    CHECK_EQ(sys_signal_pending(), UINT64_C(1) << 63);
    CHECK_EQ(sys_signal_take(), 64);
    CHECK_EQ(sys_signal_set(64, SYS_IGNORE), 0);
    CHECK_EQ(sys_signal_get(64), SYS_IGNORE);
    CHECK_EQ(sys_kill(sys_getpid(), 64), 0);
    CHECK_EQ(sys_signal_pending(), 0);
}

TEST(pending_signals_are_taken_lowest_first_and_once_each)
{
    static const int sent[] = {SYS_SIGTERM, SYS_SIGHUP, SYS_SIGTERM, SYS_SIGUSR1};
    for (size_t i = 0; i < COUNT_OF(sent); i++) {
        CHECK_EQ(sys_signal_set(sent[i], SYS_CATCH), 0);
        CHECK_EQ(sys_kill(sys_getpid(), sent[i]), 0);
    }
    CHECK_EQ(sys_signal_take(), SYS_SIGHUP);
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
    CHECK_EQ(sys_signal_take(), SYS_SIGTERM);
    CHECK_EQ(sys_signal_take(), 0);
}

TEST(kill_and_stop_cannot_be_blocked)
{
    CHECK_EQ(sys_signal_block(UINT64_MAX), 0);
    uint64_t fixed = UINT64_C(1) << (SYS_SIGKILL - 1) | UINT64_C(1) << (SYS_SIGSTOP - 1);
    CHECK_EQ(sys_signal_block(0), ~fixed);
}

/* What a clone takes over is told by the bits of its status. */
static int tell_signals(void *arg)
{
    (void)arg;
    uint64_t blocked = sys_signal_block(0);
    return (sys_signal_get(SYS_SIGHUP) == SYS_IGNORE) +
           2 * (sys_signal_get(SYS_SIGUSR1) == SYS_CATCH) +
           4 * (blocked == UINT64_C(1) << (SYS_SIGTERM - 1)) +
           8 * (sys_signal_pending() != 0);
}

TEST(a_clone_has_its_parents_dispositions_and_mask_but_nothing_pending)
{
    CHECK_EQ(sys_signal_set(SYS_SIGHUP, SYS_IGNORE), 0);
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    sys_signal_block(UINT64_C(1) << (SYS_SIGTERM - 1));
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGTERM), 0);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGUSR1), 0);
    CHECK_EQ(ended_how(sys_clone(tell_signals, NULL, &offer)), 7);
    CHECK_EQ(sys_signal_set(SYS_SIGTERM, SYS_IGNORE), 0); // or it kills when let through
    CHECK_EQ(sys_signal_block(0), UINT64_C(1) << (SYS_SIGTERM - 1));
    CHECK_EQ(sys_signal_pending(), UINT64_C(1) << (SYS_SIGUSR1 - 1));
}

static int unblock_and_live(void *arg)
{
    (void)arg;
    sys_signal_block(UINT64_C(1) << (SYS_SIGTERM - 1));
    if (sys_kill(sys_getpid(), SYS_SIGTERM))
        return 1;
    sys_signal_block(0); // does not come back
    return 2;
}

static int kill_self(void *arg)
{
    (void)!sys_kill(sys_getpid(), *(int *)arg); // does not come back
    return 2;
}

TEST(a_signal_to_self_kills_before_the_call_returns)
{
    static const int fatal[] = {SYS_SIGHUP, SYS_SIGKILL, SYS_SIGIO, 34, 64};
    CHECK_EQ(ended_how(sys_clone(unblock_and_live, NULL, &offer)), 128 + SYS_SIGTERM);
    for (size_t i = 0; i < COUNT_OF(fatal); i++) {
        int sig = fatal[i];
        CHECK_EQ(ended_how(sys_clone(kill_self, &sig, &offer)), 128 + sig);
    }
}

TEST(some_signals_do_nothing_unless_they_are_caught)
{
    static const int harmless[] = {SYS_SIGCHLD, SYS_SIGCONT, SYS_SIGURG, SYS_SIGWINCH};
    for (size_t i = 0; i < COUNT_OF(harmless); i++) {
        CHECK_EQ(sys_kill(sys_getpid(), harmless[i]), 0);
        CHECK_EQ(sys_signal_pending(), 0);
    }
}

TEST(kill_reaches_a_group_or_all_others)
{
    struct sys_start apart = {.place = SYS_RUN_OFFER, .pgid = -1};
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    CHECK_EQ(sys_kill(-1, 0), -ESRCH); // there is nobody else
    int same = sys_clone(wait_for_ever, NULL, &offer);
    int other = sys_clone(wait_for_ever, NULL, &apart);
    CHECK_EQ(sys_kill(0, SYS_SIGUSR1), 0);
    CHECK_EQ(ended_how(same), 10 + SYS_SIGUSR1);
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1); // self is in the group
    CHECK_EQ(sys_kill(-other, 0), 0);
    CHECK_EQ(sys_kill(-1, SYS_SIGUSR1), 0);
    CHECK_EQ(ended_how(other), 10 + SYS_SIGUSR1);
    CHECK_EQ(sys_signal_take(), 0); // but not among all others
    CHECK_EQ(sys_kill(-other, 0), -ESRCH);
    CHECK_EQ(sys_kill(INT_MAX, 0), -ESRCH);
    CHECK_EQ(sys_kill(INT_MIN, 0), -ESRCH);
    CHECK_EQ(sys_kill(-1, SYS_SIGNALS), -EINVAL);
}

TEST(a_stop_and_a_continue_take_each_other_back)
{
    uint64_t all = UINT64_MAX;
    sys_signal_block(all);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGTSTP), 0);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGTTIN), 0);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGCONT), 0);
    CHECK_EQ(sys_signal_pending(), UINT64_C(1) << (SYS_SIGCONT - 1));
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGTTOU), 0);
    CHECK_EQ(sys_signal_pending(), UINT64_C(1) << (SYS_SIGTTOU - 1));
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGCONT), 0);
    CHECK_EQ(sys_signal_block(0), all & ~(UINT64_C(1) << (SYS_SIGKILL - 1) |
                                          UINT64_C(1) << (SYS_SIGSTOP - 1)));
}

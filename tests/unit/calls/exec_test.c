/* exec_test.c: what a process keeps and loses when it becomes another program. */
#include <errno.h>

#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};
static char *const no_env[] = {NULL};

static int become_wait(void)
{
    char *argv[] = {"wait", NULL};
    return sys_exec("wait", argv, no_env) ? 90 : 91;
}

static int keep_one_end(void *arg)
{
    int *fds = arg;
    if (sys_dup_to(fds[1], 5, 0) != 5 || sys_fd_set_flags(fds[1], SYS_CLOEXEC) ||
        sys_fd_set_flags(fds[3], SYS_CLOEXEC))
        return 1;
    return become_wait();
}

static void end_with(int pid, int sig, int ended_by)
{
    struct sys_ended ended = {0};
    CHECK_EQ(sys_kill(pid, sig), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.signal, ended_by);
}

TEST(exec_closes_the_descriptors_that_say_so_and_no_others)
{
    int fds[4];
    char c;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_pipe(fds + 2, 0), 0);
    int pid = sys_clone(keep_one_end, fds, &offer);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_close(fds[3]), 0);
    CHECK_EQ(sys_read(fds[2], &c, 1), 0); // until exec has closed it
    CHECK_EQ(sys_fd_set_flags(fds[0], SYS_NONBLOCK), 0);
    CHECK_EQ(sys_read(fds[0], &c, 1), -EAGAIN); // 5 is still open
    end_with(pid, SYS_SIGKILL, SYS_SIGKILL);
    CHECK_EQ(sys_read(fds[0], &c, 1), 0);
}

static int change_signals(void *arg)
{
    int *fds = arg;
    if (sys_signal_set(SYS_SIGUSR1, SYS_CATCH) || sys_signal_set(SYS_SIGHUP, SYS_IGNORE))
        return 1;
    sys_signal_block(UINT64_C(1) << (SYS_SIGUSR2 - 1));
    if (sys_fd_set_flags(fds[1], SYS_CLOEXEC))
        return 1;
    return become_wait();
}

static int start_changed(void)
{
    int fds[2];
    char c;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    int pid = sys_clone(change_signals, fds, &offer);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_read(fds[0], &c, 1), 0);
    CHECK_EQ(sys_close(fds[0]), 0);
    return pid;
}

TEST(exec_resets_caught_signals_and_keeps_ignored_and_blocked_ones)
{
    int pid = start_changed();
    end_with(pid, SYS_SIGUSR1, SYS_SIGUSR1);
    pid = start_changed();
    CHECK_EQ(sys_kill(pid, SYS_SIGHUP), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGUSR2), 0);
    CHECK_EQ(sys_sleep(0.01), 0);
    end_with(pid, SYS_SIGTERM, SYS_SIGTERM);
}

static int exec_with_a_signal_pending(void *arg)
{
    (void)arg;
    if (sys_signal_set(SYS_SIGUSR1, SYS_CATCH) || sys_kill(sys_getpid(), SYS_SIGUSR1))
        return 1;
    return become_wait(); // where nothing catches it any more
}

TEST(a_caught_signal_that_was_not_taken_before_exec_acts_after_it)
{
    struct sys_ended ended;
    int pid = sys_clone(exec_with_a_signal_pending, NULL, &offer);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.signal, SYS_SIGUSR1);
}

static int slots_are_empty(void *arg)
{
    (void)arg;
    for (int slot = 0; slot < SYS_SLOTS; slot++)
        if (sys_slot_get((enum sys_slot)slot))
            return 1;
    return 0;
}

TEST(each_process_has_slots_of_its_own)
{
    struct sys_ended ended;
    int here;
    CHECK_EQ(slots_are_empty(NULL), 0);
    sys_slot_set(SYS_SLOT_SHELL, &here);
    CHECK(sys_slot_get(SYS_SLOT_SHELL) == &here);
    CHECK(!sys_slot_get(SYS_SLOT_USER));
    CHECK(sys_clone(slots_are_empty, NULL, &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
    CHECK(sys_slot_get(SYS_SLOT_SHELL) == &here);
}

struct order {
    int count, ids[4];
};
struct order_item {
    struct order *order;
    int id;
};

static void note_release(void *state)
{
    struct order_item *i = state;
    i->order->ids[i->order->count++] = i->id;
}

static int die_with_three(void *arg)
{
    struct order_item *items = arg;
    for (int i = 0; i < 3; i++)
        sys_at_death(note_release, &items[i]);
    sys_not_at_death(note_release, &items[1]);
    sys_not_at_death(note_release, &items[3]); // was not registered
    return 0;
}

TEST(what_was_registered_last_is_released_first)
{
    struct sys_ended ended;
    struct order order = {0};
    struct order_item items[4];
    for (int i = 0; i < 4; i++)
        items[i] = (struct order_item){&order, i};
    CHECK(sys_clone(die_with_three, items, &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(order.count, 2);
    CHECK_EQ(order.ids[0], 2);
    CHECK_EQ(order.ids[1], 0);
}

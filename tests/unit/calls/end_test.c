/* end_test.c: kernel.h: how a run ends: deadlocks and what keeps one from being reported,
 * cancelling, the first reason. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

static int read_one(void *arg)
{
    char c;
    return (int)sys_read(*(int *)arg, &c, 1);
}

/* Each waits for what only the other could write. */
static void wait_for_each_other(struct test *t)
{
    int a[2], b[2];
    char c;
    (void)t;
    CHECK_EQ(sys_pipe(a, 0), 0);
    CHECK_EQ(sys_pipe(b, 0), 0);
    sys_set_name("first");
    CHECK(sys_clone(read_one, &b[0], &offer) > 0);
    sys_set_name("second");
    CHECK_EQ(sys_read(a[0], &c, 1), 0);
    CHECK(!"never here");
}

TEST(a_deadlock_is_reported_with_all_that_wait_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 2, &(struct kernel_config){0});
    fixture_run(f, wait_for_each_other);
    CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_DEADLOCK);
    CHECK_STR(f->kernel.report, "pid 2 (second) waits for a writer of pipe:[1]; "
                                "pid 3 (first) waits for a writer of pipe:[2]");
    fixture_close(f);
    free(f);
}

static int write_after_a_sleep(void *arg)
{
    return sys_sleep(0.02) || sys_write(*(int *)arg, "x", 1) != 1;
}

/* All wait, but for one a timer is armed. */
static void wait_for_a_sleeper(struct test *t)
{
    int fds[2];
    char c;
    struct sys_ended ended;
    (void)t;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    for (int i = 0; i < 20; i++) {
        CHECK(sys_clone(write_after_a_sleep, &fds[1], &offer) > 0);
        CHECK_EQ(sys_read(fds[0], &c, 1), 1);
        CHECK(sys_wait(-1, 0, &ended) > 0);
    }
}

TEST(who_waits_for_a_timer_is_not_in_a_deadlock_by_itself)
{
    for (int virtual_clock = 0; virtual_clock < 2; virtual_clock++) {
        struct fixture *f = fixture_new();
        fixture_open(f, t, 2, &(struct kernel_config){.virtual_clock = virtual_clock});
        fixture_run(f, wait_for_a_sleeper);
        CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_NONE);
        fixture_close(f);
        free(f);
    }
}

static void wait_for_nothing(struct test *t)
{
    int fds[2];
    char c;
    (void)t;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_read(fds[0], &c, 1), 0);
    CHECK(!"never here");
}

struct waking {
    struct kernel *kernel;
    atomic_uint was_ending;
};

static void give_up_waking(void *arg)
{
    struct waking *w = arg;
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    atomic_store(&w->was_ending, atomic_load(&w->kernel->ending));
    kernel_wake_source_remove(w->kernel); // now nothing can happen any more
}

TEST(there_is_no_deadlock_while_something_outside_may_wake_by_itself)
{
    struct fixture *f = fixture_new();
    uintptr_t thread;
    fixture_open(f, t, 2, &(struct kernel_config){0});
    struct waking w = {.kernel = &f->kernel, .was_ending = 77};
    kernel_wake_source_add(&f->kernel);
    CHECK_EQ(host_thread_start(&thread, give_up_waking, &w), 0);
    fixture_run(f, wait_for_nothing);
    host_thread_join(thread);
    CHECK_EQ(atomic_load(&w.was_ending), KERNEL_END_NONE);
    CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_DEADLOCK);
    fixture_close(f);
    free(f);
}

static void stop_self(struct test *t)
{
    (void)t;
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGSTOP), 0);
    CHECK(!"never here");
}

TEST(a_stopped_process_that_nobody_can_continue_is_a_deadlock_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 2, &(struct kernel_config){0});
    fixture_run(f, stop_self);
    CHECK_STR(f->kernel.report, "pid 2 (body) waits for SIGCONT");
    fixture_close(f);
    free(f);
}

static _Noreturn int tick_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        sys_tick();
}

static void be_many(struct test *t)
{
    struct sys_ended ended;
    (void)t;
    for (int i = 0; i < 5; i++)
        CHECK(sys_clone(tick_for_ever, NULL, &offer) > 0);
    (void)!sys_signal_set(SYS_SIGTERM, SYS_IGNORE);
    while (sys_wait(-1, 0, &ended) != -ECHILD)
        continue;
    CHECK(!"never here");
}

static void cancel_late(void *arg)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    kernel_end(arg, KERNEL_END_CANCEL);
    kernel_end_limit(arg, LIMIT_CPU); // comes too late
}

TEST(a_cancelled_run_ends_all_and_the_first_reason_counts_by_itself)
{
    struct fixture *f = fixture_new();
    uintptr_t thread;
    fixture_open(f, t, 2, &(struct kernel_config){0});
    CHECK_EQ(host_thread_start(&thread, cancel_late, &f->kernel), 0);
    fixture_run(f, be_many);
    host_thread_join(thread);
    CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_CANCEL);
    kernel_rearm(&f->kernel);
    CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_NONE);
    CHECK_EQ(atomic_load(&f->kernel.limits.reached), -1);
    fixture_run(f, wait_for_a_sleeper); // and it can be used again
    fixture_close(f);
    free(f);
}

static void clone_after_the_end(struct test *t)
{
    kernel_end(t->kernel, KERNEL_END_CLOSE);
    t->fixture = NULL;
    (void)!sys_clone(read_one, NULL, &offer); // dies at the door, and starts nobody
    CHECK(!"never here");
}

TEST(nothing_is_started_once_a_run_is_ending_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 2, &(struct kernel_config){0});
    fixture_run(f, clone_after_the_end);
    CHECK(!t->fixture);
    CHECK_EQ(f->kernel.next_pid, 3);
    fixture_close(f);
    free(f);
}

TEST(programs_are_found_by_their_whole_name)
{
    static const char *const names[] = {"body", "exit", "spin", "wait"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK_STR(kernel_program(t->kernel, names[i])->name, names[i]);
    CHECK(!kernel_program(t->kernel, ""));
    CHECK(!kernel_program(t->kernel, "bod"));
    CHECK(!kernel_program(t->kernel, "bodyy"));
    CHECK(!kernel_program(t->kernel, "zzz"));
    int status, sig;
    CHECK(!kernel_ended(t->kernel, sys_getpid(), &status, &sig)); // it lives
    CHECK(!kernel_ended(t->kernel, 9999, &status, &sig));
}

/* clock_test.c: sleeping, the virtual clock, deterministic order, deadlock, limits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/kernel.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(sleepers_wake_in_the_order_of_their_deadlines)
{
    int64_t start = sys_clock(SYS_CLOCK_MONOTONIC);
    CHECK_EQ(sys_sleep(0.03), 0);
    int64_t slept = sys_clock(SYS_CLOCK_MONOTONIC) - start;
    CHECK(slept >= 30000000);
    CHECK(slept < 2000000000);
    CHECK_EQ(sys_sleep(0), 0);
    CHECK_EQ(sys_sleep(-1), 0);
}

static struct fixture *open_by_itself(struct test *t, struct kernel_config config)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 2, &config);
    return f;
}

static void close_by_itself(struct fixture *f)
{
    fixture_close(f);
    free(f);
}

static int sleep_hours(void *arg)
{
    (void)arg;
    return sys_sleep(7200) != 0;
}

static void sleep_an_hour(struct test *t)
{
    (void)t;
    struct sys_ended ended;
    CHECK(sys_clone(sleep_hours, NULL, &offer) > 0);
    CHECK_EQ(sys_sleep(3600), 0);
    CHECK_EQ(sys_clock(SYS_CLOCK_MONOTONIC) / 1000000000, 3600);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(sys_clock(SYS_CLOCK_MONOTONIC) / 1000000000, 7200);
    while (sys_clock(SYS_CLOCK_MONOTONIC) < INT64_C(7201000000000))
        sys_ticks(1000); // it also passes while something runs
}

TEST(virtual_time_jumps_when_all_sleep_by_itself)
{
    struct fixture *f = open_by_itself(t, (struct kernel_config){.virtual_clock = true});
    fixture_run(f, sleep_an_hour);
    close_by_itself(f);
}

static void wait_for_nothing(struct test *t)
{
    int fds[2];
    char c;
    (void)t;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_read(fds[0], &c, 1), 1);
    CHECK(!"never here");
}

TEST(a_deadlock_ends_the_run_with_a_report_by_itself)
{
    for (int virtual_clock = 0; virtual_clock < 2; virtual_clock++) {
        struct fixture *f =
            open_by_itself(t, (struct kernel_config){.virtual_clock = virtual_clock});
        fixture_run(f, wait_for_nothing);
        CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_DEADLOCK);
        CHECK_STR(f->kernel.report, "pid 2 (body) waits for a writer of pipe:[1]");
        kernel_rearm(&f->kernel);
        fixture_run(f, wait_for_nothing);
        CHECK_STR(f->kernel.report, "pid 3 (body) waits for a writer of pipe:[2]");
        close_by_itself(f);
    }
}

struct order {
    atomic_int at;
    char text[64];
};

static struct order order;

static int note(void *arg)
{
    for (int i = 0; i < 3; i++) {
        order.text[atomic_fetch_add(&order.at, 1)] = *(char *)arg;
        sys_ticks(50);
    }
    return 0;
}

static void note_order(struct test *t)
{
    static char names[] = "abcde";
    struct sys_ended ended;
    (void)t;
    for (int i = 0; i < 5; i++)
        CHECK(sys_clone(note, &names[i], &offer) > 0);
    while (sys_wait(-1, 0, &ended) > 0)
        continue;
}

static void run_order(struct test *t, uint64_t seed, char text[64])
{
    struct fixture *f =
        open_by_itself(t, (struct kernel_config){.deterministic = true, .seed = seed});
    memset(&order, 0, sizeof order);
    fixture_run(f, note_order);
    close_by_itself(f);
    memcpy(text, order.text, 64);
}

TEST(a_seed_fixes_the_order_and_others_give_other_orders_by_itself)
{
    char first[64], again[64];
    int different = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        run_order(t, seed, again);
        char same[64];
        run_order(t, seed, same);
        CHECK_STR(same, again);
        if (seed == 0)
            memcpy(first, again, sizeof first);
        different += strcmp(first, again) != 0;
    }
    CHECK_STR(first, "aaabbbcccdddeee");
    CHECK(different > 5);
}

static _Noreturn int spin_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        sys_tick();
}

static void spin(struct test *t)
{
    (void)t;
    CHECK(sys_clone(spin_for_ever, NULL, &offer) > 0);
    spin_for_ever(NULL);
}

TEST(cpu_time_of_all_processes_is_limited_by_itself)
{
    for (int deterministic = 0; deterministic < 2; deterministic++) {
        struct fixture *f =
            open_by_itself(t, (struct kernel_config){.deterministic = deterministic});
        atomic_store(&f->kernel.limits.value[LIMIT_CPU], 50000000);
        fixture_run(f, spin);
        CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_LIMIT);
        CHECK_EQ(atomic_load(&f->kernel.limits.reached), LIMIT_CPU);
        close_by_itself(f);
    }
}

static void take_memory(struct test *t)
{
    (void)t;
    for (;;)
        memset(sys_alloc(100000), 1, 100000);
}

/* In frames of a size that programs have. */
static void recurse(struct test *t)
{
    char frame[1000];
    __asm__ volatile("" : : "r"(frame) : "memory"); // keeps it
    sys_nest_enter();
    if (t)
        recurse(t);
    sys_nest_leave();
}

static void charge_commands(struct test *t)
{
    (void)t;
    for (int i = 0; i < 100; i++)
        sys_charge(SYS_LIMIT_COMMANDS, 1);
    order.text[0] = 'x';
    sys_charge(SYS_LIMIT_COMMANDS, 1);
    order.text[0] = 'y';
}

static void fork_bomb(struct test *t)
{
    struct sys_ended ended;
    char *argv[] = {"wait", NULL};
    (void)t;
    int started = 0, pid;
    while ((pid = sys_spawn("wait", argv, argv + 1, &offer)) > 0)
        started++;
    CHECK_EQ(pid, -EAGAIN);
    CHECK_EQ(started, 49);
    CHECK_EQ(sys_signal_set(SYS_SIGTERM, SYS_IGNORE), 0);
    CHECK_EQ(sys_kill(-1, SYS_SIGTERM), 0);
    while (sys_wait(-1, 0, &ended) > 0)
        continue;
}

static void limit_run(struct test *t, int limit, uint64_t value, test_fn *body,
                      int reached)
{
    struct fixture *f = open_by_itself(t, (struct kernel_config){0});
    atomic_store(&f->kernel.limits.value[limit], value);
    kernel_rearm(&f->kernel);
    fixture_run(f, body);
    CHECK_EQ(atomic_load(&f->kernel.limits.reached), reached);
    close_by_itself(f);
}

TEST(each_limit_ends_the_run_or_fails_the_call_by_itself)
{
    limit_run(t, LIMIT_MEMORY, 10 << 20, take_memory, LIMIT_MEMORY);
    limit_run(t, LIMIT_DEPTH, 10000, recurse, LIMIT_DEPTH);
    limit_run(t, LIMIT_DEPTH, UINT64_MAX, recurse, LIMIT_DEPTH);
    limit_run(t, LIMIT_COMMANDS, 100, charge_commands, LIMIT_COMMANDS);
    CHECK_EQ(order.text[0], 'x');
    limit_run(t, LIMIT_PROCESSES, 50, fork_bomb, -1);
}

/* door_test.c: kernel/door.h: ticks, limits and nesting as programs meet them. */
#include "kernel/door.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

TEST(every_call_has_a_name_of_its_own)
{
    for (int a = 0; a < CALLS; a++) {
        CHECK(strlen(call_name((enum call)a)) > 2);
        for (int b = 0; b < a; b++)
            CHECK(strcmp(call_name((enum call)a), call_name((enum call)b)) != 0);
    }
}

static _Noreturn int tick_for_ever(void *arg)
{
    sys_signal_block(0);
    for (;;) {
        atomic_fetch_add((atomic_int *)arg, 1);
        sys_tick();
    }
}

static _Noreturn int tick_in_blocks_for_ever(void *arg)
{
    for (;;) {
        atomic_fetch_add((atomic_int *)arg, 1);
        sys_ticks(UINT32_MAX);
    }
}

TEST(a_loop_that_ticks_can_be_killed_from_outside)
{
    atomic_int *count = sys_share_alloc(sizeof *count);
    int (*const loops[])(void *) = {tick_for_ever, tick_in_blocks_for_ever};
    for (int i = 0; i < 2; i++) {
        struct sys_ended ended;
        atomic_init(count, 0);
        int pid = sys_clone(loops[i], count, &offer);
        while (!atomic_load(count))
            CHECK_EQ(sys_sleep(0.001), 0);
        CHECK_EQ(sys_kill(pid, SYS_SIGINT), 0);
        CHECK_EQ(sys_wait(pid, 0, &ended), pid);
        CHECK_EQ(ended.signal, SYS_SIGINT);
        CHECK(ended.cpu_ns > 0);
    }
    sys_share_free(count);
}

static int count_to_a_thousand(void *arg)
{
    atomic_int *turns = arg;
    for (int i = 0; i < 1000; i++) {
        atomic_fetch_add(turns, 1);
        sys_ticks(100000); // about a slice
    }
    return 0;
}

static void share_one_worker(struct test *t)
{
    (void)t;
    static atomic_int a, b;
    struct sys_ended ended;
    atomic_store(&a, 0);
    atomic_store(&b, 0);
    CHECK(sys_clone(count_to_a_thousand, &a, &offer) > 0);
    CHECK(sys_clone(count_to_a_thousand, &b, &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0); // the first of them: the other is not far behind
    CHECK(atomic_load(&a) > 500 && atomic_load(&b) > 500);
    CHECK(sys_wait(-1, 0, &ended) > 0);
}

TEST(processes_that_tick_take_turns_on_one_worker_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 1, &(struct kernel_config){.deterministic = true});
    fixture_run(f, share_one_worker);
    fixture_close(f);
    free(f);
}

/* ---- limits that programs count against ------------------------------------------- */

static int charge_a_hundred(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++)
        sys_charge(SYS_LIMIT_LOOPS, 1);
    return 0;
}

static void charge_in_five(struct test *t)
{
    struct sys_ended ended;
    for (int i = 0; i < 5; i++)
        CHECK(sys_clone(charge_a_hundred, NULL, &offer) > 0);
    for (int i = 0; i < 5; i++)
        CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_LOOPS]), 500);
    sys_charge(SYS_LIMIT_LOOPS, 100);
    t->fixture = NULL; // it came so far
    sys_charge(SYS_LIMIT_LOOPS, 1);
    CHECK(!"never here");
}

TEST(a_counted_limit_is_exact_over_several_processes_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 3, &(struct kernel_config){0});
    atomic_store(&f->kernel.limits.value[LIMIT_LOOPS], 600);
    fixture_run(f, charge_in_five);
    CHECK(!t->fixture);
    CHECK_EQ(atomic_load(&f->kernel.limits.reached), LIMIT_LOOPS);
    fixture_close(f);
    free(f);
}

static void check_sizes(struct test *t)
{
    CHECK_EQ(sys_limit_value(SYS_LIMIT_SCRIPT), 100);
    sys_check_size(SYS_LIMIT_SCRIPT, 100);
    t->fixture = NULL;
    sys_check_size(SYS_LIMIT_SCRIPT, 101);
    CHECK(!"never here");
}

TEST(an_object_larger_than_its_limit_ends_the_run_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 1, &(struct kernel_config){0});
    atomic_store(&f->kernel.limits.value[LIMIT_SCRIPT], 100);
    fixture_run(f, check_sizes);
    CHECK(!t->fixture);
    CHECK_EQ(atomic_load(&f->kernel.limits.reached), LIMIT_SCRIPT);
    fixture_close(f);
    free(f);
}

TEST(nesting_is_counted_down_again)
{
    atomic_store(&t->kernel->limits.value[LIMIT_DEPTH], 3);
    for (int i = 0; i < 10; i++) {
        for (int level = 0; level < 3; level++)
            sys_nest_enter();
        for (int level = 0; level < 3; level++)
            sys_nest_leave();
    }
    CHECK_EQ(process_self()->depth, 0);
}

/* ---- memory ----------------------------------------------------------------------- */

TEST(blocks_keep_their_bytes_as_they_change_their_size)
{
    char *text = sys_strdup("text");
    text = sys_resize(text, 100000);
    CHECK_STR(text, "text");
    text = sys_resize(text, 5);
    CHECK_STR(text, "text");
    sys_free(text);
    sys_free(NULL);
    char *zero = sys_alloc_zero(10000);
    for (int i = 0; i < 10000; i++)
        if (!CHECK_EQ(zero[i], 0))
            break;
    char *fresh = sys_resize(NULL, 10);
    CHECK(fresh && (uintptr_t)fresh % 16 == 0);
    const struct alloc *heaps[] = {sys_heap(), sys_share()};
    for (int i = 0; i < 2; i++) {
        char *block = heaps[i]->resize(heaps[i], NULL, 0, 10);
        memcpy(block, "0123456789", 10);
        block = heaps[i]->resize(heaps[i], block, 10, 20000);
        CHECK_MEM(block, "0123456789", 10);
        CHECK(!heaps[i]->resize(heaps[i], block, 20000, 0));
    }
}

/* ---- time, chance, identity ------------------------------------------------------- */

TEST(clocks_go_on_and_sleep_until_is_absolute)
{
    int64_t start = sys_clock(SYS_CLOCK_MONOTONIC), real = sys_clock(SYS_CLOCK_REAL);
    CHECK(real > INT64_C(1600000000) * 1000000000);
    CHECK_EQ(sys_sleep_until(start + 20000000), 0);
    CHECK(sys_clock(SYS_CLOCK_MONOTONIC) >= start + 20000000);
    CHECK_EQ(sys_sleep_until(start), 0); // is over
    CHECK_EQ(sys_sleep_until(INT64_MIN), 0);
    CHECK_EQ(sys_sleep(-1e300), 0);
}

TEST(the_machine_is_the_sandboxs_own)
{
    struct sys_uname name;
    unsigned char a[32] = {0}, b[32] = {0};
    sys_uname(&name);
    CHECK_STR(name.sysname, "Linux");
    CHECK_STR(name.nodename, "shoal");
    CHECK_EQ(sys_cpu_count(), 3);
    CHECK_EQ(sys_getuid(), 1000);
    CHECK_EQ(sys_getgid(), 1000);
    sys_random(a, sizeof a);
    sys_random(b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
}

static unsigned char chance[32];

static void take_chance(struct test *t)
{
    (void)t;
    sys_random(chance, sizeof chance);
    CHECK_EQ(sys_cpu_count(), 1);
    CHECK_EQ(sys_clock(SYS_CLOCK_REAL) / 1000000000, 1704067200);
}

TEST(chance_is_fixed_by_the_seed_by_itself)
{
    unsigned char first[32];
    for (uint64_t seed = 0; seed < 3; seed++)
        for (int again = 0; again < 2; again++) {
            struct fixture *f = fixture_new();
            fixture_open(f, t, 2,
                         &(struct kernel_config){.deterministic = true, .seed = seed});
            fixture_run(f, take_chance);
            fixture_close(f);
            free(f);
            if (again)
                CHECK_MEM(chance, first, sizeof first);
            else if (seed)
                CHECK(memcmp(chance, first, sizeof first) != 0);
            memcpy(first, chance, sizeof first);
        }
}

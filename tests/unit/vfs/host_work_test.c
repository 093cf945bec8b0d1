/* host_work_test.c: kernel/host_work.h: parked fibers, abandoned requests, the cap. */
#include "kernel/host_work.h"

#include <stdlib.h>
#include <time.h>

#include "kernel/host.h"
#include "kernel/process.h"
#include "tests/unit/vfs/fixture.h"

struct slow_work {
    struct host_work work;
    atomic_int *running, *most;
    int result;
};

static void slow_run(struct host_work *w)
{
    struct slow_work *s = (struct slow_work *)w;
    int now = atomic_fetch_add(s->running, 1) + 1;
    if (now > atomic_load(s->most))
        atomic_store(s->most, now);
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    s->result = 7;
    atomic_fetch_sub(s->running, 1);
}

struct slow_share {
    struct host_share *share;
    atomic_int running, most;
};

static int slow_ask(void *arg)
{
    struct slow_share *s = arg;
    struct wait_reason reason = {.what = "a slow host"};
    struct slow_work *w =
        (struct slow_work *)host_work_new(s->share, sizeof *w, slow_run, NULL);
    w->running = &s->running;
    w->most = &s->most;
    int err = host_work_do(process_self()->kernel, &w->work, &reason);
    int result = err ? 1 : w->result;
    host_work_put(&w->work);
    (void)!sys_sleep(0); // a door, where a killed process dies
    return result;
}

TEST(host_work_runs_aside_and_no_more_than_the_cap_at_once)
{
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct slow_share *s = sys_share_alloc(sizeof *s);
    *s = (struct slow_share){host_share_new(host_pool_of(t->kernel->runtime), 2), 0, 0};
    for (int i = 0; i < 6; i++)
        CHECK(sys_clone(slow_ask, s, &start) > 0);
    for (int i = 0; i < 6; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 7);
    }
    CHECK_EQ(atomic_load(&s->most), 2);
    host_share_put(s->share);
    sys_share_free(s);
}

TEST(host_work_of_a_killed_process_is_abandoned)
{
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct slow_share *s = sys_share_alloc(sizeof *s);
    *s = (struct slow_share){host_share_new(host_pool_of(t->kernel->runtime), 2), 0, 0};
    for (int i = 0; i < 4; i++) { // two run, two wait for room
        int pid = sys_clone(slow_ask, s, &start);
        CHECK(pid > 0);
        if (i % 2 == 0)
            CHECK_EQ(sys_sleep(0.005), 0);
        CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    }
    int64_t before = sys_clock(SYS_CLOCK_MONOTONIC);
    for (int i = 0; i < 4; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.signal, SYS_SIGKILL);
    }
    CHECK(sys_clock(SYS_CLOCK_MONOTONIC) - before < 2000000000);
    CHECK_EQ(slow_ask(s), 7);
    while (atomic_load(&s->running)) // the requests still point into s
        CHECK_EQ(sys_sleep(0.005), 0);
    host_share_put(s->share);
    sys_share_free(s);
}

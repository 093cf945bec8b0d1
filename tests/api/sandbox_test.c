/* sandbox_test.c: many sandboxes, determinism, the virtual clock, traces. */
#include <stdio.h>
#include <string.h>

#include "tests/api/api.h"

enum { SANDBOXES = 100 };

TEST(a_hundred_sandboxes_run_side_by_side)
{
    struct shoal_sandbox *sandboxes[SANDBOXES];
    struct shoal_run *runs[SANDBOXES];
    int64_t start = api_now_ms();
    for (int i = 0; i < SANDBOXES; i++) {
        char text[100];
        CHECK_EQ(shoal_sandbox_new(api_runtime(t), 0, 0, &sandboxes[i]), 0);
        snprintf(text, sizeof text, "echo %d > me; sleep 0.1; cat me; (exit %d)", i, i);
        runs[i] = api_run_new(sandboxes[i], text);
        CHECK_EQ(shoal_run_start(runs[i]), 0);
    }
    for (int i = 0; i < SANDBOXES; i++) {
        char want[16];
        snprintf(want, sizeof want, "%d\n", i);
        CHECK_EQ(shoal_run_wait(runs[i], 20000), 0);
        CHECK_STR(shoal_run_output(runs[i], SHOAL_STDOUT, NULL), want);
        CHECK_EQ(shoal_run_status(runs[i]), i);
        shoal_run_free(runs[i]);
        shoal_sandbox_free(sandboxes[i]);
    }
    CHECK(api_now_ms() - start < 8000); // one after another takes 10 s
}

TEST(sandboxes_do_not_see_each_other)
{
    struct shoal_sandbox *other;
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), 0, 0, &other), 0);
    api_check(api_sandbox(t), "echo x > /tmp/f", "", 0);
    api_check(other, "ls /tmp", "", 0);
    shoal_sandbox_free(other);
}

TEST(a_virtual_clock_jumps_over_sleeps)
{
    struct shoal_sandbox *sb;
    int64_t start = api_now_ms();
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), SHOAL_VIRTUAL_CLOCK, 0, &sb), 0);
    api_check(sb, "sleep 1000 & sleep 500; wait; echo $((SECONDS >= 1000))", "1\n", 0);
    CHECK(api_now_ms() - start < 10000);
    shoal_sandbox_free(sb);
}

static const char sandbox_race[] =
    "for i in 1 2 3 4 5; do { for j in 1 2 3; do echo $i.$j; done; "
    "} & done; wait; echo $RANDOM $(date +%s)";

/* The output of sandbox_race under a seed, in buf. */
static void sandbox_race_run(struct test *t, uint64_t seed, char *buf, size_t size)
{
    struct shoal_sandbox *sb;
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), SHOAL_DETERMINISTIC, seed, &sb), 0);
    struct shoal_run *run = api_run_new(sb, sandbox_race);
    api_run_finish(run);
    snprintf(buf, size, "%s", shoal_run_output(run, SHOAL_STDOUT, NULL));
    shoal_run_free(run);
    shoal_sandbox_free(sb);
}

TEST(a_seed_decides_everything)
{
    char first[400], other[400];
    int differ = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        sandbox_race_run(t, seed, first, sizeof first);
        sandbox_race_run(t, seed, other, sizeof other);
        CHECK_STR(other, first);
        CHECK(strlen(first) > 60);
        sandbox_race_run(t, seed + 1, other, sizeof other);
        differ += strcmp(first, other) != 0;
    }
    CHECK(differ > 5);
}

TEST(deterministic_input_is_not_a_pipe)
{
    struct shoal_sandbox *sb;
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), SHOAL_DETERMINISTIC, 1, &sb), 0);
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), 1 << 20, 1, &sb), SHOAL_E_INVALID);
    shoal_sandbox_free(sb);
}

/* What a trace has told. */
struct sandbox_trace {
    int started, ended, waited, ran, calls, lost;
};

static void sandbox_trace_take(void *arg, const struct shoal_event *e)
{
    struct sandbox_trace *trace = arg;
    trace->started += e->kind == SHOAL_EVENT_START;
    trace->ended += e->kind == SHOAL_EVENT_EXIT;
    trace->ran += e->kind == SHOAL_EVENT_RUN;
    trace->waited += e->kind == SHOAL_EVENT_WAIT && e->text && *e->text;
    trace->calls += e->kind == SHOAL_EVENT_CALL && e->text && *e->text;
    trace->lost += e->kind == SHOAL_EVENT_LOST;
}

TEST(a_trace_tells_of_processes_and_calls)
{
    struct sandbox_trace trace = {0};
    struct shoal_sandbox *sb = api_sandbox(t);
    unsigned kinds = SHOAL_TRACE_SCHED | SHOAL_TRACE_CALLS;
    CHECK_EQ(shoal_trace_set(sb, kinds, sandbox_trace_take, &trace), 0);
    api_check(sb, "sleep 0.01 & sleep 0.01 & (:); wait", "", 0);
    CHECK_EQ(trace.started, 4);
    CHECK_EQ(trace.ended, 4);
    CHECK(trace.ran >= 6);
    CHECK(trace.waited >= 3);
    CHECK(trace.calls > 4);
    CHECK_EQ(trace.lost, 0);
    CHECK_EQ(shoal_trace_set(sb, 0, NULL, NULL), 0);
    api_check(sb, "(:)", "", 0);
    CHECK_EQ(trace.started, 4);
}

TEST(a_sandbox_is_made_and_freed_many_times)
{
    for (int i = 0; i < 300; i++) {
        struct shoal_sandbox *sb;
        if (!CHECK_EQ(shoal_sandbox_new(api_runtime(t), 0, 0, &sb), 0))
            return;
        shoal_sandbox_free(sb);
    }
}

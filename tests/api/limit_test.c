/* limit_test.c: limits, cancelling and deadlocks end a run with their reason, and leave
 * the sandbox usable. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "tests/api/api.h"

/* Runs text under a limit and checks that this one ends it. */
static void limit_check(struct test *t, const char *name, const char *value,
                        const char *text)
{
    int64_t start = api_now_ms();
    struct shoal_run *run = api_run_new(api_sandbox(t), text);
    CHECK_EQ(shoal_run_set_limit(run, name, value), 0);
    CHECK_EQ(shoal_run_set_limit(run, "wall", strcmp(name, "wall") == 0 ? value : "15s"),
             0);
    CHECK_EQ(shoal_run_set_output_capture(run, SHOAL_STDOUT, 0), 0);
    if (api_run_finish(run)) {
        char report[100] = "shoal: limit reached: ";
        CHECK_EQ(shoal_run_end(run), SHOAL_END_LIMIT);
        CHECK_STR(shoal_run_limit(run) ? shoal_run_limit(run) : "none", name);
        CHECK_EQ(shoal_run_status(run), 137);
        strcat(strcat(strcat(strcat(report, name), " ("), value), ")\n");
        const char *err = shoal_run_output(run, SHOAL_STDERR, NULL);
        CHECK(strstr(err, report) != NULL);
    }
    CHECK(api_now_ms() - start < 14000);
    shoal_run_free(run);
    api_check(api_sandbox(t), "(echo fine) | cat; x=$(echo too); echo $x", "fine\ntoo\n",
              0);
}

TEST(limit_wall_ends_a_sleep) { limit_check(t, "wall", "30ms", "sleep 100"); }

TEST(limit_wall_ends_a_loop) { limit_check(t, "wall", "30ms", "while :; do :; done"); }

TEST(limit_wall_ends_many_processes)
{
    limit_check(t, "wall", "50ms",
                "for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait");
}

TEST(limit_cpu_ends_a_loop) { limit_check(t, "cpu", "30ms", "while :; do :; done"); }

TEST(limit_cpu_counts_all_processes)
{
    limit_check(t, "cpu", "50ms", "yes > /dev/null & yes > /dev/null & wait");
}

TEST(limit_memory_ends_a_growing_variable)
{
    limit_check(t, "memory", "20MiB", "x=0123456789; while :; do x=$x$x; done");
}

TEST(limit_commands_is_counted_over_all_shells)
{
    limit_check(t, "commands", "1000", "while :; do (:); : | :; done");
}

TEST(limit_loops_ends_a_loop) { limit_check(t, "loops", "1000", "while :; do :; done"); }

TEST(limit_output_ends_the_writer) { limit_check(t, "output", "10KiB", "yes"); }

TEST(limit_output_lets_through_just_so_much)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "yes");
    CHECK_EQ(shoal_run_set_limit(run, "output", "10001"), 0);
    api_run_finish(run);
    size_t len;
    shoal_run_output(run, SHOAL_STDOUT, &len);
    CHECK_EQ(len, 10001);
    shoal_run_free(run);
}

TEST(limit_processes_total_ends_a_chain_of_processes)
{
    limit_check(t, "processes-total", "50", "while :; do (:); done");
}

TEST(limit_expansion_ends_a_large_value)
{
    limit_check(t, "expansion", "1MiB", "x=$(yes)");
}

TEST(limit_script_ends_a_large_script)
{
    limit_check(t, "script", "1KiB", "eval \"$(head -c 5000 /dev/zero | tr '\\0' ':')\"");
}

TEST(limit_depth_ends_a_recursion) { limit_check(t, "depth", "100", "f() { f; }; f"); }

TEST(limit_processes_fails_the_call)
{
    struct shoal_run *run = api_run_new(
        api_sandbox(t), "for i in {1..30}; do sleep 1 & done 2>&1 | grep -c -i resource");
    CHECK_EQ(shoal_run_set_limit(run, "processes", "10"), 0);
    CHECK_EQ(shoal_run_set_limit(run, "wall", "15s"), 0);
    api_run_finish(run);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_NORMAL);
    shoal_run_free(run);
}

TEST(limit_fs_bytes_fails_the_write)
{
    CHECK_EQ(shoal_limit_set(api_sandbox(t), "fs-bytes", "1MiB"), 0);
    struct shoal_run *run =
        api_run(t, "yes > /tmp/big; echo $?; rm /tmp/big; echo fits > /tmp/small");
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "1\n");
    CHECK(strstr(shoal_run_output(run, SHOAL_STDERR, NULL), "No space left on device") !=
          NULL);
    CHECK_EQ(shoal_run_status(run), 0);
    shoal_run_free(run);
}

TEST(limits_have_units)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    uint64_t value;
    CHECK_EQ(shoal_limit_set(sb, "wall", "1.5s"), 0);
    CHECK_EQ(shoal_limit_get(sb, "wall", &value), 0);
    CHECK_EQ(value, 1500000000);
    CHECK_EQ(shoal_limit_set(sb, "wall", "2"), 0);
    CHECK_EQ(shoal_limit_get(sb, "wall", &value), 0);
    CHECK_EQ(value, 2000000000);
    CHECK_EQ(shoal_limit_set(sb, "memory", "64MiB"), 0);
    CHECK_EQ(shoal_limit_get(sb, "memory", &value), 0);
    CHECK_EQ(value, 64 << 20);
    CHECK_EQ(shoal_limit_set(sb, "commands", "none"), 0);
    CHECK_EQ(shoal_limit_get(sb, "commands", &value), 0);
    CHECK(value == UINT64_MAX);
    static const char *const wrong[][2] = {
        {"nonesuch", "1"}, {"wall", "1x"},   {"wall", ""},
        {"wall", "-1s"},   {"wall", "1 s"},  {"wall", "1KiB"},
        {"memory", "1s"},  {"loops", "1.5"}, {"loops", "1K"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(shoal_limit_set(sb, wrong[i][0], wrong[i][1]), SHOAL_E_INVALID);
    unsigned count = 0;
    const char *name, *text;
    for (; (name = shoal_limit_name(count, &text)); count++) {
        CHECK_EQ(shoal_limit_get(sb, name, &value), 0);
        CHECK(text && *text);
    }
    CHECK(count >= 17);
}

TEST(the_limits_of_a_run_are_its_own)
{
    uint64_t value;
    struct shoal_run *run = api_run_new(api_sandbox(t), "for i in 1 2 3; do :; done");
    CHECK_EQ(shoal_run_set_limit(run, "loops", "2"), 0);
    api_run_finish(run);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_LIMIT);
    CHECK_EQ(shoal_limit_get(api_sandbox(t), "loops", &value), 0);
    CHECK(value == UINT64_MAX);
    shoal_run_free(run);
    api_check(api_sandbox(t), "for i in 1 2 3; do echo $i; done", "1\n2\n3\n", 0);
}

TEST(what_a_run_used_does_not_count_for_the_next)
{
    CHECK_EQ(shoal_limit_set(api_sandbox(t), "loops", "100"), 0);
    for (int i = 0; i < 5; i++)
        api_check(api_sandbox(t), "i=0; while ((i++ < 80)); do :; done; echo $i", "81\n",
                  0);
}

TEST(a_deadlock_ends_the_run_with_a_report)
{
    struct shoal_run *run = api_run(t, "mkfifo a b; cat < a > b & cat < b > a & wait");
    CHECK_EQ(shoal_run_end(run), SHOAL_END_DEADLOCK);
    CHECK_EQ(shoal_run_status(run), 137);
    const char *report = shoal_run_report(run);
    CHECK(strncmp(report, "deadlock: pid ", 14) == 0);
    CHECK(strstr(report, "waits for a writer of a") != NULL);
    CHECK(strstr(shoal_run_output(run, SHOAL_STDERR, NULL), report) != NULL);
    shoal_run_free(run);
    api_check(api_sandbox(t), "echo on", "on\n", 0);
}

/* ---- Cancelling ------------------------------------------------------------------- */

static void *limit_cancel(void *run)
{
    usleep(20000);
    shoal_run_cancel(run);
    return NULL;
}

static void limit_check_cancel(struct test *t, const char *text)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), text);
    pthread_t thread;
    CHECK_EQ(shoal_run_set_output_capture(run, SHOAL_STDOUT, 0), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(pthread_create(&thread, NULL, limit_cancel, run), 0);
    CHECK_EQ(shoal_run_wait(run, 20000), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_CANCELLED);
    CHECK_EQ(shoal_run_status(run), 137);
    shoal_run_cancel(run); // does nothing any more
    shoal_run_free(run);
    api_check(api_sandbox(t), "echo on", "on\n", 0);
}

TEST(a_run_is_cancelled_from_another_thread)
{
    limit_check_cancel(t, "sleep 100");
    limit_check_cancel(t, "while :; do :; done");
    limit_check_cancel(t, "yes | cat | cat");
    limit_check_cancel(t, "while :; do (: ; :) & x=$(:); wait; done");
}

TEST(a_run_that_waits_for_the_host_is_cancelled)
{
    int in[2];
    CHECK_EQ(pipe(in), 0);
    struct shoal_run *run = api_run_new(api_sandbox(t), "cat & cat; wait");
    CHECK_EQ(shoal_run_set_input_fd(run, in[0]), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(shoal_run_wait(run, 20), SHOAL_E_TIMEOUT);
    shoal_run_cancel(run);
    CHECK_EQ(shoal_run_wait(run, 20000), 0);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_CANCELLED);
    shoal_run_free(run);
    close(in[0]);
    close(in[1]);
}

static void limit_ignore_output(void *arg, enum shoal_stream stream, const void *data,
                                size_t len)
{
    (void)arg;
    (void)stream;
    (void)data;
    (void)len;
}

TEST(a_run_that_waits_for_a_callback_is_cancelled)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "yes & yes & wait");
    CHECK_EQ(shoal_run_set_output_callback(run, SHOAL_STDOUT, limit_ignore_output, NULL),
             0);
    CHECK_EQ(shoal_run_start(run), 0);
    usleep(20000);
    shoal_run_cancel(run);
    CHECK_EQ(shoal_run_wait(run, 20000), 0);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_CANCELLED);
    shoal_run_free(run);
}

TEST(cancelling_at_any_moment_leaves_the_sandbox_usable)
{
    for (int i = 0; i < 200; i++) {
        struct shoal_run *run = api_run_new(
            api_sandbox(t), "while :; do echo $(echo a | cat) > f & wait; done");
        CHECK_EQ(shoal_run_start(run), 0);
        usleep((unsigned)(i * 13 % 1000));
        shoal_run_cancel(run);
        if (!CHECK_EQ(shoal_run_wait(run, 20000), 0))
            return;
        shoal_run_free(run);
    }
    api_check(api_sandbox(t), "echo on", "on\n", 0);
}

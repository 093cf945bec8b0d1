/* run_test.c: what can be told to a run, and what it tells. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/api/api.h"

TEST(the_library_is_the_one_of_this_header)
{
    CHECK_STR(shoal_version(), SHOAL_VERSION);
    CHECK_EQ(shoal_abi(), SHOAL_ABI);
    CHECK_STR(shoal_strerror(SHOAL_E_NOT_FOUND), "no such file or directory");
    CHECK_STR(shoal_strerror(-999), "unknown error");
}

TEST(a_command_gives_its_output_and_status)
{
    struct shoal_run *run = api_run(t, "echo out; echo err >&2; exit 3");
    size_t len;
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, &len), "out\n");
    CHECK_EQ(len, 4);
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, NULL), "err\n");
    CHECK_EQ(shoal_run_output_total(run, SHOAL_STDERR), 4);
    CHECK_EQ(shoal_run_status(run), 3);
    CHECK_EQ(shoal_run_signal(run), 0);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_NORMAL);
    CHECK(shoal_run_limit(run) == NULL);
    CHECK_STR(shoal_run_report(run), "");
    shoal_run_free(run);
}

TEST(nothing_is_known_of_a_run_before_its_end)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "sleep 0.05");
    CHECK_EQ(shoal_run_wait(run, 0), SHOAL_E_STATE);
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(shoal_run_status(run), -1);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_NONE);
    CHECK(shoal_run_output(run, SHOAL_STDOUT, NULL) == NULL);
    CHECK_EQ(shoal_run_wait(run, 5), SHOAL_E_TIMEOUT);
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    CHECK_EQ(shoal_run_start(run), SHOAL_E_STATE);
    CHECK_EQ(shoal_run_add_arg(run, "late"), SHOAL_E_STATE);
    CHECK_EQ(shoal_run_set_output_fd(run, SHOAL_STDOUT, 1), SHOAL_E_STATE);
    shoal_run_free(run);
}

TEST(the_main_process_may_end_by_a_signal)
{
    struct shoal_run *run = api_run(t, "kill -TERM $$");
    CHECK_EQ(shoal_run_status(run), 143);
    CHECK_EQ(shoal_run_signal(run), 15);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_NORMAL);
    shoal_run_free(run);
}

TEST(arguments_of_a_command_begin_with_its_name)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "echo \"$0|$1|$2|$#\"");
    CHECK_EQ(shoal_run_add_arg(run, "name"), 0);
    CHECK_EQ(shoal_run_add_arg(run, "two words"), 0);
    CHECK_EQ(shoal_run_add_arg(run, ""), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "name|two words||2\n");
    shoal_run_free(run);
}

TEST(a_script_runs_under_its_name)
{
    static const char text[] = "echo \"$0 $1\"\nnonesuch\n";
    struct shoal_run *run;
    CHECK_EQ(shoal_run_new(api_sandbox(t), &run), 0);
    CHECK_EQ(shoal_run_set_script(run, "dir/script.sh", text, strlen(text)), 0);
    CHECK_EQ(shoal_run_add_arg(run, "first"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "dir/script.sh first\n");
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, NULL),
              "dir/script.sh: line 2: nonesuch: command not found\n");
    CHECK_EQ(shoal_run_status(run), 127);
    shoal_run_free(run);
}

TEST(a_script_is_read_from_standard_input_if_nothing_else_is_said)
{
    static const char text[] = "read x\nthe next line\necho \"$x $1\"";
    struct shoal_run *run;
    CHECK_EQ(shoal_run_new(api_sandbox(t), &run), 0);
    CHECK_EQ(shoal_run_set_input(run, text, strlen(text)), 0);
    CHECK_EQ(shoal_run_add_arg(run, "arg"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "the next line arg\n");
    shoal_run_free(run);
}

TEST(a_program_is_found_through_path)
{
    struct shoal_run *run;
    CHECK_EQ(shoal_run_new(api_sandbox(t), &run), 0);
    CHECK_EQ(shoal_run_set_program(run, "echo"), 0);
    CHECK_EQ(shoal_run_add_arg(run, "$HOME *"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "$HOME *\n");
    shoal_run_free(run);

    CHECK_EQ(shoal_run_new(api_sandbox(t), &run), 0);
    CHECK_EQ(shoal_run_set_program(run, "nonesuch"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, NULL),
              "shoal: nonesuch: No such file or directory\n");
    CHECK_EQ(shoal_run_status(run), 127);
    shoal_run_free(run);
}

TEST(standard_input_is_empty_or_bytes)
{
    api_check(api_sandbox(t), "cat; echo end", "end\n", 0);
    struct shoal_run *run = api_run_new(api_sandbox(t), "read a; echo \"<$a>\"; cat");
    CHECK_EQ(shoal_run_set_input(run, "one\ntwo\0three", 13), 0);
    api_run_finish(run);
    size_t len;
    const char *output = shoal_run_output(run, SHOAL_STDOUT, &len);
    CHECK_EQ(len, 15);
    CHECK_MEM(output, "<one>\ntwo\0three", 15);
    shoal_run_free(run);
}

TEST(the_environment_is_the_sandboxs_and_the_runs)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    CHECK_EQ(setenv("API_TEST_SECRET", "1", 1), 0);
    api_check(
        sb, "echo $HOME $USER $LOGNAME $SHELL $PATH $LANG $TZ [$API_TEST_SECRET] $PWD",
        "/home/user user user /bin/bash /usr/local/bin:/usr/bin:/bin C.UTF-8 UTC [] "
        "/home/user\n",
        0);
    CHECK_EQ(shoal_env_set(sb, "COLOR", "red"), 0);
    CHECK_EQ(shoal_env_set(sb, "SIZE", "1"), 0);
    CHECK_EQ(shoal_env_set(sb, "", "x"), SHOAL_E_INVALID);
    CHECK_EQ(shoal_env_set(sb, "A=B", "x"), SHOAL_E_INVALID);
    struct shoal_run *run = api_run_new(sb, "echo [$COLOR] [${SIZE-unset}] [$X]");
    CHECK_EQ(shoal_run_set_env(run, "COLOR", "blue"), 0);
    CHECK_EQ(shoal_run_set_env(run, "SIZE", NULL), 0);
    CHECK_EQ(shoal_run_set_env(run, "X", "a=b"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "[blue] [unset] [a=b]\n");
    shoal_run_free(run);
    api_check(sb, "echo [$COLOR] [$SIZE] [$X]", "[red] [1] []\n", 0);
    CHECK_EQ(shoal_env_set(sb, "COLOR", NULL), 0);
    api_check(sb, "echo [${COLOR-unset}]", "[unset]\n", 0);
}

TEST(the_working_directory_can_be_chosen)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "pwd");
    CHECK_EQ(shoal_run_set_cwd(run, "tmp"), SHOAL_E_INVALID);
    CHECK_EQ(shoal_run_set_cwd(run, "/tmp"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "/tmp\n");
    shoal_run_free(run);

    run = api_run_new(api_sandbox(t), "echo not reached");
    CHECK_EQ(shoal_run_set_cwd(run, "/nonesuch"), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "");
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, NULL),
              "shoal: /nonesuch: No such file or directory\n");
    CHECK_EQ(shoal_run_status(run), 1);
    shoal_run_free(run);
}

TEST(a_capture_is_bounded_and_counts_what_it_drops)
{
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "head -c 100000 /dev/zero; echo x >&2");
    CHECK_EQ(shoal_run_set_output_capture(run, SHOAL_STDOUT, 1000), 0);
    CHECK_EQ(shoal_run_set_output_capture(run, SHOAL_STDERR, 0), 0);
    api_run_finish(run);
    size_t len;
    shoal_run_output(run, SHOAL_STDOUT, &len);
    CHECK_EQ(len, 1000);
    CHECK_EQ(shoal_run_output_total(run, SHOAL_STDOUT), 100000);
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, &len), "");
    CHECK_EQ(shoal_run_output_total(run, SHOAL_STDERR), 2);
    CHECK_EQ(shoal_run_status(run), 0);
    shoal_run_free(run);
}

TEST(host_descriptors_serve_as_streams)
{
    int in[2], out[2];
    CHECK_EQ(pipe(in), 0);
    CHECK_EQ(pipe(out), 0);
    struct shoal_run *run = api_run_new(api_sandbox(t), "tr a-z A-Z");
    CHECK_EQ(shoal_run_set_input_fd(run, in[0]), 0);
    CHECK_EQ(shoal_run_set_output_fd(run, SHOAL_STDOUT, out[1]), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(shoal_run_wait(run, 30),
             SHOAL_E_TIMEOUT); // it waits for input, which is no deadlock
    CHECK_EQ(write(in[1], "abc", 3), 3);
    close(in[1]);
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    char buf[8];
    CHECK_EQ(read(out[0], buf, sizeof buf), 3);
    CHECK_MEM(buf, "ABC", 3);
    shoal_run_free(run);
    close(in[0]);
    close(out[0]);
    close(out[1]);
}

TEST(a_full_pipe_of_the_host_makes_only_its_writer_wait)
{
    int out[2];
    CHECK_EQ(pipe(out), 0);
    struct shoal_run *run = api_run_new(
        api_sandbox(t), "head -c 1000000 /dev/zero & sleep 0.02; echo on >&2; wait");
    CHECK_EQ(shoal_run_set_output_fd(run, SHOAL_STDOUT, out[1]), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(shoal_run_wait(run, 100), SHOAL_E_TIMEOUT);
    static char buf[65536];
    size_t all = 0;
    while (all < 1000000) {
        ssize_t got = read(out[0], buf, sizeof buf);
        if (!CHECK(got > 0))
            break;
        all += (size_t)got;
    }
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    CHECK_EQ(all, 1000000);
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, NULL), "on\n");
    shoal_run_free(run);
    close(out[0]);
    close(out[1]);
}

TEST(a_closed_pipe_of_the_host_gives_sigpipe)
{
    int out[2];
    CHECK_EQ(pipe(out), 0);
    close(out[0]);
    struct shoal_run *run = api_run_new(api_sandbox(t), "yes; echo $? >&2");
    CHECK_EQ(shoal_run_set_output_fd(run, SHOAL_STDOUT, out[1]), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDERR, NULL), "141\n");
    shoal_run_free(run);
    close(out[1]);
}

TEST(read_with_a_timeout_works_on_a_host_pipe)
{
    int in[2];
    CHECK_EQ(pipe(in), 0);
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "read -t 0.02 x; echo $(($? > 128))");
    CHECK_EQ(shoal_run_set_input_fd(run, in[0]), 0);
    api_run_finish(run);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "1\n");
    shoal_run_free(run);
    close(in[0]);
    close(in[1]);
}

/* What callbacks have got. */
struct run_calls {
    char text[200];
    size_t len, calls;
};

static void run_add_call(void *arg, enum shoal_stream stream, const void *data,
                         size_t len)
{
    struct run_calls *c = arg;
    c->calls++;
    if (c->len + len + 1 > sizeof c->text)
        return;
    c->text[c->len++] = stream == SHOAL_STDOUT ? '1' : '2';
    memcpy(c->text + c->len, data, len);
    c->len += len;
}

TEST(callbacks_get_both_streams_in_order)
{
    struct run_calls calls = {.len = 0};
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "echo a; echo b >&2; echo c; echo d");
    CHECK_EQ(shoal_run_set_output_callback(run, SHOAL_STDOUT, run_add_call, &calls), 0);
    CHECK_EQ(shoal_run_set_output_callback(run, SHOAL_STDERR, run_add_call, &calls), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    usleep(50000); // let all of it be there
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    CHECK_STR(calls.text, "1a\n2b\n1c\nd\n");
    CHECK_EQ(shoal_run_output_total(run, SHOAL_STDOUT), 6);
    shoal_run_free(run);
}

static void run_count_call(void *arg, enum shoal_stream stream, const void *data,
                           size_t len)
{
    (void)stream;
    (void)data;
    *(size_t *)arg += len;
}

TEST(a_slow_callback_holds_the_writer_back)
{
    size_t got = 0;
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "head -c 5000000 /dev/zero; echo done > /tmp/done");
    CHECK_EQ(shoal_run_set_output_callback(run, SHOAL_STDOUT, run_count_call, &got), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    usleep(50000);
    struct shoal_stat st;
    CHECK_EQ(shoal_file_stat(api_sandbox(t), "/tmp/done", &st), SHOAL_E_NOT_FOUND);
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    CHECK_EQ(got, 5000000);
    CHECK_EQ(shoal_file_stat(api_sandbox(t), "/tmp/done", &st), 0);
    shoal_run_free(run);
}

TEST(a_run_can_be_polled)
{
    size_t got = 0;
    struct shoal_run *run = api_run_new(api_sandbox(t), "sleep 0.02; echo x; sleep 0.02");
    CHECK_EQ(shoal_run_set_output_callback(run, SHOAL_STDOUT, run_count_call, &got), 0);
    CHECK_EQ(shoal_run_start(run), 0);
    struct pollfd p = {.fd = shoal_run_fd(run), .events = POLLIN};
    CHECK(p.fd >= 0);
    CHECK_EQ(shoal_run_fd(run), p.fd);
    int turns = 0;
    while (shoal_run_wait(run, 0) == SHOAL_E_TIMEOUT && turns < 100) {
        if (!CHECK_EQ(poll(&p, 1, 20000), 1))
            break;
        turns++;
    }
    CHECK_EQ(got, 2);
    CHECK(turns <= 3); // it was not readable all the time
    CHECK_EQ(shoal_run_end(run), SHOAL_END_NORMAL);
    shoal_run_free(run);
}

TEST(a_sandbox_has_one_run_at_a_time)
{
    struct shoal_run *one = api_run_new(api_sandbox(t), "sleep 0.05");
    struct shoal_run *other = api_run_new(api_sandbox(t), "echo other");
    CHECK_EQ(shoal_run_start(one), 0);
    CHECK_EQ(shoal_run_start(other), SHOAL_E_BUSY);
    CHECK_EQ(shoal_run_wait(one, -1), 0);
    api_run_finish(other);
    CHECK_STR(shoal_run_output(other, SHOAL_STDOUT, NULL), "other\n");
    shoal_run_free(one);
    shoal_run_free(other);
}

TEST(orphans_are_waited_for_or_killed)
{
    int64_t start = api_now_ms();
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "{ sleep 0.1; echo late; } & echo early");
    api_run_finish(run);
    CHECK(api_now_ms() - start >= 100);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "early\nlate\n");
    shoal_run_free(run);

    run = api_run_new(api_sandbox(t), "sleep 100 & sleep 100 & exit 4");
    CHECK_EQ(shoal_run_set_orphans(run, SHOAL_ORPHANS_KILL), 0);
    api_run_finish(run);
    CHECK(api_now_ms() - start < 15000);
    CHECK_EQ(shoal_run_status(run), 4);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_NORMAL);
    shoal_run_free(run);
}

TEST(objects_may_be_freed_in_any_order)
{
    struct shoal_runtime *runtime;
    struct shoal_sandbox *sandbox;
    CHECK_EQ(shoal_runtime_new(1, &runtime), 0);
    CHECK_EQ(shoal_sandbox_new(runtime, 0, 0, &sandbox), 0);
    shoal_runtime_free(runtime);
    struct shoal_run *run = api_run_new(sandbox, "echo x; sleep 100");
    CHECK_EQ(shoal_run_start(run), 0);
    shoal_sandbox_free(sandbox);
    CHECK_EQ(shoal_run_wait(run, -1), 0);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_CLOSED);
    CHECK_EQ(shoal_run_status(run), 137);
    shoal_run_free(run);
    shoal_run_free(NULL);
    shoal_sandbox_free(NULL);
    shoal_runtime_free(NULL);
}

TEST(a_run_that_goes_on_can_be_freed)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "yes | cat");
    CHECK_EQ(shoal_run_start(run), 0);
    usleep(5000);
    shoal_run_free(run);
    api_check(api_sandbox(t), "echo again", "again\n", 0);
}

/* here_test.c: shoal_run_here: the calling thread works on the run. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/api/api.h"

enum { HERE_RUNS = 200, HERE_THREADS = 4 };

TEST(a_run_of_the_calling_thread_gives_its_output_and_status)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), "echo out; exit 3");
    CHECK_EQ(shoal_run_here(run), 0);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "out\n");
    CHECK_EQ(shoal_run_status(run), 3);
    CHECK_EQ(shoal_run_here(run), SHOAL_E_STATE);
    shoal_run_free(run);
}

TEST(the_calling_thread_comes_and_goes_between_runs)
{
    for (int i = 0; i < HERE_RUNS; i++) {
        struct shoal_run *run = api_run_new(api_sandbox(t), "x=$(echo 1 | cat) & wait");
        if (i % 3 == 2)
            CHECK(api_run_finish(run)); // by threads, which stay
        else
            CHECK_EQ(shoal_run_here(run), 0);
        CHECK_EQ(shoal_run_status(run), 0);
        shoal_run_free(run);
    }
}

TEST(jobs_of_the_calling_thread_sleep_side_by_side)
{
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "sleep 0.3 & sleep 0.3 & sleep 0.3 & wait");
    int64_t start = api_now_ms();
    CHECK_EQ(shoal_run_here(run), 0);
    CHECK(api_now_ms() - start < 800);
    shoal_run_free(run);
}

static void here_count(void *arg, enum shoal_stream stream, const void *data, size_t len)
{
    (void)stream;
    (void)data;
    *(size_t *)arg += len;
}

TEST(callbacks_are_called_on_the_way)
{
    size_t count = 0;
    struct shoal_run *run =
        api_run_new(api_sandbox(t), "head -c 3000000 /dev/zero; echo end");
    CHECK_EQ(shoal_run_set_output_callback(run, SHOAL_STDOUT, here_count, &count), 0);
    CHECK_EQ(shoal_run_here(run), 0);
    CHECK_EQ(count, 3000004);
    shoal_run_free(run);
}

/* ---- Others beside it ------------------------------------------------------------- */

static void *here_main(void *arg)
{
    struct shoal_runtime *runtime = arg;
    struct shoal_sandbox *sandbox;
    if (shoal_sandbox_new(runtime, 0, 0, &sandbox))
        return "no sandbox";
    for (int i = 0; i < HERE_RUNS / HERE_THREADS; i++) {
        struct shoal_run *run = api_run_new(sandbox, "sleep 0.002 & x=$(echo y); wait");
        if (shoal_run_here(run) || shoal_run_status(run))
            return "a run failed";
        shoal_run_free(run);
    }
    shoal_sandbox_free(sandbox);
    return NULL;
}

TEST(many_threads_work_on_runs_of_their_own_at_once)
{
    pthread_t threads[HERE_THREADS];
    for (int i = 0; i < HERE_THREADS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, here_main, api_runtime(t)), 0);
    for (int i = 0; i < HERE_THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        CHECK(failed == NULL);
    }
}

static void here_start(void *arg, enum shoal_stream stream, const void *data, size_t len)
{
    (void)stream;
    (void)data;
    (void)len;
    CHECK_EQ(shoal_run_start(arg), 0);
}

TEST(a_run_that_goes_on_is_taken_over_when_the_calling_thread_leaves)
{
    struct shoal_sandbox *other;
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), 0, 0, &other), 0);
    struct shoal_run *mine = api_run_new(api_sandbox(t), "echo go; sleep 0.1");
    struct shoal_run *longer = api_run_new(other, "sleep 0.3; echo done");
    CHECK_EQ(shoal_run_set_output_callback(mine, SHOAL_STDOUT, here_start, longer), 0);
    CHECK_EQ(shoal_run_here(mine), 0);
    CHECK_EQ(shoal_run_wait(longer, 0), SHOAL_E_TIMEOUT);
    CHECK_EQ(shoal_run_wait(longer, 20000), 0);
    CHECK_STR(shoal_run_output(longer, SHOAL_STDOUT, NULL), "done\n");
    shoal_run_free(mine);
    shoal_run_free(longer);
    shoal_sandbox_free(other);
}

/* ---- Interruption ----------------------------------------------------------------- */

static struct shoal_run *volatile here_run;

static void here_interrupt(int sig)
{
    (void)sig;
    shoal_run_interrupt(here_run);
}

/* Runs text, and has a signal handler interrupt it after a tenth of a second. */
static void here_interrupted(struct test *t, const char *text)
{
    static char stack[65536];
    const stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = here_interrupt, .sa_flags = SA_ONSTACK}, old;
    const struct itimerval soon = {.it_value.tv_usec = 100000};
    sigaltstack(&ss, NULL);
    sigaction(SIGALRM, &action, &old);
    here_run = api_run_new(api_sandbox(t), text);
    int64_t start = api_now_ms();
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK_EQ(shoal_run_here(here_run), 0);
    CHECK(api_now_ms() - start < 5000);
    CHECK_EQ(shoal_run_end(here_run), SHOAL_END_CANCELLED);
    CHECK_EQ(shoal_run_status(here_run), 137);
    shoal_run_free(here_run);
    sigaction(SIGALRM, &old, NULL);
    const stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
}

TEST(a_signal_handler_may_interrupt_a_sleeping_run) { here_interrupted(t, "sleep 60"); }

TEST(a_signal_handler_may_interrupt_a_busy_run)
{
    here_interrupted(t, "while :; do :; done");
}

/* fixture.c: see api.h. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/api/api.h"

enum { API_TIMEOUT_MS = 20000 };

struct api_fixture {
    struct shoal_runtime *runtime;
    struct shoal_sandbox *sandbox;
};

void test_setup(struct test *t)
{
    struct api_fixture *f = calloc(1, sizeof *f);
    if (!CHECK(f != NULL))
        abort();
    t->fixture = f;
    if (!CHECK_EQ(shoal_runtime_new(2, &f->runtime), 0) ||
        !CHECK_EQ(shoal_sandbox_new(f->runtime, 0, 0, &f->sandbox), 0))
        abort();
}

void test_teardown(struct test *t)
{
    struct api_fixture *f = t->fixture;
    shoal_sandbox_free(f->sandbox);
    shoal_runtime_free(f->runtime);
    free(f);
}

struct shoal_runtime *api_runtime(struct test *t)
{
    return ((struct api_fixture *)t->fixture)->runtime;
}

struct shoal_sandbox *api_sandbox(struct test *t)
{
    return ((struct api_fixture *)t->fixture)->sandbox;
}

struct shoal_run *api_run_new(struct shoal_sandbox *sandbox, const char *text)
{
    struct shoal_run *run;
    if (!CHECK_EQ(shoal_run_new(sandbox, &run), 0))
        return NULL;
    CHECK_EQ(shoal_run_set_command(run, text, strlen(text)), 0);
    return run;
}

bool api_run_finish(struct shoal_run *run)
{
    return CHECK_EQ(shoal_run_start(run), 0) &&
           CHECK_EQ(shoal_run_wait(run, API_TIMEOUT_MS), 0);
}

struct shoal_run *api_run(struct test *t, const char *text)
{
    struct shoal_run *run = api_run_new(api_sandbox(t), text);
    if (run)
        api_run_finish(run);
    return run;
}

void api_check(struct shoal_sandbox *sandbox, const char *text, const char *output,
               int status)
{
    struct shoal_run *run = api_run_new(sandbox, text);
    if (!run)
        return;
    if (api_run_finish(run)) {
        CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), output);
        CHECK_EQ(shoal_run_status(run), status);
    }
    shoal_run_free(run);
}

int64_t api_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* api.h: what the tests of shoal.h share: a sandbox for each test, and short ways to run
 * a script in it. Must not know: anything of the library but shoal.h. */
#ifndef TESTS_API_API_H
#define TESTS_API_API_H

#include "shoal.h"
#include "tests/unit/test.h"

/* test_setup makes these. */
struct shoal_runtime *api_runtime(struct test *t);
struct shoal_sandbox *api_sandbox(struct test *t);

/* A run of `bash -c text` in sandbox, not started. NULL: a check has failed. */
struct shoal_run *api_run_new(struct shoal_sandbox *sandbox, const char *text);

/* Starts it and waits up to 20 seconds for its end. False: a check has failed. */
bool api_run_finish(struct shoal_run *run);

/* Both, in the test's sandbox. The caller frees the run. */
struct shoal_run *api_run(struct test *t, const char *text);

/* Runs text in sandbox, and checks its standard output and status. */
void api_check(struct shoal_sandbox *sandbox, const char *text, const char *output,
               int status);

/* Milliseconds of the host's clock. */
int64_t api_now_ms(void);

#endif

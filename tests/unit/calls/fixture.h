/* fixture.h: a runtime and a kernel for each kernel test, whose body runs as a process.
 *
 * Programs there: "body" (the test), "exit" (exits with the number argv[1]), "spin" (for
 * ever), "wait" (sleeps for ever). */
#ifndef TESTS_UNIT_CALLS_FIXTURE_H
#define TESTS_UNIT_CALLS_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "kernel/kernel.h"
#include "kernel/runtime.h"
#include "tests/unit/test.h"

struct fixture {
    struct runtime runtime;
    struct kernel kernel;
    struct test *test;
    test_fn *body;
    atomic_uint run_over; // futex: 1 when the last process is gone
};

/* For tests that run bodies of their own: a kernel made with config's clock, order and
 * seed on worker_count workers, a run of body as a process to the end of all processes,
 * and taking all down (leaks fail the test). */
struct fixture *fixture_new(void); // zeroed, to be given to free()
void fixture_open(struct fixture *f, struct test *t, unsigned worker_count,
                  const struct kernel_config *config);
void fixture_run(struct fixture *f, test_fn *body);
void fixture_close(struct fixture *f);

#endif

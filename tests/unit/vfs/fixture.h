/* fixture.h: a runtime and a kernel with files for each test, whose body runs as a
 * process in /home/user.
 *
 * Programs there: "body" (the test), "args" (writes its words, a line each, to descriptor
 * 1), "sh" (the same). A test whose name ends in _by_itself opens its own fixture. */
#ifndef TESTS_UNIT_VFS_FIXTURE_H
#define TESTS_UNIT_VFS_FIXTURE_H

#include <stdatomic.h>

#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "sys.h"
#include "tests/unit/test.h"

struct memfs;

struct fixture {
    struct runtime runtime;
    struct kernel kernel;
    struct test *test;
    test_fn *body;
    atomic_uint run_over; // futex: 1 when the last process is gone
};

void fixture_open(struct fixture *f, struct test *t, unsigned worker_count,
                  struct memfs *image);
void fixture_run(struct fixture *f, test_fn *body);
void fixture_close(struct fixture *f);

extern const struct program fixture_programs[];
extern const size_t fixture_program_count;

/* Shorthands for bodies. */
int write_text(const char *path, const char *text); // creates or truncates; 0 or an error
const char *read_text(const char *path, char *buf,
                      size_t cap); // the contents as a string, or "error N"

#endif

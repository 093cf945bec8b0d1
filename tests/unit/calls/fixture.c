/* fixture.c: see fixture.h. */
#include "tests/unit/calls/fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "kernel/host.h"
#include "kernel/process.h"
#include "kernel/worker.h"
#include "sys.h"

static struct fixture *fixture_of(struct kernel *k)
{
    return CONTAINER_OF(k, struct fixture, kernel);
}

/* ---- Programs --------------------------------------------------------------------- */

static int fixture_body(const void *entry, int argc, char **argv)
{
    (void)entry;
    (void)argc;
    (void)argv;
    struct fixture *f = fixture_of(process_self()->kernel);
    f->body(f->test);
    return 0;
}

static int fixture_exit(const void *entry, int argc, char **argv)
{
    (void)entry;
    int status = 0;
    if (argc > 1 && num_to_int(argv[1], &status))
        status = 99;
    return status;
}

static _Noreturn int fixture_spin(const void *entry, int argc, char **argv)
{
    (void)entry;
    (void)argc;
    (void)argv;
    for (;;)
        sys_tick();
}

static int fixture_wait(const void *entry, int argc, char **argv)
{
    (void)entry;
    (void)argc;
    (void)argv;
    while (sys_sleep(1e30) == -EINTR)
        continue;
    return 0;
}

static const struct program fixture_programs[] = {
    {"body", fixture_body, NULL, true},
    {"exit", fixture_exit, NULL, false},
    {"spin", fixture_spin, NULL, false},
    {"wait", fixture_wait, NULL, false},
};

/* ---- Hooks ------------------------------------------------------------------------ */

static int fixture_process_init(struct process *p, struct process *parent)
{
    (void)p;
    (void)parent;
    return 0;
}

static void fixture_process_fini(struct process *p) { (void)p; }

static int fixture_resolve(struct process *self, const char *path,
                           const struct program **program, char ***argv_prefix)
{
    *argv_prefix = NULL;
    *program = kernel_program(self->kernel, path);
    return *program ? 0 : -ENOENT;
}

static void fixture_run_ended(struct kernel *k)
{
    struct fixture *f = fixture_of(k);
    atomic_store(&f->run_over, 1);
    host_futex_wake(&f->run_over, 1);
}

static const struct kernel_hooks fixture_hooks = {
    .process_init = fixture_process_init,
    .process_fini = fixture_process_fini,
    .exec_resolve = fixture_resolve,
    .run_ended = fixture_run_ended,
};

/* ---- Opening and closing ---------------------------------------------------------- */

struct fixture *fixture_new(void)
{
    struct fixture *f = aligned_alloc(_Alignof(struct fixture), sizeof *f);
    if (!f)
        abort();
    return memset(f, 0, sizeof *f);
}

void fixture_open(struct fixture *f, struct test *t, unsigned worker_count,
                  const struct kernel_config *config)
{
    struct kernel_config own = *config;
    own.hooks = &fixture_hooks;
    own.programs = fixture_programs;
    own.program_count = COUNT_OF(fixture_programs);
    f->test = t;
    t->kernel = &f->kernel;
    t->fixture = f;
    if (runtime_init(&f->runtime, worker_count) ||
        kernel_init(&f->kernel, &f->runtime, &own))
        abort();
}

void fixture_run(struct fixture *f, test_fn *body)
{
    static char *const argv[] = {"body", NULL};
    f->body = body;
    atomic_store(&f->run_over, 0);
    int pid = kernel_start(&f->kernel, kernel_program(&f->kernel, "body"), argv, argv + 1,
                           NULL);
    CHECK(pid > 0);
    while (!atomic_load(&f->run_over))
        host_futex_wait(&f->run_over, 0, -1);
    int status, sig;
    CHECK(kernel_ended(&f->kernel, pid, &status, &sig));
    CHECK_EQ(f->kernel.process_count, 1); // pid 1
    CHECK_EQ(atomic_load(&f->kernel.limits.used[LIMIT_OPEN_FILES]), 0);
}

void fixture_close(struct fixture *f)
{
    kernel_fini(&f->kernel);
    CHECK_EQ(atomic_load(&f->kernel.account.used), 0);
    runtime_fini(&f->runtime);
    f->test->kernel = NULL;
}

/* ---- The hooks: each test as a process of a kernel of its own on three workers ---- */

void test_body(struct test *t, test_fn *body)
{
    static const char own_runs[] = "_by_itself";
    if (strstr(t->name, own_runs)) { // the test opens its own fixtures
        body(t);
        return;
    }
    struct fixture *f = fixture_new();
    fixture_open(f, t, 3, &(struct kernel_config){0});
    fixture_run(f, body);
    CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_NONE); // the body came to its end
    fixture_close(f);
    free(f);
}

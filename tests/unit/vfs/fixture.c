/* fixture.c: see fixture.h. */
#include "tests/unit/vfs/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/host.h"
#include "kernel/process.h"
#include "vfs/vfs.h"

static struct fixture *fixture_of(struct kernel *k)
{
    return CONTAINER_OF(k, struct fixture, kernel);
}

/* ---- Programs --------------------------------------------------------------------- */

static int fixture_body(const void *entry, int argc, char **argv)
{
    (void)entry, (void)argc, (void)argv;
    struct fixture *f = fixture_of(process_self()->kernel);
    f->body(f->test);
    return 0;
}

static int fixture_args(const void *entry, int argc, char **argv)
{
    (void)entry;
    for (int i = 0; i < argc; i++)
        if (sys_write(1, argv[i], strlen(argv[i])) < 0 || sys_write(1, "\n", 1) < 0)
            return 1;
    return 0;
}

const struct program fixture_programs[] = {
    {"args", fixture_args, NULL, false},
    {"body", fixture_body, NULL, true},
    {"sh", fixture_args, NULL, false},
};
const size_t fixture_program_count = COUNT_OF(fixture_programs);

static void fixture_run_ended(struct kernel *k)
{
    struct fixture *f = fixture_of(k);
    atomic_store(&f->run_over, 1);
    host_futex_wake(&f->run_over, 1);
}

static const struct kernel_hooks fixture_hooks = {
    .process_init = vfs_process_init,
    .process_fini = vfs_process_fini,
    .exec_resolve = vfs_exec_resolve,
    .run_ended = fixture_run_ended,
};

/* ---- Opening and closing ---------------------------------------------------------- */

void fixture_open(struct fixture *f, struct test *t, unsigned worker_count,
                  struct memfs *image)
{
    struct kernel_config config = {.hooks = &fixture_hooks,
                                   .programs = fixture_programs,
                                   .program_count = fixture_program_count};
    f->test = t;
    t->kernel = &f->kernel;
    t->fixture = f;
    if (runtime_init(&f->runtime, worker_count) ||
        kernel_init(&f->kernel, &f->runtime, &config) || vfs_init(&f->kernel, image))
        abort();
}

void fixture_run(struct fixture *f, test_fn *body)
{
    static char *const argv[] = {"body", "word", NULL};
    static char *const envp[] = {"NAME=value", NULL};
    f->body = body;
    atomic_store(&f->run_over, 0);
    int pid =
        kernel_start(&f->kernel, kernel_program(&f->kernel, "body"), argv, envp, NULL);
    CHECK(pid > 0);
    while (!atomic_load(&f->run_over))
        host_futex_wait(&f->run_over, 0, -1);
    int status, sig;
    CHECK(kernel_ended(&f->kernel, pid, &status, &sig));
    CHECK_EQ(sig, 0);
    CHECK_EQ(atomic_load(&f->kernel.limits.used[LIMIT_OPEN_FILES]), 0);
}

void fixture_close(struct fixture *f)
{
    vfs_fini(&f->kernel);
    kernel_fini(&f->kernel);
    CHECK_EQ(atomic_load(&f->kernel.account.used), 0);
    runtime_fini(&f->runtime);
    f->test->kernel = NULL;
}

void test_body(struct test *t, test_fn *body)
{
    if (strstr(t->name, "_by_itself")) {
        body(t);
        return;
    }
    struct fixture *f = calloc(1, sizeof *f);
    fixture_open(f, t, 3, NULL);
    fixture_run(f, body);
    fixture_close(f);
    free(f);
}

/* ---- Shorthands ------------------------------------------------------------------- */

int write_text(const char *path, const char *text)
{
    int fd = sys_open(path, SYS_WRONLY | SYS_CREAT | SYS_TRUNC, 0666);
    if (fd < 0)
        return fd;
    int64_t n = sys_write(fd, text, strlen(text));
    sys_close(fd);
    return n == (int64_t)strlen(text) ? 0 : (int)n;
}

const char *read_text(const char *path, char *buf, size_t cap)
{
    int fd = sys_open(path, SYS_RDONLY, 0);
    if (fd < 0) {
        fmt_to(buf, cap, "error %d", -fd);
        return buf;
    }
    size_t len = 0;
    int64_t n;
    while (len < cap - 1 && (n = sys_read(fd, buf + len, cap - 1 - len)) > 0)
        len += (size_t)n;
    buf[len] = '\0';
    sys_close(fd);
    return buf;
}

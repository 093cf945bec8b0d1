/* kernel_bench.c: what the kernel's own operations cost, without a shell, in nanoseconds,
 * best of several. A line for each, "NAME  VALUE ns": bench/run reads them. */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/host.h"
#include "kernel/kernel.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

enum { BENCH_ROUNDS = 5 };

static const struct sys_start next = {.place = SYS_RUN_NEXT};
static const struct sys_start offer = {.place = SYS_RUN_OFFER};

static void bench_spawn_wait(unsigned count)
{
    char *argv[] = {"exit", "0", NULL};
    struct sys_ended ended;
    for (unsigned i = 0; i < count; i++)
        if (sys_spawn("exit", argv, argv + 2, &next) < 0 || sys_wait(-1, 0, &ended) < 0)
            abort();
}

static int bench_return(void *arg)
{
    (void)arg;
    return 0;
}

static void bench_clone_wait(unsigned count)
{
    struct sys_ended ended;
    for (unsigned i = 0; i < count; i++)
        if (sys_clone(bench_return, NULL, &next) < 0 || sys_wait(-1, 0, &ended) < 0)
            abort();
}

static void bench_jobs(unsigned count)
{
    struct sys_ended ended;
    for (unsigned i = 0; i < count; i++)
        if (sys_clone(bench_return, NULL, &offer) < 0)
            abort();
    while (sys_wait(-1, 0, &ended) > 0)
        continue;
}

static int bench_echo(void *arg)
{
    int *fds = arg;
    char c;
    while (sys_read(fds[0], &c, 1) == 1)
        if (sys_write(fds[3], &c, 1) != 1)
            return 1;
    return 0;
}

static void bench_ping_pong(unsigned count)
{
    int fds[4];
    struct sys_ended ended;
    char c = 'x';
    if (sys_pipe(fds, 0) || sys_pipe(fds + 2, 0))
        abort();
    int pid = sys_clone(bench_echo, fds, &next);
    for (unsigned i = 0; i < count; i++)
        if (sys_write(fds[1], &c, 1) != 1 || sys_read(fds[2], &c, 1) != 1)
            abort();
    if (sys_kill(pid, SYS_SIGKILL) || sys_wait(pid, 0, &ended) < 0)
        abort();
    for (int i = 0; i < 4; i++)
        sys_close(fds[i]);
}

static void bench_alloc(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        sys_free(sys_alloc(24 + i % 512));
}

static void bench_share(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        sys_share_free(sys_share_alloc(24 + i % 512));
}

static void bench_tick(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        sys_tick();
}

static void bench_call(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (sys_close(-1) != -9)
            abort();
}

static const struct {
    const char *name;
    void (*run)(unsigned count);
    unsigned count;
} benches[] = {
    {"spawn + exit + wait of a program", bench_spawn_wait, 200000},
    {"clone + exit + wait", bench_clone_wait, 200000},
    {"background clone, all waited for", bench_jobs, 100000},
    {"byte to another process and back", bench_ping_pong, 200000},
    {"sys_alloc + sys_free", bench_alloc, 5000000},
    {"sys_share_alloc + sys_share_free", bench_share, 5000000},
    {"sys_tick", bench_tick, 50000000},
    {"a call", bench_call, 20000000},
};

static void bench_all(struct test *t)
{
    (void)t;
    for (size_t i = 0; i < COUNT_OF(benches); i++) {
        uint64_t best = UINT64_MAX;
        for (int round = 0; round < BENCH_ROUNDS; round++) {
            uint64_t start = host_clock_mono();
            benches[i].run(benches[i].count);
            uint64_t took = host_clock_mono() - start;
            best = took < best ? took : best;
        }
        printf("%-36s %10.1f ns\n", benches[i].name, (double)best / benches[i].count);
    }
}

TEST(kernel_bench_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 0, &(struct kernel_config){0});
    fixture_run(f, bench_all);
    fixture_close(f);
    free(f);
}

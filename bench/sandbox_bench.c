/* sandbox_bench.c: what sandboxes and runs cost an embedder, in nanoseconds, best of
 * several; and what memory an idle sandbox holds, in bytes. A line for each, "NAME  VALUE
 * UNIT": bench/run reads them. */
#include <shoal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BENCH_ROUNDS = 5, BENCH_COUNT = 2000, BENCH_PAGE = 1024 };

static struct shoal_runtime *bench_runtime;
static struct shoal_sandbox *bench_sandboxes[BENCH_COUNT];

static void bench_must(int err)
{
    if (!err)
        return;
    fprintf(stderr, "sandbox-bench: %s\n", shoal_strerror(err));
    exit(1);
}

static uint64_t bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Resident bytes of this program, page tables included. */
static uint64_t bench_resident(void)
{
    char line[256];
    unsigned long value, sum = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %lu", &value) == 1 ||
            sscanf(line, "VmPTE: %lu", &value) == 1)
            sum += value;
    if (file)
        fclose(file);
    return sum * BENCH_PAGE;
}

static void bench_new(void)
{
    for (int i = 0; i < BENCH_COUNT; i++)
        bench_must(shoal_sandbox_new(bench_runtime, 0, 0, &bench_sandboxes[i]));
}

static void bench_free(void)
{
    for (int i = 0; i < BENCH_COUNT; i++)
        shoal_sandbox_free(bench_sandboxes[i]);
}

static void bench_run(struct shoal_sandbox *sandbox)
{
    struct shoal_run *run;
    bench_must(shoal_run_new(sandbox, &run));
    bench_must(shoal_run_set_command(run, "x=1; echo $x", 12));
    bench_must(shoal_run_here(run));
    shoal_run_free(run);
}

static void bench_whole(void)
{
    for (int i = 0; i < BENCH_COUNT; i++) {
        bench_must(shoal_sandbox_new(bench_runtime, 0, 0, &bench_sandboxes[i]));
        bench_run(bench_sandboxes[i]);
        shoal_sandbox_free(bench_sandboxes[i]);
    }
}

static void bench_again(void)
{
    struct shoal_sandbox *sandbox;
    bench_must(shoal_sandbox_new(bench_runtime, 0, 0, &sandbox));
    for (int i = 0; i < BENCH_COUNT; i++)
        bench_run(sandbox);
    shoal_sandbox_free(sandbox);
}

static void bench_time(const char *name, void (*run)(void), void (*after)(void))
{
    uint64_t best = UINT64_MAX;
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        uint64_t start = bench_now();
        run();
        uint64_t took = bench_now() - start;
        best = took < best ? took : best;
        if (after)
            after();
    }
    printf("%-36s %10.1f ns\n", name, (double)best / BENCH_COUNT);
}

int main(void)
{
    bench_must(shoal_runtime_new(0, &bench_runtime));
    uint64_t before = bench_resident();
    bench_new();
    printf("%-36s %10.1f bytes\n", "an idle sandbox",
           (double)(bench_resident() - before) / BENCH_COUNT);
    bench_free();
    bench_time("new sandbox", bench_new, bench_free);
    bench_time("new sandbox, run, free", bench_whole, NULL);
    bench_time("run in a sandbox", bench_again, NULL);
    shoal_runtime_free(bench_runtime);
    return 0;
}

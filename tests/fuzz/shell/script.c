/* script.c: see script.h. */
#include "tests/fuzz/shell/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal.h"

static const char *const fuzz_limits[][2] = {
    {"memory", "64MiB"},   {"expansion", "1MiB"}, {"output", "1MiB"},
    {"commands", "20000"}, {"loops", "20000"},    {"processes-total", "300"},
    {"cpu", "1s"},         {"fs-bytes", "4MiB"},  {"fs-files", "2000"},
    {"depth", "500"},      {"processes", "100"},
};

static void fuzz_must(int err, const char *what)
{
    if (err < 0) {
        fprintf(stderr, "%s: %s\n", what, shoal_strerror(err));
        abort();
    }
}

static void fuzz_judge(const struct shoal_run *run)
{
    enum shoal_end end = shoal_run_end(run);
    const char *output = shoal_run_output(run, SHOAL_STDOUT, NULL);
    bool found = !strncmp(output, FUZZ_FOUND, strlen(FUZZ_FOUND));
    if ((end == SHOAL_END_NORMAL || end == SHOAL_END_LIMIT ||
         end == SHOAL_END_DEADLOCK) &&
        !found)
        return;
    fprintf(stderr, "ended with %d: %s\n%s%s\n", (int)end, shoal_run_report(run), output,
            shoal_run_output(run, SHOAL_STDERR, NULL));
    abort();
}

static struct shoal_runtime *runtime; // for all inputs: threads are not started anew

static void fuzz_end(void) { shoal_runtime_free(runtime); }

void fuzz_script(const char *script, const uint8_t *data, size_t size)
{
    struct shoal_sandbox *sandbox;
    struct shoal_run *run;
    if (!runtime) {
        fuzz_must(shoal_runtime_new(1, &runtime), "runtime");
        atexit(fuzz_end);
    }
    fuzz_must(shoal_sandbox_new(runtime, SHOAL_DETERMINISTIC, 0, &sandbox), "sandbox");
    for (size_t i = 0; i < sizeof fuzz_limits / sizeof *fuzz_limits; i++)
        fuzz_must(shoal_limit_set(sandbox, fuzz_limits[i][0], fuzz_limits[i][1]),
                  "limit");
    fuzz_must(shoal_file_write(sandbox, "/home/user/input", data, size, 0644), "input");
    fuzz_must(shoal_run_new(sandbox, &run), "run");
    fuzz_must(shoal_run_set_script(run, "fuzz", script, strlen(script)), "script");
    fuzz_must(shoal_run_set_orphans(run, SHOAL_ORPHANS_KILL), "orphans");
    fuzz_must(shoal_run_start(run), "start");
    fuzz_must(shoal_run_wait(run, -1), "wait");
    fuzz_judge(run);
    shoal_run_free(run);
    shoal_sandbox_free(sandbox);
}

/* sed.c: fuzzes sed: any bytes as program, over a few lines, in a sandbox. Input: a byte
 * of options, then the program. Looked for are the sanitizers' findings and a sandbox
 * that can't be used again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_RUNS = 200 }; // of one sandbox: what the programs write is gone after them

struct fuzz {
    struct shoal_runtime *runtime;
    struct shoal_sandbox *sandbox;
    unsigned runs;
};

static void fuzz_must(int err)
{
    if (!err)
        return;
    fprintf(stderr, "%s\n", shoal_strerror(err));
    abort();
}

static void fuzz_make_sandbox(struct fuzz *f)
{
    static const char lines[] =
        "one two\nthree\n\n  four\tfive six\nseven \xc3\xa9 \xff\n";
    if (!f->runtime)
        fuzz_must(shoal_runtime_new(1, &f->runtime));
    shoal_sandbox_free(f->sandbox);
    fuzz_must(shoal_sandbox_new(f->runtime, SHOAL_DETERMINISTIC, 0, &f->sandbox));
    fuzz_must(shoal_limit_set(f->sandbox, "cpu", "50ms"));
    fuzz_must(shoal_limit_set(f->sandbox, "memory", "64MiB"));
    fuzz_must(shoal_limit_set(f->sandbox, "output", "1MiB"));
    fuzz_must(shoal_file_write(f->sandbox, "/tmp/in", lines, sizeof lines - 1, 0644));
    f->runs = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {"-s", "-n", "-E", "-z", "--posix", "--debug"};
    static struct fuzz f;
    if (!size || size > 4096)
        return 0;
    if (!f.sandbox || f.runs++ >= FUZZ_RUNS)
        fuzz_make_sandbox(&f);
    fuzz_must(shoal_file_write(f.sandbox, "/tmp/program", data + 1, size - 1, 0644));
    struct shoal_run *run;
    fuzz_must(shoal_run_new(f.sandbox, &run));
    fuzz_must(shoal_run_set_program(run, "sed"));
    for (unsigned i = 0; i < sizeof options / sizeof *options; i++)
        if (data[0] >> i & 1)
            fuzz_must(shoal_run_add_arg(run, options[i]));
    fuzz_must(shoal_run_add_arg(run, "-f"));
    fuzz_must(shoal_run_add_arg(run, "/tmp/program"));
    fuzz_must(shoal_run_add_arg(run, "/tmp/in"));
    fuzz_must(shoal_run_start(run));
    fuzz_must(shoal_run_wait(run, -1));
    shoal_run_free(run);
    return 0;
}

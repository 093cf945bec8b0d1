// A script run inside a C program: cc embed.c $(pkg-config --cflags --libs shoal)
#include <shoal.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char script[] = "for f in *.txt; do wc -w < $f & done | sort -n; wait";
    struct shoal_runtime *runtime;
    struct shoal_sandbox *sandbox;
    struct shoal_run *run;

    int err = shoal_runtime_new(0, &runtime); // up to a thread for each core
    if (err || (err = shoal_sandbox_new(runtime, 0, 0, &sandbox))) {
        fprintf(stderr, "embed: %s\n", shoal_strerror(err));
        return 1;
    }
    shoal_file_write(sandbox, "/home/user/a.txt", "one two three\n", 14, 0644);
    shoal_file_write(sandbox, "/home/user/b.txt", "four\n", 5, 0644);
    shoal_limit_set(sandbox, "wall", "2s");
    shoal_run_new(sandbox, &run);
    shoal_run_set_command(run, script, strlen(script));
    err = shoal_run_start(run);
    if (!err && !shoal_run_wait(run, -1))
        puts(shoal_run_output(run, SHOAL_STDOUT, NULL));
    shoal_run_free(run);
    shoal_sandbox_free(sandbox);
    shoal_runtime_free(runtime);
    return err ? 1 : 0;
}

/* main.c: the shoal tool: an ordinary client of shoal.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/timeline.h"

int cli_fail(int err, const char *what)
{
    fprintf(stderr, "shoal: %s: %s\n", what, shoal_strerror(err));
    return CLI_WRONG;
}

int cli_read_all(int fd, struct cli_text *text)
{
    size_t cap = 0;
    *text = (struct cli_text){0};
    for (;;) {
        if (text->len == cap) {
            cap = cap ? cap * 2 : 65536;
            char *data = realloc(text->data, cap);
            if (!data)
                break;
            text->data = data;
        }
        ssize_t got = read(fd, text->data + text->len, cap - text->len);
        if (got == 0)
            return 0;
        if (got > 0)
            text->len += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    int err = errno;
    free(text->data);
    *text = (struct cli_text){0};
    errno = err;
    return -1;
}

/* ---- What is to be run ------------------------------------------------------------ */

static int main_host_error(const char *what, int status)
{
    fprintf(stderr, "shoal: %s: %s\n", what, strerror(errno));
    return status;
}

static int main_read_script(const char *name, struct cli_text *script)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return main_host_error(name, CLI_NO_FILE);
    int err = cli_read_all(fd, script);
    close(fd);
    return err ? main_host_error(name, CLI_NO_FILE - 1) : -1;
}

static bool main_is_file(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Reads the script's file; and standard input, if what comes must not depend on when it
 * comes. */
static int main_read(struct cli_job *job)
{
    const struct cli_options *o = job->options;
    const char *name = *o->operands;
    int status = -1;
    if (!o->command && name && strcmp(name, "-") != 0)
        status = main_read_script(name, &job->script);
    if (status >= 0)
        return status;
    if (fcntl(STDIN_FILENO, F_GETFD) < 0) {
        job->has_input = true; // it is closed: there is none
    } else if (o->explore ||
               (o->sandbox_flags & SHOAL_DETERMINISTIC && !main_is_file(STDIN_FILENO))) {
        job->has_input = true;
        if (cli_read_all(STDIN_FILENO, &job->input))
            return main_host_error("standard input", CLI_WRONG);
    }
    return -1;
}

/* ---- Sandbox and run -------------------------------------------------------------- */

static int main_set_up(struct shoal_sandbox *sandbox, const struct cli_options *o)
{
    int err = 0;
    for (const struct cli_pair *p = o->limits; p->name && !err; p++) {
        err = shoal_limit_set(sandbox, p->name, p->value);
        if (err) {
            fprintf(stderr, "shoal: invalid limit '%s=%s'\n", p->name, p->value);
            return CLI_WRONG;
        }
    }
    for (const struct cli_pair *p = o->env; p->name && !err; p++)
        err = shoal_env_set(sandbox, p->name, p->value);
    if (err)
        return cli_fail(err, "--env");
    for (const struct cli_pair *p = o->mounts; p->name && !err; p++) {
        err = shoal_mount_host(sandbox, p->name, p->value, SHOAL_READ_ONLY);
        if (err)
            return cli_fail(err, p->name);
    }
    return cli_net_set_up(sandbox, o);
}

int cli_sandbox_new(struct shoal_runtime *runtime, const struct cli_options *o,
                    uint64_t seed, struct shoal_sandbox **sandbox)
{
    int err = shoal_sandbox_new(runtime, o->sandbox_flags, seed, sandbox);
    if (err)
        return cli_fail(err, "cannot make a sandbox");
    int status = main_set_up(*sandbox, o);
    if (status >= 0)
        shoal_sandbox_free(*sandbox);
    return status;
}

static int main_describe(struct shoal_run *run, const struct cli_job *job)
{
    const struct cli_options *o = job->options;
    char **operand = o->operands;
    int err = 0;
    if (o->command)
        err = shoal_run_set_command(run, *operand, strlen(*operand));
    else if (job->script.data)
        err = shoal_run_set_script(run, *operand, job->script.data, job->script.len);
    operand += *operand != NULL;
    for (; *operand && !err; operand++)
        err = shoal_run_add_arg(run, *operand);
    if (!err)
        err = shoal_run_set_orphans(run, o->orphans);
    if (!err && job->has_input)
        return shoal_run_set_input(run, job->input.data, job->input.len);
    return err ? err : shoal_run_set_input_fd(run, STDIN_FILENO);
}

int cli_run_new(struct shoal_sandbox *sandbox, const struct cli_job *job,
                struct shoal_run **run)
{
    int err = shoal_run_new(sandbox, run);
    if (err)
        return cli_fail(err, "cannot make a run");
    err = main_describe(*run, job);
    if (!err)
        return -1;
    shoal_run_free(*run);
    return cli_fail(err, "cannot run the script");
}

/* ---- Running ---------------------------------------------------------------------- */

static int main_run_in(struct shoal_sandbox *sandbox, const struct cli_job *job)
{
    struct shoal_run *run;
    int status = cli_run_new(sandbox, job, &run);
    if (status >= 0)
        return status;
    int err = shoal_run_set_output_fd(run, SHOAL_STDOUT, STDOUT_FILENO);
    if (!err)
        err = shoal_run_set_output_fd(run, SHOAL_STDERR, STDERR_FILENO);
    int sig;
    if (!err)
        err = cli_wait(run, true, &sig);
    if (err) {
        shoal_run_free(run);
        return cli_fail(err, "cannot run the script");
    }
    status = sig ? 128 + sig : shoal_run_status(run);
#ifndef SHOAL_DEBUG
    if (!job->options->trace && !job->options->timeline)
        _exit(status); // faster; debug builds free all, so that leaks are found
#endif
    shoal_run_free(run);
    return status;
}

static int main_run(struct shoal_runtime *runtime, const struct cli_job *job)
{
    struct shoal_sandbox *sandbox;
    struct cli_trace *trace = NULL;
    struct timeline *timeline = NULL;
    const struct cli_options *o = job->options;
    int status = cli_sandbox_new(runtime, o, o->seed, &sandbox);
    if (status >= 0)
        return status;
    if (o->trace)
        status = cli_trace_start(sandbox, o->trace, &trace);
    else if (o->timeline)
        status = timeline_start(sandbox, o->timeline_file, &timeline);
    if (status < 0) {
        status = main_run_in(sandbox, job);
        int failed = timeline ? timeline_finish(timeline) : -1;
        status = failed >= 0 ? failed : status;
    }
    shoal_sandbox_free(sandbox);
    cli_trace_free(trace);
    timeline_free(timeline);
    return status;
}

/* Descriptors 0 to 2 are to be what they say: what the library opens must not be taken
 * for them. */
static void main_fill_descriptors(void)
{
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_WRONLY) < 0)
            exit(CLI_WRONG);
}

int main(int argc, char **argv)
{
    struct cli_options options;
    struct cli_job job = {.options = &options};
    struct shoal_runtime *runtime;
    main_fill_descriptors();
    cli_net_become(argc, argv);
    int status = cli_options_parse(&options, argc, argv);
    if (status >= 0)
        return fflush(stdout) ? CLI_WRONG : status;
    status = main_read(&job);
    if (status < 0) {
        cli_catch_signals();
        int err = shoal_runtime_new(options.workers, &runtime);
        if (err)
            return cli_fail(err, "cannot start");
        status = options.explore ? cli_explore(runtime, &job) : main_run(runtime, &job);
        shoal_runtime_free(runtime);
    }
    free(job.script.data);
    free(job.input.data);
    cli_options_free(&options);
    return status;
}

/* run.c: a run is described. See run.h; run_start.c starts it, run_wait.c waits for
 * it. */
#include "sandbox/run.h"

#include <errno.h>
#include <string.h>

#include "kernel/kernel.h"
#include "sandbox/error.h"
#include "sandbox/sandbox.h"
#include "sandbox/strings.h"

enum {
    RUN_CAPTURE_MAX = 16 << 20, // unless told otherwise, bytes
    RUN_COMMAND_MAX = 1 << 20
};

int shoal_run_new(struct shoal_sandbox *sandbox, struct shoal_run **run)
{
    struct kernel *k = &sandbox->kernel;
    struct shoal_run *r = kernel_alloc_zero(k, sizeof *r);
    if (!r)
        return SHOAL_E_NOMEM;
    struct buf *bufs[] = {&r->name, &r->text,  &r->args,  &r->env,
                          &r->cwd,  &r->input, &r->report};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        *bufs[i] = buf_make(&k->kernel_heap);
    for (unsigned i = 0; i < COUNT_OF(r->outputs); i++)
        r->outputs[i].max = RUN_CAPTURE_MAX;
    r->input_fd = -1;
    r->limit = -1;
    atomic_init(&r->event, -1);
    r->sandbox = sandbox_get(sandbox);
    *run = r;
    return 0;
}

static bool run_is_new(const struct shoal_run *run)
{
    return atomic_load(&run->state) == RUN_NEW;
}

/* Replaces what b has. */
static int run_set_buf(struct buf *b, const void *data, size_t len)
{
    buf_clear(b);
    buf_add(b, data, len);
    bool failed = b->failed;
    b->failed = false;
    return failed ? SHOAL_E_NOMEM : 0;
}

static int run_set_what(struct shoal_run *run, enum run_what what, const char *name,
                        const void *text, size_t len)
{
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    int err = run_set_buf(&run->name, name, strlen(name));
    if (!err)
        err = run_set_buf(&run->text, text, len);
    run->what = err ? run->what : what;
    return err;
}

int shoal_run_set_command(struct shoal_run *run, const char *text, size_t len)
{
    if (memchr(text, '\0', len))
        return SHOAL_E_INVALID;
    if (len > RUN_COMMAND_MAX)
        return SHOAL_E_TOO_BIG;
    return run_set_what(run, RUN_COMMAND, "", text, len);
}

int shoal_run_set_script(struct shoal_run *run, const char *name, const void *text,
                         size_t len)
{
    return run_set_what(run, RUN_SCRIPT, name, text, len);
}

int shoal_run_set_program(struct shoal_run *run, const char *name)
{
    return *name ? run_set_what(run, RUN_PROGRAM, name, "", 0) : SHOAL_E_INVALID;
}

int shoal_run_add_arg(struct shoal_run *run, const char *arg)
{
    return run_is_new(run) ? error_code(strings_add(&run->args, arg)) : SHOAL_E_STATE;
}

int shoal_run_set_env(struct shoal_run *run, const char *name, const char *value)
{
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    return error_code(strings_set_env(&run->env, name, value, true));
}

int shoal_run_set_cwd(struct shoal_run *run, const char *path)
{
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    return *path == '/' ? run_set_buf(&run->cwd, path, strlen(path)) : SHOAL_E_INVALID;
}

int shoal_run_set_limit(struct shoal_run *run, const char *name, const char *value)
{
    int id;
    uint64_t number;
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    int err = sandbox_parse_limit(name, value, &id, &number);
    if (err)
        return err;
    run->limits[id] = number;
    run->limits_set |= UINT32_C(1) << id;
    return 0;
}

int shoal_run_set_orphans(struct shoal_run *run, enum shoal_orphans orphans)
{
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    if (orphans != SHOAL_ORPHANS_WAIT && orphans != SHOAL_ORPHANS_KILL)
        return SHOAL_E_INVALID;
    run->orphans = orphans;
    return 0;
}

int shoal_run_set_input(struct shoal_run *run, const void *data, size_t len)
{
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    run->input_fd = -1;
    return run_set_buf(&run->input, data, len);
}

int shoal_run_set_input_fd(struct shoal_run *run, int fd)
{
    if (!run_is_new(run))
        return SHOAL_E_STATE;
    if (fd < 0)
        return SHOAL_E_INVALID;
    run->input_fd = fd;
    return 0;
}

/* The description of a stream, emptied; NULL with the code in *err. */
static struct run_output *run_output_of(struct shoal_run *run, enum shoal_stream stream,
                                        int *err)
{
    bool known = stream == SHOAL_STDOUT || stream == SHOAL_STDERR;
    *err = !known ? SHOAL_E_INVALID : run_is_new(run) ? 0 : SHOAL_E_STATE;
    if (*err)
        return NULL;
    struct run_output *output = &run->outputs[stream - SHOAL_STDOUT];
    *output = (struct run_output){.fd = -1};
    return output;
}

int shoal_run_set_output_capture(struct shoal_run *run, enum shoal_stream stream,
                                 size_t max_bytes)
{
    int err;
    struct run_output *output = run_output_of(run, stream, &err);
    if (output)
        output->max = max_bytes;
    return err;
}

int shoal_run_set_output_fd(struct shoal_run *run, enum shoal_stream stream, int fd)
{
    int err;
    if (fd < 0)
        return SHOAL_E_INVALID;
    struct run_output *output = run_output_of(run, stream, &err);
    if (output) {
        output->kind = RUN_FD;
        output->fd = fd;
    }
    return err;
}

int shoal_run_set_output_callback(struct shoal_run *run, enum shoal_stream stream,
                                  run_output_fn *callback, void *arg)
{
    int err;
    if (!callback)
        return SHOAL_E_INVALID;
    struct run_output *output = run_output_of(run, stream, &err);
    if (output) {
        output->kind = RUN_CALLBACK;
        output->callback = callback;
        output->arg = arg;
    }
    return err;
}

/* ---- Results ---------------------------------------------------------------------- */

static bool run_is_finished(const struct shoal_run *run)
{
    return atomic_load(&run->state) == RUN_FINISHED;
}

enum shoal_end shoal_run_end(const struct shoal_run *run)
{
    return run_is_finished(run) ? run->end : SHOAL_END_NONE;
}

int shoal_run_status(const struct shoal_run *run)
{
    return run_is_finished(run) ? run->status : -1;
}

int shoal_run_signal(const struct shoal_run *run)
{
    return run_is_finished(run) ? run->sig : -1;
}

const char *shoal_run_limit(const struct shoal_run *run)
{
    return run_is_finished(run) && run->limit >= 0
               ? limits_name((enum limit_id)run->limit)
               : NULL;
}

const char *shoal_run_report(const struct shoal_run *run)
{
    return run_is_finished(run) ? buf_str(&run->report) : "";
}

static const struct run_output *run_output_result(const struct shoal_run *run,
                                                  enum shoal_stream stream)
{
    bool known = stream == SHOAL_STDOUT || stream == SHOAL_STDERR;
    return known && run_is_finished(run) ? &run->outputs[stream - SHOAL_STDOUT] : NULL;
}

const char *shoal_run_output(const struct shoal_run *run, enum shoal_stream stream,
                             size_t *len)
{
    const struct run_output *output = run_output_result(run, stream);
    if (!output)
        return NULL;
    bool captured = output->kind == RUN_CAPTURE;
    if (len)
        *len = captured ? output->capture.data.len : 0;
    return captured ? buf_str(&output->capture.data) : "";
}

uint64_t shoal_run_output_total(const struct shoal_run *run, enum shoal_stream stream)
{
    const struct run_output *output = run_output_result(run, stream);
    return output ? output->total : 0;
}

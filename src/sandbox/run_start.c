/* run_start.c: a run is started: its files, words, limits, timers, main process. See
 * run.h. */
#include <errno.h>
#include <string.h>

#include "kernel/file.h"
#include "kernel/host.h"
#include "kernel/host_stream.h"
#include "kernel/kernel.h"
#include "kernel/runtime.h"
#include "sandbox/error.h"
#include "sandbox/run.h"
#include "sandbox/sandbox.h"
#include "sandbox/strings.h"
#include "user/msg.h"
#include "user/run.h"

/* ---- On the fiber of the main process --------------------------------------------- */

static int run_enter_cwd(const struct shoal_run *run)
{
    if (!run->cwd.len)
        return 0;
    int err = sys_chdir(run->cwd.data);
    if (!err)
        return 0;
    msg_set_prefix("shoal");
    return msg_errno(err, "%s", run->cwd.data);
}

static int run_main_program(char **argv)
{
    int err = run_exec(argv, sys_environ());
    msg_set_prefix("shoal");
    msg_errno(err, "%s", argv[0]);
    return run_fail_status(err);
}

int run_main(const void *entry, int argc, char **argv)
{
    const struct shoal_run *run = entry;
    if (run_enter_cwd(run))
        return 1;
    if (run->what == RUN_PROGRAM)
        return run_main_program(argv);
    const struct cmd *cmd = run->what == RUN_SCRIPT ? &run->start.cmd : &shell_bash_entry;
    return cmd_run(cmd, argc, argv);
}

/* ---- Words and files -------------------------------------------------------------- */

static char **run_argv(struct shoal_run *run)
{
    const char *head[3] = {"bash"};
    size_t count = 1;
    switch (run->what) {
    case RUN_STDIN:
        if (run->args.len)
            head[count++] = "-s";
        break;
    case RUN_COMMAND:
        head[count++] = "-c";
        head[count++] = buf_str(&run->text);
        break;
    case RUN_SCRIPT: head[count++] = buf_str(&run->name); break;
    case RUN_PROGRAM: head[0] = buf_str(&run->name); break;
    }
    return strings_point(&run->sandbox->kernel, head, count, &run->args);
}

/* The sandbox's environment with the run's changes, as strings in *list. */
static int run_environ(struct shoal_run *run, struct buf *list)
{
    struct shoal_sandbox *sb = run->sandbox;
    lock_acquire(&sb->lock);
    int err = strings_add_all(list, &sb->env);
    lock_release(&sb->lock);
    return err ? err : strings_change_env(list, &run->env);
}

static void run_queue_ready(void *run) { run_signal(run); }

static int run_open_output(struct shoal_run *run, unsigned stream, struct file **file)
{
    struct kernel *k = &run->sandbox->kernel;
    struct run_output *output = &run->outputs[stream - 1];
    switch (output->kind) {
    case RUN_CAPTURE:
        sink_capture_init(&output->capture, k, output->max);
        return sink_open_capture(k, &output->capture, stream, &output->total, file);
    case RUN_FD:
        return host_stream_new(k, output->fd, true,
                               stream == SHOAL_STDOUT ? "stdout" : "stderr", file);
    case RUN_CALLBACK: break;
    }
    return sink_open_queue(k, &run->queue, stream, &output->total, file);
}

static int run_open_files(struct shoal_run *run)
{
    struct kernel *k = &run->sandbox->kernel;
    sink_queue_init(&run->queue, k, run_queue_ready, run);
    int err;
    if (run->input_fd >= 0)
        err = host_stream_new(k, run->input_fd, false, "stdin", &run->files[0]);
    else
        err = sink_open_bytes(k, buf_span(&run->input), &run->files[0]);
    for (unsigned stream = SHOAL_STDOUT; !err && stream <= SHOAL_STDERR; stream++)
        err = run_open_output(run, stream, &run->files[stream]);
    if (err)
        run_put_files(run);
    return err;
}

void run_put_files(struct shoal_run *run)
{
    for (unsigned i = 0; i < COUNT_OF(run->files); i++)
        if (run->files[i]) {
            file_put(run->files[i]);
            run->files[i] = NULL;
        }
}

/* ---- Limits and timers ------------------------------------------------------------ */

void run_swap_limits(struct shoal_run *run)
{
    for (int id = 0; id < LIMITS; id++)
        if (run->limits_set >> id & 1) {
            uint64_t old = limits_value(&run->sandbox->kernel.limits, (enum limit_id)id);
            sandbox_set_limit(run->sandbox, id, run->limits[id]);
            run->limits[id] = old;
        }
}

/* The last touch of a timer that has fired: the run may go after it. */
static void run_timer_done(struct kernel *k) { atomic_fetch_sub(&k->sources, 1); }

static void run_wall_fired(struct timer *t)
{
    struct shoal_run *run = CONTAINER_OF(t, struct run_timer, timer)->run;
    struct kernel *k = &run->sandbox->kernel;
    kernel_end_limit(k, LIMIT_WALL);
    run_timer_done(k);
}

static void run_orphans_fired(struct timer *t)
{
    struct shoal_run *run = CONTAINER_OF(t, struct run_timer, timer)->run;
    struct kernel *k = &run->sandbox->kernel;
    kernel_end(k, KERNEL_END_CLOSE);
    run_timer_done(k);
}

static void run_arm(struct shoal_run *run, struct run_timer *t,
                    void (*fire)(struct timer *t), uint64_t after_ns)
{
    struct kernel *k = &run->sandbox->kernel;
    uint64_t deadline_ns;
    if (__builtin_add_overflow(host_clock_mono(), after_ns, &deadline_ns))
        return;
    *t = (struct run_timer){
        .timer = {.fire = fire, .late = true}, .run = run, .armed = true};
    atomic_fetch_add(&k->sources, 1);
    timers_add(&k->runtime->timers, &t->timer, deadline_ns);
}

void run_stop_timers(struct shoal_run *run)
{
    struct kernel *k = &run->sandbox->kernel;
    struct run_timer *timers[] = {&run->wall, &run->orphans_end};
    for (size_t i = 0; i < COUNT_OF(timers); i++)
        if (timers[i]->armed && timers_cancel(&k->runtime->timers, &timers[i]->timer))
            run_timer_done(k);
}

void run_end_orphans(struct shoal_run *run)
{
    run_arm(run, &run->orphans_end, run_orphans_fired, 0);
}

/* ---- Starting --------------------------------------------------------------------- */

static int run_launch(struct shoal_run *run, const struct buf *environ)
{
    struct kernel *k = &run->sandbox->kernel;
    run->start =
        (struct shell_start){.cmd = shell_bash_entry, .text = buf_span(&run->text)};
    run->start.cmd.main = shell_start_main;
    run->program =
        (struct program){.name = "bash", .start = run_main, .entry = run, .deep = true};
    char **argv = run_argv(run), **envp = strings_point(k, NULL, 0, environ);
    int pid =
        argv && envp ? kernel_start(k, &run->program, argv, envp, run->files) : -ENOMEM;
    kernel_free(k, argv);
    kernel_free(k, envp);
    if (pid < 0)
        return pid;
    run->pid = pid;
    return 0;
}

static int run_begin(struct shoal_run *run)
{
    struct kernel *k = &run->sandbox->kernel;
    struct buf environ = buf_make(&k->kernel_heap);
    int err = run_environ(run, &environ);
    if (!err)
        err = run_open_files(run);
    if (err) {
        buf_fini(&environ);
        return err;
    }
    run_swap_limits(run);
    run_arm(run, &run->wall, run_wall_fired, limits_value(&k->limits, LIMIT_WALL));
    err = run_launch(run, &environ);
    buf_fini(&environ);
    if (err) {
        run_stop_timers(run);
        run_put_files(run);
        kernel_rearm(k);
        run_swap_limits(run);
    }
    return err;
}

int shoal_run_start(struct shoal_run *run)
{
    struct shoal_sandbox *sb = run->sandbox;
    lock_acquire(&sb->lock);
    bool new = atomic_load(&run->state) == RUN_NEW, busy = sb->in_use,
         closed = sb->closed;
    if (new && !busy && !closed) {
        sb->in_use = true;
        atomic_store(&sb->active, run);
        atomic_store(&run->state, RUN_STARTED);
    }
    lock_release(&sb->lock);
    if (!new || closed)
        return SHOAL_E_STATE;
    if (busy)
        return SHOAL_E_BUSY;
    int err = run_begin(run);
    if (!err)
        return 0;
    lock_acquire(&sb->lock);
    sb->in_use = false;
    atomic_store(&sb->active, NULL);
    atomic_store(&run->state, RUN_NEW);
    lock_release(&sb->lock);
    return error_code(err);
}

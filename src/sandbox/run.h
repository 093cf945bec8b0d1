/* run.h: struct shoal_run: one script or program in a sandbox, from its description to
 * its results.
 *
 * States: NEW (setters), STARTED (processes live; the kernel's hooks and timers point
 * here), FINISHED (results). From STARTED to FINISHED it goes in run_finish, on the
 * thread that waits or frees, once the kernel's last word was heard; after that no worker
 * knows it. Lies in the sandbox's heap, with a count on the sandbox. */
#ifndef SANDBOX_RUN_H
#define SANDBOX_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "kernel/limits.h"
#include "kernel/process.h"
#include "kernel/timers.h"
#include "sandbox/sink.h"
#include "shell/start.h"
#include "shoal.h"

struct file;
struct kernel;
struct shoal_sandbox;
struct worker;

enum run_state { RUN_NEW, RUN_STARTED, RUN_FINISHED };
enum run_what { RUN_STDIN, RUN_COMMAND, RUN_SCRIPT, RUN_PROGRAM };
enum run_output_kind { RUN_CAPTURE, RUN_FD, RUN_CALLBACK };

typedef void run_output_fn(void *arg, enum shoal_stream stream, const void *data,
                           size_t len);

/* A stream of output, and what came of it. */
struct run_output {
    enum run_output_kind kind;
    size_t max;              // RUN_CAPTURE
    int fd;                  // RUN_FD
    run_output_fn *callback; // RUN_CALLBACK
    void *arg;
    struct sink_capture capture;
    uint64_t total; // guarded by the lock of its sink; RUN_FD: unknown
};

/* What its timers do. */
struct run_timer {
    struct timer timer;
    struct shoal_run *run;
    bool armed; // the kernel's count of sources includes it
};

struct shoal_run {
    struct shoal_sandbox *sandbox; // a count; const
    atomic_uint state;             // enum run_state

    // what is to be done: const once started
    enum run_what what;
    struct buf name, text; // of a script, or the program's name
    struct buf args, env;  // strings
    struct buf cwd;
    struct buf input;
    int input_fd; // -1: the bytes in input
    enum shoal_orphans orphans;
    struct run_output outputs[2]; // of SHOAL_STDOUT, SHOAL_STDERR
    uint32_t limits_set;          // bits of what is in limits
    uint64_t limits[LIMITS];      // for this run; then: the sandbox's, to be put back

    // while it is done
    struct shell_start start;
    struct program program;
    struct file *files[3]; // counts
    int pid;
    struct run_timer wall, orphans_end;
    struct sink_queue queue;
    atomic_uint why;         // enum kernel_end, as it was when the last process had gone
    atomic_bool ended;       // the kernel's last word
    atomic_uint word;        // changes when there is something to do for shoal_run_wait
    atomic_bool waited_for;  // a thread is in shoal_run_wait or shoal_run_here
    atomic_bool interrupted; // the waiting thread is to cancel it
    struct worker *_Atomic guest; // what the thread in shoal_run_here serves, or NULL
    atomic_int event;             // host_event of shoal_run_fd; -1: none yet
    bool killed_orphans;          // guarded by the kernel's family lock

    // what came of it: const once finished
    enum shoal_end end;
    int status, sig;
    int limit; // -1: none
    struct buf report;
};

/* There is something to do for shoal_run_wait. Any thread, any locks. */
void run_signal(struct shoal_run *run);

/* Has the processes that are left killed, soon: may be called under the family lock. */
void run_end_orphans(struct shoal_run *run);

/* The program of a run: its first code, on the fiber of its main process. entry: the
 * run. */
int run_main(const void *entry, int argc, char **argv);

/* Whether the limits are put in place for the run; false puts back the sandbox's. */
void run_swap_limits(struct shoal_run *run);

/* Takes the timers back: nothing of them runs or will run once the kernel is quiet. */
void run_stop_timers(struct shoal_run *run);
void run_put_files(struct shoal_run *run);

#endif

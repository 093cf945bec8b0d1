/* wait.c: waiting for a run and for the user's patience to end. */
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

enum { WAIT_STACK = 32768 }; // bytes

static const int wait_signals[] = {SIGINT, SIGTERM, SIGHUP};

static struct {
    struct shoal_run *volatile run; // what a signal ends
    volatile sig_atomic_t signal;   // the first that came
    void *stack;                    // of the handler, to the end of the tool
} wait_state;

/* The second signal ends the tool at once. */
static void wait_take_signal(int sig)
{
    if (wait_state.signal)
        _exit(128 + sig);
    wait_state.signal = sig;
    if (wait_state.run)
        shoal_run_interrupt(wait_state.run);
}

/* The thread may be on one of the library's small stacks when a signal comes. */
static void wait_make_stack(void)
{
    wait_state.stack = malloc(WAIT_STACK);
    const stack_t ss = {.ss_sp = wait_state.stack, .ss_size = WAIT_STACK};
    if (ss.ss_sp)
        sigaltstack(&ss, NULL);
}

void cli_catch_signals(void)
{
    struct sigaction action = {.sa_handler = wait_take_signal,
                               .sa_flags = SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    wait_make_stack();
    for (size_t i = 0; i < sizeof wait_signals / sizeof *wait_signals; i++) {
        struct sigaction old;
        // ignored ones stay so, as in a job that nohup or a shell has put aside
        if (sigaction(wait_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(wait_signals[i], &action, NULL);
    }
}

int cli_wait(struct shoal_run *run, bool start, int *sig)
{
    wait_state.run = run;
    if (wait_state.signal)
        shoal_run_interrupt(run);
    int err = start ? shoal_run_here(run) : shoal_run_wait(run, -1);
    wait_state.run = NULL;
    *sig = wait_state.signal;
    return err;
}

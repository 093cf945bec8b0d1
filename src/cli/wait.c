/* wait.c: waiting for a run and for the user's patience to end. */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli.h"

static const int wait_signals[] = {SIGINT, SIGTERM, SIGHUP};

/* Those of the signals that are not ignored, as they are in a job that nohup or a shell
 * has put aside. */
static void wait_set(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof wait_signals / sizeof *wait_signals; i++) {
        struct sigaction action;
        if (sigaction(wait_signals[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            sigaddset(set, wait_signals[i]);
    }
}

void cli_catch_signals(void)
{
    sigset_t set;
    wait_set(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Takes a signal; the second one ends the tool at once. */
static int wait_take_signal(int fd, struct shoal_run *run, int before)
{
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) != (ssize_t)sizeof info)
        return before;
    if (before)
        _exit(128 + (int)info.ssi_signo);
    shoal_run_cancel(run);
    return (int)info.ssi_signo;
}

int cli_wait(struct shoal_run *run)
{
    sigset_t set;
    wait_set(&set);
    struct pollfd fds[2] = {
        {.fd = shoal_run_fd(run), .events = POLLIN},
        {.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN},
    };
    int sig = 0;
    while (shoal_run_wait(run, 0) == SHOAL_E_TIMEOUT) {
        poll(fds, 2, -1);
        if (fds[1].revents & POLLIN)
            sig = wait_take_signal(fds[1].fd, run, sig);
    }
    if (fds[1].fd >= 0)
        close(fds[1].fd);
    return sig;
}

/* cli.h: what the files of the tool share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shoal.h"

struct cli_options;

enum { CLI_WRONG = 2, CLI_NO_FILE = 127 };

/* Bytes read as a whole. */
struct cli_text {
    char *data;
    size_t len;
};

/* Reads all of fd. 0, or -1 with errno. data is freed by the caller. */
int cli_read_all(int fd, struct cli_text *text);

/* What is to be run: the script (data NULL: on standard input), and standard input. */
struct cli_job {
    const struct cli_options *options;
    struct cli_text script;
    struct cli_text input;
    bool has_input; // input has it; else descriptor 0 is handed on
};

/* Reports err (a SHOAL_E_ code) about what, with status CLI_WRONG. */
int cli_fail(int err, const char *what);

/* A sandbox as the options say, or a reported failure: the exit status, or -1. */
int cli_sandbox_new(struct shoal_runtime *runtime, const struct cli_options *o,
                    uint64_t seed, struct shoal_sandbox **sandbox);

/* Makes what the options about the network ask for. The exit status, or -1. (network.c;
 * and network_exec.c for the statically linked tool, which can't load libraries.) */
int cli_net_set_up(struct shoal_sandbox *sandbox, const struct cli_options *o);

/* Goes on as a program that can do that, if argv asks for it; does not return then. */
void cli_net_become(int argc, char **argv);

/* A run of the job with no output set. The same. */
int cli_run_new(struct shoal_sandbox *sandbox, const struct cli_job *job,
                struct shoal_run **run);

/* Signals that end the tool (Ctrl-C and the like) from now on end the run that is waited
 * for. */
void cli_catch_signals(void);

/* Waits for the end of a run, which it starts if that is not done. *sig is 0, or the
 * signal that came meanwhile (the run is cancelled then). Gives 0 or a SHOAL_E_ code. */
int cli_wait(struct shoal_run *run, bool start, int *sig);

/* --explore: runs the job under many seeds, prints what differs. The exit status. */
int cli_explore(struct shoal_runtime *runtime, const struct cli_job *job);

/* --trace: has what happens in the sandbox written to standard error. The exit status, or
 * -1. */
struct cli_trace;
int cli_trace_start(struct shoal_sandbox *sandbox, unsigned kinds,
                    struct cli_trace **trace);
void cli_trace_free(struct cli_trace *trace);

#endif

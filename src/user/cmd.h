/* cmd.h: what a command is, and how it starts and ends.
 *
 * A command is one file of src/cmd/ with an entry of this type; the build collects the
 * entries into the table from which the kernel's programs, --help, the manual and
 * completion are made.
 * Must not know: any particular command. */
#ifndef USER_CMD_H
#define USER_CMD_H

#include <stdbool.h>

struct opt;

struct cmd {
    const char *name;
    const char *usage; // the operands, after "Usage: NAME [OPTION]..."
    const char *help;  // the text of --help below the usage line
    int (*main)(int argc, char **argv);
    const struct opt *opts; // its options, ended by {0}; NULL: it has none (user/opts.h)
    unsigned opts_flags;    // OPTS_STOP, OPTS_DIGITS ...
    int fail_status;   // exit status of a write error or a bad option; 0 stands for 1
    bool deep;         // needs a deep stack: it recurses on input
    bool no_help;      // --help is an ordinary operand (echo, test, printf, true...)
    bool try_usage;    // grep: the usage line goes before "Try 'grep --help' ..."
    bool try_prefixed; // diffutils: "cmp: Try 'cmp --help' ..."
};

/* Runs an entry as the program of this process: sets up messages and standard output,
 * calls main (whose opts_next answers --help and --version), writes out what is buffered.
 * Gives the exit status. The kernel calls it with a struct cmd. */
int cmd_run(const void *entry, int argc, char **argv);

/* Ends the process from any depth as a return from main would. */
_Noreturn void cmd_exit(int status);

/* This process is a shell: errors of writing are its own to report; cmd_self() is NULL
 * from now on. */
void cmd_be_shell(void);

/* The entry of the command that runs in this process; NULL in a shell. */
const struct cmd *cmd_self(void);

#endif

/* args.h: the command line of bash and sh. */
#ifndef SHELL_ARGS_H
#define SHELL_ARGS_H

#include <stdbool.h>

struct shell;

/* What the command line says. */
struct shell_args {
    struct shell *sh; // its options are set
    int argc, next;   // argv[next] is the first operand
    char **argv;
    bool command, from_stdin; // -c, -s
    bool login, no_profile;   // -l or a name that begins with "-"; --noprofile
    bool restricted;          // -r, rbash
    bool finished;            // nothing is to be run: --help, a bad option
    int status;               // where finished
};

/* Reads the options. Errors are reported. */
void shell_args_read(struct shell_args *a);

#endif

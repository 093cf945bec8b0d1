/* start.h: the shell as a program, and how the embedder hands it a script that is no
 * file.
 * Must not know: where the text comes from. */
#ifndef SHELL_START_H
#define SHELL_START_H

#include "base/str.h"
#include "user/cmd.h"

extern const struct cmd shell_bash_entry, shell_sh_entry;

/* The entry of a shell that runs text as if a file called argv[1] held it: cmd.main is
 * shell_start_main, and cmd is what cmd_run gets. It and the text stay until every
 * process that came of it has ended. */
struct shell_start {
    struct cmd cmd; // first
    struct span text;
};

/* The main of such an entry. argv: "bash", the name of the script, its arguments. */
int shell_start_main(int argc, char **argv);

#endif

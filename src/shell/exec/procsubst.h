/* procsubst.h: <( ) and >( ): processes whose pipe ends have names in /dev/fd.
 *
 * The shell's ends of the pipes are on a list in scratch memory, and closed when the
 * command is over. */
#ifndef SHELL_EXEC_PROCSUBST_H
#define SHELL_EXEC_PROCSUBST_H

struct procsub;
struct shell;

/* Closes those opened since the list began with `until`. */
void procsub_close(struct shell *sh, struct procsub *until);

#endif

/* exec.h: which program an executable file runs: struct kernel_hooks.exec_resolve. */
#ifndef VFS_EXEC_H
#define VFS_EXEC_H

#include "base/base.h"

struct process;
struct program;

/* Finds the program of the file at path as self sees it, through up to 5 levels of `#!`.
 * *argv_prefix: blocks of self's heap, the words to put in place of argv[0]; NULL: argv
 * stays. May block. Errors as sys_exec. */
int vfs_exec_resolve(struct process *self, const char *path,
                     const struct program **program, char ***argv_prefix);

#endif

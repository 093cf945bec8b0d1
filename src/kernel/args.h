/* args.h: the words and the environment a program was started with, counted.
 *
 * One block of the sandbox's heap; a clone shares its parent's. argv and environ of the
 * running program are arrays in its own heap that point into the block.
 * Invariant: immutable once shared, but for bytes that the one program using it edits. */
#ifndef KERNEL_ARGS_H
#define KERNEL_ARGS_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/base.h"

struct kernel;

enum { ARGS_MAX = 2 << 20 }; // bytes; more is -E2BIG, as on Linux

struct args {
    atomic_uint refs;
    unsigned argc, envc;
    size_t argv_bytes, bytes; // of argv's strings with their NULs; of both
    char text[];              // argv's strings, then the environment's
};

/* Copies: prefix (or NULL) in place of argv[0], then the rest of argv; envp may be NULL.
 * Errors: -E2BIG, -ENOMEM. */
MUST_CHECK int args_new(struct kernel *k, char *const prefix[], char *const argv[],
                        char *const envp[], struct args **args);
struct args *args_get(struct args *a);
void args_put(struct kernel *k, struct args *a); // a may be NULL

/* Fills count pointers and a NULL into array with the strings from text on; gives where
 * they end. */
char *args_point(char *text, unsigned count, char **array);

#endif

/* params.h: the positional parameters.
 *
 * argv[0..count) are $1 .. A function call borrows its arguments from the caller's
 * scratch memory (params_push); `set` owns a copy. $0 is sh->name.
 * Must not know: variables. */
#ifndef SHELL_VARS_PARAMS_H
#define SHELL_VARS_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct shell;

struct params {
    char **argv;          // $1 is argv[0]
    int count;            // $#
    void *block;          // what holds argv if it is owned; NULL: borrowed
    bool set;             // by params_set, since the last call of a function or source
    struct params *saved; // where params_push put those of the caller; NULL: none
};

struct params *params_of(struct shell *sh); // the current ones

/* A function's call: saves the current ones in *saved and installs argc borrowed
 * arguments; pop puts them back. keep instead drops what was saved: those that were set
 * stay. */
void params_push(struct shell *sh, struct params *saved, int argc, char **argv);
void params_pop(struct shell *sh, const struct params *saved);
void params_keep(struct shell *sh, const struct params *saved);

void params_set(struct shell *sh, int argc, char *const *argv); // set -- ...: copies
int params_shift(struct shell *sh,
                 int count); // 0; 1 if there are not so many (nothing done)

#endif

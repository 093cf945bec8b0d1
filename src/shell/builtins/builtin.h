/* builtin.h: what a builtin is.
 *
 * A builtin runs inside the shell's process with argv as an external command would get
 * it. It writes to standard output through user/out.h, which exec flushes after it,
 * and reports errors through shell_builtin_error(). It never touches argv's strings
 * after it returned.
 * To add one: write builtins/NAME.c with `int builtin_NAME(struct shell *, int, char
 * **)`, and a row in builtins/table.def. */
#ifndef SHELL_BUILTINS_BUILTIN_H
#define SHELL_BUILTINS_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct shell;
struct opts;

enum {
    BUILTIN_SPECIAL = 1, // a special builtin of POSIX
    // its arguments that look like assignments are expanded as such
    BUILTIN_DECLARES = 2,
    // --help is an ordinary argument (true, false, :, echo, test, [, ...)
    BUILTIN_NO_HELP = 4,
    BUILTIN_TEXT = 8, // runs the text of a script: eval and source
};

/* A special builtin that is called wrongly, or whose variable is readonly, ends a shell
 * in posix mode, unless `command` runs it: it gives one of these, of which the low bits
 * are the status. */
enum { BUILTIN_FAILED = 0x101, BUILTIN_MISUSED = 0x102, BUILTIN_STATUS = 0xff };

struct builtin {
    const char *name;
    int (*run)(struct shell *sh, int argc, char **argv); // gives the status
    unsigned flags;
    // "cd [-L|[-P [-e]] [-@]] [dir]", as `help -s` and usage errors print
    const char *usage;
};

/* By name; NULL: none, or it was switched off with `enable -n`. */
const struct builtin *builtin_find(struct shell *sh, struct span name);

/* By name, switched off or not. */
const struct builtin *builtin_find_any(struct span name);

/* The same by the number of the interned name: a few instructions. */
const struct builtin *builtin_of_name(const struct shell *sh, unsigned id);

/* Interns the builtins' names; every shell calls it right after names_start. */
void builtin_start(void);

bool builtin_is_on(const struct shell *sh, const struct builtin *b); // enable
void builtin_switch(struct shell *sh, const struct builtin *b, bool on);

/* All of them, sorted by name, for enable, help, compgen. */
const struct builtin *builtin_table(size_t *count);

/* Options the way bash's builtins read them. Walks argv from 1; letters as for getopt
 * ("ab:c"), a leading '+' lets "+x" options through as well (o.plus tells). A bad
 * option was reported with the usage line and gives '?': return 2 then. "--" ends;
 * --help prints the help and gives 'H': return 2 (as bash does). */
struct builtin_opts {
    struct shell *sh;
    int argc;
    char **argv;
    int next; // the first operand, after the end
    const char *letters;
    const char *cluster; // private
    const char *arg;     // of the option just given
    bool plus;           // it was "+x"
};
struct builtin_opts builtin_opts_begin(struct shell *sh, int argc, char **argv,
                                       const char *letters);
int builtin_opts_next(struct builtin_opts *o); // -1: end

/* The argument of the option just given if it has one: the rest of its word, or the next
 * word if that is no option. NULL: none. */
const char *builtin_opts_optional(struct builtin_opts *o);

/* "TEXT: invalid number", which bash tells apart by how the text begins. Gives 1. */
int builtin_bad_number(struct shell *sh, const char *text);

/* For builtins without options: skips "--", refuses others, answers --help. Gives the
 * index of the first operand; -1: return 2. */
int builtin_no_options(struct shell *sh, int argc, char **argv);

/* Prints what `help NAME` prints (builtins/help.c). */
void builtin_show_help(struct shell *sh, const struct builtin *b);

/* "NAME: usage: ..."; BUILTIN_MISUSED. */
int builtin_usage(struct shell *sh);

/* "cd: x: invalid option" and the usage line; BUILTIN_MISUSED. */
int builtin_bad_option(struct shell *sh, const char *option);
int builtin_needs_arg(struct shell *sh,
                      const char *option); // "-x: option requires an argument"

#define BUILTIN(id, name, flags, usage) \
    int builtin_##id(struct shell *sh, int argc, char **argv);
#include "shell/builtins/table.def"
#undef BUILTIN

#endif

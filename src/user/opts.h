/* opts.h: options of the command line as GNU's getopt_long reads them, with its messages.
 *
 * Long options may be abbreviated; options may follow operands (not with OPTS_STOP, nor
 * where POSIXLY_CORRECT is in the environment); "--" ends them. --help and --version are
 * answered here: the process then ends.
 *
 *     static const struct opt head_opts[] = {
 *         {"lines", 'n', OPT_ARG}, {"zero-terminated", 'z', OPT_PLAIN}, {NULL, 'x',
 *         OPT_PLAIN},
 *         {"presume-input-pipe", HEAD_PRESUME, OPT_PLAIN}, {0},      // HEAD_PRESUME >=
 *         256
 *     };
 *     struct opts o = opts_begin(&cmd_head_entry, argc, argv);
 *     for (int c; (c = opts_next(&o)) != OPTS_END;)
 *         switch (c) {
 *         case 'n': ... o.arg ...
 *         case OPTS_ERROR: return 1;
 *         }
 *     ... o.operands, o.count ... */
#ifndef USER_OPTS_H
#define USER_OPTS_H

#include <stdbool.h>
#include <stddef.h>

struct cmd;

enum opt_arg {
    OPT_PLAIN,
    OPT_ARG,
    OPT_MAYBE
}; // no argument, one, perhaps one (=x or -ox)

/* One option. id is also its letter if it is below 256; name NULL: it has only the
 * letter. */
struct opt {
    const char *name;
    int id;
    enum opt_arg arg;
};

enum { OPTS_END = -1, OPTS_ERROR = -2, OPTS_NUMBER = -3 };

enum {
    OPTS_STOP = 1, // the first operand ends the options (env, nice, xargs, timeout)
    // "-5..." is OPTS_NUMBER with arg at the digit and the rest of the word
    OPTS_DIGITS = 2,
    OPTS_INORDER = 4, // operands are reported in their place as OPTS_OPERAND with arg
    OPTS_PLUS = 8,    // "+..." is no operand: it is OPTS_NUMBER with arg at the plus
};
enum { OPTS_OPERAND = -4 };

struct opts {
    char **operands;       // ended by NULL; complete after OPTS_END
    int count;             // of operands
    const char *arg;       // of the option that opts_next gave; NULL: none
    const char *long_name; // if it was given by its long name, that; else NULL

    // private
    const char *program; // in messages: argv[0]
    const struct opt *table;
    unsigned flags;
    bool help, ended, copied;
    char **argv;
    int argc, next;
    const char *cluster; // the rest of "-abc"
};

/* The options of a command by its entry, or of anything by a table (NULL: none). argv[0]
 * is not looked at but for messages. */
struct opts opts_begin(const struct cmd *entry, int argc, char **argv);
struct opts opts_make(const struct opt *table, unsigned flags, int argc, char **argv);

/* For commands with no_help: answers --help and --version where they are the only
 * argument. */
void opts_answer_help(const struct cmd *entry, int argc, char **argv);

/* The id of the next option, or OPTS_END, or OPTS_ERROR after a message (with "Try
 * ..."). */
int opts_next(struct opts *o);

/* The index of the word in list (ended by NULL) that text names or abbreviates, for
 * arguments such as --color=al. Words with equal value (the optional array of ints) are
 * not ambiguous. -1 none, -2 ambiguous. */
int opts_match(const char *text, const char *const *list, const int *values);

/* The same for --NAME=TEXT; what does not match is reported as GNU does, with the list of
 * valid arguments, and gives -1. what: "--color". */
int opts_match_arg(const char *what, const char *text, const char *const *list,
                   const int *values);

#endif

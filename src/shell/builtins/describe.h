/* describe.h: what a name means, as text: shared by type, command -v, alias, declare. */
#ifndef SHELL_BUILTINS_DESCRIBE_H
#define SHELL_BUILTINS_DESCRIBE_H

#include <stdbool.h>

struct shell;

/* "alias NAME='VALUE'" on standard output. dashes: "--" before a name that begins with
 * "-". */
void describe_alias(struct shell *sh, const char *name, bool dashes);

/* A function as declare -f prints it. */
void describe_function(struct shell *sh, unsigned id);

/* How the meaning of a name is to be told. */
enum describe_style {
    DESCRIBE_LONG,  // type, command -V: "ls is /bin/ls"
    DESCRIBE_WORD,  // type -t
    DESCRIBE_SHORT, // command -v
    DESCRIBE_PATH,  // type -p, -P: files only
};
enum {
    DESCRIBE_ALL = 1,          // type -a
    DESCRIBE_NO_FUNCTIONS = 2, // type -f
    DESCRIBE_FORCE_PATH = 4,   // type -P
    DESCRIBE_DEFAULT_PATH = 8, // command -p
};

/* Writes what name means. false: nothing. */
bool describe_name(struct shell *sh, const char *name, enum describe_style style,
                   unsigned flags);

#endif

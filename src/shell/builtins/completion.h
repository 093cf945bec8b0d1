/* completion.h: what complete and compgen share: specifications and the words they give.
 *
 * A shell keeps its specifications in its own process's memory: subshells begin without
 * them. */
#ifndef SHELL_BUILTINS_COMPLETION_H
#define SHELL_BUILTINS_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct builtin_opts;
struct shell;

/* -A NAME, in the order in which the words of actions come. */
enum completion_action {
#define ACTION(id, name, letter) ACTION_##id,
#include "shell/builtins/completion.def"
#undef ACTION
    ACTIONS
};

/* -o NAME. */
enum completion_option {
#define OPTION(id, name) OPTION_##id,
#include "shell/builtins/completion.def"
#undef OPTION
    OPTIONS
};

struct completion_spec {
    char *name;                // of the command; "-D", "-E", "-I"
    uint32_t actions, options; // bits
    char *glob, *words, *function, *command, *prefix, *suffix, *filter; // NULL: none
};

/* All specifications of a shell. */
struct completions {
    struct vec specs; // of struct completion_spec *
};

const char *completion_action_name(enum completion_action action);
char completion_action_letter(enum completion_action action); // NUL: none
const char *completion_option_name(enum completion_option option);
int completion_find_option(const char *name); // -1: none

enum { COMPLETION_LETTERS_LEN = 40 };
extern const char completion_letters[]; // of the options that both take, for builtin_opts

/* Takes one option that both know. 0; 1: it is another one; 2: it is wrong, reported. The
 * texts are copied. */
int completion_read_option(struct shell *sh, struct completion_spec *spec, int c,
                           const char *arg);
void completion_spec_fini(struct completion_spec *spec);

/* Adds the words that a specification gives for word (prefix, suffix, filter
 * included). */
void completion_generate(struct shell *sh, const struct completion_spec *spec,
                         const char *word, struct strlist *out);

/* Adds the words of one action that begin with word. */
void completion_add_action(struct shell *sh, enum completion_action action,
                           const char *word, struct strlist *out);

#endif

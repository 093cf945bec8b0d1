/* options.h: the options of a shell as two sets of bits, `set -o` (SET_*) and `shopt`
 * (SHOPT_*).
 * Must not know: what an option does. */
#ifndef SHELL_OPTIONS_H
#define SHELL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum set_option {
#define SET_OPTION(id, name, letter, value) SET_##id,
#include "shell/options.def"
#undef SET_OPTION
    SET_OPTIONS
};

enum shopt_option {
#define SHOPT_OPTION(id, name, value) SHOPT_##id,
#include "shell/options.def"
#undef SHOPT_OPTION
    SHOPT_OPTIONS
};

/* Bit 1 << id of each option that is on. (interactive-comments has a bit in both;
 * options_set and options_shopt_set keep them equal.) */
struct options {
    uint64_t set, shopt;
    uint64_t shown; // shopt as BASHOPTS has it: what posix mode switches shows later
};

static inline bool options_is_set(const struct options *o, enum set_option id)
{
    return (o->set >> id) & 1;
}
static inline bool options_is_shopt(const struct options *o, enum shopt_option id)
{
    return (o->shopt >> id) & 1;
}

struct options options_default(void); // as a bash that runs a script begins
void options_set(struct options *o, enum set_option id, bool on);
void options_shopt_set(struct options *o, enum shopt_option id, bool on);

/* The id by name or letter; -1: none. */
int options_find_set(const char *name);
int options_find_letter(char letter);
int options_find_shopt(const char *name);

const char *options_set_name(enum set_option id);
char options_set_letter(enum set_option id); // 0: it has none
const char *options_shopt_name(enum shopt_option id);

#endif

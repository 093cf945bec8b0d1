/* options.c: the tables behind options.h. */
#include "shell/options.h"

#include <assert.h>

#include "base/base.h"
#include "base/str.h"

struct options_row {
    const char *name;
    char letter;
    bool value;
};

static const struct options_row options_set_rows[] = {
#define SET_OPTION(id, name, letter, value) {name, letter, value},
#include "shell/options.def"
#undef SET_OPTION
};

static const struct options_row options_shopt_rows[] = {
#define SHOPT_OPTION(id, name, value) {name, 0, value},
#include "shell/options.def"
#undef SHOPT_OPTION
};

static_assert(SET_OPTIONS <= 64 && SHOPT_OPTIONS <= 64, "options fit into words");

static uint64_t options_defaults(const struct options_row *rows, unsigned count)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < count; i++)
        if (rows[i].value)
            bits |= UINT64_C(1) << i;
    return bits;
}

struct options options_default(void)
{
    uint64_t shopt = options_defaults(options_shopt_rows, SHOPT_OPTIONS);
    return (struct options){.set = options_defaults(options_set_rows, SET_OPTIONS),
                            .shopt = shopt,
                            .shown = shopt};
}

static uint64_t options_with(uint64_t bits, unsigned id, bool on)
{
    uint64_t bit = UINT64_C(1) << id;
    return on ? bits | bit : bits & ~bit;
}

void options_set(struct options *o, enum set_option id, bool on)
{
    o->set = options_with(o->set, id, on);
    if (id == SET_INTERACTIVE_COMMENTS)
        o->shopt = options_with(o->shopt, SHOPT_INTERACTIVE_COMMENTS, on);
    if (on && (id == SET_VI || id == SET_EMACS)) // one line editor at a time
        o->set = options_with(o->set, id == SET_VI ? SET_EMACS : SET_VI, false);
}

void options_shopt_set(struct options *o, enum shopt_option id, bool on)
{
    o->shopt = options_with(o->shopt, id, on);
    if (id == SHOPT_INTERACTIVE_COMMENTS)
        o->set = options_with(o->set, SET_INTERACTIVE_COMMENTS, on);
    if (id == SHOPT_EXTDEBUG) // which also turns them off
        o->set = options_with(options_with(o->set, SET_FUNCTRACE, on), SET_ERRTRACE, on);
}

static int options_find(const struct options_row *rows, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (str_eq(rows[i].name, name))
            return (int)i;
    return -1;
}

int options_find_set(const char *name)
{
    return options_find(options_set_rows, SET_OPTIONS, name);
}
int options_find_shopt(const char *name)
{
    return options_find(options_shopt_rows, SHOPT_OPTIONS, name);
}

int options_find_letter(char letter)
{
    for (unsigned i = 0; letter && i < SET_OPTIONS; i++)
        if (options_set_rows[i].letter == letter)
            return (int)i;
    return -1;
}

const char *options_set_name(enum set_option id) { return options_set_rows[id].name; }
char options_set_letter(enum set_option id) { return options_set_rows[id].letter; }
const char *options_shopt_name(enum shopt_option id)
{
    return options_shopt_rows[id].name;
}

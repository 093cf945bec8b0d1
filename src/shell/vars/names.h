/* names.h: the numbers of the names that the shell itself knows. */
#ifndef SHELL_VARS_NAMES_H
#define SHELL_VARS_NAMES_H

enum name {
    NAME_NONE,
#define NAME(id, text) NAME_##id,
#include "shell/vars/names.def"
#undef NAME
    NAME_OTHERS,                   // the first number that is not fixed
    NAME_WATCHED = NAME_GLOBIGNORE // the last of those that vars_changed wants to see
};

/* Interns the names of names.def, so that the constants hold. Every shell calls it before
 * it parses or looks up anything. Cheap when a shell of the sandbox has done it before.
 */
void names_start(void);

#endif

/* slot.h: dropping and sharing the value of a variable, be it text or an array. */
#ifndef SHELL_VARS_SLOT_H
#define SHELL_VARS_SLOT_H

#include "shell/vars/value.h"

void slot_clear(struct value *v); // drops the content: VALUE_NONE; attrs stay
void slot_copy(struct value *dst,
               const struct value *src); // dst is uninitialised; counts what it shares

#endif

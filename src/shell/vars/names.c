/* names.c: the numbers of the names that the shell itself knows. */
#include "shell/vars/names.h"

#include <stddef.h>
#include <string.h>

#include "base/base.h"
#include "base/str.h"
#include "sys.h"

void names_start(void)
{
    static const char *const names[] = {
#define NAME(id, text) text,
#include "shell/vars/names.def"
#undef NAME
    };

    if (str_eq(sys_interned(NAME_OTHERS - 1), names[COUNT_OF(names) - 1]))
        return;
    for (unsigned i = 0; i < COUNT_OF(names); i++) {
        unsigned id = sys_intern(names[i], strlen(names[i]));
        ASSERT(id == i + 1); // only shells intern names, and all of them these first
        (void)id;
    }
}

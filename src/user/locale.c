/* locale.c: see locale.h. */
#include "user/locale.h"

#include <stddef.h>

#include "base/base.h"
#include "base/str.h"
#include "user/env.h"

static bool locale_names_utf8(const char *value)
{
    const char *dot = strchr(value, '.');
    return dot && (str_eq(dot, ".UTF-8") || str_eq(dot, ".utf8") ||
                   str_eq(dot, ".utf-8") || str_eq(dot, ".UTF8"));
}

bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = env_get(names[i]);
        if (value && *value)
            return locale_names_utf8(value);
    }
    return false;
}

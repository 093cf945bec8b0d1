/* locale.h: which characters a command's text is made of, by the environment it was
 * started with. */
#ifndef USER_LOCALE_H
#define USER_LOCALE_H

#include <stdbool.h>

/* Whether LC_ALL, LC_CTYPE or LANG, the first that is set, names a UTF-8 locale; else
 * bytes are characters. */
bool locale_is_utf8(void);

#endif

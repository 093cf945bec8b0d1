/* find.h: finding the program for a name, as execvp does. */
#ifndef USER_FIND_H
#define USER_FIND_H

#include "base/base.h"

/* Looks for an executable file called name in the folders of path (NULL: the PATH of the
 * environment, or the system's default), or takes name as it is if it has a slash. *found
 * is a heap block. 0; -ENOENT; -EACCES: only what may not be executed was found. */
MUST_CHECK int path_search(const char *name, const char *path, char **found);

/* PATH where it is not set. */
#define FIND_DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#endif

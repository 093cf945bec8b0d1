/* find.c: see find.h. */
#include "user/find.h"

#include <errno.h>

#include "base/str.h"
#include "sys.h"
#include "user/env.h"

/* Whether path may be executed: 0, -ENOENT (or the like), -EACCES. */
static int find_check(const char *path)
{
    struct sys_stat st;
    int err = sys_stat(path, &st);
    if (err)
        return err;
    if ((st.mode & SYS_IFMT) == SYS_IFDIR)
        return -EACCES;
    return sys_access(path, SYS_X_OK);
}

static char *find_join(const char *dir, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    char *path = sys_alloc(len + name_len + 3);
    if (!len)
        path[len++] = '.';
    else
        memcpy(path, dir, len);
    path[len++] = '/';
    memcpy(path + len, name, name_len + 1);
    return path;
}

int path_search(const char *name, const char *path, char **found)
{
    if (strchr(name, '/')) { // its errors are those of executing it
        *found = sys_strdup(name);
        return 0;
    }
    if (!*name)
        return -ENOENT;
    if (!path)
        path = env_get("PATH");
    if (!path)
        path = FIND_DEFAULT_PATH;

    int result = -ENOENT;
    for (;; path++) {
        size_t len = strcspn(path, ":");
        char *full = find_join(path, len, name);
        int err = find_check(full);
        if (!err) {
            *found = full;
            return 0;
        }
        if (err == -EACCES)
            result = err;
        sys_free(full);
        path += len;
        if (!*path)
            return result;
    }
}

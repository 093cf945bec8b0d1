/* backup.c: see backup.h. */
#include "user/backup.h"

#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/path.h"
#include "user/walk.h"

bool backup_read(const char *text, enum backup *kind)
{
    static const char *const names[] = {"none", "off",      "simple", "never", "existing",
                                        "nil",  "numbered", "t",      NULL};
    static const int values[] = {BACKUP_NONE,     BACKUP_NONE,     BACKUP_SIMPLE,
                                 BACKUP_SIMPLE,   BACKUP_EXISTING, BACKUP_EXISTING,
                                 BACKUP_NUMBERED, BACKUP_NUMBERED};
    const char *what = "backup type";
    if (!text || !*text) {
        text = env_get("VERSION_CONTROL");
        what = "$VERSION_CONTROL";
    }
    if (!text || !*text)
        text = "existing";
    int i = opts_match_arg(what, text, names, values);
    if (i >= 0)
        *kind = (enum backup)values[i];
    return i >= 0;
}

static char *backup_simple_name(const char *path, const char *suffix)
{
    if (!suffix || !*suffix || strchr(suffix, '/'))
        suffix = env_get("SIMPLE_BACKUP_SUFFIX");
    if (!suffix || !*suffix || strchr(suffix, '/'))
        suffix = "~";
    size_t len = strlen(path);
    char *name = sys_alloc(len + strlen(suffix) + 1);
    memcpy(name, path, len);
    memcpy(name + len, suffix, strlen(suffix) + 1);
    return name;
}

/* The highest N of the backups NAME.~N~ of base in a folder; 0: there are none. */
static uint64_t backup_highest(const char *folder, struct span base)
{
    struct walk_names names;
    uint64_t highest = 0;
    if (walk_read_folder(folder, false, &names))
        return 0;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i].name, *rest;
        uint64_t n;
        if (!span_starts(span_of(name), base) || !str_starts(name + base.len, ".~") ||
            !char_is_digit(name[base.len + 2]))
            continue;
        if (!num_to_u64(name + base.len + 2, &n, &rest) && str_eq(rest, "~") &&
            n > highest)
            highest = n;
    }
    walk_free_names(&names);
    return highest;
}

char *backup_name(const char *path, enum backup kind, const char *suffix)
{
    if (kind == BACKUP_SIMPLE)
        return backup_simple_name(path, suffix);
    const char *slash = strrchr(path, '/');
    char *folder = sys_strdup(slash ? path : ".");
    if (slash)
        folder[slash == path ? 1 : slash - path] = '\0';
    uint64_t highest = backup_highest(folder, span_of(slash ? slash + 1 : path));
    sys_free(folder);
    if (!highest && kind == BACKUP_EXISTING)
        return backup_simple_name(path, suffix);
    size_t size = strlen(path) + 32;
    char *name = sys_alloc(size);
    fmt_to(name, size, "%s.~%llu~", path, (unsigned long long)highest + 1);
    return name;
}

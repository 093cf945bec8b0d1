/* hash.c: hash: the table of commands found in PATH. */
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/exec/lookup.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/functions.h"
#include "sys.h"
#include "user/out.h"

static int hash_list(struct shell *sh, bool reusable)
{
    struct lookup_entry entry;
    size_t at = 0;
    bool any = false;
    while (lookup_next(sh, &at, &entry)) {
        if (reusable)
            outf("builtin hash -p %s %s\n", entry.path, entry.name);
        else
            outf(any ? "%4u\t%s\n" : "hits\tcommand\n%4u\t%s\n", entry.hits, entry.path);
        any = true;
    }
    if (!any && !reusable)
        outf("%s: hash table empty\n", sh->cmd);
    return 0;
}

/* hash -t. */
static int hash_show(struct shell *sh, int count, char **names, bool reusable)
{
    int status = 0;
    for (int i = 0; i < count; i++) {
        struct lookup_entry entry;
        if (!lookup_entry_of(sh, names[i], &entry))
            status = shell_builtin_error(sh, "%s: not found", names[i]);
        else if (reusable)
            outf("builtin hash -p %s %s\n", entry.path, entry.name);
        else if (count > 1)
            outf("%s\t%s\n", names[i], entry.path);
        else
            outf("%s\n", entry.path);
    }
    return status;
}

/* (Of a table that was never used bash misses nothing.) */
static int hash_drop(struct shell *sh, int count, char **names)
{
    int status = 0;
    for (int i = 0; i < count; i++)
        if (!lookup_forget(sh, names[i]) && lookup_was_used(sh))
            status = shell_builtin_error(sh, "%s: not found", names[i]);
    return status;
}

static int hash_set(struct shell *sh, int count, char **names, const char *path)
{
    struct sys_stat st;
    if (shell_refuses_path(sh, path))
        return 1;
    if (!sys_stat(path, &st) && (st.mode & SYS_IFMT) == SYS_IFDIR)
        return shell_builtin_error(sh, "%s: Is a directory", path);
    for (int i = 0; i < count; i++)
        lookup_set(sh, names[i], path);
    return 0;
}

static int hash_find(struct shell *sh, const char *name)
{
    if (strchr(name, '/') || builtin_find(sh, span_of(name)) ||
        function_find(sh, sys_intern(name, strlen(name))))
        return 0;
    int err = 0;
    lookup_forget(sh, name);
    struct scratch_mark mark = scratch_mark(sh->scratch);
    const char *path = lookup_find(sh, name, false, &err);
    if (path && !err)
        lookup_set(sh, name, path);
    scratch_release(sh->scratch, mark);
    return path && !err ? 0 : shell_builtin_error(sh, "%s: not found", name);
}

int builtin_hash(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "dlp:rt");
    bool drop = false, reusable = false, forget = false, show = false;
    const char *path = NULL;
    if (!shell_set(sh, SET_HASHALL))
        return shell_builtin_error(sh, "hashing disabled");
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'd': drop = true; break;
        case 'l': reusable = true; break;
        case 'p': path = o.arg; break;
        case 'r': forget = true; break;
        case 't': show = true; break;
        default: return 2;
        }
    char **names = argv + o.next;
    int count = argc - o.next;
    if (!count && (drop || show))
        return shell_builtin_error(sh, "%s: option requires an argument",
                                   drop ? "-d" : "-t");
    if (forget)
        lookup_forget_all(sh);
    else if (!count)
        return hash_list(sh, reusable);
    if (show)
        return hash_show(sh, count, names, reusable);
    if (drop)
        return hash_drop(sh, count, names);
    if (path)
        return hash_set(sh, count, names, path);
    int status = 0;
    for (int i = 0; i < count; i++)
        status |= hash_find(sh, names[i]);
    return status;
}

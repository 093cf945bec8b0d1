/* rmdir.c: remove empty directories. Imitates GNU coreutils rmdir. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_rmdir(int argc, char **argv);

enum { RMDIR_IGNORE = 256 };

static const struct opt rmdir_opts[] = {
    {"ignore-fail-on-non-empty", RMDIR_IGNORE, OPT_PLAIN},
    {"parents", 'p', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {0},
};

const struct cmd cmd_rmdir_entry = {
    .name = "rmdir",
    .usage = "DIRECTORY...",
    .help =
        "Remove the DIRECTORYs if they are empty.\n"
        "\n"
        "      --ignore-fail-on-non-empty  no message about those that are not\n"
        "  -p, --parents  remove also the directories above: 'rmdir -p a/b' is 'rmdir a/b a'\n"
        "  -v, --verbose  say what is done\n",
    .main = cmd_rmdir,
    .opts = rmdir_opts,
};

struct rmdir {
    bool ignore, parents, verbose;
};

static bool rmdir_is_ignored(const struct rmdir *r, int err)
{
    return r->ignore && (err == -ENOTEMPTY || err == -EEXIST);
}

static int rmdir_parents(const struct rmdir *r, char *path)
{
    for (;;) {
        size_t len = strlen(path);
        while (len > 1 && path[len - 1] == '/')
            len--;
        while (len && path[len - 1] != '/')
            len--;
        while (len > 1 && path[len - 1] == '/')
            len--;
        path[len] = '\0';
        if (!len)
            return 0;
        if (r->verbose)
            outf("%s: removing directory, %s\n", msg_prefix(), quoted_path(path));
        int err = sys_rmdir(path);
        if (rmdir_is_ignored(r, err))
            return 0;
        if (err)
            return msg_errno(err, "failed to remove directory %s", quoted_path(path));
    }
}

static int rmdir_one(const struct rmdir *r, const char *name)
{
    if (r->verbose)
        outf("%s: removing directory, %s\n", msg_prefix(), quoted_path(name));
    int err = sys_rmdir(name);
    if (rmdir_is_ignored(r, err))
        return 0;
    if (err)
        return msg_errno(err, "failed to remove %s", quoted_path(name));
    if (!r->parents)
        return 0;
    char *path = sys_strdup(name);
    int status = rmdir_parents(r, path);
    sys_free(path);
    return status;
}

int cmd_rmdir(int argc, char **argv)
{
    struct rmdir r = {0};
    struct opts o = opts_begin(&cmd_rmdir_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case RMDIR_IGNORE: r.ignore = true; break;
        case 'p': r.parents = true; break;
        case 'v': r.verbose = true; break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("missing operand");
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= rmdir_one(&r, *name);
    return status;
}

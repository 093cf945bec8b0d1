/* realpath.c: absolute paths of files. Imitates GNU coreutils realpath. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"
#include "user/real.h"

int cmd_realpath(int argc, char **argv);

enum { REALPATH_TO = 256, REALPATH_BASE };

static const struct opt realpath_opts[] = {
    {"canonicalize-existing", 'e', OPT_PLAIN},
    {"canonicalize-missing", 'm', OPT_PLAIN},
    {"relative-to", REALPATH_TO, OPT_ARG},
    {"relative-base", REALPATH_BASE, OPT_ARG},
    {"quiet", 'q', OPT_PLAIN},
    {"strip", 's', OPT_PLAIN},
    {"no-symlinks", 's', OPT_PLAIN},
    {"zero", 'z', OPT_PLAIN},
    {"logical", 'L', OPT_PLAIN},
    {"physical", 'P', OPT_PLAIN},
    {0},
};

const struct cmd cmd_realpath_entry = {
    .name = "realpath",
    .usage = "FILE...",
    .help =
        "Write the absolute path of each FILE without symbolic links; all but the last\n"
        "component must exist.\n"
        "\n"
        "  -e, --canonicalize-existing  all components must exist\n"
        "  -m, --canonicalize-missing   nothing must exist\n"
        "  -L, --logical                take out .. before links are followed\n"
        "  -P, --physical               follow links as they come (the default)\n"
        "  -q, --quiet                  say nothing of most errors\n"
        "      --relative-to=DIR        relative to DIR\n"
        "      --relative-base=DIR      relative only to what is below DIR\n"
        "  -s, --strip, --no-symlinks   do not follow links\n"
        "  -z, --zero                   end each line with NUL\n",
    .main = cmd_realpath,
    .opts = realpath_opts,
};

struct realpath {
    unsigned flags; // of real.h
    bool logical, quiet;
    char end;
    char *relative_to, *relative_base; // real
};

static int realpath_find(const struct realpath *r, const char *name, char **path)
{
    if (!r->logical || !*name)
        return real_path(name, r->flags, path);
    struct buf b = buf_make(sys_heap());
    char *cwd = *name == '/' ? NULL : path_cwd();
    char *full = cwd ? path_join(cwd, name) : sys_strdup(name);
    path_add_normal(&b, full);
    int err = real_path(buf_str(&b), r->flags, path);
    buf_fini(&b);
    sys_free(cwd);
    sys_free(full);
    return err;
}

static bool realpath_is_below(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    if (str_eq(dir, "/"))
        return true;
    return strncmp(path, dir, len) == 0 && (!path[len] || path[len] == '/');
}

static int realpath_one(const struct realpath *r, const char *name)
{
    char *path;
    int err = realpath_find(r, name, &path);
    if (err)
        return r->quiet ? 1 : msg_errno(err, "%s", quoted_file(name));
    bool relative = r->relative_to &&
                    (!r->relative_base || realpath_is_below(path, r->relative_base));
    struct buf b = buf_make(sys_heap());
    if (relative)
        path_add_relative(&b, r->relative_to, path);
    out_str(relative ? buf_str(&b) : path);
    out_char(r->end);
    buf_fini(&b);
    sys_free(path);
    return 0;
}

/* A folder that paths are to be relative to. false: after a message. */
static bool realpath_folder(const struct realpath *r, const char *name, char **path)
{
    struct sys_stat st;
    int err = realpath_find(r, name, path);
    if (!err && !(r->flags & (REAL_MISSING | REAL_LAST_MISSING))) {
        err = sys_stat(*path, &st);
        if (!err && (st.mode & SYS_IFMT) != SYS_IFDIR)
            err = -ENOTDIR;
    }
    if (err)
        msg_errno(err, "%s", quoted_file(name));
    return !err;
}

int cmd_realpath(int argc, char **argv)
{
    struct realpath r = {.flags = REAL_LAST_MISSING, .end = '\n'};
    const char *to = NULL, *base = NULL;
    unsigned links = 0;
    struct opts o = opts_begin(&cmd_realpath_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'e': r.flags = REAL_EXISTING; break;
        case 'm': r.flags = REAL_MISSING; break;
        case 'L':
            r.logical = true;
            links = 0;
            break;
        case 's':
            r.logical = true;
            links = REAL_NO_LINKS;
            break;
        case 'P':
            r.logical = false;
            links = 0;
            break;
        case 'q': r.quiet = true; break;
        case 'z': r.end = '\0'; break;
        case REALPATH_TO: to = o.arg; break;
        case REALPATH_BASE: base = o.arg; break;
        default: return 1;
        }
    r.flags |= links;
    if (!o.count)
        return msg_usage("missing operand");
    if (base && !to)
        to = base;
    if ((to && !realpath_folder(&r, to, &r.relative_to)) ||
        (base && !realpath_folder(&r, base, &r.relative_base)))
        return 1;
    if (r.relative_base && !realpath_is_below(r.relative_to, r.relative_base))
        r.relative_to = r.relative_base = NULL;
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= realpath_one(&r, *name);
    return status;
}

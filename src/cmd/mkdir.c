/* mkdir.c: make directories. Imitates GNU coreutils mkdir. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/mode.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_mkdir(int argc, char **argv);

static const struct opt mkdir_opts[] = {
    {"mode", 'm', OPT_ARG},
    {"parents", 'p', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {0},
};

const struct cmd cmd_mkdir_entry = {
    .name = "mkdir",
    .usage = "DIRECTORY...",
    .help =
        "Make the DIRECTORYs.\n"
        "\n"
        "  -m, --mode=MODE  set their permissions as chmod would, not rwx less the umask\n"
        "  -p, --parents    no error if they exist; make parent directories as needed\n"
        "  -v, --verbose    say what was made\n",
    .main = cmd_mkdir,
    .opts = mkdir_opts,
};

struct mkdir {
    bool parents, verbose, has_mode;
    uint32_t mode;
};

static bool mkdir_is_folder(const char *path)
{
    struct sys_stat st;
    return !sys_stat(path, &st) && (st.mode & SYS_IFMT) == SYS_IFDIR;
}

static int mkdir_make(const struct mkdir *m, const char *path, unsigned mode)
{
    int err = sys_mkdir(path, mode);
    if (!err && m->verbose)
        outf("%s: created directory %s\n", msg_prefix(), quoted_path(path));
    return err;
}

/* Makes the folders above path that do not exist. Gives the error of the first that
 * cannot be. */
static int mkdir_make_parents(const struct mkdir *m, char *path)
{
    unsigned umask = sys_umask(0);
    sys_umask(umask);
    for (char *p = path + strspn(path, "/"); *p;) {
        p += strcspn(p, "/");
        char *slash = p;
        p += strspn(p, "/");
        if (!*p)
            break;
        *slash = '\0';
        int err = mkdir_make(m, path, 0777);
        if (err == -EEXIST && mkdir_is_folder(path))
            err = 0;
        else if (!err && (umask & 0300)) // the children need them
            err = sys_chmod(path, (0777 & ~umask) | 0300);
        if (err)
            return err == -EEXIST ? -ENOTDIR : err; // path is cut there
        *slash = '/';
    }
    return 0;
}

static int mkdir_one(const struct mkdir *m, const char *name)
{
    char *path = sys_strdup(name);
    int err = m->parents ? mkdir_make_parents(m, path) : 0;
    if (!err) {
        err = mkdir_make(m, path, m->has_mode ? m->mode & 0777 : 0777);
        if (err == -EEXIST && m->parents && mkdir_is_folder(path)) {
            sys_free(path);
            return 0;
        }
        if (!err && m->has_mode) {
            err = sys_chmod(path, m->mode);
            if (err)
                return msg_errno(err, "cannot set permissions of %s", quoted_path(path));
        }
    }
    int status = err ? msg_errno(err, "cannot create directory %s", quoted(path)) : 0;
    sys_free(path);
    return status;
}

int cmd_mkdir(int argc, char **argv)
{
    struct mkdir m = {0};
    const char *mode = NULL;
    struct opts o = opts_begin(&cmd_mkdir_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'm': mode = o.arg; break;
        case 'p': m.parents = true; break;
        case 'v': m.verbose = true; break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("missing operand");
    if (mode) {
        unsigned umask = sys_umask(0);
        m.has_mode = true;
        if (mode_change(mode, SYS_IFDIR | (0777 & ~umask), umask, &m.mode))
            return msg("invalid mode %s", quoted(mode));
        m.mode &= 07777;
        sys_umask(umask);
    }
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= mkdir_one(&m, *name);
    return status;
}

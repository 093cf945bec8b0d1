/* cp.c: copy files and trees. Imitates GNU coreutils cp. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/copy.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/target.h"

int cmd_cp(int argc, char **argv);

enum {
    CP_ATTRIBUTES = 256,
    CP_BACKUP,
    CP_CONTENTS,
    CP_NO_PRESERVE,
    CP_PARENTS,
    CP_PRESERVE,
    CP_REFLINK,
    CP_REMOVE,
    CP_SPARSE,
    CP_STRIP
};

static const struct opt cp_opts[] = {
    {"archive", 'a', OPT_PLAIN},
    {"attributes-only", CP_ATTRIBUTES, OPT_PLAIN},
    {"backup", CP_BACKUP, OPT_MAYBE},
    {"copy-contents", CP_CONTENTS, OPT_PLAIN},
    {"dereference", 'L', OPT_PLAIN},
    {"force", 'f', OPT_PLAIN},
    {"interactive", 'i', OPT_PLAIN},
    {"link", 'l', OPT_PLAIN},
    {"no-clobber", 'n', OPT_PLAIN},
    {"no-dereference", 'P', OPT_PLAIN},
    {"no-preserve", CP_NO_PRESERVE, OPT_ARG},
    {"no-target-directory", 'T', OPT_PLAIN},
    {"one-file-system", 'x', OPT_PLAIN},
    {"parents", CP_PARENTS, OPT_PLAIN},
    {"path", CP_PARENTS, OPT_PLAIN},
    {"preserve", CP_PRESERVE, OPT_MAYBE},
    {"recursive", 'R', OPT_PLAIN},
    {"remove-destination", CP_REMOVE, OPT_PLAIN},
    {"sparse", CP_SPARSE, OPT_ARG},
    {"reflink", CP_REFLINK, OPT_MAYBE},
    {"strip-trailing-slashes", CP_STRIP, OPT_PLAIN},
    {"suffix", 'S', OPT_ARG},
    {"symbolic-link", 's', OPT_PLAIN},
    {"target-directory", 't', OPT_ARG},
    {"update", 'u', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {NULL, 'b', OPT_PLAIN},
    {NULL, 'd', OPT_PLAIN},
    {NULL, 'H', OPT_PLAIN},
    {NULL, 'p', OPT_PLAIN},
    {NULL, 'r', OPT_PLAIN},
    {0},
};

const struct cmd cmd_cp_entry = {
    .name = "cp",
    .usage = "[-T] SOURCE DEST | SOURCE... DIRECTORY | -t DIRECTORY SOURCE...",
    .help =
        "Copy SOURCE to DEST, or SOURCEs to DIRECTORY.\n"
        "\n"
        "  -a, --archive                as -dR --preserve=all\n"
        "      --attributes-only        copy no data, only attributes\n"
        "      --backup[=CONTROL], -b   keep what would be overwritten\n"
        "      --copy-contents          copy the contents of special files\n"
        "  -d                           as --no-dereference --preserve=links\n"
        "  -f, --force                  remove a target that cannot be opened\n"
        "  -i, --interactive            ask before overwriting\n"
        "  -H                           follow symbolic links on the command line\n"
        "  -l, --link                   make hard links\n"
        "  -L, --dereference            follow symbolic links\n"
        "  -n, --no-clobber             do not overwrite\n"
        "  -P, --no-dereference         do not follow symbolic links\n"
        "  -p                           as --preserve=mode,ownership,timestamps\n"
        "      --preserve[=LIST]        keep mode, ownership, timestamps, links, all\n"
        "      --no-preserve=LIST       do not keep them\n"
        "      --parents                use the full name of SOURCE below DIRECTORY\n"
        "  -R, -r, --recursive          copy trees\n"
        "      --reflink[=WHEN], --sparse=WHEN  (ignored: files are shared copy on write)\n"
        "      --remove-destination     remove targets before\n"
        "  -s, --symbolic-link          make symbolic links\n"
        "  -S, --suffix=SUFFIX          of backups\n"
        "      --strip-trailing-slashes  from SOURCEs\n"
        "  -t, --target-directory=DIRECTORY\n"
        "  -T, --no-target-directory    DEST is no directory to copy into\n"
        "  -u, --update                 only over older files, or where there is none\n"
        "  -v, --verbose                say what is done\n"
        "  -x, --one-file-system        stay on this filesystem\n",
    .main = cmd_cp,
    .opts = cp_opts,
};

struct cp {
    struct copy copy;
    struct target target;
    bool follow_given, parents, backup, strip;
    const char *backup_kind;
};

static void cp_set_preserve(struct copy *c, int what, bool on)
{
    bool all = what == 6;
    if (what == 0 || all) {
        c->preserve_mode = on;
        c->default_mode = !on;
    }
    if (what == 1 || all)
        c->preserve_times = on;
    if (what == 2 || all)
        c->preserve_owner = on;
    if (what == 3 || all)
        c->preserve_links = on;
}

static bool cp_read_preserve(struct copy *c, const char *list, bool on)
{
    static const char *const names[] = {"mode",    "timestamps", "ownership", "links",
                                        "context", "xattr",      "all",       NULL};
    char *copy = sys_strdup(list);
    for (char *p = copy; p;) {
        char *comma = strchr(p, ',');
        if (comma)
            *comma++ = '\0';
        int i = opts_match_arg(on ? "--preserve" : "--no-preserve", p, names, NULL);
        if (i < 0)
            return false;
        cp_set_preserve(c, i, on);
        p = comma;
    }
    sys_free(copy);
    return true;
}

static void cp_preserve_usual(struct copy *c)
{
    c->preserve_mode = c->preserve_owner = c->preserve_times = true;
    c->default_mode = false;
}

static bool cp_check_when(const char *what, const char *text, bool never)
{
    static const char *const sparse[] = {"never", "auto", "always", NULL};
    static const char *const reflink[] = {"auto", "always", "never", NULL};
    return !text || opts_match_arg(what, text, never ? sparse : reflink, NULL) >= 0;
}

static void cp_follow(struct cp *p, enum copy_follow follow)
{
    p->copy.follow = follow;
    p->follow_given = true;
}

static bool cp_option_links(struct cp *p, int c)
{
    switch (c) {
    case 'a':
        cp_follow(p, COPY_FOLLOW_NONE);
        cp_preserve_usual(&p->copy);
        p->copy.preserve_links = p->copy.recursive = true;
        return true;
    case 'd': cp_follow(p, COPY_FOLLOW_NONE); return p->copy.preserve_links = true;
    case 'H': cp_follow(p, COPY_FOLLOW_ARGS); return true;
    case 'L': cp_follow(p, COPY_FOLLOW_ALL); return true;
    case 'P': cp_follow(p, COPY_FOLLOW_NONE); return true;
    case 'l': return p->copy.hard_link = true;
    case 's': return p->copy.symlink = true;
    default: return false;
    }
}

static bool cp_option(struct cp *p, int c, const char *arg)
{
    struct copy *copy = &p->copy;
    switch (c) {
    case CP_ATTRIBUTES: return copy->attributes_only = true;
    case 'b':
    case CP_BACKUP:
        p->backup = true;
        p->backup_kind = arg ? arg : p->backup_kind;
        return true;
    case CP_CONTENTS: return copy->copy_contents = true;
    case 'f': return copy->force = true;
    case 'i': copy->overwrite = COPY_ASK; return true;
    case 'n': copy->overwrite = COPY_KEEP; return true;
    case CP_NO_PRESERVE: return cp_read_preserve(copy, arg, false);
    case 'T': return p->target.no_folder = true;
    case 'x': return copy->one_fs = true;
    case CP_PARENTS: return p->parents = true;
    case 'p': cp_preserve_usual(copy); return true;
    case CP_PRESERVE:
        if (arg)
            return cp_read_preserve(copy, arg, true);
        cp_preserve_usual(copy);
        return true;
    case 'r':
    case 'R': return copy->recursive = true;
    case CP_REMOVE: return copy->remove_first = true;
    case CP_SPARSE: return cp_check_when("--sparse", arg, true);
    case CP_REFLINK: return cp_check_when("--reflink", arg, false);
    case CP_STRIP: return p->strip = true;
    case 'S': copy->suffix = arg; return p->backup = true;
    case 't': p->target.folder_option = arg; return true;
    case 'u': return copy->update = true;
    case 'v': return copy->verbose = true;
    default: return cp_option_links(p, c);
    }
}

/* --parents: makes the folders of path below the target. false: after a message. */
static bool cp_make_parents(struct cp *p, char *path, size_t from)
{
    for (char *slash = path + from; (slash = strchr(slash, '/')) != NULL; slash++) {
        struct sys_stat st, there;
        *slash = '\0';
        int err = sys_stat(path + from, &st);
        if (!err && sys_stat(path, &there)) {
            err = sys_mkdir(path, (st.mode & 0777) | 0700);
            if (!err && p->copy.verbose)
                outf("%s -> %s\n", path + from, path);
            if (!err && p->copy.preserve_mode)
                err = sys_chmod(path, st.mode & 07777);
        }
        if (err)
            msg_errno(err, "cannot make directory %s", quoted_path(path));
        *slash = '/';
        if (err)
            return false;
    }
    return true;
}

static bool cp_one_with_parents(struct cp *p, const char *source)
{
    struct buf b = buf_make(sys_heap());
    while (*source == '/' && source[1] == '/')
        source++;
    buf_add_str(&b, p->target.folder);
    if (*source != '/')
        buf_add_char(&b, '/');
    size_t from = b.len;
    buf_add_str(&b, source);
    bool good =
        cp_make_parents(p, b.data, from) && copy_run(&p->copy, source, buf_str(&b));
    buf_fini(&b);
    return good;
}

static void cp_strip(char *source)
{
    size_t len = strlen(source);
    while (len > 1 && source[len - 1] == '/')
        source[--len] = '\0';
}

static bool cp_one(struct cp *p, char *source)
{
    if (p->strip)
        cp_strip(source);
    if (p->parents)
        return cp_one_with_parents(p, source);
    struct sys_stat st;
    int err = sys_lstat(source, &st);
    if (err) { // GNU says so before it looks at the target
        msg_errno(err, "cannot stat %s", quoted_path(source));
        return false;
    }
    char *target = target_path(&p->target, source);
    bool good = copy_run(&p->copy, source, target);
    sys_free(target);
    return good;
}

static bool cp_check(struct cp *p)
{
    struct copy *c = &p->copy;
    if (p->backup && c->overwrite == COPY_KEEP) {
        msg_usage("options --backup and --no-clobber are mutually exclusive");
        return false;
    }
    if (c->hard_link && c->symlink) {
        msg_usage("cannot make both hard and symbolic links");
        return false;
    }
    if (p->backup && !backup_read(p->backup_kind, &c->backup))
        return false;
    if (!p->follow_given)
        c->follow = c->recursive && !c->hard_link ? COPY_FOLLOW_NONE : COPY_FOLLOW_ALL;
    if (!p->follow_given && c->hard_link)
        c->follow = COPY_FOLLOW_NONE;
    return true;
}

int cmd_cp(int argc, char **argv)
{
    struct cp p = {0};
    copy_init(&p.copy);
    struct opts o = opts_begin(&cmd_cp_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !cp_option(&p, c, o.arg))
            return 1;
    if (!cp_check(&p) || !target_find(&p.target, o.operands, o.count))
        return 1;
    if (p.parents && !p.target.folder)
        return msg_usage("with --parents, the destination must be a directory");
    int status = 0;
    for (int i = 0; i < p.target.count; i++)
        if (!cp_one(&p, p.target.sources[i]))
            status = 1;
    return status | p.copy.status;
}

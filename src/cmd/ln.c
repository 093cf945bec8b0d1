/* ln.c: make links. Imitates GNU coreutils ln. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "base/str.h"
#include "sys.h"
#include "user/ask.h"
#include "user/backup.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"
#include "user/real.h"
#include "user/target.h"

int cmd_ln(int argc, char **argv);

enum { LN_BACKUP = 256 };

static const struct opt ln_opts[] = {
    {"backup", LN_BACKUP, OPT_MAYBE},
    {"directory", 'd', OPT_PLAIN},
    {"no-dereference", 'n', OPT_PLAIN},
    {"no-target-directory", 'T', OPT_PLAIN},
    {"force", 'f', OPT_PLAIN},
    {"interactive", 'i', OPT_PLAIN},
    {"suffix", 'S', OPT_ARG},
    {"target-directory", 't', OPT_ARG},
    {"logical", 'L', OPT_PLAIN},
    {"physical", 'P', OPT_PLAIN},
    {"relative", 'r', OPT_PLAIN},
    {"symbolic", 's', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {NULL, 'b', OPT_PLAIN},
    {NULL, 'F', OPT_PLAIN},
    {0},
};

const struct cmd cmd_ln_entry = {
    .name = "ln",
    .usage =
        "[-T] TARGET LINK_NAME | TARGET | TARGET... DIRECTORY | -t DIRECTORY TARGET...",
    .help =
        "Make a link to TARGET called LINK_NAME, or links to TARGETs in DIRECTORY.\n"
        "\n"
        "      --backup[=CONTROL], -b  keep what would be overwritten\n"
        "  -d, -F, --directory       try hard links to directories (which fails)\n"
        "  -f, --force               remove what is in the way\n"
        "  -i, --interactive         ask before removing it\n"
        "  -L, --logical             follow TARGETs that are symbolic links\n"
        "  -n, --no-dereference      a LINK_NAME that is a link to a directory is a file\n"
        "  -P, --physical            hard links to symbolic links themselves (default)\n"
        "  -r, --relative            with -s, link from where the link is\n"
        "  -s, --symbolic            make symbolic links\n"
        "  -S, --suffix=SUFFIX       of backups\n"
        "  -t, --target-directory=DIRECTORY\n"
        "  -T, --no-target-directory  LINK_NAME is no directory to link into\n"
        "  -v, --verbose             say what is done\n",
    .main = cmd_ln,
    .opts = ln_opts,
};

struct ln {
    struct target target;
    bool symbolic, force, ask, logical, relative, verbose, try_folders;
    enum backup backup;
    bool backup_given;
    const char *backup_kind, *suffix;
};

/* The text of a relative link: the way from the link's folder to the target. */
static char *ln_relative_text(const char *source, const char *link)
{
    struct span dir = path_dir(link);
    struct buf folder = buf_make(sys_heap()), text = buf_make(sys_heap());
    buf_add_span(&folder, dir);
    char *from = NULL, *to = NULL;
    if (!real_path(buf_str(&folder), REAL_MISSING, &from) &&
        !real_path(source, REAL_MISSING, &to))
        path_add_relative(&text, from, to);
    else
        buf_add_str(&text, source);
    sys_free(from);
    sys_free(to);
    buf_fini(&folder);
    return buf_take(&text);
}

static int ln_make(const struct ln *l, const char *source, const char *link)
{
    if (l->symbolic)
        return sys_symlink(source, link);
    if (!l->logical)
        return sys_link(source, link);
    char *real = NULL;
    int err = real_path(source, REAL_EXISTING, &real);
    err = err ? err : sys_link(real, link);
    sys_free(real);
    return err;
}

/* Gets what is called link out of the way. 1: go on; 0: leave it; -1: after a message. */
static int ln_clear(const struct ln *l, const char *source, const char *link,
                    char **backup)
{
    struct sys_stat st, to;
    if (sys_lstat(link, &st))
        return 1;
    if (!l->force && !l->ask && l->backup == BACKUP_NONE)
        return 1; // making the link will fail
    if ((st.mode & SYS_IFMT) == SYS_IFDIR) {
        msg("%s: cannot overwrite directory", quoted_file(link));
        return -1;
    }
    if (!sys_stat(source, &to) && to.ino == st.ino && to.dev == st.dev &&
        str_eq(source, link)) {
        msg("%s and %s are the same file", quoted_path(source), quoted_path(link));
        return -1;
    }
    if (l->ask && !ask("replace %s? ", quoted_path(link)))
        return 0;
    if (l->backup == BACKUP_NONE)
        return 1;
    *backup = backup_name(link, l->backup, l->suffix);
    int err = sys_rename(link, *backup, 0);
    if (!err)
        return 1;
    msg_errno(err, "cannot backup %s", quoted_path(link));
    return -1;
}

/* A link of another name first, which then takes the place: nobody sees a gap. */
static int ln_replace(const struct ln *l, const char *source, const char *link)
{
    struct buf name = buf_make(sys_heap());
    struct span dir = path_dir(link);
    int err = -EEXIST;
    for (int tries = 0; tries < 100 && err == -EEXIST; tries++) {
        uint64_t random;
        sys_random(&random, sizeof random);
        buf_clear(&name);
        buf_addf(&name, "%.*s/Cu%08llx", (int)dir.len, dir.ptr,
                 (unsigned long long)(random & 0xffffffff));
        err = ln_make(l, source, buf_str(&name));
    }
    if (!err) {
        err = sys_rename(buf_str(&name), link, 0);
        int gone = sys_unlink(buf_str(&name)); // two links to one file are left by rename
        (void)gone;
    }
    buf_fini(&name);
    return err;
}

static int ln_failed(const struct ln *l, const char *source, const char *link, int err)
{
    if (l->symbolic) {
        if (*source)
            return msg_errno(err, "failed to create symbolic link %s", quoted_path(link));
        return msg_errno(err, "failed to create symbolic link %s -> %s",
                         quoted_path(link), quoted_path(source));
    }
    if (err == -EEXIST || err == -EMLINK || err == -EDQUOT || err == -ENOSPC ||
        err == -EROFS)
        return msg_errno(err, "failed to create hard link %s", quoted_path(link));
    return msg_errno(err, "failed to create hard link %s => %s", quoted_path(link),
                     quoted_path(source));
}

static int ln_link(const struct ln *l, const char *source, const char *link)
{
    struct sys_stat st;
    char *backup = NULL;
    if (!l->symbolic) {
        int err = l->logical ? sys_stat(source, &st) : sys_lstat(source, &st);
        if (err)
            return msg_errno(err, "failed to access %s", quoted_path(source));
        if ((st.mode & SYS_IFMT) == SYS_IFDIR && !l->try_folders)
            return msg("%s: hard link not allowed for directory", quoted_file(source));
    }
    int go_on = ln_clear(l, source, link, &backup);
    if (go_on <= 0)
        return go_on ? 1 : 0;
    char *text = l->relative ? ln_relative_text(source, link) : NULL;
    const char *to = text ? text : source;
    int err = ln_make(l, to, link);
    if (err == -EEXIST && (l->force || l->ask))
        err = ln_replace(l, to, link);
    if (err && backup) {
        int back = sys_rename(backup, link, 0);
        (void)back;
    }
    if (err)
        return ln_failed(l, to, link, err);
    if (l->verbose)
        outf("%s%s%s %s %s\n", backup ? quoted_path(backup) : "", backup ? " ~ " : "",
             quoted_path(link), l->symbolic ? "->" : "=>", quoted_path(to));
    sys_free(backup);
    sys_free(text);
    return 0;
}

static bool ln_option(struct ln *l, int c, const char *arg)
{
    switch (c) {
    case 'b':
    case LN_BACKUP:
        l->backup_kind = arg ? arg : l->backup_kind;
        return l->backup_given = true;
    case 'd':
    case 'F': return l->try_folders = true;
    case 'f': l->ask = false; return l->force = true;
    case 'i': l->force = false; return l->ask = true;
    case 'L': return l->logical = true;
    case 'n': return l->target.no_follow = true;
    case 'P': l->logical = false; return true;
    case 'r': return l->relative = true;
    case 's': return l->symbolic = true;
    case 'S': l->suffix = arg; return l->backup_given = true;
    case 't': l->target.folder_option = arg; return true;
    case 'T': return l->target.no_folder = true;
    case 'v': return l->verbose = true;
    default: return false;
    }
}

int cmd_ln(int argc, char **argv)
{
    struct ln l = {.target.one_is_enough = true};
    struct opts o = opts_begin(&cmd_ln_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !ln_option(&l, c, o.arg))
            return 1;
    if (l.backup_given && !backup_read(l.backup_kind, &l.backup))
        return 1;
    // ln -T and a single name that is no folder fail for themselves
    if (!target_find(&l.target, o.operands, o.count))
        return 1;
    if (l.relative && !l.symbolic)
        return msg("cannot do --relative without --symbolic");
    int status = 0;
    for (int i = 0; i < l.target.count; i++) {
        char *link = target_path(&l.target, l.target.sources[i]);
        status |= ln_link(&l, l.target.sources[i], link);
        sys_free(link);
    }
    return status;
}

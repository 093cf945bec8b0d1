/* mv.c: rename files, or move them to another filesystem. Imitates GNU coreutils mv. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/copy.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/target.h"
#include "user/walk.h"

int cmd_mv(int argc, char **argv);

enum { MV_BACKUP = 256, MV_STRIP };

static const struct opt mv_opts[] = {
    {"backup", MV_BACKUP, OPT_MAYBE},
    {"force", 'f', OPT_PLAIN},
    {"interactive", 'i', OPT_PLAIN},
    {"no-clobber", 'n', OPT_PLAIN},
    {"no-target-directory", 'T', OPT_PLAIN},
    {"strip-trailing-slashes", MV_STRIP, OPT_PLAIN},
    {"suffix", 'S', OPT_ARG},
    {"target-directory", 't', OPT_ARG},
    {"update", 'u', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {NULL, 'b', OPT_PLAIN},
    {0},
};

const struct cmd cmd_mv_entry = {
    .name = "mv",
    .usage = "[-T] SOURCE DEST | SOURCE... DIRECTORY | -t DIRECTORY SOURCE...",
    .help =
        "Rename SOURCE to DEST, or move SOURCEs to DIRECTORY.\n"
        "\n"
        "      --backup[=CONTROL], -b  keep what would be overwritten\n"
        "  -f, --force                 do not ask before overwriting\n"
        "  -i, --interactive           ask before overwriting\n"
        "  -n, --no-clobber            do not overwrite\n"
        "      --strip-trailing-slashes  from SOURCEs\n"
        "  -S, --suffix=SUFFIX         of backups\n"
        "  -t, --target-directory=DIRECTORY\n"
        "  -T, --no-target-directory   DEST is no directory to move into\n"
        "  -u, --update                only over older files, or where there is none\n"
        "  -v, --verbose               say what is done\n",
    .main = cmd_mv,
    .opts = mv_opts,
};

struct mv {
    struct copy copy;
    struct target target;
    bool backup, strip;
    const char *backup_kind;
};

static bool mv_is_folder(const struct sys_stat *st)
{
    return (st->mode & SYS_IFMT) == SYS_IFDIR;
}

/* ---- To another filesystem -------------------------------------------------------- */

static bool mv_remove(struct mv *m, const char *source)
{
    struct walk w;
    bool good = true;
    walk_begin(&w, source, 0);
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;) {
        if (e->kind == WALK_PRE)
            continue;
        int err = e->kind == WALK_POST   ? sys_rmdir(e->path)
                  : e->kind == WALK_FILE ? sys_unlink(e->path)
                                         : e->err;
        if (err) {
            msg_errno(err, "cannot remove %s", quoted_path(e->path));
            good = false;
        } else if (m->copy.verbose) {
            outf("removed %s%s\n", e->kind == WALK_POST ? "directory " : "",
                 quoted_path(e->path));
        }
    }
    return good;
}

static bool mv_across(struct mv *m, const char *source, const char *target,
                      const struct sys_stat *from, bool exists)
{
    int err = exists ? (mv_is_folder(from) ? sys_rmdir(target) : sys_unlink(target)) : 0;
    if (err && err != -ENOENT) {
        msg_errno(err, "inter-device move failed: %s to %s; unable to remove target",
                  quoted_path(source), quoted_path(target));
        return false;
    }
    struct copy *c = &m->copy;
    c->moving = c->recursive = c->preserve_links = true;
    c->preserve_mode = c->preserve_owner = c->preserve_times = true;
    c->overwrite = COPY_OVERWRITE;
    c->update = false;
    enum backup backup = c->backup;
    c->backup = BACKUP_NONE; // it was made already
    bool good = copy_run(c, source, target);
    c->backup = backup;
    return good && mv_remove(m, source);
}

/* ---- Renaming --------------------------------------------------------------------- */

/* Whether the target may not be replaced by the source, after a message. */
static bool mv_is_refused(const char *source, const char *target,
                          const struct sys_stat *from, const struct sys_stat *to)
{
    if (from->ino == to->ino && from->dev == to->dev) {
        if (mv_is_folder(from)) // what rename says is GNU's message too
            return false;
        msg("%s and %s are the same file", quoted_path(source), quoted_path(target));
        return true;
    }
    if (mv_is_folder(to) && !mv_is_folder(from)) {
        msg("cannot overwrite directory %s with non-directory", quoted_path(target));
        return true;
    }
    if (!mv_is_folder(to) && mv_is_folder(from)) {
        msg("cannot overwrite non-directory %s with directory %s", quoted_path(target),
            quoted_path(source));
        return true;
    }
    return false;
}

static bool mv_rename_failed(const char *source, const char *target, int err)
{
    if (err == -EINVAL)
        msg("cannot move %s to a subdirectory of itself, %s", quoted_path(source),
            quoted_path(target));
    else
        msg_errno(err, "cannot move %s to %s", quoted_path(source), quoted_path(target));
    return false;
}

static bool mv_do(struct mv *m, const char *source, const char *target)
{
    struct sys_stat from, to;
    int err = sys_lstat(source, &from);
    if (err) {
        msg_errno(err, "cannot stat %s", quoted_path(source));
        return false;
    }
    bool exists = !sys_lstat(target, &to);
    char *backup = NULL;
    bool failed = false;
    if (exists) {
        if (mv_is_refused(source, target, &from, &to))
            return false;
        bool folders = mv_is_folder(&from);
        if (m->copy.overwrite != COPY_OVERWRITE || m->copy.update)
            if (!copy_may_overwrite(&m->copy, from.mtime_ns, target))
                return true;
        if ((!folders || m->copy.backup != BACKUP_NONE) &&
            !copy_clear_target(&m->copy, target, &backup, &failed))
            return !failed;
        exists = !backup;
    }
    err = sys_rename(source, target, 0);
    if (err == -EXDEV)
        return mv_across(m, source, target, &from, exists);
    if (err)
        return mv_rename_failed(source, target, err);
    if (m->copy.verbose) {
        outf("renamed %s -> %s", quoted_path(source), quoted_path(target));
        if (backup)
            outf(" (backup: %s)", quoted_path(backup));
        out_char('\n');
    }
    sys_free(backup);
    return true;
}

static bool mv_one(struct mv *m, char *source)
{
    size_t len = strlen(source);
    while (m->strip && len > 1 && source[len - 1] == '/')
        source[--len] = '\0';
    char *target = target_path(&m->target, source);
    bool good = mv_do(m, source, target);
    sys_free(target);
    return good;
}

static bool mv_option(struct mv *m, int c, const char *arg)
{
    switch (c) {
    case 'b':
    case MV_BACKUP: m->backup_kind = arg ? arg : m->backup_kind; return m->backup = true;
    case 'f': m->copy.overwrite = COPY_OVERWRITE; return true;
    case 'i': m->copy.overwrite = COPY_ASK; return true;
    case 'n': m->copy.overwrite = COPY_KEEP; return true;
    case 'T': return m->target.no_folder = true;
    case MV_STRIP: return m->strip = true;
    case 'S': m->copy.suffix = arg; return m->backup = true;
    case 't': m->target.folder_option = arg; return true;
    case 'u': return m->copy.update = true;
    case 'v': return m->copy.verbose = true;
    default: return false;
    }
}

int cmd_mv(int argc, char **argv)
{
    struct mv m = {0};
    copy_init(&m.copy);
    m.copy.moving = true;
    struct opts o = opts_begin(&cmd_mv_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !mv_option(&m, c, o.arg))
            return 1;
    if (m.backup && m.copy.overwrite == COPY_KEEP)
        return msg_usage("options --backup and --no-clobber are mutually exclusive");
    if (m.backup && !backup_read(m.backup_kind, &m.copy.backup))
        return 1;
    if (!target_find(&m.target, o.operands, o.count))
        return 1;
    int status = 0;
    for (int i = 0; i < m.target.count; i++)
        if (!mv_one(&m, m.target.sources[i]))
            status = 1;
    return status;
}

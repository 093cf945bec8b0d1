/* chmod.c: change permissions. Imitates GNU coreutils chmod. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/mode.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/walk.h"

int cmd_chmod(int argc, char **argv);

enum { CHMOD_PRESERVE = 256, CHMOD_NO_PRESERVE, CHMOD_REFERENCE };

static const struct opt chmod_opts[] = {
    {"changes", 'c', OPT_PLAIN},
    {"recursive", 'R', OPT_PLAIN},
    {"no-preserve-root", CHMOD_NO_PRESERVE, OPT_PLAIN},
    {"preserve-root", CHMOD_PRESERVE, OPT_PLAIN},
    {"quiet", 'f', OPT_PLAIN},
    {"reference", CHMOD_REFERENCE, OPT_ARG},
    {"silent", 'f', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {0},
};

const struct cmd cmd_chmod_entry = {
    .name = "chmod",
    .usage = "MODE[,MODE]... FILE...",
    .help =
        "Change the permissions of each FILE to MODE: octal, or [ugoa...][[-+=][rwxXst...]]...\n"
        "\n"
        "  -c, --changes          say what was changed\n"
        "  -f, --silent, --quiet  say nothing of most errors\n"
        "  -v, --verbose          say what is done with each file\n"
        "      --no-preserve-root, --preserve-root  whether / is refused with -R\n"
        "      --reference=FILE   use the permissions of FILE\n"
        "  -R, --recursive        also what is in directories\n",
    .main = cmd_chmod,
    .opts = chmod_opts,
};

struct chmod {
    const char *mode;
    bool has_reference, changes, verbose, quiet, recursive, preserve_root;
    uint32_t reference;
    unsigned umask;
    bool check_umask; // "-w" as an option: say so if the umask kept bits
    int status;
};

static void chmod_say(const struct chmod *c, const char *path, uint32_t before,
                      uint32_t after)
{
    char old[11], new[11];
    before &= 07777;
    after &= 07777;
    mode_letters(old, before);
    mode_letters(new, after);
    if (before != after)
        outf("mode of %s changed from %04o (%s) to %04o (%s)\n", quoted_path(path),
             before, old + 1, after, new + 1);
    else if (c->verbose)
        outf("mode of %s retained as %04o (%s)\n", quoted_path(path), after, new + 1);
}

static void chmod_failed(struct chmod *c, const char *path, int err)
{
    c->status = 1;
    if (!c->quiet)
        msg_errno(err, "changing permissions of %s", quoted_path(path));
}

/* -w where the umask keeps some of it: GNU says what a user would not expect. */
static void chmod_check_umask(struct chmod *c, const char *path, uint32_t before,
                              uint32_t after)
{
    uint32_t naive;
    if (!c->check_umask || mode_change(c->mode, before, 0, &naive) ||
        !((after & 07777) & ~naive))
        return;
    char got[11], wanted[11];
    mode_letters(got, after);
    mode_letters(wanted, naive);
    c->status =
        msg("%s: new permissions are %s, not %s", quoted_file(path), got + 1, wanted + 1);
}

static void chmod_one(struct chmod *c, const char *path, uint32_t before)
{
    uint32_t after = (before & ~(uint32_t)07777) | c->reference;
    int err = c->has_reference ? 0 : mode_change(c->mode, before, c->umask, &after);
    if (!err)
        err = sys_chmod(path, after & 07777);
    if (err) {
        chmod_failed(c, path, err);
        if (c->verbose) {
            char old[11], new[11];
            mode_letters(old, before);
            mode_letters(new, after);
            outf("failed to change mode of %s from %04o (%s) to %04o (%s)\n",
                 quoted_path(path), before & 07777, old + 1, after & 07777, new + 1);
        }
        return;
    }
    if (c->changes || c->verbose)
        chmod_say(c, path, before, after);
    chmod_check_umask(c, path, before, after);
}

static void chmod_no_access(struct chmod *c, const char *path, int err)
{
    struct sys_stat st;
    c->status = 1;
    bool link = !sys_lstat(path, &st) && (st.mode & SYS_IFMT) == SYS_IFLNK;
    if (!c->quiet) {
        if (link)
            msg("cannot operate on dangling symlink %s", quoted_path(path));
        else
            msg_errno(err, "cannot access %s", quoted_path(path));
    }
    if (c->verbose)
        outf("%s could not be accessed\n", quoted_path(path));
}

/* Links on the way are left alone; one on the command line is followed. */
static void chmod_tree(struct chmod *c, const char *name)
{
    struct walk w;
    walk_begin(&w, name, 0);
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;) {
        struct sys_stat st;
        switch (e->kind) {
        case WALK_FILE:
        case WALK_PRE:
            st = e->st;
            if ((st.mode & SYS_IFMT) == SYS_IFLNK) {
                if (e->depth)
                    break;
                int err = sys_stat(e->path, &st);
                if (err) {
                    chmod_no_access(c, e->path, err);
                    break;
                }
            }
            chmod_one(c, e->path, st.mode);
            break;
        case WALK_UNREADABLE:
            c->status = 1;
            if (!c->quiet)
                msg_errno(e->err, "cannot read directory %s", quoted_path(e->path));
            break;
        case WALK_ERROR: chmod_no_access(c, e->path, e->err); break;
        default: break;
        }
    }
}

static void chmod_operand(struct chmod *c, const char *name)
{
    struct sys_stat st;
    if (c->recursive && c->preserve_root && str_eq(name, "/")) {
        msg("it is dangerous to operate recursively on %s", quoted_path(name));
        c->status = msg("use --no-preserve-root to override this failsafe");
        return;
    }
    if (c->recursive) {
        chmod_tree(c, name);
        return;
    }
    int err = sys_stat(name, &st);
    if (err)
        chmod_no_access(c, name, err);
    else
        chmod_one(c, name, st.mode);
}

/* A word such as -w or -rwx is a mode, not options. */
static bool chmod_is_mode(const char *word)
{
    return word[0] == '-' && word[1] && strchr("rwxXstugoa,+=0-7", word[1]) &&
           word[1] != '-' && !word[strspn(word, "-rwxXstugoa,+=01234567")];
}

/* Takes such a mode out of argv. */
static const char *chmod_take_mode(int *argc, char **argv)
{
    const char *mode = NULL;
    int kept = 1;
    bool options = true;
    for (int i = 1; i < *argc; i++) {
        options &= !str_eq(argv[i], "--");
        if (options && !mode && chmod_is_mode(argv[i]))
            mode = argv[i];
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    argv[kept] = NULL;
    return mode;
}

static bool chmod_read_option(struct chmod *c, int letter, const char *arg)
{
    struct sys_stat st;
    switch (letter) {
    case 'c': return c->changes = true;
    case 'f': return c->quiet = true;
    case 'R': return c->recursive = true;
    case 'v': return c->verbose = true;
    case CHMOD_PRESERVE: return c->preserve_root = true;
    case CHMOD_NO_PRESERVE: c->preserve_root = false; return true;
    case CHMOD_REFERENCE: {
        int err = sys_stat(arg, &st);
        if (err)
            msg_errno(err, "failed to get attributes of %s", quoted_path(arg));
        c->reference = st.mode & 07777;
        c->has_reference = true;
        return !err;
    }
    default: return false;
    }
}

static char **chmod_copy_argv(int argc, char **argv)
{
    char **copy = sys_alloc(((size_t)argc + 1) * sizeof *copy);
    memcpy(copy, argv, ((size_t)argc + 1) * sizeof *copy);
    return copy;
}

int cmd_chmod(int argc, char **argv)
{
    struct chmod c = {0};
    char **words = chmod_copy_argv(argc, argv);
    c.mode = chmod_take_mode(&argc, words);
    c.check_umask = c.mode != NULL;
    struct opts o = opts_begin(&cmd_chmod_entry, argc, words);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;)
        if (letter == OPTS_ERROR || !chmod_read_option(&c, letter, o.arg))
            return 1;
    char **names = o.operands;
    if (c.mode && c.has_reference)
        return msg_usage("cannot combine mode and --reference options");
    if (!c.mode && !c.has_reference && *names)
        c.mode = *names++;
    if (!*names) {
        if (c.mode && names != o.operands)
            return msg_usage("missing operand after %s", quoted(c.mode));
        return msg_usage("missing operand");
    }
    uint32_t unused;
    c.umask = sys_umask(0);
    sys_umask(c.umask);
    if (c.mode && mode_change(c.mode, SYS_IFREG, 0, &unused))
        return msg_usage("invalid mode: %s", quoted(c.mode));
    for (; *names; names++)
        chmod_operand(&c, *names);
    return c.status;
}

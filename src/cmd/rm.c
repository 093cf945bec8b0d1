/* rm.c: remove files and trees. Imitates GNU coreutils rm. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/ask.h"
#include "user/cmd.h"
#include "user/mode.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"
#include "user/walk.h"

int cmd_rm(int argc, char **argv);

enum { RM_INTERACTIVE = 256, RM_ONE_FS, RM_NO_PRESERVE, RM_PRESERVE };

static const struct opt rm_opts[] = {
    {"force", 'f', OPT_PLAIN},
    {"interactive", RM_INTERACTIVE, OPT_MAYBE},
    {"one-file-system", RM_ONE_FS, OPT_PLAIN},
    {"no-preserve-root", RM_NO_PRESERVE, OPT_PLAIN},
    {"preserve-root", RM_PRESERVE, OPT_MAYBE},
    {"recursive", 'r', OPT_PLAIN},
    {"dir", 'd', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {NULL, 'R', OPT_PLAIN},
    {NULL, 'i', OPT_PLAIN},
    {NULL, 'I', OPT_PLAIN},
    {0},
};

const struct cmd cmd_rm_entry = {
    .name = "rm",
    .usage = "[FILE]...",
    .help =
        "Remove the FILEs.\n"
        "\n"
        "  -f, --force           ignore files that do not exist, never ask\n"
        "  -i                    ask before every removal\n"
        "  -I                    ask once before removing more than three files or a tree\n"
        "      --interactive[=WHEN]  never, once (-I) or always (-i)\n"
        "      --one-file-system     stay on the filesystem of each argument\n"
        "      --no-preserve-root    do not treat / specially\n"
        "      --preserve-root[=all] do not remove / (the default)\n"
        "  -r, -R, --recursive   remove directories and what is in them\n"
        "  -d, --dir             remove empty directories\n"
        "  -v, --verbose         say what is done\n",
    .main = cmd_rm,
    .opts = rm_opts,
};

enum rm_asks { RM_SOMETIMES, RM_NEVER, RM_ALWAYS };

struct rm {
    enum rm_asks asks;
    bool force, once, recursive, empty_folders, verbose, one_fs, no_preserve, terminal;
    int status;
    int kept_depth; // the depth of what could not be removed: not to be tried again above
};

static bool rm_is_folder(const struct walk_entry *e)
{
    return (e->st.mode & SYS_IFMT) == SYS_IFDIR;
}

static bool rm_is_empty(const char *path)
{
    struct walk_names names;
    if (walk_read_folder(path, false, &names))
        return false;
    bool empty = !names.count;
    walk_free_names(&names);
    return empty;
}

/* Whether the user agrees. action: "remove" or "descend into". */
static bool rm_ask(const struct rm *r, const struct walk_entry *e, const char *action)
{
    bool link = (e->st.mode & SYS_IFMT) == SYS_IFLNK;
    bool guarded = r->asks != RM_NEVER && !link &&
                   (r->asks == RM_ALWAYS || r->terminal) && sys_access(e->path, SYS_W_OK);
    if (r->asks != RM_ALWAYS && !guarded)
        return true;
    return ask("%s %s%s %s? ", action, guarded ? "write-protected " : "",
               mode_type_name(e->st.mode, e->st.size), quoted_path(e->path));
}

static void rm_failed(struct rm *r, const struct walk_entry *e, int err)
{
    r->kept_depth = e->depth;
    if (r->force && (err == -ENOENT || err == -ENOTDIR))
        return;
    r->status = msg_errno(err, "cannot remove %s", quoted_path(e->path));
}

static void rm_remove(struct rm *r, const struct walk_entry *e)
{
    bool folder = rm_is_folder(e);
    int err = folder ? sys_rmdir(e->path) : sys_unlink(e->path);
    if (err)
        rm_failed(r, e, err);
    else if (r->verbose)
        outf("removed %s%s\n", folder ? "directory " : "", quoted_path(e->path));
}

static void rm_file(struct rm *r, const struct walk_entry *e)
{
    if (rm_ask(r, e, "remove"))
        rm_remove(r, e);
}

/* A folder before its contents. false: leave it alone. */
static bool rm_enter(struct rm *r, const struct walk_entry *e)
{
    if (!r->recursive) {
        if (!r->empty_folders)
            rm_failed(r, e, -EISDIR);
        else if (!rm_is_empty(e->path))
            rm_failed(r, e, -ENOTEMPTY);
        else
            rm_file(r, e);
        return false;
    }
    if (r->asks == RM_ALWAYS && rm_is_empty(e->path)) {
        rm_file(r, e);
        return false;
    }
    return rm_ask(r, e, "descend into");
}

static void rm_leave(struct rm *r, const struct walk_entry *e)
{
    if (r->kept_depth > e->depth) {
        r->kept_depth = e->depth;
        return;
    }
    if (r->asks != RM_ALWAYS || rm_ask(r, e, "remove"))
        rm_remove(r, e);
}

static void rm_tree(struct rm *r, const char *name)
{
    struct walk w;
    walk_begin(&w, name, r->one_fs ? WALK_ONE_FS : 0);
    r->kept_depth = -1;
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;)
        switch (e->kind) {
        case WALK_FILE: rm_file(r, e); break;
        case WALK_PRE:
            if (!rm_enter(r, e))
                walk_skip(&w);
            break;
        case WALK_POST: rm_leave(r, e); break;
        case WALK_UNREADABLE:
            if (sys_rmdir(e->path) == 0) { // it was empty
                if (r->verbose)
                    outf("removed directory %s\n", quoted_path(e->path));
                r->kept_depth = e->depth + 1;
            } else {
                rm_failed(r, e, e->err);
                r->kept_depth = e->depth + 1;
            }
            break;
        default: rm_failed(r, e, e->err);
        }
}

/* Whether name may not be removed as a tree, after a message. */
static bool rm_is_refused(struct rm *r, const char *name)
{
    if (!r->recursive)
        return false;
    struct span base = path_base(name);
    if (span_eq_str(base, ".") || span_eq_str(base, "..")) {
        r->status = msg("refusing to remove '.' or '..' directory: skipping %s",
                        quoted_path(name));
        return true;
    }
    struct sys_stat root, st;
    if (r->no_preserve || sys_lstat(name, &st) || sys_stat("/", &root) ||
        st.ino != root.ino || st.dev != root.dev)
        return false;
    bool plain = str_eq(name, "/");
    msg("it is dangerous to operate recursively on %s%s", quoted_path(name),
        plain ? "" : " (same as '/')");
    r->status = msg("use --no-preserve-root to override this failsafe");
    return true;
}

static bool rm_set_interactive(struct rm *r, const char *text)
{
    static const char *const names[] = {"never",  "no",  "none", "once",
                                        "always", "yes", NULL};
    static const int values[] = {0, 0, 0, 1, 2, 2};
    int i = text ? opts_match_arg("--interactive", text, names, values) : 4;
    if (i < 0)
        return false;
    r->once = values[i] == 1;
    r->asks = values[i] == 2 ? RM_ALWAYS : values[i] == 1 ? RM_SOMETIMES : RM_NEVER;
    if (values[i])
        r->force = false;
    return true;
}

static bool rm_read_option(struct rm *r, int c, const char *arg)
{
    switch (c) {
    case 'd': r->empty_folders = true; return true;
    case 'f':
        r->force = true;
        r->asks = RM_NEVER;
        r->once = false;
        return true;
    case 'i': return rm_set_interactive(r, "always");
    case 'I': return rm_set_interactive(r, "once");
    case 'r':
    case 'R': r->recursive = true; return true;
    case 'v': r->verbose = true; return true;
    case RM_INTERACTIVE: return rm_set_interactive(r, arg);
    case RM_ONE_FS: r->one_fs = true; return true;
    case RM_NO_PRESERVE: r->no_preserve = true; return true;
    case RM_PRESERVE:
        if (arg && !str_eq(arg, "all")) {
            msg("unrecognized --preserve-root argument: %s", quoted(arg));
            return false;
        }
        r->no_preserve = false;
        return true;
    default: return false;
    }
}

int cmd_rm(int argc, char **argv)
{
    struct rm r = {0};
    struct opts o = opts_begin(&cmd_rm_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (!rm_read_option(&r, c, o.arg))
            return 1;
    if (!o.count)
        return r.force ? 0 : msg_usage("missing operand");
    r.terminal = r.asks == RM_SOMETIMES && sys_isatty(0);
    if (r.once && (o.count > 3 || r.recursive) &&
        !ask("remove %d argument%s%s? ", o.count, o.count > 1 ? "s" : "",
             r.recursive ? " recursively" : ""))
        return 0;
    for (char **name = o.operands; *name; name++)
        if (!rm_is_refused(&r, *name))
            rm_tree(&r, *name);
    return r.status;
}

/* grep_files.c: which files are searched. See grep.h. */
#include <errno.h>

#include "cmd/grep/grep.h"
#include "user/match.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/walk.h"

static void grep_complain_of(struct grep *g, const char *name, int err)
{
    g->any_error = true;
    if (g->no_messages)
        return;
    out_flush();
    msg_errno(err, "%s", name);
}

/* Whether a glob matches the name: all of it, or (of an operand) a part that begins after
 * a slash. */
static bool grep_glob_matches(const char *pattern, const char *name, bool operand)
{
    if (match_pattern(pattern, name, 0))
        return true;
    for (const char *slash = name; operand && (slash = strchr(slash, '/')) != NULL;)
        if (*++slash && *slash != '/' && match_pattern(pattern, slash, 0))
            return true;
    return false;
}

/* Whether the options leave the file or folder out: the last glob that matches decides;
 * without one a first --include does. */
static bool grep_is_left_out(const struct grep *g, const char *name, bool folder,
                             bool operand)
{
    bool left_out = false, any = false;
    for (size_t i = 0; i < g->glob_count; i++) {
        const struct grep_glob *glob = &g->globs[i];
        if (glob->folder != folder)
            continue;
        if (!any)
            left_out = glob->include;
        any = true;
    }
    for (size_t i = 0; any && i < g->glob_count; i++) {
        const struct grep_glob *glob = &g->globs[i];
        if (glob->folder == folder && grep_glob_matches(glob->pattern, name, operand))
            left_out = !glob->include;
    }
    return left_out;
}

static bool grep_is_device(uint32_t mode)
{
    uint32_t type = mode & SYS_IFMT;
    return type == SYS_IFCHR || type == SYS_IFBLK || type == SYS_IFIFO ||
           type == SYS_IFSOCK;
}

/* Output into the file that is being read would never end. */
static bool grep_feeds_itself(const struct grep *g, const struct sys_stat *st)
{
    return g->out_is_file && !g->quiet && !g->list && g->max > 1 &&
           (st->mode & SYS_IFMT) == SYS_IFREG && st->ino == g->out.ino &&
           st->dev == g->out.dev;
}

static void grep_open_file(struct grep *g, const char *path, const char *name,
                           bool operand)
{
    unsigned wait = g->skip_devices ? SYS_NONBLOCK : 0; // for no writer of a FIFO
    int fd = sys_open(path, SYS_RDONLY | SYS_CLOEXEC | wait, 0);
    if (fd < 0) {
        grep_complain_of(g, name, fd);
        return;
    }
    struct sys_stat st;
    int err = sys_fstat(fd, &st);
    bool skip_devices = g->skip_devices || (!operand && !g->read_devices);
    if (err) {
        grep_complain_of(g, name, err);
    } else if ((st.mode & SYS_IFMT) == SYS_IFDIR) {
        if (g->folders == GREP_READ)
            grep_search(g, name, fd, false); // which says that it is a folder
    } else if (skip_devices && grep_is_device(st.mode)) {
        ;
    } else if (grep_feeds_itself(g, &st)) {
        g->any_error = true;
        msg("%s: input file is also the output", name);
    } else {
        grep_search(g, name, fd, false);
    }
    sys_close(fd);
}

static void grep_stdin(struct grep *g)
{
    struct sys_stat st;
    const char *name = g->label ? g->label : "(standard input)";
    int err = sys_fstat(0, &st);
    if (err) {
        grep_complain_of(g, name, err);
        return;
    }
    int flags = sys_fd_flags(1);
    bool growing =
        sys_seek(0, 0, SYS_SEEK_CUR) < st.size || (flags >= 0 && flags & SYS_APPEND);
    if (grep_feeds_itself(g, &st) && growing) {
        g->any_error = true;
        msg("%s: input file is also the output", name);
        return;
    }
    grep_search(g, name, 0, true);
}

/* One entry of a walk; hidden: how much of its path (of "./") is not shown. */
static void grep_visit(struct grep *g, struct walk *w, const struct walk_entry *e,
                       size_t hidden)
{
    bool operand = e->depth == 0;
    const char *name = e->path + (strlen(e->path) > hidden ? hidden : 0);
    switch (e->kind) {
    case WALK_PRE:
        if (grep_is_left_out(g, operand ? name : e->name, true, operand) &&
            !(operand && hidden))
            walk_skip(w);
        break;
    case WALK_FILE:
        if (!operand && !g->dereference && (e->st.mode & SYS_IFMT) == SYS_IFLNK)
            break;
        if (!operand && !g->read_devices && grep_is_device(e->st.mode))
            break;
        if (!grep_is_left_out(g, operand ? name : e->name, false, operand))
            grep_open_file(g, e->path, name, operand);
        break;
    case WALK_ERROR:
    case WALK_UNREADABLE: grep_complain_of(g, name, e->err); break;
    case WALK_LOOP:
        if (!g->no_messages)
            msg_warn("%s: warning: recursive directory loop", name);
        break;
    default: break;
    }
}

static void grep_tree(struct grep *g, const char *root, bool hide)
{
    struct walk w;
    unsigned flags = g->dereference ? WALK_FOLLOW : WALK_FOLLOW_ARG;
    walk_begin(&w, root, flags | WALK_NO_STAT);
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;) {
        grep_visit(g, &w, e, hide ? 2 : 0);
        if (g->quiet && g->any_selected)
            break;
    }
    walk_end(&w);
}

static void grep_operand(struct grep *g, const char *name)
{
    if (str_eq(name, "-")) {
        grep_stdin(g);
        return;
    }
    if (g->folders == GREP_RECURSE) {
        grep_tree(g, name, false);
        return;
    }
    if (g->folders == GREP_SKIP || g->glob_count) {
        struct sys_stat st;
        bool folder = !sys_stat(name, &st) && (st.mode & SYS_IFMT) == SYS_IFDIR;
        if ((folder && g->folders == GREP_SKIP) ||
            grep_is_left_out(g, name, folder, true))
            return;
    }
    grep_open_file(g, name, name, true);
}

void grep_operands(struct grep *g, char **names)
{
    if (!*names && g->folders == GREP_RECURSE)
        grep_tree(g, ".", true);
    else if (!*names)
        grep_stdin(g);
    for (; *names; names++) {
        grep_operand(g, *names);
        if (g->quiet && g->any_selected)
            return;
    }
}

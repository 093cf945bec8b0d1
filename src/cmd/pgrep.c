/* pgrep.c: find processes by name and other things, and signal them: pgrep, pkill.
 * Imitates procps-ng. */
#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/str.h"
#include "regex/regex.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/ids.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/procs.h"
#include "user/signame.h"

int cmd_pgrep(int argc, char **argv);
int cmd_pkill(int argc, char **argv);

enum { PGREP_SIGNAL = 256, PGREP_USAGE = 2, PGREP_NAME = 15 };

static const struct opt pgrep_opts[] = {
    {"delimiter", 'd', OPT_ARG},
    {"list-name", 'l', OPT_PLAIN},
    {"list-full", 'a', OPT_PLAIN},
    {"inverse", 'v', OPT_PLAIN},
    {"count", 'c', OPT_PLAIN},
    {"full", 'f', OPT_PLAIN},
    {"pgroup", 'g', OPT_ARG},
    {"group", 'G', OPT_ARG},
    {"ignore-case", 'i', OPT_PLAIN},
    {"newest", 'n', OPT_PLAIN},
    {"oldest", 'o', OPT_PLAIN},
    {"parent", 'P', OPT_ARG},
    {"session", 's', OPT_ARG},
    {"signal", PGREP_SIGNAL, OPT_ARG},
    {"euid", 'u', OPT_ARG},
    {"uid", 'U', OPT_ARG},
    {"exact", 'x', OPT_PLAIN},
    {"runstates", 'r', OPT_ARG},
    {0},
};

static const struct opt pkill_opts[] = {
    {"echo", 'e', OPT_PLAIN},
    {"count", 'c', OPT_PLAIN},
    {"full", 'f', OPT_PLAIN},
    {"pgroup", 'g', OPT_ARG},
    {"group", 'G', OPT_ARG},
    {"ignore-case", 'i', OPT_PLAIN},
    {"newest", 'n', OPT_PLAIN},
    {"oldest", 'o', OPT_PLAIN},
    {"parent", 'P', OPT_ARG},
    {"session", 's', OPT_ARG},
    {"signal", PGREP_SIGNAL, OPT_ARG},
    {"euid", 'u', OPT_ARG},
    {"uid", 'U', OPT_ARG},
    {"exact", 'x', OPT_PLAIN},
    {"runstates", 'r', OPT_ARG},
    {0},
};

#define PGREP_HELP                                                           \
    "  -f, --full              match the whole command line, not the name\n" \
    "  -x, --exact             the whole of it must match\n"                 \
    "  -i, --ignore-case       without regard to case\n"                     \
    "  -n, --newest            only the one started last\n"                  \
    "  -o, --oldest            only the one started first\n"                 \
    "  -P, --parent PIDS       only children of these\n"                     \
    "  -g, --pgroup PGIDS      only of these process groups (0: ours)\n"     \
    "  -s, --session SIDS      only of these sessions (0: ours)\n"           \
    "  -u, --euid, -U, --uid USERS, -G, --group GROUPS  only theirs\n"       \
    "  -r, --runstates STATES  only in these states\n"                       \
    "  -c, --count             write their number\n"

const struct cmd cmd_pgrep_entry = {
    .name = "pgrep",
    .usage = "PATTERN",
    .help =
        "Write the PIDs of the processes whose name matches PATTERN, an extended expression.\n"
        "\n"
        "  -a, --list-full         with the command lines\n"
        "  -l, --list-name         with the names\n"
        "  -d, --delimiter STRING  between PIDs, not a newline\n"
        "  -v, --inverse           those that do not match\n" PGREP_HELP,
    .main = cmd_pgrep,
    .opts = pgrep_opts,
    .fail_status = PGREP_USAGE,
};

const struct cmd cmd_pkill_entry = {
    .name = "pkill",
    .usage = "[-SIGNAL] PATTERN",
    .help = "Signal the processes whose name matches PATTERN, an extended expression.\n"
            "\n"
            "  -SIGNAL, --signal SIGNAL  by name or number (default TERM)\n"
            "  -e, --echo              say which processes were signalled\n" PGREP_HELP,
    .main = cmd_pkill,
    .opts = pkill_opts,
    .fail_status = PGREP_USAGE,
};

#undef PGREP_HELP

/* Numbers of which a process must have one; count 0: any will do. */
struct pgrep_list {
    int64_t *numbers;
    size_t count;
};

struct pgrep {
    bool kill, full, exact, invert, fold, count, names, args, echo, newest, oldest;
    struct pgrep_list parents, groups, sessions, euids, uids, gids;
    const char *states, *delimiter, *pattern;
    struct regex *regex;
    int signal;
};

/* ---- Choosing --------------------------------------------------------------------- */

static bool pgrep_list_has(const struct pgrep_list *l, int64_t n)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->numbers[i] == n)
            return true;
    return !l->count;
}

static bool pgrep_matches_text(const struct pgrep *g, const struct proc *p)
{
    if (!g->regex)
        return true;
    const char *text = g->full && p->has_args ? p->args : p->name;
    return regex_search(g->regex, span_of(text), 0, 0, NULL, 0) > 0;
}

static bool pgrep_matches(const struct pgrep *g, const struct proc *p)
{
    bool match =
        pgrep_list_has(&g->parents, p->ppid) && pgrep_list_has(&g->groups, p->pgid) &&
        pgrep_list_has(&g->sessions, p->sid) && pgrep_list_has(&g->euids, p->uid) &&
        pgrep_list_has(&g->uids, p->ruid) && pgrep_list_has(&g->gids, p->rgid) &&
        (!g->states || strchr(g->states, p->state)) && pgrep_matches_text(g, p);
    return match != g->invert;
}

/* Those that match, but not this process, moved to the front. Gives their number. */
static size_t pgrep_choose(const struct pgrep *g, struct procs *procs)
{
    size_t count = 0;
    for (size_t i = 0; i < procs->count; i++) {
        struct proc *p = &procs->items[i];
        if (p->pid == sys_getpid() || !pgrep_matches(g, p))
            continue;
        bool later = count && (p->start_ticks > procs->items[0].start_ticks ||
                               (p->start_ticks == procs->items[0].start_ticks &&
                                p->pid > procs->items[0].pid));
        if (!(g->newest || g->oldest)) {
            procs->items[count++] = *p;
        } else if (!count || (g->newest ? later : !later)) {
            procs->items[0] = *p;
            count = 1;
        }
    }
    return count;
}

/* ---- Doing ------------------------------------------------------------------------ */

static void pgrep_put(const struct pgrep *g, const struct proc *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        outf("%d", items[i].pid);
        if (g->args)
            outf(" %s", items[i].args);
        else if (g->names)
            outf(" %s", items[i].name);
        out_str(i + 1 < count ? g->delimiter : "\n");
    }
}

static bool pgrep_kill(const struct pgrep *g, const struct proc *items, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        int err = sys_kill(items[i].pid, g->signal);
        if (err && err != -ESRCH) {
            msg_errno(err, "killing pid %d failed", items[i].pid);
            continue;
        }
        if (!err && g->echo)
            outf("%s killed (pid %d)\n", items[i].name, items[i].pid);
        any |= !err;
    }
    return any;
}

static int pgrep_run(const struct pgrep *g)
{
    struct procs procs = procs_read();
    size_t count = pgrep_choose(g, &procs);
    bool any = count > 0;
    if (g->kill)
        any = pgrep_kill(g, procs.items, count);
    if (g->count)
        outf("%zu\n", count);
    else if (!g->kill)
        pgrep_put(g, procs.items, count);
    return !any;
}

/* ---- Options ---------------------------------------------------------------------- */

static int pgrep_usage(const char *text)
{
    msg("%s", text);
    msg_raw("Try `%s --help' for more information.\n", msg_prefix());
    return PGREP_USAGE;
}

/* What an item of a list stands for. */
enum pgrep_item {
    PGREP_NUMBER,
    PGREP_OWN_GROUP,
    PGREP_OWN_SESSION,
    PGREP_USER,
    PGREP_GROUP
};

static bool pgrep_read_item(enum pgrep_item kind, const char *text, int64_t *n)
{
    const char *rest = "";
    uint32_t id;
    if (!num_to_i64(text, n, &rest) && !*rest) {
        if (kind == PGREP_OWN_GROUP && *n == 0)
            *n = sys_getpgid(0);
        if (kind == PGREP_OWN_SESSION && *n == 0)
            *n = sys_getsid(0);
        return true;
    }
    if (kind == PGREP_USER || kind == PGREP_GROUP) {
        if (kind == PGREP_USER ? ids_user(text, &id, NULL) : ids_group(text, &id)) {
            *n = id;
            return true;
        }
        msg(kind == PGREP_USER ? "invalid user name: %s" : "invalid group name: %s",
            text);
        return false;
    }
    msg("not a number: %s", text);
    return false;
}

static bool pgrep_read_list(struct pgrep_list *l, enum pgrep_item kind, const char *text)
{
    char *copy = sys_strdup(text);
    for (char *p = copy; p;) {
        char *comma = strchr(p, ',');
        if (comma)
            *comma++ = '\0';
        int64_t n;
        if (!pgrep_read_item(kind, p, &n))
            return false;
        l->numbers = sys_resize(l->numbers, (l->count + 1) * sizeof *l->numbers);
        l->numbers[l->count++] = n;
        p = comma;
    }
    sys_free(copy);
    return true;
}

static bool pgrep_option(struct pgrep *g, int c, const char *arg)
{
    switch (c) {
    case 'a': return g->args = true;
    case 'c': return g->count = true;
    case 'd': g->delimiter = arg; return true;
    case 'e': return g->echo = true;
    case 'f': return g->full = true;
    case 'g': return pgrep_read_list(&g->groups, PGREP_OWN_GROUP, arg);
    case 'G': return pgrep_read_list(&g->gids, PGREP_GROUP, arg);
    case 'i': return g->fold = true;
    case 'l': return g->names = true;
    case 'n': return g->newest = true;
    case 'o': return g->oldest = true;
    case 'P': return pgrep_read_list(&g->parents, PGREP_NUMBER, arg);
    case 'r': g->states = arg; return true;
    case 's': return pgrep_read_list(&g->sessions, PGREP_OWN_SESSION, arg);
    case 'u': return pgrep_read_list(&g->euids, PGREP_USER, arg);
    case 'U': return pgrep_read_list(&g->uids, PGREP_USER, arg);
    case 'v': return g->invert = true;
    case 'x': return g->exact = true;
    case PGREP_SIGNAL:
        g->signal = signame_parse(arg);
        if (g->signal < 0)
            msg("Unknown signal \"%s\".", arg);
        return g->signal >= 0;
    default: return false;
    }
}

static int pgrep_compile(struct pgrep *g)
{
    struct regex_options o = {.alloc = sys_heap(),
                              .tick = sys_ticks,
                              .syntax = REGEX_EXTENDED,
                              .flags = REGEX_UTF8 | (g->fold ? REGEX_ICASE : 0) |
                                       (g->exact ? REGEX_WHOLE : 0)};
    enum regex_error err = regex_compile(&g->regex, &o, span_of(g->pattern));
    if (!err)
        return 0;
    msg("regex error: %s", regex_error_text(err));
    return PGREP_USAGE;
}

static int pgrep_main(struct pgrep *g, const struct cmd *entry, int argc, char **argv)
{
    struct opts o = opts_begin(entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !pgrep_option(g, c, o.arg))
            return PGREP_USAGE;
    if (o.count > 1)
        return pgrep_usage("only one pattern can be provided");
    bool criteria = g->parents.count || g->groups.count || g->sessions.count ||
                    g->euids.count || g->uids.count || g->gids.count || g->states;
    if (!o.count && !criteria)
        return pgrep_usage("no matching criteria specified");
    if (g->newest && g->oldest)
        return pgrep_usage("-n and -o are mutually exclusive");
    g->pattern = o.operands[0];
    if (g->pattern && !g->full && !criteria && strlen(g->pattern) > PGREP_NAME)
        msg_warn(
            "pattern that searches for process name longer than 15 characters will result in "
            "zero matches\nTry `%s -f' option to match against the complete command line.",
            msg_prefix());
    int status = g->pattern ? pgrep_compile(g) : 0;
    return status ? status : pgrep_run(g);
}

int cmd_pgrep(int argc, char **argv)
{
    struct pgrep g = {.delimiter = "\n", .signal = SYS_SIGTERM};
    return pgrep_main(&g, &cmd_pgrep_entry, argc, argv);
}

/* A word such as -9 or -HUP is the signal. */
static char **pkill_take_signal(struct pgrep *g, int *argc, char **argv)
{
    char **words = sys_alloc(((size_t)*argc + 1) * sizeof *words);
    int kept = 0;
    bool found = false;
    for (int i = 0; i < *argc; i++) {
        int sig = i && !found && argv[i][0] == '-' && argv[i][1]
                      ? signame_parse(argv[i] + 1)
                      : -1;
        if (sig < 0) {
            words[kept++] = argv[i];
            continue;
        }
        g->signal = sig;
        found = true;
    }
    words[kept] = NULL;
    *argc = kept;
    return words;
}

int cmd_pkill(int argc, char **argv)
{
    struct pgrep g = {.delimiter = "\n", .signal = SYS_SIGTERM, .kill = true};
    char **words = pkill_take_signal(&g, &argc, argv);
    return pgrep_main(&g, &cmd_pkill_entry, argc, words);
}

/* mktemp.c: make files and directories with names that nobody has guessed. Imitates GNU
 * coreutils mktemp. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"

int cmd_mktemp(int argc, char **argv);

enum { MKTEMP_SUFFIX = 256, MKTEMP_TMPDIR, MKTEMP_TRIES = 1000 };

static const struct opt mktemp_opts[] = {
    {"directory", 'd', OPT_PLAIN},
    {"quiet", 'q', OPT_PLAIN},
    {"dry-run", 'u', OPT_PLAIN},
    {"suffix", MKTEMP_SUFFIX, OPT_ARG},
    {"tmpdir", MKTEMP_TMPDIR, OPT_MAYBE},
    {NULL, 'p', OPT_ARG},
    {NULL, 't', OPT_PLAIN},
    {NULL, 'V', OPT_PLAIN},
    {0},
};

const struct cmd cmd_mktemp_entry = {
    .name = "mktemp",
    .usage = "[TEMPLATE]",
    .help =
        "Make a temporary file and write its name. TEMPLATE has at least 3 Xs in a row in its\n"
        "last component; without it, it is tmp.XXXXXXXXXX below --tmpdir.\n"
        "\n"
        "  -d, --directory     make a directory\n"
        "  -u, --dry-run       make nothing, only write a name\n"
        "  -q, --quiet         say nothing if it fails\n"
        "      --suffix=SUFF   add SUFF to TEMPLATE\n"
        "  -p DIR, --tmpdir[=DIR]  put it below DIR, or TMPDIR, or /tmp\n"
        "  -t                  TEMPLATE is one component, below TMPDIR, the DIR of -p, or /tmp\n",
    .main = cmd_mktemp,
    .opts = mktemp_opts,
};

struct mktemp {
    bool folder, quiet, dry_run, use_dir, below_tmpdir;
    const char *suffix, *dir;
};

/* Where the Xs of the template are. */
struct mktemp_xs {
    size_t start, count;
};

static bool mktemp_find_xs(const struct mktemp *m, const char *template,
                           struct mktemp_xs *xs)
{
    size_t len = strlen(template), end = len;
    if (!m->suffix) {
        const char *last = strrchr(template, 'X');
        end = last ? (size_t)(last - template) + 1 : 0;
    }
    size_t start = end;
    while (start && template[start - 1] == 'X')
        start--;
    *xs = (struct mktemp_xs){start, end - start};
    const char *suffix = m->suffix ? m->suffix : template + end;
    if (strchr(suffix, '/')) {
        msg("invalid suffix %s, contains directory separator", quoted(suffix));
        return false;
    }
    if (xs->count < 3) {
        msg("too few X's in template %s", quoted(template));
        return false;
    }
    return true;
}

static void mktemp_fill(char *name, const struct mktemp_xs *xs)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (size_t i = 0; i < xs->count;) {
        unsigned char byte;
        sys_random(&byte, 1);
        if (byte < 248) // 4 * 62: no letter is preferred
            name[xs->start + i++] = letters[byte % 62];
    }
}

static int mktemp_make(const struct mktemp *m, const char *name)
{
    struct sys_stat st;
    if (m->dry_run)
        return sys_lstat(name, &st) == 0 ? -EEXIST : 0;
    if (m->folder)
        return sys_mkdir(name, 0700);
    int fd = sys_open(name, SYS_RDWR | SYS_CREAT | SYS_EXCL, 0600);
    if (fd >= 0)
        sys_close(fd);
    return fd < 0 ? fd : 0;
}

static const char *mktemp_dir(const struct mktemp *m)
{
    const char *tmp = env_get("TMPDIR");
    if (m->below_tmpdir && tmp && *tmp)
        return tmp;
    if (m->dir && *m->dir)
        return m->dir;
    return tmp && *tmp ? tmp : "/tmp";
}

/* Gives the template's full path with the suffix, and where its Xs are; NULL after a
 * message. */
static char *mktemp_full_template(const struct mktemp *m, const char *template,
                                  struct mktemp_xs *xs)
{
    if (m->suffix && (!*template || template[strlen(template) - 1] != 'X')) {
        msg("with --suffix, template %s must end in X", quoted(template));
        return NULL;
    }
    if (!mktemp_find_xs(m, template, xs))
        return NULL;
    struct buf b = buf_make(sys_heap());
    if (m->use_dir) {
        if (m->below_tmpdir && strchr(template, '/')) {
            msg("invalid template, %s, contains directory separator", quoted(template));
            return NULL;
        }
        if (*template == '/') {
            msg("invalid template, %s; with --tmpdir, it may not be absolute",
                quoted(template));
            return NULL;
        }
        const char *dir = mktemp_dir(m);
        buf_add_str(&b, dir);
        if (b.len && b.data[b.len - 1] != '/')
            buf_add_char(&b, '/');
        xs->start += b.len;
    }
    buf_add_str(&b, template);
    buf_add_str(&b, m->suffix ? m->suffix : "");
    return buf_take(&b);
}

static int mktemp_run(const struct mktemp *m, const char *template)
{
    struct mktemp_xs xs;
    char *name = mktemp_full_template(m, template, &xs);
    if (!name)
        return 1;
    char *shown = sys_strdup(name);
    int err = -EEXIST;
    for (int i = 0; i < MKTEMP_TRIES && err == -EEXIST; i++) {
        mktemp_fill(name, &xs);
        err = mktemp_make(m, name);
    }
    if (err)
        return m->quiet ? 1
                        : msg_errno(err, "failed to create %s via template %s",
                                    m->folder ? "directory" : "file", quoted(shown));
    outf("%s\n", name);
    return 0;
}

int cmd_mktemp(int argc, char **argv)
{
    struct mktemp m = {0};
    struct opts o = opts_begin(&cmd_mktemp_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'd': m.folder = true; break;
        case 'q': m.quiet = true; break;
        case 'u': m.dry_run = true; break;
        case 'p':
        case MKTEMP_TMPDIR:
            m.dir = o.arg;
            m.use_dir = true;
            break;
        case 't': m.use_dir = m.below_tmpdir = true; break;
        case MKTEMP_SUFFIX: m.suffix = o.arg; break;
        default: return 1;
        }
    if (o.count > 1)
        return msg_usage("too many templates");
    if (!o.count)
        m.use_dir = true;
    return mktemp_run(&m, o.count ? o.operands[0] : "tmp.XXXXXXXXXX");
}

/* readlink.c: what a symbolic link says, or where a path leads. Imitates GNU coreutils
 * readlink. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/real.h"

int cmd_readlink(int argc, char **argv);

static const struct opt readlink_opts[] = {
    {"canonicalize", 'f', OPT_PLAIN},
    {"canonicalize-existing", 'e', OPT_PLAIN},
    {"canonicalize-missing", 'm', OPT_PLAIN},
    {"no-newline", 'n', OPT_PLAIN},
    {"quiet", 'q', OPT_PLAIN},
    {"silent", 's', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {"zero", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_readlink_entry = {
    .name = "readlink",
    .usage = "FILE...",
    .help =
        "Write the value of each symbolic link, or the real path of each FILE.\n"
        "\n"
        "  -f, --canonicalize           the real path; all but the last component must exist\n"
        "  -e, --canonicalize-existing  the real path; all components must exist\n"
        "  -m, --canonicalize-missing   the real path; nothing must exist\n"
        "  -n, --no-newline             no newline at the end\n"
        "  -q, --quiet, -s, --silent    say nothing of errors (the default)\n"
        "  -v, --verbose                say what failed\n"
        "  -z, --zero                   end each line with NUL\n",
    .main = cmd_readlink,
    .opts = readlink_opts,
};

struct readlink {
    int canonical; // flags of real.h; -1: the link's own text
    bool no_newline, verbose;
    char end;
};

static int readlink_text(const char *name, char **text)
{
    for (size_t size = 256;; size *= 4) {
        char *copy = sys_alloc(size);
        int64_t len = sys_readlink(name, copy, size);
        if (len >= 0 && (size_t)len < size) {
            copy[len] = '\0';
            *text = copy;
            return 0;
        }
        sys_free(copy);
        if (len < 0)
            return (int)len;
    }
}

static int readlink_one(const struct readlink *r, const char *name)
{
    char *text;
    int err = r->canonical < 0 ? readlink_text(name, &text)
                               : real_path(name, (unsigned)r->canonical, &text);
    if (err) {
        if (r->verbose)
            msg_errno(err, "%s", quoted_file(name));
        return 1;
    }
    out_str(text);
    if (!r->no_newline)
        out_char(r->end);
    sys_free(text);
    return 0;
}

int cmd_readlink(int argc, char **argv)
{
    struct readlink r = {.canonical = -1, .end = '\n'};
    struct opts o = opts_begin(&cmd_readlink_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'e': r.canonical = REAL_EXISTING; break;
        case 'f': r.canonical = REAL_LAST_MISSING; break;
        case 'm': r.canonical = REAL_MISSING; break;
        case 'n': r.no_newline = true; break;
        case 'q':
        case 's': r.verbose = false; break;
        case 'v': r.verbose = true; break;
        case 'z': r.end = '\0'; break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("missing operand");
    if (o.count > 1 && r.no_newline) {
        msg_warn("ignoring --no-newline with multiple arguments");
        r.no_newline = false;
    }
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= readlink_one(&r, *name);
    return status;
}

/* basename.c: names without their folders and suffix. Imitates GNU coreutils basename. */
#include <stddef.h>

#include "base/str.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"

int cmd_basename(int argc, char **argv);

static const struct opt basename_opts[] = {
    {"multiple", 'a', OPT_PLAIN},
    {"suffix", 's', OPT_ARG},
    {"zero", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_basename_entry = {
    .name = "basename",
    .usage = "NAME [SUFFIX] | -a NAME...",
    .help = "Write NAME without the folders before it, and without SUFFIX at its end.\n"
            "\n"
            "  -a, --multiple       all arguments are NAMEs\n"
            "  -s, --suffix=SUFFIX  take off SUFFIX; implies -a\n"
            "  -z, --zero           end each line with NUL\n",
    .main = cmd_basename,
    .opts = basename_opts,
    .opts_flags = OPTS_STOP,
};

static void basename_write(const char *name, const char *suffix, char end)
{
    struct span base = path_base(name);
    struct span tail = span_of(suffix ? suffix : "");
    if (tail.len && tail.len < base.len && span_ends(base, tail) && *base.ptr != '/')
        base.len -= tail.len;
    out_span(base);
    out_char(end);
}

int cmd_basename(int argc, char **argv)
{
    bool multiple = false;
    const char *suffix = NULL;
    char end = '\n';
    struct opts o = opts_begin(&cmd_basename_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'a': multiple = true; break;
        case 's':
            suffix = o.arg;
            multiple = true;
            break;
        case 'z': end = '\0'; break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("missing operand");
    if (!multiple && o.count > 2)
        return msg_usage("extra operand %s", quoted(o.operands[2]));
    if (!multiple) {
        basename_write(o.operands[0], o.operands[1], end);
        return 0;
    }
    for (char **name = o.operands; *name; name++)
        basename_write(*name, suffix, end);
    return 0;
}

/* dirname.c: the folders of names. Imitates GNU coreutils dirname. */
#include <stddef.h>

#include "base/str.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"

int cmd_dirname(int argc, char **argv);

static const struct opt dirname_opts[] = {
    {"zero", 'z', OPT_PLAIN},
    {0},
};

const struct cmd cmd_dirname_entry = {
    .name = "dirname",
    .usage = "NAME...",
    .help = "Write each NAME without its last component and the slashes before it.\n"
            "\n"
            "  -z, --zero  end each line with NUL\n",
    .main = cmd_dirname,
    .opts = dirname_opts,
};

int cmd_dirname(int argc, char **argv)
{
    char end = '\n';
    struct opts o = opts_begin(&cmd_dirname_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return 1;
        end = '\0';
    }
    if (!o.count)
        return msg_usage("missing operand");
    for (char **name = o.operands; *name; name++) {
        out_span(path_dir(*name));
        out_char(end);
    }
    return 0;
}

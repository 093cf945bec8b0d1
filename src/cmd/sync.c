/* sync.c: files are in memory, so there is nothing to be written out; but names are
 * checked as GNU coreutils sync does. */
#include <errno.h>
#include <stddef.h>

#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"

int cmd_sync(int argc, char **argv);

static const struct opt sync_opts[] = {
    {"data", 'd', OPT_PLAIN},
    {"file-system", 'f', OPT_PLAIN},
    {0},
};

const struct cmd cmd_sync_entry = {
    .name = "sync",
    .usage = "[FILE]...",
    .help = "Write what is cached of all files, or of the FILEs, to permanent storage.\n"
            "\n"
            "  -d, --data         only data\n"
            "  -f, --file-system  all of the filesystems that the FILEs are on\n",
    .main = cmd_sync,
    .opts = sync_opts,
};

int cmd_sync(int argc, char **argv)
{
    bool data = false, filesystem = false;
    struct opts o = opts_begin(&cmd_sync_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return 1;
        data |= c == 'd';
        filesystem |= c == 'f';
    }
    if (data && filesystem)
        return msg("cannot specify both --data and --file-system");
    if (data && !o.count)
        return msg("--data needs at least one argument");
    int status = 0;
    for (char **name = o.operands; *name; name++) {
        int fd = sys_open(*name, SYS_RDONLY | SYS_NONBLOCK, 0);
        if (fd == -EACCES)
            fd = sys_open(*name, SYS_WRONLY | SYS_NONBLOCK, 0);
        if (fd < 0)
            status = msg_errno(fd, "error opening %s", quoted_path(*name));
        else
            sys_close(fd);
    }
    return status;
}

/* rev.c: the characters of each line in reverse order. Imitates rev of util-linux in
 * UTF-8; invalid bytes count as characters. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "base/utf8.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_rev(int argc, char **argv);

const struct cmd cmd_rev_entry = {
    .name = "rev",
    .usage = "[FILE]...",
    .help = "Write each line of the FILEs with its characters in reverse order.\n",
    .main = cmd_rev,
};

static void rev_line(struct span line)
{
    while (line.len) {
        size_t at = utf8_prev(line, line.len);
        out_bytes(line.ptr + at, line.len - at);
        line.len = at;
    }
}

/* name NULL: standard input. */
static int rev_file(const char *name)
{
    struct in in;
    struct span line;
    int fd = name ? sys_open(name, SYS_RDONLY | SYS_CLOEXEC, 0)
                  : 0; // "-" is a name like others
    if (fd < 0)
        return msg_errno(fd, "cannot open %s", name);
    in = in_make(fd);
    in.is_stdin = !name;
    while (in_line(&in, '\n', &line)) {
        bool newline = line.ptr[line.len - 1] == '\n';
        line.len -= newline;
        rev_line(line);
        if (newline)
            out_char('\n');
    }
    int err = in.err;
    in_close(&in);
    return err ? msg_errno(err, "%s", name ? name : "stdin") : 0;
}

int cmd_rev(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_rev_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1;
    int status = o.count ? 0 : rev_file(NULL);
    for (char **name = o.operands; *name; name++)
        status |= rev_file(*name);
    return status;
}

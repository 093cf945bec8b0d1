/* yes.c: write a line again and again. Imitates GNU coreutils yes. */
#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_yes(int argc, char **argv);

const struct cmd cmd_yes_entry = {
    .name = "yes",
    .usage = "[STRING]...",
    .help = "Write a line with all STRINGs, or y, until killed.\n",
    .main = cmd_yes,
};

enum { YES_BLOCK = 16384 };

int cmd_yes(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_yes_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1;

    struct buf b = buf_make(sys_heap());
    for (char **text = o.operands; *text; text++) {
        if (text != o.operands)
            buf_add_char(&b, ' ');
        buf_add_str(&b, *text);
    }
    if (!*o.operands)
        buf_add_char(&b, 'y');
    buf_add_char(&b, '\n');
    size_t line = b.len;
    buf_room(&b, YES_BLOCK); // it must not move while it is copied within itself
    while (b.len + line <= YES_BLOCK)
        buf_add(&b, buf_str(&b) + b.len - line, line);
    for (;;) {
        int err = out_write_all(1, b.data, b.len);
        if (err)
            return msg_errno(err, "standard output");
    }
}

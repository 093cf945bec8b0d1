/* false.c: false, which fails. */
#include "user/cmd.h"
#include "user/opts.h"

int cmd_false(int argc, char **argv);

const struct cmd cmd_false_entry = {
    .name = "false",
    .usage = "[ARGUMENT]...",
    .help = "Do nothing, unsuccessfully.\n",
    .main = cmd_false,
    .no_help = true,
};

int cmd_false(int argc, char **argv)
{
    opts_answer_help(&cmd_false_entry, argc, argv);
    return 1;
}

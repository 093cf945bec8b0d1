/* true.c: true, which succeeds. */
#include "user/cmd.h"
#include "user/opts.h"

int cmd_true(int argc, char **argv);

const struct cmd cmd_true_entry = {
    .name = "true",
    .usage = "[ARGUMENT]...",
    .help = "Do nothing, successfully.\n",
    .main = cmd_true,
    .no_help = true,
};

int cmd_true(int argc, char **argv)
{
    opts_answer_help(&cmd_true_entry, argc, argv);
    return 0;
}

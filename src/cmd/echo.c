/* echo.c: echo as a program: a front on user/echo.h, which the builtin shares. */
#include "user/echo.h"

#include "user/cmd.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_echo(int argc, char **argv);

const struct cmd cmd_echo_entry = {
    .name = "echo",
    .usage = "[-neE] [STRING]...",
    .help =
        "Write the STRINGs with a space between them and a newline after them.\n"
        "\n"
        "  -n  without the newline\n"
        "  -e  read backslash escapes: \\\\ \\a \\b \\c \\e \\f \\n \\r \\t \\v \\0NNN \\xHH\n"
        "  -E  do not (the default)\n",
    .main = cmd_echo,
    .no_help = true,
};

int cmd_echo(int argc, char **argv)
{
    opts_answer_help(&cmd_echo_entry, argc, argv);
    echo_write(out_std(), argv + 1, false, false, false);
    return 0;
}

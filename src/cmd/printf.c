/* printf.c: printf as a program: a front on user/printf.h, which the builtin shares. */
#include "user/printf.h"

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_printf(int argc, char **argv);

const struct cmd cmd_printf_entry = {
    .name = "printf",
    .usage = "FORMAT [ARGUMENT]...",
    .help =
        "Write the ARGUMENTs under the control of FORMAT, which is used again while some are\n"
        "left. It knows the conversions of C's printf and\n"
        "\n"
        "  %b  text with backslash escapes\n"
        "  %q  text quoted for a shell\n",
    .main = cmd_printf,
    .no_help = true,
};

static size_t printf_flush(void *ctx, struct span text)
{
    (void)ctx;
    out_span(text);
    (void)out_flush(); // its error ends the command
    return text.len;
}

int cmd_printf(int argc, char **argv)
{
    char **args = argv + 1;
    opts_answer_help(&cmd_printf_entry, argc, argv);
    if (argc > 1 && str_eq(*args, "--"))
        args++;
    if (!*args)
        return msg_usage("missing operand");
    static const struct printf_how how = {.flush = printf_flush};
    struct buf b = buf_make(sys_heap());
    int status = printf_run(&b, &how, args[0], args + 1);
    out_span(buf_span(&b));
    return status;
}

/* kill.c: send signals, as a program (bash has kill built in). Imitates kill of
 * procps-ng. */
#include <errno.h>
#include <stddef.h>

#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/signame.h"

int cmd_kill(int argc, char **argv);

static const char kill_help[] =
    "\nUsage:\n kill [options] <pid> [...]\n\nOptions:\n"
    " <pid> [...]            send signal to every <pid> listed\n"
    " -<signal>, -s, --signal <signal>\n"
    "                        specify the <signal> to be sent\n"
    " -l, --list=[<signal>]  list all signal names, or convert one to a name\n"
    " -L, --table            list all signal names in a nice table\n\n"
    " -h, --help     display this help and exit\n"
    " -V, --version  output version information and exit\n\n"
    "For more details see kill(1).\n";

const struct cmd cmd_kill_entry = {
    .name = "kill",
    .usage = "[-s SIGNAL | -SIGNAL] PID...",
    .help =
        "Send a signal (default TERM) to the processes; a negative PID is a process group.\n"
        "\n"
        "  -s, --signal SIGNAL  by name or number; also -SIGNAL\n"
        "  -l, --list[=SIGNAL]  list the names, or turn one into a number or back\n"
        "  -L, --table          list names and numbers\n",
    .main = cmd_kill,
    .no_help = true,
};

static int kill_usage(void)
{
    msg_raw("%s", kill_help);
    return 1;
}

static const char *kill_name(int sig)
{
    return sig == SYS_SIGIO ? "POLL" : signame_of(sig);
}

static int kill_find(const char *text)
{
    if (str_eq(text, "POLL") || str_eq(text, "SIGPOLL"))
        return SYS_SIGIO;
    return str_eq(text, "EXIT") ? 0 : signame_parse(text);
}

static void kill_list(void)
{
    for (int sig = 1, column = 0; sig <= SYS_SIGSYS; sig++) {
        const char *name = kill_name(sig);
        int next = sig < SYS_SIGSYS ? (int)strlen(kill_name(sig + 1)) : 0;
        out_str(name);
        column += (int)strlen(name) + 1;
        bool end = sig == SYS_SIGSYS || column + next > 80;
        out_char(end ? '\n' : ' ');
        if (end)
            column = 0;
    }
}

static void kill_table(void)
{
    for (int sig = 1; sig <= SYS_SIGSYS; sig++)
        outf(sig % 7 ? "%2d %-8s" : "%2d %s\n", sig, kill_name(sig));
    out_char('\n');
}

static int kill_convert(const char *text)
{
    int sig = kill_find(text);
    if (sig < 0 || sig > SYS_SIGSYS || !kill_name(sig))
        return msg_warn("unknown signal name %s", text); // and no more, as procps does
    if (char_is_digit(*text))
        outf("%s\n", kill_name(sig));
    else
        outf("%d\n", sig);
    return 0;
}

static int kill_send(char **pids, int sig)
{
    int status = 0;
    if (!*pids)
        return kill_usage();
    for (; *pids; pids++) {
        int pid;
        if (num_to_int(*pids, &pid))
            return msg("failed to parse argument: '%s'", *pids);
        int err = sys_kill(pid, sig);
        if (err)
            status = msg_errno(err, "(%d)", pid);
    }
    return status;
}

/* The signal that the first words choose; *args: the words after them. -1: nothing is to
 * be sent. */
static int kill_read_signal(char ***args, int *status)
{
    char *word = (*args)[0];
    if (!word || word[0] != '-' || !word[1])
        return SYS_SIGTERM;
    if (str_eq(word, "--")) {
        (*args)++;
        return SYS_SIGTERM;
    }
    const char *name = NULL;
    size_t used = 1;
    if (str_eq(word, "-s") || str_eq(word, "--signal")) {
        name = (*args)[1];
        used = 2;
    } else if (str_starts(word, "--signal=")) {
        name = word + 9;
    } else if (word[1] != '-') {
        name = str_starts(word, "-s") && kill_find(word + 1) < 0 ? word + 2 : word + 1;
    }
    int sig = name ? kill_find(name) : -1;
    if (sig < 0) {
        msg("invalid argument %c", name && used == 1 ? *name
                                   : word[1] == '-'  ? ' '
                                                     : word[1]);
        *status = kill_usage();
        return -1;
    }
    *args += used;
    if (**args && str_eq(**args, "--"))
        (*args)++;
    return sig;
}

int cmd_kill(int argc, char **argv)
{
    char **args = argv + 1;
    if (argc < 2)
        return kill_usage();
    if (str_eq(*args, "-h") || str_eq(*args, "--help")) {
        out_str(kill_help);
        return 0;
    }
    if (str_eq(*args, "-V") || str_eq(*args, "--version")) {
        out_str("kill (shoal), as of procps-ng 4\n");
        return 0;
    }
    if (str_starts(*args, "--list="))
        return kill_convert(*args + 7);
    if (str_eq(*args, "-l") || str_eq(*args, "--list")) {
        if (args[1])
            return kill_convert(args[1]);
        kill_list();
        return 0;
    }
    if (str_eq(*args, "-L") || str_eq(*args, "--table")) {
        kill_table();
        return 0;
    }
    int status = 0, sig = kill_read_signal(&args, &status);
    return sig < 0 ? status : kill_send(args, sig);
}

/* sleep.c: wait for the sum of the intervals given. Imitates GNU coreutils sleep. */
#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"

int cmd_sleep(int argc, char **argv);

const struct cmd cmd_sleep_entry = {
    .name = "sleep",
    .usage = "NUMBER[SUFFIX]...",
    .help = "Pause for the sum of the NUMBERs, which may have a fraction.\n"
            "SUFFIX is s for seconds (the default), m, h or d.\n",
    .main = cmd_sleep,
};

/* Adds an interval such as "1.5" or "2m" to *seconds. Returns 0, or -EINVAL. */
static int sleep_add(const char *text, double *seconds)
{
    static const char *const suffix[] = {"", "s", "m", "h", "d"};
    static const int scale[] = {1, 1, 60, 3600, 86400};

    double n;
    const char *rest;
    if (num_to_double(text, &n, &rest) || n < 0)
        return -EINVAL;
    for (size_t i = 0; i < COUNT_OF(suffix); i++)
        if (str_eq(rest, suffix[i])) {
            *seconds += n * scale[i];
            return 0;
        }
    return -EINVAL;
}

int cmd_sleep(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_sleep_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1; // opts_next has reported it
    if (!*o.operands)
        return msg_usage("missing operand");

    int status = 0;
    double seconds = 0;
    for (char **text = o.operands; *text; text++)
        if (sleep_add(*text, &seconds)) // sleep.test: every bad one is reported
            status = msg("invalid time interval %s", quoted(*text));
    if (status)
        return msg_try_help();
    return sys_sleep(seconds) ? 1 : 0;
}

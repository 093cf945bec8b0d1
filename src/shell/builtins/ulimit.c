/* ulimit.c: ulimit. The limits of this process and of the children it makes; those of the
 * sandbox are their upper ends. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/out.h"

enum { ULIMIT_PIPE = SYS_RLIMITS }; // pipe size: a constant

struct ulimit {
    char letter;
    const char *name, *unit;
    int which;      // enum sys_rlimit, or ULIMIT_PIPE
    unsigned scale; // bytes of a unit
};

static const struct ulimit ulimit_table[] = {
    {'R', "real-time non-blocking time", "microseconds", SYS_RLIMIT_RTTIME, 1},
    {'c', "core file size", "blocks", SYS_RLIMIT_CORE, 1024},
    {'d', "data seg size", "kbytes", SYS_RLIMIT_DATA, 1024},
    {'e', "scheduling priority", NULL, SYS_RLIMIT_NICE, 1},
    {'f', "file size", "blocks", SYS_RLIMIT_FSIZE, 1024},
    {'i', "pending signals", NULL, SYS_RLIMIT_SIGPENDING, 1},
    {'l', "max locked memory", "kbytes", SYS_RLIMIT_MEMLOCK, 1024},
    {'m', "max memory size", "kbytes", SYS_RLIMIT_RSS, 1024},
    {'n', "open files", NULL, SYS_RLIMIT_NOFILE, 1},
    {'p', "pipe size", "512 bytes", ULIMIT_PIPE, 1},
    {'q', "POSIX message queues", "bytes", SYS_RLIMIT_MSGQUEUE, 1},
    {'r', "real-time priority", NULL, SYS_RLIMIT_RTPRIO, 1},
    {'s', "stack size", "kbytes", SYS_RLIMIT_STACK, 1024},
    {'t', "cpu time", "seconds", SYS_RLIMIT_CPU, 1},
    {'u', "max user processes", NULL, SYS_RLIMIT_NPROC, 1},
    {'v', "virtual memory", "kbytes", SYS_RLIMIT_AS, 1024},
    {'x', "file locks", NULL, SYS_RLIMIT_LOCKS, 1},
};

/* -S and -H; neither: the soft limit is shown, both are set. */
struct ulimit_mode {
    bool soft, hard;
};

/* A limit that is asked for, with the value to set or NULL. */
struct ulimit_asked {
    const struct ulimit *limit;
    const char *value;
};

static struct sys_rlimit_pair ulimit_get(const struct ulimit *u)
{
    if (u->which == ULIMIT_PIPE)
        return (struct sys_rlimit_pair){8, 8};
    return sys_getrlimit((enum sys_rlimit)u->which);
}

/* Bytes of a unit: POSIX counts files in blocks of 512. */
static unsigned ulimit_scale(struct shell *sh, const struct ulimit *u)
{
    bool blocks = u->which == SYS_RLIMIT_FSIZE || u->which == SYS_RLIMIT_CORE;
    return blocks && shell_set(sh, SET_POSIX) ? 512 : u->scale;
}

static void ulimit_print(struct shell *sh, const struct ulimit *u,
                         struct ulimit_mode mode, bool named)
{
    struct sys_rlimit_pair pair = ulimit_get(u);
    uint64_t value = mode.hard && !mode.soft ? pair.hard : pair.soft;
    if (named) {
        char unit[40];
        if (u->unit)
            fmt_to(unit, sizeof unit, "(%s, -%c) ", u->unit, u->letter);
        else
            fmt_to(unit, sizeof unit, "(-%c) ", u->letter);
        outf("%-20s %20s", u->name, unit);
    }
    if (value == UINT64_MAX)
        outf("unlimited\n");
    else
        outf("%llu\n", (unsigned long long)(value / ulimit_scale(sh, u)));
}

/* The value of a word: a number of units, hard, soft, unlimited. */
static int ulimit_read(struct shell *sh, const struct ulimit *u, const char *text,
                       uint64_t *value)
{
    struct sys_rlimit_pair now = ulimit_get(u);
    const char *rest;
    if (str_eq(text, "unlimited")) {
        *value = UINT64_MAX;
    } else if (str_eq(text, "hard") || str_eq(text, "soft")) {
        *value = *text == 'h' ? now.hard : now.soft;
    } else {
        unsigned scale = ulimit_scale(sh, u);
        *value = 0; // of an empty word
        int err = *text ? num_to_u64(text, value, &rest) : 0;
        if (*text && (!char_is_digit(*text) || (err && err != -ERANGE) || *rest))
            return builtin_bad_number(sh, text);
        *value = err || *value > UINT64_MAX / scale ? UINT64_MAX : *value * scale;
    }
    return 0;
}

static int ulimit_set(struct shell *sh, const struct ulimit *u, struct ulimit_mode mode,
                      const char *text)
{
    struct sys_rlimit_pair pair = ulimit_get(u);
    uint64_t value;
    if (ulimit_read(sh, u, text, &value))
        return 1;
    if (mode.soft || !mode.hard)
        pair.soft = value;
    if (mode.hard || !mode.soft)
        pair.hard = value;
    int err = u->which == ULIMIT_PIPE ? -EINVAL
                                      : sys_setrlimit((enum sys_rlimit)u->which, pair);
    return err ? shell_builtin_errno(sh, err, "%s: cannot modify limit", u->name) : 0;
}

static const struct ulimit *ulimit_find(int letter)
{
    for (size_t i = 0; i < COUNT_OF(ulimit_table); i++)
        if (ulimit_table[i].letter == letter)
            return &ulimit_table[i];
    return NULL;
}

/* All that was asked for, in its order. */
static int ulimit_run(struct shell *sh, const struct ulimit_asked *asked, size_t count,
                      struct ulimit_mode mode)
{
    for (size_t i = 0; i < count; i++) {
        if (!asked[i].value)
            ulimit_print(sh, asked[i].limit, mode, count > 1);
        else if (ulimit_set(sh, asked[i].limit, mode, asked[i].value))
            return 1;
    }
    return 0;
}

int builtin_ulimit(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "SHabcdefiklmnpqrstuvxR");
    struct ulimit_asked asked[COUNT_OF(ulimit_table)];
    struct ulimit_mode mode = {false, false};
    size_t count = 0;
    bool all = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        const struct ulimit *u = ulimit_find(c);
        bool help = c == 'H' && o.next < argc && str_eq(argv[o.next], "--help");
        if (c == '?' || help)
            return 2;
        if (c == 'S' || c == 'H')
            *(c == 'S' ? &mode.soft : &mode.hard) = true;
        else if (c == 'a')
            all = true;
        else if (!u)
            return shell_builtin_error(sh, "%c: cannot get limit: Invalid argument", c);
        else if (count < COUNT_OF(asked))
            asked[count++] = (struct ulimit_asked){u, builtin_opts_optional(&o)};
    }
    if (all)
        for (size_t i = 0; i < COUNT_OF(ulimit_table); i++)
            ulimit_print(sh, &ulimit_table[i], mode, true);
    if (all)
        return 0;
    if (!count)
        asked[count++] = (struct ulimit_asked){ulimit_find('f'), NULL};
    if (!asked[count - 1].value)
        asked[count - 1].value = argv[o.next];
    return ulimit_run(sh, asked, count, mode);
}

/* ulimit.c: ulimit. What the sandbox limits is shown as it is; the rest is what an
 * ordinary system has. No limit can be changed from inside: only what is there already
 * can be asked for. */
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/out.h"

/* A resource. value: where no limit of the sandbox stands for it (UINT64_MAX:
 * unlimited). */
struct ulimit {
    char letter;
    const char *name, *unit;
    int limit;      // enum sys_limit, or -1
    unsigned scale; // bytes of a unit
    uint64_t value;
};

static const struct ulimit ulimit_table[] = {
    {'R', "real-time non-blocking time", "microseconds", -1, 1, UINT64_MAX},
    {'c', "core file size", "blocks", -1, 1, 0},
    {'d', "data seg size", "kbytes", -1, 1, UINT64_MAX},
    {'e', "scheduling priority", NULL, -1, 1, 0},
    {'f', "file size", "blocks", SYS_LIMIT_FILE_SIZE, 1024, 0},
    {'i', "pending signals", NULL, -1, 1, UINT64_MAX},
    {'l', "max locked memory", "kbytes", -1, 1, UINT64_MAX},
    {'m', "max memory size", "kbytes", SYS_LIMIT_MEMORY, 1024, 0},
    {'n', "open files", NULL, SYS_LIMIT_OPEN_FILES, 1, 0},
    {'p', "pipe size", "512 bytes", -1, 1, 8},
    {'q', "POSIX message queues", "bytes", -1, 1, 0},
    {'r', "real-time priority", NULL, -1, 1, 0},
    {'s', "stack size", "kbytes", -1, 1, 8192},
    {'t', "cpu time", "seconds", SYS_LIMIT_CPU, 1000000000, 0},
    {'u', "max user processes", NULL, SYS_LIMIT_PROCESSES, 1, 0},
    {'v', "virtual memory", "kbytes", SYS_LIMIT_MEMORY, 1024, 0},
    {'x', "file locks", NULL, -1, 1, UINT64_MAX},
};

static uint64_t ulimit_value(const struct ulimit *u)
{
    if (u->limit < 0)
        return u->value;
    uint64_t value = sys_limit_value((enum sys_limit)u->limit);
    return value == UINT64_MAX ? value : value / u->scale;
}

static void ulimit_print(const struct ulimit *u, bool named)
{
    uint64_t value = ulimit_value(u);
    if (named) {
        char unit[40];
        if (u->unit)
            fmt_to(unit, sizeof unit, "(%s, -%c)", u->unit, u->letter);
        else
            fmt_to(unit, sizeof unit, "(-%c)", u->letter);
        int width = 44 - (int)strlen(u->name) - 1;
        outf("%s %*s ", u->name, width - 1, unit);
    }
    if (value == UINT64_MAX)
        outf("unlimited\n");
    else
        outf("%llu\n", (unsigned long long)value);
}

static int ulimit_set(struct shell *sh, const struct ulimit *u, const char *text)
{
    uint64_t wanted = UINT64_MAX, now = ulimit_value(u);
    const char *rest;
    if (str_eq(text, "hard") || str_eq(text, "soft"))
        return 0;
    if (!str_eq(text, "unlimited") &&
        (num_to_u64(text, &wanted, &rest) || *rest || !char_is_digit(*text)))
        return shell_builtin_error(sh, "%s: invalid number", text);
    if (wanted == now)
        return 0;
    return shell_builtin_error(sh, "%s: cannot modify limit: Operation not permitted",
                               u->name);
}

static const struct ulimit *ulimit_find(int letter)
{
    for (size_t i = 0; i < COUNT_OF(ulimit_table); i++)
        if (ulimit_table[i].letter == letter)
            return &ulimit_table[i];
    return NULL;
}

int builtin_ulimit(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o =
        builtin_opts_begin(sh, argc, argv, "SHabcdefiklmnpqrstuvxPRT");
    const struct ulimit *asked[COUNT_OF(ulimit_table)];
    size_t count = 0;
    bool all = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        const struct ulimit *u = ulimit_find(c);
        if (c == '?' || c == 'H' + 256)
            return 2;
        if (c == 'a')
            all = true;
        else if (u && count < COUNT_OF(asked))
            asked[count++] = u;
        else if (c != 'S' && c != 'H')
            return shell_builtin_error(sh, "%c: cannot get limit: Invalid argument", c);
    }
    if (all) {
        for (size_t i = 0; i < COUNT_OF(ulimit_table); i++)
            ulimit_print(&ulimit_table[i], true);
        return 0;
    }
    if (!count)
        asked[count++] = ulimit_find('f');
    if (argc - o.next > 0)
        return ulimit_set(sh, asked[count - 1], argv[o.next]);
    for (size_t i = 0; i < count; i++)
        ulimit_print(asked[i], count > 1);
    return 0;
}

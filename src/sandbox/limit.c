/* limit.c: limits by name, with units. See sandbox.h, and limits.def for the limits. */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "kernel/limits.h"
#include "sandbox/sandbox.h"
#include "shoal.h"

/* A unit of limits of kind (as limits_unit gives it: 0 time, 1 size); the first of a kind
 * is the one of numbers without unit. */
struct limit_unit {
    int kind;
    const char *name;
    uint64_t scale;
};

static const struct limit_unit limit_units[] = {
    {0, "", 1000000000},
    {0, "ns", 1},
    {0, "us", 1000},
    {0, "ms", 1000000},
    {0, "s", 1000000000},
    {0, "m", UINT64_C(60) * 1000000000},
    {0, "h", UINT64_C(3600) * 1000000000},
    {1, "", 1},
    {1, "KiB", UINT64_C(1) << 10},
    {1, "MiB", UINT64_C(1) << 20},
    {1, "GiB", UINT64_C(1) << 30},
    {1, "TiB", UINT64_C(1) << 40},
    {2, "", 1},
};

static const char *const limit_texts[LIMITS] = {
    [LIMIT_WALL] = "time of the host's clock from the start of a run",
    [LIMIT_CPU] = "CPU time of all processes of a run",
    [LIMIT_MEMORY] = "memory held by processes, variables and files",
    [LIMIT_COMMANDS] = "commands run by shells",
    [LIMIT_LOOPS] = "turns of loops in shells",
    [LIMIT_OUTPUT] = "bytes written to the run's output and error",
    [LIMIT_PROCESSES_TOTAL] = "processes ever started in a run",
    [LIMIT_EXPANSION] = "size of one expanded value",
    [LIMIT_SCRIPT] = "size of one script",
    [LIMIT_DEPTH] = "nesting of functions, parentheses, expressions",
    [LIMIT_PROCESSES] = "processes at the same time",
    [LIMIT_OPEN_FILES] = "open files at the same time",
    [LIMIT_FS_BYTES] = "bytes in files of the sandbox",
    [LIMIT_FS_FILES] = "number of files of the sandbox",
    [LIMIT_FILE_SIZE] = "size of one file",
    [LIMIT_NET_REQUESTS] = "requests to the network",
    [LIMIT_NET_BYTES] = "bytes to and from the network",
    [LIMIT_NET_CONNECTIONS] = "connections at the same time",
    [LIMIT_NET_HOST_CONNECTIONS] = "connections to one host at the same time",
    [LIMIT_NET_TIME] = "time that one request may take",
    [LIMIT_NET_HEADERS] = "size of the headers of one response",
};

const char *shoal_limit_name(unsigned index, const char **text)
{
    if (index >= LIMITS)
        return NULL;
    if (text)
        *text = limit_texts[index];
    return limits_name((enum limit_id)index);
}

static const struct limit_unit *limit_find_unit(int kind, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(limit_units); i++)
        if (limit_units[i].kind == kind && str_eq(limit_units[i].name, name))
            return &limit_units[i];
    return NULL;
}

/* Takes "1.5s" and the like apart: digits, at most 18 of a fraction, a unit. */
static int limit_parse(int kind, const char *text, uint64_t *value)
{
    const char *rest;
    uint64_t whole, part = 0, part_scale = 1;
    if (!char_is_digit(*text) || num_to_u64(text, &whole, &rest))
        return -EINVAL;
    if (*rest == '.') {
        for (rest++; char_is_digit(*rest) && part_scale < UINT64_C(1000000000); rest++) {
            part = part * 10 + (uint64_t)(*rest - '0');
            part_scale *= 10;
        }
        while (char_is_digit(*rest))
            rest++;
    }
    const struct limit_unit *unit = limit_find_unit(kind, rest);
    if (!unit || (part && unit->scale == 1))
        return -EINVAL;
    if (__builtin_mul_overflow(whole, unit->scale, value))
        return -EINVAL;
    uint64_t rounded =
        (uint64_t)((double)unit->scale * (double)part / (double)part_scale);
    return __builtin_add_overflow(*value, rounded, value) ? -EINVAL : 0;
}

int sandbox_parse_limit(const char *name, const char *text, int *id, uint64_t *value)
{
    int found = limits_find(name);
    uint64_t number = UINT64_MAX;
    if (found < 0)
        return SHOAL_E_INVALID;
    if (!str_eq(text, "none") &&
        limit_parse(limits_unit((enum limit_id)found), text, &number))
        return SHOAL_E_INVALID;
    *id = found;
    *value = number;
    return 0;
}

void sandbox_set_limit(struct shoal_sandbox *sb, int id, uint64_t value)
{
    atomic_store(&sb->kernel.limits.value[id], value);
    if (id == LIMIT_MEMORY)
        atomic_store(&sb->kernel.account.limit, value);
}

int shoal_limit_set(struct shoal_sandbox *sandbox, const char *name, const char *value)
{
    int id;
    uint64_t number;
    int err = sandbox_parse_limit(name, value, &id, &number);
    if (err)
        return err;
    sandbox_set_limit(sandbox, id, number);
    return 0;
}

int shoal_limit_set_number(struct shoal_sandbox *sandbox, const char *name,
                           uint64_t value)
{
    int id = limits_find(name);
    if (id < 0)
        return SHOAL_E_INVALID;
    sandbox_set_limit(sandbox, id, value);
    return 0;
}

int shoal_limit_get(struct shoal_sandbox *sandbox, const char *name, uint64_t *value)
{
    int id = limits_find(name);
    if (id < 0)
        return SHOAL_E_INVALID;
    *value = limits_value(&sandbox->kernel.limits, (enum limit_id)id);
    return 0;
}

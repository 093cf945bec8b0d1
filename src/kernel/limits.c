/* limits.c: see limits.h. */
#include "kernel/limits.h"

#include "base/fmt.h"
#include "base/str.h"

enum { UNIT_TIME, UNIT_SIZE, UNIT_COUNT };

struct limit_info {
    const char *name;
    int unit;
    uint64_t value;
};

static const struct limit_info limits_info[LIMITS] = {
#define LIMIT(id, name, unit, kind, value) {name, UNIT_##unit, value},
#include "limits.def"
#undef LIMIT
};

void limits_init(struct limits *l)
{
    for (int id = 0; id < LIMITS; id++) {
        atomic_init(&l->value[id], limits_info[id].value);
        atomic_init(&l->used[id], 0);
    }
    atomic_init(&l->reached, -1);
}

const char *limits_name(enum limit_id id) { return limits_info[id].name; }

int limits_find(const char *name)
{
    for (int id = 0; id < LIMITS; id++)
        if (str_eq(limits_info[id].name, name))
            return id;
    return -1;
}

int limits_unit(enum limit_id id) { return limits_info[id].unit; }

bool limits_take(struct limits *l, enum limit_id id, uint64_t count)
{
    uint64_t used =
        atomic_fetch_add_explicit(&l->used[id], count, memory_order_relaxed) + count;
    if (LIKELY(used <= limits_value(l, id) && used >= count))
        return true;
    limits_give(l, id, count);
    return false;
}

void limits_give(struct limits *l, enum limit_id id, uint64_t count)
{
    atomic_fetch_sub_explicit(&l->used[id], count, memory_order_relaxed);
}

/* Adds value in the largest of the units (each `scale` times the one before) that divides
 * it. */
static size_t limits_scaled(char *dst, size_t cap, uint64_t value, unsigned scale,
                            const char *const *units, size_t count)
{
    size_t unit = 0;
    while (unit + 1 < count && value && value % scale == 0) {
        value /= scale;
        unit++;
    }
    return fmt_to(dst, cap, "%llu%s", (unsigned long long)value, units[unit]);
}

size_t limits_describe(struct limits *l, enum limit_id id, char *dst, size_t cap)
{
    static const char *const times[] = {"ns", "us", "ms", "s"};
    static const char *const sizes[] = {"", "KiB", "MiB", "GiB", "TiB"};
    static const char *const counts[] = {""};

    char value[40];
    uint64_t n = limits_value(l, id);
    if (limits_info[id].unit == UNIT_TIME)
        limits_scaled(value, sizeof value, n, 1000, times, COUNT_OF(times));
    else if (limits_info[id].unit == UNIT_SIZE)
        limits_scaled(value, sizeof value, n, 1024, sizes, COUNT_OF(sizes));
    else
        limits_scaled(value, sizeof value, n, 1, counts, COUNT_OF(counts));
    return fmt_to(dst, cap, "limit reached: %s (%s)", limits_info[id].name, value);
}

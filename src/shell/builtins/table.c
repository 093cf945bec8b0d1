/* table.c: the builtins, found by name.
 *
 * The first shell of a sandbox interns the builtins' names right after those of
 * names.def, so that the number of a name says which builtin it is. */
#include <assert.h>
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "shell/vars/names.h"
#include "sys.h"

static const struct builtin builtins[] = {
#define BUILTIN(id, name, flags, usage) {name, builtin_##id, flags, usage},
#include "shell/builtins/table.def"
#undef BUILTIN
};

void builtin_start(void)
{
    const unsigned last = NAME_OTHERS + COUNT_OF(builtins) - 1;
    if (str_eq(sys_interned(last), builtins[COUNT_OF(builtins) - 1].name))
        return;
    for (unsigned i = 0; i < COUNT_OF(builtins); i++) {
        unsigned id = sys_intern(builtins[i].name, strlen(builtins[i].name));
        ASSERT(id == NAME_OTHERS + i); // shells do this first of all
        (void)id;
    }
}

const struct builtin *builtin_of_name(const struct shell *sh, unsigned id)
{
    unsigned i = id - NAME_OTHERS;
    if (i >= COUNT_OF(builtins) || (sh->builtins_off[i / 64] >> i % 64 & 1))
        return NULL;
    return &builtins[i];
}

const struct builtin *builtin_find_any(struct span name)
{
    size_t low = 0, high = COUNT_OF(builtins);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = span_cmp(name, span_of(builtins[middle].name));
        if (!order)
            return &builtins[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool builtin_is_on(const struct shell *sh, const struct builtin *b)
{
    size_t i = (size_t)(b - builtins);
    return !(sh->builtins_off[i / 64] >> i % 64 & 1);
}

void builtin_switch(struct shell *sh, const struct builtin *b, bool on)
{
    size_t i = (size_t)(b - builtins);
    uint64_t bit = UINT64_C(1) << i % 64;
    if (on)
        sh->builtins_off[i / 64] &= ~bit;
    else
        sh->builtins_off[i / 64] |= bit;
}

const struct builtin *builtin_find(struct shell *sh, struct span name)
{
    const struct builtin *b = builtin_find_any(name);
    return b && builtin_is_on(sh, b) ? b : NULL;
}

const struct builtin *builtin_table(size_t *count)
{
    *count = COUNT_OF(builtins);
    return builtins;
}

static_assert(COUNT_OF(builtins) <= 128, "builtins_off has a bit for each");

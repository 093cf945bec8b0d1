/* tree.c: counts of syntax trees. */
#include "shell/syntax/tree.h"

#include "sys.h"

struct script *script_get(struct script *s)
{
    atomic_fetch_add_explicit(&s->count, 1, memory_order_relaxed);
    return s;
}

void script_put(struct script *s)
{
    if (!s || atomic_fetch_sub_explicit(&s->count, 1, memory_order_acq_rel) != 1)
        return;
    struct arena arena = s->arena; // s itself lies in it or beside it
    sys_share_free(s);
    arena_free_all(&arena);
}

/* slot.c: dropping and sharing the value of a variable. See slot.h. */
#include "shell/vars/slot.h"

#include "shell/vars/cells.h"
#include "shell/vars/keyed.h"

void slot_clear(struct value *v)
{
    struct value old = *v;
    if (old.kind < VALUE_INDEXED) {
        value_clear(v);
        return;
    }
    v->kind = VALUE_NONE;
    v->len = 0;
    v->array = NULL;
    if (old.kind == VALUE_INDEXED)
        cells_put(old.array);
    else
        keyed_put(old.assoc);
}

void slot_copy(struct value *dst, const struct value *src)
{
    if (src->kind < VALUE_INDEXED) {
        value_copy(dst, src);
        return;
    }
    *dst = *src;
    if (src->kind == VALUE_INDEXED)
        cells_hold(src->array);
    else
        keyed_hold(src->assoc);
}

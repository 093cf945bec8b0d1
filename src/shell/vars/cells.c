/* cells.c: the elements of an indexed array. See cells.h. */
#include "shell/vars/cells.h"

#include <string.h>

#include "base/base.h"
#include "sys.h"

enum {
    CELLS_MIN = 8,
    CELLS_GAP = 64
}; // a dense array may be this much emptier than full

struct cells *cells_new(void)
{
    struct cells *c = sys_share_alloc(sizeof *c);
    *c = (struct cells){0};
    atomic_init(&c->count, 1);
    return c;
}

void cells_hold(struct cells *c)
{
    if (c)
        atomic_fetch_add_explicit(&c->count, 1, memory_order_relaxed);
}

void cells_put(struct cells *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->count, 1, memory_order_acq_rel) != 1)
        return;
    cells_clear(c);
    sys_share_free(c->keys);
    sys_share_free(c->cells);
    sys_share_free(c);
}

void cells_clear(struct cells *c)
{
    for (size_t i = 0; i < c->used; i++)
        value_clear(&c->cells[i]);
    c->used = c->set = 0;
    c->sparse = false;
}

static void cells_reserve(struct cells *c, size_t want)
{
    if (want <= c->cap)
        return;
    size_t cap = size_max(c->cap * 2, size_max(want, CELLS_MIN));
    sys_check_size(SYS_LIMIT_EXPANSION, cap * sizeof *c->cells);
    c->cells = sys_share_resize(c->cells, cap * sizeof *c->cells);
    if (c->sparse)
        c->keys = sys_share_resize(c->keys, cap * sizeof *c->keys);
    c->cap = cap;
}

static struct cells *cells_copy(const struct cells *src)
{
    struct cells *c = cells_new();
    struct value *cells = NULL;
    int64_t *keys = NULL;
    if (src->used) {
        cells = sys_share_alloc(src->used * sizeof *cells);
        if (src->sparse)
            keys = sys_share_alloc(src->used * sizeof *keys);
    }
    for (size_t i = 0; i < src->used; i++)
        value_copy(&cells[i], &src->cells[i]);
    if (keys)
        memcpy(keys, src->keys, src->used * sizeof *keys);
    c->sparse = src->sparse;
    c->used = c->cap = src->used;
    c->set = src->set;
    c->cells = cells;
    c->keys = keys;
    return c;
}

struct cells *cells_own(struct cells **c)
{
    if (!*c) {
        *c = cells_new();
    } else if (atomic_load_explicit(&(*c)->count, memory_order_acquire) != 1) {
        struct cells *copy = cells_copy(*c);
        cells_put(*c);
        *c = copy;
    }
    return *c;
}

/* The position of the first key >= index of a sparse array. */
static size_t cells_position(const struct cells *c, int64_t index)
{
    size_t low = 0, high = c->used;
    if (high && c->keys[high - 1] < index)
        return high;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (c->keys[mid] < index)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct value *cells_find(const struct cells *c, int64_t index)
{
    if (!c || index < 0)
        return NULL;
    if (!c->sparse) {
        if ((uint64_t)index >= c->used || c->cells[index].kind == VALUE_NONE)
            return NULL;
        return &c->cells[index];
    }
    size_t at = cells_position(c, index);
    return at < c->used && c->keys[at] == index ? &c->cells[at] : NULL;
}

static void cells_make_sparse(struct cells *c)
{
    int64_t *keys = sys_share_alloc(size_max(c->cap, 1) * sizeof *keys);
    size_t to = 0;
    for (size_t i = 0; i < c->used; i++)
        if (c->cells[i].kind != VALUE_NONE) {
            keys[to] = (int64_t)i;
            c->cells[to++] = c->cells[i];
        }
    sys_share_free(c->keys);
    c->keys = keys;
    c->used = to;
    c->sparse = true;
}

static struct value *cells_add_sparse(struct cells *c, int64_t index)
{
    size_t at = cells_position(c, index);
    if (at < c->used && c->keys[at] == index)
        return &c->cells[at];
    cells_reserve(c, c->used + 1);
    memmove(&c->cells[at + 1], &c->cells[at], (c->used - at) * sizeof *c->cells);
    memmove(&c->keys[at + 1], &c->keys[at], (c->used - at) * sizeof *c->keys);
    c->cells[at] = (struct value){.kind = VALUE_SHORT};
    c->keys[at] = index;
    c->used++;
    c->set++;
    return &c->cells[at];
}

struct value *cells_add(struct cells *c, int64_t index)
{
    if (!c->sparse && (uint64_t)index >= c->used * 2 + CELLS_GAP)
        cells_make_sparse(c);
    if (c->sparse)
        return cells_add_sparse(c, index);
    size_t i = (size_t)index;
    if (i >= c->used) {
        cells_reserve(c, i + 1);
        memset(&c->cells[c->used], 0, (i + 1 - c->used) * sizeof *c->cells);
        c->used = i + 1;
    }
    if (c->cells[i].kind == VALUE_NONE) {
        c->cells[i].kind = VALUE_SHORT; // len 0, text "": all of it was zeros
        c->set++;
    }
    return &c->cells[i];
}

void cells_remove(struct cells *c, int64_t index)
{
    struct value *v = cells_find(c, index);
    if (!v)
        return;
    value_clear(v);
    c->set--;
    if (c->sparse) {
        size_t at = (size_t)(v - c->cells);
        c->used--;
        memmove(&c->cells[at], &c->cells[at + 1], (c->used - at) * sizeof *c->cells);
        memmove(&c->keys[at], &c->keys[at + 1], (c->used - at) * sizeof *c->keys);
        return;
    }
    *v = (struct value){0};
    while (c->used && c->cells[c->used - 1].kind == VALUE_NONE)
        c->used--;
}

int64_t cells_end(const struct cells *c)
{
    if (!c || !c->used)
        return 0;
    return c->sparse ? c->keys[c->used - 1] + 1 : (int64_t)c->used;
}

struct value *cells_next(const struct cells *c, size_t *at, int64_t *index)
{
    while (c && *at < c->used) {
        size_t i = (*at)++;
        if (c->cells[i].kind != VALUE_NONE) {
            *index = c->sparse ? c->keys[i] : (int64_t)i;
            return &c->cells[i];
        }
    }
    return NULL;
}

/* sort.c: a merge sort. Short runs are sorted by insertion, and halves that are in order
 * already are not merged. The recursion is log2 n deep. */
#include "base/sort.h"

#include <stdint.h>
#include <string.h>

enum { SORT_RUN = 8, SORT_TICK = 4096 };

struct sort {
    sort_cmp *cmp;
    void *ctx;
    void **scratch;
    sort_tick *tick;
    unsigned until_tick; // comparisons
};

static inline int sort_compare(struct sort *s, const void *a, const void *b)
{
    if (--s->until_tick == 0) {
        s->until_tick = SORT_TICK;
        if (s->tick)
            s->tick(s->ctx);
    }
    return s->cmp(a, b, s->ctx);
}

static void sort_by_insertion(struct sort *s, void **items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        void *item = items[i];
        size_t at = i;
        for (; at > 0 && sort_compare(s, items[at - 1], item) > 0; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* Merges items[0..middle) and items[middle..n). */
static void sort_merge(struct sort *s, void **items, size_t middle, size_t n)
{
    memcpy(s->scratch, items, middle * sizeof *items);
    size_t left = 0, right = middle, to = 0;
    while (left < middle && right < n)
        if (sort_compare(s, s->scratch[left], items[right]) <= 0)
            items[to++] = s->scratch[left++];
        else
            items[to++] = items[right++];
    memcpy(items + to, s->scratch + left, (middle - left) * sizeof *items);
}

static void sort_range(struct sort *s, void **items, size_t n)
{
    if (n <= SORT_RUN) {
        sort_by_insertion(s, items, n);
        return;
    }
    size_t middle = n / 2;
    sort_range(s, items, middle);
    sort_range(s, items + middle, n - middle);
    if (sort_compare(s, items[middle - 1], items[middle]) > 0)
        sort_merge(s, items, middle, n);
}

void sort_pointers(void **items, size_t n, sort_cmp *cmp, void *ctx, void **scratch,
                   sort_tick *tick)
{
    struct sort s = {cmp, ctx, scratch, tick, SORT_TICK};
    sort_range(&s, items, n);
}
